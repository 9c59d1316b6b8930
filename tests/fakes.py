"""Hand-written stand-ins for the sockets of `bot.ports`, facts passed in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.election.contest import Contest, Stage
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.ports import EntryOnRecord, Expected, SourceHealth
from tests.nights.facts import CONTESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a night; each mapping is by contest id."""

    contests: tuple[Contest, ...] = CONTESTS
    turnouts: Mapping[str, Figure[Turnout]] = field(default_factory=dict)
    declarations: Mapping[str, Figure[Declaration]] = field(default_factory=dict)
    majorities: Mapping[str, Figure[int]] = field(default_factory=dict)
    stages: Mapping[str, Figure[Stage]] = field(default_factory=dict)
    expected: tuple[Expected, ...] = ()
    entries: tuple[EntryOnRecord, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    offsets: tuple[int, ...] = (60, 15, 0)


class FakeNewsroom:
    """A night of which exactly the facts are known."""

    def __init__(self, facts: Facts, now: datetime) -> None:
        self._facts = facts
        self.now = now

    async def contests(self) -> Sequence[Contest]:
        return self._facts.contests

    async def offsets(self, contest: Contest) -> Sequence[int]:
        return self._facts.offsets

    async def turnout(self, contest: Contest) -> Figure[Turnout] | None:
        return self._facts.turnouts.get(contest.id)

    async def declaration(self, contest: Contest) -> Figure[Declaration] | None:
        return self._facts.declarations.get(contest.id)

    async def majority_defended(self, contest: Contest) -> Figure[int] | None:
        return self._facts.majorities.get(contest.id)

    async def stage(self, contest: Contest) -> Figure[Stage] | None:
        return self._facts.stages.get(contest.id)

    async def timetable(self, contest: Contest) -> Sequence[Expected]:
        return [one for one in self._facts.expected if one.contest.id == contest.id]

    async def latest(self, count: int, contest: Contest | None = None) -> Sequence[EntryOnRecord]:
        entries = self._facts.entries
        if contest is not None:
            entries = tuple(e for e in entries if contest.id in e.contests)
        newest = sorted(entries, key=lambda e: e.entry.published, reverse=True)
        return newest[:count]

    async def sources(self) -> Sequence[SourceHealth]:
        return self._facts.sources
