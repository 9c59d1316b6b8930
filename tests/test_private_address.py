"""An address from chat that leads into a private network, with the real reader over loopback."""

import json
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.chat.ask import Channel
from bot.clocks import StoppedClock
from bot.errors import SourceError
from bot.ports import Blog
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from tests.nights.facts import POLLING_DAY
from tests.rooms import at, open_room

SPORT = Channel(platform="terminal", id="sport")
NONE: frozenset[str] = frozenset()
CLOCK = StoppedClock(at("01:00"))


class LivePage:
    """A live blog on loopback, and how often it was asked for."""

    def __init__(self) -> None:
        self.requests = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.Response:
        self.requests += 1
        entry = {
            "@type": "BlogPosting",
            "@id": "welcome",
            "headline": "Welcome",
            "datePublished": at("00:05").isoformat(),
        }
        blog = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "liveBlogUpdate": [entry],
        }
        page = f'<title>Live</title><script type="application/ld+json">{json.dumps(blog)}</script>'
        return web.Response(text=page, content_type="text/html")


@pytest.fixture
async def page() -> AsyncIterator[LivePage]:
    page = LivePage()
    app = web.Application()
    app.router.add_get("/live", page.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    page.url = str(server.make_url("/live"))
    yield page
    await server.close()


async def test_a_private_address_is_refused_and_not_connected_to(
    sqlite_url: str, page: LivePage
) -> None:
    async with (
        Fetcher(seconds=5.0) as fetcher,
        open_room(sqlite_url, clock=CLOCK, reader=BlogReader(fetcher)) as room,
    ):
        with pytest.raises(SourceError, match="private network"):
            await room.channels.follow_blog(SPORT, page.url, NONE)

        assert page.requests == 0
        assert await room.store.subscriptions.blogs_from_chat() == []
        assert await room.store.newsroom(CLOCK.now()).sources() == []


async def test_a_private_address_that_the_settings_allow_is_followed(
    sqlite_url: str, page: LivePage
) -> None:
    async with (
        Fetcher(seconds=5.0, allow=("127.0.0.1",)) as fetcher,
        open_room(sqlite_url, clock=CLOCK, reader=BlogReader(fetcher)) as room,
    ):
        await room.channels.follow_blog(SPORT, page.url, NONE)

        assert await room.stands(SPORT) == ["Welcome"]
        assert page.requests == 1


async def test_a_blog_of_the_night_file_may_be_private(sqlite_url: str, page: LivePage) -> None:
    async with (
        Fetcher(seconds=5.0) as fetcher,
        open_room(sqlite_url, clock=CLOCK, reader=BlogReader(fetcher)) as room,
    ):
        await room.relay.look(Blog(url=page.url), POLLING_DAY)
        await room.channels.follow_blog(SPORT, page.url, NONE)

        assert await room.stands(SPORT) == ["Welcome"]
