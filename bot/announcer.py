"""What is known now against what channels were told last: expected times and declarations.

Whoever changes what is known (the relay, the night file, the desk) calls `look`; the comparison
is made with what is stored, so that a crash between knowing and telling loses nothing, and the
same change is told once.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from bot.chat.ask import Follow
from bot.chat.events import Declared, EstimateMoved, Event, Overruled, SeatTonight
from bot.chat.post import DeliveryKey
from bot.desk_notes import DeskNotes
from bot.election.clock import ClockTime, say
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.memory import Announcement, TellingRows, Told
from bot.ports import Clock, Expected, Newsroom, NewsroomAt, Word
from bot.record.ranking import broken
from bot.seats import Seats
from bot.suggestions import Suggestions, suggested_as

log = structlog.get_logger()

OF_USE_FOR = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldResult(Figure[Declaration]):
    """A declaration as it was told, with the turnout that was told beside it."""

    # Said again, for what is read back from the store must know what a declaration is.
    value: Declaration
    turnout: Turnout | None = None


class Announcer:
    """Tells channels once of every move of the timetable and every version of a declaration."""

    def __init__(
        self,
        *,
        rows: TellingRows,
        newsroom_at: NewsroomAt,
        word: Word,
        clock: Clock,
        notes: DeskNotes | None = None,
    ) -> None:
        self._rows = rows
        self._newsroom_at = newsroom_at
        self._seats = Seats(newsroom_at)
        self._suggestions = Suggestions(rows=rows, notes=notes or DeskNotes(word=word))
        self._word = word
        self._clock = clock

    async def look(self, touched: frozenset[str] | None = None) -> None:
        """Compare what is known of these contests (None for all), and queue what is new.

        A contest that breaks keeps no other from being told. Raises what the first broke with.
        """
        self._seats.changed(touched)
        newsroom = self._newsroom_at(self._clock.now())
        contests = [
            contest
            for contest in await newsroom.contests()
            if touched is None or contest.id in touched
        ]
        # All at once: one by one, those of 650 contests would keep everybody waiting at a start.
        results = await self._rows.told_of([_declared_as(one) for one in contests], ToldResult)
        kinds = [(one, kind) for one in contests for kind in MilestoneKind]
        times = await self._rows.told_of([_expected_as(*each) for each in kinds], ClockTime)
        asked = await self._suggestions.told([one.id for one in contests])
        quiet: dict[str, Told[ClockTime]] = {}
        errors: list[Exception] = []
        for contest in contests:
            try:
                result = results.get(_declared_as(contest))
                declared = await self._declaration(newsroom, contest, result)
                for expected in await newsroom.timetable(contest):
                    if not declared:
                        told = times.get(_expected_as(contest, expected.kind))
                        await self._expected(newsroom, expected, told, quiet)
                    asked_of = asked.get(suggested_as(expected))
                    await self._suggestions.look(newsroom, expected, asked_of)
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                log.exception("announcer.broke", contest=contest.id)
                errors.append(error)
        await self._rows.note(quiet, ClockTime, newsroom.now)
        if errors:
            raise errors[0]

    async def _expected(
        self,
        newsroom: Newsroom,
        expected: Expected,
        told: Told[ClockTime] | None,
        quiet: dict[str, Told[ClockTime]],
    ) -> None:
        """Tell of a time that is new or another; one that is no news goes to `quiet`."""
        subject = _expected_as(expected.contest, expected.kind)
        time = expected.time.value
        if told is not None and told.value.says(time):
            return
        version = 1 if told is None else told.version + 1
        now_told = Told(version=version, value=time)
        # The plan that stood before polls closed is not news, nor is a time long past.
        news = told is not None or expected.time.at > expected.contest.close_of_poll
        if not news or newsroom.now - (time.until or time.at) >= OF_USE_FOR:
            quiet[subject] = now_told
            return
        event = EstimateMoved(
            contest=expected.contest,
            kind=expected.kind,
            expected=time,
            before=None if told is None else told.value,
            source=expected.time.source,
            at=newsroom.now,
        )
        # A move is a message of its own: people have acted on the last one.
        announcement = self._announcement(
            Follow.REMINDERS, expected.contest, f"{subject}:{version}", 1, event
        )
        log.info("timetable.moved", contest=expected.contest.id, to=say(time))
        await self._rows.tell(subject, ClockTime, now_told, [announcement], newsroom.now)

    async def _declaration(
        self, newsroom: Newsroom, contest: Contest, told: Told[ToldResult] | None
    ) -> bool:
        """Tell of a declaration that is new or changed; whether the contest is declared."""
        subject = _declared_as(contest)
        known = await newsroom.declaration(contest)
        if known is not None:
            turnout = await newsroom.turnout(contest)
            now = _as_told(known, turnout)
            if told is not None and told.standing and _says(told.value) == _says(now):
                return True
            event = await self._declared(newsroom, contest, known, turnout, told)
        elif told is None or not told.standing:
            return False
        else:
            now = told.value
            event = Declared(contest=contest, declaration=now, withdrawn="its source took it back")
        version = 1 if told is None else told.version + 1
        announcements = [self._announcement(Follow.DECLARATIONS, contest, subject, version, event)]
        log.info("declaration.told", contest=contest.id, version=version)
        if told is not None and _overruled(told, known):
            # Whoever has it on air must hear of it: nobody reads an old message again.
            loud = Overruled(
                contest=contest,
                before=told.value.value,
                now=known,
                at=newsroom.now,
                source=now.source,
                again=not told.standing,
            )
            heard = self._announcement(
                Follow.DECLARATIONS, contest, f"correction:{contest.id}:{version}", 1, loud
            )
            announcements.append(replace(heard, about=subject))
        now_told = Told(version=version, value=now, standing=known is not None)
        await self._rows.tell(subject, ToldResult, now_told, announcements, newsroom.now)
        return known is not None

    async def _declared(
        self,
        newsroom: Newsroom,
        contest: Contest,
        known: Figure[Declaration],
        turnout: Figure[Turnout] | None,
        told: Told[ToldResult] | None,
    ) -> Declared:
        """A declaration beside what was told of it, with how the night stands."""
        seats = await self._seats.now(newsroom.now)
        waiting = [seat for seat in seats if seat.declaration is None]
        with_a_time = [seat for seat in waiting if seat.expected is not None]
        # A turnout that comes later, or a confirmation, is no correction.
        changed = told is not None and (not told.standing or told.value.value != known.value)
        value = known.value
        return Declared(
            contest=contest,
            declaration=known,
            corrected=newsroom.now if changed else None,
            before=None if told is None else told.value.value,
            turnout=turnout,
            declared=len(seats) - len(waiting),
            of=len(seats),
            next=min(with_a_time or waiting[:1], key=_time, default=None),
            broken=broken(newsroom.past, contest, value.result, value.outcome),
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


def _declared_as(contest: Contest) -> str:
    """The subject of what is told of a contest's declaration."""
    return f"declaration:{contest.id}"


def _expected_as(contest: Contest, kind: MilestoneKind) -> str:
    """The subject of what is told of when a milestone is expected."""
    return f"expected:{contest.id}:{kind}"


def _as_told(known: Figure[Declaration], turnout: Figure[Turnout] | None) -> ToldResult:
    return ToldResult(
        value=known.value,
        source=known.source,
        at=known.at,
        standing=known.standing,
        day_only=known.day_only,
        turnout=None if turnout is None else turnout.value,
    )


def _says(result: ToldResult) -> tuple[object, ...]:
    """What a message says of a result; another source for the same is no news."""
    return result.value, result.standing, result.turnout


def _overruled(told: Told[ToldResult], known: Figure[Declaration] | None) -> bool:
    """Whether channels hold for wrong what is right; a majority that comes later is no other."""
    before = told.value.value
    if known is None or not told.standing:
        return True
    majorities = (before.majority, known.value.majority)
    return before.winner != known.value.winner or (
        None not in majorities and majorities[0] != majorities[1]
    )


def _time(seat: SeatTonight) -> float:
    return seat.expected.at.timestamp() if seat.expected is not None else 0.0
