"""Empty one lane: the one path on which messages leave."""

from collections.abc import Mapping

import structlog

from bot.chat.ask import MessageRef
from bot.errors import DeliveryError
from bot.memory import Delivery, Lane, Outbox
from bot.ports import Clock, Platform

log = structlog.get_logger()


async def drain(
    lane: Lane, *, outbox: Outbox, platforms: Mapping[str, Platform], clock: Clock
) -> int:
    """Send everything that waits in a lane, in order; how many messages now stand.

    An item that was begun before is looked for on the platform first, so that a kill between
    sending and remembering doubles nothing. Raises `DeliveryError` where the platform did not
    take a message; it stays at the head of its lane, and is looked for first unless it was refused.
    """
    platform = platforms[lane.channel.platform]
    delivered = 0
    while (delivery := await outbox.take(lane)) is not None:
        if delivery.unsure and delivery.standing is None:
            found = await platform.find(lane.channel, delivery.key)
            if found is None:
                await outbox.absent(delivery)
                continue
            log.info("courier.adopted", lane=str(lane.channel), item=delivery.item_id)
            await outbox.sent(delivery, found, clock.now())
            delivered += 1
            continue
        try:
            ref = await _put(platform, lane, delivery)
        except Exception as error:
            if isinstance(error, DeliveryError) and error.refused:
                await outbox.absent(delivery, str(error))
            else:
                await outbox.unsure(delivery, _reason(error))
            raise
        await outbox.sent(delivery, ref, clock.now())
        delivered += 1
    return delivered


def _reason(error: Exception) -> str:
    """Why it is not known whether a message arrived; people read it."""
    return str(error) if isinstance(error, DeliveryError) else f"{type(error).__name__}: {error}"


async def _put(platform: Platform, lane: Lane, delivery: Delivery) -> MessageRef:
    if delivery.standing is None:
        return await platform.send(lane.channel, delivery.post, delivery.key)
    # Changing a message twice leaves it as changing it once: no need to look first.
    return await platform.edit(delivery.standing, delivery.post, delivery.key)
