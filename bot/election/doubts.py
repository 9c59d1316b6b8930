"""What speaks against a figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether figures contradict others, or are only hard to believe."""

    REFUSED = "refused"
    QUESTIONED = "questioned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that speaks against figures: a sentence, and what was given and expected."""

    sentence: str
    what: str = ""
    given: str = ""
    expected: str = ""
    severity: Severity = Severity.QUESTIONED


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The largest swing (points) or majority (votes) that the record has, and where it was."""

    value: float
    where: str


def refused_first(doubts: Iterable[Doubt]) -> list[Doubt]:
    """Doubts with those that contradict other figures first, and else in their order."""
    return sorted(doubts, key=lambda doubt: doubt.severity is not Severity.REFUSED)
