"""A short hello where Teller is brought into a server; word to the core of where it is."""

from collections.abc import Awaitable, Callable, Iterator, Sequence

import discord
import structlog

from bot.chat.ask import Channel
from bot.chat.command import Command
from bot.chat.reply import Choice, Reply
from bot.platforms.discord.answering import Failure
from bot.platforms.discord.commands import listed
from bot.platforms.discord.connection import Session
from bot.platforms.discord.embeds import answer as shown_answer
from bot.platforms.discord.saying import sent

log = structlog.get_logger()

# Is told the channels of a server.
Told = Callable[[Sequence[Channel]], Awaitable[None]]

SPEAKS = ("view_channel", "send_messages")
NEWEST_BOTS = 5
# What to try: the command, and what comes of it.
TRIES = {
    "status": "how the night stands",
    "follow": "brings a live blog to a channel",
    "help": "all that I can be asked",
}


class Greeting:
    """Says hello in servers that Teller is new in.

    `removed` is told the channels of those that it was taken out of, `returned` those of each that
    it is in, as soon as that is known: it may have been taken out and come back unnoticed.
    """

    def __init__(self, *, commands: Sequence[Command], removed: Told, returned: Told) -> None:
        self._hello = hello(commands)
        self._removed = removed
        self._returned = returned
        self._shards: set[int] = set()
        self._known: set[int] = set()

    def listen(self, client: discord.Client) -> None:
        """Register with a client; a session that begins, and a server in it, are told besides."""

        @client.event
        async def on_guild_join(guild: discord.Guild) -> None:
            await self.available(guild)

        @client.event
        async def on_guild_remove(guild: discord.Guild) -> None:
            await self._on_gone(guild)

    async def begun(self, session: Session) -> None:
        """A session has begun. What the first one of a shard lists needs no hello."""
        if session.shard not in self._shards:
            self._shards.add(session.shard)
            self._known |= session.servers
        for guild in session.gone:
            # discord.py keeps them, and so they are told of with each session that begins.
            if guild.id in self._known:
                await self._on_gone(guild)

    async def available(self, guild: discord.Guild) -> None:
        """A server can be reached; one joined while a session begins comes like an old one."""
        new = guild.id not in self._known
        self._known.add(guild.id)
        await self._returned(_channels(guild))
        if new:
            await self._greet(guild)

    async def _greet(self, guild: discord.Guild) -> None:
        channel = first_channel(guild, await _inviter(guild))
        if channel is None:
            log.info("discord.joined", guild=guild.id, greeted=None)
            return
        try:
            await channel.send(**sent(shown_answer(self._hello)))
        except Failure as error:
            log.warning("discord.not_greeted", guild=guild.id, why=type(error).__name__)
            return
        log.info("discord.joined", guild=guild.id, greeted=channel.id)

    async def _on_gone(self, guild: discord.Guild) -> None:
        self._known.discard(guild.id)
        channels = _channels(guild)
        log.info("discord.left", guild=guild.id, channels=len(channels))
        await self._removed(channels)


def hello(commands: Sequence[Command]) -> Reply:
    """Who Teller is, and three things to try."""
    known = {slash.command.name: slash for slash in listed(commands)}
    tries = [(known[name], why) for name, why in TRIES.items() if name in known]
    return Reply(
        title="Hello, I am Teller",
        lines=(
            "I answer questions about UK counts and bring live blogs here. Three things to try:",
            *(f"{_typed(slash.group, slash.name)}: {why}." for slash, why in tries),
            "Or mention me and ask in plain words.",
        ),
        choices=tuple(
            Choice(
                label=slash.command.name.capitalize(),
                ask=slash.command.name,
                form=slash.command.name if slash.command.name == "follow" else None,
            )
            for slash, _ in tries
        ),
    )


def first_channel(
    guild: discord.Guild, inviter: discord.Member | None
) -> discord.TextChannel | None:
    """Where to say hello: a channel that Teller may write to and whoever invited it sees.

    The server's own channel for such things goes first. Where it is not known who it was, one
    that everybody sees is taken before others.
    """
    writable = [c for c in _in_order(guild) if _may(c, guild.me, SPEAKS)]
    reader = inviter or guild.default_role
    seen = [channel for channel in writable if _may(channel, reader, SPEAKS[:1])]
    return next(iter(seen or writable), None)


def _channels(guild: discord.Guild) -> list[Channel]:
    return [
        Channel(platform="discord", id=str(place.id)) for place in (*guild.channels, *guild.threads)
    ]


def _typed(group: str | None, name: str) -> str:
    return f"/{group} {name}" if group else f"/{name}"


def _in_order(guild: discord.Guild) -> Iterator[discord.TextChannel]:
    if guild.system_channel is not None:
        yield guild.system_channel
    yield from (channel for channel in guild.text_channels if channel != guild.system_channel)


def _may(
    channel: discord.TextChannel, who: discord.Member | discord.Role, what: Sequence[str]
) -> bool:
    allowed = channel.permissions_for(who)
    return all(getattr(allowed, name) for name in what)


async def _inviter(guild: discord.Guild) -> discord.Member | None:
    """Who brought Teller here, where it may look that up; it asks for no permission to."""
    if not guild.me.guild_permissions.view_audit_log:
        return None
    try:
        async for entry in guild.audit_logs(
            limit=NEWEST_BOTS, action=discord.AuditLogAction.bot_add
        ):
            about = entry.target
            if about is not None and about.id == guild.me.id and entry.user_id is not None:
                return await guild.fetch_member(entry.user_id)
    except Failure as error:
        log.info("discord.inviter_unknown", guild=guild.id, why=type(error).__name__)
    return None
