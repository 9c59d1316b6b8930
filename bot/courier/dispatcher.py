"""Who calls `drain` in one process: woken by an event, several lanes at once, in turn."""

import asyncio
from collections import defaultdict, deque
from contextlib import suppress
from functools import partial

import structlog

from bot.back_off import BackOff
from bot.courier.drain import Courier, Drained, drain
from bot.errors import LeaseLostError, TellerError
from bot.lanes import Lane

log = structlog.get_logger()

# What another program has changed in the database is seen after so many seconds at the latest.
LOOK_EVERY = 10.0
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 60.0
LAST_SECONDS = 3.0


class Dispatcher:
    """Drains lanes as they fill, each alone: one that fails waits, and keeps no other.

    `at_once` is how many of each platform it drains at a time; without it, each says how many.
    """

    def __init__(self, courier: Courier, *, at_once: int | None = None) -> None:
        self._courier = courier
        self._at_once = at_once
        self._wake = asyncio.Event()
        # Lanes that wait for their turn, by platform; those being drained, and of these the ones
        # that have to be looked at once more; those that wait for a later time.
        self._queues: defaultdict[str, deque[Lane]] = defaultdict(deque)
        self._queued: set[int] = set()
        self._busy: dict[int, asyncio.Task[Drained]] = {}
        self._at_work: defaultdict[str, int] = defaultdict(int)
        self._again: set[int] = set()
        self._later: dict[int, asyncio.TimerHandle] = {}
        self._unserved: set[str] = set()
        self._stopping = False
        # How often the store has failed since it last did not.
        self._breaks = 0
        self._idle = asyncio.Event()

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    async def run(self) -> None:
        """Drain until cancelled; then what is under way is given a moment to end.

        Raises what a platform raises that is gone for good.
        """
        self._stopping = False
        try:
            async with asyncio.TaskGroup() as lanes:
                try:
                    await self._dispatch(lanes)
                finally:
                    self._stopping = True
                    await self._last_ones()
        finally:
            for timer in self._later.values():
                timer.cancel()
            self._later.clear()
            await self._leave()

    async def _dispatch(self, lanes: asyncio.TaskGroup) -> None:
        while True:
            self._wake.clear()
            for lane in await self._waiting():
                self._add(lane)
            self._begin(lanes)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._wake.wait()

    async def settle(self, seconds: float) -> bool:
        """Wait until every lane that can be served is empty, so long at most; whether it is.

        What then still waits is sent at the next start.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    self._idle.clear()
                    self.wake()
                    await self._idle.wait()
                    while self._later and not self._busy:  # noqa: ASYNC110 - timers
                        await asyncio.sleep(0.01)
                    # The store first: a lane that fails meanwhile waits here, and no longer there.
                    waiting = await self._waiting()
                    if not (any(map(self._serves, waiting)) or self._busy or self._later):
                        return True
        except TimeoutError:
            return False

    async def _last_ones(self) -> None:
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=LAST_SECONDS)

    async def _leave(self) -> None:
        """Let go of every lane; where the store fails, the leases run out by themselves."""
        try:
            await self._courier.outbox.leave()
        except Exception:
            log.exception("courier.store_broke")

    async def _waiting(self) -> list[Lane]:
        """Lanes with something to send, however often the store fails."""
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                return await self._courier.outbox.waiting()
            except Exception:
                log.exception("courier.store_broke")
            await back_off.pause()

    def _add(self, lane: Lane) -> None:
        """Let a lane have its turn; one that is being drained is looked at once more."""
        if not self._serves(lane):
            return
        if lane.id in self._busy:
            self._again.add(lane.id)
        elif lane.id not in self._queued:
            if (timer := self._later.pop(lane.id, None)) is not None:
                timer.cancel()
            self._queued.add(lane.id)
            self._queues[lane.channel.platform].append(lane)

    def _begin(self, lanes: asyncio.TaskGroup) -> None:
        """Drain as many lanes of each platform as may be."""
        for platform, queue in self._queues.items():
            at_once = self._at_once or self._courier.platforms[platform].at_once
            while queue and self._at_work[platform] < at_once and not self._stopping:
                lane = queue.popleft()
                self._queued.discard(lane.id)
                self._at_work[platform] += 1
                task = lanes.create_task(self._drain(lane))
                self._busy[lane.id] = task
                task.add_done_callback(partial(self._ended, lane, lanes))
        if not self._busy:
            self._idle.set()

    async def _drain(self, lane: Lane) -> Drained:
        try:
            drained = await drain(lane, self._courier, stopping=lambda: self._stopping)
            self._breaks = 0
            return drained
        except LeaseLostError:
            log.warning("courier.lease_lost", lane=str(lane.channel))
        except TellerError:
            raise
        except Exception:
            log.exception("courier.store_broke", lane=str(lane.channel))
            self._breaks += 1
        return Drained(delivered=0, seconds=min(FIRST_BACK_OFF * 2.0**self._breaks, LOOK_EVERY))

    def _ended(self, lane: Lane, lanes: asyncio.TaskGroup, task: asyncio.Task[Drained]) -> None:
        del self._busy[lane.id]
        self._at_work[lane.channel.platform] -= 1
        if task.cancelled() or task.exception() is not None or self._stopping:
            return
        drained, loop = task.result(), asyncio.get_running_loop()
        seconds = drained.seconds
        if lane.id in self._again or seconds == 0:
            self._again.discard(lane.id)
            self._add(lane)
        elif seconds is not None:
            self._later[lane.id] = loop.call_later(seconds, self._due, lane, lanes)
            if drained.everywhere:
                # Lanes that were filled meanwhile have not been tried, and wait for nobody.
                loop.call_later(seconds, self.wake)
        self._begin(lanes)

    def _due(self, lane: Lane, lanes: asyncio.TaskGroup) -> None:
        self._later.pop(lane.id, None)
        self._add(lane)
        self._begin(lanes)

    def _serves(self, lane: Lane) -> bool:
        name = lane.channel.platform
        if name in self._courier.platforms:
            return True
        if name not in self._unserved:
            self._unserved.add(name)
            log.warning("courier.no_such_platform", platform=name)
        return False
