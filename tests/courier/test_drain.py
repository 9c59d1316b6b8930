"""Emptying a lane: each message once and in order, whatever dies in between."""

import asyncio

import pytest

from bot.courier import drain
from bot.errors import DeliveryError, Fault
from bot.lanes import Delivery
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import (
    NOW,
    change,
    channel,
    courier,
    empty,
    lane_of,
    say,
    serve,
    try_again,
    waits,
)
from tests.wire import RecordingPlatform

HERE, THERE = channel("here"), channel("there")


async def begin(store: Store) -> Delivery:
    """Begin the next thing to do here, as one that dies before it is noted."""
    step = await store.outbox.advance(await lane_of(store, HERE), None, NOW)
    assert isinstance(step, Delivery)
    return step


async def test_each_message_is_sent_once_and_in_order(each_store: Store) -> None:
    await serve(each_store, HERE)
    for n in range(10):
        await say(each_store, f"entry-{n}")
    platform = RecordingPlatform()

    assert (await empty(each_store, platform)).delivered == 10

    assert platform.done() == [("send", f"entry:entry-{n}#1") for n in range(10)]
    assert await waits(each_store) == []
    assert not [call for call in platform.calls if call.what == "find"]


async def test_an_edit_changes_the_message_that_stands(each_store: Store) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    await empty(each_store, platform)
    await say(each_store, "one", 2)
    await empty(each_store, platform)

    assert platform.headings("here") == ["one 2"]
    assert platform.done() == [("send", "entry:one#1"), ("edit", "entry:one#2")]


async def test_a_withdrawn_entry_is_struck_in_every_channel(each_store: Store) -> None:
    await serve(each_store, HERE, THERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    for where in ("here", "there"):
        await empty(each_store, platform, where)

    await say(each_store, "one", 2, withdrawn="no longer on its page")
    for where in ("here", "there"):
        await empty(each_store, platform, where)

    struck = [(ref.channel, post.withdrawn) for ref, post in platform.standing.items()]
    assert struck == [(HERE, "no longer on its page"), (THERE, "no longer on its page")]


# ── Kills ────────────────────────────────────────────────────────────────────────────────────


async def test_a_kill_before_sending_sends_once(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    await say(each_store, "two")
    await begin(each_store)
    platform = RecordingPlatform()

    assert (await empty(each_store, platform)).delivered == 2

    assert [call.what for call in platform.calls] == ["find", "send", "send"]
    assert platform.headings("here") == ["one 1", "two 1"]


async def test_a_kill_after_sending_is_found_and_not_sent_again(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    await say(each_store, "two")
    platform = RecordingPlatform()
    begun = await begin(each_store)
    await platform.send(HERE, begun.post, begun.key)

    assert (await empty(each_store, platform)).delivered == 2
    await say(each_store, "one", 2)
    await empty(each_store, platform)

    # The message that was found is the one that later versions change.
    assert platform.headings("here") == ["one 2", "two 1"]


async def test_a_drain_that_is_cancelled_while_it_sends_loses_and_doubles_nothing(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    for n in range(3):
        await say(each_store, f"entry-{n}")
    platform = RecordingPlatform()
    platform.lost["here"].append(asyncio.CancelledError())

    with pytest.raises(asyncio.CancelledError):
        await empty(each_store, platform)
    await empty(each_store, platform)

    assert platform.headings("here") == ["entry-0 1", "entry-1 1", "entry-2 1"]


async def test_an_edit_that_may_have_arrived_is_made_again(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    await empty(each_store, platform)
    await say(each_store, "one", 2)
    platform.lost["here"].append(DeliveryError("No answer came."))

    assert (await empty(each_store, platform)).seconds is not None
    await try_again(each_store, database_url, platform, "here")

    assert platform.headings("here") == ["one 2"]
    assert [what for what, _ in platform.done()] == ["send", "edit", "edit"]


async def test_what_was_withdrawn_while_nobody_knew_whether_it_arrived(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE, THERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("No answer came."))
    platform.refusals["there"].append(DeliveryError("Not now."))
    for where in ("here", "there"):
        assert (await empty(each_store, platform, where)).seconds is not None

    await say(each_store, "one", 2, withdrawn="taken down")
    for where in ("here", "there"):
        await try_again(each_store, database_url, platform, where)

    # Where it arrived it is struck; where it did not, there is nothing to strike.
    assert platform.done("here") == [("send", "entry:one#1"), ("edit", "entry:one#2")]
    assert platform.done("there") == []
    assert await waits(each_store) == []


class OncePlatform(RecordingPlatform):
    """Cannot be asked what stands, the first time."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.looks = [error]

    async def find(self, channel, key):
        if self.looks:
            raise self.looks.pop()
        return await super().find(channel, key)


@pytest.mark.parametrize(
    "error",
    [
        DeliveryError("It asks to wait.", wait=30.0, refused=True),
        DeliveryError("The token is wrong.", refused=True, fault=Fault.PLATFORM),
        DeliveryError("The channel is archived.", refused=True, fault=Fault.CHANNEL),
        DeliveryError("It takes that in no form.", refused=True, fault=Fault.MESSAGE),
        DeliveryError("There is no such message.", refused=True, fault=Fault.TAKEN_AWAY),
        DeliveryError("No answer came."),
        ZeroDivisionError(),
    ],
    ids=["limit", "platform", "channel", "message", "taken away", "unsure", "broken"],
)
async def test_a_look_up_that_is_refused_says_nothing_of_the_message(
    each_store: Store, database_url: str, error: Exception
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = OncePlatform(error)
    begun = await begin(each_store)
    await platform.send(HERE, begun.post, begun.key)

    await empty(each_store, platform)
    assert await waits(each_store) == ["entry:one#1"]
    await each_store.lanes.revive(HERE)
    await empty(each_store, platform)

    assert platform.done() == [("send", "entry:one#1")]
    assert await waits(each_store) == []


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", [DeliveryError("Slow down."), ZeroDivisionError()], ids=["refused", "broken"]
)
async def test_what_could_not_be_sent_stays_at_the_head_of_its_lane(
    each_store: Store, database_url: str, error: Exception
) -> None:
    await serve(each_store, HERE)
    for name in ("one", "two", "three"):
        await say(each_store, name)
    platform = RecordingPlatform()
    platform.refusals["here"] += [error, error]

    for _ in range(2):
        left = await try_again(each_store, database_url, platform, "here")
        assert (left.delivered, left.seconds is None) == (0, False)
        assert await waits(each_store) == ["entry:one#1", "entry:two#1", "entry:three#1"]
    await try_again(each_store, database_url, platform, "here")

    assert platform.headings("here") == ["one 1", "two 1", "three 1"]


async def test_an_answer_that_got_lost_doubles_nothing(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    for name in ("one", "two"):
        await say(each_store, name)
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("No answer came."))

    await empty(each_store, platform)
    await try_again(each_store, database_url, platform, "here")

    assert platform.done() == [("send", "entry:one#1"), ("send", "entry:two#1")]


async def test_a_platform_that_answers_with_a_refusal_is_not_asked_what_stands(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Not now.", refused=True))

    await empty(each_store, platform)
    await try_again(each_store, database_url, platform, "here")

    assert [call.what for call in platform.calls] == ["send"]


async def test_one_channel_that_refuses_holds_up_no_other(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE, THERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Not now."))

    assert (await empty(each_store, platform, "here")).delivered == 0
    assert (await empty(each_store, platform, "there")).delivered == 1

    assert platform.headings("there") == ["one 1"]
    change(database_url, "UPDATE lane SET retry_at = NULL")
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [HERE]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeliveryError("The channel is archived.", refused=True), "The channel is archived."),
        (DeliveryError("No answer came."), "No answer came."),
        (
            ZeroDivisionError("by nought"),
            "Teller broke off with a ZeroDivisionError; its log says where.",
        ),
    ],
    ids=["refused", "unsure", "broken"],
)
async def test_why_a_message_waits_is_kept_until_it_stands(
    each_store: Store, database_url: str, error: Exception, reason: str
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(error)

    assert (await empty(each_store, platform)).seconds is not None
    (here,) = await each_store.newsroom(NOW).channels()
    assert (here.waiting, here.trouble) == (1, reason)

    await try_again(each_store, database_url, platform, "here")
    (here,) = await each_store.newsroom(NOW).channels()
    assert (here.waiting, here.trouble) == (0, None)


# ── What the guards are for ──────────────────────────────────────────────────────────────────


class Blind(RecordingPlatform):
    """Finds nothing of what stands."""

    async def find(self, channel, key):
        await super().find(channel, key)
        return


@pytest.mark.parametrize(
    ("kind", "stand"), [(RecordingPlatform, 1), (Blind, 2)], ids=["with", "without"]
)
async def test_without_the_look_up_a_kill_after_sending_doubles(
    each_store: Store, kind: type[RecordingPlatform], stand: int
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = kind()
    platform.lost["here"].append(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await empty(each_store, platform)

    await empty(each_store, platform)

    assert len(platform.standing) == stand


# ── A long lane ──────────────────────────────────────────────────────────────────────────────


async def test_a_long_lane_gives_way_to_others_and_goes_on_at_once(store: Store) -> None:
    await serve(store, HERE)
    for n in range(45):
        await say(store, f"entry-{n}")
    platform = RecordingPlatform()

    left = [await empty(store, platform) for _ in range(3)]

    assert [(one.delivered, one.seconds) for one in left] == [(20, 0.0), (20, 0.0), (5, None)]
    assert platform.headings("here") == [f"entry-{n} 1" for n in range(45)]


@pytest.mark.parametrize(("stops_after", "delivered"), [(0, 0), (1, 1), (3, 3)])
async def test_once_it_is_told_to_stop_nothing_more_is_begun(
    store: Store, sqlite_url: str, stops_after: int, delivered: int
) -> None:
    await serve(store, HERE)
    for n in range(5):
        await say(store, f"entry-{n}")
    platform = RecordingPlatform()

    left = await drain(
        await lane_of(store, HERE),
        courier(store.outbox, platform),
        stopping=lambda: len(platform.standing) >= stops_after,
    )

    assert (left.delivered, len(platform.standing)) == (delivered, delivered)
    states = [state for (state,) in select(sqlite_url, "SELECT state FROM item ORDER BY id")]
    assert states == ["sent"] * delivered + ["pending"] * (5 - delivered)
