"""Teller's pages and forms alone in a stand-in Slack, over a socket or over signed HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.home import Home
from bot.platforms.slack.modals import Modals
from bot.platforms.slack.team import FindTeam
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Desk
from tests.platforms.slack.connected import SECRET, Mode, free_port
from tests.slack.server import StandInSlack


class Hands:
    """A clock that is moved by hand; `ends` are the instants that somebody sleeps until."""

    def __init__(self) -> None:
        self.at = 0.0
        self._asleep: list[tuple[float, asyncio.Future[None]]] = []
        self._fell_asleep = asyncio.Event()

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._asleep.append((self.at + seconds, future))
        self._fell_asleep.set()
        await future

    @property
    def ends(self) -> list[float]:
        return [end for end, future in self._asleep if not future.done()]

    def move(self, seconds: float) -> None:
        self.at += seconds
        for end, future in self._asleep:
            if end <= self.at and not future.done():
                future.set_result(None)

    async def resting_until(self, end: float) -> None:
        """Wait until everybody sleeps, and until then."""
        async with asyncio.timeout(10):
            while self.ends != [end]:
                self._fell_asleep.clear()
                await self._fell_asleep.wait()


@dataclass(frozen=True, kw_only=True)
class Windows:
    """What is being tried."""

    home: Home
    clock: Hands


@asynccontextmanager
async def open_windows(
    slack: StandInSlack,
    client: AsyncWebClient,
    desk: Desk,
    mode: Mode = "socket",
    *,
    patience: float = 5.0,
    most: int = 1_000,
    team: FindTeam | None = None,
    others: Callable[[AsyncApp], None] = lambda _app: None,
) -> AsyncIterator[Windows]:
    """Pages and forms, listening; `others` registers who listens behind them."""

    team = team or OneWorkspace(client).team
    clock = Hands()
    home = Home(
        desk=desk, team=team, now=clock.now, sleep=clock.sleep, most=most, patience=patience
    )
    modals = Modals(desk=desk, team=team, patience=patience, settle=0.05)
    app = AsyncApp(client=client, signing_secret=SECRET)
    home.listen(app)
    modals.listen(app)
    others(app)
    redrawing = asyncio.create_task(home.run())
    try:
        async with _socket(slack, app) if mode == "socket" else _http(slack, app):
            yield Windows(home=home, clock=clock)
            await slack.settled()
        assert not redrawing.done()
    finally:
        redrawing.cancel()
        await asyncio.gather(redrawing, return_exceptions=True)


@asynccontextmanager
async def _socket(slack: StandInSlack, app: AsyncApp) -> AsyncIterator[None]:
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=app.client, ping_interval=2.0)
    await handler.connect_async()
    await slack.connected()
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def _http(slack: StandInSlack, app: AsyncApp) -> AsyncIterator[None]:
    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.router.add_post("/slack/events", events)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    slack.deliver_to(f"http://127.0.0.1:{port}/slack/events", SECRET)
    try:
        yield
    finally:
        await runner.cleanup()


def calls(slack: StandInSlack, method: str) -> list[Any]:
    """The calls of a method, oldest first."""
    return [call for call in slack.calls if call.method == method]


def said(view: dict[str, Any]) -> str:
    """Every word in a view, a line each."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                yield value["text"]
            value = list(value.values())
        for inner in value if isinstance(value, list) else ():
            yield from texts(inner)

    return "\n".join(texts(view["blocks"]))


def field(view: dict[str, Any], block_id: str) -> dict[str, Any]:
    """The element of one field."""
    return next(b["element"] for b in view["blocks"] if b["block_id"] == block_id)


async def at_home(slack: StandInSlack, user: str = "U1") -> Any:
    """The page, once somebody has opened it."""
    published = len(calls(slack, "views.publish"))
    assert (await slack.open_home(user)).ok
    await slack.until(lambda: len(calls(slack, "views.publish")) > published)
    return slack.home(user)
