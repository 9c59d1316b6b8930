"""The facts that every question needs, kept in memory until they change."""

import asyncio
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import Any, TypeVar

import structlog
from sqlalchemy import func, select

from bot.election.contest import Candidacy, Contest
from bot.election.names import NameIndex
from bot.liveblog.claims import Claim, VenueClaim
from bot.record.past import Past
from bot.store.codec import claim_from, loads
from bot.store.database import Database
from bot.store.tables import ballot_paper, figure
from bot.store.tables import contest as contest_table

log = structlog.get_logger()

C = TypeVar("C")

# Another program that writes to the same database is noticed after so many seconds.
TRUSTED_FOR = 1.0
WHOLE_KEPT = 8

# A figure is never changed but to say that it is superseded: this tells whether any of a contest's
# has come or was.
_MARKS = select(
    figure.c.contest_id, func.max(figure.c.id), func.count(figure.c.superseded_at)
).group_by(figure.c.contest_id)
_CONTESTS = select(contest_table).order_by(contest_table.c.position)
_PAPERS = select(ballot_paper.c.contest_id, ballot_paper.c.candidacies)


@dataclass(slots=True, kw_only=True)
class Whole:
    """The night's contests with what the record has of them, in order, and what they are called.

    The names are made when somebody asks for them first: a process that only relays need not.
    """

    contests: list[Contest]
    _names: NameIndex | None = None

    def names(self, past: Past) -> NameIndex:
        """What seats are called."""
        if self._names is None:
            self._names = past.names(self.contests)
        return self._names


class KnownFacts:
    """Rows of contests and figures, all of them: whoever asks leaves out what is not known yet.

    What is kept is compared with the database once something was written from here, and once a
    second: of 650 contests only those are read anew of which something has changed.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._generation = -1
        self._looked_at = float("-inf")
        self._rows: tuple[list[Any], list[Any]] = [], []
        self._contests: tuple[list[Contest], dict[str, tuple[int, ...]]] = ([], {})
        self._marks: dict[str, tuple[int, int]] = {}
        self._figures: dict[str, list[tuple[Claim, Any]]] = {}
        self._venues: list[tuple[VenueClaim, Any]] | None = None
        self._whole: dict[Hashable, tuple[list[Contest], Whole]] = {}

    async def contests(self) -> tuple[list[Contest], dict[str, tuple[int, ...]]]:
        """All contests in the order of the night file, and by id the minutes to remind at."""
        await self._look()
        return self._contests

    async def whole(
        self, key: Callable[[list[Contest]], Hashable], make: Callable[[list[Contest]], Whole]
    ) -> Whole:
        """The contests as `make` makes them of what is kept, once for each `key` of them."""
        contests, _ = await self.contests()
        of = key(contests)
        if of not in self._whole or self._whole[of][0] is not contests:
            if len(self._whole) >= WHOLE_KEPT:
                self._whole.clear()
            self._whole[of] = (contests, make(contests))
        return self._whole[of][1]

    async def figures(self, contest_id: str) -> list[tuple[Claim, Any]]:
        """Every claim that was ever made about a contest, each with its row."""
        await self._look()
        kept = self._figures.get(contest_id)
        if kept is None:
            # Read after the mark: what is written in between changes the mark, and is read again.
            query = select(figure).where(figure.c.contest_id == contest_id)
            mark = self._marks.get(contest_id)
            async with self._database.read() as connection:
                rows = list(await connection.execute(query))
            kept = _readable(rows, claim_from)
            if mark == self._marks.get(contest_id):
                self._figures[contest_id] = kept
        return kept

    async def venues(self) -> list[tuple[VenueClaim, Any]]:
        """Every place that somebody has said a seat counts at, each with its row, in order."""
        await self._look()
        if self._venues is None:
            query = select(figure).where(figure.c.type == "venue").order_by(figure.c.id)
            marks = self._marks
            async with self._database.read() as connection:
                rows = list(await connection.execute(query))
            found = _readable(rows, partial(loads, VenueClaim))
            if marks is not self._marks:
                return found
            self._venues = found
        return self._venues

    async def _look(self) -> None:
        """Forget what is not as it is kept."""
        async with self._turn:
            generation = self._database.generation
            fresh = monotonic() - self._looked_at <= TRUSTED_FOR
            if generation == self._generation and fresh:
                return
            looked_at = monotonic()
            async with self._database.read() as connection:
                rows = list(await connection.execute(_CONTESTS))
                papers = list(await connection.execute(_PAPERS))
                marks = {
                    id_: (newest, superseded)
                    for id_, newest, superseded in await connection.execute(_MARKS)
                }
            if (rows, papers) != self._rows:
                standing = {
                    row.contest_id: loads(tuple[Candidacy, ...], row.candidacies) for row in papers
                }
                self._contests = (
                    [_standing(loads(Contest, row.facts), standing) for row in rows],
                    {
                        row.id: tuple(int(word) for word in row.remind.split(",") if word)
                        for row in rows
                    },
                )
                self._rows = rows, papers
            for id_ in [id_ for id_ in self._figures if marks.get(id_) != self._marks.get(id_)]:
                del self._figures[id_]
            if marks != self._marks:
                self._marks, self._venues = marks, None
            self._generation, self._looked_at = generation, looked_at


def _readable(rows: Iterable[Any], read: Callable[[str], C]) -> list[tuple[C, Any]]:
    """Claims with their rows. One that is damaged must not hide what else is known of the night."""
    found = []
    for row in rows:
        try:
            found.append((read(row.claim), row))
        except ValueError:
            log.error("facts.unreadable", figure=row.id, contest=row.contest_id)
    return found


def _standing(contest: Contest, papers: Mapping[str, tuple[Candidacy, ...]]) -> Contest:
    """A contest with who stands in it; what the night file has of that goes before a source's."""
    if contest.candidacies:
        return contest
    return replace(contest, candidacies=papers.get(contest.id, ()))
