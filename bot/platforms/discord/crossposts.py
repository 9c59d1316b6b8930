"""Posts in announcement channels, published to the servers that follow them.

https://discord.com/developers/docs/resources/message#crosspost-message
"""

import asyncio

import discord
import structlog

log = structlog.get_logger()

# What Discord says of a channel that is not for announcements, and of one where Teller may not.
NO_ANNOUNCEMENTS = {50024, 50013, 50001}
SECONDS = 60.0


class Crossposts:
    """Publishes posts that stand already. Never in anybody's way: what fails is in the log."""

    def __init__(self) -> None:
        self._others: set[int] = set()
        self._under_way: set[asyncio.Task[None]] = set()

    def publish(self, where: discord.PartialMessageable, message_id: int) -> None:
        """Publish a message, unless its channel is known to be of another kind."""
        if where.id in self._others:
            return
        task = asyncio.create_task(self._publish(where, message_id))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _publish(self, where: discord.PartialMessageable, message_id: int) -> None:
        try:
            # Discord takes ten an hour of a channel, and discord.py would wait for the next.
            async with asyncio.timeout(SECONDS):
                await where.get_partial_message(message_id).publish()
        except discord.HTTPException as error:
            if error.code in NO_ANNOUNCEMENTS:
                self._others.add(where.id)
            log.info("discord.not_published", channel=str(where.id), code=error.code)
        except (discord.DiscordException, OSError, TimeoutError) as error:
            log.warning("discord.not_published", channel=str(where.id), why=type(error).__name__)
