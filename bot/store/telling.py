"""What channels were last told of subjects that change."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import delete, insert, select

from bot.memory import Announcement, Told
from bot.store.codec import dumps, loads
from bot.store.database import Database
from bot.store.queueing import queue
from bot.store.tables import told as table

T = TypeVar("T")


class TellingRows:
    """The announcer's memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, subject: str, kind: type[T]) -> Told[T] | None:
        """What was last told of a subject, a value of `kind`; None for nothing."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(table).where(table.c.subject == subject))
            row = rows.first()
            if row is None:
                return None
            return Told(version=row.version, value=loads(kind, row.content), standing=row.standing)

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
            await connection.execute(delete(table).where(table.c.subject == subject))
            await connection.execute(
                insert(table).values(
                    subject=subject,
                    version=told.version,
                    content=dumps(kind, told.value),
                    standing=told.standing,
                    at=at,
                )
            )
            await queue(connection, announcements, at)
