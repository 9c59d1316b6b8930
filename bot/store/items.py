"""Rows of the outbox as they are made."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.post import Post
from bot.memory import Announcement
from bot.store.codec import dumps
from bot.store.tables import item

PENDING, SENDING, SENT, FOLDED, STALE = "pending", "sending", "sent", "folded", "stale"
UNSENT = (PENDING, SENDING)


async def put(
    connection: AsyncConnection, announcement: Announcement, lanes: Sequence[int], at: datetime
) -> None:
    """Put an announcement into lanes, within the caller's transaction."""
    if not lanes:
        return
    post = dumps(Post, announcement.post)
    rows = [
        {
            "lane_id": lane_id,
            "subject": announcement.key.subject,
            "version": announcement.key.version,
            "post": post,
            "state": PENDING,
            "attempts": 0,
            "queued_at": at,
        }
        for lane_id in lanes
    ]
    await connection.execute(insert(item), rows)
