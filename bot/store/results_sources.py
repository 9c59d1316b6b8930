"""The results sources that are looked at, and how that goes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update

from bot.bulletin_memory import SOURCE
from bot.ports import ResultsSourceHealth
from bot.store.database import Database
from bot.store.journal import entry_of
from bot.store.tables import Instant, journal, results_source


async def look_at(database: Database, sources: Mapping[str, str]) -> None:
    """Keep that these sources are looked at from now on, and no others: names by their keys."""
    async with database.write() as connection:
        await connection.execute(
            delete(results_source).where(results_source.c.key.not_in(list(sources)))
        )
        known = set(await connection.scalars(select(results_source.c.key)))
        new = [{"key": key, "name": name} for key, name in sources.items() if key not in known]
        if new:
            await connection.execute(insert(results_source), new)


async def looked(
    database: Database, source: str, at: datetime, next_look: datetime, trouble: str | None
) -> None:
    """Keep how a look at a source went; since when it is in trouble stays as it was."""
    values: dict[str, Any] = {"next_look": next_look, "trouble": trouble}
    if trouble is None:
        values |= {"last_look": at, "trouble_since": None}
    else:
        since = func.coalesce(results_source.c.trouble_since, literal(at, Instant))
        values |= {"trouble_since": since}
    async with database.write() as connection:
        await connection.execute(
            update(results_source).where(results_source.c.key == source).values(values)
        )


async def read_health(database: Database, now: datetime) -> list[ResultsSourceHealth]:
    """How each source does as it is now, with the last bulletin that it had by an instant."""
    last = (
        select(journal.c.author, func.max(journal.c.id).label("id"))
        .where(journal.c.platform == SOURCE, journal.c.at <= now)
        .group_by(journal.c.author)
        .subquery()
    )
    bulletins = select(journal).join(last, last.c.id == journal.c.id)
    async with database.read() as connection:
        found = {row.author: entry_of(row) for row in await connection.execute(bulletins)}
        return [
            ResultsSourceHealth(
                name=row.name,
                last_look=row.last_look,
                next_look=row.next_look,
                trouble=row.trouble,
                trouble_since=row.trouble_since,
                last=found.get(row.key),
            )
            for row in await connection.execute(
                select(results_source).order_by(results_source.c.name)
            )
        ]
