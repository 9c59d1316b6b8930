"""How events reach us: over a socket that we open, or over HTTP from Slack."""

import asyncio
import random
import time
from typing import Any, Protocol

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.conversation import Conversation

log = structlog.get_logger()

EVENTS_PATH = "/slack/events"
# After a hard reset the client notices only when its pings fail; so long it may be deaf, twice.
PING_INTERVAL = 10.0
FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 60.0
MAX_EVENT = 1_000_000


class Connection(Protocol):
    """Brings events to a conversation."""

    async def run(self, conversation: Conversation) -> None:
        """Until cancelled; whatever breaks is logged and tried again."""


class SocketConnection:
    """Socket Mode: needs no public address. `app_token` is the one that begins with xapp-."""

    def __init__(
        self, *, client: AsyncWebClient, app_token: str, ping_interval: float = PING_INTERVAL
    ) -> None:
        self._client = client
        self._app_token = app_token
        self._ping_interval = ping_interval
        self._heard: float | None = None

    async def run(self, conversation: Conversation) -> None:
        """Keep a socket open until cancelled, and catch up after each time it was not."""
        back_off = FIRST_BACK_OFF
        while True:
            try:
                await self._keep_open(conversation)
            except Exception as error:
                log.warning("slack.not_connected", why=f"{type(error).__name__}: {error}")
            await asyncio.sleep(back_off * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            back_off = min(back_off * 2, LONGEST_BACK_OFF)

    async def _keep_open(self, conversation: Conversation) -> None:
        app = AsyncApp(client=self._client, token=self._client.token)
        conversation.listen(app)
        handler = AsyncSocketModeHandler(
            app, self._app_token, web_client=self._client, ping_interval=self._ping_interval
        )

        async def heard(_client: object, message: dict[str, Any], _raw: str | None) -> None:
            if message.get("type") == "hello":
                log.info("slack.connected")
                await self._catch_up(conversation)
            self._heard = time.time()

        handler.client.message_listeners.append(heard)
        try:
            await handler.connect_async()
            await asyncio.Event().wait()
        finally:
            await handler.close_async()

    async def _catch_up(self, conversation: Conversation) -> None:
        if self._heard is None:
            return
        try:
            await conversation.catch_up(self._heard - 2 * self._ping_interval)
        except Exception as error:
            log.warning("slack.catch_up_failed", why=f"{type(error).__name__}: {error}")


class HttpConnection:
    """Slack posts events to `/slack/events`; bolt checks each signature and its age."""

    def __init__(
        self, *, client: AsyncWebClient, signing_secret: str, host: str, port: int
    ) -> None:
        self._client = client
        self._signing_secret = signing_secret
        self._host = host
        self._port = port

    async def run(self, conversation: Conversation) -> None:
        """Serve until cancelled. Raises `OSError` where the port is taken."""
        app = AsyncApp(
            client=self._client, token=self._client.token, signing_secret=self._signing_secret
        )
        conversation.listen(app)

        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(
                await app.async_dispatch(await to_bolt_request(request))
            )

        server = web.Application(client_max_size=MAX_EVENT)
        server.router.add_post(EVENTS_PATH, events)
        runner = web.AppRunner(server, access_log=None)
        await runner.setup()
        try:
            await web.TCPSite(runner, self._host, self._port).start()
            log.info("slack.listening", host=self._host, port=self._port)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()
