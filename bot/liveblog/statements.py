"""What an entry may state: a claim, tied to one contest, with the words it was read from."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from bot.election.clock import ClockTime
from bot.election.contest import MilestoneKind, Stage
from bot.election.result import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnoutClaim:
    """Turnout as stated: per cent, ballots cast, or both. `approximate`: “some 25,000”."""

    contest_id: str
    percent: Decimal | None = None
    ballots: int | None = None
    approximate: bool = False
    words: str
    type: Literal["turnout"] = "turnout"


@dataclass(frozen=True, slots=True, kw_only=True)
class MajorityDefendedClaim:
    """The majority of last time that somebody defends tonight, in votes."""

    contest_id: str
    votes: int
    words: str
    type: Literal["majority_defended"] = "majority_defended"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClaim:
    """A milestone is expected at a time."""

    contest_id: str
    kind: MilestoneKind
    time: ClockTime
    words: str
    type: Literal["expected"] = "expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageClaim:
    """The count has come so far."""

    contest_id: str
    stage: Stage
    words: str
    type: Literal["stage"] = "stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredClaim:
    """Somebody has won: the party by its short name; the rest where it is stated."""

    contest_id: str
    party: str
    candidate: str | None = None
    outcome: Outcome | None = None
    majority: int | None = None
    words: str
    type: Literal["declared"] = "declared"


@dataclass(frozen=True, slots=True, kw_only=True)
class VotesClaim:
    """Votes by candidate's name (as on the ballot paper) of a declared contest.

    `lot` is the name of who was drawn, where the first have the same votes.
    """

    contest_id: str
    votes: tuple[tuple[str, int], ...]
    words: str
    lot: str | None = None
    type: Literal["votes"] = "votes"


@dataclass(frozen=True, slots=True, kw_only=True)
class VenueClaim:
    """The votes are counted at a place."""

    contest_id: str
    venue: str
    words: str
    type: Literal["venue"] = "venue"


Claim = (
    TurnoutClaim
    | MajorityDefendedClaim
    | ExpectedClaim
    | StageClaim
    | DeclaredClaim
    | VotesClaim
    | VenueClaim
)
