"""The REST API: what a bot does with messages, and what it is told of itself."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.discord.errors import DiscordError, check
from tests.discord.gateway import DIRECT_MESSAGES, GUILD_MESSAGES
from tests.discord.world import Channel, Json

if TYPE_CHECKING:
    from tests.discord.server import StandInDiscord

Path = dict[str, str]
Method = Callable[["StandInDiscord", Path, dict[str, str], Any], Awaitable[Any]]
METHODS: dict[str, Method] = {}
# What a method is refused for where it is among what a channel denies the bot.
NEEDED = {"see": 50001, "send": 50013, "embed": 50013, "attach": 50013, "pin": 50013}
AN_HOUR = 3600.0
CROSSPOSTED = 1 << 0


def method(name: str) -> Callable[[Method], Method]:
    def register(made: Method) -> Method:
        METHODS[name] = made
        return made

    return register


def _channel(discord: "StandInDiscord", path: Path, *needs: str) -> Channel:
    channel = discord.world.channels.get(path["channel_id"])
    if channel is None:
        raise DiscordError(10003)
    for need in ("see", *needs):
        if need in channel.denied:
            raise DiscordError(NEEDED[need])
    return channel


def _message(channel: Channel, path: Path) -> Json:
    message = channel.message(path["message_id"])
    if message is None:
        raise DiscordError(10008)
    return message


def _needs(body: Json) -> tuple[str, ...]:
    return ("send", *(("embed",) if body.get("embeds") else ()), *_attaches(body))


def _attaches(body: Json) -> tuple[str, ...]:
    return ("attach",) if any("content" in each for each in body.get("attachments") or ()) else ()


def guild_of(channel: Channel) -> str | None:
    return None if channel.guild is None else channel.guild.id


def shown(discord: "StandInDiscord", channel: Channel, message: Json) -> Json:
    """A message as a history shows it: without its words where they were not granted."""
    world = discord.world
    ours = message["author"]["id"] == world.bot.id
    mentioned = any(each["id"] == world.bot.id for each in message["mentions"])
    if ours or mentioned or channel.guild is None or world.message_content:
        return message
    return {**message, "content": "", "embeds": []}


async def tell(discord: "StandInDiscord", event: str, channel: Channel, message: Json) -> None:
    """An event about a message, to whoever may hear of it."""
    guild = guild_of(channel)
    author = discord.world.users[message["author"]["id"]]
    mentioned = any(each["id"] == discord.world.bot.id for each in message["mentions"])
    ours = author is discord.world.bot
    await discord.gateway.tell(
        event,
        message
        | ({} if guild is None else {"guild_id": guild, "member": discord.world.member(author)}),
        guild=guild,
        intent=DIRECT_MESSAGES if guild is None else GUILD_MESSAGES,
        hidden=guild is not None and not mentioned and not ours,
    )


@method("GET /users/@me")
async def me(discord: "StandInDiscord", _path: Path, _query: Path, _body: Any) -> Json:
    return discord.world.bot.shown()


@method("GET /oauth2/applications/@me")
async def application(discord: "StandInDiscord", _path: Path, _query: Path, _body: Any) -> Json:
    world = discord.world
    return {
        "id": world.application_id,
        "name": world.bot.name,
        "icon": None,
        "description": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "owner": world.users["710000000000000001"].shown(),
        "team": None,
        "interactions_endpoint_url": None,
        "approximate_guild_count": len(world.guilds),
    }


@method("GET /gateway/bot")
async def gateway(discord: "StandInDiscord", _path: Path, _query: Path, _body: Any) -> Json:
    limit = {"total": 1000, "remaining": 999, "reset_after": 0, "max_concurrency": 1}
    url = discord.gateway.told_url or discord.gateway.url
    return {"url": url, "shards": 1, "session_start_limit": limit}


@method("POST /users/@me/channels")
async def direct(discord: "StandInDiscord", _path: Path, _query: Path, body: Any) -> Json:
    user = str(body["recipient_id"])
    if user not in discord.world.users:
        raise DiscordError(10013)
    return discord.world.direct_of(user).shown()


@method("POST /channels/{channel_id}/typing")
async def typing(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> None:
    _channel(discord, path, "send")


@method("POST /channels/{channel_id}/messages")
async def create(discord: "StandInDiscord", path: Path, _query: Path, body: Any) -> Json:
    world = discord.world
    channel = _channel(discord, path, *_needs(body))
    check(body)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        known = world.known_by(channel, str(nonce))
        if known is not None:
            return _message(channel, {"message_id": known}) | {"nonce": nonce}
    message = world.put(channel, world.bot, body)
    if nonce is not None:
        world.remember(channel, str(nonce), message["id"])
    # Only here and in the event is the nonce given back: Discord does not keep it.
    shown = message | ({} if nonce is None else {"nonce": nonce})
    await tell(discord, "MESSAGE_CREATE", channel, shown)
    return shown


@method("PATCH /channels/{channel_id}/messages/{message_id}")
async def edit(discord: "StandInDiscord", path: Path, _query: Path, body: Any) -> Json:
    channel = _channel(discord, path, *_attaches(body))
    message = _message(channel, path)
    if message["author"]["id"] != discord.world.bot.id:
        raise DiscordError(50005)
    check({"content": message["content"], "embeds": message["embeds"]} | body)
    discord.world.change(message, body)
    await tell(discord, "MESSAGE_UPDATE", channel, message)
    return message


@method("POST /channels/{channel_id}/messages/{message_id}/crosspost")
async def crosspost(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> Json:
    """“Crosspost Message”: in announcement channels alone, and once."""
    channel = _channel(discord, path, "send")
    message = _message(channel, path)
    if not channel.announces:
        raise DiscordError(50024)
    if message["flags"] & CROSSPOSTED:
        raise DiscordError(40033)
    message["flags"] |= CROSSPOSTED
    return message


@method("PUT /channels/{channel_id}/messages/pins/{message_id}")
async def pin(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> None:
    _message(_channel(discord, path, "pin"), path)["pinned"] = True


@method("DELETE /channels/{channel_id}/messages/pins/{message_id}")
async def unpin(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> None:
    _message(_channel(discord, path, "pin"), path)["pinned"] = False


@method("DELETE /channels/{channel_id}/messages/{message_id}")
async def delete(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> None:
    channel = _channel(discord, path)
    channel.messages.remove(_message(channel, path))


@method("GET /channels/{channel_id}/messages")
async def history(discord: "StandInDiscord", path: Path, query: Path, _body: Any) -> list[Json]:
    channel = _channel(discord, path)
    # Without leave to read it, Discord shows an empty history.
    known = [] if "history" in channel.denied else list(reversed(channel.messages))
    if before := query.get("before"):
        known = [each for each in known if int(each["id"]) < int(before)]
    return [shown(discord, channel, each) for each in known[: int(query.get("limit", "50"))]]


@method("GET /guilds/{guild_id}/members/{user_id}")
async def member(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> Json:
    guild, user = (discord.world.guilds.get(path["guild_id"]), discord.world.users[path["user_id"]])
    if guild is None:
        raise DiscordError(10004)
    return discord.world.member(user)


@method("POST /interactions/{interaction_id}/{interaction_token}/callback")
async def callback(discord: "StandInDiscord", path: Path, _query: Path, body: Any) -> Json:
    id = path["interaction_id"]
    if id not in discord.interactions:
        raise DiscordError(10062)
    if discord.interactions[id] is not None:
        raise DiscordError(40060)
    discord.interactions[id] = body
    return {
        "interaction": {
            "id": id,
            "type": 2,
            "response_message_id": None,
            "response_message_loading": False,
            "response_message_ephemeral": False,
        },
        "resource": {"type": body["type"]},
    }


async def _list(discord: "StandInDiscord", path: Path, _query: Path, _body: Any) -> list[Json]:
    return discord.commands.get(path.get("guild_id"), [])


async def _replace(discord: "StandInDiscord", path: Path, _query: Path, body: Any) -> list[Json]:
    guild = path.get("guild_id")
    world = discord.world
    added = {"application_id": world.application_id, "version": world.snowflake()}
    discord.commands[guild] = [{"id": world.snowflake(), **added, **each} for each in body]
    return discord.commands[guild]


for _where in ("", "/guilds/{guild_id}"):
    METHODS[f"GET /applications/{{application_id}}{_where}/commands"] = _list
    METHODS[f"PUT /applications/{{application_id}}{_where}/commands"] = _replace
