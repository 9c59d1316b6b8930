"""A figure: a value with its source, its time and its standing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

V = TypeVar("V")


class Standing(StrEnum):
    """How much a figure can be leaned on."""

    OFFICIAL = "official"
    REPORTED = "reported"
    PROVISIONAL = "provisional"
    ESTIMATED = "estimated"

    @property
    def rank(self) -> int:
        """0 for the weakest; a higher rank replaces a lower one."""
        return _RANKS[self]


_RANKS = {
    Standing.ESTIMATED: 0,
    Standing.PROVISIONAL: 1,
    Standing.REPORTED: 2,
    Standing.OFFICIAL: 3,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a figure comes from: a name to say, and an address to open."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Generic[V]):
    """A value, who said it, when (UTC), and how sure it is.

    `day_only`: of `at` no more than the UK day is known, and the time of day means nothing.
    """

    value: V
    source: Source
    at: datetime
    standing: Standing
    day_only: bool = False
