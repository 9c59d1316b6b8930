"""Discord's REST API as the courier uses it: every request once, whatever becomes of it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord

from bot.errors import DeliveryError, Fault
from bot.platforms.discord import refusals
from bot.platforms.fence import fence

# discord.py would send all of these again by itself: the statuses, and a lost connection by its
# numbers on macOS and Windows.
REPEATED = frozenset({500, 502, 504, 524})
RESET = frozenset({54, 10054})
# The shortest that discord.py takes: it waits for its own count of requests so long at most.
LONGEST_WAIT = 30.0
# The courier gives a call eight seconds, and a wait for discord.py's own count is no reason to
# doubt whether a message arrived. So one waits so long for its turn, in seconds, and from when it
# is sent, so long for its answer.
PATIENCE, TIMEOUT = 2.0, 5.0

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that stands: its words, and the addresses of its embeds."""

    id: int
    content: str
    addresses: tuple[str, ...]


class _Turn:
    """A call of discord.py, as far as its requests have come."""

    def __init__(self, limit: asyncio.Timeout) -> None:
        self._limit = limit
        self.begun = False
        # What Discord answered at last, before discord.py has read it.
        self.answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def begin(self) -> None:
        """A request goes out."""
        self.begun = True
        if not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + TIMEOUT)

    def answered(self, body: bytes) -> None:
        """One was taken."""
        if not self.answer.done():
            self.answer.set_result(body)


# discord.py knows nothing of it; its requests run in the context of the call.
_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


class Rest:
    """A client without a gateway, which logs in when it is first needed.

    It stands apart from the one that listens, so that posts go out whatever becomes of that one.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._client: discord.Client | None = None
        self._refused_until = 0.0
        self._logging_in = asyncio.Lock()
        self._resting: set[asyncio.Task[discord.Message]] = set()

    async def client(self) -> discord.Client:
        """The client. Raises what discord.py does where it cannot log in.

        A token that was refused is not shown again for `RARELY` seconds.
        """
        async with self._logging_in:
            if self._client is None:
                self._client = await self._log_in()
        return self._client

    async def ready(self) -> discord.Client:
        """The client. Raises `DeliveryError`: without it nothing goes out to any channel."""
        try:
            return await asked(self.client())
        except DeliveryError as error:
            if error.refused:
                error.fault = Fault.PLATFORM
            raise

    async def posted(self, call: Coroutine[Any, Any, discord.Message]) -> Posted:
        """The message that a call posts or changes, as it stands. Raises `DeliveryError`.

        It comes with Discord's answer. discord.py keeps the answer of the last request that a
        channel takes for now back until it takes more; the courier would take it for lost.
        """
        async with _turned() as turn:
            task = asyncio.create_task(call)
            self._resting.add(task)
            task.add_done_callback(self._rested)
            try:
                either: set[asyncio.Future[Any]] = {task, turn.answer}
                await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            finally:
                if not turn.answer.done():
                    task.cancel()
            if not turn.answer.done():
                await task
            return _posted(turn.answer.result())

    def _rested(self, task: asyncio.Task[discord.Message]) -> None:
        self._resting.discard(task)
        # What goes wrong once Discord has taken a message is nobody's business any more.
        if not task.cancelled():
            task.exception()

    async def _log_in(self) -> discord.Client:
        now = asyncio.get_running_loop().time()
        if now < self._refused_until:
            raise discord.LoginFailure(refusals.BAD_TOKEN)
        client = discord.Client(
            # Nothing is heard over it; without this one, discord.py warns.
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT,
            http_trace=once(),
        )
        try:
            await client.login(self._token)
        except BaseException as error:
            if isinstance(error, discord.LoginFailure):
                self._refused_until = now + refusals.RARELY
            await client.close()
            raise
        return client

    async def aclose(self) -> None:
        """Let go of its connections."""
        for task in self._resting:
            task.cancel()
        await asyncio.gather(*self._resting, return_exceptions=True)
        if self._client is not None:
            await self._client.close()
            self._client = None


async def asked(call: Awaitable[T]) -> T:
    """What Discord answers. Raises `DeliveryError` where it does not, or refuses."""
    async with _turned():
        return await call


@asynccontextmanager
async def _turned() -> AsyncIterator[_Turn]:
    """A call, and how far it has come. Raises `DeliveryError` for whatever goes wrong with it."""
    begun = False
    try:
        async with asyncio.timeout(PATIENCE) as limit:
            turn = _Turn(limit)
            before = _turn.set(turn)
            try:
                yield turn
            finally:
                begun = turn.begun
                _turn.reset(before)
    except DeliveryError:
        raise
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as error:
        if isinstance(error, TimeoutError) and not begun:
            raise DeliveryError(
                "Discord takes only so many messages at once: this one waits for its turn.",
                wait=PATIENCE,
                refused=True,
            ) from error
        raise refusals.failure(error) from error


def _posted(answer: bytes) -> Posted:
    """The message in an answer. Raises `DeliveryError` where it is none."""
    try:
        message = json.loads(answer)
        return Posted(
            id=int(message["id"]),
            content=message["content"],
            addresses=tuple(str(embed.get("url")) for embed in message["embeds"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeliveryError("Discord's answer is no message.") from error


def once() -> aiohttp.TraceConfig:
    """What keeps discord.py from sending a request again: its failures, raised as they are seen.

    discord.py has no switch for it, but takes a trace, and lets pass what that raises. A post whose
    answer was lost may stand in the channel: the courier looks before it posts again. Nor does
    it send one that is too late.
    """
    trace = fence()
    trace.on_request_start.append(_begun)
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_lost)
    return trace


async def _begun(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _start: aiohttp.TraceRequestStartParams,
) -> None:
    if (turn := _turn.get()) is not None:
        turn.begin()


async def _answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
) -> None:
    response = end.response
    if response.status < 300 and (turn := _turn.get()) is not None:
        turn.answered(await response.read())
    if response.status not in REPEATED and response.status != 429:
        return
    error = _error(await response.text(errors="replace"))
    if response.status in REPEATED:
        raise discord.DiscordServerError(response, error)
    wait = error.get("retry_after") if isinstance(error, dict) else None
    everywhere = isinstance(error, dict) and error.get("global") is True
    raise refusals.limited(
        response.headers, float(wait) if isinstance(wait, int | float) else None, everywhere
    )


async def _lost(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    lost: aiohttp.TraceRequestExceptionParams,
) -> None:
    error = lost.exception
    if isinstance(error, OSError) and error.errno in RESET:
        raise aiohttp.ServerDisconnectedError from error


def _error(text: str) -> dict[str, object] | str:
    """Discord's error, or what a proxy before it says."""
    try:
        error = json.loads(text)
    except ValueError:
        return text
    return error if isinstance(error, dict) else text
