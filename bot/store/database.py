"""The database: opened, brought up to date, written by one writer at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreError
from bot.store.tables import metadata

HEAD = "0002"
LAST_USES_SECONDS = 5.0
MIGRATIONS = Path(__file__).parent / "migrations"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class Database:
    """One database. Reads run beside each other, writes one after the other.

    SQLite knows only one writer; a second would wait in the file lock and time out, so writers
    queue here, where the wait is fair and costs nothing.

    `generation` counts what was written from here.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        self._reading = self._engine("BEGIN")
        self._writing = self._engine("BEGIN IMMEDIATE")
        self._writer = asyncio.Lock()
        self.generation = 0
        self._uses = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False

    def _engine(self, begin: str) -> AsyncEngine:
        if not self._sqlite:
            return create_async_engine(self.url, pool_size=4)
        engine = create_async_engine(self.url, pool_size=1, max_overflow=0)
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql(begin))
        return engine

    async def open(self) -> None:
        """Bring the tables to this version's form.

        Raises `StoreError` with a sentence where the database cannot be opened, is no database,
        or was made by a newer version.
        """
        try:
            if self._sqlite:
                await asyncio.to_thread(self._try_file)
            async with self.write() as connection:
                await connection.run_sync(_migrate)
        except BaseException as error:
            # A connection that is left open has a thread that outlives the refusal.
            await self.close()
            if isinstance(error, DBAPIError):
                raise StoreError(self._why_not(error.orig)) from error
            if isinstance(error, sqlite3.Error):
                raise StoreError(self._why_not(error)) from error
            raise

    def _try_file(self) -> None:
        # Where the driver cannot open a file, its thread goes on speaking to a loop that may
        # have ended, and a traceback follows the sentence: so it is tried without it first.
        (place,), options = self._writing.dialect.create_connect_args(self.url)
        with closing(sqlite3.connect(place, **options)) as connection:
            connection.execute("PRAGMA schema_version")

    async def close(self) -> None:
        """Give the connections back, once what is under way has ended; nothing begins any more.

        A connection that is in use while its pool goes would never be given back.
        """
        self._closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_USES_SECONDS):
                await self._unused.wait()
        await self._reading.dispose()
        await self._writing.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with. Raises `StoreError` once the database is closed."""
        with self._use():
            async with self._reading.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction: all of it is kept, or nothing. Raises `StoreError` as `read` does."""
        with self._use():
            try:
                async with self._writer, self._writing.begin() as connection:
                    yield connection
            finally:
                self.generation += 1

    @contextmanager
    def _use(self) -> Iterator[None]:
        if self._closed:
            raise StoreError("Teller is leaving; ask again when it is back.")
        self._uses += 1
        self._unused.clear()
        try:
            yield
        finally:
            self._uses -= 1
            if not self._uses:
                self._unused.set()

    def _why_not(self, error: BaseException | None) -> str:
        where = self.url.database if self._sqlite else self.url.render_as_string()
        return (
            f"The database {where} cannot be used: {_first_line(error)}. "
            "Look at DATABASE_URL, and at whether the place exists and may be written to."
        )


def read_url(url: str) -> URL:
    """A `DATABASE_URL` with the driver that Teller uses.

    Raises `StoreError` for one that is no URL or names another kind of database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError(
            "DATABASE_URL is not a database address; it looks like sqlite:///teller.db "
            "or postgresql://user@host/name."
        ) from None
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise StoreError(
            f"DATABASE_URL names “{parsed.get_backend_name()}”; Teller keeps its memory in "
            "sqlite:///… or postgresql://…"
        )
    if driver == _DRIVERS["sqlite"] and parsed.database in (None, "", ":memory:"):
        raise StoreError(
            "DATABASE_URL names no file; Teller has to remember over a restart, in "
            "sqlite:///teller.db or in postgresql://…"
        )
    return parsed.set(drivername=driver)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    # The driver's own transactions begin too late (at the first write): SQLAlchemy begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=5000",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _migrate(connection: Connection) -> None:
    # Alembic is loaded only where there is something to do for it: it costs a fifth of a second
    # and ten megabytes.
    tables = inspect(connection).get_table_names()
    if not tables:
        metadata.create_all(connection)
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
        return
    current = None
    if "alembic_version" in tables:
        current = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if current == HEAD:
        # A place that may only be read is found out now, and not at the first entry of the night.
        connection.execute(text("UPDATE alembic_version SET version_num = version_num"))
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError:
        raise StoreError(
            f"The database was made by a newer version of Teller (its form is “{current}”, "
            f"this version knows “{HEAD}”). Install that version, or point DATABASE_URL at "
            "another database; nothing was changed."
        ) from None


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or "no reason given"


def new_id(made: CursorResult[Any]) -> int:
    """The id of the one row that an insert has made."""
    key = made.inserted_primary_key
    assert key is not None, "an insert of one row has a primary key"  # noqa: S101 - for the types
    return int(key[0])


def missing(url: str) -> bool:
    """Whether a `DATABASE_URL` names a SQLite file that is not there yet."""
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return False
    return not Path(parsed.database).exists()
