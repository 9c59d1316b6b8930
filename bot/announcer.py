"""What is known now against what channels were told last: expected times and declarations.

Whoever changes what is known (the relay, the night file, the desk) calls `look`; the comparison
is made with what is stored, so that a crash between knowing and telling loses nothing, and the
same change is told once.
"""

from dataclasses import replace
from datetime import timedelta

import structlog

from bot.chat.ask import Follow
from bot.chat.events import Declared, EstimateMoved, Event, Overruled
from bot.chat.post import DeliveryKey
from bot.election.clock import ClockTime, say
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.memory import Announcement, TellingRows, Told
from bot.ports import Clock, Expected, Newsroom, NewsroomAt, Word

log = structlog.get_logger()

OF_USE_FOR = timedelta(hours=2)
# So many seats that are waited for are named beside a declaration.
NEXT = 3


class Announcer:
    """Tells channels once of every move of the timetable and every version of a declaration."""

    def __init__(
        self, *, rows: TellingRows, newsroom_at: NewsroomAt, word: Word, clock: Clock
    ) -> None:
        self._rows = rows
        self._newsroom_at = newsroom_at
        self._word = word
        self._clock = clock

    async def look(self, touched: frozenset[str] | None = None) -> None:
        """Compare what is known of these contests (None for all), and queue what is new."""
        newsroom = self._newsroom_at(self._clock.now())
        for contest in await newsroom.contests():
            if touched is not None and contest.id not in touched:
                continue
            if await self._declaration(newsroom, contest):
                continue
            for expected in await newsroom.timetable(contest):
                await self._expected(newsroom, expected)

    async def _expected(self, newsroom: Newsroom, expected: Expected) -> None:
        subject = f"expected:{expected.contest.id}:{expected.kind}"
        told = await self._rows.told(subject, ClockTime)
        time = expected.time.value
        if told is not None and _same(told.value, time):
            return
        version = 1 if told is None else told.version + 1
        announcements = []
        # The plan that stood before polls closed is not news, nor is a time long past.
        news = told is not None or expected.time.at > expected.contest.close_of_poll
        if news and newsroom.now - (time.until or time.at) < OF_USE_FOR:
            event = EstimateMoved(
                contest=expected.contest,
                kind=expected.kind,
                expected=time,
                before=None if told is None else told.value,
                source=expected.time.source,
                at=newsroom.now,
            )
            # A move is a message of its own: people have acted on the last one.
            announcements.append(
                self._announcement(
                    Follow.REMINDERS, expected.contest, f"{subject}:{version}", 1, event
                )
            )
            log.info("timetable.moved", contest=expected.contest.id, to=say(time))
        await self._rows.tell(
            subject, ClockTime, Told(version=version, value=time), announcements, newsroom.now
        )

    async def _declaration(self, newsroom: Newsroom, contest: Contest) -> bool:
        """Tell of a declaration that is new or changed; whether the contest is declared."""
        subject = f"declaration:{contest.id}"
        told = await self._rows.told(subject, Figure[Declaration])
        known = await newsroom.declaration(contest)
        if known is None:
            if told is None or not told.standing:
                return False
            event = Declared(
                contest=contest, declaration=told.value, withdrawn="its source took it back"
            )
        else:
            if told is not None and told.standing and told.value.value == known.value:
                return True
            corrected = newsroom.now if told is not None else None
            event = await self._declared(newsroom, contest, known)
            event = replace(
                event, corrected=corrected, before=None if told is None else told.value.value
            )
        version = 1 if told is None else told.version + 1
        announcement = self._announcement(Follow.DECLARATIONS, contest, subject, version, event)
        log.info("declaration.told", contest=contest.id, version=version)
        now_told = Told(version=version, value=event.declaration, standing=event.withdrawn is None)
        announcements = [announcement]
        if told is not None and told.standing and _overruled(told.value.value, known):
            # Whoever has it on air must hear of it: nobody reads an old message again.
            loud = Overruled(
                contest=contest,
                before=told.value.value,
                now=known,
                at=newsroom.now,
                source=told.value.source if known is None else known.source,
            )
            subject_of_it = f"correction:{contest.id}:{version}"
            announcements.append(
                self._announcement(Follow.DECLARATIONS, contest, subject_of_it, 1, loud)
            )
        await self._rows.tell(subject, Figure[Declaration], now_told, announcements, newsroom.now)
        return known is not None

    async def _declared(
        self, newsroom: Newsroom, contest: Contest, known: Figure[Declaration]
    ) -> Declared:
        """A declaration with what is known besides: the turnout, and how the night stands."""
        tonight = [c for c in await newsroom.contests() if c.is_tonight(newsroom.now)]
        waiting: list[tuple[Contest, ClockTime | None]] = []
        for one in tonight:
            if await newsroom.declaration(one) is None:
                timetable = await newsroom.timetable(one)
                times = [x.time.value for x in timetable if x.kind is MilestoneKind.DECLARATION]
                waiting.append((one, times[0] if times else None))
        waiting.sort(key=lambda pair: (pair[1] is None, pair[1].at if pair[1] else newsroom.now))
        return Declared(
            contest=contest,
            declaration=known,
            turnout=await newsroom.turnout(contest),
            declared=len(tonight) - len(waiting),
            of=len(tonight),
            waiting=tuple(waiting[:NEXT]),
        )

    def _announcement(
        self, kind: Follow, contest: Contest, subject: str, version: int, event: Event
    ) -> Announcement:
        return Announcement(
            kind=kind,
            contests=frozenset({contest.id}),
            key=DeliveryKey(subject=subject, version=version),
            post=self._word(event),
        )


def _overruled(before: Declaration, now: Figure[Declaration] | None) -> bool:
    """Whether the winner or the majority is another; a majority that comes later is no other."""
    if now is None:
        return True
    majorities = (before.majority, now.value.majority)
    return before.winner != now.value.winner or (
        None not in majorities and majorities[0] != majorities[1]
    )


def _same(one: ClockTime, other: ClockTime) -> bool:
    """Whether two times say the same, whatever the words."""
    return (one.at, one.until, one.approximate) == (other.at, other.until, other.approximate)
