"""One interaction answered: within Discord's three seconds, what went wrong only to the asker."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import discord
import structlog

from bot.chat.ask import Ask, Author, Channel
from bot.chat.reply import Reply
from bot.platforms.discord.embeds import DiscordMessage
from bot.platforms.discord.refusals import INVALID_FORM
from bot.platforms.discord.saying import MAY_NOT, changed, plainly, sent, without_picture

log = structlog.get_logger()

# An answer that takes longer is announced first.
PATIENCE = 1.0
Failure = (discord.DiscordException, aiohttp.ClientError, TimeoutError, OSError)
ONLY_FOR_ASKER = "This answer is only for who asked."

Shown = Callable[[Reply], DiscordMessage]


async def give(
    interaction: discord.Interaction,
    working: Awaitable[Reply],
    shown: Shown,
    *,
    patience: float = PATIENCE,
    in_place: bool = False,
) -> Reply:
    """Answer an interaction once the reply is there; the reply that was given.

    Everybody sees it, but for an error and what is private, which only the asker sees. With
    `in_place` it takes the place of the message that the interaction came from, whoever sees that.
    Where it takes longer than `patience` seconds, Discord is told that it comes. Raises only what
    `working` raises.
    """
    work = asyncio.ensure_future(working)
    await asyncio.wait({work}, timeout=patience)
    late = not work.done()
    if late:
        await _tried(_announce(interaction, in_place))
    reply = await work
    kind = "interaction" if reply.command is None else reply.command
    message = shown(reply)
    only = (reply.error or reply.private) and not in_place
    if late and only:
        # Whether all see it was said before it was known what it is.
        await _tried(interaction.edit_original_response(content=ONLY_FOR_ASKER))

    async def put(said: DiscordMessage) -> object:
        if not late and not in_place:
            return await interaction.response.send_message(**sent(said), ephemeral=only)
        if not late:
            return await interaction.response.edit_message(**changed(said))
        if only:
            return await interaction.followup.send(**sent(said), ephemeral=True)
        return await interaction.edit_original_response(**changed(said))

    await _said(put, message, kind)
    if late and only:
        await _tried(interaction.delete_original_response())
    return reply


def ask_of(interaction: discord.Interaction, text: str) -> Ask:
    """A question put by an interaction.

    Whoever may manage the channel manages what it gets; in direct messages nobody does.
    """
    manages = interaction.guild_id is not None and interaction.permissions.manage_channels
    return Ask(
        text=text,
        author=author(interaction.user, manages=manages),
        channel=Channel(platform="discord", id=str(interaction.channel_id)),
        beside=beside(interaction.guild, interaction.channel_id),
    )


def beside(guild: discord.Guild | None, channel_id: int | None) -> frozenset[str]:
    """The ids of a server's channels and threads; of direct messages, their own."""
    if guild is None:
        return frozenset({str(channel_id)})
    return frozenset(str(place.id) for place in (*guild.channels, *guild.threads))


def author(user: discord.User | discord.Member, *, manages: bool) -> Author:
    """Somebody on Discord, by the name that others see."""
    # Of a server that is not known yet, discord.py has members without it.
    known = isinstance(user, discord.Member) and isinstance(user.guild, discord.Guild)
    roles = user.roles if isinstance(user, discord.Member) and known else ()
    return Author(
        platform="discord",
        id=str(user.id),
        name=user.display_name,
        manages=manages,
        groups=frozenset(str(role.id) for role in roles),
    )


async def _announce(interaction: discord.Interaction, in_place: bool) -> object:
    return await interaction.response.defer(thinking=not in_place)


async def _said(
    put: Callable[[DiscordMessage], Awaitable[object]], message: DiscordMessage, kind: str
) -> None:
    """Send a message; where Discord calls it invalid, once more as plain text."""
    try:
        await put(message)
    except discord.HTTPException as error:
        log.warning("discord.not_answered", to=kind, status=error.status, code=error.code)
        if error.code == INVALID_FORM:
            await _tried(put(plainly(message)))
        elif error.code == MAY_NOT and message.picture is not None:
            await _tried(put(without_picture(message)))
    except Failure as error:
        log.warning("discord.not_answered", to=kind, why=type(error).__name__)


async def _tried(call: Awaitable[object]) -> None:
    try:
        await call
    except Failure as error:
        code = error.code if isinstance(error, discord.HTTPException) else None
        log.warning("discord.not_answered", why=type(error).__name__, code=code)
