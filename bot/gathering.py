"""Entries that come as one message: of who wants one in so many minutes, or had quiet hours.

What waits is in the store, put there in the place of what would have gone out. When its time has
come it becomes one message, in one transaction; what is due while nobody runs comes at the start.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import structlog

from bot.chat.events import Missed, Waited
from bot.chat.manner import read_manner
from bot.chat.post import Post
from bot.chat.quiet import due
from bot.lanes import Gathered, GatheringRows
from bot.ports import Clock, Word
from bot.waking import woken

log = structlog.get_logger()

# Quiet hours are changed in other processes, too: what waits is looked at again after a while.
LONGEST_PAUSE = timedelta(seconds=60)
SHORTEST_PAUSE = timedelta(milliseconds=50)


class Gathering:
    """Queues what has waited for long enough. Of several processes one may.

    `queued` is called when something went into the outbox.
    """

    def __init__(
        self, *, rows: GatheringRows, word: Word, clock: Clock, queued: Callable[[], None]
    ) -> None:
        self._rows = rows
        self._word = word
        self._clock = clock
        self._queued = queued
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something may wait that did not, or for another time."""
        self._wake.set()

    async def release(self) -> float | None:
        """Queue what is due; the seconds of the night until more may be, None where none waits."""
        now = self._clock.now()
        lanes: defaultdict[int, list[Gathered]] = defaultdict(list)
        ahead: list[timedelta] = []
        for one in await self._rows.gathered():
            at = due(one.since, read_manner(one.manner).every, one.quiet, now)
            if at <= now:
                lanes[one.lane.id].append(one)
            else:
                ahead.append(at - now)
        for gathered in lanes.values():
            try:
                await self._release(gathered, now)
            except Exception:
                # What waits still does. One lane that breaks must not hold up the others.
                log.exception("gathering.lane_broke", lane=str(gathered[0].lane.channel))
                ahead.append(LONGEST_PAUSE)
        if not ahead:
            return None
        return max(min(*ahead, LONGEST_PAUSE), SHORTEST_PAUSE).total_seconds()

    async def run(self) -> None:
        """Release in time, until cancelled."""
        while True:
            self._wake.clear()
            try:
                seconds = await self.release()
            except Exception:
                # The database is away, and comes back.
                log.exception("gathering.broke")
                seconds = LONGEST_PAUSE.total_seconds()
            await woken(self._wake, self._clock, seconds)

    async def _release(self, gathered: Sequence[Gathered], now: datetime) -> None:
        was_quiet = any(one.quiet and one.quiet.until(one.since) for one in gathered)
        why = Waited.QUIET if was_quiet else Waited.GATHERED

        def word(posts: Sequence[Post]) -> Post:
            return self._word(Missed(posts=tuple(posts), at=now, why=why))

        messages = await self._rows.release(gathered, why, word, now)
        log.info("gathering.released", lane=str(gathered[0].lane.channel), messages=messages)
        self._queued()
