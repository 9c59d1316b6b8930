"""Turnout, by both definitions in use, rounded once."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction


class TurnoutDefinition(StrEnum):
    """What is divided by the electorate.

    The House of Commons Library divides the valid votes; most returning officers and
    broadcasters divide all ballots, the rejected ones included.
    """

    VALID_VOTES = "valid votes"
    ALL_BALLOTS = "all ballots"
    NOT_STATED = "definition not stated"


def percent(fraction: Fraction, places: int = 1) -> Decimal:
    """A fraction as per cent, rounded once, half up: 25,630 of 71,302 gives 35.9, never 36.0."""
    exact = fraction * 100
    scaled = exact * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return (Decimal(whole) / Decimal(10**places)).quantize(
        Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Turnout:
    """Turnout from counts, or a percentage as somebody stated it.

    `electorate`, `ballots`, `valid_votes` and `rejected` are numbers of people and papers.
    `stated` is in per cent; `definition` says what it is of, or which of two that the counts give
    is to be shown. `ballots_approximate` marks a round number ("some 25,000").
    Raises `ValueError` where the numbers cannot be: more ballots than electors, a percentage
    outside 0-100, nothing given at all.
    """

    electorate: int | None = None
    ballots: int | None = None
    valid_votes: int | None = None
    rejected: int | None = None
    stated: Decimal | None = None
    definition: TurnoutDefinition = TurnoutDefinition.NOT_STATED
    ballots_approximate: bool = False

    def __post_init__(self) -> None:
        if self.stated is None and self.ballots is None and self.valid_votes is None:
            raise ValueError("a turnout needs a percentage, a number of ballots or valid votes")
        if self.stated is not None and not (self.stated.is_finite() and 0 <= self.stated <= 100):
            raise ValueError(f"a turnout of {self.stated}% is not possible")
        if self.electorate is not None and self.electorate <= 0:
            raise ValueError(f"an electorate of {self.electorate:,} is not possible")
        counts = (self.ballots, self.valid_votes, self.rejected)
        if any(count is not None and count < 0 for count in counts):
            raise ValueError("a number of ballots cannot be below nought")
        exact = None if self.ballots_approximate else self.ballots
        if exact is not None and self.valid_votes is not None and self.valid_votes > exact:
            raise ValueError(f"{self.valid_votes:,} valid votes are more than {exact:,} ballots")
        most = max((count for count in (*counts, self.all_ballots) if count is not None), default=0)
        if self.electorate is not None and most > self.electorate:
            raise ValueError(f"{most:,} ballots are more than {self.electorate:,} electors")

    @property
    def all_ballots(self) -> int | None:
        """Every paper counted: as given, or valid votes and rejected papers together."""
        if self.ballots is not None:
            return self.ballots
        if self.valid_votes is not None and self.rejected is not None:
            return self.valid_votes + self.rejected
        return None

    def fraction(self, definition: TurnoutDefinition) -> Fraction | None:
        """Turnout by one definition as an exact fraction; None where the counts do not give it."""
        counted = {
            TurnoutDefinition.VALID_VOTES: self.valid_votes,
            TurnoutDefinition.ALL_BALLOTS: None if self.ballots_approximate else self.all_ballots,
        }.get(definition)
        if counted is None or self.electorate is None:
            return None
        return Fraction(counted, self.electorate)

    @property
    def shown_definition(self) -> TurnoutDefinition:
        """Which definition `shown` follows: the one asked for, else of all ballots, if known."""
        if self.stated is not None or self.fraction(self.definition) is not None:
            return self.definition
        if self.fraction(TurnoutDefinition.ALL_BALLOTS) is not None:
            return TurnoutDefinition.ALL_BALLOTS
        return TurnoutDefinition.VALID_VOTES

    def shown(self, places: int = 1) -> Decimal | None:
        """Per cent to say first: as stated, else computed and rounded once."""
        if self.stated is not None:
            return self.stated
        exact = self.fraction(self.shown_definition)
        return None if exact is None else percent(exact, places)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """A turnout beside another by one definition: `order` is -1 where it is lower, 1 higher.

    0 where they are the same as they are shown, or where it depends on a definition that nobody
    gave. `shown` is the other one in per cent, by `definition`.
    """

    order: int
    shown: Decimal
    definition: TurnoutDefinition


def like_with_like(mine: Turnout, other: Turnout) -> Likeness | None:
    """How a turnout stands to another one, both by the same definition; None where neither fits.

    Where nobody said what one of them is of, it is lower or higher only if it is so by both.
    """
    my, its = _by_definition(mine), _by_definition(other)
    common = [definition for definition in my if definition in its]
    if not common:
        return None
    unsure = [one for one in (mine, other) if _unsure(one)]
    orders = {_order(my[each], its[each]) for each in (common if unsure else common[:1])}
    return Likeness(
        order=orders.pop() if len(orders) == 1 else 0,
        shown=its[common[0]],
        definition=TurnoutDefinition.NOT_STATED if _unsure(other) else common[0],
    )


def _by_definition(turnout: Turnout) -> dict[TurnoutDefinition, Decimal]:
    """Per cent as it is shown, by each definition that it is of, or may be."""
    found = {}
    for definition in (TurnoutDefinition.VALID_VOTES, TurnoutDefinition.ALL_BALLOTS):
        exact = turnout.fraction(definition)
        if turnout.stated is not None and (_unsure(turnout) or turnout.definition is definition):
            found[definition] = turnout.stated
        elif turnout.stated is None and exact is not None:
            found[definition] = percent(exact)
    return found


def _unsure(turnout: Turnout) -> bool:
    """Whether somebody stated it and did not say what it is of."""
    return turnout.stated is not None and turnout.definition is TurnoutDefinition.NOT_STATED


def _order(one: Decimal, other: Decimal) -> int:
    return (one > other) - (one < other)
