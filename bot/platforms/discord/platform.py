"""Discord as a platform: posts as embeds, questions from wherever people put them."""

from collections.abc import Awaitable, Callable, Sequence

import discord
import structlog

from bot.chat.ask import Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.errors import DeliveryError
from bot.platforms.discord import refusals
from bot.platforms.discord.audience import Audience, kept
from bot.platforms.discord.connection import Gateway
from bot.platforms.discord.embeds import DiscordMessage, message, plainer
from bot.platforms.discord.greeting import Removed
from bot.platforms.discord.marks import is_marked, marked, nonce
from bot.platforms.discord.rest import Rest, asked
from bot.platforms.discord.saying import changed, sent
from bot.ports import Desk

log = structlog.get_logger()

# A message that may have been posted is looked for among so many of its channel's last ones.
LAST = 500
# Stands for a message that somebody took away before it was known here what it is called.
GONE = "0"

Put = Callable[[DiscordMessage], Awaitable[discord.Message]]


class DiscordPlatform:
    """The servers that Teller is in; a `Platform`.

    Posts go out over `rest`, whether the gateway is connected or not. Slash commands are listed in
    the servers `guilds`, or everywhere where none is named; `removed` is told the channels of
    servers that Teller is in no longer.
    """

    name = "discord"

    def __init__(
        self, *, rest: Rest, gateway: Gateway, guilds: Sequence[int] = (), removed: Removed = kept
    ) -> None:
        self._rest = rest
        self._gateway = gateway
        self._guilds = tuple(guilds)
        self._removed = removed

    async def run(self, desk: Desk) -> None:
        """Answer questions until cancelled; a lost connection is made again, and logged."""
        audience = Audience(desk=desk, guilds=self._guilds, removed=self._removed)
        await self._gateway.run(audience)

    def changed(self) -> None:
        """Nothing stands open here: Discord has no pages."""

    async def direct(self, author: Author) -> Channel:
        """The direct messages of a person. Raises `DeliveryError` where Discord opens none."""
        client, user = await asked(self._rest.client()), _snowflake(author.id)
        opened = await asked(client.create_dm(discord.Object(user)))
        return Channel(platform=self.name, id=str(opened.id))

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Post a new message. Raises `DeliveryError` where it may have to be tried again.

        Where the same was posted within the last minutes, Discord says which message that is, and
        posts nothing.
        """
        _, where = await self._place(channel)
        known_by = nonce(channel, key)

        async def put(shown: DiscordMessage) -> discord.Message:
            return await where.send(**sent(marked(shown, known_by)), nonce=known_by)

        try:
            posted = await _deliver(put, post)
        except DeliveryError as error:
            if _why(error) != refusals.UNKNOWN_MESSAGE:
                raise
            # It had been posted under this nonce, and somebody took it away at once.
            log.warning("discord.taken_away", channel=channel.id)
            return MessageRef(channel=channel, id=GONE)
        return MessageRef(channel=channel, id=str(posted.id))

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Change a message that stands. Raises `DeliveryError` as `send` does."""
        if ref.id == GONE:
            return ref
        _, where = await self._place(ref.channel)
        known_by = nonce(ref.channel, key)
        standing = where.get_partial_message(_snowflake(ref.id))

        async def put(shown: DiscordMessage) -> discord.Message:
            return await standing.edit(**changed(marked(shown, known_by)))

        try:
            await _deliver(put, post)
        except DeliveryError as error:
            why = _why(error)
            if why == refusals.UNKNOWN_MESSAGE:
                # Somebody took it away by hand: away it stays, and its lane goes on.
                log.warning("discord.taken_away", channel=ref.channel.id, message=ref.id)
            elif why in refusals.OUT_OF_REACH:
                # What is out of reach is said anew; it says of itself what has changed.
                found = await self.find(ref.channel, key)
                return found or await self.send(ref.channel, post, key)
            else:
                raise
        return ref

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that was posted under this key, by its mark, among the channel's last ones.

        Raises `DeliveryError` where Discord cannot be asked.
        """
        return await asked(self._find(channel, nonce(channel, key)))

    async def _find(self, channel: Channel, known_by: str) -> MessageRef | None:
        client, where = await self._place(channel)
        async for found in where.history(limit=LAST):
            # Others may have copied its words, and what is not seen of them.
            if found.author == client.user and is_marked(found, known_by):
                return MessageRef(channel=channel, id=str(found.id))
        return None

    async def _place(self, channel: Channel) -> tuple[discord.Client, discord.PartialMessageable]:
        client = await asked(self._rest.client())
        return client, client.get_partial_messageable(_snowflake(channel.id))


async def _deliver(put: Put, post: Post) -> discord.Message:
    """Post, and where Discord calls it invalid, once more as text alone."""
    try:
        return await asked(put(message(post)))
    except DeliveryError as error:
        if _why(error) != refusals.INVALID_FORM:
            raise
        log.warning("discord.invalid_form", kind=post.kind)
        return await asked(put(plainer(post)))


def _snowflake(id: str) -> int:
    """What Discord calls something. Raises `DeliveryError` where it is no number."""
    if not id.isascii() or not id.isdecimal():
        raise DeliveryError(
            f"Discord has nothing that is called “{id}”: its ids are long numbers; copy one with "
            "“Copy Channel ID”.",
            wait=refusals.RARELY,
            refused=True,
        )
    return int(id)


def _why(error: DeliveryError) -> int | None:
    return refusals.code(error.__cause__)
