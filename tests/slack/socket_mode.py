"""Socket Mode: WebSockets that the app opened, envelopes sent through them, acknowledgements.

After “Using Socket Mode” at docs.slack.dev: hello, disconnect, up to ten connections of which
any may get an envelope, and three seconds to acknowledge it.
"""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMsgType, web

from tests.slack.delivery import Ack, Kind
from tests.slack.workspace import Json

MOST_CONNECTIONS = 10

Reason = Literal["warning", "refresh_requested", "link_disabled"]


@dataclass(eq=False)
class Connection:
    """One open socket, and the envelopes in it that wait for an acknowledgement."""

    socket: web.WebSocketResponse
    transport: asyncio.Transport
    waiting: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    def reset(self) -> None:
        """Drop the connection with a reset, as a dying network does: no closing handshake."""
        self.transport.abort()

    def acknowledge(self, frame: Json) -> None:
        """What the app sent: an envelope's id, and perhaps a payload."""
        future = self.waiting.get(frame.get("envelope_id", ""))
        if future and not future.done():
            future.set_result(frame.get("payload"))

    def lose(self) -> None:
        """The connection is gone; nobody will acknowledge what is in it."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(ConnectionResetError())


class Sockets:
    """All connections of the app."""

    def __init__(self, app_id: str, ack_within: float) -> None:
        self.app_id = app_id
        self.ack_within = ack_within
        self.connections: list[Connection] = []
        self.opened = 0
        self._tickets: set[str] = set()
        self._turn = 0
        self._change = asyncio.Condition()

    def ticket(self, url: str) -> str:
        """The address of a new socket."""
        ticket = uuid.uuid4().hex
        self._tickets.add(ticket)
        host = url.removeprefix("http://")
        return f"ws://{host}/link/?ticket={ticket}&app_id={self.app_id}"

    async def wait_for(self, ready: Callable[[], bool], within: float) -> None:
        """Wait until the connections are as they should be."""
        async with asyncio.timeout(within), self._change:
            await self._change.wait_for(ready)

    async def _changed(self) -> None:
        async with self._change:
            self._change.notify_all()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "connection_info": {"app_id": self.app_id},
            "debug_info": {"host": "stand-in", "approximate_connection_time": 18_060},
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """An app that connects with its ticket."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPForbidden(text="invalid ticket")
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self.connections) >= MOST_CONNECTIONS:
            await socket.send_json({"type": "disconnect", "reason": "too_many_websockets"})
            await socket.close()
            return socket
        assert request.transport is not None
        connection = Connection(socket, request.transport)
        self.connections.append(connection)
        self.opened += 1
        try:
            await socket.send_json(self._hello())
            await self._changed()
            async for frame in socket:
                if frame.type == WSMsgType.TEXT:
                    connection.acknowledge(frame.json())
        finally:
            self.connections.remove(connection)
            connection.lose()
            await self._changed()
        return socket

    async def send(self, kind: Kind, payload: Json, *, attempt: int, reason: str) -> Ack:
        """Hand an envelope to one of the connections and wait for its acknowledgement."""
        if not self.connections:
            return Ack(ok=False, reason="not_connected", retry=attempt > 0)
        # Slack promises no order among connections; in turn is the least convenient fair one.
        self._turn += 1
        connection = self.connections[self._turn % len(self.connections)]
        envelope = {
            "envelope_id": str(uuid.uuid4()),
            "type": kind,
            "payload": payload,
            "accepts_response_payload": kind != "events_api",
        }
        if kind == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = future
        begun = time.monotonic()
        try:
            await connection.socket.send_json(envelope)
            answer = await asyncio.wait_for(future, self.ack_within)
        except (TimeoutError, ConnectionError):
            future.cancel()
            return Ack(ok=False, reason="timeout", seconds=time.monotonic() - begun)
        finally:
            del connection.waiting[envelope["envelope_id"]]
        return Ack(ok=True, payload=answer, seconds=time.monotonic() - begun)

    async def disconnect(self, reason: Reason) -> None:
        """Tell every connection to go, and close it where Slack would at once."""
        message = {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
        for connection in list(self.connections):
            await connection.socket.send_json(message)
            if reason == "link_disabled":
                await connection.socket.close()

    def reset(self) -> None:
        """Drop every connection without a word."""
        for connection in self.connections:
            connection.reset()
