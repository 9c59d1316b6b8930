"""The courier on PostgreSQL: the way of one message, and what a second process adds."""

import asyncio
import os
import secrets
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from time import monotonic

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from tests.benchmarks.courier import Posts, a_newsroom, a_server, way
from tests.benchmarks.report import line

SERVER = os.environ.get("TEST_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
CHANNELS, ENTRIES = 200, 10
PATIENCE = 120.0


async def measure(folder: Path) -> None:
    """Delivery on PostgreSQL; a line that says so where none answers."""
    try:
        with a_database() as url:
            async with a_server() as posts:
                await way(url, posts, "PostgreSQL", "≤ 25 ms, ≤ 100 ms")
        for processes in (1, 2):
            with a_database() as url:
                async with a_server() as posts:
                    await _shared(folder, url, posts, processes)
    except OperationalError:
        line("the courier on PostgreSQL", "no server answers")


@contextmanager
def a_database() -> Iterator[str]:
    """A database of its own."""
    server = make_url(SERVER).set(drivername="postgresql+psycopg")
    name = f"teller_bench_{secrets.token_hex(6)}"
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield server.set(drivername="postgresql", database=name).render_as_string(
            hide_password=False
        )
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@asynccontextmanager
async def a_worker(folder: Path, url: str, posts: Posts) -> AsyncIterator[None]:
    """`teller work`, once it says that it is at work."""
    settings = {
        "DATABASE_URL": url,
        "SLACK_BOT_TOKEN": "xoxb-bench",
        "SLACK_APP_TOKEN": "xapp-bench",
        "SLACK_API_URL": f"{posts.url}/api/",
        "LOG_LEVEL": "INFO",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        "work",
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(Path.cwd())} | settings,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while b"teller.works" not in await process.stderr.readline():
                """It starts."""
        reading = asyncio.create_task(process.stderr.read())
        yield
    finally:
        process.terminate()
        await process.wait()
        reading.cancel()


async def _shared(folder: Path, url: str, posts: Posts, processes: int) -> None:
    """Entries to channels by so many processes, of which none is this one."""
    async with a_newsroom(url, posts, CHANNELS) as newsroom, AsyncExitStack() as workers:
        for _ in range(processes):
            await workers.enter_async_context(a_worker(folder, url, posts))
        await newsroom.say()
        await _until(posts, CHANNELS)
        began = monotonic()
        await newsroom.say(ENTRIES)
        last = await _until(posts, CHANNELS * ENTRIES)
    line(
        f"{ENTRIES} entries to {CHANNELS} channels, PostgreSQL, "
        f"{processes} process{'es' if processes > 1 else ''}",
        f"{CHANNELS * ENTRIES / (last - began):,.0f}/s",
    )


async def _until(posts: Posts, number: int) -> float:
    """When the last of so many messages arrived."""
    arrived: list[tuple[str, float]] = []
    async with asyncio.timeout(PATIENCE):
        while len(arrived) < number:
            arrived += await posts.get("arrived")
            await asyncio.sleep(0.02)
    return max(at for _, at in arrived)
