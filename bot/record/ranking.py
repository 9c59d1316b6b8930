"""Contests of the record in an order: the lowest turnouts, the largest majorities overturned."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.election.contest import Contest, Party
from bot.election.doubts import Reach
from bot.election.result import Outcome, Result
from bot.record.past import Past
from bot.record.record import PastContest


class Measure(StrEnum):
    """What contests are put in order, or compared, by."""

    TURNOUT = "turnout"
    MAJORITY = "majority"
    OVERTURNED = "majority overturned"
    SWING = "swing"
    RESULT = "result"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which contests: of a kind, from a day to a day, of a country or region, won by a party.

    `seats` are names; empty means all. `to` are short names of the party that won, or gained in a
    swing, `losing` of the one that held, or lost.
    """

    by_election: bool | None = None
    since: date | None = None
    until: date | None = None
    place: str | None = None
    seats: frozenset[str] = frozenset()
    to: tuple[str, ...] = ()
    losing: tuple[str, ...] = ()

    def has(self, past: PastContest) -> bool:
        """Whether a contest of this kind and time is one of them."""
        seat = past.seat
        return (not self.seats or seat.name in self.seats) and self.place in (
            None,
            seat.country,
            seat.region,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A contest and what it is ranked by: per cent, votes or points.

    `to` is who won, or gained in a swing; `losing` who held, or lost, where that is known.
    """

    past: PastContest
    value: float
    to: Party
    losing: Party | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Swing:
    """A swing in percentage points, never below nought: from a party to another."""

    points: float
    losing: Party
    gaining: Party


def rank(past: Past, measure: Measure, scope: Scope, *, lowest: bool) -> list[Ranked]:
    """The contests of a scope that have a value, in order; of equal ones the newer first."""
    return [*past.once((measure, scope, lowest), lambda: _rank(past, measure, scope, lowest))]


def _rank(past: Past, measure: Measure, scope: Scope, lowest: bool) -> list[Ranked]:
    found = [
        ranked
        for one in past.contests(
            by_election=scope.by_election, since=scope.since, until=scope.until
        )
        if scope.has(one)
        and (ranked := _ranked(one, measure)) is not None
        and (not scope.to or ranked.to.short in scope.to)
        and (not scope.losing or (ranked.losing and ranked.losing.short in scope.losing))
    ]
    found.sort(key=lambda one: one.past.contest.polling_day, reverse=True)
    return sorted(found, key=lambda one: one.value if lowest else -one.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """Something a contest has done that none of its kind on record has, which goes back to `first`.

    `before` is what was the most until then.
    """

    measure: Measure
    value: float
    before: Ranked
    first: int


def broken(
    past: Past, contest: Contest, result: Result | None, outcome: Outcome | None
) -> tuple[Broken, ...]:
    """The records that a declaration breaks: a majority overturned, a swing, a majority."""
    swing = None if result is None else swing_of(contest, result)
    values: dict[Measure, float | None] = {
        Measure.OVERTURNED: overturned(contest, outcome),
        Measure.SWING: None if swing is None else swing.points,
        Measure.MAJORITY: None if result is None else result.majority,
    }
    scope = Scope(by_election=contest.by_election)
    found = []
    for measure, value in values.items():
        ranked = rank(past, measure, scope, lowest=False)
        if ranked and value is not None and value > ranked[0].value:
            first = next(past.contests()).contest.polling_day.year
            found.append(Broken(measure=measure, value=value, before=ranked[0], first=first))
    return tuple(found)


def reach(past: Past, contest: Contest, measure: Measure) -> Reach | None:
    """The largest on record before a contest, of contests of its kind; None where there is none."""
    ranked = rank(past, measure, Scope(by_election=contest.by_election), lowest=False)
    if not ranked:
        return None
    seat = ranked[0].past.contest
    return Reach(value=ranked[0].value, where=f"{seat.name} in {seat.polling_day.year}")


def swing_of(contest: Contest, result: Result) -> Swing | None:
    """The swing between the first two; None where one did not stand before, or is no party."""
    winner, second = result.winner.candidacy.party, result.runner_up.candidacy.party
    value = result.swing(contest, to=winner, losing=second)
    if value is None:
        return None
    losing, gaining = (second, winner) if value >= 0 else (winner, second)
    return Swing(points=abs(value), losing=losing, gaining=gaining)


def overturned(contest: Contest, outcome: Outcome | None) -> int | None:
    """The majority, in votes, that the holders lost; None where they held, or it is not known."""
    before = contest.previous
    if outcome is not Outcome.GAIN or before is None or contest.holder is None:
        return None
    return before.majority if before.winner.short == contest.holder.short else None


def _ranked(past: PastContest, measure: Measure) -> Ranked | None:
    value: float | None = None
    to, losing = past.result.winner.candidacy.party, past.contest.holder
    if measure is Measure.SWING and (swing := swing_of(past.contest, past.result)) is not None:
        value, to, losing = swing.points, swing.gaining, swing.losing
    elif measure is Measure.TURNOUT:
        exact = past.turnout.fraction(past.turnout.definition)
        value = None if exact is None else float(exact * 100)
    elif measure is Measure.OVERTURNED:
        value = overturned(past.contest, past.outcome)
    elif measure is Measure.MAJORITY:
        value = past.result.majority
    return None if value is None else Ranked(past=past, value=value, to=to, losing=losing)
