"""What `teller doctor` looks at in Discord, and what to do about each fault."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

import discord

from bot.platforms.discord import refusals
from bot.platforms.discord.answering import Failure
from bot.platforms.discord.invite import NAMES, OPTIONAL, PERMISSIONS, invite_url
from bot.ports import Finding

PORTAL = "https://discord.com/developers/applications"
_IN_THREADS, _IN_CHANNELS = "send_messages_in_threads", "send_messages"
_CHANNELS = {
    refusals.UNKNOWN_CHANNEL: "there is no such channel; check the id",
    refusals.NO_ACCESS: "Teller may not see it: give its role “View Channel” there, or bring it "
    "into the server with the address that “teller invite” prints",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Server:
    """A server with its channels, and Teller as it stands in it."""

    guild: discord.Guild
    me: discord.Member
    channels: dict[int, discord.abc.GuildChannel]


async def check(
    log_in: Callable[[], Awaitable[discord.Client]],
    channels: Sequence[str],
    *,
    message_content: bool = False,
) -> AsyncIterator[Finding]:
    """Token, intents, and each channel by its id: that it exists, and what Teller may do there.

    `log_in` gives a client that is logged in, and raises what discord.py does where it cannot.
    `message_content` says whether plain words in channels are to be heard.
    """
    try:
        client = await log_in()
    except (discord.LoginFailure, discord.HTTPException) as error:
        yield Finding(what="Discord token", trouble=_refused(error))
        return
    except Failure as error:
        yield Finding(what="Discord", trouble=_unreached(error))
        return
    yield Finding(what=f"Discord token of {client.user}")
    yield _intents(client, message_content)
    servers: dict[int, _Server] = {}
    for channel in channels:
        yield await _channel(client, channel, servers)


def _intents(client: discord.Client, message_content: bool) -> Finding:
    flags = client.application_flags
    granted = flags.gateway_message_content or flags.gateway_message_content_limited
    if message_content and not granted:
        return Finding(
            what="Discord intent Message Content",
            trouble="not granted: without it plain words in channels stay unheard; switch on "
            f"“Message Content Intent” under “Bot” at {PORTAL}, or set "
            "DISCORD_MESSAGE_CONTENT=false",
        )
    heard = "with plain words in channels" if message_content else "without plain words in channels"
    return Finding(what=f"Discord intents: all that are asked for, {heard}")


async def _channel(client: discord.Client, channel_id: str, servers: dict[int, _Server]) -> Finding:
    what = f"Discord channel {channel_id}"
    if not channel_id.isdecimal():
        trouble = (
            "that is no id: switch on Developer Mode in Discord, right-click the channel and "
            "choose “Copy Channel ID”"
        )
        return Finding(what=what, trouble=trouble)
    try:
        channel = await client.fetch_channel(int(channel_id))
        if isinstance(channel, discord.abc.PrivateChannel):
            return Finding(what=f"{what}: direct messages")
        server = servers.get(channel.guild.id) or await _server(client, channel.guild.id)
    except discord.HTTPException as error:
        trouble = _CHANNELS.get(error.code) or _refused(error)
        if error.code == refusals.NO_ACCESS and client.application_id is not None:
            trouble += f" ({invite_url(client.application_id)})"
        return Finding(what=what, trouble=trouble)
    except Failure as error:
        return Finding(what=what, trouble=_unreached(error))
    servers[server.guild.id] = server
    what = f"Discord channel #{channel.name} in {server.guild.name}"
    if isinstance(channel, discord.CategoryChannel | discord.ForumChannel):
        trouble = "nothing can be posted to it as such; name a text channel, or a thread"
        return Finding(what=what, trouble=trouble)
    missing = _missing(channel, server, PERMISSIONS)
    if missing:
        needs = "; ".join(f"“{NAMES[name]}”, to {PERMISSIONS[name]}" for name in missing)
        trouble = f"missing: {needs}. Give them to Teller's role in “Edit Channel › Permissions”"
        return Finding(what=what, trouble=trouble)
    without = "".join(
        f", without “{NAMES[name]}”, optional: Teller cannot {OPTIONAL[name]}"
        for name in _missing(channel, server, OPTIONAL)
    )
    return Finding(what=f"{what}{without}")


async def _server(client: discord.Client, guild_id: int) -> _Server:
    """A server as Discord's REST API has it: nothing is known of it without a gateway."""
    guild = await client.fetch_guild(guild_id, with_counts=False)
    user = client.user
    if user is None:
        raise discord.ClientException("the client is not logged in")
    return _Server(
        guild=guild,
        me=await guild.fetch_member(user.id),
        channels={channel.id: channel for channel in await guild.fetch_channels()},
    )


def _missing(
    channel: discord.abc.GuildChannel | discord.Thread, server: _Server, wanted: Iterable[str]
) -> list[str]:
    """The permissions of these that Teller has not got there, by discord.py's names."""
    in_thread = isinstance(channel, discord.Thread)
    whose = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
    stands_in = server.channels.get(whose)
    if stands_in is None:
        # It is not among the channels that Teller is shown.
        return ["view_channel"]
    allowed = stands_in.permissions_for(server.me)
    if not allowed.view_channel:
        return ["view_channel"]
    # What needs another permission first is counted as missing with that one.
    passed_over = {_IN_CHANNELS if in_thread else _IN_THREADS}
    if not allowed.send_messages:
        passed_over |= {"embed_links", "attach_files"}
    return [n for n in wanted if n not in passed_over and not getattr(allowed, n)]


def _refused(error: discord.LoginFailure | discord.HTTPException) -> str:
    if isinstance(error, discord.LoginFailure) or error.status == 401:
        return refusals.BAD_TOKEN
    return str(refusals.failure(error))


def _unreached(error: BaseException) -> str:
    return f"Discord cannot be reached ({type(error).__name__}); check the network"
