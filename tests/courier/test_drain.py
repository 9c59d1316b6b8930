"""Emptying a lane: each message once and in order, whatever dies in between."""

import asyncio

import pytest

from bot.clocks import StoppedClock
from bot.courier import drain
from bot.errors import DeliveryError
from bot.store import Store
from tests.courier.queueing import NOW, channel, lane_of, say, serve
from tests.wire import RecordingPlatform

HERE, THERE = channel("here"), channel("there")
CLOCK = StoppedClock(NOW)


async def empty(store: Store, platform: RecordingPlatform, where: str = "here") -> int:
    lane = await lane_of(store, channel(where))
    return await drain(lane, outbox=store.outbox, platforms={platform.name: platform}, clock=CLOCK)


async def waits(store: Store) -> list[str]:
    return [str(key) for key, _, waiting in await store.outbox.queued() if waiting]


async def test_each_message_is_sent_once_and_in_order(each_store: Store) -> None:
    await serve(each_store, HERE)
    for n in range(10):
        await say(each_store, f"entry-{n}")
    platform = RecordingPlatform()

    assert await empty(each_store, platform) == 10

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
    await each_store.outbox.take(await lane_of(each_store, HERE))
    platform = RecordingPlatform()

    assert await empty(each_store, platform) == 2

    assert [call.what for call in platform.calls] == ["find", "send", "send"]
    assert platform.headings("here") == ["one 1", "two 1"]


async def test_a_kill_after_sending_is_found_and_not_sent_again(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    await say(each_store, "two")
    platform = RecordingPlatform()
    begun = await each_store.outbox.take(await lane_of(each_store, HERE))
    assert begun is not None
    await platform.send(HERE, begun.post, begun.key)

    assert await empty(each_store, platform) == 2
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


async def test_an_edit_that_may_have_arrived_is_made_again(each_store: Store) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    await empty(each_store, platform)
    await say(each_store, "one", 2)
    platform.lost["here"].append(DeliveryError("No answer came."))

    with pytest.raises(DeliveryError):
        await empty(each_store, platform)
    await empty(each_store, platform)

    assert platform.headings("here") == ["one 2"]
    assert [what for what, _ in platform.done()] == ["send", "edit", "edit"]


async def test_what_was_withdrawn_while_nobody_knew_whether_it_arrived(each_store: Store) -> None:
    await serve(each_store, HERE, THERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("No answer came."))
    platform.refusals["there"].append(DeliveryError("Not now."))
    for where in ("here", "there"):
        with pytest.raises(DeliveryError):
            await empty(each_store, platform, where)

    await say(each_store, "one", 2, withdrawn="taken down")
    for where in ("here", "there"):
        await empty(each_store, platform, where)

    # Where it arrived it is struck; where it did not, there is nothing to strike.
    assert platform.done("here") == [("send", "entry:one#1"), ("edit", "entry:one#2")]
    assert platform.done("there") == []
    assert await waits(each_store) == []


# ── Refusals ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error", [DeliveryError("Slow down."), ZeroDivisionError()], ids=["refused", "broken"]
)
async def test_what_could_not_be_sent_stays_at_the_head_of_its_lane(
    each_store: Store, error: Exception
) -> None:
    await serve(each_store, HERE)
    for name in ("one", "two", "three"):
        await say(each_store, name)
    platform = RecordingPlatform()
    platform.refusals["here"] += [error, error]

    for _ in range(2):
        with pytest.raises(type(error)):
            await empty(each_store, platform)
        assert await waits(each_store) == ["entry:one#1", "entry:two#1", "entry:three#1"]
    await empty(each_store, platform)

    assert platform.headings("here") == ["one 1", "two 1", "three 1"]


async def test_an_answer_that_got_lost_doubles_nothing(each_store: Store) -> None:
    await serve(each_store, HERE)
    for name in ("one", "two"):
        await say(each_store, name)
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("No answer came."))

    with pytest.raises(DeliveryError):
        await empty(each_store, platform)
    await empty(each_store, platform)

    assert platform.done() == [("send", "entry:one#1"), ("send", "entry:two#1")]


async def test_one_channel_that_refuses_holds_up_no_other(each_store: Store) -> None:
    await serve(each_store, HERE, THERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Not now."))

    with pytest.raises(DeliveryError):
        await empty(each_store, platform, "here")
    await empty(each_store, platform, "there")

    assert platform.headings("there") == ["one 1"]
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [HERE]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DeliveryError("The channel is archived.", refused=True), "The channel is archived."),
        (DeliveryError("No answer came."), "No answer came."),
        (ZeroDivisionError("by nought"), "ZeroDivisionError: by nought"),
    ],
    ids=["refused", "unsure", "broken"],
)
async def test_why_a_message_waits_is_kept_until_it_stands(
    each_store: Store, error: Exception, reason: str
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(error)

    with pytest.raises(type(error)):
        await empty(each_store, platform)
    (here,) = await each_store.newsroom(NOW).channels()
    assert (here.waiting, here.trouble) == (1, reason)

    await empty(each_store, platform)
    (here,) = await each_store.newsroom(NOW).channels()
    assert (here.waiting, here.trouble) == (0, None)
