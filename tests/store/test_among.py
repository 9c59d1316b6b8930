"""Rows by many ids at once."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Select, insert, select, text
from sqlalchemy.dialects import sqlite

from bot.store.among import among
from bot.store.database import Database
from bot.store.items import NEXT
from bot.store.tables import lane
from tests.store.databases import opened

BY_ID = select(lane.c.channel).where(among(lane.c.id, "lanes")).order_by(lane.c.id)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        yield database


@pytest.mark.parametrize("ids", [[], [2], [3, 1], list(range(1, 5_000))])
async def test_rows_are_found_by_any_number_of_ids(database: Database, ids: list[int]) -> None:
    async with database.write() as connection:
        rows = [{"platform": "slack", "channel": f"C{n}", "epoch": 0} for n in range(1, 5)]
        await connection.execute(insert(lane), rows)
        found = await connection.execute(BY_ID, {"lanes": ids})
        assert list(found.scalars()) == [f"C{n}" for n in range(1, 5) if n in ids]


@pytest.mark.parametrize("query", [BY_ID, NEXT])
async def test_sqlite_looks_rows_up_and_does_not_go_through_all(
    sqlite_url: str, query: Select[tuple[object, ...]]
) -> None:
    written = str(query.compile(dialect=sqlite.dialect(paramstyle="named")))
    async with opened(sqlite_url) as database, database.read() as connection:
        plan = await connection.execute(text(f"EXPLAIN QUERY PLAN {written}"), {"lanes": "[1]"})
        steps = [row.detail for row in plan]
    scans = tuple(f"SCAN {table}" for table in ("item", "lane", "head", "version"))
    assert not [step for step in steps if step.startswith(scans)], steps
