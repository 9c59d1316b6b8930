"""The gateway, over which Discord says what happens: kept open, whatever becomes of it."""

import asyncio
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.back_off import BackOff
from bot.errors import SettingsError
from bot.platforms.discord import refusals
from bot.platforms.discord.rest import LONGEST_WAIT

log = structlog.get_logger()

API_URL = "https://discord.com/api/v10"
FIRST_BACK_OFF, LONGEST_BACK_OFF = 5.0, 300.0
# Discord takes one IDENTIFY in five seconds, and pauses may be half as long as they are named;
# after more than the longest, discord.py gives up on the connection that it has opened.
FIRST_IDENTIFY, LONGEST_IDENTIFY = 10.0, 50.0
WRONG_SHARDS = "“{}” names no shards: write for example “0-3/8”, the first four of eight."
NO_CONTENT = (
    "Discord does not let Teller read what is said in channels: switch on “Message Content Intent” "
    "under “Bot” at https://discord.com/developers/applications, or set "
    "DISCORD_MESSAGE_CONTENT=false. Until then only plain words in channels stay unheard."
)
# The close codes that no waiting mends, and what to do.
_FINAL = {
    4004: refusals.BAD_TOKEN,
    4010: "Discord does not know this shard: check DISCORD_SHARDS.",
    4011: "Discord wants more shards for so many servers: set DISCORD_SHARDS to more.",
    4013: "Discord does not know what Teller asks to hear: a newer Teller may be needed.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """Which of a bot's `count` shards this process connects."""

    ids: tuple[int, ...]
    count: int


def read_shards(text: str) -> Shards:
    """“0-3/8” or “5/8” as shards. Raises `SettingsError` where it is neither."""
    if found := re.fullmatch(r"\s*(\d{1,5})(?:\s*-\s*(\d{1,5}))?\s*/\s*(\d{1,5})\s*", text):
        first, count = int(found[1]), int(found[3])
        last = first if found[2] is None else int(found[2])
        if first <= last < count:
            return Shards(ids=tuple(range(first, last + 1)), count=count)
    raise SettingsError(WRONG_SHARDS.format(text))


@contextmanager
def addressed(api_url: str, gateway_url: str | None) -> Iterator[None]:
    """Within it, discord.py speaks to these addresses.

    It keeps both on its classes, for every client of the process, and interactions are answered by
    way of them alone: they are put back at the end.
    """
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = api_url.rstrip("/")
    if gateway_url is not None:
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = before


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of a shard that has begun anew.

    `servers` are the ids of all that it is in, whether they can be reached or not; `gone` those
    that it was in before, with this client, and was taken out of while nothing was heard.
    """

    shard: int
    servers: frozenset[int]
    gone: tuple[discord.Guild, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """Seconds between attempts, the first and the longest: to connect, and to begin a session.

    `servers` is how long the next server may take before all are taken for known.
    """

    connect: tuple[float, float] = (FIRST_BACK_OFF, LONGEST_BACK_OFF)
    identify: tuple[float, float] = (FIRST_IDENTIFY, LONGEST_IDENTIFY)
    rarely: float = refusals.RARELY
    servers: float = 2.0


class GatewayClient(discord.AutoShardedClient):
    """discord.py's client with the least that it can do with: no members, no messages kept.

    `message_content` asks for what is said to nobody, which Discord grants on request only.
    Besides discord.py's own events it has `session_begun`, with a `Session`.
    """

    def __init__(
        self, *, shards: Shards | None, message_content: bool, pauses: Pauses | None = None
    ) -> None:
        self._pauses = pauses or Pauses()
        intents = discord.Intents(guilds=True, guild_messages=True, dm_messages=True)
        intents.message_content = message_content
        super().__init__(
            intents=intents,
            shard_count=None if shards is None else shards.count,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            max_ratelimit_timeout=LONGEST_WAIT,
            guild_ready_timeout=self._pauses.servers,
        )
        if shards is not None:
            self.shard_ids = list(shards.ids)
        self._identifying: dict[int | None, BackOff] = {}
        # discord.py ends with the first event that it cannot read, and has no other seam for it.
        parsers = self._connection.parsers
        for event, parse in parsers.items():
            # Without a READY that can be read there is no session: that one has to fail.
            reads = partial(_read, event) if event != "READY" else self._begin
            parsers[event] = partial(reads, parse)

    def _begin(self, parse: Callable[[Any], None], data: Any) -> None:  # noqa: ANN401 - JSON
        """Read a READY. Its servers look like new ones from now on; only it tells which are not."""
        before = tuple(self.guilds)
        parse(data)
        shard, servers = data["shard"][0], frozenset(int(each["id"]) for each in data["guilds"])
        gone = tuple(g for g in before if g.shard_id == shard and g.id not in servers)
        self.dispatch("session_begun", Session(shard=shard, servers=servers, gone=gone))

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Wait before a session is begun, longer each time that none came of it."""
        if not initial:
            await self._before(shard_id).pause()

    def _before(self, shard_id: int | None) -> BackOff:
        return self._identifying.setdefault(shard_id, BackOff(*self._pauses.identify))

    async def on_shard_connect(self, shard_id: int) -> None:
        """A session has begun."""
        self._before(shard_id).reset()
        log.info("discord.connected", shard=shard_id)

    async def on_shard_resumed(self, shard_id: int) -> None:
        """A session goes on; Discord has sent what was missed."""
        self._before(shard_id).reset()
        log.info("discord.resumed", shard=shard_id)

    async def on_shard_disconnect(self, shard_id: int) -> None:
        """A connection is gone; another one is being opened."""
        log.info("discord.disconnected", shard=shard_id)

    async def on_error(self, event_method: str, /, *_args: object, **_named: object) -> None:
        """Something that was to be done about an event broke; the others are dealt with."""
        log.exception("discord.event_broke", on=event_method)


def _read(event: str, parse: Callable[[Any], None], data: Any) -> None:  # noqa: ANN401 - JSON
    try:
        parse(data)
    except Exception as error:
        # The words of the exception may be somebody's.
        log.warning("discord.event_malformed", kind=event, why=type(error).__name__)


class Audience(Protocol):
    """Who is to hear what happens."""

    async def meet(self, client: GatewayClient) -> None:
        """Register with a client that is about to connect; then take as long as need be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """Keeps this process's shards connected, with a new client for each attempt.

    `gateway_url` says that the one of `addressed` is to be used, whatever Discord's REST API says.
    """

    token: str = field(repr=False)
    shards: Shards | None = None
    gateway_url: str | None = None
    message_content: bool = False
    pauses: Pauses = Pauses()

    async def run(self, audience: Audience) -> None:
        """Stay connected until cancelled; whatever breaks is logged and tried again."""
        back_off = BackOff(*self.pauses.connect)
        content, told = self.message_content, ""
        while True:
            begun, lasting = time.monotonic(), False
            try:
                await self._connect(audience, content=content)
                why = "Discord ended the connection."
            except discord.PrivilegedIntentsRequired:
                content, why = False, NO_CONTENT
            except Exception as error:
                why, lasting = _why(error)
            if not (lasting and why == told):
                log.warning("discord.not_connected", why=why)
            told = why
            if time.monotonic() - begun > LONGEST_BACK_OFF:
                back_off.reset()
            await (asyncio.sleep(self.pauses.rarely) if lasting else back_off.pause())

    async def _connect(self, audience: Audience, *, content: bool) -> None:
        client = GatewayClient(shards=self.shards, message_content=content, pauses=self.pauses)
        async with client:
            await client.login(self.token)
            if self.gateway_url is not None and self.shards is None:
                # Left to itself, the client would go where Discord says, not where we are told.
                client.shard_count, _, _ = await client.http.get_bot_gateway()
            meeting = asyncio.create_task(_meet(audience, client))
            try:
                await client.connect()
            finally:
                meeting.cancel()
                await asyncio.gather(meeting, return_exceptions=True)


async def _meet(audience: Audience, client: GatewayClient) -> None:
    try:
        await audience.meet(client)
    except Exception:
        log.exception("discord.audience_broke")


def _why(error: Exception) -> tuple[str, bool]:
    """What to tell people, and whether it lasts until one of them does something."""
    match error:
        case discord.LoginFailure() | discord.HTTPException(status=401):
            return refusals.BAD_TOKEN, True
        case discord.ConnectionClosed(code=number) if number in _FINAL:
            return _FINAL[number], True
        case discord.HTTPException() | discord.RateLimited():
            return str(refusals.failure(error)), False
        case _:
            return f"{type(error).__name__}: {error}", False
