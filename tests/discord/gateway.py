"""The gateway: sessions that can be resumed, and the sockets that they come over.

After “Gateway” at discord.com/developers/docs: hello, identify, ready, heartbeats, resume, the
opcodes 7 and 9, close codes, and zlib-stream where a client asks for it.
"""

import asyncio
import json
import uuid
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import WSMsgType, web

from tests.discord.world import Json, World

HEARTBEAT = 41_250
GUILD_MESSAGES, DIRECT_MESSAGES, CONTENT = 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | CONTENT


@dataclass(eq=False, kw_only=True)
class Session:
    """What one shard was told, in order, whether it was connected or not."""

    id: str
    shard: tuple[int, int]
    intents: int
    events: list[Json] = field(default_factory=list)
    socket: "Socket | None" = None

    def takes(self, guild: str | None) -> bool:
        """Whether the events of a server, or of direct messages, come to this shard."""
        number, count = self.shard
        return number == (0 if guild is None else (int(guild) >> 22) % count)

    async def dispatch(self, event: str, data: Any) -> None:
        told = {"op": 0, "t": event, "s": len(self.events) + 1, "d": data}
        self.events.append(told)
        if self.socket is not None:
            await self.socket.send(told)


@dataclass(eq=False)
class Socket:
    """One open connection."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    compressor: Any = None

    async def send(self, frame: Json) -> None:
        await self.send_text(json.dumps(frame))

    async def send_text(self, text: str) -> None:
        """Whatever it is, JSON or not."""
        if self.socket.closed or self.transport.is_closing():
            return
        if self.compressor is None:
            await self.socket.send_str(text)
            return
        packed = self.compressor.compress(text.encode())
        await self.socket.send_bytes(packed + self.compressor.flush(zlib.Z_SYNC_FLUSH))


class Gateway:
    """Every session of the bot. `identified` and `resumed` are those of IDENTIFY and RESUME."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.url = ""
        self.sessions: list[Session] = []
        self.sockets: list[Socket] = []
        self.opened = 0
        self.identified: list[Json] = []
        self.identified_at: list[float] = []
        self.resumed: list[Json] = []
        # The close codes and opcodes with which the next attempts are met.
        self.refusals: list[int] = []
        self.invalidations: list[bool] = []
        # Servers that are told of only once a test says so.
        self.late: set[str] = set()
        # Where the REST API says that the gateway is, if not where it is.
        self.told_url: str | None = None
        self._change = asyncio.Condition()

    async def wait_for(self, ready: Callable[[], Any], within: float = 10.0) -> None:
        """Wait until the connections are as they should be."""
        async with asyncio.timeout(within), self._change:
            await self._change.wait_for(lambda: bool(ready()))

    async def connected(self, count: int = 1, *, within: float = 10.0) -> None:
        """Wait until so many sessions are connected."""
        await self.wait_for(lambda: len(self._live()) >= count, within)

    def _live(self) -> list[Session]:
        return [session for session in self.sessions if session.socket is not None]

    async def _changed(self) -> None:
        async with self._change:
            self._change.notify_all()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """A client that connects."""
        socket = web.WebSocketResponse(max_msg_size=0)
        await socket.prepare(request)
        assert request.transport is not None
        packs = request.query.get("compress") == "zlib-stream"
        mine = Socket(socket, request.transport, zlib.compressobj() if packs else None)
        self.sockets.append(mine)
        self.opened += 1
        try:
            await mine.send(
                {"op": 10, "s": None, "t": None, "d": {"heartbeat_interval": HEARTBEAT}}
            )
            await self._changed()
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    await self._heard(mine, frame.json())
                    await self._changed()
        except ConnectionError:
            pass  # it went while it was being told something
        finally:
            self.sockets.remove(mine)
            for session in self.sessions:
                if session.socket is mine:
                    session.socket = None
            await self._changed()
        return socket

    async def _heard(self, mine: Socket, frame: Json) -> None:
        match frame["op"]:
            case 1:
                await mine.send({"op": 11, "s": None, "t": None, "d": None})
            case 2:
                self.identified.append(frame["d"])
                self.identified_at.append(self._world.clock())
                await self._identify(mine, frame["d"])
            case 6:
                self.resumed.append(frame["d"])
                await self._resume(mine, frame["d"])

    async def _met(self, mine: Socket) -> bool:
        """Whether the attempt was met by something that a test wants."""
        if self.refusals:
            await mine.socket.close(code=self.refusals.pop(0))
            return True
        if self.invalidations:
            resumable = self.invalidations.pop(0)
            await mine.send({"op": 9, "s": None, "t": None, "d": resumable})
            return True
        return False

    async def _identify(self, mine: Socket, asked: Json) -> None:
        if await self._met(mine):
            return
        intents, world = asked["intents"], self._world
        granted = CONTENT if world.message_content else 0
        if asked["token"] != world.token:
            await mine.socket.close(code=4004)
            return
        if intents & PRIVILEGED & ~granted:
            await mine.socket.close(code=4014)
            return
        shard = tuple(asked.get("shard", (0, 1)))
        session = Session(id=uuid.uuid4().hex, shard=shard, intents=intents, socket=mine)
        self.sessions.append(session)
        guilds = [guild for guild in world.guilds.values() if session.takes(guild.id)]
        await session.dispatch(
            "READY",
            {
                "v": 10,
                "user": world.bot.shown(),
                "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.url,
                "shard": list(shard),
                "application": {"id": world.application_id, "flags": 0},
            },
        )
        for guild in guilds:
            if guild.id not in self.late:
                await session.dispatch("GUILD_CREATE", world.shown_guild(guild))

    async def _resume(self, mine: Socket, asked: Json) -> None:
        if await self._met(mine):
            return
        session = next((s for s in self.sessions if s.id == asked["session_id"]), None)
        if session is None or asked["token"] != self._world.token:
            await mine.send({"op": 9, "s": None, "t": None, "d": False})
            return
        for missed in session.events[asked["seq"] :]:
            await mine.send(missed)
        session.socket = mine
        await session.dispatch("RESUMED", {})

    # What a test lets happen

    async def tell(
        self, event: str, data: Json, *, guild: str | None, intent: int = 0, hidden: bool = False
    ) -> None:
        """Tell the shard that it concerns; without the words where they are `hidden`."""
        for session in self.sessions:
            if not session.takes(guild) or (intent and not session.intents & intent):
                continue
            bare = hidden and not session.intents & CONTENT
            await session.dispatch(event, {**data, "content": "", "embeds": []} if bare else data)

    async def send_raw(self, text: str) -> None:
        """Send a frame that need not be one."""
        for mine in tuple(self.sockets):
            await mine.send_text(text)

    async def close(self, code: int) -> None:
        """Close every connection with a code; its session can be resumed."""
        for mine in tuple(self.sockets):
            await mine.socket.close(code=code)

    def reset(self) -> None:
        """Drop every connection without a word, as a dying network does."""
        for mine in tuple(self.sockets):
            mine.transport.abort()
        for session in self.sessions:
            session.socket = None

    async def ask_to_reconnect(self) -> None:
        """Opcode 7, as before a gateway goes down for maintenance."""
        for mine in tuple(self.sockets):
            await mine.send({"op": 7, "s": None, "t": None, "d": None})

    async def invalidate(self, *, resumable: bool = False) -> None:
        """Opcode 9: sessions that are not resumable are forgotten."""
        if not resumable:
            self.sessions.clear()
        for mine in tuple(self.sockets):
            await mine.send({"op": 9, "s": None, "t": None, "d": resumable})

    def forget(self) -> None:
        """Forget every session, so that none can be resumed."""
        self.sessions.clear()

    @property
    def shards(self) -> Iterable[tuple[int, int]]:
        """The shards that are connected."""
        return sorted(session.shard for session in self._live())
