"""Whoever may speak to Teller in Discord, and what is done about it, client after client."""

from collections.abc import Sequence

import discord

from bot.chat.ask import Channel
from bot.platforms.discord.commands import plant, synchronise
from bot.platforms.discord.connection import GatewayClient, Session
from bot.platforms.discord.conversation import Conversation
from bot.platforms.discord.greeting import Greeting, Told
from bot.ports import Desk


async def kept(channels: Sequence[Channel]) -> None:
    """What Teller knows of channels stays as it is, wherever it is brought in and taken out."""


class Audience:
    """Registers with each client that connects; what was answered once stays answered.

    Slash commands are listed in the servers `guilds`, or everywhere where none is named. `removed`
    is told the channels of servers that Teller is in no longer, `returned` those of servers that it
    is in.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        guilds: Sequence[int] = (),
        removed: Told = kept,
        returned: Told = kept,
    ) -> None:
        self._desk = desk
        self._guilds = tuple(guilds)
        self._conversation = Conversation(desk=desk)
        self._greeting = Greeting(commands=desk.commands(), removed=removed, returned=returned)

    async def meet(self, client: GatewayClient) -> None:
        """Register with a client that is logged in, and bring its list of commands up to date.

        What is said is heard from the first moment on; the list takes its time beside it.
        """
        self._conversation.listen(client)
        self._greeting.listen(client)

        @client.event
        async def on_session_begun(session: Session) -> None:
            self._conversation.missed.begun(session)
            await self._greeting.begun(session)

        @client.event
        async def on_guild_available(guild: discord.Guild) -> None:
            await self._conversation.missed.available(client, guild)
            await self._greeting.available(guild)

        tree = plant(
            client,
            self._desk.commands(),
            asked=self._conversation.on_command,
            seats=self._desk.seats,
        )
        for guild in self._guilds or (None,):
            await synchronise(tree, guild)
