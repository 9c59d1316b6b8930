"""Reminders that people asked for, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from bot.chat.ask import Channel
from bot.controls import Asked
from bot.desk_memory import SentAsked
from bot.election.contest import MilestoneKind, Stage
from bot.memory import Announcement
from bot.store.database import Database, new_id
from bot.store.queueing import queue
from bot.store.subscriptions import lane_of
from bot.store.tables import asked as table
from bot.store.tables import lane

WAITING, SENT, FORGOTTEN = "waiting", "sent", "forgotten"
_rows = select(table, lane.c.platform, lane.c.channel).join(lane, lane.c.id == table.c.lane_id)


class AskedRows:
    """Rows of reminders that people asked for; one that was sent never comes back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, wanted: Asked, at: datetime) -> int:
        """Keep a new one; its number."""
        async with self._database.write(tell=True) as connection:
            made = await connection.execute(
                insert(table).values(
                    lane_id=await lane_of(connection, wanted.channel),
                    author=wanted.author,
                    words=wanted.words,
                    contest_id=wanted.contest_id,
                    kind=None if wanted.kind is None else wanted.kind.value,
                    stage=None if wanted.stage is None else wanted.stage.value,
                    minutes=wanted.minutes,
                    due=wanted.due,
                    state=WAITING,
                    changed_at=at,
                )
            )
            return new_id(made)

    async def waiting(self) -> list[Asked]:
        """All that are still to come, soonest first."""
        query = _rows.where(table.c.state == WAITING).order_by(table.c.due, table.c.id)
        async with self._database.read() as connection:
            return [_asked(row) for row in await connection.execute(query)]

    async def move(self, asked_id: int, due: datetime, at: datetime) -> None:
        """Its milestone is expected at another time."""
        async with self._database.write() as connection:
            await connection.execute(
                update(table).where(table.c.id == asked_id).values(due=due, changed_at=at)
            )

    async def deliver(
        self, asked_id: int, announcement: Announcement, at: datetime, digest: str = ""
    ) -> bool:
        """Mark it sent and queue it in one transaction; False where it does not wait any more."""
        async with self._database.write() as connection:
            claimed = await connection.execute(
                update(table)
                .where(table.c.id == asked_id, table.c.state == WAITING)
                .values(state=SENT, changed_at=at, digest=digest)
            )
            if not claimed.rowcount:
                return False
            await queue(connection, [announcement], at)
            return True

    async def sent(self) -> list[SentAsked]:
        """Those that went out and may have to change, the first first."""
        query = _rows.where(table.c.state == SENT, table.c.digest != "").order_by(table.c.id)
        async with self._database.read() as connection:
            return [
                SentAsked(
                    asked=_asked(row),
                    sent_at=row.changed_at,
                    version=row.version,
                    digest=row.digest,
                )
                for row in await connection.execute(query)
            ]

    async def change(
        self, sent: SentAsked, digest: str, announcement: Announcement, at: datetime
    ) -> None:
        """Keep what one says in its next version, and queue that, in one transaction."""
        async with self._database.write() as connection:
            await connection.execute(
                update(table)
                .where(table.c.id == sent.asked.id)
                .values(version=announcement.key.version, digest=digest)
            )
            await queue(connection, [announcement], at)

    async def forget(self, asked_id: int, at: datetime) -> None:
        """Mark it as not wanted any more."""
        async with self._database.write(tell=True) as connection:
            await connection.execute(
                update(table)
                .where(table.c.id == asked_id, table.c.state == WAITING)
                .values(state=FORGOTTEN, changed_at=at)
            )


def _asked(row: Any) -> Asked:  # noqa: ANN401 - a row
    return Asked(
        id=row.id,
        channel=Channel(platform=row.platform, id=row.channel),
        author=row.author,
        due=row.due,
        words=row.words,
        contest_id=row.contest_id,
        kind=None if row.kind is None else MilestoneKind(row.kind),
        stage=None if row.stage is None else Stage(row.stage),
        minutes=row.minutes,
    )
