"""Who was asleep while others went on posts nothing when it wakes."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

import pytest

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.courier import drain
from bot.deadline import check, uptime
from bot.errors import LeaseLostError
from bot.lanes import Delivery, Lane, Next, Outcome
from bot.store import Store
from tests.courier.queueing import channel, courier, empty, lane_of, say, serve, waits
from tests.store.test_leases import run_out
from tests.wire import RecordingPlatform

HERE = channel("here")


class ShortLease:
    """A real outbox, whose deliveries have so many seconds left."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._outbox = store.outbox
        self._seconds = seconds

    async def waiting(self) -> list[Lane]:
        return await self._outbox.waiting()

    async def leave(self) -> None:
        await self._outbox.leave()

    async def advance(
        self, lane: Lane, outcome: Outcome | None, now: datetime, *, last: bool = False
    ) -> Next:
        step = await self._outbox.advance(lane, outcome, now, last=last)
        if isinstance(step, Delivery):
            return replace(step, until=uptime() + self._seconds)
        return step


class SleepyPlatform(RecordingPlatform):
    """Its program is asleep before the first request, and `meanwhile` others go on.

    When it wakes it asks whether it is in time, if it `asks`.
    """

    def __init__(self, meanwhile: Callable[[], None], *, asks: bool) -> None:
        super().__init__()
        self._meanwhile: Callable[[], None] | None = meanwhile
        self._asks = asks

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        meanwhile, self._meanwhile = self._meanwhile, None
        if meanwhile is not None:
            meanwhile()
            if self._asks:
                check()
        return await super().send(channel, post, key)


class Hanging(RecordingPlatform):
    """Never takes what it is given."""

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        await asyncio.Event().wait()
        return await super().send(channel, post, key)


async def test_after_the_last_moment_nothing_reaches_the_platform(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    lane = await lane_of(each_store, HERE)

    with pytest.raises(LeaseLostError):
        await drain(lane, courier(ShortLease(each_store, -0.001), platform))

    assert platform.calls == []
    # Whoever comes next looks for it, for it was begun.
    assert await waits(each_store) == ["entry:one#1"]
    await empty(each_store, platform)
    assert [call.what for call in platform.calls] == ["find", "send"]


async def test_nothing_is_under_way_any_more_when_the_lane_may_be_anothers(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = Hanging()

    async with asyncio.timeout(6):
        left = await drain(
            await lane_of(each_store, HERE), courier(ShortLease(each_store, 0.05), platform)
        )

    assert platform.done() == []
    assert left.seconds is not None
    assert await waits(each_store) == ["entry:one#1"]


@pytest.mark.parametrize(("asks", "stand"), [(True, 1), (False, 2)], ids=["asking", "not asking"])
async def test_without_the_last_question_a_worker_that_wakes_posts_again(
    each_store: Store, database_url: str, asks: bool, stand: int
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")

    async def another_program() -> None:
        store = Store(database_url)
        await store.open()
        run_out(database_url)
        assert (await empty(store, platform)).delivered == 1
        await store.close()

    def meanwhile() -> None:
        # Nothing of this program moves, its own time-outs neither.
        with ThreadPoolExecutor(1) as elsewhere:
            elsewhere.submit(asyncio.run, another_program()).result(timeout=20)
        until = uptime() + 0.05
        while uptime() < until:
            time.sleep(0.005)

    platform = SleepyPlatform(meanwhile, asks=asks)
    # Either way it is told in the end that the lane is not its own any more.
    with pytest.raises(LeaseLostError):
        await drain(
            await lane_of(each_store, HERE), courier(ShortLease(each_store, 0.05), platform)
        )

    assert len([call for call in platform.calls if call.what == "send"]) == stand
    # What the database knows is what the one who had the lane has done.
    (record,) = await each_store.lanes.on_record()
    assert (record.waiting, record.trouble) == (0, None)
