"""Databases for any test: a SQLite file, and PostgreSQL where a server answers."""

import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import structlog
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from bot.settings import Settings
from bot.store import Store
from bot.store.form import bring_up_to_date
from bot.store.tables import metadata

# The long form: pytest --hypothesis-profile=long tests/platforms tests/sources …
# A test says nothing of how fast a machine is that has other things to do.
untimed = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("short", untimed, max_examples=50)
hypothesis.settings.register_profile("long", untimed, max_examples=2_000)
hypothesis.settings.load_profile("short")

SERVER = "postgresql://postgres@127.0.0.1:5432/postgres"


def _server() -> URL:
    return make_url(os.environ.get("TEST_DATABASE_URL", SERVER)).set(
        drivername="postgresql+psycopg", query={"connect_timeout": "3"}
    )


def _on_server(url: URL, *statements: str) -> None:
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))


# Files whose tests wait for real processes: begun first, they do so while others are at work.
SLOW = (
    "torture/",
    "nightplay/",
    "electionnight/",
    "test_killed",
    "test_scaled_processes",
    "test_disk",
    "test_night",
    "test_cli",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in SLOW))


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """What a test lets the log leave out is in it for the next one."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL database for this run of the tests alone."""
    server = _server()
    name = f"teller_test_{secrets.token_hex(6)}"
    try:
        _on_server(server, f"CREATE DATABASE {name}")
    except OperationalError:
        why = (
            f"No PostgreSQL server answers at {server.host}:{server.port}; start one, or name "
            "one in TEST_DATABASE_URL."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    # A server for tests has nothing to lose when its machine does.
    _on_server(server, f"ALTER DATABASE {name} SET synchronous_commit = off")
    yield server.set(drivername="postgresql", database=name, query={}).render_as_string(
        hide_password=False
    )
    _on_server(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with Teller's tables and no row: to copy it takes less than to make it."""
    file = tmp_path_factory.mktemp("made") / "teller.db"
    engine = create_engine(f"sqlite:///{file}", poolclass=NullPool)
    with engine.begin() as connection:
        bring_up_to_date(connection)
    return file


@pytest.fixture
def sqlite_url(made: Path, tmp_path: Path) -> str:
    """A SQLite database without a row in it."""
    return f"sqlite:///{shutil.copy(made, tmp_path)}"


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database with nothing in it, one test on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{request.getfixturevalue('tmp_path') / 'teller.db'}"
        return
    url = str(request.getfixturevalue("postgresql"))
    bare = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    _on_server(make_url(url).set(drivername="postgresql+psycopg"), *bare)
    yield url
    _on_server(make_url(url).set(drivername="postgresql+psycopg"), *bare)


# Who points at others goes before them.
_TABLES = [
    *(f"procrastinate_{name}" for name in ("events", "periodic_defers", "jobs", "workers")),
    *(table.name for table in reversed(metadata.sorted_tables)),
]
# TRUNCATE makes a new file for each table and each index: it takes fifteen times as long. Where a
# test left a transaction open, the next one says so and does not wait for ever.
_EMPTIED = f"""
    DO $$
    DECLARE name text;
    BEGIN
        SET LOCAL lock_timeout = '30s';
        FOREACH name IN ARRAY ARRAY[{", ".join(f"'{name}'" for name in _TABLES)}] LOOP
            IF to_regclass(name) IS NOT NULL THEN
                EXECUTE format('DELETE FROM %I', name);
            END IF;
        END LOOP;
        PERFORM setval(format('%I', sequencename)::regclass, start_value, false)
            FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    END $$
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A database without a row in it, one test on each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = str(request.getfixturevalue("postgresql"))
    _on_server(make_url(url).set(drivername="postgresql+psycopg"), _EMPTIED)
    return url


@pytest.fixture
async def store(sqlite_url: str) -> AsyncIterator[Store]:
    """A store on a SQLite file."""
    opened = Store(sqlite_url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def each_store(database_url: str) -> AsyncIterator[Store]:
    """A store, one test on each kind of database."""
    opened = Store(database_url)
    await opened.open()
    yield opened
    await opened.close()


def select(url: str, statement: str) -> list[Any]:
    """The rows of a statement, asked of a database past the store."""
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, poolclass=NullPool)
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in, without a setting of Teller but its database."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/teller.db")
    return tmp_path
