"""Very many feeds at a 60 s poll that answer “not modified”: processor and memory."""

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic, process_time

import aiohttp
from sqlalchemy import create_engine, insert
from sqlalchemy.pool import NullPool

from bot import nights
from bot.app import open_rooms
from bot.clocks import WallClock
from bot.ports import Blog, Fetched, Validators
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.store import tables
from tests.benchmarks.feed_server import ETAG, address
from tests.benchmarks.report import forget_peak, line, megabytes

# Feeds in which nothing new comes are read at a sixth of their pace: each 60 seconds.
POLL, EACH = 10.0, 60.0
PATIENCE, SETTLED = 300.0, 10.0
ASKED = 2_000
ENTRY_AT = datetime(2023, 10, 19, 22, tzinfo=UTC)


class Counted(BlogReader):
    """The reader, which counts."""

    looks = 0

    async def read(self, url: str, **given: object) -> Fetched:
        """One look."""
        fetched = await super().read(url, **given)  # type: ignore[arg-type]
        self.looks += 1
        assert fetched.validators != Validators()
        return fetched


@asynccontextmanager
async def a_server() -> AsyncIterator[int]:
    """The port of a server of feeds; it ends with us, for it reads our end of a pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.feed_server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.stdin.close()
        await process.wait()


async def measure(folder: Path) -> None:
    """A thousand feeds and ten thousand."""
    found = {}
    async with a_server() as port:
        bare = await _ask(port)
        for feeds in (1_000, 10_000):
            found[feeds] = await _poll(folder, port, feeds)
    (few, some), (many, more) = found[1_000], found[10_000]
    line("1,000 feeds at a 60 s poll, not modified", f"{few:.3f} of a core, {some:.0f} MB")
    line(
        "10,000 feeds at a 60 s poll, not modified",
        f"{many:.2f} of a core, {more:.0f} MB",
        "≤ 0.5 of a core, ≤ 300 MB",
    )
    line("  next to 1,000: processor", f"{many / few:.1f} ×", "≤ 10 ×")
    line("  next to asking alone, without a look", f"{many / (bare * 10_000 / EACH):.1f} ×")


async def _ask(port: int) -> float:
    """Seconds of the processor that one request takes a bare client, as few at a time as above."""
    cpu = process_time()
    async with aiohttp.ClientSession() as session:
        for number in range(ASKED):
            headers = {"If-None-Match": ETAG}
            async with session.get(address(number, port), headers=headers) as response:
                assert response.status == 304
    return (process_time() - cpu) / ASKED


async def _poll(folder: Path, port: int, feeds: int) -> tuple[float, float]:
    """The share of a core, and megabytes held at the peak, once all have been read once."""
    blogs = [Blog(url=address(number, port), format="atom", poll=POLL) for number in range(feeds)]
    night = replace(nights.bundled_night(), blogs=tuple(blogs), following=())
    database = folder / f"feeds-{feeds}.db"
    async with Fetcher() as fetcher:
        reader = Counted(fetcher)
        async with open_rooms(
            night=night,
            database_url=f"sqlite:///{database}",
            clock=WallClock(),
            reader=reader,
        ) as rooms:
            _know(database, blogs)
            running = asyncio.create_task(rooms.relay.run(blogs, night.polling_day))
            # At the start all are read at once, and what channels were told of each is looked up.
            await _until(reader, feeds)
            await asyncio.sleep(SETTLED)
            forget_peak()
            cpu, looks, began = process_time(), reader.looks, monotonic()
            await _until(reader, looks + feeds)
            seconds = (process_time() - cpu) / (reader.looks - looks) * feeds
            memory = megabytes("VmHWM")
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            assert monotonic() - began < PATIENCE
    return seconds / EACH, memory


def _know(database: Path, blogs: Sequence[Blog]) -> None:
    """Have them on record as after a look, with an entry each."""
    numbers = range(1, len(blogs) + 1)
    rows = [
        {"id": id, "key": blog.key, "url": blog.url, "format": blog.format, "etag": ETAG,
         "title": "Feed", "last_read": ENTRY_AT, "from_chat": False}
        for id, blog in zip(numbers, blogs, strict=True)
    ]  # fmt: skip
    entries = [
        {"blog_id": id, "entry_id": f"entry-{id}", "version": 1, "digest": "0" * 64,
         "published": ENTRY_AT, "modified": ENTRY_AT, "withdrawn": False, "missing": 0,
         "id_derived": False, "posted": True}
        for id in numbers
    ]  # fmt: skip
    engine = create_engine(f"sqlite:///{database}", poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(insert(tables.blog), rows)
        connection.execute(insert(tables.entry), entries)


async def _until(reader: Counted, looks: int) -> None:
    async with asyncio.timeout(PATIENCE):
        while reader.looks < looks:  # noqa: ASYNC110 - it counts, and says nothing
            await asyncio.sleep(0.05)
