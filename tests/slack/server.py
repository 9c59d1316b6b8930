"""A stand-in Slack over real HTTP and WebSockets, for the real clients on loopback."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.slack import app as _app
from tests.slack import chat as _chat
from tests.slack import conversations as _conversations
from tests.slack import files, responses, webapi
from tests.slack import views as _views
from tests.slack.delivery import Route
from tests.slack.faults import Faults
from tests.slack.people import People
from tests.slack.signing import HttpRoute
from tests.slack.socket_mode import Reason, Sockets
from tests.slack.webapi import Call, SlackError
from tests.slack.workspace import Channel

# Importing them is what registers their methods.
_METHODS_OF = (_app, _chat, _conversations, _views, files)


class StandInSlack(People):
    """Slack, as far as a bot can tell; `async with StandInSlack() as slack:`.

    What the app did is in `calls`, `channel(id).messages`, `home(user)`, `modal(user)`; what it
    was handed is in `delivered`. `ack_within` is Slack's deadline of three seconds, and
    `redeliver_after` its waits before an event is sent again; Slack itself waits 0, 60 and
    300 seconds.
    """

    def __init__(
        self,
        *,
        ack_within: float = 3.0,
        redeliver_after: Iterable[float] = (0.0, 0.2, 0.5),
        **workspace: Any,
    ) -> None:
        super().__init__(redeliver_after=redeliver_after, **workspace)
        self.calls: list[Call] = []
        self.faults = Faults()
        self.fail = self.faults.fail
        self.sockets = Sockets(self.app_id, ack_within)
        self.route: Route = self.sockets
        self.neighbours: list[StandInSlack] = []
        self.ack_within = ack_within
        self.seconds_a_message = 0.0
        self._last_post: dict[str, float] = {}
        self._news = asyncio.Condition()
        self._port = 0
        self._runner: web.AppRunner | None = None

    def neighbour(self, team: str, **workspace: Any) -> "StandInSlack":
        """Another workspace of the same Slack, with the same app in it and a token of its own.

        It has the channels and people that every stand-in begins with, and faults of its own;
        calls, sockets and the address are those of the first, which is the one to start and stop.
        """
        other = StandInSlack(
            team=team,
            ack_within=self.ack_within,
            redeliver_after=self.redeliver_after,
            **workspace,
        )
        for shared in ("calls", "sockets", "route", "oauth_codes", "redirects"):
            setattr(other, shared, getattr(self, shared))
        other._news, other._port = self._news, self._port
        self.neighbours.append(other)
        return other

    @property
    def workspaces(self) -> list["StandInSlack"]:
        """This one and its neighbours."""
        return [self, *self.neighbours]

    def having(self, token: str | None) -> "StandInSlack":
        """The workspace that a token is for; this one for a token that nobody knows."""
        return next((each for each in self.workspaces if token in each.grants), self)

    # Its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What clients take as `base_url`."""
        return f"{self.url}/api/"

    async def start(self) -> None:
        """Listen; on the same port as before, if there was one."""
        app = web.Application(client_max_size=64 * 2**20, middlewares=[self._notice])
        app.router.add_route("*", "/api/{method}", partial(webapi.handle, self))
        app.router.add_post("/upload/v1/{team}/{file}", partial(files.receive, self))
        app.router.add_post("/response/{response}", partial(responses.handle, self))
        app.router.add_get("/oauth/v2/authorize", partial(_app.authorize, self))
        app.router.add_get("/link/", self.sockets.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Drop every connection and listen no more."""
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        self.sockets.reset()
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self, *, down: float = 0.0) -> None:
        """Go away, stay away for a while, and come back on the same port."""
        await self.stop()
        await asyncio.sleep(down)
        await self.start()

    @web.middleware
    async def _notice(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            async with self._news:
                self._news.notify_all()

    async def until(self, done: Callable[[], Any], *, within: float = 10.0) -> None:
        """Wait until the app has done something; looked at again after each of its requests."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: bool(done()))

    async def connected(self, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until the app has at least so many sockets open."""
        await self.sockets.wait_for(lambda: len(self.sockets.connections) >= count, within)

    async def reconnected(self, opened: int, *, within: float = 10.0) -> None:
        """Wait until more than so many sockets were ever opened, and one is open."""
        await self.sockets.wait_for(
            lambda: self.sockets.opened > opened and bool(self.sockets.connections), within
        )

    async def disconnect(self, reason: Reason = "refresh_requested") -> None:
        """Tell every socket of the app to go."""
        await self.sockets.disconnect(reason)

    def reset(self) -> None:
        """Drop every socket of the app without a word, as a dying network does."""
        self.sockets.reset()

    def deliver_to(self, url: str, signing_secret: str) -> HttpRoute:
        """From now on hand everything to a request URL, signed, and nothing to sockets."""
        route = HttpRoute(url, signing_secret, self.ack_within)
        for workspace in self.workspaces:
            workspace.route = route
        return route

    async def verify_url(self) -> bool:
        """The handshake with which Slack makes sure of a request URL."""
        payload = {"type": "url_verification", "token": "verification", "challenge": "ping"}
        ack = await self.route.send("events_api", payload, attempt=0, reason="")
        challenge = ack.payload.get("challenge") if isinstance(ack.payload, dict) else ack.payload
        return ack.ok and challenge == "ping"

    # What it does of itself

    def pace(self, channel: Channel) -> None:
        """“Rate limits”: about one message a second in a channel; off until a test sets it."""
        since = self.clock() - self._last_post.get(channel.id, float("-inf"))
        if since < self.seconds_a_message:
            wait = max(1, round(self.seconds_a_message - since))
            raise SlackError("ratelimited", status=429, retry_after=wait)
        self._last_post[channel.id] = self.clock()
