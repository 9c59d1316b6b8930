"""How the parties stand, nationwide."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyStanding:
    """A party so far: its seats, those it gained and lost, its votes and their part in per cent."""

    name: str
    short: str
    seats: int = 0
    gains: int = 0
    losses: int = 0
    votes: int = 0
    share: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateOfParties:
    """How the parties stand over all seats that have declared, as PA Media counts them."""

    polling_day: date | None
    revision: int
    results: int
    of: int
    parties: tuple[PartyStanding, ...]
    constituencies: tuple[str, ...] = ()
