"""The socket to results sources."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.election.bulletin import Bulletin
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.election.standings import StateOfParties


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that a source has besides bulletins, for the desk: told once for each `subject`."""

    subject: str
    heading: str
    sentences: tuple[str, ...]
    contest_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one look at a source has found, and the seconds until the next.

    `papers` are bulletins that say who stands, and nothing else yet; `states` say how the parties
    stand.
    """

    bulletins: tuple[Bulletin, ...] = ()
    papers: tuple[Bulletin, ...] = ()
    states: tuple[StateOfParties, ...] = ()
    remarks: tuple[Remark, ...] = ()
    wait: float


Contests = Callable[[], Awaitable[Sequence[Contest]]]


class ResultsSource(Protocol):
    """Where results come from: `name` is what it is called, `key` what it is remembered by.

    `standing` is that of its results with votes; `poll` its pace in seconds.
    """

    name: str
    key: str
    standing: Standing
    poll: float

    async def look(self, contests: Contests, now: datetime) -> Look:
        """Look once. Raises `SourceError` where it cannot be read.

        `contests` gives those of the night, for who has to know them. What a look has found once
        need not be found by the next.
        """
