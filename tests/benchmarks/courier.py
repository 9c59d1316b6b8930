"""The courier next to a bare client: durable fan-out, the way of one message, very many lanes."""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter
from typing import Any

import aiohttp
from prometheus_client import CollectorRegistry
from slack_sdk.web.async_client import AsyncWebClient

from bot import garbage
from bot.app import PostOffice, dispatching, read_catalogue
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock
from bot.courier import Courier, Dispatcher
from bot.courier.counts import Counts
from bot.courier.scaled import ScaledDispatcher
from bot.platforms.slack.connection import SocketConnection
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Platform
from bot.store import Store
from tests.benchmarks.report import forget_peak, line, megabytes, percentile
from tests.nights.facts import TAMWORTH
from tests.rooms import at, plan
from tests.store.entries import update, version

NOW = at("00:41")
ROUNDS = 5
# More do not make it faster.
BARE_AT_ONCE = 32
WAYS = 200
HEADING = "Turnout in Tamworth was 35.9%, the returning officer at the count has said"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posts:
    """The server that takes posts."""

    url: str
    session: aiohttp.ClientSession

    async def get(self, what: str) -> Any:
        """What it was told since it was asked last."""
        async with self.session.get(f"{self.url}/{what}") as answer:
            return await answer.json()


@asynccontextmanager
async def a_server() -> AsyncIterator[Posts]:
    """A server for posts; it ends with us, for it reads our end of a pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.post_server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        async with aiohttp.ClientSession() as session:
            yield Posts(url=f"http://127.0.0.1:{port}", session=session)
    finally:
        process.stdin.close()
        await process.wait()


class Newsroom:
    """A store with so many channels that follow everything, and what delivers to them."""

    def __init__(self, store: Store, platform: Platform) -> None:
        self.store = store
        self.courier = Courier(
            outbox=store.outbox,
            platforms={platform.name: platform},
            clock=StoppedClock(NOW),
            word=read_catalogue().word,
            counts=Counts(CollectorRegistry()),
        )
        self._number = 0

    async def say(self, entries: int = 1) -> None:
        """Keep new entries, and with them an item for each channel."""
        kept = []
        for _ in range(entries):
            self._number += 1
            kept.append(version(f"e{self._number}", NOW, 1, heading=HEADING))
        await self.store.blogs.keep(update(NOW, *kept, announce=True))

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[Dispatcher | ScaledDispatcher]:
        """The dispatcher, at work."""
        dispatcher = dispatching(self.store, self.courier, PostOffice())
        task = asyncio.create_task(dispatcher.run())
        try:
            yield dispatcher
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def a_newsroom(url: str, posts: Posts, channels: int) -> AsyncIterator[Newsroom]:
    """A newsroom on a database."""
    store = Store(url)
    await store.open()
    try:
        served = [
            Following(channel=Channel(platform="slack", id=f"C{n}"), follows=frozenset(Follow))
            for n in range(channels)
        ]
        await store.night.install([plan(TAMWORTH)], served, NOW)
        async with open_client("xoxb-bench", f"{posts.url}/api/") as client:
            platform = SlackPlatform(
                workspaces=OneWorkspace(client), connection=SocketConnection(app_token="xapp-bench")
            )
            # As the service does once it is ready.
            garbage.settle()
            yield Newsroom(store, platform)
    finally:
        await store.close()


async def measure(folder: Path) -> None:
    """Delivery on SQLite."""
    async with a_server() as posts:
        for entries, channels in ((1, 1_000), (20, 100)):
            await _fan_out(folder, posts, entries, channels)
        await way(f"sqlite:///{folder}/way.db", posts, "SQLite", "≤ 10 ms, ≤ 50 ms")
        await _many(folder, posts)


async def _fan_out(folder: Path, posts: Posts, entries: int, channels: int) -> None:
    """Entries to channels: kept, sent and known to be sent, next to sending alone.

    The bare client is slack_sdk's as it comes, on a session that is kept.
    """
    url = f"sqlite:///{folder}/fan-out-{channels}.db"
    async with (
        a_newsroom(url, posts, channels) as newsroom,
        newsroom.delivering() as dispatcher,
        aiohttp.ClientSession() as session,
    ):
        client = AsyncWebClient("xoxb-bench", f"{posts.url}/api/", session=session)

        async def ours() -> None:
            await newsroom.say(entries)
            dispatcher.wake()
            assert await dispatcher.settle(120)

        await posts.get("bodies")
        await ours()
        bodies = await posts.get("bodies")

        async def bare() -> None:
            waiting = iter(range(entries * channels))

            async def lane() -> None:
                for number in waiting:
                    body = bodies[number % len(bodies)] | {"channel": f"C{number % channels}"}
                    await client.chat_postMessage(**body)

            await asyncio.gather(*(lane() for _ in range(BARE_AT_ONCE)))

        ratios, rates = [], []
        for number in range(ROUNDS):
            first, second = (ours, bare) if number % 2 else (bare, ours)
            seconds = {first: await _seconds(first)}
            seconds[second] = await _seconds(second)
            ratios.append(seconds[bare] / seconds[ours])
            rates.append(entries * channels / seconds[ours])
    line(
        f"{entries} {'entry' if entries == 1 else 'entries'} to {channels:,} channels, SQLite",
        f"{statistics.median(rates):,.0f}/s",
    )
    line("  ratio to a bare client", f"{statistics.median(ratios):.2f} ×", "≥ 0.6 ×, then 0.9 ×")


async def way(url: str, posts: Posts, database: str, goal: str) -> None:
    """From the outbox's commit to the request's arrival, one message after the other."""
    async with a_newsroom(url, posts, 1) as newsroom, newsroom.delivering() as dispatcher:
        seconds = []
        for number in range(WAYS + 10):
            await posts.get("arrived")
            await newsroom.say()
            kept = monotonic()
            dispatcher.wake()
            while not (arrived := await posts.get("arrived")):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.001)
            assert await dispatcher.settle(10)
            if number >= 10:
                seconds.append(max(arrived[0][1] - kept, 0.0) * 1000)
    line(
        f"from the outbox to the wire, {database}",
        f"p50 {percentile(seconds, 0.5):.1f} ms, p99 {percentile(seconds, 0.99):.1f} ms",
        goal,
    )


async def _many(folder: Path, posts: Posts) -> None:
    """Very many lanes with an item each: what time and memory grow by.

    On a machine that others use too, one run may take half as long again as the next.
    """
    times, peaks = [], []
    for number in range(ROUNDS):
        few, some = await _drained(folder / f"few-{number}.db", posts, 1_000)
        many, more = await _drained(folder / f"many-{number}.db", posts, 10_000)
        times.append(many / few)
        peaks.append((more, some))
    line(
        "10,000 lanes with one item each, next to 1,000: time",
        f"{statistics.median(times):.1f} ×",
        "≤ 10 ×",
    )
    more, some = max(peaks)
    line("  memory at its peak, above rest", f"{more:.1f} MB, next to {some:.1f} MB", "≤ 10 ×")


async def _drained(file: Path, posts: Posts, channels: int) -> tuple[float, float]:
    """Seconds that it takes to drain so many lanes, and megabytes that it takes above rest."""
    async with a_newsroom(f"sqlite:///{file}", posts, channels) as newsroom:
        await newsroom.say()
        forget_peak()
        resting = megabytes("VmRSS")
        async with newsroom.delivering() as dispatcher:
            began = perf_counter()
            assert await dispatcher.settle(300)
            return perf_counter() - began, megabytes("VmHWM") - resting


async def _seconds(work: Callable[[], Awaitable[None]]) -> float:
    began = perf_counter()
    await work()
    return perf_counter() - began
