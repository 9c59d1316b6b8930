"""The blog of the night on loopback, and the night file that lets channels follow it."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.torture.script import MID_BEDFORDSHIRE, SEATS, TAMWORTH, Script

# No times are expected, and nobody follows reminders: only what the blog says goes out.
NIGHT = """
[night]
name = "Torture"
polling_day = 2023-10-19

[[contest]]
id = "parl.tamworth.by.2023-10-19"

[[contest.candidate]]
name = "Sarah Edwards"
party = "Labour"
short = "Lab"

[[contest]]
id = "parl.mid-bedfordshire.by.2023-10-19"

[[blog]]
name = "Torture live"
url = "{url}"
format = "atom"
poll = 1
"""
CHANNEL = """
[[channel]]
on = "{on}"
id = "{id}"
follows = [{follows}]
only = [{only}]
"""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """A channel: the seats that it follows, and whether it follows declarations too."""

    on: str
    id: str
    seats: tuple[str, ...] = SEATS
    results: bool = False

    def __str__(self) -> str:
        return f"{self.on} {self.id}"

    def items(self, script: Script) -> int:
        """How many items a script has for it."""
        lives = script.expected(self.seats, results=self.results).values()
        return sum(life.versions for life in lives if not life.optional)

    def toml(self) -> str:
        follows = ['"entries"', '"declarations"'] if self.results else ['"entries"']
        only = [f'"{seat}"' for seat in self.seats] if self.seats != SEATS else []
        return CHANNEL.format(
            on=self.on, id=self.id, follows=", ".join(follows), only=", ".join(only)
        )


def lanes(on: str, ids: Iterable[str]) -> list[Lane]:
    """Channels of a platform: most follow all, some one seat only, some declarations too."""
    kinds = (
        {},
        {"results": True},
        {},
        {"seats": (TAMWORTH,), "results": True},
        {"seats": (MID_BEDFORDSHIRE,)},
    )
    return [Lane(on=on, id=id, **kinds[number % len(kinds)]) for number, id in enumerate(ids)]


class Blog:
    """A script as it stands at a step; `served` is set once a page of this step was served."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.step = 0
        self.url = ""
        self.looks = 0
        self.served = asyncio.Event()

    async def page(self, _: web.Request) -> web.Response:
        self.looks += 1
        self.served.set()
        text = self.script.page(self.step, self.url)
        return web.Response(text=text, content_type="application/atom+xml")

    def go_on(self) -> None:
        """The next step has come."""
        self.step += 1
        self.served.clear()

    @property
    def ended(self) -> bool:
        return self.step == self.script.steps - 1


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Blog]:
    """Serve a script's blog."""
    blog = Blog(script)
    app = web.Application()
    app.router.add_get("/live", blog.page)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    try:
        blog.url = str(server.make_url("/live"))
        yield blog
    finally:
        await server.close()
