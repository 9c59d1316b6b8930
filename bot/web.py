"""What Teller serves over HTTP, at `HTTP_HOST:HTTP_PORT`."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from bot.errors import SettingsError

log = structlog.get_logger()

# Of what is read whole; who takes more reads it in pieces.
MAX_REQUEST = 1_000_000


@asynccontextmanager
async def listening(host: str, port: int, routes: Iterable[web.RouteDef]) -> AsyncIterator[None]:
    """Serve these routes for as long as the context lasts.

    Raises `SettingsError` where nobody can listen at that address.
    """
    server = web.Application(client_max_size=MAX_REQUEST)
    server.router.add_routes(routes)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"Teller cannot listen at {host}:{port} ({error.strerror or type(error).__name__});"
                " another program may be there: look at HTTP_HOST and HTTP_PORT."
            ) from error
        log.info("web.listening", host=host, port=port)
        yield
    finally:
        await runner.cleanup()
