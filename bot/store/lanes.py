"""The lanes as people see them, and how a suspended one goes on."""

from sqlalchemy import case, func, select, update

from bot.chat.ask import Channel
from bot.lanes import LaneOnRecord
from bot.store.database import Database
from bot.store.jobs import enqueue
from bot.store.tables import DEAD, UNSENT, item, lane

_WAITING = item.c.state.in_(UNSENT)


class LaneRows:
    """How each lane stands."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def on_record(self) -> list[LaneOnRecord]:
        """Every lane, in order of their first time."""
        items = (
            select(
                item.c.lane_id,
                func.count(case((_WAITING, 1))).label("waiting"),
                func.min(case((_WAITING, item.c.queued_at))).label("oldest"),
                func.max(item.c.sent_at).label("last_sent"),
                func.count(case((item.c.state == DEAD, 1))).label("set_aside"),
            )
            .group_by(item.c.lane_id)
            .subquery()
        )
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(lane, items.c.waiting, items.c.oldest, items.c.last_sent, items.c.set_aside)
                .outerjoin(items, items.c.lane_id == lane.c.id)
                .order_by(lane.c.id)
            )
            return [
                LaneOnRecord(
                    channel=Channel(platform=row.platform, id=row.channel),
                    waiting=row.waiting or 0,
                    oldest=row.oldest,
                    last_sent=row.last_sent,
                    set_aside=row.set_aside or 0,
                    trouble=row.trouble,
                    retry_at=row.retry_at,
                    suspended_at=row.suspended_at,
                )
                for row in rows
            ]

    async def revive(self, channel: Channel) -> bool:
        """Let a suspended lane go on, or one that waits be tried at once; False for no such."""
        here = (lane.c.platform == channel.platform) & (lane.c.channel == channel.id)
        async with self._database.write() as connection:
            lane_id = (await connection.execute(select(lane.c.id).where(here))).scalar()
            if lane_id is None:
                return False
            await connection.execute(
                update(lane)
                .where(lane.c.id == lane_id)
                .values(suspended_at=None, trouble=None, retry_at=None, failures=0)
            )
            await enqueue(connection, [lane_id])
            return True
