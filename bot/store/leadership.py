"""Who leads: of all processes on one database, one reads the blogs and keeps the diary."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from bot.back_off import BackOff
from bot.errors import StoreError
from bot.store.database import read_url
from bot.store.lines import line

if TYPE_CHECKING:
    import psycopg

log = structlog.get_logger()

# By database, as all of PostgreSQL's advisory locks.
LEADING, BEGINNING = 0x7E11E402, 0x7E11E403
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.25, 3.0
# Where a connection breaks, its lock may be another's a moment before who had it has noticed: in
# so many seconds that one has stopped.
GRACE = 0.5


class Leadership:
    """The lead among the processes on one database. On SQLite there is one process: it leads.

    On PostgreSQL a lock that belongs to a connection says who does. It falls to the next that
    waits for it: at once where the leader ends or is killed, within some ten seconds where its
    machine or network dies. A leader that is stopped (SIGSTOP) and not dead keeps it.
    """

    def __init__(self, url: str) -> None:
        self._url = read_url(url)
        self.contested = self._url.get_backend_name() == "postgresql"

    async def lead(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` once nobody else leads; again after the lead was lost, until it has ended.

        It is cancelled at once where the lead is lost. Raises what it raises.
        """
        if not self.contested:
            await work()
            return
        import psycopg

        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                async with line(self._url) as connection:
                    await connection.execute("SELECT pg_advisory_lock(%s)", [LEADING])
                    back_off.reset()
                    if await _while_there(connection, partial(_begin, work)):
                        return
                    log.warning("leadership.lost")
            except psycopg.Error as error:
                log.warning("leadership.no_database", why=type(error).__name__)
            await back_off.pause()


async def _begin(work: Callable[[], Awaitable[None]]) -> None:
    await asyncio.sleep(GRACE)
    log.info("leadership.gained")
    await work()


async def _while_there(
    connection: "psycopg.AsyncConnection", work: Callable[[], Awaitable[None]]
) -> bool:
    """Work until the connection is lost; whether the work ended before."""
    working = asyncio.ensure_future(work())
    watching = asyncio.create_task(_lost(connection))
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            return False
        await working
        return True
    finally:
        for task in (working, watching):
            task.cancel()
        # The lock is given back after that: nobody begins before this one has ended.
        await asyncio.wait({working, watching})
        if working.done() and not working.cancelled() and (error := working.exception()):
            log.debug("leadership.ended", why=type(error).__name__)


async def _lost(connection: "psycopg.AsyncConnection") -> None:
    """Wait until a connection is lost; nothing is ever said on it."""
    import psycopg

    try:
        async for _ in connection.notifies():
            pass
    except psycopg.Error:
        pass


@asynccontextmanager
async def in_turn(url: str) -> AsyncIterator[None]:
    """Within it, no other process on the database is; on SQLite there is none."""
    parsed = read_url(url)
    if parsed.get_backend_name() != "postgresql":
        yield
        return
    import psycopg

    async with AsyncExitStack() as stack:
        try:
            connection = await stack.enter_async_context(line(parsed))
            await connection.execute("SELECT pg_advisory_lock(%s)", [BEGINNING])
        except psycopg.Error as error:
            raise StoreError(
                f"The database {parsed.render_as_string()} cannot be used: "
                f"{str(error).partition(chr(10))[0]}. Look at DATABASE_URL."
            ) from None
        yield


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Within it, no other process runs a night on the same SQLite file.

    On PostgreSQL any number may. Raises `StoreError` where another does already, or where it
    cannot be known.
    """
    parsed = read_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        yield
        return
    path = Path(f"{parsed.database}.lock")
    with ExitStack() as stack:
        try:
            # Without a buffer: what cannot be written is found out here, and not as it is closed.
            file = stack.enter_context(path.open("a+b", buffering=0))
            # The system lets go of it where the process dies, however it does.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.truncate(0)
            file.write(b"%d\n" % os.getpid())
        except BlockingIOError:
            file.seek(0)
            who = (file.read(20) or b"").strip().decode(errors="replace")
            raise StoreError(
                f"Another Teller runs on {parsed.database} already"
                f"{f' (process {who})' if who.isdecimal() else ''}. Stop that one first, or give "
                "this one another DATABASE_URL; several share one PostgreSQL database."
            ) from None
        except OSError as error:
            raise StoreError(
                f"The database {parsed.database} cannot be used: {path} cannot be written "
                f"({error.strerror}). Look at DATABASE_URL, and at whether the place exists and "
                "may be written to."
            ) from None
        yield
