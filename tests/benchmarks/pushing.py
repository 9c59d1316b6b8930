"""From a blog's publication to the request to Slack: with a 10 s poll, and pushed by a hub."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.ask import Channel
from bot.clocks import StoppedClock, WallClock
from bot.platforms.slack.connection import SocketConnection
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Blog
from bot.pushes import HubOffice, routes
from bot.sources.fetch import Fetcher
from bot.sources.hub_requests import HubRequests
from bot.sources.reader import BlogReader
from tests.benchmarks.courier import Posts, a_server
from tests.benchmarks.report import line, percentile
from tests.hub import PUBLIC, HubbedFeed, StandInHub, a_hub
from tests.served import serving

POLL = 10.0
BLOGS, PUSHES = 60, 200
ENTRIES = 100
PATIENCE = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A Teller that follows blogs, each of which its newsroom has just been quiet in."""

    rooms: Rooms
    feeds: list[HubbedFeed]
    posts: Posts
    hub: StandInHub

    async def arrived(self) -> float:
        """When the next post reached Slack, which knows it to the moment."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self.posts.get("arrived")):  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
        return float(found[0][1])


async def measure(folder: Path) -> None:
    """Both, on SQLite."""
    async with a_night(folder / "polled.db", blogs=BLOGS, pushed=False) as night:
        polled = await _polled(night)
    goal = f"≤ {POLL + 0.25:g} s"
    line(
        f"publication to the wire, {POLL:g} s poll",
        f"p50 {percentile(polled, 0.5):.1f} s, p95 {percentile(polled, 0.95):.1f} s",
        f"p95 {goal}",
    )
    async with a_night(folder / "pushed.db", blogs=1, pushed=True) as night:
        whole = await _pushed(night, whole=True)
        alone = await _pushed(night, whole=False)
    for what, seconds in ((f"all {ENTRIES} entries", whole), ("the new entry alone", alone)):
        p50, p95 = (percentile(seconds, share) * 1000 for share in (0.5, 0.95))
        line(f"publication to the wire, {what} pushed", f"p50 {p50:.0f} ms, p95 {p95:.0f} ms",
             "p95 ≤ 100 ms")  # fmt: skip


async def _polled(night: Night) -> list[float]:
    """Every blog publishes once, at any moment of its pace; which one it was is its channel."""
    published: dict[str, float] = {}

    async def publish(number: int, feed: HubbedFeed) -> None:
        await asyncio.sleep(random.uniform(0, POLL))
        feed.clock.moment = datetime.now(UTC)
        feed.post("new", "Boxes arrive")
        published[f"C{number}"] = monotonic()

    await asyncio.gather(*(publish(number, feed) for number, feed in enumerate(night.feeds)))
    arrived: dict[str, float] = {}
    async with asyncio.timeout(PATIENCE):
        while len(arrived) < len(night.feeds):
            arrived |= dict(await night.posts.get("arrived"))
            await asyncio.sleep(0.1)
    return [arrived[channel] - at for channel, at in published.items()]


async def _pushed(night: Night, *, whole: bool) -> list[float]:
    """One entry after the other, told to the hub in the moment that it is published."""
    (feed,), seconds = night.feeds, []
    for number in range(PUSHES):
        id = f"{whole}-{number}"
        feed.clock.moment = datetime.now(UTC)
        feed.post(id, f"Entry {number} from the count", "Votes are being counted. " * 20)
        content = feed.pushed() if whole else feed.pushed(id)
        began = monotonic()
        await night.hub.push(content)
        seconds.append(await night.arrived() - began)
    return seconds


@asynccontextmanager
async def a_night(database: Path, *, blogs: int, pushed: bool) -> AsyncIterator[Night]:
    """The program with so many blogs, each relayed to a channel of its own in Slack."""
    clock = StoppedClock(datetime.now(UTC) - timedelta(minutes=20))
    async with AsyncExitStack() as stack:
        posts = await stack.enter_async_context(a_server())
        hub = await stack.enter_async_context(a_hub())
        feeds = []
        for _ in range(blogs):
            feed = HubbedFeed(clock, hub.root if pushed else None)
            await stack.enter_async_context(serving(feed))
            for number in range(ENTRIES if pushed else 1):
                feed.post(f"old-{number}", f"Entry {number} before", "Nothing is known. " * 20)
            feeds.append(feed)
        read = tuple(Blog(url=f"{one.root}/live", format="atom", poll=POLL) for one in feeds)
        fetcher = await stack.enter_async_context(Fetcher())
        client = await stack.enter_async_context(open_client("xoxb-bench", f"{posts.url}/api/"))
        rooms = await stack.enter_async_context(
            open_rooms(
                night=replace(nights.bundled_night(), blogs=read, following=()),
                database_url=f"sqlite:///{database}",
                clock=WallClock(),
                reader=BlogReader(fetcher),
                platforms=[
                    SlackPlatform(
                        workspaces=OneWorkspace(client),
                        connection=SocketConnection(app_token="xapp-bench"),
                    )
                ],
                following=[],
                hub_office=HubOffice(asker=HubRequests(fetcher), public_url=PUBLIC),
            )
        )
        assert rooms.pushes is not None
        app = web.Application()
        app.add_routes(routes(rooms.pushes.answer))
        door = TestServer(app, host="127.0.0.1")
        await door.start_server()
        stack.push_async_callback(door.close)
        hub.door = str(door.make_url("")).rstrip("/")
        for number, blog in enumerate(read):
            await rooms.relay.look(blog, rooms.night.polling_day)
            channel = Channel(platform="slack", id=f"C{number}")
            now = datetime.now(UTC)
            await rooms.store.subscriptions.follow_blog(channel, blog, frozenset(), [], None, now)
        running = asyncio.create_task(rooms.run(_nobody_leaves()))
        stack.push_async_callback(asyncio.wait, [running])
        stack.callback(running.cancel)
        async with asyncio.timeout(PATIENCE):
            while pushed and not hub.known:  # noqa: ASYNC110 - the hub's own business
                await asyncio.sleep(0.01)
        yield Night(rooms=rooms, feeds=feeds, posts=posts, hub=hub)


async def _nobody_leaves() -> None:
    await asyncio.Event().wait()
