"""The record in memory: its rows, and contests made of them when they are asked for."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TypeVar, cast

from bot.election.clock import UK, to_utc
from bot.election.contest import Candidacy, Contest, Party, PreviousResult, slug_from_name
from bot.election.figure import Figure, Source, Standing
from bot.election.names import NameIndex
from bot.election.result import CandidateVotes, Declaration, Outcome, Result, outcome
from bot.election.spellings import fold
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.record.files import BUNDLED, read
from bot.record.people import People
from bot.record.rows import ContestRow, OverlapRow, Rows, SeatRow

LIBRARY = Source(name="House of Commons Library", url="https://electionresults.parliament.uk/")
ATTRIBUTION = "Contains Parliamentary information licensed under the Open Parliament Licence v3.0."
# By then nearly every count is over, and what is not, is not on record before it has declared.
_ON_RECORD_BY = time(12)
_NOTIONAL = "notional result: the votes of 2019 as if cast on the seats of 2024"
_INDEXES_KEPT = 8
_MADE_KEPT = 32
_BEFORE_THE_RECORD = date(2005, 5, 5)

V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class PastContest:
    """A contest of the record, with its result.

    `known` is the instant (UTC) from which the record has it. `remarks` are what the source
    contradicts itself in, in sentences. `seat` tells seats of one name apart.
    """

    contest: Contest
    seat: SeatRow
    result: Result
    known: datetime
    declared: datetime | None = None
    remarks: tuple[str, ...] = ()

    @property
    def turnout(self) -> Turnout:
        """Turnout from the record's counts: of valid votes, as the Library says it."""
        return Turnout(
            electorate=self.contest.electorate,
            valid_votes=self.result.valid_votes,
            rejected=self.result.rejected,
            definition=TurnoutDefinition.VALID_VOTES,
        )

    @property
    def outcome(self) -> Outcome | None:
        """Hold or gain, as the Library counts it."""
        return outcome(self.contest, self.result.winner.candidacy.party)

    def figure_of_turnout(self) -> Figure[Turnout]:
        """The turnout with its source."""
        return self._figure(self.turnout)

    def figure_of_declaration(self) -> Figure[Declaration]:
        """The result with its source."""
        winner = self.result.winner.candidacy
        declaration = Declaration(
            winner=winner.party, candidate=winner.name, outcome=self.outcome, result=self.result
        )
        return self._figure(declaration)

    def _figure(self, value: V) -> Figure[V]:
        """A value of the record; where the hour of the declaration is not on it, of polling day."""
        return Figure(
            value=value,
            source=LIBRARY,
            at=self.declared or self.contest.close_of_poll,
            standing=Standing.OFFICIAL,
            day_only=self.declared is None,
        )


@lru_cache(maxsize=2)
def open_record(folder: Path = BUNDLED) -> "Record":
    """The record in a folder; the bundled one does not change while a program runs."""
    return Record(folder)


class Record:
    """All contests, oldest first, by their ids and their seats. Files are read when first asked."""

    def __init__(self, folder: Path = BUNDLED) -> None:
        self._folder = folder
        self._made: dict[str, PastContest] = {}
        self._indexes: dict[object, NameIndex] = {}
        self._once: dict[Hashable, object] = {}

    @cached_property
    def rows(self) -> Rows:
        """What the files hold. Raises `RecordError` where they cannot be read."""
        return read(self._folder)

    @cached_property
    def seats(self) -> dict[str, SeatRow]:
        """Seats by their keys."""
        return {seat.key: seat for seat in self.rows.seats}

    @cached_property
    def parties(self) -> Sequence[Party]:
        """Parties by their numbers."""
        return [
            Party(name=row.name, short=row.short, ec_id=row.ec_id or None)
            for row in self.rows.parties
        ]

    @cached_property
    def ids(self) -> dict[str, ContestRow]:
        """Contests by their ids, oldest first."""
        return {self._id(row): row for row in self.rows.contests}

    @cached_property
    def by_seat(self) -> dict[str, list[ContestRow]]:
        """The contests of each seat, oldest first."""
        found: dict[str, list[ContestRow]] = defaultdict(list)
        for row in self.rows.contests:
            found[row.seat].append(row)
        return found

    @cached_property
    def id_of(self) -> dict[tuple[str, str], str]:
        """Ids of contests by polling day (ISO 8601) and seat."""
        return {(row.polling_day, row.seat): contest_id for contest_id, row in self.ids.items()}

    @cached_property
    def by_name(self) -> dict[str, list[SeatRow]]:
        """Seats by their folded names, those of the newest boundaries last."""
        found: dict[str, list[SeatRow]] = defaultdict(list)
        for seat in sorted(self.rows.seats, key=lambda one: one.boundaries):
            found[fold(seat.name)].append(seat)
        return found

    @cached_property
    def begins(self) -> dict[int, date]:
        """The first polling day of each boundary set."""
        first: dict[int, date] = {}
        for row in self.rows.contests:
            first.setdefault(self.seats[row.seat].boundaries, date.fromisoformat(row.polling_day))
        return first

    @cached_property
    def overlaps_of_old(self) -> dict[str, list[OverlapRow]]:
        """Overlaps by the seat of older boundaries."""
        found: dict[str, list[OverlapRow]] = defaultdict(list)
        for row in self.rows.overlaps:
            found[row.old].append(row)
        return found

    @cached_property
    def overlaps_of_new(self) -> dict[str, list[OverlapRow]]:
        """Overlaps by the seat of newer boundaries."""
        found: dict[str, list[OverlapRow]] = defaultdict(list)
        for row in self.rows.overlaps:
            found[row.new].append(row)
        return found

    @cached_property
    def people(self) -> People:
        """Who stood where, by name."""
        return People(self.ids)

    @cached_property
    def known(self) -> dict[str, datetime]:
        """From which instant (UTC) the record has each contest, by id."""
        return {contest_id: _known(row) for contest_id, row in self.ids.items()}

    def contest(self, contest_id: str) -> PastContest | None:
        """A contest by its id; None where the record has none. The same object each time."""
        if contest_id not in self._made:
            row = self.ids.get(contest_id)
            if row is None:
                return None
            self._made[contest_id] = self._make(contest_id, row)
        return self._made[contest_id]

    def previous(self, seat: str, before: date) -> PreviousResult | None:
        """What a seat did at the last general election before a day.

        Of a seat whose boundaries are new since, the notional result of 2019; of 2010, what the
        Library's own changes say of the shares before.
        """
        rows = [
            row
            for row in self.by_seat.get(seat, ())
            if not row.by_election and date.fromisoformat(row.polling_day) < before
        ]
        if rows:
            return self._from(rows[-1])
        return self._notionals.get(seat) if seat.startswith("2024/") else None

    def once(self, key: Hashable, make: Callable[[], V]) -> V:
        """What `make` makes, made once for a key; the oldest of many are forgotten."""
        if key not in self._once:
            if len(self._once) >= _MADE_KEPT:
                self._once.pop(next(iter(self._once)))
            self._once[key] = make()
        return cast(V, self._once[key])

    def reach(self, now: datetime) -> int:
        """How many contests are known at an instant (UTC): the same number is the same contests."""
        return bisect_right(self._instants, now)

    @cached_property
    def _instants(self) -> list[datetime]:
        return sorted(self.known.values())

    def index(self, now: datetime, tonight: tuple[Contest, ...]) -> NameIndex:
        """What seats are called at an instant (UTC): tonight's, then those of today, then older.

        Made once for all instants between which nothing was declared, and for the same tonight.
        """
        called = tuple((c.id, c.name, c.polling_day, c.aliases) for c in tonight)
        key = (self.reach(now), called)
        if key not in self._indexes:
            layers: dict[int, list[Contest]] = defaultdict(list)
            for contest_id in (i for i, at in self.known.items() if at <= now):
                row = self.ids[contest_id]
                seat = self.seats[row.seat]
                layers[seat.boundaries].append(
                    Contest(
                        id=contest_id,
                        name=seat.name,
                        polling_day=date.fromisoformat(row.polling_day),
                        aliases=seat.aliases,
                    )
                )
            if len(self._indexes) >= _INDEXES_KEPT:
                self._indexes.pop(next(iter(self._indexes)))
            newest_first = [layers[year] for year in sorted(layers, reverse=True)]
            self._indexes[key] = NameIndex(tonight, *newest_first)
        return self._indexes[key]

    @cached_property
    def successors(self) -> dict[str, str]:
        """Short party names to what the same registered party is called later: BRX to RUK."""
        newest: dict[str, str] = {}
        for row in self.rows.contests:
            for one in row.candidacies:
                party = self.parties[one.party]
                if party.ec_id:
                    newest[party.ec_id] = party.short
        return {
            party.short: newest[party.ec_id]
            for party in self.parties
            if party.ec_id and newest.get(party.ec_id, party.short) != party.short
        }

    def party_called(self, name: str, ec_id: str | None) -> Party | None:
        """A party as it stood last, by its Electoral Commission id, else by its folded name."""
        by_id, by_name = self._parties_called
        return by_id.get(ec_id or "") or by_name.get(name)

    @cached_property
    def _parties_called(self) -> tuple[dict[str, Party], dict[str, Party]]:
        """Parties by their ids and by their folded names; of several the newest."""
        by_id = {party.ec_id: party for party in self.parties if party.ec_id}
        return by_id, {fold(party.name): party for party in self.parties}

    @cached_property
    def _remarks(self) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        for fault in self.rows.faults:
            key = (fault.polling_day, fault.seat)
            found[key] = (*found.get(key, ()), fault.sentence)
        return found

    @cached_property
    def _notionals(self) -> dict[str, PreviousResult]:
        by_short = {party.short: party for party in self.parties}
        found = {}
        for row in self.rows.notional:
            ranked = [votes for _, votes in row.votes]
            first = row.votes[0][0]
            found[row.seat] = PreviousResult(
                polling_day=date(2019, 12, 12),
                winner=by_short.get(first, Party(name=first, short=first)),
                majority=ranked[0] - ranked[1],
                shares={short: votes / row.valid for short, votes in row.votes},
                turnout_percent=round(row.valid / row.electorate * 100, 1),
                source=f"{LIBRARY.name}, {_NOTIONAL}",
                notional=True,
            )
        return found

    def _id(self, row: ContestRow) -> str:
        """The contest's id as Democracy Club makes it."""
        by = "by." if row.by_election else ""
        return f"parl.{slug_from_name(self.seats[row.seat].name)}.{by}{row.polling_day}"

    def _make(self, contest_id: str, row: ContestRow) -> PastContest:
        seat = self.seats[row.seat]
        day = date.fromisoformat(row.polling_day)
        lines = tuple(
            CandidateVotes(
                candidacy=Candidacy(
                    name=one.name, party=self.parties[one.party], person_id=one.person or None
                ),
                votes=one.votes,
            )
            for one in row.candidacies
        )
        standing = {line.candidacy.party.short: line.candidacy.party for line in lines}
        before = self.previous(row.seat, day)
        return PastContest(
            contest=Contest(
                id=contest_id,
                name=seat.name,
                polling_day=day,
                electorate=row.electorate,
                holder=self._party(row.holder, standing),
                candidacies=tuple(line.candidacy for line in lines),
                previous=self._before(row) if before is None else self._renamed(before, standing),
                aliases=seat.aliases,
            ),
            seat=seat,
            result=Result(contest_id=contest_id, votes=lines, rejected=row.rejected),
            known=self.known[contest_id],
            declared=_declared(row),
            remarks=self._remarks.get((row.polling_day, row.seat), ()),
        )

    def _party(self, short: str, standing: dict[str, Party]) -> Party:
        """A party by its short name: as it stands in a contest, else as it stood anywhere."""
        if short in standing:
            return standing[short]
        return self._by_short.get(short, Party(name=short, short=short))

    @cached_property
    def _by_short(self) -> dict[str, Party]:
        return {party.short: party for party in reversed(self.parties)}

    def _from(self, row: ContestRow) -> PreviousResult:
        """A general election as what came before."""
        total = sum(one.votes for one in row.candidacies)
        cast: dict[str, int] = defaultdict(int)
        for one in row.candidacies:
            cast[self.parties[one.party].short] += one.votes
        first, second = row.candidacies[:2]
        return PreviousResult(
            polling_day=date.fromisoformat(row.polling_day),
            winner=self.parties[first.party],
            majority=first.votes - second.votes,
            shares={short: votes / total for short, votes in cast.items()},
            turnout_percent=round(float(Fraction(total, row.electorate)) * 100, 1),
            source=LIBRARY.name,
        )

    def _before(self, row: ContestRow) -> PreviousResult | None:
        """What came before the record begins: shares alone, from the Library's own changes."""
        total = sum(one.votes for one in row.candidacies)
        shares = {
            self.parties[one.party].short: one.votes / total - one.change
            for one in row.candidacies
            if one.change is not None
        }
        if not shares:
            return None
        return PreviousResult(
            polling_day=_BEFORE_THE_RECORD,
            winner=self._party(row.holder, {}),
            majority=None,
            shares=shares,
            source=f"{LIBRARY.name}, by its changes since 2005",
            notional=True,
        )

    def _renamed(self, before: PreviousResult, standing: dict[str, Party]) -> PreviousResult:
        """The same with shares under the names that parties now stand by: BRX as RUK."""
        renamed = {
            self.successors[short]: share
            for short, share in before.shares.items()
            if self.successors.get(short) in standing
            and self.successors[short] not in before.shares
        }
        if not renamed:
            return before
        return PreviousResult(
            polling_day=before.polling_day,
            winner=before.winner,
            majority=before.majority,
            shares={**before.shares, **renamed},
            turnout_percent=before.turnout_percent,
            source=before.source,
            notional=before.notional,
        )


def _declared(row: ContestRow) -> datetime | None:
    if not row.declared:
        return None
    return to_utc(datetime.fromisoformat(row.declared).replace(tzinfo=UK))


def _known(row: ContestRow) -> datetime:
    """The noon after polling day, or the declaration where that was later; UTC."""
    after = date.fromisoformat(row.polling_day) + timedelta(days=1)
    noon = datetime.combine(after, _ON_RECORD_BY, UK).astimezone(UTC)
    return max(noon, _declared(row) or noon)
