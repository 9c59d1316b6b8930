"""What is in a stand-in Discord: a bot, a server with its channels, people, messages."""

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]
EPOCH = 1_420_070_400.0
NONCE_WINDOW = 180.0
# What a bot that `teller invite` brought may do: see, write, embed, attach, read history.
PERMISSIONS = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16


@dataclass(eq=False, kw_only=True)
class User:
    """Somebody, or the bot."""

    id: str
    name: str
    bot: bool = False

    def shown(self) -> Json:
        return {
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False, kw_only=True)
class Channel:
    """A place where messages stand, oldest first. `denied` is what the bot may not do there.

    `announces` marks an announcement channel, which other servers may follow.
    """

    id: str
    name: str
    guild: "Guild | None" = None
    recipient: User | None = None
    messages: list[Json] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    announces: bool = False

    def message(self, id: str) -> Json | None:
        return next((each for each in self.messages if each["id"] == id), None)

    @property
    def titles(self) -> list[str]:
        """The titles of the first embeds that stand, oldest first."""
        return [each["embeds"][0].get("title", "") for each in self.messages if each["embeds"]]

    def shown(self) -> Json:
        last = self.messages[-1]["id"] if self.messages else None
        if self.recipient is not None:
            return {
                "id": self.id,
                "type": 1,
                "last_message_id": last,
                "recipients": [self.recipient.shown()],
                "flags": 0,
            }
        return {
            "id": self.id,
            "type": 5 if self.announces else 0,
            "name": self.name,
            "position": 0,
            "permission_overwrites": [],
            "nsfw": False,
            "parent_id": None,
            "topic": None,
            "last_message_id": last,
            "rate_limit_per_user": 0,
            "flags": 0,
        }


@dataclass(eq=False, kw_only=True)
class Guild:
    """A server."""

    id: str
    name: str
    channels: dict[str, Channel] = field(default_factory=dict)


class World:
    """Everything in it, by id."""

    def __init__(self, *, token: str = "MTE4.stand-in.not-a-token") -> None:
        self.token = token
        self.clock: Callable[[], float] = time.time
        self._counter = itertools.count()
        self.bot = User(id="700000000000000001", name="Teller", bot=True)
        self.application_id = self.bot.id
        self.users = {
            user.id: user
            for user in (
                self.bot,
                User(id="710000000000000001", name="Ada"),
                User(id="710000000000000002", name="Bea"),
            )
        }
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.direct: dict[str, Channel] = {}
        # What was attached, by the address that it is found under.
        self.files: dict[str, bytes] = {}
        self._nonces: dict[tuple[str, str], tuple[float, str]] = {}
        self.nonce_window = NONCE_WINDOW
        # What Discord granted of what it does not grant to everybody.
        self.message_content = True
        newsroom = self.add_guild("800000000000000001", "Newsroom")
        self.add_channel("900000000000000001", "count-night", newsroom)

    def snowflake(self) -> str:
        since = int((self.clock() - EPOCH) * 1000)
        return str(since << 22 | next(self._counter) & 0x3FFFFF)

    def add_guild(self, id: str, name: str) -> Guild:
        self.guilds[id] = guild = Guild(id=id, name=name)
        return guild

    def add_channel(self, id: str, name: str, guild: Guild | None = None) -> Channel:
        guild = guild or next(iter(self.guilds.values()))
        self.channels[id] = guild.channels[id] = channel = Channel(id=id, name=name, guild=guild)
        return channel

    def direct_of(self, user: str) -> Channel:
        """The direct messages of somebody with the bot."""
        if user not in self.direct:
            channel = Channel(id=self.snowflake(), name="", recipient=self.users[user])
            self.direct[user] = self.channels[channel.id] = channel
        return self.direct[user]

    def put(self, channel: Channel, author: User, body: Json) -> Json:
        """A new message, as it stands."""
        said = body.get("content") or ""
        mentioned = [user for user in self.users.values() if f"<@{user.id}>" in said]
        message: Json = {
            "id": self.snowflake(),
            "channel_id": channel.id,
            "author": author.shown(),
            "content": said,
            "timestamp": self.now(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [user.shown() for user in mentioned],
            "mention_roles": [],
            "attachments": self._attached([], body),
            "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or ()],
            "components": body.get("components") or [],
            "pinned": False,
            "type": 0,
            "flags": 0,
        }
        if reference := body.get("message_reference"):
            under = channel.message(str(reference["message_id"]))
            message |= {"type": 19, "message_reference": reference, "referenced_message": under}
        _show(message)
        channel.messages.append(message)
        return message

    def change(self, message: Json, body: Json) -> None:
        """Change what stands."""
        if "content" in body:
            message["content"] = body["content"] or ""
        if "embeds" in body:
            message["embeds"] = [{"type": "rich", **embed} for embed in body["embeds"] or ()]
        if "components" in body:
            message["components"] = body["components"] or []
        if "attachments" in body:
            message["attachments"] = self._attached(message["attachments"], body)
        _show(message)
        message["edited_timestamp"] = self.now()

    def _attached(self, before: list[Json], body: Json) -> list[Json]:
        """The attachments of a message: those that stay, by their ids, and those that are new."""
        given = body.get("attachments") or []
        kept = {str(each["id"]) for each in given if "content" not in each}
        attached = [each for each in before if each["id"] in kept]
        for each in given:
            if "content" not in each:
                continue
            id, name = self.snowflake(), each["filename"]
            url = f"https://cdn.discordapp.com/attachments/{id}/{name}"
            self.files[url] = each["content"]
            attached.append(
                {
                    "id": id,
                    "filename": name,
                    "description": each.get("description"),
                    "content_type": "image/png",
                    "size": len(each["content"]),
                    "url": url,
                    "proxy_url": url,
                }
            )
        return attached

    def known_by(self, channel: Channel, nonce: str) -> str | None:
        """The id of what was posted under a nonce a moment ago, whether it stands or not."""
        at, id = self._nonces.get((channel.id, nonce), (float("-inf"), ""))
        return id if self.clock() - at < self.nonce_window else None

    def remember(self, channel: Channel, nonce: str, id: str) -> None:
        self._nonces[channel.id, nonce] = self.clock(), id

    def now(self) -> str:
        return datetime.fromtimestamp(self.clock(), UTC).isoformat()

    def shown_guild(self, guild: Guild) -> Json:
        """A server as GUILD_CREATE tells of it."""
        everyone = {
            "id": guild.id,
            "name": "@everyone",
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "position": 0,
            "permissions": str(PERMISSIONS),
            "managed": False,
            "mentionable": False,
            "flags": 0,
        }
        return {
            "id": guild.id,
            "name": guild.name,
            "owner_id": "710000000000000001",
            "roles": [everyone],
            "emojis": [],
            "features": [],
            "stickers": [],
            "channels": [each.shown() for each in guild.channels.values()],
            "threads": [],
            "members": [self.member(self.bot)],
            "member_count": len(self.users),
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
            "joined_at": self.now(),
            "large": False,
            "unavailable": False,
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "premium_tier": 0,
            "preferred_locale": "en-GB",
            "system_channel_flags": 0,
            "afk_timeout": 300,
            "premium_progress_bar_enabled": False,
        }

    def member(self, user: User) -> Json:
        """Somebody, as a member of a server."""
        return {
            "user": user.shown(),
            "roles": [],
            "joined_at": self.now(),
            "deaf": False,
            "mute": False,
            "flags": 0,
        }


def _show(message: Json) -> None:
    """“Using Attachments within Embeds”: a picture by the name of a file that is attached."""
    urls = {f"attachment://{each['filename']}": each["url"] for each in message["attachments"]}
    for embed in message["embeds"]:
        shown = (embed.get("image") or {}).get("url", "")
        if shown in urls:
            embed["image"] = {"url": urls[shown]}
        elif shown.startswith("attachment://"):
            del embed["image"]
