"""How every seat of the night stands, read anew only where something may have changed."""

from datetime import datetime, timedelta

import structlog

from bot.chat.events import SeatTonight
from bot.election.contest import Contest, MilestoneKind
from bot.ports import Newsroom, NewsroomAt

log = structlog.get_logger()

# Whoever changes something says so. Clocks of several machines differ, and what one of them kept
# may be of a moment that has not come here yet: so all is read again after a while.
READ_AGAIN = timedelta(minutes=1)


class Seats:
    """The seats of the night as they are known; to read 650 of them takes a moment."""

    def __init__(self, newsroom_at: NewsroomAt) -> None:
        self._newsroom_at = newsroom_at
        self._known: dict[str, SeatTonight] = {}
        # The contests of which what is known may be old; None for all.
        self._old: frozenset[str] | None = None
        self._read_at: datetime | None = None

    def changed(self, touched: frozenset[str] | None = None) -> None:
        """What is known of these contests (None for all) has changed."""
        if touched is None or self._old is None:
            self._old = None
        else:
            self._old |= touched

    async def now(self, now: datetime) -> tuple[SeatTonight, ...]:
        """Every seat of tonight as it is known at this moment."""
        if self._read_at is None or abs(now - self._read_at) >= READ_AGAIN:
            self._old = None
        newsroom = self._newsroom_at(now)
        tonight = [one for one in await newsroom.contests() if one.is_tonight(now)]
        old, self._old = self._old, frozenset()
        try:
            for contest in tonight:
                if old is None or contest.id in old or contest.id not in self._known:
                    self._known[contest.id] = await self._read(newsroom, contest)
        except BaseException:
            self._old = None
            raise
        if old is None:
            self._read_at = now
        return tuple(self._known[contest.id] for contest in tonight)

    async def _read(self, newsroom: Newsroom, contest: Contest) -> SeatTonight:
        """A seat; where what is kept of it is damaged as it was, for the others must be shown."""
        try:
            return await _seat(newsroom, contest)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            log.exception("seats.unreadable", contest=contest.id)
            return self._known.get(contest.id) or SeatTonight(contest=contest)

    async def between(
        self, earlier: datetime, later: datetime
    ) -> tuple[tuple[SeatTonight, SeatTonight], ...]:
        """Every seat as it was known at one instant, and at a later one."""
        before, after = self._newsroom_at(earlier), self._newsroom_at(later)
        return tuple(
            [
                (await _seat(before, contest), await _seat(after, contest))
                for contest in await after.contests()
                if contest.is_tonight(later)
            ]
        )


async def _seat(newsroom: Newsroom, contest: Contest) -> SeatTonight:
    stage = await newsroom.stage(contest)
    times = [
        one.time.value
        for one in await newsroom.timetable(contest)
        if one.kind is MilestoneKind.DECLARATION
    ]
    return SeatTonight(
        contest=contest,
        stage=None if stage is None else stage.value,
        expected=times[0] if times else None,
        declaration=await newsroom.declaration(contest),
        turnout=await newsroom.turnout(contest),
    )
