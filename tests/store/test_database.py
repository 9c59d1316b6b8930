"""A database is made, recognised, refused; and written by one after the other."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import StatementError
from sqlalchemy.pool import NullPool

from bot.errors import StoreError
from bot.memory import Told
from bot.store import Store, missing
from bot.store.database import Database
from bot.store.form import HEAD, MIGRATIONS
from bot.store.tables import metadata
from tests.conftest import select
from tests.rooms import BLOG, PLANNED, at, following
from tests.store.entries import update, version

NOW = at("00:05")


def on_database(url: str, do: Callable[[Connection], object]) -> object:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    with create_engine(parsed, poolclass=NullPool).begin() as connection:
        return do(connection)


def differences(connection: Connection) -> object:
    # procrastinate's tables are its own business.
    options = {
        "compare_type": True,
        "include_name": lambda name, kind, _: kind != "table" or "procrastinate" not in name,
    }
    return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)


def constraints(connection: Connection) -> object:
    """What alembic's comparison does not look at: names of keys, and what they hold."""
    seen = inspect(connection)
    return {
        name: (
            seen.get_pk_constraint(name),
            sorted(str(one) for one in seen.get_unique_constraints(name)),
            sorted(str(one) for one in seen.get_foreign_keys(name)),
            sorted(_words(one) for one in seen.get_indexes(name)),
        )
        for name in metadata.tables
    }


def _words(index: Any) -> str:
    # The condition of a partial index is an object, and says itself only where it is asked.
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return str(index | {"dialect_options": options})


async def make(url: str) -> None:
    store = Store(url)
    await store.open()
    await store.close()


async def refusal(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        await make(url)
    said = str(caught.value)
    assert said.endswith(".")
    assert "Traceback" not in said
    return said


# ── Made ─────────────────────────────────────────────────────────────────────────────────────


def migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def test_the_migrations_make_exactly_the_tables(bare_url: str) -> None:
    on_database(bare_url, migrate)

    assert on_database(bare_url, differences) == []
    assert select(bare_url, "SELECT version_num FROM alembic_version") == [(HEAD,)]


async def test_a_new_database_is_the_one_that_the_migrations_make(
    bare_url: str, tmp_path: Path
) -> None:
    await make(bare_url)
    opened = on_database(bare_url, constraints)
    assert on_database(bare_url, differences) == []

    if make_url(bare_url).get_backend_name() == "sqlite":
        migrated = f"sqlite:///{tmp_path / 'migrated.db'}"
        on_database(migrated, migrate)
    else:
        migrated = bare_url
        on_database(migrated, lambda c: [t.drop(c) for t in reversed(metadata.sorted_tables)])
        on_database(migrated, lambda c: c.exec_driver_sql("DROP TABLE alembic_version"))
        on_database(migrated, migrate)
    assert on_database(migrated, constraints) == opened


async def test_a_database_of_an_older_form_is_brought_up_to_date(bare_url: str) -> None:
    # Before the first step there is only alembic's own table.
    on_database(
        bare_url,
        lambda c: c.exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))"),
    )

    await make(bare_url)

    assert on_database(bare_url, differences) == []
    assert select(bare_url, "SELECT version_num FROM alembic_version") == [(HEAD,)]


def test_the_newest_migration_is_the_one_that_the_store_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_of_many_that_open_it_at_once_one_makes_the_tables(bare_url: str) -> None:
    stores = [Store(bare_url) for _ in range(5)]
    done = await asyncio.gather(*(store.open() for store in stores))
    await asyncio.gather(*(store.close() for store in stores))

    assert sum(bool(one) for one in done) == 1


async def test_opening_twice_keeps_what_is_there(database_url: str) -> None:
    for _ in range(2):
        store = Store(database_url)
        await store.open()
        await store.night.install(PLANNED, [following()], NOW)
        await store.close()

    assert select(database_url, "SELECT count(*) FROM contest") == [(2,)]
    assert select(database_url, "SELECT count(*) FROM lane") == [(1,)]
    assert select(database_url, "SELECT count(*) FROM figure") == [(2,)]


async def test_a_sqlite_file_has_a_write_ahead_log(sqlite_url: str) -> None:
    await make(sqlite_url)

    assert select(sqlite_url, "PRAGMA journal_mode") == [("wal",)]


async def test_a_write_that_is_cancelled_leaves_the_file_open(sqlite_url: str) -> None:
    # Whoever closes a file as the last takes its log away, and refuses others meanwhile.
    database = Database(sqlite_url)
    log = Path(f"{make_url(sqlite_url).database}-wal")
    await database.open()

    async def write() -> None:
        async with database.write() as connection:
            while True:
                await connection.execute(text("SELECT 1"))

    for _ in range(3):
        writing = asyncio.create_task(write())
        await asyncio.sleep(0.01)
        writing.cancel()
        await asyncio.wait([writing])
        assert log.exists()  # noqa: ASYNC240 - nothing else is waiting here
    await database.close()


def test_a_database_is_missing_until_it_is_made(tmp_path: Path) -> None:
    path = tmp_path / "teller.db"
    assert missing(f"sqlite:///{path}")

    path.touch()

    assert not missing(f"sqlite:///{path}")
    assert not missing("postgresql://nobody@127.0.0.1/nothing")


# ── Refused ──────────────────────────────────────────────────────────────────────────────────


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(database_url: str) -> None:
    await make(database_url)
    on_database(
        database_url, lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    try:
        said = await refusal(database_url)

        assert "newer version of Teller" in said
        assert "“9999”" in said
        assert "nothing was changed" in said
        assert select(database_url, "SELECT version_num FROM alembic_version") == [("9999",)]
        assert on_database(database_url, differences) == []
    finally:
        on_database(
            database_url,
            lambda c: c.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{HEAD}'"),
        )


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear returning officer, …\n" * 50)

    said = await refusal(f"sqlite:///{letter}")

    assert "letter.txt cannot be used" in said
    assert letter.read_text() == "Dear returning officer, …\n" * 50


async def test_a_database_of_something_else_is_refused_and_left_alone(bare_url: str) -> None:
    on_database(bare_url, lambda c: c.exec_driver_sql("CREATE TABLE blog (id INTEGER)"))

    assert "cannot be used" in await refusal(bare_url)
    assert on_database(bare_url, lambda c: inspect(c).get_table_names()) == ["blog"]


@pytest.mark.parametrize("where", ["nowhere/teller.db", "."])
async def test_a_place_that_is_no_place_for_a_file_is_refused(tmp_path: Path, where: str) -> None:
    said = await refusal(f"sqlite:///{tmp_path / where}")

    assert "unable to open" in said
    assert "whether the place exists" in said


async def test_a_database_that_may_only_be_read_is_refused_at_once(sqlite_url: str) -> None:
    await make(sqlite_url)
    path = make_url(sqlite_url).database

    # Whoever runs the tests as root may write anywhere, so SQLite itself is told not to.
    said = await refusal(f"sqlite:///file:{path}?mode=ro&uri=true")

    assert "readonly" in said
    assert "may be written to" in said


async def test_a_server_that_does_not_answer_is_a_sentence_without_the_password() -> None:
    said = await refusal("postgresql://desk:secret@127.0.0.1:9/teller?connect_timeout=1")

    assert "127.0.0.1" in said
    assert "secret" not in said


@pytest.mark.parametrize(
    "url",
    [
        "teller.db",
        "",
        "mysql://desk@127.0.0.1/teller",
        "postgresql://desk@127.0.0.1:port/teller",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence(url: str) -> None:
    with pytest.raises(StoreError, match=r"DATABASE_URL.*sqlite:///"):
        Store(url)


# ── Instants ─────────────────────────────────────────────────────────────────────────────────


async def test_every_instant_comes_back_in_utc(each_store: Store) -> None:
    british = timezone(timedelta(hours=1))
    moment = datetime(2023, 10, 20, 0, 41, 7, 123456, british)

    await each_store.blogs.keep(update(moment, version("turnout", moment)))

    (health,) = await each_store.newsroom(moment).sources()
    known = (await each_store.blogs.remembered(BLOG)).known["turnout"].published
    for read in (health.last_read, health.last_entry, known):
        assert read == moment
        assert read is not None
        assert read.tzinfo is UTC


async def test_a_time_without_a_zone_is_refused(each_store: Store) -> None:
    naive = datetime(2023, 10, 20, 0, 41)  # noqa: DTZ001 - that is what is tested

    with pytest.raises(StatementError, match="has no time zone"):
        await each_store.blogs.keep(update(naive, version("turnout", NOW)))

    assert (await each_store.blogs.remembered(BLOG)).known == {}


# ── Writers ──────────────────────────────────────────────────────────────────────────────────


async def test_many_writers_at_once_queue_and_nothing_is_lost(each_store: Store) -> None:
    await asyncio.gather(
        *(each_store.blogs.keep(update(NOW, version(f"entry-{n}", NOW))) for n in range(60)),
        *(each_store.newsroom(NOW).latest(5) for _ in range(20)),
    )

    assert len((await each_store.blogs.remembered(BLOG)).known) == 60


async def test_two_programs_write_to_one_file_by_turns(sqlite_url: str) -> None:
    stores = [Store(sqlite_url), Store(sqlite_url)]
    for store in stores:
        await store.open()

    await asyncio.gather(
        *(
            store.blogs.keep(update(NOW, version(f"entry-{number}-{n}", NOW)))
            for n in range(15)
            for number, store in enumerate(stores)
        )
    )

    assert len((await stores[0].blogs.remembered(BLOG)).known) == 30
    for store in stores:
        await store.close()


async def test_a_write_that_fails_half_way_leaves_nothing(each_store: Store) -> None:
    twice = version("turnout", NOW)

    with pytest.raises(Exception, match=r"(?i)unique"):
        await each_store.blogs.keep(update(NOW, twice, twice, announce=True))

    assert (await each_store.blogs.remembered(BLOG)).known == {}
    assert await each_store.outbox.queued() == []


async def test_an_entry_is_kept_with_its_announcement_or_not_at_all(each_store: Store) -> None:
    await each_store.night.install(PLANNED, [following()], NOW)
    kept = update(NOW, version("turnout", NOW), announce=True)
    unsound = replace(kept.announcements[0].post, heading="half a pair: \ud800")
    announcement = replace(kept.announcements[0], post=unsound)

    with pytest.raises(ValueError, match="surrogates"):
        await each_store.blogs.keep(replace(kept, announcements=(announcement,)))
    with pytest.raises(ValueError, match="surrogates"):
        await each_store.telling.tell("subject", int, Told(version=1, value=1), [announcement], NOW)

    assert (await each_store.blogs.remembered(BLOG)).known == {}
    assert await each_store.telling.told("subject", int) is None
    assert await each_store.outbox.queued() == []


async def test_what_is_under_way_ends_before_the_database_is_closed(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    await database.open()
    began, may_end = asyncio.Event(), asyncio.Event()

    async def ask() -> int | None:
        async with database.read() as connection:
            began.set()
            await may_end.wait()
            return (await connection.execute(text("SELECT 7"))).scalar()

    asking = asyncio.create_task(ask())
    await began.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    assert not closing.done()
    may_end.set()
    assert await asking == 7
    await closing

    with pytest.raises(StoreError, match="leaving"):
        async with database.read():
            raise AssertionError("nothing begins any more")
