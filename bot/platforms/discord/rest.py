"""Discord's REST API as the courier uses it: every request once, whatever becomes of it."""

import asyncio
import json
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import TypeVar

import aiohttp
import discord

from bot.errors import DeliveryError
from bot.platforms.discord import refusals

# discord.py would send all of these again by itself: the statuses, and a lost connection by its
# numbers on macOS and Windows.
REPEATED = frozenset({500, 502, 504, 524})
RESET = frozenset({54, 10054})
# The shortest that discord.py takes: it waits for its own count of requests so long at most.
LONGEST_WAIT = 30.0
# A request with its waits takes no longer, in seconds: its lane is not to be held up by one.
TIMEOUT = 60.0

T = TypeVar("T")


class Rest:
    """A client without a gateway, which logs in when it is first needed.

    It stands apart from the one that listens, so that posts go out whatever becomes of that one.
    """

    def __init__(self, token: str) -> None:
        self._token = token
        self._client: discord.Client | None = None
        self._refused_until = 0.0
        self._logging_in = asyncio.Lock()

    async def client(self) -> discord.Client:
        """The client. Raises what discord.py does where it cannot log in.

        A token that was refused is not shown again for `RARELY` seconds.
        """
        async with self._logging_in:
            if self._client is None:
                self._client = await self._log_in()
        return self._client

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
        if self._client is not None:
            await self._client.close()
            self._client = None


async def asked(call: Awaitable[T]) -> T:
    """What Discord answers. Raises `DeliveryError` where it does not, or refuses."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await call
    except DeliveryError:
        raise
    except (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise refusals.failure(error) from error


def once() -> aiohttp.TraceConfig:
    """What keeps discord.py from sending a request again: its failures, raised as they are seen.

    discord.py has no switch for it, but takes a trace, and lets pass what that raises. A post whose
    answer was lost may stand in the channel: the courier looks before it posts again.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_answered)
    trace.on_request_exception.append(_lost)
    return trace


async def _answered(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, end: aiohttp.TraceRequestEndParams
) -> None:
    response = end.response
    if response.status not in REPEATED and response.status != 429:
        return
    text = await response.text(errors="replace")
    if response.status in REPEATED:
        raise discord.DiscordServerError(response, _error(text))
    error = _error(text)
    wait = error.get("retry_after") if isinstance(error, dict) else None
    if isinstance(wait, int | float):
        raise discord.RateLimited(float(wait))
    raise discord.HTTPException(response, error)


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
