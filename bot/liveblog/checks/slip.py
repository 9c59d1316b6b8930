"""A slip: words of an entry, what is known instead, and by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from bot.election.contest import Contest, Party
from bot.election.figure import Figure, Source
from bot.election.names import NameIndex, NameInText
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.liveblog.sentences import Sentence
from bot.record.past import Past
from bot.record.record import LIBRARY

_LOOSE = Fraction(1, 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """`words` of an entry that what is known contradicts; `fact` says it in a sentence."""

    words: str
    fact: str
    source: Source = LIBRARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known as an entry is read: the record, and tonight's contests with their figures.

    `turnouts` and `declarations`, by contest id, are those of before the entry, from other words
    than its own.
    """

    past: Past
    tonight: Sequence[Contest]
    turnouts: Mapping[str, Figure[Turnout]] = field(default_factory=dict)
    declarations: Mapping[str, Figure[Declaration]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The moment of reading, UTC."""
        return self.past.now


def seats_marked(sentence: Sentence, names: NameIndex) -> tuple[str, list[NameInText]]:
    """A sentence in which each seat's name is a run of `@` as long as itself, and those names.

    Unlike in `Sentence.code`, nothing else is marked, and names joined by “and” stay apart.
    """
    found = names.find(sentence.plain)
    code = sentence.plain
    for name in found:
        code = code[: name.start] + "@" * (name.end - name.start) + code[name.end :]
    return code, found


def is_rounded(stated: int, actual: int) -> bool:
    """Whether a number is another one, rounded to its last figure that is not a nought.

    “A 19,600 majority” is right for 19,634: noughts at the end are not meant to the last vote.
    """
    step = 10 ** (len(str(stated)) - len(str(stated).rstrip("0")))
    return abs(stated - actual) < step and abs(stated - actual) <= actual * _LOOSE


def said_as(party: Party) -> str:
    """A party before “hold” or “gain”."""
    return "Labour" if party.short == "Lab" else party.name
