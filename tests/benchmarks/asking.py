"""Questions through the desk and the store, next to the bare read of the same rows."""

import asyncio
from datetime import datetime
from pathlib import Path
from time import perf_counter

from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from bot import nights
from bot.app import open_rooms
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Ask, Author, Channel
from bot.clocks import StoppedClock
from bot.store.tables import figure
from tests.benchmarks.report import line, percentile

QUESTIONS = 1000
AT = datetime.fromisoformat("2023-10-20T00:45+01:00")
TYPED = ("turnout tamworth", "result mid beds", "when does tamworth declare?", "majority tamwroth")


async def measure(folder: Path) -> None:
    """One after the other, and fifty at once."""
    database_url = f"sqlite:///{folder}/asking.db"
    night = nights.bundled_night()
    clock = StoppedClock(AT)
    reader = ScriptReader(nights.bundled_script(), clock)
    async with open_rooms(
        night=night, database_url=database_url, clock=clock, reader=reader
    ) as rooms:
        await play_to(AT, rooms, clock)
        author = Author(platform="bench", id="1", name="bench")
        channel = Channel(platform="bench", id="1")
        asks = [Ask(text=text, author=author, channel=channel) for text in TYPED]
        for ask in asks:
            reply = await rooms.desk.answer(ask)
            assert not reply.error, reply
        seconds = []
        began = perf_counter()
        for number in range(QUESTIONS):
            start = perf_counter()
            await rooms.desk.answer(asks[number % len(asks)])
            seconds.append(perf_counter() - start)
        rate = QUESTIONS / (perf_counter() - began)
        p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
        line("questions through desk and store, one after the other", f"{rate:,.0f}/s")
        line("  one question", f"p50 {p50:.2f} ms, p99 {p99:.2f} ms")
        began = perf_counter()
        for _ in range(QUESTIONS // 50):
            await asyncio.gather(*(rooms.desk.answer(asks[n % len(asks)]) for n in range(50)))
        line("  fifty at once", f"{QUESTIONS / (perf_counter() - began):,.0f}/s")
    bare = await _bare_read(database_url)
    line("  the bare read of a contest's figures", f"p50 {bare * 1000:.2f} ms")
    line("  one question next to that read", f"{p50 / 1000 / bare:.1f} ×")


async def _bare_read(database_url: str) -> float:
    engine = create_async_engine(database_url.replace("sqlite:", "sqlite+aiosqlite:"))
    query = select(figure).where(figure.c.contest_id == "parl.tamworth.by.2023-10-19")
    seconds = []
    for _ in range(300):
        start = perf_counter()
        async with engine.connect() as connection:
            (await connection.execute(query)).all()
        seconds.append(perf_counter() - start)
    await engine.dispose()
    return percentile(seconds, 0.5)
