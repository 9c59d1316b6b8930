"""The facts that every question needs, kept in memory until they change."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Generic, TypeVar

from sqlalchemy import select

from bot.liveblog.claims import Claim
from bot.store.codec import claim_from
from bot.store.database import Database
from bot.store.tables import contest as contest_table
from bot.store.tables import figure

T = TypeVar("T")

# Another program that writes to the same database is noticed after so many seconds.
TRUSTED_FOR = 1.0


class _Kept(Generic[T]):
    """A value, and what it was read at."""

    def __init__(self, value: T, generation: int) -> None:
        self.value = value
        self.generation = generation
        self.read_at = monotonic()


class KnownFacts:
    """Rows of contests and figures, all of them: whoever asks leaves out what is not known yet."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._contests: dict[str, _Kept[list[Any]]] = {}
        self._figures: dict[str, _Kept[list[tuple[Claim, Any]]]] = {}

    async def contests(self) -> list[Any]:
        """The rows of all contests, in the order of the night file."""

        async def read() -> list[Any]:
            query = select(contest_table).order_by(contest_table.c.position)
            async with self._database.read() as connection:
                return list(await connection.execute(query))

        return await self._fresh(self._contests, "", read)

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
