"""The journal of the desk as rows: what people did, first to last."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.chat.ask import Author, Channel
from bot.ports import JournalEntry
from bot.store.database import Database
from bot.store.tables import journal

# The states of a row. One that `WAITS` is a proposal that a second person has to confirm.
STANDS, WAITS, REJECTED, REPLACED, UNDONE = "stands", "waiting", "rejected", "replaced", "undone"


async def read_journal(
    database: Database, contest_id: str | None, until: datetime
) -> Sequence[JournalEntry]:
    """What was done by an instant, of a contest or (None) at all, the first first."""
    query = select(journal).where(journal.c.at <= until).order_by(journal.c.id)
    if contest_id is not None:
        query = query.where(journal.c.contest_id == contest_id)
    async with database.read() as connection:
        return [entry_of(row) for row in await connection.execute(query)]


def entry_of(row: Any) -> JournalEntry:  # noqa: ANN401 - a row
    """The entry that a row holds."""
    return JournalEntry(
        id=row.id,
        at=row.at,
        author=Author(platform=row.platform, id=row.author, name=row.name),
        channel=Channel(platform=row.platform, id=row.channel),
        action=row.action,
        words=row.words,
        state=row.state,
        contest_id=row.contest_id,
        before=row.before,
        after=row.after,
        of=row.of,
    )
