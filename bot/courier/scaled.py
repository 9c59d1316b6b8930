"""Who calls `drain` where several processes share the lanes: procrastinate's workers.

One job a lane waits, or runs. It is written in the transaction that fills the lane, or that leaves
it with something for later; a lane that has none although it should gets one at the next round.
"""

import asyncio
import math
from dataclasses import dataclass
from typing import Any
from weakref import WeakValueDictionary

import procrastinate
import structlog

from bot.back_off import BackOff
from bot.chat.ask import Channel
from bot.courier.connector import Connector
from bot.courier.dispatcher import LAST_SECONDS
from bot.courier.drain import Courier, drain
from bot.errors import LeaseLostError, TellerError
from bot.lanes import Jobs, Lane

log = structlog.get_logger()

# As in `bot.store.jobs`, where the jobs are written.
TASK = "drain"
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 10.0
LISTENS_AFTER = 0.5
LEAVE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """In seconds: a worker says every `heartbeat` that it lives, and is dead after `dead`.

    Every `round` the jobs of the dead are given to others. Every `look` a worker looks for jobs
    that nobody told it of; it is told of all but those that a process has died with.
    """

    heartbeat: float = 2.0
    dead: float = 12.0
    round: float = 3.0
    look: float = 5.0


class ScaledDispatcher:
    """Drains lanes as they fill, beside other processes; `at_once` is as for `Dispatcher`."""

    def __init__(
        self,
        courier: Courier,
        jobs: Jobs,
        *,
        at_once: int | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._courier = courier
        self._jobs = jobs
        self._at_once = at_once
        self._pace = pace or Pace()
        # A lane's job may come back while the one before it is still at work here: its worker was
        # taken for dead. Kept for as long as one of them has it.
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._at_work = 0
        # When each platform's workers are to be woken, on the loop's clock.
        self._alarms: dict[tuple[str, int], asyncio.TimerHandle] = {}
        self._waking: set[asyncio.Task[None]] = set()
        self._gone: asyncio.Future[None] | None = None
        self._stopping = False

    def wake(self) -> None:
        """Something was queued: nothing to do, for the database says so to all workers."""

    async def run(self) -> None:
        """Drain until cancelled; then what is under way is given a moment to end.

        Raises what a platform raises that is gone for good.
        """
        self._stopping = False
        self._gone = asyncio.get_running_loop().create_future()
        working = asyncio.create_task(self._work())
        try:
            await asyncio.wait({working, self._gone}, return_when=asyncio.FIRST_COMPLETED)
            await (self._gone if self._gone.done() else working)
        finally:
            self._stopping = True
            # Nobody waits for what ends it any more.
            self._gone.cancel()
            for alarm in self._alarms.values():
                alarm.cancel()
            self._alarms.clear()
            for task in (working, *self._waking):
                task.cancel()
            await asyncio.wait({working}, timeout=LAST_SECONDS + 1.0)
            await self._leave()

    async def _leave(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_SECONDS):
                await self._courier.outbox.leave()
        except Exception as error:
            # Others have the lanes once the leases have run out.
            log.warning("courier.not_left", why=type(error).__name__)

    async def settle(self, seconds: float) -> bool:
        """Wait until every lane that can be served is empty, so long at most; whether it is.

        What then still waits is sent by others, or at the next start.
        """
        try:
            async with asyncio.timeout(seconds):
                while self._at_work or self._alarms or await self._waits():  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.05)
        except TimeoutError:
            return False
        return True

    async def _waits(self) -> bool:
        lanes = await self._courier.outbox.waiting()
        return any(lane.channel.platform in self._courier.platforms for lane in lanes)

    async def _work(self) -> None:
        """Have workers until cancelled, however often the database goes away."""
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                connector = Connector(self._jobs.address)
                app = procrastinate.App(connector=connector)
                app.task(name=TASK)(self._drain)
                async with app.open_async():
                    await self._until_broken(app, connector.broken, back_off)
            except Exception:
                log.exception("courier.workers_ended")
            await back_off.pause()

    async def _until_broken(
        self, app: procrastinate.App, broken: asyncio.Event, back_off: BackOff
    ) -> None:
        """Have a worker for each platform, so that none waits for another's. Raises its error."""
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self._worker(app, name)) for name in self._courier.platforms
        ]
        for name in self._courier.platforms:
            # It looks before it listens, and what came in between nobody tells it of again.
            self._set_alarm(name, LISTENS_AFTER)
        tasks.append(asyncio.create_task(self._rounds(app, back_off)))
        tasks.append(asyncio.create_task(broken.wait()))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _worker(self, app: procrastinate.App, platform: str) -> None:
        pace = self._pace
        await app.run_worker_async(
            queues=[platform],
            name=platform,
            concurrency=self._at_once or self._courier.platforms[platform].at_once,
            fetch_job_polling_interval=pace.look,
            shutdown_graceful_timeout=LAST_SECONDS,
            delete_jobs="always",
            install_signal_handlers=False,
            update_heartbeat_interval=pace.heartbeat,
            stalled_worker_timeout=pace.dead,
        )

    async def _rounds(self, app: procrastinate.App, back_off: BackOff) -> None:
        """See to jobs that nobody does any more, and to lanes without a job that should have one.

        Several processes may do so at once: to a job it happens once.
        """
        while True:
            stalled = await app.job_manager.get_stalled_jobs(
                task_name=TASK, seconds_since_heartbeat=self._pace.dead
            )
            replaced = await self._jobs.replace([job.id for job in stalled if job.id is not None])
            if replaced:
                log.warning("courier.jobs_replaced", jobs=replaced)
            await self._jobs.fill(self._courier.platforms)
            back_off.reset()
            await asyncio.sleep(self._pace.round)

    async def _drain(self, lane_id: int, platform: str, channel: str) -> None:
        """The job. What goes wrong with it leaves the lane without one, until the next round."""
        lane = Lane(id=lane_id, channel=Channel(platform=platform, id=channel))
        turn = self._turns.setdefault(lane_id, asyncio.Lock())
        async with turn:
            self._at_work += 1
            try:
                drained = await drain(lane, self._courier, stopping=lambda: self._stopping)
            except LeaseLostError:
                log.warning("courier.lease_lost", lane=str(lane.channel))
            except TellerError as error:
                if self._gone is not None and not self._gone.done():
                    self._gone.set_exception(error)
            except Exception:
                log.exception("courier.store_broke", lane=str(lane.channel))
            else:
                if drained.seconds and not self._stopping:
                    self._set_alarm(platform, drained.seconds)
            finally:
                self._at_work -= 1

    def _set_alarm(self, platform: str, seconds: float) -> None:
        """Have workers look again after so long: nothing is said of a job that comes due.

        In tenths of a second, for a thousand lanes that wait for one platform.
        """
        loop = asyncio.get_running_loop()
        tenths = math.ceil((loop.time() + seconds) * 10) + 1
        if (platform, tenths) not in self._alarms:
            self._alarms[platform, tenths] = loop.call_at(tenths / 10, self._ring, platform, tenths)

    def _ring(self, platform: str, tenths: int) -> None:
        del self._alarms[platform, tenths]
        task = asyncio.create_task(self._wake(platform))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def _wake(self, platform: str) -> None:
        try:
            await self._jobs.wake(platform)
        except Exception:
            log.exception("courier.store_broke")
