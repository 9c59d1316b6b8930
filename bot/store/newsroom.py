"""The night as it was known at one moment."""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, func, select

from bot.election.contest import Contest, Stage, close_of_poll
from bot.election.figure import Figure, Source, Standing
from bot.election.names import NameIndex
from bot.election.result import Declaration
from bot.election.standings import StateOfParties
from bot.election.turnout import Turnout
from bot.liveblog.claims import Claim
from bot.liveblog.entry import Entry
from bot.ports import (
    ChannelOnRecord,
    EntryOnRecord,
    Expected,
    JournalEntry,
    ResultsSourceHealth,
    SourceHealth,
)
from bot.record.past import Past
from bot.record.record import PastContest
from bot.store import best
from bot.store.best import Said
from bot.store.bulletins import read_state
from bot.store.codec import loads
from bot.store.database import Database
from bot.store.hubs import reliable
from bot.store.journal import read_journal
from bot.store.known import KnownFacts, Whole
from bot.store.leaving import followed
from bot.store.on_record import blog_of
from bot.store.results_sources import read_health
from bot.store.subscriptions import SubscriptionRows
from bot.store.tables import blog as blog_table
from bot.store.tables import entry as entry_table
from bot.store.tables import entry_version


class StoreNewsroom:
    """Answers from the store, and knows nothing from after `now`.

    Once a night is over the record's results stand over what its sources said, where they are
    `official`: on the night itself the newest word counts, which may be a correction.
    """

    def __init__(
        self, database: Database, known: KnownFacts, past: Past, *, official: bool = True
    ) -> None:
        self._official = official
        self._database = database
        self._known = known
        self._night: Whole | None = None
        # Places that somebody has said since the night file was read, by contest id.
        self._venues: dict[str, str] = {}
        self._claims: dict[str, list[Said]] = {}
        self.past = past
        self.now = past.now

    async def names(self) -> NameIndex:
        """What seats are called: tonight's before all, then those of today, then older ones."""
        return (await self._whole()).names(self.past)

    async def contests(self) -> Sequence[Contest]:
        """Every contest it knows: tonight's first, in the order of the night file."""
        return (await self._whole()).contests

    async def offsets(self, contest: Contest) -> Sequence[int]:
        """Minutes before each milestone at which its channels are reminded."""
        _, offsets = await self._known.contests()
        return offsets.get(contest.id, ())

    async def turnout(self, contest: Contest) -> Figure[Turnout] | None:
        """The best turnout known: the record's, else the best of the night; None where none is."""
        if (on_record := self._on_record(contest)) is not None:
            return on_record.figure_of_turnout()
        return best.turnout_of(contest, await self._rows(contest))

    async def declaration(self, contest: Contest) -> Figure[Declaration] | None:
        """The result as far as it is known: the record's, else the night's; None: not declared."""
        if (on_record := self._on_record(contest)) is not None:
            return on_record.figure_of_declaration()
        return best.declaration_of(contest, await self._rows(contest))

    async def majority_defended(self, contest: Contest) -> Figure[int] | None:
        """Votes by which the holder won last time: the record's figure, else as reported."""
        previous = contest.previous
        if previous is not None and previous.majority is not None:
            return Figure(
                value=previous.majority,
                source=Source(name=previous.source),
                at=close_of_poll(previous.polling_day),
                standing=Standing.OFFICIAL,
                day_only=True,
            )
        return best.majority_defended_of(await self._rows(contest))

    async def stage(self, contest: Contest) -> Figure[Stage] | None:
        """The furthest stage that was stated; None where nothing was said of the count."""
        declaration = await self.declaration(contest)
        if declaration is not None:
            return Figure(
                value=Stage.DECLARED,
                source=declaration.source,
                at=declaration.at,
                standing=declaration.standing,
                day_only=declaration.day_only,
            )
        return best.stage_of(await self._rows(contest))

    async def timetable(self, contest: Contest) -> Sequence[Expected]:
        """The milestones of a contest with their expected times, soonest first."""
        return best.timetable_of(contest, await self._rows(contest))

    async def stated(self, contest: Contest) -> Sequence[Figure[Claim]]:
        """Every figure of the night that stands, whoever said it, in the order it was said."""
        said = best.in_order(await self._rows(contest))
        return [best.figure_of(row, claim) for claim, row in said]

    async def latest(self, count: int, contest: Contest | None = None) -> Sequence[EntryOnRecord]:
        """The newest entries that stand, newest first."""
        newest = (
            select(entry_version.c.entry, func.max(entry_version.c.version).label("version"))
            .where(entry_version.c.known_at <= self.now)
            .group_by(entry_version.c.entry)
            .subquery()
        )
        query = (
            select(entry_version, blog_table.c.name, blog_table.c.title, blog_table.c.url)
            .join(
                newest,
                and_(
                    newest.c.entry == entry_version.c.entry,
                    newest.c.version == entry_version.c.version,
                ),
            )
            .join(entry_table, entry_table.c.id == entry_version.c.entry)
            .join(blog_table, blog_table.c.id == entry_table.c.blog_id)
            .where(entry_version.c.withdrawn.is_(False))
            .order_by(entry_version.c.published.desc(), entry_version.c.id.desc())
        )
        if contest is not None:
            # Ids hold letters, digits, dots and hyphens: nothing that LIKE reads in its own way.
            query = query.where(("," + entry_version.c.contests + ",").like(f"%,{contest.id},%"))
        async with self._database.read() as connection:
            rows = await connection.execute(query.limit(count))
            return [_on_record(row) for row in rows]

    async def sources(self) -> Sequence[SourceHealth]:
        """The blogs that are read, with their health as it is now."""
        query = (
            select(
                blog_table,
                func.count(entry_table.c.id).label("entries"),
                func.max(entry_table.c.published).label("last_entry"),
            )
            .outerjoin(
                entry_table,
                and_(
                    entry_table.c.blog_id == blog_table.c.id,
                    entry_table.c.withdrawn.is_(False),
                ),
            )
            .where(~blog_table.c.from_chat | ("blog:" + blog_table.c.key).in_(followed()))
            .group_by(*blog_table.c)
            .order_by(blog_table.c.id)
        )
        async with self._database.read() as connection:
            pushed = await reliable(connection, self.now)
            return [
                SourceHealth(
                    blog=blog_of(row),
                    title=row.title,
                    entries=row.entries,
                    last_read=row.last_read,
                    last_entry=row.last_entry,
                    trouble=row.trouble,
                    trouble_since=row.trouble_since,
                    chosen=row.chosen,
                    next_read=row.next_read,
                    lag=None if row.lag is None else timedelta(seconds=row.lag),
                    pushed=row.key in pushed,
                )
                for row in await connection.execute(query)
            ]

    async def results_sources(self) -> Sequence[ResultsSourceHealth]:
        """The results sources that are looked at, with their health as it is now."""
        return await read_health(self._database, self.now)

    async def channels(self) -> Sequence[ChannelOnRecord]:
        """Every channel that anything was set for or sent to, as it is now."""
        return await SubscriptionRows(self._database).on_record()

    async def journal(self, contest: Contest | None = None) -> Sequence[JournalEntry]:
        """What people did at the desk, of a contest or (None) at all, the first first."""
        return await read_journal(self._database, None if contest is None else contest.id, self.now)

    async def state_of_parties(self) -> Figure[StateOfParties] | None:
        """How the parties stand over all seats that vote tonight; None where nobody has said so."""
        tonight = [one for one in await self.contests() if one.is_tonight(self.now)]
        days = sorted({one.polling_day for one in tonight})
        return await read_state(self._database, days, self.now) if days else None

    async def _whole(self) -> Whole:
        """The night's contests with what the record has of them, made once for all who ask now."""
        if self._night is None:
            self._venues = {
                claim.contest_id: claim.venue
                for claim, row in await self._known.venues()
                if self._in_force(row)
            }
            self._night = await self._known.whole(self._key, self._make)
        return self._night

    def _key(self, contests: list[Contest]) -> Hashable:
        days = {contest.polling_day: contest for contest in contests}
        tonight = frozenset(day for day, one in days.items() if one.is_tonight(self.now))
        return (self._official, self.past.reach, tonight, frozenset(self._venues.items()))

    def _make(self, contests: list[Contest]) -> Whole:
        tonight_first = sorted(contests, key=lambda c: not c.is_tonight(self.now))
        said = [replace(one, venue=self._venues.get(one.id, one.venue)) for one in tonight_first]
        return Whole(contests=[self._complete(contest) for contest in said])

    def _complete(self, contest: Contest) -> Contest:
        """A contest of a night file with what the record has of it, or of its seat before it."""
        on_record = self._on_record(contest)
        if on_record is None:
            return self.past.complete(contest)
        return replace(on_record.contest, venue=contest.venue, former_member=contest.former_member)

    def _on_record(self, contest: Contest) -> PastContest | None:
        """The contest as the record has it, where that stands over the night's sources."""
        if not self._official or contest.is_tonight(self.now):
            return None
        return self.past.contest(contest.id)

    async def _rows(self, contest: Contest) -> list[Said]:
        """Every claim about a contest in force at `now`."""
        if contest.id not in self._claims:
            self._claims[contest.id] = [
                (claim, row)
                for claim, row in await self._known.figures(contest.id)
                if self._in_force(row)
            ]
        return self._claims[contest.id]

    def _in_force(self, row: Any) -> bool:  # noqa: ANN401 - a row
        """Whether a figure was known at `now`, and not yet another in its place."""
        known: bool = row.known_at <= self.now
        return known and (row.superseded_at is None or row.superseded_at > self.now)


def _on_record(row: Any) -> EntryOnRecord:  # noqa: ANN401 - a row
    entry = loads(Entry, row.content)
    return EntryOnRecord(
        entry=entry,
        source=Source(name=row.name or row.title or row.url, url=entry.url),
        contests=frozenset(word for word in row.contests.split(",") if word),
        version=row.version,
    )
