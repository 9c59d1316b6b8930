"""What the desk is told of results sources besides results, each thing once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from bot.bulletins import contest_of, near_to
from bot.chat.events import SourceBack, SourceNoted, SourceOut
from bot.desk_notes import DeskNotes
from bot.election.bulletin import Bulletin
from bot.election.contest import Contest
from bot.election.names import NameIndex
from bot.election.spellings import fold
from bot.memory import TellingRows, Told
from bot.ports import Clock, NewsroomAt
from bot.results_sources import Remark, ResultsSource

log = structlog.get_logger()


class Remarks:
    """What was told outlives a restart: the desk hears nothing twice."""

    def __init__(
        self, *, rows: TellingRows, newsroom_at: NewsroomAt, notes: DeskNotes, clock: Clock
    ) -> None:
        self._rows = rows
        self._newsroom_at = newsroom_at
        self._notes = notes
        self._clock = clock

    async def tell(self, source: ResultsSource, remark: Remark) -> None:
        """Tell the desk of something, where that was not told before."""
        now = self._clock.now()
        newsroom = self._newsroom_at(now)
        subject = f"remark:{source.key}:{remark.subject}"
        if await self._rows.told(subject, str) is not None:
            return
        contest = next((c for c in await newsroom.contests() if c.id == remark.contest_id), None)
        event = SourceNoted(
            name=source.name,
            heading=remark.heading,
            sentences=remark.sentences,
            at=now,
            contest=contest,
        )
        channel = await self._notes.hearing(newsroom, contest)
        note = self._notes.note(event, subject, contest, channel)
        log.info("results.remark", source=source.key, subject=remark.subject)
        await self._rows.tell(subject, str, Told(version=1, value=remark.heading), [note], now)

    async def out(self, source: ResultsSource, why: str) -> None:
        """A source cannot be read, and has not been for more than a hiccup."""
        now = self._clock.now()
        told = await self._outage(source)
        if told is None or not told.standing:
            version = 1 if told is None else told.version + 1
            out = SourceOut(name=source.name, why=why, at=now)
            await self._tell_outage(source, out, Told(version=version, value=now))

    async def well(self, source: ResultsSource) -> None:
        """A source was read after it could not be, or for the first time since a start."""
        told = await self._outage(source)
        if told is not None and told.standing:
            back = SourceBack(name=source.name, since=told.value, at=self._clock.now())
            again = Told(version=told.version + 1, value=told.value, standing=False)
            await self._tell_outage(source, back, again)

    async def _outage(self, source: ResultsSource) -> Told[datetime] | None:
        return await self._rows.told(f"outage:results:{source.key}", datetime)

    async def _tell_outage(
        self, source: ResultsSource, event: SourceOut | SourceBack, told: Told[datetime]
    ) -> None:
        subject = f"outage:results:{source.key}"
        channel = await self._notes.hearing(self._newsroom_at(event.at), None)
        note = self._notes.note(event, f"{subject}:{told.version}", None, channel)
        await self._rows.tell(subject, datetime, told, [note], event.at)


def of_no_contest(
    bulletin: Bulletin, tonight: Sequence[Contest], names: NameIndex
) -> Remark | None:
    """On a bulletin that is of no contest of the night, where it may be meant for one; pure."""
    day = bulletin.polling_day
    if day is not None and contest_of(replace(bulletin, polling_day=None), tonight, names):
        return Remark(
            subject=f"day:{day}",
            heading=f"{bulletin.source} has results of {day.day} {day:%B %Y}",
            sentences=(
                "That is not the night's polling day, so they may be of a rehearsal, and are left "
                "aside.",
            ),
        )
    near = near_to(bulletin, tonight, names)
    if not near:
        return None
    meant = " or ".join(contest.name for contest in near)
    return Remark(
        subject=f"name:{fold(bulletin.constituency)}",
        heading=f"{bulletin.source} has a {bulletin.kind} of “{bulletin.constituency}”",
        sentences=(
            f"No seat is called that; {meant} may be meant. Nothing was taken.",
            "If it is, put that name into the aliases of its contest in the night file.",
        ),
    )


def too_early(bulletin: Bulletin, contest: Contest) -> Remark:
    """On a bulletin that comes before anything can be counted; pure."""
    return Remark(
        subject=f"early:{contest.id}",
        heading=f"{bulletin.source} has a {bulletin.kind} of {contest.name} before polls close",
        sentences=(
            "Nothing is counted before, so it may be of a rehearsal, and is left aside.",
            "Clear the rehearsal's files away before the night.",
        ),
        contest_id=contest.id,
    )
