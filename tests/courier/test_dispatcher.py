"""Who empties the lanes: woken by an event that is never lost, each lane for itself."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.courier import Dispatcher
from bot.courier.dispatcher import LAST_SECONDS, LOOK_EVERY
from bot.courier.drain import AT_ONCE
from bot.deadline import uptime
from bot.errors import DeliveryError, Fault
from bot.lanes import Delivery, Lane, Later, Next, Outbox, Outcome, Sent
from bot.ports import Platform
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import NOW, channel, courier, say, say_all, serve, waits
from tests.waiting import until
from tests.wire import RecordingPlatform

HERE, THERE, AWAY = channel("here"), channel("there"), channel("C01", "slack")


@asynccontextmanager
async def running(
    outbox: Outbox, *platforms: Platform | RecordingPlatform, at_once: int | None = None
) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(courier(outbox, *platforms), at_once=at_once)
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
        assert not task.done(), "the dispatcher ended by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_waits_at_the_start_is_sent(store: Store) -> None:
    await serve(store, HERE)
    await say(store, "one")
    platform = RecordingPlatform()

    async with running(store.outbox, platform) as dispatcher:
        assert await dispatcher.settle(10)

    assert platform.headings("here") == ["one 1"]


async def test_what_is_queued_later_is_sent_when_it_is_woken(store: Store) -> None:
    await serve(store, HERE, THERE)
    platform = RecordingPlatform()

    async with running(store.outbox, platform) as dispatcher:
        assert await dispatcher.settle(10)
        for n in range(20):
            await say(store, f"entry-{n}")
            dispatcher.wake()
        assert await dispatcher.settle(10)

    for where in ("here", "there"):
        assert platform.headings(where) == [f"entry-{n} 1" for n in range(20)]


async def test_a_lane_that_fails_waits_alone_and_is_tried_again(store: Store) -> None:
    await serve(store, HERE, THERE)
    for name in ("one", "two"):
        await say(store, name)
    platform = RecordingPlatform()
    platform.refusals["here"] += [DeliveryError("Not now.", wait=2.0)]

    async with running(store.outbox, platform) as dispatcher:
        async with asyncio.timeout(10):
            while platform.headings("there") != ["one 1", "two 1"]:
                assert not await dispatcher.settle(0.05)
        assert platform.headings("here") == []
        assert await dispatcher.settle(20)

    assert platform.headings("here") == ["one 1", "two 1"]


async def test_an_unexpected_fault_in_one_lane_ends_nothing(store: Store) -> None:
    await serve(store, HERE, THERE)
    await say(store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"] += [ZeroDivisionError()]

    async with running(store.outbox, platform) as dispatcher:
        assert await dispatcher.settle(10)

    assert platform.headings("here") == ["one 1"]
    assert platform.headings("there") == ["one 1"]


async def test_a_lane_without_its_platform_waits_and_is_reported_once(store: Store) -> None:
    await serve(store, AWAY, HERE)
    platform = RecordingPlatform()

    with capture_logs() as logs:
        async with running(store.outbox, platform) as dispatcher:
            for name in ("one", "two", "three"):
                await say(store, name)
                dispatcher.wake()
                assert await dispatcher.settle(10)

    assert platform.headings("here") == ["one 1", "two 1", "three 1"]
    reported = [log["platform"] for log in logs if log["event"] == "courier.no_such_platform"]
    assert reported == ["slack"]
    assert [lane.channel for lane in await store.outbox.waiting()] == [AWAY]

    slack = RecordingPlatform("slack")
    async with running(store.outbox, slack, platform) as dispatcher:
        assert await dispatcher.settle(10)
    assert slack.headings("C01") == ["one 1", "two 1", "three 1"]


async def test_settling_gives_up_on_a_platform_that_does_not_answer(store: Store) -> None:
    await serve(store, HERE)
    await say(store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"] += [DeliveryError("Not now.")] * 50

    async with running(store.outbox, platform) as dispatcher:
        assert not await dispatcher.settle(0.05)

    assert await waits(store) == ["entry:one#1"]


class CountingPlatform(RecordingPlatform):
    """Says when so many messages stand."""

    wanted = 0
    reached = asyncio.Event()

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        ref = await super().send(channel, post, key)
        if len(self.standing) >= self.wanted:
            self.reached.set()
        return ref


async def test_a_cut_off_dispatcher_leaves_nothing_doubled_for_the_next(store: Store) -> None:
    await serve(store, HERE)
    for n in range(30):
        await say(store, f"entry-{n}")
    platform = CountingPlatform()
    for enough in (3, 11, 12, 20):
        platform.wanted, platform.reached = enough, asyncio.Event()
        async with running(store.outbox, platform), asyncio.timeout(10):
            await platform.reached.wait()

    async with running(store.outbox, platform) as dispatcher:
        assert await dispatcher.settle(10)

    assert platform.headings("here") == [f"entry-{n} 1" for n in range(30)]


async def test_a_lane_that_is_filled_while_its_platform_waits_goes_on_with_the_others(
    store: Store,
) -> None:
    await serve(store, HERE, THERE)
    platform = RecordingPlatform()
    platform.refusals["here"].append(
        DeliveryError("Slow down, all of you.", wait=0.5, refused=True, fault=Fault.PLATFORM)
    )
    async with running(store.outbox, platform) as dispatcher:
        await say(store, "one")
        dispatcher.wake()
        while platform.refusals["here"]:  # noqa: ASYNC110 - a platform without an event
            await asyncio.sleep(0.01)
        await say(store, "two")
        dispatcher.wake()
        # Well before it looks by itself.
        async with asyncio.timeout(LOOK_EVERY / 2):
            await until_headings(platform, "there", 2)
            await until_headings(platform, "here", 2)


# ── Wake-ups ─────────────────────────────────────────────────────────────────────────────────


class MemoryOutbox:
    """Lanes in memory, which give way to others as often as they are told to at every call."""

    def __init__(self, pauses: Sequence[int]) -> None:
        self.lanes: dict[int, list[str]] = {}
        self.sent: list[str] = []
        self.first = asyncio.Event()
        self.broken = 0
        self._pauses = list(pauses)
        self._calls = 0

    def queue(self, lane: int, subject: str) -> None:
        self.lanes.setdefault(lane, []).append(subject)

    async def pause(self) -> None:
        self._calls += 1
        for _ in range(self._pauses[self._calls % len(self._pauses)] if self._pauses else 0):
            await asyncio.sleep(0)

    async def waiting(self) -> list[Lane]:
        if self.broken:
            self.broken -= 1
            raise OSError("the disk is away")
        lanes = [Lane(id=id, channel=channel(str(id))) for id, items in self.lanes.items() if items]
        await self.pause()
        return lanes

    async def advance(
        self, lane: Lane, outcome: Outcome | None, now: datetime, *, last: bool = False
    ) -> Next:
        if self.broken:
            self.broken -= 1
            raise OSError("the disk is away")
        items = self.lanes[lane.id]
        if outcome is not None:
            assert isinstance(outcome, Sent)
            self.sent.append(items.pop(0))
            self.first.set()
            await self.pause()
        if last:
            return Later(seconds=0.0)
        subject = items[0] if items else None
        # What is queued from here on was not seen, however long the answer takes.
        await self.pause()
        if subject is None:
            return Later()
        return Delivery(
            lane=lane,
            item_id=0,
            key=DeliveryKey(subject=subject, version=1),
            post=Post(kind=PostKind.ENTRY, heading=subject, at=NOW),
            queued_at=NOW,
            until=uptime() + 60,
        )

    async def leave(self) -> None:
        if self.broken:
            raise OSError("the disk is away")


class SlowPlatform(RecordingPlatform):
    """Takes as many turns for a message as the outbox does for a look."""

    def __init__(self, outbox: MemoryOutbox) -> None:
        super().__init__()
        self._outbox = outbox

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        await self._outbox.pause()
        return await super().send(channel, post, key)


async def wake_and_wait(gaps: Sequence[int], pauses: Sequence[int], lanes: int) -> list[str]:
    """Queue an item after each gap, waking each time; what was sent in the end."""
    outbox = MemoryOutbox(pauses)
    async with running(outbox, SlowPlatform(outbox)) as dispatcher:
        for n, gap in enumerate(gaps):
            outbox.queue(n % lanes, f"item-{n}")
            dispatcher.wake()
            for _ in range(gap):
                await asyncio.sleep(0)
        # Nothing wakes it any more: whatever is not sent after so many turns never will be.
        for _ in range(2_000):
            if not any(outbox.lanes.values()):
                break
            await asyncio.sleep(0)
    return outbox.sent


@given(
    gaps=st.lists(st.integers(0, 60), min_size=1, max_size=12),
    pauses=st.lists(st.integers(0, 7), max_size=5),
    lanes=st.integers(1, 3),
)
def test_no_wake_up_is_lost(gaps: list[int], pauses: list[int], lanes: int) -> None:
    sent = asyncio.run(wake_and_wait(gaps, pauses, lanes))

    assert sorted(sent) == sorted(f"item-{n}" for n in range(len(gaps)))
    for lane in range(lanes):
        own = [item for item in sent if int(item.removeprefix("item-")) % lanes == lane]
        assert own == sorted(own, key=lambda item: int(item.removeprefix("item-")))


async def test_a_store_that_breaks_for_a_moment_does_not_end_the_dispatcher() -> None:
    outbox = MemoryOutbox([1])
    platform = RecordingPlatform()
    async with running(outbox, platform) as dispatcher:
        await asyncio.sleep(0)
        outbox.broken = 1
        outbox.queue(1, "one")
        dispatcher.wake()
        async with asyncio.timeout(10):
            await outbox.first.wait()

    assert platform.headings("1") == ["one"]


async def test_a_store_that_breaks_while_a_lane_is_drained_is_asked_again() -> None:
    outbox = MemoryOutbox([1])
    platform = RecordingPlatform()
    outbox.queue(1, "one")
    outbox.broken = 3
    async with running(outbox, platform):
        async with asyncio.timeout(20):
            await outbox.first.wait()

    assert platform.headings("1") == ["one"]


async def test_a_store_that_is_away_at_the_end_does_not_spoil_it() -> None:
    outbox = MemoryOutbox([1])
    outbox.queue(1, "one")
    dispatcher = Dispatcher(courier(outbox, RecordingPlatform()))
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(10):
        await outbox.first.wait()
    outbox.broken = 1_000_000

    task.cancel()
    (end,) = await asyncio.gather(task, return_exceptions=True)

    assert isinstance(end, asyncio.CancelledError)


# ── Fair ─────────────────────────────────────────────────────────────────────────────────────


class Gate(RecordingPlatform):
    """Takes messages for some channels only when they are let through; `held` says it has one."""

    def __init__(self, name: str = "terminal", *, closed: Sequence[str] = ()) -> None:
        super().__init__(name)
        self.closed = set(closed)
        self.held = asyncio.Event()
        self.open = asyncio.Event()
        self.waiting = 0

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        if channel.id in self.closed:
            self.held.set()
            self.waiting += 1
            await self.open.wait()
            self.waiting -= 1
        return await super().send(channel, post, key)


async def until_headings(platform: RecordingPlatform, where: str, number: int) -> None:
    await until(lambda: len(platform.headings(where)) >= number)


async def test_a_long_lane_does_not_hold_others_up(store: Store) -> None:
    await serve(store, HERE)
    await say_all(store, *(f"entry-{n}" for n in range(500)))
    await serve(store, HERE, THERE)
    await say(store, "last")
    platform = RecordingPlatform()

    # One lane at a time: so the second gets its turn only where the first gives way.
    async with running(store.outbox, platform, at_once=1):
        await until_headings(platform, "there", 1)
        before = [call.channel.id for call in platform.calls].index("there")

    assert before == AT_ONCE


@pytest.mark.parametrize(("wanted", "at_once"), [(None, 3), (5, 5)])
async def test_as_many_lanes_are_sent_to_at_a_time_as_a_platform_says_or_somebody_wants(
    store: Store, wanted: int | None, at_once: int
) -> None:
    here = [f"C{n}" for n in range(8)]
    await serve(store, *(channel(one) for one in here))
    await say(store, "one")
    platform = Gate(closed=here)
    platform.at_once = 3

    async with running(store.outbox, platform, at_once=wanted) as dispatcher:
        await until(lambda: platform.waiting == at_once)
        assert await dispatcher.settle(0.2) is False
        assert platform.waiting == at_once
        platform.open.set()
        assert await dispatcher.settle(10)

    assert all(platform.headings(one) == ["one 1"] for one in here)


async def test_a_platform_that_hangs_holds_up_no_other(store: Store) -> None:
    await serve(store, *(channel(f"C{n}", "slack") for n in range(6)), HERE)
    await say_all(store, "one", "two", "three")
    slack = Gate("slack", closed=[f"C{n}" for n in range(6)])
    platform = RecordingPlatform()

    async with running(store.outbox, slack, platform, at_once=2) as dispatcher:
        await until_headings(platform, "here", 3)
        assert slack.held.is_set()
        assert not slack.done()
        slack.open.set()
        assert await dispatcher.settle(20)

    for n in range(6):
        assert slack.headings(f"C{n}") == ["one 1", "two 1", "three 1"]


async def test_a_channel_that_hangs_holds_up_no_other_of_its_platform(store: Store) -> None:
    await serve(store, HERE, THERE)
    await say_all(store, "one", "two")
    platform = Gate(closed=["here"])

    async with running(store.outbox, platform, at_once=2) as dispatcher:
        await until_headings(platform, "there", 2)
        assert platform.headings("here") == []
        platform.open.set()
        assert await dispatcher.settle(20)

    assert platform.headings("here") == ["one 1", "two 1"]


# ── The end ──────────────────────────────────────────────────────────────────────────────────


async def test_what_is_under_way_at_the_end_ends_and_nothing_new_begins(
    store: Store, sqlite_url: str
) -> None:
    await serve(store, HERE, THERE)
    await say_all(store, "one", "two", "three")
    platform = Gate(closed=["here", "there"])
    # One lane at a time: the second waits for its turn, and does not get it any more.
    dispatcher = Dispatcher(courier(store.outbox, platform), at_once=1)
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(20):
        await platform.held.wait()

    task.cancel()
    await asyncio.sleep(0)
    platform.open.set()
    await asyncio.gather(task, return_exceptions=True)

    assert len(platform.done()) == 1
    states = select(sqlite_url, "SELECT state, count(*) FROM item GROUP BY state ORDER BY state")
    assert states == [("pending", 5), ("sent", 1)]
    assert select(sqlite_url, "SELECT count(*) FROM lane WHERE owner IS NOT NULL") == [(0,)]


async def test_what_hangs_at_the_end_is_given_up_in_time_and_looked_for_by_the_next(
    store: Store, sqlite_url: str
) -> None:
    await serve(store, HERE)
    await say_all(store, "one", "two")
    platform = Gate(closed=["here"])
    dispatcher = Dispatcher(courier(store.outbox, platform))
    task = asyncio.create_task(dispatcher.run())
    async with asyncio.timeout(20):
        await platform.held.wait()

    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert select(sqlite_url, "SELECT state FROM item ORDER BY id") == [("sending",), ("pending",)]
    assert LAST_SECONDS < 5

    platform.open.set()
    async with running(store.outbox, platform) as again:
        assert await again.settle(20)
    assert platform.headings("here") == ["one 1", "two 1"]
    assert [call.what for call in platform.calls] == ["find", "send", "send"]
