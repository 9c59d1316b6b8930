import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.ports import Fetched, Validators
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader

POLLING_DAY = date(2023, 10, 19)
SHARED = Path(__file__).parents[3] / "shared"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Serve = Callable[..., Awaitable[str]]


def shared(path: str) -> Path:
    """A file or folder of real pages, which are not ours to ship."""
    found = SHARED / path
    if not found.exists():
        pytest.skip(f"{found} is not here: the real pages are kept beside the repository")
    return found


class Desk:
    """A reader with a short patience, which notes its pauses and does not wait."""

    def __init__(self, fetcher: Fetcher, pauses: list[float]) -> None:
        self.reader = BlogReader(fetcher)
        self.pauses = pauses

    async def read(
        self,
        url: str,
        format: str = "auto",
        validators: Validators | None = None,
        guarded: bool = False,
    ) -> Fetched:
        return await self.reader.read(
            url,
            format=format,
            polling_day=POLLING_DAY,
            validators=validators or Validators(),
            guarded=guarded,
        )


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    async with Fetcher(seconds=2.0, bytes_limit=2**20, sleep=sleep) as fetcher:
        yield Desk(fetcher, pauses)


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Starts a server on loopback with a handler for every path; gives its address.

    Where the machine has no such address on loopback, the test is skipped.
    """
    servers: list[TestServer] = []

    async def start(handler: Handler, host: str = "127.0.0.1", port: int | None = None) -> str:
        async def answer(request: web.Request) -> web.StreamResponse:
            return await handler(request)

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        server = TestServer(app, host=host, port=port)
        try:
            await server.start_server(shutdown_timeout=0.1)
        except OSError as error:
            if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                raise
            pytest.skip(f"this machine has no {host}")
        servers.append(server)
        return str(server.make_url("/live"))

    yield start
    for server in servers:
        await server.close()
