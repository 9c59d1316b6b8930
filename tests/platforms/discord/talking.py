"""Teller in a virtual Discord: the real discord.py client, and a desk that says what it is told."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import discord
import simcord
from discord import app_commands

from bot.app import read_catalogue
from bot.chat.ask import Ask
from bot.chat.command import Command
from bot.chat.reply import Reply
from bot.platforms.discord.commands import plant, synchronise
from bot.platforms.discord.connection import GatewayClient, Shards
from bot.platforms.discord.conversation import Conversation
from tests.discord.contract import faults
from tests.platforms.slack.fake_desk import FakeDesk

# What it takes to manage a channel.
CONTROLS = discord.Permissions(manage_channels=True)
SEATS = ("Tamworth", "Mid Bedfordshire")


class FullDesk(FakeDesk):
    """A fake desk with the bundled commands, and answers to some questions."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: dict[str, Reply] = {}
        self.overheard: list[Ask] = []
        self.heard: Reply | None = None
        self.listed: Sequence[Command] = read_catalogue().commands
        self.env: simcord.Env | None = None

    async def answer(self, ask: Ask) -> Reply:
        await self._waited()
        if ask.text in self.answers:
            self.asked.append(ask)
            return self.answers[ask.text]
        return await super().answer(ask)

    async def overhear(self, ask: Ask) -> Reply | None:
        self.overheard.append(ask)
        return self.heard

    async def submit(self, name, ask, values):
        await self._waited()
        return await super().submit(name, ask, values)

    def commands(self) -> Sequence[Command]:
        return self.listed

    async def seats(self, typed: str, most: int) -> Sequence[str]:
        return [seat for seat in SEATS if typed.casefold() in seat.casefold()][:most]

    async def _waited(self) -> None:
        # What keeps the desk has to be known to the virtual Discord, or it takes it for stuck.
        if not self.free.is_set() and self.env is not None:
            await self.env.external_wait(self.free.wait(), reason="the desk is busy")


@dataclass
class Scene:
    """A server with a channel, somebody who manages it and somebody who does not."""

    env: simcord.Env
    desk: FullDesk
    client: GatewayClient
    guild: simcord.GuildHandle
    channel: simcord.ChannelHandle
    editor: simcord.MemberActor
    reader: simcord.MemberActor

    @property
    def me(self) -> str:
        return f"<@{self.client.user.id}>"

    async def restart(self) -> app_commands.CommandTree:
        """Teller as a new process, which has kept nothing."""
        self.client = made()
        await self.env.restart_bot(self.client)
        return met(self.client, self.desk)

    def said(self) -> list:
        """What Teller has said in the channel, the oldest first."""
        return [m for m in self.channel.history() if m.author.id == self.client.user.id]


def made(*, message_content: bool = False) -> GatewayClient:
    """A client as the platform makes it."""
    return GatewayClient(shards=Shards(ids=(0,), count=1), message_content=message_content)


def met(client: GatewayClient, desk: FullDesk, patience: float = 1.0) -> app_commands.CommandTree:
    """What the platform does with a client that is logged in, but for listing its commands."""
    conversation = Conversation(desk=desk, patience=patience)
    conversation.listen(client)
    return plant(client, desk.commands(), asked=conversation.on_command, seats=desk.seats)


@asynccontextmanager
async def talking(
    desk: FullDesk | None = None, *, message_content: bool = False, patience: float = 1.0
) -> AsyncIterator[Scene]:
    """Teller, listening in a server."""
    desk = desk or FullDesk()
    client = made(message_content=message_content)
    async with simcord.run(client) as env:
        desk.env = env
        guild = env.create_guild("The newsroom")
        channel = guild.create_text_channel("count-night")
        manager = guild.create_role("Editors", permissions=CONTROLS)
        editor = guild.add_member(env.create_user("edith"), roles=[manager])
        reader = guild.add_member(env.create_user("rob"))
        await synchronise(met(client, desk, patience))
        yield Scene(env, desk, client, guild, channel, editor, reader)
        assert unlike_discord(env) == []


def unlike_discord(env: simcord.Env) -> list[str]:
    """What of Teller's requests is not as Discord describes it."""
    return [
        fault
        for request in env.http_requests
        for fault in faults(
            request.method,
            request.path,
            {name: str(value) for name, value in request.params.items()},
            _own(request.json),
        )
    ]


def _own(body: Any) -> Any:
    """A body without what discord.py sends of its own accord with every answer: always nothing."""
    if not isinstance(body, dict) or "data" not in body:
        return body
    data = {name: value for name, value in body["data"].items() if name != "tts"}
    for embed in data.get("embeds", ()):
        embed.pop("flags", None)
    return body | {"data": data}


def words(message) -> str:
    """Everything that a message says."""
    parts = [message.content]
    for embed in message.embeds:
        parts += [embed.title or "", embed.description or "", embed.footer.text or ""]
        parts += [f"{field.name} {field.value}" for field in embed.fields]
    return "\n".join(parts)
