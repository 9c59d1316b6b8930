"""What was asked while nothing was heard: looked for in channels once a session begins anew.

A session that is resumed is told by Discord itself what it missed; one that begins anew is not.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import datetime, timedelta

import discord
import structlog

from bot.platforms.discord.answering import Failure
from bot.platforms.discord.connection import Session

log = structlog.get_logger()

# What is older than this is not asked any more.
OLDEST = timedelta(minutes=10)
# Events of different channels need not come in the order of their messages.
MARGIN = timedelta(minutes=1)
MESSAGES, PLACES = 100, 50
DIRECT_MESSAGES, REMEMBERED = 20, 1_000
# Direct messages come over this one.
FIRST_SHARD = 0

Take = Callable[[discord.Client, discord.Message], Awaitable[None]]
Place = discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.Thread


class Missed:
    """Brings messages that came while a shard was deaf to `take`, oldest first in each channel.

    They may have been taken before. Looked through are, at most, `PLACES` channels in which
    something was said meanwhile, those where Teller was spoken to before first, and the last
    `DIRECT_MESSAGES` people who wrote to it alone; of each the newest `MESSAGES` messages.
    """

    def __init__(self, take: Take) -> None:
        self._take = take
        self._begun: dict[int, datetime] = {}
        self._heard: dict[int, datetime] = {}
        self._since: dict[int, datetime] = {}
        self._late: dict[int, datetime] = {}
        self._spoken: OrderedDict[int, None] = OrderedDict()
        self._direct: OrderedDict[int, None] = OrderedDict()

    def heard(self, message: discord.Message) -> None:
        """A message came, whoever it is from and for."""
        shard = FIRST_SHARD if message.guild is None else message.guild.shard_id
        self._heard[shard] = max(message.created_at, self._heard.get(shard, message.created_at))

    def spoken(self, message: discord.Message) -> None:
        """Teller was spoken to."""
        direct = is_direct(message)
        places, most = (self._direct, DIRECT_MESSAGES) if direct else (self._spoken, REMEMBERED)
        places[message.channel.id] = None
        places.move_to_end(message.channel.id)
        if len(places) > most:
            places.popitem(last=False)

    def begun(self, session: Session) -> None:
        """A session has begun; before the first one of a shard, nothing was missed."""
        shard = session.shard
        if shard not in self._begun:
            self._begun[shard] = discord.utils.utcnow()
            return
        begun = self._begun[shard]
        heard = self._heard.get(shard, begun)
        # One that ended before its servers were known has not been caught up with.
        self._since.setdefault(shard, max(begun, heard - MARGIN))

    async def look(self, client: discord.Client, shard: int) -> None:
        """Look for what was missed, once the servers of a shard are known; each time once."""
        since = self._since.pop(shard, None)
        if since is None:
            return
        servers = [guild for guild in client.guilds if guild.shard_id == shard]
        late = [guild for guild in servers if guild.unavailable]
        for guild in late:
            # Discord may take its time, and what it has not told of yet has no channels.
            self._late.setdefault(guild.id, since)
        channels = await self._catch_up(client, servers, self._alone(client, shard), since=since)
        log.info("discord.caught_up", shard=shard, channels=channels, late=len(late))

    async def available(self, client: discord.Client, guild: discord.Guild) -> None:
        """A server can be reached. One that came too late for `look` is looked through now."""
        since = self._late.pop(guild.id, None)
        if since is None:
            return
        channels = await self._catch_up(client, [guild], since=since)
        log.info("discord.caught_up", guild=guild.id, channels=channels, late=0)

    async def _catch_up(
        self,
        client: discord.Client,
        guilds: Iterable[discord.Guild],
        alone: Iterable[discord.PartialMessageable] = (),
        *,
        since: datetime,
    ) -> int:
        """Take what was said; in how many channels it was looked for."""
        since = max(since, discord.utils.utcnow() - OLDEST)
        places = [*self._open(guilds, since), *alone]
        for place in places:
            try:
                said = [
                    message
                    async for message in place.history(
                        limit=MESSAGES, after=since, oldest_first=False
                    )
                ]
            except Failure as error:
                log.warning("discord.no_history", channel=place.id, why=type(error).__name__)
                continue
            for message in reversed(said):
                await self._taken(client, message)
        return len(places)

    async def _taken(self, client: discord.Client, message: discord.Message) -> None:
        try:
            await self._take(client, message)
        except Exception:
            log.exception("discord.event_broke", on="catching up")

    def _open(self, guilds: Iterable[discord.Guild], since: datetime) -> list[Place]:
        """Channels of servers in which something was said, that Teller may read."""
        after = discord.utils.time_snowflake(since)
        found = [
            place
            for guild in guilds
            for place in _places(guild)
            if (place.last_message_id or 0) > after and _may_read(place, guild)
        ]
        found.sort(key=lambda place: (place.id in self._spoken, place.last_message_id or 0))
        return found[: -PLACES - 1 : -1]

    def _alone(self, client: discord.Client, shard: int) -> Iterator[discord.PartialMessageable]:
        for id in [*self._direct] if shard == FIRST_SHARD else []:
            yield client.get_partial_messageable(id, type=discord.ChannelType.private)


def is_direct(message: discord.Message) -> bool:
    """Whether only its author sees it. A server that is not known yet is a server all the same."""
    return message.channel.type is discord.ChannelType.private


def _places(guild: discord.Guild) -> Iterator[Place]:
    yield from guild.text_channels
    yield from guild.voice_channels
    yield from guild.stage_channels
    yield from (thread for thread in guild.threads if thread.parent is not None)


def _may_read(place: Place, guild: discord.Guild) -> bool:
    allowed = place.permissions_for(guild.me)
    return allowed.view_channel and allowed.read_message_history
