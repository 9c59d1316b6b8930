"""Metrics over HTTP, in Prometheus' format, at `/metrics`."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.aiohttp import make_aiohttp_handler

from bot.errors import SettingsError

PATH = "/metrics"
LAST_ANSWERS_SECONDS = 2.0


@asynccontextmanager
async def serving_metrics(
    registry: CollectorRegistry, *, host: str, port: int, measure: Callable[[], Awaitable[None]]
) -> AsyncIterator[int]:
    """Serve a registry while inside; gives the port, a free one for 0.

    `measure` is called before each answer, so that what is read is true at that moment. Raises
    `SettingsError` where nothing can listen there.
    """
    answer = make_aiohttp_handler(registry)

    async def measured(request: web.Request) -> web.StreamResponse:
        await measure()
        return await answer(request)

    app = web.Application()
    app.router.add_get(PATH, measured)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWERS_SECONDS)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise SettingsError(
                f"Metrics cannot be served on {host}:{port}: {error.strerror or error}. Set "
                "METRICS_PORT to a port that is free."
            ) from None
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
