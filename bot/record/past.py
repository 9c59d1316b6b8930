"""The record as far as it reached at a moment: nothing from after it is ever said."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from bot.election.contest import Contest, Party
from bot.election.names import NameIndex
from bot.election.occasion import Occasion
from bot.election.spellings import fold
from bot.record.record import PastContest, Record
from bot.record.rows import BOUNDARIES, OverlapRow, SeatRow

T = TypeVar("T")

# A seat of before goes on in one of now where it is at least so much of it.
_GOES_ON = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A seat of other boundaries that shares people with one.

    `of_it` is the part of the other seat's people that live in this one, `of_this` the part of
    this one's people that lived in the other; fractions.
    """

    seat: SeatRow
    of_it: float
    of_this: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Numbers of contests, of by-elections among them, and of candidacies."""

    contests: int
    by_elections: int
    candidacies: int


class Past:
    """What the record knew at `now` (UTC)."""

    def __init__(self, record: Record, now: datetime) -> None:
        self._record = record
        self.now = now

    @property
    def reach(self) -> int:
        """How much is known: the same number at two instants is the same knowledge."""
        return self._record.reach(self.now)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the record as it was then: once for all with the same knowledge."""
        return self._record.once((self.reach, key), make)

    def contest(self, contest_id: str) -> PastContest | None:
        """A contest by its id; None where the record does not have it, or not yet."""
        known = self._record.known.get(contest_id)
        if known is None or known > self.now:
            return None
        return self._record.contest(contest_id)

    def contests(
        self,
        *,
        by_election: bool | None = None,
        since: date | None = None,
        until: date | None = None,
    ) -> Iterator[PastContest]:
        """Every contest, oldest first; of a kind, and from a day to a day, where they are given."""
        first = "" if since is None else since.isoformat()
        last = "9999" if until is None else until.isoformat()
        for contest_id, row in self._record.ids.items():
            if (
                first <= row.polling_day <= last
                and by_election in (None, row.by_election)
                and (found := self.contest(contest_id)) is not None
            ):
                yield found

    def by_elections(self, since: date | None = None) -> list[PastContest]:
        """Every by-election from a day on, newest first; those of one day by name."""
        found = sorted(
            self.contests(by_election=True, since=since), key=lambda one: one.contest.name
        )
        return sorted(found, key=lambda one: one.contest.polling_day, reverse=True)

    def general_elections(self) -> list[date]:
        """The days of the general elections, newest first."""
        days = {
            row.polling_day
            for contest_id, row in self._record.ids.items()
            if not row.by_election and self._record.known[contest_id] <= self.now
        }
        return [date.fromisoformat(day) for day in sorted(days, reverse=True)]

    def of_seat(self, seat: SeatRow) -> list[PastContest]:
        """Every contest of a seat within its boundaries, oldest first."""
        ids = (self._id(row.polling_day, row.seat) for row in self._record.by_seat[seat.key])
        return [found for each in ids if (found := self.contest(each)) is not None]

    def of_name(self, name: str) -> list[PastContest]:
        """Every contest of the seats of a name, whatever their boundaries, oldest first."""
        found = [one for seat in self.seats_called(name) for one in self.of_seat(seat)]
        return sorted(found, key=lambda one: one.contest.polling_day)

    def reaches(self) -> PastContest | None:
        """The newest contest; None where there is none yet."""
        known = [i for i, at in self._record.known.items() if at <= self.now]
        return self._record.contest(known[-1]) if known else None

    def counts(self) -> Counts:
        """How much of it there is."""
        known = [row for i, row in self._record.ids.items() if self._record.known[i] <= self.now]
        return Counts(
            contests=len(known),
            by_elections=sum(row.by_election for row in known),
            candidacies=sum(len(row.candidacies) for row in known),
        )

    def stood(self, name: str) -> list[PastContest]:
        """The contests that people of a folded name stood in, oldest first."""
        ids = self._record.people.contests_of(name)
        return [found for each in ids if (found := self.contest(each)) is not None]

    def people(self, words: str, most: int) -> list[str]:
        """The folded names of people that words may mean; where none has them, near ones.

        Only of people who have stood by now.
        """
        names = self._record.people
        for found in (names.called(words), names.near(words, most)):
            if known := [name for name in found if self.stood(name)]:
                return known
        return []

    def called_now(self, short: str) -> str:
        """What the same registered party is called later: BRX is RUK."""
        return self._record.successors.get(short, short)

    def party(self, *, name: str, ec_id: str | None = None) -> Party | None:
        """The party that the record has under an Electoral Commission id, else under a name."""
        return self._record.party_called(fold(name), ec_id)

    def meanwhile(self, past: PastContest) -> list[PastContest]:
        """The by-elections of a seat, and of what it mostly was, since the general election before.

        Oldest first, up to the contest and without it.
        """
        before = [
            one
            for one in self.line(past.seat)
            if one.contest.polling_day < past.contest.polling_day
        ]
        last = max((n for n, one in enumerate(before) if not one.contest.by_election), default=-1)
        return before[last + 1 :]

    def seats_called(self, name: str) -> list[SeatRow]:
        """The seats of a name, those of the newest boundaries last."""
        return self._record.by_name.get(fold(name), [])

    def seat_of(self, contest: Contest) -> SeatRow | None:
        """The seat that a contest is of, by its name and its day; None where no seat is its."""
        past = self._record.contest(contest.id)
        if past is not None:
            return past.seat
        in_force = self.boundaries(contest.polling_day)
        called = self.seats_called(contest.name)
        return next((seat for seat in called if seat.boundaries == in_force), None)

    def boundaries(self, day: date) -> int:
        """The boundary set in force on a day, as far as is known now."""
        begins = self._record.begins
        in_force = [year for year in BOUNDARIES if year in begins and begins[year] <= day]
        return max(in_force, default=min(BOUNDARIES))

    def before(self, seat: SeatRow) -> list[Related]:
        """The seats of older boundaries that a seat is made of, the largest part first."""
        return sorted(
            (
                Related(seat=self._record.seats[o.old], of_it=o.of_old, of_this=o.of_new)
                for o in self._record.overlaps_of_new.get(seat.key, ())
            ),
            key=lambda one: -one.of_this,
        )

    def after(self, seat: SeatRow) -> list[Related]:
        """The seats of newer boundaries that a seat went into, the largest part first."""
        if not any(self.of_seat(self._record.seats[o.new]) for o in self._overlaps(seat)):
            return []
        return sorted(
            (
                Related(seat=self._record.seats[o.new], of_it=o.of_new, of_this=o.of_old)
                for o in self._overlaps(seat)
            ),
            key=lambda one: -one.of_this,
        )

    def line(self, seat: SeatRow) -> list[PastContest]:
        """The contests of a seat and of the seat that it mostly was before, oldest first.

        “Mostly” is half of its people, and half of the older seat's.
        """
        found = self.of_seat(seat)
        for related in self.before(seat)[:1]:
            if related.of_this >= _GOES_ON and related.of_it >= _GOES_ON:
                found = [*self.of_seat(related.seat), *found]
        return found

    def complete(self, contest: Contest) -> Contest:
        """A contest of the night with what the record has of its seat before it.

        What somebody has written down for the night stands.
        """
        seat = self.seat_of(contest)
        if seat is None:
            return contest
        earlier = [
            one for one in self.of_seat(seat) if one.contest.polling_day < contest.polling_day
        ]
        previous = contest.previous or self._record.previous(seat.key, contest.polling_day)
        holder = contest.holder
        if holder is None and earlier:
            holder = earlier[-1].result.winner.candidacy.party
        elif holder is None and previous is not None:
            holder = previous.winner
        return replace(
            contest,
            holder=holder,
            previous=previous,
            aliases=tuple(dict.fromkeys((*contest.aliases, *seat.aliases))),
        )

    def choose(
        self, contests: Sequence[Contest], occasion: Occasion, tonight: Sequence[Contest]
    ) -> Contest | None:
        """The contest of one seat that a question means, whole; None where none fits.

        `contests` are all of the seat's. Where none of them fits, one of the seat that it mostly
        was before, or went into, does.
        """
        found = occasion.choose(contests, self.now)
        if found is None and occasion and contests:
            for seat in reversed(self.seats_called(contests[0].name)):
                for related in [*self.before(seat), *self.after(seat)]:
                    others = [one.contest for one in self.of_seat(related.seat)]
                    found = found or occasion.choose(others, self.now)
        if found is None:
            return None
        whole = next((contest for contest in tonight if contest.id == found.id), None)
        on_record = self.contest(found.id)
        return whole or (found if on_record is None else on_record.contest)

    def names(self, tonight: Sequence[Contest] = ()) -> NameIndex:
        """What seats are called: tonight's before all, then those of today, then older ones."""
        return self._record.index(self.now, tuple(tonight))

    def _overlaps(self, seat: SeatRow) -> Sequence[OverlapRow]:
        return self._record.overlaps_of_old.get(seat.key, ())

    def _id(self, polling_day: str, seat: str) -> str:
        return self._record.id_of[polling_day, seat]
