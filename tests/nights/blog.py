"""A live blog behind real HTTP on loopback, and a night file that follows it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import nights

NIGHT = """
[night]
name = "Mid Bedfordshire and Tamworth by-elections"
polling_day = 2023-10-19

[[contest]]
id = "parl.tamworth.by.2023-10-19"
electorate = 71302
declaration = "around 03:40"

[[contest]]
id = "parl.mid-bedfordshire.by.2023-10-19"
declaration = "around 03:10"

[[blog]]
name = "Count night live"
url = "{url}"
poll = 1

[[channel]]
on = "terminal"
id = "newsroom"
"""


class LiveBlog:
    """The bundled night's blog as it stood at `at`; it can fail, and it can keep one waiting."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.status = 200
        self.answers = asyncio.Event()
        self.answers.set()
        self.asked = asyncio.Event()
        self.url = ""

    async def page(self, _: web.Request) -> web.Response:
        self.asked.set()
        await self.answers.wait()
        if self.status != 200:
            return web.Response(status=self.status)
        text = nights.bundled_script().page(self.at, self.url)
        return web.Response(text=text, content_type="text/html")

    async def next_look(self) -> None:
        """Wait until it is asked for again: what the last look brought is done then."""
        self.asked.clear()
        await asyncio.wait_for(self.asked.wait(), 30)

    def night_file(self, folder: Path) -> Path:
        """A night file that follows this blog, in a folder."""
        path = folder / "night.toml"
        path.write_text(NIGHT.format(url=self.url), encoding="utf-8")
        return path


@asynccontextmanager
async def live_blog(at: datetime) -> AsyncIterator[LiveBlog]:
    """Serve the blog on loopback."""
    blog = LiveBlog(at)
    app = web.Application()
    app.router.add_get("/live", blog.page)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    try:
        blog.url = str(server.make_url("/live"))
        yield blog
    finally:
        blog.answers.set()
        await server.close()
