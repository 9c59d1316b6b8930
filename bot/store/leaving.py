"""Channels that Teller was taken out of: nothing waits for them, nor is queued, until it is back.

A lane is away by a row among what it follows, which says since when. The row is not wanted where
the lane is forgotten: what is left of that one goes at the next start, when nobody drains it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel
from bot.store import leases
from bot.store.tables import (
    GATHERED,
    STALE,
    UNSENT,
    asked,
    board,
    item,
    lane,
    roundup,
    subscription,
)

AWAY = "away"
TAKEN_OUT = "Teller was taken out of the channel."
_WAITING, _FORGOTTEN = "waiting", "forgotten"
_IS_MARK = subscription.c.what == AWAY


def lanes_away() -> Select[tuple[int]]:
    """The ids of the lanes that are away."""
    return select(subscription.c.lane_id).where(_IS_MARK)


def followed() -> Select[tuple[str]]:
    """All that some lane follows that is not away."""
    here = subscription.c.lane_id.not_in(lanes_away())
    return select(subscription.c.what).where(subscription.c.wanted, here)


async def channels_away(connection: AsyncConnection) -> list[Channel]:
    """The channels whose lanes are away."""
    rows = await connection.execute(select(lane).where(lane.c.id.in_(lanes_away())))
    return [Channel(platform=row.platform, id=row.channel) for row in rows]


async def close(connection: AsyncConnection, channels: Iterable[Channel], at: datetime) -> None:
    """Let lanes go away: their reminders are forgotten, what waits is dropped, the rest is kept."""
    lanes = await _stopped(connection, channels)
    await connection.execute(
        update(item)
        .where(item.c.lane_id.in_(lanes), item.c.state.in_([*UNSENT, GATHERED]))
        .values(state=STALE, reason=TAKEN_OUT)
    )
    await connection.execute(
        update(asked)
        .where(asked.c.lane_id.in_(lanes), asked.c.state == _WAITING)
        .values(state=_FORGOTTEN, reason=TAKEN_OUT, changed_at=at)
    )
    await _mark(connection, lanes, at, wanted=True)


async def forget(connection: AsyncConnection, channels: Iterable[Channel], at: datetime) -> None:
    """Let lanes go away for good, with all that they had."""
    channels = list(channels)
    # Before the lanes are locked: whoever draws a board has its row first, and then the lane.
    for channel in channels:
        for table in (board, roundup):
            here = (table.c.platform == channel.platform) & (table.c.channel == channel.id)
            await connection.execute(delete(table).where(here))
    lanes = await _stopped(connection, channels)
    for table in (item, asked, subscription):
        await connection.execute(delete(table).where(table.c.lane_id.in_(lanes)))
    emptied = update(lane).where(lane.c.id.in_(lanes))
    await connection.execute(emptied.values(file=None, listens=False, quiet=""))
    await _mark(connection, lanes, at, wanted=False)


async def reopen(connection: AsyncConnection, channels: Iterable[Channel]) -> None:
    """Let lanes go on from here; what was told meanwhile is not told any more."""
    lanes = await _lanes(connection, channels)
    await connection.execute(
        delete(subscription).where(_IS_MARK, subscription.c.lane_id.in_(lanes))
    )


async def sweep(connection: AsyncConnection) -> None:
    """Delete the lanes that are forgotten. Their numbers may be given again: nobody may drain."""
    forgotten = select(subscription.c.lane_id).where(_IS_MARK, ~subscription.c.wanted)
    lanes = list((await connection.execute(forgotten)).scalars())
    await connection.execute(delete(subscription).where(subscription.c.lane_id.in_(lanes)))
    await connection.execute(delete(lane).where(lane.c.id.in_(lanes)))


async def _lanes(connection: AsyncConnection, channels: Iterable[Channel]) -> list[int]:
    wanted = set(channels)
    rows = await connection.execute(select(lane.c.id, lane.c.platform, lane.c.channel))
    return [row.id for row in rows if Channel(platform=row.platform, id=row.channel) in wanted]


async def _stopped(connection: AsyncConnection, channels: Iterable[Channel]) -> list[int]:
    """The lanes of channels, out of the hands of whoever drains them, and without their troubles.

    Who is about to send finds the lane taken, and keeps nothing of what became of it.
    """
    lanes = await _lanes(connection, channels)
    await leases.locked(connection, lanes)
    await connection.execute(
        update(lane)
        .where(lane.c.id.in_(lanes))
        .values(
            owner=None,
            leased_until=None,
            epoch=lane.c.epoch + 1,
            failures=0,
            trouble=None,
            retry_at=None,
            suspended_at=None,
        )
    )
    return lanes


async def _mark(
    connection: AsyncConnection, lanes: Sequence[int], at: datetime, *, wanted: bool
) -> None:
    await connection.execute(
        delete(subscription).where(_IS_MARK, subscription.c.lane_id.in_(lanes))
    )
    rows = [
        {"lane_id": lane_id, "what": AWAY, "only": "", "wanted": wanted, "since": at}
        for lane_id in lanes
    ]
    if rows:
        await connection.execute(insert(subscription), rows)
