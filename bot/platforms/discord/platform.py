"""Discord as a platform: posts as embeds, questions from wherever people put them."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import discord
import structlog

from bot.chat.ask import Author, Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.errors import DeliveryError, Fault
from bot.platforms.discord import refusals
from bot.platforms.discord.audience import Audience, kept
from bot.platforms.discord.connection import Gateway
from bot.platforms.discord.crossposts import Crossposts
from bot.platforms.discord.embeds import DiscordMessage, message, plainer
from bot.platforms.discord.greeting import Told
from bot.platforms.discord.marks import is_marked, mark, marked, nonce
from bot.platforms.discord.rest import Posted, Rest, asked
from bot.platforms.discord.saying import changed, sent
from bot.ports import Desk

log = structlog.get_logger()

# A message that may have been posted is looked for among so many of its channel's last ones.
LAST = 500
# In digits: an id has 63 bits. Of a longer one, Discord would say that the message is invalid.
LONGEST_ID = 19

# A thousand channels get the same post: it is rendered once.
_shown = lru_cache(maxsize=32)(message)

Put = Callable[[DiscordMessage], Coroutine[Any, Any, discord.Message]]


class DiscordPlatform:
    """The servers that Teller is in; a `Platform`.

    Posts go out over `rest`, whether the gateway is connected or not. Slash commands are listed in
    the servers `guilds`, or everywhere where none is named; `removed` is told the channels of
    servers that Teller is in no longer, `returned` those of servers that it is in. `crosspost`
    publishes what is posted in announcement channels. `shared` as in
    `Platform`: Discord says everything to everybody who connects the same shards.
    """

    name = "discord"
    pictures = True
    # Discord takes fifty requests a second from a bot, whatever they are for, and shuts out who is
    # refused ten thousand times in ten minutes:
    # https://discord.com/developers/docs/topics/rate-limits.
    at_once = 32

    def __init__(
        self,
        *,
        rest: Rest,
        gateway: Gateway,
        guilds: Sequence[int] = (),
        crosspost: bool = False,
        removed: Told = kept,
        returned: Told = kept,
        shared: bool = False,
    ) -> None:
        self.shared = shared
        self._crossposts = Crossposts() if crosspost else None
        self._rest = rest
        self._gateway = gateway
        self._guilds = tuple(guilds)
        self._removed = removed
        self._returned = returned

    async def run(self, desk: Desk) -> None:
        """Answer questions until cancelled; a lost connection is made again, and logged."""
        audience = Audience(
            desk=desk, guilds=self._guilds, removed=self._removed, returned=self._returned
        )
        await self._gateway.run(audience)

    def changed(self) -> None:
        """Nothing stands open here: Discord has no pages."""

    async def direct(self, author: Author) -> Channel:
        """The direct messages of a person. Raises `DeliveryError` where Discord opens none."""
        client, user = await self._rest.ready(), _snowflake(author.id)
        opened = await asked(client.create_dm(discord.Object(user)))
        return Channel(platform=self.name, id=str(opened.id))

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Post a new message. Raises `DeliveryError`, whose fault says what becomes of it.

        Where the same subject was posted within the last minutes, Discord says which message that
        is, and posts nothing; it is changed where it stands in another version, and was taken away
        if it stands no longer.
        """
        return await self._post(channel, post, key, nonce(channel, key))

    async def _post(
        self, channel: Channel, post: Post, key: DeliveryKey, known_by: str
    ) -> MessageRef:
        _, where = await self._place(channel)
        marking = mark(channel, key)

        async def put(shown: DiscordMessage) -> discord.Message:
            return await where.send(**sent(marked(shown, marking)), nonce=known_by)

        posted = await self._deliver(put, post)
        if not is_marked(marking, posted.content, posted.addresses):
            # Somebody who gave it up, or died, had posted it in another version after all.
            await self._change(where, posted.id, post, marking)
        if self._crossposts is not None:
            self._crossposts.publish(where, posted.id)
        return MessageRef(channel=channel, id=str(posted.id))

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Change a message that stands. Raises `DeliveryError` as `send` does.

        What Discord lets nobody change any more is said anew; it says of itself what has changed.
        """
        _, where = await self._place(ref.channel)
        try:
            await self._change(where, _snowflake(ref.id), post, mark(ref.channel, key))
        except DeliveryError as error:
            if _why(error) not in refusals.OUT_OF_REACH:
                raise
            found = await self.find(ref.channel, key)
            # A second message of one subject: it is known by its version.
            return found or await self._post(ref.channel, post, key, mark(ref.channel, key))
        return ref

    async def pin(self, ref: MessageRef) -> None:
        """Pin a message that stands; nothing for one that is pinned already.

        Raises `DeliveryError` with what to do, where that may not be or cannot be done.
        """
        _, where = await self._place(ref.channel)
        try:
            await asked(where.get_partial_message(_snowflake(ref.id)).pin())
        except DeliveryError as error:
            advice = refusals.OF_PINS.get(_why(error) or 0)
            if advice is None:
                raise
            raise DeliveryError(f"Discord does not pin it: {advice}.") from error

    async def unpin(self, ref: MessageRef) -> None:
        """Take a message's pin away; nothing for one that has none.

        Raises `DeliveryError` where that may not be, or the message is gone.
        """
        _, where = await self._place(ref.channel)
        await asked(where.get_partial_message(_snowflake(ref.id)).unpin())

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that was posted under this key, by its mark, among the channel's last ones.

        Raises `DeliveryError` where Discord cannot be asked.
        """
        client, where = await self._place(channel)
        found = await asked(_found(where, mark(channel, key), client.user))
        return None if found is None else MessageRef(channel=channel, id=str(found))

    async def _place(self, channel: Channel) -> tuple[discord.Client, discord.PartialMessageable]:
        client = await self._rest.ready()
        return client, client.get_partial_messageable(_snowflake(channel.id))

    async def _change(
        self, where: discord.PartialMessageable, message_id: int, post: Post, marking: str
    ) -> None:
        standing = where.get_partial_message(message_id)

        async def put(shown: DiscordMessage) -> discord.Message:
            return await standing.edit(**changed(marked(shown, marking)))

        await self._deliver(put, post)

    async def _deliver(self, put: Put, post: Post) -> Posted:
        """Post, and where Discord does not take the message so, once more with less of it.

        First its picture is left out, and then all that is not text.
        """
        try:
            return await self._rest.posted(put(_shown(post)))
        except DeliveryError as error:
            if post.picture is not None and error.fault in (Fault.MESSAGE, Fault.CHANNEL):
                # Teller may be allowed to write there, and to attach nothing.
                log.warning("discord.no_picture", why=_why(error))
                return await self._deliver(put, replace(post, picture=None))
            if error.fault is not Fault.MESSAGE:
                raise
            log.warning("discord.invalid_form", kind=post.kind, why=_why(error))
            return await self._rest.posted(put(plainer(post)))


async def _found(
    where: discord.PartialMessageable, marking: str, ours: discord.ClientUser | None
) -> int | None:
    async for found in where.history(limit=LAST):
        addresses = [embed.url for embed in found.embeds]
        # Others may have copied its words, and what is not seen of them.
        if found.author == ours and is_marked(marking, found.content, addresses):
            return found.id
    return None


def _snowflake(id: str) -> int:
    """What Discord calls something. Raises `DeliveryError` where it is no number."""
    if not id.isascii() or not id.isdecimal() or len(id) > LONGEST_ID:
        raise DeliveryError(
            f"Discord has nothing that is called “{id}”: its ids are long numbers; copy one with "
            "“Copy Channel ID”.",
            refused=True,
            fault=Fault.CHANNEL,
        )
    return int(id)


def _why(error: DeliveryError) -> int | None:
    return refusals.code(error.__cause__)
