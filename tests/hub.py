"""A WebSub hub on loopback, and an Atom feed that names it."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.clocks import StoppedClock
from tests.served import AtomFeed, serving

PUBLIC = "https://teller.example/bot"


class StandInHub:
    """Takes subscriptions, verifies them, and pushes; the test says where it misbehaves.

    `asked` is every form in order; `known` the subscriptions that were confirmed, by callback.
    What it calls is `PUBLIC` on the wire leads to `door`.
    """

    def __init__(self) -> None:
        self.root = self.door = ""
        self.asked: list[dict[str, str]] = []
        self.known: dict[str, dict[str, str]] = {}
        self.agents: set[str] = set()
        self.status, self.location = 202, ""
        self.lease: str | None = "600"
        self.silent = self.hasty = False
        self.refused: list[str] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(form)
        self.agents.add(request.headers["User-Agent"])
        if self.status in (307, 308):
            return web.Response(status=self.status, headers={"Location": self.location})
        if self.status == 202 and self.hasty:
            await self._verify(form)
        elif self.status == 202 and not self.silent:
            task = asyncio.create_task(self._verify(form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return web.Response(status=self.status, text="a word of the hub's")

    async def _verify(self, form: dict[str, str]) -> None:
        mode, callback = form["hub.mode"], form["hub.callback"]
        status, said = await self.get(
            callback,
            mode=mode,
            topic=form["hub.topic"],
            challenge=f"<b>{len(self.asked)}</b>",
            **({"lease_seconds": self.lease} if self.lease is not None else {}),
        )
        if status // 100 != 2 or said != f"<b>{len(self.asked)}</b>":
            self.refused.append(callback)
        elif mode == "subscribe":
            self.known[callback] = form
        else:
            self.known.pop(callback, None)

    async def settled(self) -> None:
        """Wait until everything has been verified."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    @property
    def callback(self) -> str:
        """Where the one subscription is pushed to."""
        (callback,) = self.known
        return callback

    async def get(self, callback: str, **hub: str) -> tuple[int, str]:
        """Ask at a callback with hub.mode and all that; the status and the text."""
        query = {f"hub.{name}": value for name, value in hub.items()}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self._reached(callback), params=query) as response,
        ):
            return response.status, await response.text()

    async def push(
        self,
        content: bytes | str,
        *,
        callback: str | None = None,
        method: str = "sha256",
        secret: str | None = None,
        headers: dict[str, str] | None = None,
        content_type: str = "application/atom+xml; charset=utf-8",
    ) -> int:
        """Push to a callback, the one there is if none is named, signed; the status."""
        content = content.encode() if isinstance(content, str) else content
        callback = callback or self.callback
        if headers is None:
            key = secret if secret is not None else self.known[callback]["hub.secret"]
            made = hmac.new(key.encode(), content, method).hexdigest()
            headers = {"X-Hub-Signature": f"{method}={made}"}
        headers = {"Content-Type": content_type, **headers}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self._reached(callback), data=content, headers=headers) as response,
        ):
            return response.status

    def _reached(self, callback: str) -> str:
        assert callback.startswith(PUBLIC + "/")
        return self.door + callback.removeprefix(PUBLIC)


class HubbedFeed(AtomFeed):
    """A feed that names itself, and a hub where it has one.

    `asked` counts who looked at it; while `gate` is shut, they wait for what it showed then.
    """

    def __init__(self, clock: StoppedClock, hub: str | None) -> None:
        super().__init__(clock)
        self.hub = hub
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    @property
    def topic(self) -> str:
        return f"{self.root}/feed.xml"

    def page(self, request: web.Request | None) -> str:
        page = super().page(request)  # type: ignore[arg-type]
        links = f'<link rel="self" href="{self.topic}"/>'
        if self.hub is not None:
            links += f'<link rel="hub" href="{self.hub}"/>'
        return page.replace("<title>Live</title>", f"<title>Live</title>{links}", 1)

    def pushed(self, *ids: str) -> str:
        """The feed as a hub pushes it: all of it, or what it has of these ids alone."""
        whole = self.entries
        self.entries = {id: whole[id] for id in ids or whole}
        try:
            return self.page(None)
        finally:
            self.entries = whole

    async def answer(self, request: web.Request) -> web.Response:
        self.asked += 1
        text = self.page(request) if self.copy is None else self.copy
        await self.gate.wait()
        etag = f'"{hash(text)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=text, content_type=self.kind, headers={"ETag": etag})


@asynccontextmanager
async def a_hub() -> AsyncIterator[StandInHub]:
    """A hub on loopback."""
    hub = StandInHub()
    app = web.Application()
    app.router.add_post("/{path:.*}", hub.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    hub.root = str(server.make_url("/hub"))
    try:
        yield hub
    finally:
        await hub.settled()
        await server.close()


@asynccontextmanager
async def a_feed(clock: StoppedClock, hub: str | None) -> AsyncIterator[HubbedFeed]:
    """A feed on loopback that names a hub."""
    feed = HubbedFeed(clock, hub)
    async with serving(feed):
        yield feed
