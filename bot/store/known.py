"""The facts that every question needs, kept in memory until they change."""

from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from bot.election.contest import Candidacy, Contest
from bot.election.names import NameIndex
from bot.liveblog.claims import Claim
from bot.record.past import Past
from bot.store.codec import claim_from, loads
from bot.store.database import Database
from bot.store.tables import ballot_paper, figure
from bot.store.tables import contest as contest_table

T = TypeVar("T")

# Another program that writes to the same database is noticed after so many seconds.
TRUSTED_FOR = 1.0
WHOLE_KEPT = 8


class _Kept(Generic[T]):
    """A value, and what it was read at."""

    def __init__(self, value: T, generation: int) -> None:
        self.value = value
        self.generation = generation
        self.read_at = monotonic()


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
    """Rows of contests and figures, all of them: whoever asks leaves out what is not known yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contests: dict[str, _Kept[tuple[list[Contest], dict[str, tuple[int, ...]]]]] = {}
        self._figures: dict[str, _Kept[list[tuple[Claim, Any]]]] = {}
        self._whole: dict[Hashable, tuple[list[Contest], Whole]] = {}

    async def contests(self) -> tuple[list[Contest], dict[str, tuple[int, ...]]]:
        """All contests in the order of the night file, and by id the minutes to remind at."""

        async def read() -> tuple[list[Contest], dict[str, tuple[int, ...]]]:
            query = select(contest_table).order_by(contest_table.c.position)
            async with self._database.read() as connection:
                rows = list(await connection.execute(query))
                papers = {
                    row.contest_id: loads(tuple[Candidacy, ...], row.candidacies)
                    for row in await connection.execute(select(ballot_paper))
                }
            offsets = {
                row.id: tuple(int(word) for word in row.remind.split(",") if word) for row in rows
            }
            return [_standing(loads(Contest, row.facts), papers) for row in rows], offsets

        return await self._fresh(self._contests, "", read)

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

        async def read() -> list[tuple[Claim, Any]]:
            query = select(figure).where(figure.c.contest_id == contest_id)
            async with self._database.read() as connection:
                return [(claim_from(row.claim), row) for row in await connection.execute(query)]

        return await self._fresh(self._figures, contest_id, read)

    async def _fresh(
        self, kept: dict[str, _Kept[T]], key: str, read: Callable[[], Awaitable[T]]
    ) -> T:
        one = kept.get(key)
        if (
            one is None
            or one.generation != self._database.generation
            or monotonic() - one.read_at > TRUSTED_FOR
        ):
            # The generation of before the read: what is written meanwhile makes it old at once.
            generation = self._database.generation
            one = kept[key] = _Kept(await read(), generation)
        return one.value


def _standing(contest: Contest, papers: Mapping[str, tuple[Candidacy, ...]]) -> Contest:
    """A contest with who stands in it; what the night file has of that goes before a source's."""
    if contest.candidacies:
        return contest
    return replace(contest, candidacies=papers.get(contest.id, ()))
