"""What channels were last told of subjects that change."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.memory import Announcement, Told
from bot.store.codec import dumps, loads
from bot.store.database import Database
from bot.store.queueing import queue
from bot.store.tables import told as table

T = TypeVar("T")

MOST = 5_000


class TellingRows:
    """The announcer's memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, subject: str, kind: type[T]) -> Told[T] | None:
        """What was last told of a subject, a value of `kind`; None for nothing."""
        return (await self.told_of([subject], kind)).get(subject)

    async def told_of(self, subjects: Collection[str], kind: type[T]) -> dict[str, Told[T]]:
        """What was last told of each of these subjects that anything was told of."""
        found: dict[str, Told[T]] = {}
        async with self._database.read() as connection:
            for some in _in_parts([*subjects]):
                rows = await connection.execute(select(table).where(table.c.subject.in_(some)))
                for row in rows:
                    found[row.subject] = Told(
                        version=row.version, value=loads(kind, row.content), standing=row.standing
                    )
        return found

    async def note(self, told: Mapping[str, Told[T]], kind: type[T], at: datetime) -> None:
        """Remember what counts as told by its subject, in one transaction."""
        if told:
            async with self._database.write() as connection:
                await _remember(connection, told, kind, at)

    async def tell(
        self,
        subject: str,
        kind: type[T],
        told: Told[T],
        announcements: Sequence[Announcement],
        at: datetime,
    ) -> None:
        """Remember what is told and queue it, both or neither."""
        async with self._database.write() as connection:
            await _remember(connection, {subject: told}, kind, at)
            await queue(connection, announcements, at)


async def _remember(
    connection: AsyncConnection, told: Mapping[str, Told[T]], kind: type[T], at: datetime
) -> None:
    for some in _in_parts([*told]):
        await connection.execute(delete(table).where(table.c.subject.in_(some)))
    rows = [
        {
            "subject": subject,
            "version": one.version,
            "content": dumps(kind, one.value),
            "standing": one.standing,
            "at": at,
        }
        for subject, one in told.items()
    ]
    await connection.execute(insert(table), rows)


def _in_parts(subjects: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many at a time as every database takes."""
    for start in range(0, len(subjects), MOST):
        yield subjects[start : start + MOST]
