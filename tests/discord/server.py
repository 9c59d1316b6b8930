"""A stand-in Discord over real HTTP and WebSockets, for the real client on loopback."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.discord import api, contract, uploads
from tests.discord.errors import DiscordError
from tests.discord.faults import Fault, Faults
from tests.discord.gateway import Gateway
from tests.discord.world import Channel, Guild, Json, World

API = "/api/v10"


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request of the bot, and the status that it was answered with; None where it got none."""

    method: str
    path: dict[str, str]
    body: Any
    at: float
    status: int | None


class StandInDiscord:
    """Discord, as far as a bot can tell; `async with StandInDiscord() as discord:`.

    What the bot did is in `calls` and `channel(id).messages`; what of it is not as Discord
    describes its API is in `violations`. A channel takes `limit` messages in `per` seconds.
    """

    def __init__(self, *, limit: int = 50, per: float = 1.0) -> None:
        self.world = World()
        self.gateway = Gateway(self.world)
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.faults = Faults()
        self.fail = self.faults.fail
        self.limit, self.per = limit, per
        self.interactions: dict[str, Any] = {}
        self.commands: dict[str | None, list[Json]] = {}
        self._windows: dict[str, tuple[float, int]] = {}
        self._news = asyncio.Condition()
        self._port = 0
        self._runner: web.AppRunner | None = None

    # Its life

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_failure: object) -> None:
        await self.stop()

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self._port}{API}"

    async def start(self) -> None:
        """Listen; on the same port as before, if there was one."""
        app = web.Application(client_max_size=32 * 2**20, middlewares=[self._notice])
        for name, made in api.METHODS.items():
            verb, path = name.split(" ", 1)
            app.router.add_route(verb, API + path, partial(self._handle, name, made))
        app.router.add_get("/gateway/", self._connect)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self._port}/gateway/"

    async def stop(self) -> None:
        """Drop every connection and listen no more."""
        self.gateway.reset()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def restart(self, *, down: float = 0.0) -> None:
        """Go away, stay away for a while, and come back on the same port."""
        await self.stop()
        await asyncio.sleep(down)
        await self.start()

    async def until(self, done: Callable[[], Any], *, within: float = 10.0) -> None:
        """Wait until the bot has done something; looked at again after each of its requests."""
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: bool(done()))

    @web.middleware
    async def _notice(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        finally:
            async with self._news:
                self._news.notify_all()

    # What it answers

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("GET /gateway", {})
        if fault is not None:
            return web.Response(status=fault.status)
        return await self.gateway.handle(request)

    async def _handle(self, name: str, made: api.Method, request: web.Request) -> web.Response:
        path = dict(request.match_info)
        body, files = await uploads.read(request)
        call = partial(Call, method=name, path=path, body=body, at=self.world.clock())
        where = request.path.removeprefix(API)
        self.violations += contract.faults(request.method, where, request.query, body)
        body = uploads.filled(body, files)
        fault = self.faults.take(name, path)
        held = None if fault is None else fault.hold
        if fault is not None and not (fault.late or fault.cut == "after" or held):
            return self._failed(request, call, fault)
        if request.headers.get("Authorization") != f"Bot {self.token}" and "callback" not in name:
            self.calls.append(call(status=401))
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        headers = self._count(name, path)
        if headers is None:
            return self._failed(request, call, Fault(retry_after=self._left(name, path)))
        try:
            answer = await made(self, path, dict(request.query), body)
        except DiscordError as error:
            self.calls.append(call(status=error.status))
            return _json(error.body, status=error.status, headers=headers)
        if held is not None:
            await held.wait()
        elif fault is not None:
            return self._failed(request, call, fault)
        self.calls.append(call(status=200))
        return _json(answer, headers=headers)

    def _failed(
        self, request: web.Request, call: Callable[..., Call], fault: Fault
    ) -> web.Response:
        if fault.cut is not None:
            self.calls.append(call(status=None))
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if fault.retry_after is not None:
            self.calls.append(call(status=429))
            return _too_many(fault)
        self.calls.append(call(status=fault.status))
        if fault.code is not None:
            return _json({"message": "No.", "code": fault.code}, status=fault.status)
        return web.Response(text="<html>upstream</html>", status=fault.status)

    # How much it takes

    def _bucket(self, name: str, path: dict[str, str]) -> str:
        return f"{name}:{path.get('channel_id', '')}"

    def _left(self, name: str, path: dict[str, str]) -> float:
        since, _ = self._windows[self._bucket(name, path)]
        return round(max(0.001, since + self.per - self.world.clock()), 3)

    def _count(self, name: str, path: dict[str, str]) -> dict[str, str] | None:
        """The headers that tell of a route's limit; None where it is reached."""
        bucket, now = self._bucket(name, path), self.world.clock()
        since, used = self._windows.get(bucket, (float("-inf"), 0))
        if now - since >= self.per:
            since, used = now, 0
        if used >= self.limit:
            return None
        self._windows[bucket] = since, used + 1
        left = round(max(0.0, since + self.per - now), 3)
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.limit - used - 1),
            "X-RateLimit-Reset": f"{now + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(name.encode()).hexdigest()[:32],
            "Via": "1.1 google",
        }

    # What people do there

    def channel(self, id: str) -> Channel:
        return self.world.channels[id]

    async def says(self, channel: str, user: str, text: str) -> Json:
        """Somebody says something in a channel."""
        where, author = self.channel(channel), self.world.users[user]
        message = self.world.put(where, author, {"content": text})
        await api.tell(self, "MESSAGE_CREATE", where, message)
        return message

    def misses(self, channel: str, user: str, text: str, *, under: Json | None = None) -> Json:
        """Somebody says something that the gateway never tells of, as while nobody hears it."""
        body: Json = {"content": text}
        if under is not None:
            body["message_reference"] = {"channel_id": channel, "message_id": under["id"]}
        return self.world.put(self.channel(channel), self.world.users[user], body)

    async def joined(self, guild: Guild) -> None:
        """The bot is brought into a server."""
        told = self.world.shown_guild(guild)
        del told["unavailable"]
        await self.gateway.tell("GUILD_CREATE", told, guild=guild.id)

    async def available(self, guild: Guild) -> None:
        """A server that the bot is in can be reached again."""
        await self.gateway.tell("GUILD_CREATE", self.world.shown_guild(guild), guild=guild.id)

    async def unavailable(self, guild: Guild) -> None:
        """A server cannot be reached for a while."""
        gone = {"id": guild.id, "unavailable": True}
        await self.gateway.tell("GUILD_DELETE", gone, guild=guild.id)

    async def left(self, guild: Guild) -> None:
        """Somebody takes the bot out of a server."""
        del self.world.guilds[guild.id]
        await self.gateway.tell("GUILD_DELETE", {"id": guild.id}, guild=guild.id)

    async def mention(self, text: str, *, channel: str, user: str) -> Json:
        """Somebody says something to the bot."""
        return await self.says(channel, user, f"<@{self.world.bot.id}> {text}")

    async def direct_message(self, text: str, *, user: str) -> Channel:
        """Somebody says something to the bot alone; the channel in which they did."""
        channel = self.world.direct_of(user)
        await self.says(channel.id, user, text)
        return channel

    async def slash(self, name: str, *, channel: str, user: str, **options: str) -> str:
        """Somebody uses a slash command; the id of the interaction."""
        where, id = self.channel(channel), self.world.snowflake()
        assert where.guild is not None
        self.interactions[id] = None
        given = [{"name": key, "type": 3, "value": value} for key, value in options.items()]
        data = {"id": "1", "name": name, "type": 1, "options": given}
        member = self.world.member(self.world.users[user]) | {"permissions": "2147483647"}
        told = {
            "id": id,
            "application_id": self.world.application_id,
            "type": 2,
            "token": f"interaction-{id}",
            "version": 1,
            "data": data,
            "guild_id": where.guild.id,
            "channel_id": channel,
            "channel": where.shown(),
            "member": member,
            "app_permissions": "2147483647",
            "locale": "en-GB",
            "entitlements": [],
            "authorizing_integration_owners": {"0": where.guild.id},
            "attachment_size_limit": 10_485_760,
        }
        await self.gateway.tell("INTERACTION_CREATE", told, guild=where.guild.id)
        return id

    def tried(self, method: str, **path: str) -> Sequence[Call]:
        """The requests of a method, with these parts of its path."""
        return [
            call
            for call in self.calls
            if call.method == method and path.items() <= call.path.items()
        ]


def _json(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    # As Discord names it: with a charset behind it, discord.py would not read it.
    named = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=named)


def _too_many(fault: Fault) -> web.Response:
    seconds = fault.retry_after or 0.0
    headers = {"Retry-After": str(max(1, round(seconds)))}
    if not fault.via:
        # A proxy before Discord, that knows nothing of its JSON.
        return web.Response(text="<html>1015</html>", status=429, headers=headers)
    headers |= {"Via": "1.1 google", "X-RateLimit-Scope": "global" if fault.everywhere else "user"}
    body = {
        "message": "You are being rate limited.",
        "retry_after": seconds,
        "global": fault.everywhere,
    }
    return _json(body, status=429, headers=headers)
