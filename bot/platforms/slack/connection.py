"""How events reach us: over a socket that we open, or over HTTP from Slack."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Protocol

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from bot.back_off import BackOff
from bot.platforms.slack.conversation import Conversation
from bot.platforms.slack.workspaces import Workspaces
from bot.web import listening

log = structlog.get_logger()

EVENTS_PATH = "/slack/events"
PING_INTERVAL = 10.0
# So many pings may go by unheard before the client is taken down and another one set up.
PATIENCE = 6
FIRST_BACK_OFF, LONGEST_BACK_OFF = 1.0, 60.0

Routes = Sequence[web.RouteDef]


class Connection(Protocol):
    """Brings the events of workspaces to a conversation."""

    async def run(self, conversation: Conversation, workspaces: Workspaces) -> None:
        """Until cancelled; whatever breaks is logged and tried again."""


class SocketConnection:
    """Socket Mode: needs no public address. `app_token` is the one that begins with xapp-."""

    def __init__(self, *, app_token: str, ping_interval: float = PING_INTERVAL) -> None:
        self._app_token = app_token
        self._ping_interval = ping_interval
        self._begun = self._heard = 0.0

    async def run(self, conversation: Conversation, workspaces: Workspaces) -> None:
        """Keep a socket open until cancelled, and catch up after each time it was not."""
        # One app for all sockets: it asks Slack once who it is, and an event that comes while
        # Slack cannot say would be lost.
        app = workspaces.app()
        conversation.listen(app)
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            begun = time.monotonic()
            try:
                await self._keep_open(app, workspaces.client, conversation)
            except Exception as error:
                log.warning("slack.not_connected", why=f"{type(error).__name__}: {error}")
            if time.monotonic() - begun > LONGEST_BACK_OFF:
                back_off.reset()
            await back_off.pause()

    async def _keep_open(
        self, app: AsyncApp, client: AsyncWebClient, conversation: Conversation
    ) -> None:
        handler = AsyncSocketModeHandler(
            app, self._app_token, web_client=client, ping_interval=self._ping_interval
        )
        greeted = asyncio.Event()

        async def heard(_client: object, message: dict[str, Any], _raw: str | None) -> None:
            if message.get("type") == "hello":
                log.info("slack.connected")
                greeted.set()

        handler.client.message_listeners.append(heard)
        try:
            async with asyncio.timeout(PATIENCE * self._ping_interval):
                # Asked for here: the client would try a refused token, or an address that has
                # gone stale, again and again without a word to us.
                opened = await client.apps_connections_open(app_token=self._app_token)
                handler.client.wss_uri = opened["url"]
                await handler.connect_async()  # type: ignore[no-untyped-call]  # bolt has no types here
            await self._watch(handler.client, greeted, conversation)
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]  # nor here

    async def _watch(
        self, client: SocketModeClient, greeted: asyncio.Event, conversation: Conversation
    ) -> None:
        """Catch up after each greeting. Raises `ConnectionError` where none comes any more."""
        unheard, complete = 0, False
        while unheard < PATIENCE:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._ping_interval):
                    await greeted.wait()
                greeted.clear()
                complete = False
            if not await client.is_connected():
                unheard, complete = unheard + 1, False
                continue
            unheard = 0
            if complete:
                self._heard = time.time()
            else:
                complete = await self._catch_up(conversation)
        raise ConnectionError("Slack was not heard for too long.")

    async def _catch_up(self, conversation: Conversation) -> bool:
        """Answer what was asked while nothing was heard; whether all of it could be looked for."""
        now = time.time()
        if not self._begun:
            self._begun = now
        else:
            # A dead socket looks alive until its pings fail.
            since = max(self._begun, self._heard - PATIENCE * self._ping_interval)
            try:
                await conversation.catch_up(since)
            except Exception as error:
                log.warning("slack.catch_up_failed", why=f"{type(error).__name__}: {error}")
                return False
        self._heard = now
        return True


class SocketWithPages:
    """Events by a socket, and over HTTP the pages to install from, `beside` what others serve."""

    def __init__(
        self, *, socket: SocketConnection, host: str, port: int, beside: Routes = ()
    ) -> None:
        self._socket = socket
        self._host = host
        self._port = port
        self._beside = beside

    async def run(self, conversation: Conversation, workspaces: Workspaces) -> None:
        """Both until cancelled. Raises `SettingsError` where the port is taken."""
        # No events here: without a signing secret anybody could send some.
        routes = (*workspaces.routes(), *self._beside)
        async with listening(self._host, self._port, routes):
            await self._socket.run(conversation, workspaces)


class HttpConnection:
    """Slack posts events to `/slack/events`; bolt checks each signature and its age.

    `beside` them, what others serve on the same port.
    """

    def __init__(self, *, signing_secret: str, host: str, port: int, beside: Routes = ()) -> None:
        self._signing_secret = signing_secret
        self._host = host
        self._port = port
        self._beside = beside

    async def run(self, conversation: Conversation, workspaces: Workspaces) -> None:
        """Serve until cancelled. Raises `SettingsError` where the port is taken."""
        app = workspaces.app(self._signing_secret)
        conversation.listen(app)

        async def events(request: web.Request) -> web.Response:
            return await to_aiohttp_response(
                await app.async_dispatch(await to_bolt_request(request))
            )

        routes = (web.post(EVENTS_PATH, events), *workspaces.routes(), *self._beside)
        async with listening(self._host, self._port, routes):
            await asyncio.Event().wait()
