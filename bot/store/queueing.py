"""What is told, put into the lanes of the channels that want it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.memory import Announcement
from bot.store.items import put
from bot.store.jobs import enqueue
from bot.store.leaving import AWAY
from bot.store.subscriptions import lane_of, takers, wishes
from bot.store.tables import IN_ROUND_UP, SENDING, SENT, TAKEN_AWAY, item


async def queue(
    connection: AsyncConnection, announcements: Iterable[Announcement], at: datetime
) -> None:
    """Put announcements into the lanes that want them, within the caller's transaction.

    A lane that already has a version of a subject gets the later ones too, whatever it follows
    now: what stands in a channel is kept true. One that is away gets nothing.
    """
    announcements = list(announcements)
    if not announcements:
        return
    followed = await wishes(connection)
    away = set(followed.get(AWAY, ()))
    wanted: list[tuple[Announcement, list[int]]] = []
    for announcement in announcements:
        have = await connection.execute(
            select(item.c.lane_id, func.max(item.c.version).label("newest"))
            .where(item.c.subject == announcement.key.subject)
            .group_by(item.c.lane_id)
        )
        newest = {row.lane_id: row.newest for row in have}
        behind = [i for i, version in newest.items() if version < announcement.key.version]
        if announcement.channel is not None:
            takes = [await lane_of(connection, announcement.channel)]
        elif announcement.about is not None:
            takes = await _told_of(connection, announcement.about)
        else:
            takes = takers(announcement, followed)
        new = [lane_id for lane_id in takes if lane_id not in newest]
        wanted.append((announcement, sorted({*behind, *new} - away)))
    # First, and all at once: nobody finds these lanes empty before the items are there, and no two
    # transactions wait for each other's lanes.
    await enqueue(connection, sorted({lane_id for _, lanes in wanted for lane_id in lanes}))
    for announcement, lanes in wanted:
        await put(connection, announcement.key, announcement.post, lanes, at)


async def _told_of(connection: AsyncConnection, subject: str) -> list[int]:
    """The lanes in whose channels a subject was told of, or may have been."""
    told = (SENDING, SENT, TAKEN_AWAY, IN_ROUND_UP)
    query = select(item.c.lane_id).where(item.c.subject == subject, item.c.state.in_(told))
    return list((await connection.execute(query.distinct())).scalars())
