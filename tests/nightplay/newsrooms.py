"""Two newsrooms, one in Slack and one in Discord, and who sits in them.

Each keeps all that is posted into its channels but the answers, in every state that it was in.
"""

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from bot.election.clock import uk_clock
from tests.discord.gateway import Gateway
from tests.discord.server import StandInDiscord
from tests.discord.world import Channel as DiscordChannel
from tests.discord.world import Json, User, World
from tests.slack.server import StandInSlack
from tests.slack.workspace import Channel as SlackChannel

# How often, in seconds, somebody looks whether there is an answer.
GLANCE = 0.01
ADA, BEA = "U1", "710000000000000002"
_SLACK_DATE = re.compile(r"<!date\^(\d+)\^[^>]*>")
_DISCORD_DATE = re.compile(r"<t:(\d+)(?::\w)?>")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*_~`\\\u2060]")
# The sign of a kind before a heading, and a dot before an item.
_SIGN = re.compile(r"^[^\w“(✗]+")
# When a message is of, with its source and what became of it.
_ABOUT = re.compile(r"^\d\d:\d\d(?: .*)?$")
_LATE = re.compile(r" \([^()]* late\)$")


@dataclass(frozen=True, kw_only=True)
class State:
    """A message as it looked for a while: its lines, and when it is of (on UK clocks)."""

    lines: tuple[str, ...]
    about: str = ""

    @property
    def edited(self) -> bool:
        return "✎" in self.about

    @property
    def late(self) -> bool:
        return "late" in self.about or bool(self.lines and _LATE.search(self.lines[0]))


@dataclass(kw_only=True)
class Message:
    """A message, with every state that it was ever in."""

    id: str
    states: list[State] = field(default_factory=list)

    @property
    def now(self) -> State:
        return self.states[-1]


class Keeps(Protocol):
    """Keeps what is posted."""

    def took(self, channel: str, id: str, message: Json) -> None:
        """A message is new, or was changed."""


class Album:
    """What stands in channels, by channel and message, the oldest first; `told` hears of all.

    `read` gives the lines of a message.
    """

    def __init__(
        self, read: Callable[[Json], list[str]], told: Callable[[], None] = lambda: None
    ) -> None:
        self._read = read
        self._channels: dict[str, dict[str, Message]] = {}
        self._told = told
        self.writings = 0

    def took(self, channel: str, id: str, message: Json) -> None:
        """A message is new, or was changed."""
        self.told(channel, id, self._read(message))

    def told(self, channel: str, id: str, lines: Sequence[str]) -> None:
        """It says these lines now."""
        messages = self._channels.setdefault(channel, {})
        message = messages.setdefault(id, Message(id=id))
        message.states.append(_state(lines))
        self.writings += 1
        self._told()

    def held(self, channel: str) -> list[Message]:
        """What stands in a channel."""
        return list(self._channels.get(channel, {}).values())


class Person(Protocol):
    """Somebody who speaks to Teller, and to whom it answers."""

    async def ask(self, channel: str, text: str, patience: float) -> str | None:
        """Say something to it; what it answers within so many seconds, None where it does not."""


class SlackRoom(StandInSlack):
    """A newsroom in Slack. Ada has the desk."""

    def __init__(self, keeps: Keeps, **workspace: Any) -> None:
        super().__init__(**workspace)
        self._keeps = keeps

    def store(self, channel: SlackChannel, message: Json) -> Json:
        stored = super().store(channel, message)
        self._keep(channel, stored)
        return stored

    def announce(self, channel: SlackChannel, message: Json, before: Json | None = None) -> None:
        if before is not None:
            self._keep(channel, message)
        super().announce(channel, message, before)

    def _keep(self, channel: SlackChannel, message: Json) -> None:
        if message.get("metadata"):
            self._keeps.took(channel.id, message["ts"], message)

    async def ask(self, channel: str, text: str, patience: float) -> str | None:
        """Ada says something; an answer that is for her alone counts too."""
        where = self.channel(channel)
        alone = len(where.ephemerals)
        said = await self.mention(text, channel=channel, user=ADA)

        def answers() -> list[Json]:
            return [*where.replies(said.ts), *where.ephemerals[alone:]]

        found = await _answer(answers, patience)
        return None if found is None else "\n".join(lines_in_slack(found))


class _World(World):
    def __init__(self, keeps: Keeps) -> None:
        super().__init__()
        self._keeps = keeps

    def put(self, channel: DiscordChannel, author: User, body: Json) -> Json:
        message = super().put(channel, author, body)
        self._keep(message)
        return message

    def change(self, message: Json, body: Json) -> None:
        super().change(message, body)
        self._keep(message)

    def _keep(self, message: Json) -> None:
        if message["author"]["id"] == self.bot.id and "message_reference" not in message:
            self._keeps.took(message["channel_id"], message["id"], message)


class DiscordRoom(StandInDiscord):
    """A newsroom in Discord. Bea has the desk."""

    def __init__(self, keeps: Keeps, **limits: Any) -> None:
        super().__init__(**limits)
        self.world = _World(keeps)
        self.gateway = Gateway(self.world)

    async def ask(self, channel: str, text: str, patience: float) -> str | None:
        """Bea says something."""
        where = self.channel(channel)
        asked = await self.mention(text, channel=channel, user=BEA)

        def answers() -> list[Json]:
            return [m for m in where.messages if _answered(m) == asked["id"]]

        found = await _answer(answers, patience)
        return None if found is None else "\n".join(lines_in_discord(found))


async def _answer(answers: Callable[[], list[Json]], patience: float) -> Json | None:
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while loop.time() < until:
        if found := answers():
            return found[0]
        await asyncio.sleep(GLANCE)
    return None


def _answered(message: Json) -> str:
    return str((message.get("message_reference") or {}).get("message_id"))


def _state(lines: Sequence[str]) -> State:
    about = [line for line in lines if _ABOUT.match(line)]
    others = [line for line in lines if line not in about]
    return State(lines=tuple(_SIGN.sub("", line) for line in others), about=" ".join(about))


def _shown(text: str) -> str:
    """What a person reads of a line in either platform's markup, with times on UK clocks."""

    def clock(found: re.Match[str]) -> str:
        return uk_clock(datetime.fromtimestamp(int(found[1]), UTC))

    text = _DISCORD_DATE.sub(clock, _SLACK_DATE.sub(clock, text))
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())


def lines_in_slack(message: Json) -> list[str]:
    """Every line of a message in Slack, as it is read."""

    def texts(value: Any) -> Iterator[str]:
        if isinstance(value, list):
            for each in value:
                yield from texts(each)
        elif not isinstance(value, dict) or value.get("type") == "actions":
            # What can be pressed is no line of the message.
            return
        elif value.get("type") in ("rich_text_section", "rich_text_preformatted"):
            yield "".join(texts(value["elements"]))
        elif value.get("type") == "date":
            yield uk_clock(datetime.fromtimestamp(value["timestamp"], UTC))
        elif isinstance(value.get("text"), str):
            yield value["text"]
        else:
            for name in ("text", "elements", "fields", "blocks"):
                yield from texts(value.get(name) or [])

    found = [*texts(message.get("blocks") or []), *texts(message.get("attachments") or [])]
    said = "\n".join(found or [message["text"]])
    return [line for each in said.split("\n") if (line := _shown(each))]


def lines_in_discord(message: Json) -> list[str]:
    """Every line of a message in Discord, as it is read."""
    described = [embed.get("description") or "" for embed in message["embeds"]]
    said = "\n".join([message["content"], *described])
    return [line for each in said.split("\n") if (line := _shown(each.removeprefix("-# ")))]
