"""Reply: an answer, on no platform."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.chat.ask import Channel
from bot.chat.chart import Chart, Picture
from bot.chat.choice import Choice as Choice
from bot.election.figure import Source, Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under a heading each; numbers come as text, already said the house's way."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """The line under an answer: source, time (UTC) and standing.

    `day_only`: of `at` no more than the UK day is known.
    """

    source: Source
    at: datetime
    standing: Standing
    day_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer: a title, sentences, perhaps a table, its origin, and choices.

    `contest` is the id of the contest that it speaks of, `value` the answer as data
    (what `--json` prints); both are None where there is none. `error` marks a sentence that is
    only for the asker, `private` an answer that is of use to nobody else, and of those `secret` one
    that nobody else may see, not even where it cannot be told alone. `command` is the command that
    answered, `as_of` the moment (UTC) that the answer is true of. `places` are the channels
    that its words name, as `str(channel)`: a platform shows its own by their names. `chart` is the
    answer as a picture; `picture` is that drawn, where the platform shows pictures.
    """

    title: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    origin: Origin | None = None
    choices: tuple[Choice, ...] = ()
    contest: str | None = None
    value: Any = None
    details: dict[str, Any] = field(default_factory=dict)
    error: bool = False
    private: bool = False
    secret: bool = False
    command: str | None = None
    as_of: datetime | None = None
    places: tuple[Channel, ...] = ()
    chart: Chart | None = None
    picture: Picture | None = None
