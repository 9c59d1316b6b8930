"""What is told, put into the lanes of the channels that want it."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.post import PostKind
from bot.memory import Announcement
from bot.store.gathering import put_entry, quiet_lanes
from bot.store.items import put
from bot.store.jobs import enqueue
from bot.store.leaving import AWAY
from bot.store.subscriptions import Wish, lane_of, takers, wishes
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
    followed = await wishes(connection, announcements)
    away = set(followed.get(AWAY, ()))
    wanted: list[tuple[Announcement, list[Wish], list[int]]] = []
    for announcement in announcements:
        have = await connection.execute(
            select(item.c.lane_id, func.max(item.c.version).label("newest"))
            .where(item.c.subject == announcement.key.subject)
            .group_by(item.c.lane_id)
        )
        newest = {row.lane_id: row.newest for row in have}
        behind = [i for i, version in newest.items() if version < announcement.key.version]
        if announcement.channel is not None:
            takes = [Wish(lane_id=await lane_of(connection, announcement.channel))]
        elif announcement.about is not None:
            told = await _told_of(connection, announcement.about)
            takes = [Wish(lane_id=lane_id) for lane_id in told]
        else:
            takes = takers(announcement, followed)
        new = [one for one in takes if one.lane_id not in newest and one.lane_id not in away]
        wanted.append((announcement, new, sorted(set(behind) - away)))
    # First, and all at once: nobody finds these lanes empty before the items are there, and no two
    # transactions wait for each other's lanes.
    lanes = {one.lane_id for _, new, _ in wanted for one in new}
    lanes |= {lane_id for _, _, behind in wanted for lane_id in behind}
    await enqueue(connection, sorted(lanes))
    entries = any(one.post.kind is PostKind.ENTRY for one in announcements)
    quiets = await quiet_lanes(connection) if entries else {}
    for announcement, new, behind in wanted:
        if announcement.post.kind is PostKind.ENTRY:
            await put_entry(connection, announcement, new, behind, quiets, at)
        else:
            here = sorted([*behind, *(one.lane_id for one in new)])
            await put(connection, announcement.key, announcement.post, here, at)


async def _told_of(connection: AsyncConnection, subject: str) -> list[int]:
    """The lanes in whose channels a subject was told of, or may have been."""
    told = (SENDING, SENT, TAKEN_AWAY, IN_ROUND_UP)
    query = select(item.c.lane_id).where(item.c.subject == subject, item.c.state.in_(told))
    return list((await connection.execute(query.distinct())).scalars())
