"""The outbox: a lane a channel, items in order, each unique by (lane, subject, version)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.memory import Announcement, Delivery, Lane
from bot.store.codec import loads
from bot.store.database import Database
from bot.store.items import FOLDED, PENDING, SENDING, SENT, STALE, UNSENT, put
from bot.store.subscriptions import lane_of, takers, wishes
from bot.store.tables import item, lane

log = structlog.get_logger()


async def queue(
    connection: AsyncConnection, announcements: Iterable[Announcement], at: datetime
) -> None:
    """Put announcements into the lanes that want them, within the caller's transaction.

    A lane that already has a version of a subject gets the later ones too, whatever it follows
    now: what stands in a channel is kept true.
    """
    announcements = list(announcements)
    if not announcements:
        return
    followed = await wishes(connection)
    for announcement in announcements:
        have = await connection.execute(
            select(item.c.lane_id, func.max(item.c.version).label("newest"))
            .where(item.c.subject == announcement.key.subject)
            .group_by(item.c.lane_id)
        )
        newest = {row.lane_id: row.newest for row in have}
        behind = [i for i, version in newest.items() if version < announcement.key.version]
        if announcement.channel is not None:
            wanted = [await lane_of(connection, announcement.channel)]
        else:
            wanted = takers(announcement, followed)
        new = [lane_id for lane_id in wanted if lane_id not in newest]
        await put(connection, announcement, sorted({*behind, *new}), at)


class OutboxRows:
    """The courier's memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def waiting(self) -> list[Lane]:
        """Lanes with something to send, the longest waiting first."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(lane.c.id, lane.c.platform, lane.c.channel)
                .join(item, item.c.lane_id == lane.c.id)
                .where(item.c.state.in_(UNSENT))
                .group_by(lane.c.id, lane.c.platform, lane.c.channel)
                .order_by(func.min(item.c.id))
            )
            return [
                Lane(id=row.id, channel=Channel(platform=row.platform, id=row.channel))
                for row in rows
            ]

    async def take(self, lane_: Lane) -> Delivery | None:
        """Fold what waits and begin the next item of a lane; None when it is empty.

        An item that was begun before comes first, as `unsure`. Else the newest version of the
        oldest waiting subject is begun; older ones are folded into it, a version older than what
        stands is dropped, and the withdrawal of something never sent cancels both.
        """
        async with self._database.write() as connection:
            while True:
                unsent = await _unsent_of_next_subject(connection, lane_)
                if not unsent:
                    return None
                standing = await _standing(connection, lane_, unsent[0].subject)
                begun = [row for row in unsent if row.state == SENDING]
                if begun:
                    return _delivery(begun[0], lane_, standing, unsure=True)
                newest = max(unsent, key=lambda row: row.version)
                if standing is not None and newest.version <= standing.version:
                    log.info("outbox.stale_dropped", lane=lane_.id, subject=newest.subject)
                    await _mark(connection, unsent, STALE)
                    continue
                post = loads(Post, newest.post)
                if post.withdrawn is not None and standing is None:
                    await _mark(connection, unsent, FOLDED)
                    continue
                await _mark(connection, [row for row in unsent if row is not newest], FOLDED)
                await connection.execute(
                    update(item)
                    .where(item.c.id == newest.id)
                    .values(state=SENDING, attempts=item.c.attempts + 1)
                )
                return _delivery(newest, lane_, standing, unsure=False)

    async def sent(self, delivery: Delivery, ref: MessageRef, at: datetime) -> None:
        """It stands on the platform."""
        await self._change(delivery, state=SENT, message=ref.id, sent_at=at, reason=None)

    async def unsure(self, delivery: Delivery, reason: str) -> None:
        """Nobody knows whether it arrived: it stays begun, and is looked for first."""
        await self._change(delivery, reason=reason)

    async def absent(self, delivery: Delivery, reason: str | None = None) -> None:
        """It is not there: it waits as if it had never been begun."""
        await self._change(delivery, state=PENDING, reason=reason)

    async def queued(self) -> list[tuple[DeliveryKey, Post, bool]]:
        """Everything that was ever queued, and whether it still waits, in order."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(item).order_by(item.c.id))
            return [
                (
                    DeliveryKey(subject=row.subject, version=row.version),
                    loads(Post, row.post),
                    row.state in UNSENT,
                )
                for row in rows
            ]

    async def _change(self, delivery: Delivery, **values: Any) -> None:  # noqa: ANN401 - columns
        async with self._database.write() as connection:
            await connection.execute(
                update(item).where(item.c.id == delivery.item_id).values(**values)
            )


async def _unsent_of_next_subject(connection: AsyncConnection, lane_: Lane) -> list[Any]:
    here = (item.c.lane_id == lane_.id) & item.c.state.in_(UNSENT)
    first = select(item.c.subject).where(here).order_by(item.c.id).limit(1).scalar_subquery()
    rows = await connection.execute(
        select(item).where(here & (item.c.subject == first)).order_by(item.c.version)
    )
    return list(rows)


async def _standing(connection: AsyncConnection, lane_: Lane, subject: str) -> Any | None:  # noqa: ANN401 - a row
    rows = await connection.execute(
        select(item.c.version, item.c.message)
        .where(item.c.lane_id == lane_.id, item.c.subject == subject, item.c.state == SENT)
        .order_by(item.c.version.desc())
        .limit(1)
    )
    return rows.first()


async def _mark(connection: AsyncConnection, rows: Iterable[Any], state: str) -> None:
    ids = [row.id for row in rows]
    if ids:
        await connection.execute(update(item).where(item.c.id.in_(ids)).values(state=state))


def _delivery(row: Any, lane_: Lane, standing: Any | None, *, unsure: bool) -> Delivery:  # noqa: ANN401 - rows
    return Delivery(
        item_id=row.id,
        key=DeliveryKey(subject=row.subject, version=row.version),
        post=loads(Post, row.post),
        standing=None
        if standing is None
        else MessageRef(channel=lane_.channel, id=standing.message),
        unsure=unsure,
    )
