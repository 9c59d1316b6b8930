"""Entries queued for channels, without a blog; and a courier to bring them there."""

from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from bot.chat.ask import Channel, Follow
from bot.chat.events import ChannelSuspended, Event, Missed, PostSetAside
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.clocks import StoppedClock
from bot.courier import Courier, Drained, drain
from bot.courier.counts import Counts
from bot.lanes import Lane, LaneOnRecord, Outbox
from bot.memory import Announcement, Told
from bot.ports import Clock, Draw, Platform
from bot.store import Store
from tests.nights.facts import TAMWORTH
from tests.rooms import at, following, plan
from tests.store.entries import update, version
from tests.wire import RecordingPlatform

NOW = at("00:41")
CLOCK = StoppedClock(NOW)
OPERATOR = Channel(platform="terminal", id="operator")


def channel(name: str, platform: str = "terminal") -> Channel:
    return Channel(platform=platform, id=name)


async def serve(store: Store, *channels: Channel) -> None:
    """Let these channels follow everything."""
    await store.night.install([plan(TAMWORTH)], [following(one) for one in channels], NOW)


async def say(
    store: Store, id: str, number: int = 1, *, withdrawn: str | None = None, when: datetime = NOW
) -> None:
    """Queue an entry in one of its versions, for every channel."""
    kept = version(id, when, number, heading=f"{id} {number}", withdrawn=withdrawn)
    await store.blogs.keep(update(when, kept, announce=True))


async def say_all(store: Store, *ids: str, when: datetime = NOW) -> None:
    """Queue entries in their first versions, in one go."""
    kept = [version(id, when, heading=f"{id} 1") for id in ids]
    await store.blogs.keep(update(when, *kept, announce=True))


async def tell(
    store: Store, subject: str, kind: PostKind, number: int = 1, *, when: datetime = NOW
) -> None:
    """Queue a post of any kind, for every channel."""
    post = Post(kind=kind, heading=f"{subject} {number}", at=when)
    await tell_post(store, subject, post, number, when=when)


async def tell_post(
    store: Store, subject: str, post: Post, number: int = 1, *, when: datetime = NOW
) -> None:
    """Queue a post as it is, for every channel."""
    key = DeliveryKey(subject=subject, version=number)
    follow = Follow.DECLARATIONS if post.kind is PostKind.DECLARATION else Follow.REMINDERS
    announcement = Announcement(kind=follow, contests=frozenset(), key=key, post=post)
    told = Told(version=number, value=number)
    await store.telling.tell(subject, int, told, [announcement], when)


async def lane_of(store: Store, where: Channel) -> Lane:
    return next(lane for lane in await store.outbox.waiting() if lane.channel == where)


async def waits(store: Store) -> list[str]:
    """Keys of what is not sent yet, in order."""
    return [str(key) for key, _, waiting in await store.outbox.queued() if waiting]


async def standing(store: Store, where: Channel) -> LaneOnRecord:
    """How a lane stands."""
    return next(one for one in await store.lanes.on_record() if one.channel == where)


def worded(event: Event) -> Post:
    """The plainest words for what the courier itself tells."""
    match event:
        case Missed():
            lines = [f"{'~' if post.withdrawn else ''}{post.heading}" for post in event.posts]
            return Post(
                kind=PostKind.ROUND_UP,
                heading=", ".join(lines),
                at=event.at,
                edited=event.corrected,
            )
        case ChannelSuspended():
            heading = f"{event.channel} suspended: {event.why}"
            return Post(kind=PostKind.NOTICE, heading=heading, at=event.at)
        case PostSetAside():
            heading = f"{event.channel} never got {event.post.heading}: {event.why}"
            return Post(kind=PostKind.NOTICE, heading=heading, at=event.at)
    raise AssertionError(f"the courier does not tell {event}")


def courier(
    outbox: Outbox,
    *platforms: Platform | RecordingPlatform,
    clock: Clock = CLOCK,
    operator: Channel | None = None,
    registry: CollectorRegistry | None = None,
    draw: Draw | None = None,
) -> Courier:
    by_name: dict[str, Any] = {one.name: one for one in platforms}
    return Courier(
        outbox=outbox,
        platforms=by_name,
        clock=clock,
        word=worded,
        counts=Counts(registry or CollectorRegistry()),
        operator=operator,
        draw=draw,
    )


async def empty(
    store: Store,
    platform: RecordingPlatform,
    where: Channel | str = "here",
    *,
    clock: Clock = CLOCK,
    operator: Channel | None = None,
    outbox: Outbox | None = None,
) -> Drained:
    """Drain a lane of which something waits."""
    place = channel(where, platform.name) if isinstance(where, str) else where
    lane = await lane_of(store, place)
    by = courier(outbox or store.outbox, platform, clock=clock, operator=operator)
    return await drain(lane, by)


async def try_again(store: Store, url: str, platform: RecordingPlatform, where: str) -> Drained:
    """Drain a lane that waits after a failure, as if its time had come."""
    change(url, "UPDATE lane SET retry_at = NULL")
    return await empty(store, platform, where)


def change(url: str, statement: str, **values: object) -> int:
    """Change rows of a database past the store; how many."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    with create_engine(parsed, poolclass=NullPool).begin() as connection:
        return connection.execute(text(statement), values).rowcount
