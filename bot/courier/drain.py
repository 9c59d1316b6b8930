"""Empty one lane: the one path on which messages leave."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

import structlog

from bot.chat.ask import Channel, Follow, MessageRef
from bot.chat.events import ChannelSuspended, Event, Missed, PostSetAside
from bot.chat.post import DeliveryKey, PostKind
from bot.courier.counts import Counts
from bot.deadline import check, in_time, uptime
from bot.errors import DeliveryError, Fault, LeaseLostError, TellerError
from bot.lanes import Absent, Backlog, Delivery, Failed, Lane, Later, Outbox, Outcome, Sent, Worded
from bot.memory import Announcement
from bot.ports import Clock, Draw, Platform, Word

log = structlog.get_logger()

# A platform has so many seconds to take a message: less than a lease lasts. After that nobody
# knows whether it did, and the message is looked for.
SEND_SECONDS = 8.0
# A post waits so long for its picture at most, and never longer than leaves it time to be sent.
DRAW_SECONDS = 3.0
# One lane may not keep others waiting: after so many messages it goes to the back of the queue.
AT_ONCE = 20
# A reminder that waited so long in its lane says by how much it comes too late.
LATE_FROM = timedelta(minutes=1)


def never() -> bool:
    """Nobody stops."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    """What it takes to drain a lane; `operator` is the channel that hears of trouble.

    Without `draw` posts go out without their pictures.
    """

    outbox: Outbox
    platforms: Mapping[str, Platform]
    clock: Clock
    word: Word
    counts: Counts
    operator: Channel | None = None
    draw: Draw | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drained:
    """How a lane was left: `delivered` messages stand, and it may go on `seconds` from now.

    None where nothing waits in it that may be sent without somebody doing something. `everywhere`
    says that other lanes of its platform have to wait as long.
    """

    delivered: int
    seconds: float | None
    everywhere: bool = False


async def drain(lane: Lane, courier: Courier, *, stopping: Callable[[], bool] = never) -> Drained:
    """Send what waits in a lane, in order, until it is empty or others have waited long enough.

    An item that was begun before is looked for on the platform first, so that a kill between
    sending and remembering doubles nothing. What fails stays in the outbox with its reason. Raises
    `LeaseLostError` where somebody else has the lane by now, and what a platform raises that is
    gone for good.
    """
    outbox, delivered, outcome = courier.outbox, 0, None
    if stopping():
        return Drained(delivered=0, seconds=0.0)
    while True:
        last = outcome is not None and (delivered >= AT_ONCE or stopping())
        step = await outbox.advance(lane, outcome, courier.clock.now(), last=last)
        match step:
            case Later():
                courier.counts.folded(lane.channel.platform, step.folded)
                return Drained(
                    delivered=delivered, seconds=step.seconds, everywhere=step.everywhere
                )
            case Backlog():
                outcome = _as_one_message(step, courier)
            case Delivery():
                courier.counts.folded(lane.channel.platform, step.folded)
                outcome = await _deliver(step, courier)
                delivered += isinstance(outcome, Sent)


def _as_one_message(backlog: Backlog, courier: Courier) -> Outcome:
    now = courier.clock.now()
    corrected = now if backlog.key.version > 1 else None
    post = courier.word(Missed(posts=backlog.posts, at=now, corrected=corrected, why=backlog.why))
    log.info("courier.rounded_up", lane=str(backlog.lane.channel), items=len(backlog.item_ids))
    return Worded(backlog=backlog, post=post, at=now)


async def _deliver(delivery: Delivery, courier: Courier) -> Outcome:
    """Look for an item where it may stand, else post it or change what stands."""
    platform = courier.platforms[delivery.lane.channel.platform]
    shown = await _illustrated(platform, delivery, courier)
    try:
        with in_time(delivery.until):
            check()
            # Nothing may be under way any more when the lane is somebody else's.
            async with asyncio.timeout(min(SEND_SECONDS, delivery.until - uptime())):
                ref = await (_look if delivery.unsure else _put)(platform, shown, courier)
    except DeliveryError as error:
        return _failed(delivery, error, courier)
    except TellerError:
        # The platform is gone for good, and says so: whoever runs the program decides.
        raise
    except LeaseLostError:
        raise
    except TimeoutError:
        why = f"{platform.name.capitalize()} did not answer within {SEND_SECONDS:.0f} seconds."
        return _failed(delivery, DeliveryError(why), courier)
    except Exception as error:
        log.exception("courier.delivery_broke", lane=str(delivery.lane.channel))
        # People read why in their channels: what else it says, secrets and all, is for the log.
        why = f"Teller broke off with a {type(error).__name__}; its log says where."
        return _failed(delivery, DeliveryError(why), courier)
    if ref is None:
        return Absent(item_id=delivery.item_id)
    return Sent(item_id=delivery.item_id, message=ref.id, at=courier.clock.now())


async def _illustrated(platform: Platform, delivery: Delivery, courier: Courier) -> Delivery:
    """A delivery whose post has its picture, where it was drawn in time."""
    chart, draw = delivery.post.chart, courier.draw
    if chart is None or draw is None or not platform.pictures or delivery.unsure:
        return delivery
    try:
        async with asyncio.timeout(min(DRAW_SECONDS, delivery.until - uptime() - SEND_SECONDS)):
            picture = await draw(chart)
    except Exception as error:
        # Whatever is wrong with it, the news goes out.
        log.warning("courier.without_picture", why=type(error).__name__)
        return delivery
    return replace(delivery, post=replace(delivery.post, picture=picture))


async def _look(platform: Platform, delivery: Delivery, courier: Courier) -> MessageRef | None:
    found = await platform.find(delivery.lane.channel, delivery.key)
    if found is not None:
        log.info("courier.adopted", lane=str(delivery.lane.channel), item=delivery.item_id)
        courier.counts.adopted(platform.name)
    return found


async def _put(platform: Platform, delivery: Delivery, courier: Courier) -> MessageRef:
    post, waited = delivery.post, courier.clock.now() - delivery.queued_at
    if delivery.standing is None:
        if post.kind is PostKind.REMINDER and waited >= LATE_FROM:
            post = replace(post, late=waited + (post.late or timedelta(0)))
        ref = await platform.send(delivery.lane.channel, post, delivery.key)
    else:
        # To change a message twice leaves it as to change it once: no need to look first.
        ref = await platform.edit(delivery.standing, post, delivery.key)
    courier.counts.sent(platform.name)
    return ref


def _failed(delivery: Delivery, error: DeliveryError, courier: Courier) -> Failed:
    channel, now = delivery.lane.channel, courier.clock.now()
    event: Event | None = None
    fault, refused = error.fault, error.refused
    if delivery.unsure:
        # It was the look-up that was refused, and says nothing of the message.
        refused = False
        fault = Fault.PASSING if fault in (Fault.MESSAGE, Fault.TAKEN_AWAY) else fault
    if fault is Fault.CHANNEL:
        event = ChannelSuspended(channel=channel, why=str(error), at=now)
        log.error("courier.lane_suspended", lane=str(channel), why=str(error))
    elif fault is Fault.MESSAGE:
        event = PostSetAside(channel=channel, post=delivery.post, why=str(error), at=now)
        courier.counts.dead(channel.platform)
        log.error("courier.set_aside", lane=str(channel), item=delivery.item_id, why=str(error))
    elif fault is Fault.TAKEN_AWAY:
        courier.counts.dead(channel.platform)
        log.warning("courier.taken_away", lane=str(channel), item=delivery.item_id)
    else:
        courier.counts.retried(channel.platform)
        log.warning("courier.delivery_failed", lane=str(channel), why=str(error))
    return Failed(
        item_id=delivery.item_id,
        why=str(error),
        fault=fault,
        refused=refused,
        wait=error.wait,
        notice=None if event is None else _notice(delivery, event, courier),
    )


def _notice(delivery: Delivery, event: Event, courier: Courier) -> Announcement | None:
    """What the newsdesk is told, once; nothing where it would be told where nothing arrives."""
    if courier.operator in (None, delivery.lane.channel):
        return None
    return Announcement(
        kind=Follow.CHECKS,
        contests=frozenset(),
        # A lane that was revived may fail at the same item again.
        key=DeliveryKey(subject=f"trouble:{delivery.item_id}:{uuid4().hex[:8]}", version=1),
        post=courier.word(event),
        channel=courier.operator,
    )
