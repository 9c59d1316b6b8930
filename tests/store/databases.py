"""A database that a test opens by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.database import Database


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """Opened, and closed at the end."""
    database = Database(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
