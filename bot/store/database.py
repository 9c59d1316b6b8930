"""The database: opened, brought up to date, written by one writer at a time."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from sqlalchemy import CursorResult, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import StoreError
from bot.store.direct import LockedError, direct_engine, in_one_go, prepare_sqlite
from bot.store.form import bring_up_to_date
from bot.store.lines import ALIVE, PREPARING

T = TypeVar("T")

LAST_USES_SECONDS = 5.0
SECOND_TRY_SECONDS = 0.5
# The first with UPDATE FROM, https://sqlite.org/lang_update.html#upfrom.
OLDEST_SQLITE = (3, 33)
# Of so many brief transactions one is done in a thread.
IN_PLACE = 64
CHANGED = "teller_changed"
_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
}


class Database:
    """One database. Reads run beside each other, writes one after the other.

    SQLite knows only one writer; a second would wait in the file lock and time out, so writers
    queue here, where the wait is fair and costs nothing.

    `generation` counts what was written of the night's facts from here; by `origin` others know
    who wrote.
    """

    def __init__(self, url: str) -> None:
        self.url = read_url(url)
        self._sqlite = self.url.get_backend_name() == "sqlite"
        self.origin = uuid4().hex
        self._reading = self._engine("BEGIN")
        self._writing = self._engine("BEGIN IMMEDIATE")
        self._writer = asyncio.Lock()
        # Made where they are not used, too: an engine opens nothing before it is.
        file = self.url.set(drivername="sqlite") if self._sqlite else make_url("sqlite://")
        self._direct = direct_engine(file)
        self._in_place = direct_engine(file, in_place=True)
        self._done_in_place = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="teller-store")
        self.generation = 0
        self._uses = 0
        self._unused = asyncio.Event()
        self._unused.set()
        self._closed = False

    def _engine(self, begin: str) -> AsyncEngine:
        if not self._sqlite:
            return create_async_engine(self.url, pool_size=4, connect_args=ALIVE)
        engine = create_async_engine(self.url, pool_size=1, max_overflow=0)
        event.listen(engine.sync_engine, "connect", prepare_sqlite)
        event.listen(engine.sync_engine, "begin", lambda c: c.exec_driver_sql(begin))
        return engine

    async def open(self) -> list[str]:
        """Bring the tables to this version's form; what was done for it, in sentences.

        Several processes may do so at once. Raises `StoreError` with a sentence where the database
        cannot be opened, is no database, or was made by a newer version.
        """
        try:
            if not self._sqlite:
                return await self._made()
            await asyncio.to_thread(self._try_file)
            done = await self._made()
            await asyncio.get_running_loop().run_in_executor(self._thread, self._hold)
            return done
        except BaseException as error:
            # A connection that is left open has a thread that outlives the refusal.
            await self.close()
            if isinstance(error, DBAPIError):
                raise StoreError(self._why_not(error.orig)) from error
            if isinstance(error, sqlite3.Error):
                raise StoreError(self._why_not(error)) from error
            raise

    async def _made(self) -> list[str]:
        """Make or mend the tables; what was done, in sentences.

        Whoever closes a file as the last has it for itself for a moment, and whoever opens it then
        is refused, as SQLite says (https://sqlite.org/wal.html, “Sometimes Queries Return
        SQLITE_BUSY”): so a file that is locked is tried a second time.
        """
        try:
            async with self.write() as connection:
                return await connection.run_sync(bring_up_to_date)
        except OperationalError:
            if not self._sqlite:
                raise
            await asyncio.sleep(SECOND_TRY_SECONDS)
        async with self.write() as connection:
            return await connection.run_sync(bring_up_to_date)

    def _try_file(self) -> None:
        if sqlite3.sqlite_version_info < OLDEST_SQLITE:
            raise StoreError(
                f"This Python has SQLite {sqlite3.sqlite_version}, and Teller needs 3.33 (of 2020) "
                "or newer: use another Python, or a PostgreSQL database."
            )
        # Where the driver cannot open a file, its thread goes on speaking to a loop that may
        # have ended, and a traceback follows the sentence: so it is tried without it first.
        (place,), options = self._writing.dialect.create_connect_args(self.url)
        with closing(sqlite3.connect(place, **options)) as connection:
            connection.execute("PRAGMA schema_version")

    def _hold(self) -> None:
        """Keep connections open for as long as the database is.

        The others are closed where what uses them is cancelled. Were one of them the last, it
        would have the file for itself for a moment, and whoever writes then would be refused.
        """
        with self._direct.connect(), self._in_place.connect():
            pass

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
        self._thread.shutdown()
        self._direct.dispose()
        self._in_place.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection to read with. Raises `StoreError` once the database is closed."""
        with self._use():
            async with self._reading.begin() as connection:
                yield connection

    @asynccontextmanager
    async def write(
        self, *, tell: bool = False, facts: bool = False
    ) -> AsyncIterator[AsyncConnection]:
        """A transaction: all of it is kept, or nothing. Raises `StoreError` as `read` does.

        With `tell`, other processes on a PostgreSQL database look at what it has changed. `facts`
        are contests and figures: what is kept of them in memory is old then.
        """
        with self._use():
            try:
                async with self._writer, self._writing.begin() as connection:
                    yield connection
                    if tell and not self._sqlite:
                        await connection.execute(select(func.pg_notify(CHANGED, self.origin)))
            finally:
                self.generation += facts

    async def write_in_one_go(
        self,
        work: Callable[[AsyncConnection], Awaitable[T]],
        *,
        brief: bool = False,
        tell: bool = False,
        facts: bool = False,
    ) -> T:
        """Do `work` in a transaction of its own, and nothing else in it but use the connection.

        On SQLite it is done in one visit to another thread, where each statement is one visit
        otherwise, which takes longer than the statement itself. What is `brief`, some milliseconds
        at most, is done where it is asked for: two threads want the same interpreter, and while
        messages go out each takes half as long again for the other. `tell`, `facts` and what it
        raises are as with `write`.
        """
        if not self._sqlite:
            async with self.write(tell=tell, facts=facts) as connection:
                return await work(connection)
        with self._use():
            try:
                async with self._writer:
                    if brief and self._may_be_in_place():
                        with suppress(LockedError):
                            return in_one_go(self._in_place, work)
                    loop = asyncio.get_running_loop()
                    return await loop.run_in_executor(self._thread, in_one_go, self._direct, work)
            finally:
                self.generation += facts

    def _may_be_in_place(self) -> bool:
        """Whether nothing has to wait for the disk: every so often a thread has its turn.

        Its connection writes back to the file what has come together in the log beside it.
        """
        self._done_in_place = (self._done_in_place + 1) % IN_PLACE
        return self._done_in_place != 0

    @property
    def shared(self) -> bool:
        """Whether several processes may work with it at a time."""
        return not self._sqlite

    async def now(self, connection: AsyncConnection) -> datetime:
        """The instant it is, UTC, on the one clock that all who use the database share."""
        if self._sqlite:
            return datetime.now(UTC)
        moment: datetime = (await connection.execute(select(func.clock_timestamp()))).scalar_one()
        return moment.astimezone(UTC)

    async def in_turn(self, connection: AsyncConnection) -> None:
        """Wait for other processes that do what this transaction does, until it has ended.

        On SQLite there is no other.
        """
        if not self._sqlite:
            await connection.execute(select(func.pg_advisory_xact_lock(PREPARING)))

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


def explained(error: BaseException) -> StoreError | None:
    """An error of the database itself (no room, locked, broken, away); None for one of ours."""
    if not isinstance(error, OperationalError) and type(error) is not DatabaseError:
        return None
    return StoreError(
        f"The database cannot be used any more: {_first_line(error.orig)}. Look at the disk that "
        "DATABASE_URL names, or at its server. What was kept is safe; Teller goes on from there."
    )


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
