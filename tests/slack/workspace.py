"""What stands in the workspace: people, channels with their messages, views and files."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

# What a bot like this one asks for when it is installed.
SCOPES = frozenset(
    {
        *("app_mentions:read", "commands", "chat:write", "chat:write.public", "reactions:write"),
        *("channels:history", "channels:join", "channels:read", "groups:history", "groups:read"),
        *("im:history", "im:read", "im:write", "files:read", "files:write"),
        *("pins:write", "team:read", "usergroups:read", "users:read"),
    }
)
# The events it subscribes to.
EVENTS = frozenset(
    {"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im"}
)


@dataclass(kw_only=True)
class Channel:
    """A channel: every message that stands in it, oldest first, replies among them."""

    id: str
    name: str
    kind: Literal["channel", "group", "im"] = "channel"
    members: set[str] = field(default_factory=set)
    archived: bool = False
    messages: list[Json] = field(default_factory=list)
    ephemerals: list[Json] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The text of each message, oldest first."""
        return [message["text"] for message in self.messages]

    def message(self, ts: str) -> Json | None:
        """The message with this ts; None where there is none."""
        return next((each for each in self.messages if each["ts"] == ts), None)

    def replies(self, ts: str) -> list[Json]:
        """What was said in the thread under a message, oldest first."""
        return [m for m in self.messages if m.get("thread_ts") == ts and m["ts"] != ts]

    def thread_state(self, ts: str) -> None:
        """Write on the first message of a thread what Slack shows of the thread."""
        parent = self.message(ts)
        if parent is None:
            return
        replies = self.replies(ts)
        parent |= {
            "thread_ts": ts,
            "reply_count": len(replies),
            "reply_users": sorted({each["user"] for each in replies}),
            "latest_reply": replies[-1]["ts"] if replies else ts,
        }

    def as_slack(self, bot: str) -> Json:
        """The conversation object."""
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.kind == "im",
            "is_mpim": False,
            "is_private": self.kind != "channel",
            "is_archived": self.archived,
            "is_member": bot in self.members,
            "num_members": len(self.members),
            **({"user": next(iter(self.members - {bot}))} if self.kind == "im" else {}),
        }


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a token is good for."""

    token: str
    scopes: frozenset[str]
    team: str
    kind: Literal["bot", "app"]


class Workspace:
    """One workspace and the app in it, under names that tests may rely on.

    Channel C1 `count-night` has the members U1 (Ada) and U2 (Grace) and the bot; more is added
    with `add_channel` and `add_user`.
    """

    team = "T0TELLER"
    app_id = "A0TELLER"
    bot_id = "B0TELLER"
    bot_user = "U0TELLER"
    bot_token = "xoxb-stand-in"
    app_token = "xapp-stand-in"
    client_id = "1.1"
    client_secret = "client-secret"

    def __init__(
        self,
        *,
        team: str | None = None,
        scopes: Iterable[str] = SCOPES,
        events: Iterable[str] = EVENTS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        if team is not None:
            self.team, self.bot_token = team, f"xoxb-{team.lower()}"
            self.bot_id, self.bot_user = f"B{team[1:]}", f"U{team[1:]}"
        self.clock = clock
        self.events = set(events)
        self.grants: dict[str, Grant] = {}
        self.grant(self.bot_token, scopes=scopes)
        self.grant(self.app_token, scopes=["connections:write"], kind="app")
        self.revoked: set[str] = set()
        self.users: dict[str, Json] = {}
        self.usergroups: dict[str, list[str]] = {}
        self.channels: dict[str, Channel] = {}
        self.views: dict[str, Json] = {}
        self.viewers: dict[str, str] = {}
        self.homes: dict[str, Json] = {}
        self.files: dict[str, Json] = {}
        self.oauth_codes: dict[str, str] = {}
        self.redirects: dict[str, str] = {}
        self.installed: Json = {}
        self.edit_window = float("inf")
        self._microseconds = 0
        self._numbers: dict[str, int] = {}
        self.add_user(self.bot_user, "teller", is_bot=True)
        self.add_user("U1", "Ada")
        self.add_user("U2", "Grace")
        self.add_channel("C1", "count-night")

    def grant(
        self,
        token: str,
        *,
        scopes: Iterable[str] = SCOPES,
        team: str | None = None,
        kind: Literal["bot", "app"] = "bot",
    ) -> None:
        """Make a token known, or give a known one other scopes."""
        self.grants[token] = Grant(
            token=token, scopes=frozenset(scopes), team=team or self.team, kind=kind
        )

    def oauth_code(self, token: str | None = None) -> str:
        """A code that `oauth.v2.access` changes, once, into a token."""
        code = self.number("code")
        self.oauth_codes[code] = token or self.bot_token
        return code

    def add_user(self, user: str, name: str, *, is_bot: bool = False, **more: Any) -> None:
        """Someone who is in the workspace; `more` goes into the user object."""
        self.users[user] = {
            "id": user,
            "team_id": self.team,
            "name": name.lower(),
            "real_name": name,
            "deleted": False,
            "is_bot": is_bot,
            "is_admin": False,
            "tz": "Europe/London",
            "profile": {"display_name": name, "real_name": name},
            **more,
        }

    def add_channel(
        self,
        channel: str,
        name: str,
        *,
        kind: Literal["channel", "group", "im"] = "channel",
        members: Iterable[str] = ("U1", "U2"),
        with_bot: bool = True,
    ) -> Channel:
        """A new channel, with the bot in it unless told otherwise."""
        everyone = {*members, *((self.bot_user,) if with_bot else ())}
        self.channels[channel] = Channel(id=channel, name=name, kind=kind, members=everyone)
        return self.channels[channel]

    def channel(self, channel: str) -> Channel:
        """The channel with this id."""
        return self.channels[channel]

    def direct(self, user: str) -> Channel:
        """The direct-message channel of someone and the bot, opened if need be."""
        channel = f"D{user}"
        if channel not in self.channels:
            self.add_channel(channel, channel.lower(), kind="im", members=[user])
        return self.channels[channel]

    def home(self, user: str) -> Json | None:
        """The Home tab as it was last published to someone."""
        return self.homes.get(user)

    def modal(self, user: str) -> Json | None:
        """The modal in front of someone: the last one opened that is not closed."""
        theirs = [view for view, viewer in self.viewers.items() if viewer == user]
        return self.views[theirs[-1]] if theirs else None

    @property
    def uploaded(self) -> set[str]:
        """The ids of files whose upload is complete."""
        return {id for id, file in self.files.items() if file["complete"]}

    def ts(self) -> str:
        """A timestamp as messages carry it, later than every one before."""
        self._microseconds = max(int(self.clock() * 1e6), self._microseconds + 100)
        seconds, rest = divmod(self._microseconds, 10**6)
        return f"{seconds}.{rest:06d}"

    def number(self, prefix: str) -> str:
        """An id that was not given out before."""
        self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
        return f"{prefix}{self._numbers[prefix]:03d}"

    def store(self, channel: Channel, message: Json) -> Json:
        """Put a message into a channel; a reply also changes the head of its thread."""
        message = {"type": "message", "ts": self.ts(), **message}
        channel.messages.append(message)
        if thread := message.get("thread_ts"):
            channel.thread_state(thread)
        return message
