"""What other processes change: heard at once, for nobody has to look for it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from bot.back_off import BackOff
from bot.store.database import CHANGED, Database
from bot.store.lines import line

log = structlog.get_logger()

FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.25, 5.0


class Notices:
    """What the other processes on the same database say with `Database.write(tell=True)`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listen(self, heard: Callable[[], Awaitable[None]]) -> None:
        """Await `heard` whenever others have changed something, until cancelled.

        Many changes at a time may come as one; where the connection was lost meanwhile, something
        may have changed, and it is awaited too. On SQLite there are no others.
        """
        news = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            if self._database.url.get_backend_name() == "postgresql":
                tasks.create_task(self._hear(news))
            while True:
                await news.wait()
                news.clear()
                # What is kept in memory is as old as the last thing that was written from here.
                self._database.generation += 1
                try:
                    await heard()
                except Exception:
                    log.exception("notices.broke")

    async def _hear(self, news: asyncio.Event) -> None:
        import psycopg

        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                async with line(self._database.url) as connection:
                    await connection.execute(f"LISTEN {CHANGED}")
                    back_off.reset()
                    news.set()
                    async for notice in connection.notifies():
                        if notice.payload != self._database.origin:
                            news.set()
            except psycopg.Error as error:
                log.warning("notices.no_database", why=type(error).__name__)
            await back_off.pause()
