"""What is brief is written where it is asked for, and nothing stands still for it."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store import direct
from bot.store.database import IN_PLACE, Database, explained
from bot.store.tables import lane
from tests.store.databases import opened


@pytest.fixture
async def database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


@pytest.fixture
def sqlite_file(sqlite_url: str) -> Path:
    return Path(sqlite_url.removeprefix("sqlite:///"))


class Lanes:
    """Makes lanes, `ROWS` in each transaction; `threads` are those that it was asked in."""

    ROWS = 50

    def __init__(self) -> None:
        self.made = 0
        self.threads: list[int] = []

    async def __call__(self, connection: AsyncConnection) -> None:
        self.threads.append(threading.get_ident())
        rows = [
            {"platform": "slack", "channel": f"C{self.made}-{n}-" + 400 * "x", "epoch": 0}
            for n in range(self.ROWS)
        ]
        self.made += 1
        await connection.execute(insert(lane), rows)


async def number(database: Database) -> int:
    async with database.read() as connection:
        return (await connection.execute(select(func.count()).select_from(lane))).scalar_one()


async def test_what_is_brief_is_done_in_place_but_for_one_time_in_many(database: Database) -> None:
    lanes, here = Lanes(), threading.get_ident()
    for _ in range(2 * IN_PLACE):
        await database.write_in_one_go(lanes, brief=True)
    assert [thread == here for thread in lanes.threads].count(False) == 2
    assert await number(database) == 2 * IN_PLACE * Lanes.ROWS


async def test_what_may_take_long_is_never_done_in_place(database: Database) -> None:
    lanes = Lanes()
    for _ in range(3):
        await database.write_in_one_go(lanes)
    assert threading.get_ident() not in lanes.threads


async def test_the_log_beside_the_file_does_not_grow_without_end(
    database: Database, sqlite_file: Path
) -> None:
    lanes = Lanes()
    log = sqlite_file.with_name(f"{sqlite_file.name}-wal")
    sizes = []
    for _ in range(12 * IN_PLACE):
        await database.write_in_one_go(lanes, brief=True)
        sizes.append(log.stat().st_size)
    # It is written anew from its beginning once all of it is in the file.
    assert max(sizes) < 1.5 * max(sizes[: 3 * IN_PLACE])


async def test_while_another_program_writes_nothing_stands_still(
    database: Database, sqlite_file: Path
) -> None:
    lanes = Lanes()
    with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(database.write_in_one_go(lanes, brief=True))
        turns = 0
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                while not writing.done():
                    await asyncio.sleep(0)
                    turns += 1
        assert not writing.done()
        # One that waited for the lock in place would have let nobody have a turn.
        assert turns > 100
        other.execute("COMMIT")
        await writing
    assert await number(database) == Lanes.ROWS
    # It was not begun twice.
    assert len(lanes.threads) == 1


async def test_who_writes_for_too_long_is_told_of_as_ever(
    sqlite_url: str, sqlite_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(direct, "BUSY_SECONDS", 0.05)
    async with opened(sqlite_url) as database:
        with closing(sqlite3.connect(sqlite_file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(OperationalError) as locked:
                await database.write_in_one_go(Lanes(), brief=True)
    assert "database is locked" in str(explained(locked.value))


async def test_what_fails_in_place_leaves_nothing_and_is_not_tried_again(
    database: Database,
) -> None:
    lanes = Lanes()

    async def twice(connection: AsyncConnection) -> None:
        await lanes(connection)
        lanes.made = 0
        await lanes(connection)

    with pytest.raises(IntegrityError):
        await database.write_in_one_go(twice, brief=True)
    assert len(lanes.threads) == 2
    assert await number(database) == 0
    lanes.made = 0
    await database.write_in_one_go(lanes, brief=True)
    assert await number(database) == Lanes.ROWS
