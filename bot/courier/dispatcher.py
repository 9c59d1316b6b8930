"""Who calls `drain` in one process: woken by an event, several lanes at once."""

import asyncio
from collections.abc import Mapping
from functools import partial

import structlog

from bot.back_off import BackOff
from bot.courier.drain import drain
from bot.errors import DeliveryError, TellerError
from bot.memory import Lane, Outbox
from bot.ports import Clock, Platform

log = structlog.get_logger()

LANES_AT_ONCE = 16
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 60.0


class Dispatcher:
    """Drains lanes as they fill. A lane that fails waits alone, longer each time."""

    def __init__(self, *, outbox: Outbox, platforms: Mapping[str, Platform], clock: Clock) -> None:
        self._outbox = outbox
        self._platforms = platforms
        self._clock = clock
        self._wake = asyncio.Event()
        self._slots = asyncio.Semaphore(LANES_AT_ONCE)
        self._busy: dict[int, asyncio.Task[None]] = {}
        self._unserved: set[str] = set()

    def wake(self) -> None:
        """Something was queued."""
        self._wake.set()

    async def run(self) -> None:
        """Drain until cancelled."""
        async with asyncio.TaskGroup() as lanes:
            while True:
                self._wake.clear()
                for lane in await self._waiting():
                    if lane.id not in self._busy and self._serves(lane):
                        task = lanes.create_task(self._empty(lane))
                        self._busy[lane.id] = task
                        task.add_done_callback(partial(self._freed, lane.id))
                await self._wake.wait()

    async def settle(self, seconds: float) -> bool:
        """Wait until every lane that can be served is empty, so long at most; whether it is.

        What then still waits is sent at the next start.
        """
        try:
            async with asyncio.timeout(seconds):
                while any(self._serves(lane) for lane in await self._waiting()):
                    self.wake()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return False
        return True

    async def _waiting(self) -> list[Lane]:
        """Lanes with something to send, however often the store fails."""
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                return await self._outbox.waiting()
            except Exception:
                log.exception("courier.store_broke")
            await back_off.pause()

    def _freed(self, lane_id: int, _: "asyncio.Task[None]") -> None:
        # Something may have been queued between the last look and the end: look once more.
        del self._busy[lane_id]
        self.wake()

    def _serves(self, lane: Lane) -> bool:
        name = lane.channel.platform
        if name in self._platforms:
            return True
        if name not in self._unserved:
            self._unserved.add(name)
            log.warning("courier.no_such_platform", platform=name)
        return False

    async def _empty(self, lane: Lane) -> None:
        """Drain a lane until it is empty, however often its platform fails."""
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                async with self._slots:
                    await drain(
                        lane,
                        outbox=self._outbox,
                        platforms=self._platforms,
                        clock=self._clock,
                    )
                return
            except DeliveryError as error:
                log.warning("courier.delivery_failed", lane=str(lane.channel), why=str(error))
                if error.wait is not None:
                    # The platform says when: waiting longer would only make people wait.
                    await asyncio.sleep(error.wait)
                    continue
            except TellerError:
                # The platform is gone for good, and says so: whoever runs the program decides.
                raise
            except Exception:
                log.exception("courier.delivery_broke", lane=str(lane.channel))
            await back_off.pause()
