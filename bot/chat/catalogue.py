"""The catalogue: every command and alert, found by scanning a package; words to the command."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

from bot.chat.command import Alert, Command, Dialog
from bot.chat.events import Event
from bot.chat.post import Post
from bot.election.slips import is_slip

# Words of a question that neither name a command nor a seat.
_SMALL_WORDS = """
a about actually all an and announced any anyone anything are as at be been being by called can
close come could currently declaration declare declared declaring did do does due elected election
electors end ended ending expect expected far figure figures final finally finish finishing first
for from full gain get gets getting give given go goes going gone got had has have hello hey hi
high hold how i idea if in into is it its just know known last latest like list long look looking
low many mate me might most much my name named names new next not now number numbers of on or our
out over overall part party people please pls plz polls possible really result results roughly
s say says seat seats show so soon still suppose take taken tell than thank thanks that the their
them then there they think this till time to today tonight up us until voters vote votes was we
were what when where which who whole why will with would yet you your constituency contest count
by-election by-elections byelection byelections defend defended defending held against
"""
_FILLERS = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*", re.UNICODE)
_SHORT_FOR_IS = re.compile(r"(what|who|when|where|how|it|that|there|time)'?s")
_SHORT_FOR_NOT = re.compile(r"(has|have|is|are|did|do|does|was)n'?t")
GAP = "…"
_LONGEST_GAP = 6
_WORDS_SEARCHED = 100  # a command is named among the first so many words of a text
_SURE_OF_A_SLIP = 6  # letters of a command's name, from which on a slip of the fingers is clear


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The command that words name, and what they say besides.

    `words` are without the small ones around, `rest` is all of it, in pieces.
    """

    command: Command
    words: str
    rest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that the bot can be asked, and all that it tells by itself."""

    commands: tuple[Command, ...]
    alerts: tuple[Alert, ...]
    dialogs: tuple[Dialog, ...] = ()

    def named(self, name: str) -> Command | None:
        """The command of this name."""
        return next((command for command in self.commands if command.name == name), None)

    def dialog(self, name: str) -> Dialog | None:
        """The form of this name."""
        return next((dialog for dialog in self.dialogs if dialog.name == name), None)

    def word(self, event: Event) -> Post:
        """The post that tells of an event."""
        for alert in self.alerts:
            if isinstance(event, alert.event):
                return alert.word(event)
        raise LookupError(f"no alert words {type(event).__name__}")

    def match(self, text: str) -> Matched | None:
        """The command that a question means; None where it names none.

        The phrase that comes first wins; of two at one place the longer, then one without a gap,
        then the one whose words stand closer. What stands in a gap wins over the phrase around it.
        Small words may stand inside a phrase. What stands around and in the gap is the argument.
        """
        tokens = _tokens(text)
        folded = [token.lower() for token in tokens[:_WORDS_SEARCHED]]
        said = frozenset(folded)
        for same in (_is_same, _is_same_but_for_a_slip):
            hits: list[_Hit] = []
            for command in self.commands:
                for phrase in command.phrases:
                    words = _words_of(phrase)
                    if same is _is_same and words[0] not in said:
                        continue
                    if found := _find(folded, words, same):
                        hits.append(_Hit(command=command, at=tuple(found), gap=GAP in words))
            if hits:
                best = _first(hits)
                pieces = _pieces(tokens, best.at)
                return Matched(
                    command=best.command,
                    words=" ".join(word for piece in pieces for word in _bare(piece)),
                    rest="; ".join(" ".join(piece) for piece in pieces),
                )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """A phrase of a command in a question: where its words stand, and whether it has a gap."""

    command: Command
    at: tuple[int, ...]
    gap: bool

    @property
    def rank(self) -> tuple[int, int, bool, int]:
        return self.at[0], -len(self.at), self.gap, self.at[-1]

    def holds(self, other: "_Hit") -> bool:
        """Whether another phrase stands whole in the gap."""
        inside = self.at[0] < other.at[0] and other.at[-1] < self.at[-1]
        return self.gap and inside and not set(self.at) & set(other.at)


def _first(hits: Sequence[_Hit]) -> _Hit:
    """The phrase that is meant: “has turnout in Tamworth been declared” asks for the turnout."""
    best = min(hits, key=lambda hit: hit.rank)
    within = [hit for hit in hits if not hit.gap and best.holds(hit)]
    return min(within, key=lambda hit: hit.rank) if within else best


def scan(package: ModuleType) -> Catalogue:
    """The catalogue of a package and all below it.

    Raises `ValueError` for a name or phrase that two of them claim, and whatever importing
    one of its files raises: a bot that would not know a command does not start.
    """
    commands: dict[str, Command] = {}
    alerts: dict[type, Alert] = {}
    dialogs: dict[str, Dialog] = {}
    for value in _values(package):
        if isinstance(value, Command):
            for phrase in value.phrases:
                if commands.setdefault(phrase.lower(), value) is not value:
                    other = commands[phrase.lower()].name
                    raise ValueError(f"“{phrase}” is claimed by {value.name} and by {other}")
        elif isinstance(value, Dialog):
            if dialogs.setdefault(value.name, value) is not value:
                raise ValueError(f"there are two forms “{value.name}”")
        else:
            if alerts.setdefault(value.event, value) is not value:
                raise ValueError(f"{value.event.__name__} is worded by two alerts")
    unique = {id(command): command for command in commands.values()}
    return Catalogue(
        commands=tuple(sorted(unique.values(), key=lambda c: c.name)),
        alerts=tuple(alerts.values()),
        dialogs=tuple(dialogs.values()),
    )


def _values(package: ModuleType) -> Iterable[Command | Alert | Dialog]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, Command | Alert | Dialog):
                yield value


def content(text: str, small: frozenset[str] = _FILLERS) -> str:
    """The words of a question without the small ones around them."""
    return " ".join(_bare(_tokens(text), small))


def _tokens(text: str) -> list[str]:
    """The words of a question, short forms written out: “what’s” is “what is”."""
    tokens: list[str] = []
    for found in _WORD.finditer(text.replace("&", " and ")):
        word = found.group().replace("’", "'")
        if short := _SHORT_FOR_IS.fullmatch(word.lower()):
            tokens += [short[1], "is"]
        elif short := _SHORT_FOR_NOT.fullmatch(word.lower()):
            tokens += [short[1], "not"]
        else:
            tokens.append(word)
    return tokens


def _bare(words: list[str], small: frozenset[str] = _FILLERS) -> list[str]:
    """Words without the small ones at either end; “Isle of Wight” keeps its “of”."""
    while words and words[0].lower() in small:
        words = words[1:]
    while words and words[-1].lower() in small:
        words = words[:-1]
    return words


def _pieces(tokens: list[str], taken: Sequence[int]) -> list[list[str]]:
    """What stands before, between and behind the words that were taken."""
    ends = [*taken, len(tokens)]
    starts = [0, *(at + 1 for at in taken)]
    pieces = [tokens[start:end] for start, end in zip(starts, ends, strict=True)]
    return [piece for piece in pieces if piece]


@lru_cache(maxsize=4096)
def _words_of(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.lower().split())


def _is_same(word: str, meant: str) -> bool:
    return word == meant


def _is_same_but_for_a_slip(word: str, meant: str) -> bool:
    return word == meant or (len(meant) >= _SURE_OF_A_SLIP and is_slip(word, meant))


def _find(
    words: Sequence[str], phrase: Sequence[str], same: Callable[[str, str], bool]
) -> list[int] | None:
    """Where the words of a phrase stand, in order; None where they do not.

    Between two of them there may be small words, and in a gap a few words of any kind.
    """
    for start, word in enumerate(words):
        if same(word, phrase[0]):
            found = [start]
            gap = False
            for part in phrase[1:]:
                if part == GAP:
                    gap = True
                    continue
                at = _next(words, found[-1] + 1, part, gap, same)
                if at is None:
                    break
                found.append(at)
                gap = False
            else:
                return found
    return None


def _next(
    words: Sequence[str], start: int, part: str, gap: bool, same: Callable[[str, str], bool]
) -> int | None:
    for at in range(start, min(start + _LONGEST_GAP + 1, len(words))):
        if same(words[at], part):
            return at
        if not gap and words[at] not in _FILLERS:
            return None
    return None
