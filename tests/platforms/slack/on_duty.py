"""A whole Teller in a stand-in Slack: the real desk, store and dispatcher, blogs over real HTTP."""

import asyncio
import inspect
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.post import PostKind
from bot.clocks import StoppedClock
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Desk, Platform
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from tests.nights.blog import LiveBlog
from tests.platforms.slack.connected import Mode, answering, heard, over_http, over_socket
from tests.rooms import at
from tests.slack.server import StandInSlack
from tests.waiting import until


class NoNames(AbstractResolver):
    """Knows no server by its name: nothing leaves this machine."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        raise OSError(f"no server is called {host}")

    async def close(self) -> None:
        """Nothing is open."""


class Attentive:
    """A real desk, of which can be seen whether it is at work: what it overhears has no trace."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.busy = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._desk, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def at_work(*given: Any) -> Any:
            self.busy += 1
            try:
                return await found(*given)
            finally:
                self.busy -= 1

        return at_work


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What is at work; its clock stands still until it is moved."""

    rooms: Rooms
    clock: StoppedClock

    async def move_to(self, words: str) -> None:
        """Let it become another time, and what is due then be sent."""
        self.clock.moment = at(words)
        await self.rooms.diary.deliver_due(self.clock.moment)
        assert await self.rooms.dispatcher.settle(10)

    async def look(self, blog: LiveBlog, words: str, times: int = 1) -> None:
        """Let a blog stand as it did at a time, read it, and send what follows from that."""
        self.clock.moment = blog.at = at(words)
        followed = await self.rooms.store.blogs.at(blog.url)
        assert followed is not None
        for _ in range(times):
            await self.rooms.relay.look(followed, self.rooms.night.polling_day)
        assert await self.rooms.dispatcher.settle(10)

    async def queued(self, kind: PostKind) -> list[str]:
        """The headings of what was ever queued, of a kind."""
        queued = await self.rooms.store.outbox.queued()
        return [post.heading for _, post, _ in queued if post.kind is kind]


@asynccontextmanager
async def on_duty(
    slack: StandInSlack,
    client: AsyncWebClient,
    folder: Path,
    mode: Mode = "socket",
    *,
    time: str = "00:30",
    allow: tuple[str, ...] = ("127.0.0.1",),
) -> AsyncIterator[Duty]:
    """Teller at a time of the bundled night, without its blog, listening.

    `allow` are private servers that blogs may be read from.
    """
    connection = over_socket(slack) if mode == "socket" else over_http(slack)
    platform = SlackPlatform(workspaces=OneWorkspace(client), connection=connection)
    async with at_work(platform, folder, time=time, allow=allow) as duty:
        desk = Attentive(duty.rooms.desk)
        async with answering(platform, desk):
            await heard(slack, mode)
            yield duty
            await slack.settled()
            # What is still being looked up needs the store, which closes next.
            await until(lambda: not desk.busy)


@asynccontextmanager
async def at_work(
    platform: Platform,
    folder: Path,
    *,
    time: str = "00:30",
    allow: tuple[str, ...] = ("127.0.0.1",),
) -> AsyncIterator[Duty]:
    """The same without ears: what is posted goes out by this platform."""
    clock = StoppedClock(at(time))
    async with (
        Fetcher(seconds=10, allow=allow, resolver=NoNames(), sleep=at_once) as fetcher,
        open_rooms(
            night=replace(nights.bundled_night(), blogs=(), following=()),
            database_url=f"sqlite:///{folder / 'duty.db'}",
            clock=clock,
            reader=BlogReader(fetcher),
            platforms=[platform],
            following=(),
        ) as rooms,
    ):
        delivering = asyncio.create_task(rooms.dispatcher.run())
        try:
            yield Duty(rooms=rooms, clock=clock)
        finally:
            delivering.cancel()
            await asyncio.gather(delivering, return_exceptions=True)


async def at_once(_: float) -> None:
    """A pause between two tries, of no length."""


def wrapped(url: str) -> str:
    """An address as Slack hands it on from a message."""
    return f"<{url}|{url.partition('://')[2]}>"


def posted(slack: StandInSlack, channel: str = "C1") -> list[dict[str, Any]]:
    """What the dispatcher has put into a channel, oldest first."""
    return [m for m in slack.channel(channel).messages if m.get("metadata")]


def refused(slack: StandInSlack) -> list[str]:
    """Everything that Slack did not like."""
    return [call.answer["error"] for call in slack.calls if not call.answer.get("ok", True)]
