"""The catalogue: every command and alert, found by scanning a package; words to the command."""

import importlib
import pkgutil
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType

from bot.chat.command import Alert, Command
from bot.chat.events import Event
from bot.chat.post import Post

# Words of a question that neither name a command nor a seat.
_SMALL_WORDS = """
a about all an announced any are as at be been by can come could currently declare declared
declaring did do does due elected election electors expect expected far figure figures final for
from get give got had has have hello hey hi how i in is it its just know known latest like me my
new now number of on our out overall people please pls result results s say says seat show so tell
than thanks that the their them there they this to today tonight up us voters was we were what
what's whats when when's which will with would yet you your constituency contest count
by-election by-elections byelection byelections defend defended defending hold held against
"""
_FILLERS = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*", re.UNICODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The command that words name, and what they say besides."""

    command: Command
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All that the bot can be asked, and all that it tells by itself."""

    commands: tuple[Command, ...]
    alerts: tuple[Alert, ...]

    def word(self, event: Event) -> Post:
        """The post that tells of an event."""
        for alert in self.alerts:
            if isinstance(event, alert.event):
                return alert.word(event)
        raise LookupError(f"no alert words {type(event).__name__}")

    def match(self, text: str) -> Matched | None:
        """The command that a question means; None where it names none.

        A command typed first wins; in a question the phrase that comes first, of two at one
        place the longer. What stands before and behind it, without the small words around, is
        its argument.
        """
        tokens = list(_WORD.finditer(text))
        folded = [token.group().lower().replace("’", "'") for token in tokens]
        best: tuple[tuple[int, int], Command, int, int] | None = None
        for command in self.commands:
            for phrase in command.phrases:
                words = phrase.lower().split()
                at = _find(folded, words)
                if at is None:
                    continue
                rank = (at, -len(words))
                if best is None or rank < best[0]:
                    best = (rank, command, at, len(words))
        if best is None:
            return None
        _, command, at, length = best
        words = [token.group() for token in tokens]
        around = _bare(words[:at]) + _bare(words[at + length :])
        return Matched(command=command, words=" ".join(around))

    def example(self, name: str) -> str:
        """The first example of a command."""
        return next(c.examples[0] for c in self.commands if c.name == name)


def scan(package: ModuleType) -> Catalogue:
    """The catalogue of a package and all below it.

    Raises `ValueError` for a name or phrase that two commands claim, and whatever importing
    one of its files raises: a bot that would not know a command does not start.
    """
    commands: dict[str, Command] = {}
    alerts: dict[type, Alert] = {}
    for value in _values(package):
        if isinstance(value, Command):
            for phrase in value.phrases:
                if commands.setdefault(phrase.lower(), value) is not value:
                    other = commands[phrase.lower()].name
                    raise ValueError(f"“{phrase}” is claimed by {value.name} and by {other}")
        else:
            if alerts.setdefault(value.event, value) is not value:
                raise ValueError(f"{value.event.__name__} is worded by two alerts")
    unique = {id(command): command for command in commands.values()}
    return Catalogue(
        commands=tuple(sorted(unique.values(), key=lambda c: c.name)),
        alerts=tuple(alerts.values()),
    )


def _values(package: ModuleType) -> Iterable[Command | Alert]:
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        module = importlib.import_module(found.name)
        for value in vars(module).values():
            if isinstance(value, Command | Alert):
                yield value


def _bare(words: list[str]) -> list[str]:
    """Words without the small ones at either end; “Isle of Wight” keeps its “of”."""
    while words and words[0].lower() in _FILLERS:
        words = words[1:]
    while words and words[-1].lower() in _FILLERS:
        words = words[:-1]
    return words


def _find(words: Sequence[str], phrase: Sequence[str]) -> int | None:
    last = len(words) - len(phrase)
    return next((i for i in range(last + 1) if words[i : i + len(phrase)] == phrase), None)
