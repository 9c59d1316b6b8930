"""Times that others say and the desk does not: it is asked once which is to count."""

from collections.abc import Iterable, Mapping

import structlog

from bot.chat.events import TimeSuggested
from bot.desk_notes import DeskNotes
from bot.election.clock import ClockTime, say
from bot.election.contest import MilestoneKind, Stage
from bot.memory import Announcement, TellingRows, Told
from bot.ports import Expected, Newsroom

log = structlog.get_logger()


def suggested_as(expected: Expected) -> str:
    """The subject under which it is remembered what the desk was asked about a milestone."""
    return f"suggested:{expected.contest.id}:{expected.kind}"


class Suggestions:
    """Asks the desk about another time than its own; what is settled says so where it was asked."""

    def __init__(self, *, rows: TellingRows, notes: DeskNotes) -> None:
        self._rows = rows
        self._notes = notes

    async def told(self, contests: Iterable[str]) -> Mapping[str, Told[ClockTime]]:
        """What the desk was asked about last, of contests by their ids."""
        subjects = [f"suggested:{id}:{kind}" for id in contests for kind in MilestoneKind]
        return await self._rows.told_of(subjects, ClockTime)

    async def look(
        self, newsroom: Newsroom, expected: Expected, told: Told[ClockTime] | None
    ) -> None:
        """Ask about a time, or say that it is settled; `told` is what was asked about last."""
        other = expected.suggested
        asked = told is not None and told.standing
        if other is None and not asked:
            return
        stage = await newsroom.stage(expected.contest)
        if stage is not None and stage.value is Stage.DECLARED:
            if told is not None and asked:
                await self._declared(newsroom, expected, told)
            return
        # What was settled once is not asked about again where it is only repeated.
        if other is not None and told is not None and told.value.says(other.value):
            return
        announcements = []
        if told is not None and asked:
            announcements.append(await self._note(newsroom, expected, told, settled=True))
        number = 1 if told is None else told.version + 1
        if other is not None:
            now = Told(version=number, value=other.value)
            announcements.append(await self._note(newsroom, expected, now, settled=False))
            log.info("timetable.suggested", contest=expected.contest.id, time=say(other.value))
        elif told is not None:
            now = Told(version=number, value=told.value, standing=False)
        await self._rows.tell(suggested_as(expected), ClockTime, now, announcements, newsroom.now)

    async def _declared(
        self, newsroom: Newsroom, expected: Expected, told: Told[ClockTime]
    ) -> None:
        """Say where it was asked that nothing is left to choose, for the seat has declared."""
        note = await self._note(newsroom, expected, told, settled=True, declared=True)
        # Nobody has chosen: where the declaration is taken back, the desk is asked anew.
        now = Told(version=told.version + 1, value=expected.time.value, standing=False)
        await self._rows.tell(suggested_as(expected), ClockTime, now, [note], newsroom.now)

    async def _note(
        self,
        newsroom: Newsroom,
        expected: Expected,
        told: Told[ClockTime],
        *,
        settled: bool,
        declared: bool = False,
    ) -> Announcement:
        event = TimeSuggested(
            contest=expected.contest,
            kind=expected.kind,
            suggested=told.value,
            stands=expected.time.value,
            source=None if expected.suggested is None else expected.suggested.source,
            at=newsroom.now,
            settled=settled,
            declared=declared,
        )
        subject = f"{suggested_as(expected)}:{told.version}"
        channel = await self._notes.hearing(newsroom, expected.contest)
        # What is settled is of use only where it was asked about.
        return self._notes.note(
            event, subject, expected.contest, channel, version=1 + settled, news=not settled
        )
