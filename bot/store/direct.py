"""SQLite without a thread between: what is written for a connection one waits for runs on it."""

import sqlite3
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Engine, Executable, create_engine, event
from sqlalchemy.engine import URL, Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import QueuePool

T = TypeVar("T")

# So long a write waits for another program's.
BUSY_SECONDS = 5.0


class LockedError(Exception):
    """Somebody else is writing; nothing has been done."""


def direct_engine(url: URL, *, in_place: bool = False) -> Engine:
    """One connection to write with, used where it is called.

    With `in_place` it waits neither for a lock, raising `LockedError` before anything is begun, nor
    for the disk: writing the log beside the file back to it is left to others.
    """
    engine = create_engine(url, pool_size=1, max_overflow=0, poolclass=QueuePool)
    event.listen(engine, "connect", prepare_sqlite)
    if in_place:
        event.listen(engine, "connect", _never_wait)
    event.listen(engine, "begin", _begin_at_once if in_place else _begin)
    return engine


def in_one_go(engine: Engine, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Do work in a transaction, while the caller waits."""
    with engine.begin() as connection:
        return never_waiting(work(cast(AsyncConnection, Direct(connection))))


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_at_once(connection: Connection) -> None:
    try:
        _begin(connection)
    except OperationalError as error:
        # The low byte is the error, the rest which one of its kind.
        if getattr(error.orig, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY:
            raise LockedError from error
        raise


def prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - of either driver
    """Set a new connection up, of SQLite's own driver or of the one with a thread."""
    # The driver's own transactions begin too late (at the first write): SQLAlchemy begins them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        f"busy_timeout={BUSY_SECONDS * 1000:.0f}",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _never_wait(connection: sqlite3.Connection, _record: object) -> None:
    for pragma in ("busy_timeout=0", "wal_autocheckpoint=0"):
        connection.execute(f"PRAGMA {pragma}")


class Direct:
    """A connection of the thread it is used in, with as much of `AsyncConnection` as we use."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        """What kind of database it is."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:  # noqa: ANN401 - SQLAlchemy's own signature
        """Execute a statement; nobody waits for it."""
        return self._connection.execute(statement, parameters)


def never_waiting(work: Awaitable[T]) -> T:
    """The outcome of work that never waits for anything; `RuntimeError` where it does."""
    waiting = work.__await__()
    try:
        next(waiting)
    except StopIteration as done:
        outcome: T = done.value
        return outcome
    raise RuntimeError("this work waits for something")
