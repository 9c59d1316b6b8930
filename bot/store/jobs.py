"""The jobs that drain lanes, where several processes share the work: procrastinate's own rows.

They are written in the transaction that fills the lane, so that neither is kept without the other.
The columns are those of procrastinate 3, whose triggers tell its workers of a new row:
https://procrastinate.readthedocs.io/en/stable/howto/advanced/schema.html.
"""

import json
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.database import Database
from bot.store.lines import conninfo
from bot.store.tables import lane

TASK = "drain"
# A job for each lane that has none waiting, not before the platform wants to hear of it again. One
# that runs already does not count: it may have seen the lane empty a moment ago. One that waits for
# later comes forward.
_ADD = text(
    """
    INSERT INTO procrastinate_jobs
        (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
    SELECT platform, :task, 0, 'lane:' || id, 'lane:' || id,
        jsonb_build_object('lane_id', id, 'platform', platform, 'channel', channel),
        GREATEST(CAST(:at AS timestamptz), retry_at)
    FROM lane WHERE id = ANY(:lanes) AND suspended_at IS NULL ORDER BY id
    ON CONFLICT (queueing_lock) WHERE status = 'todo'
    DO UPDATE SET scheduled_at = EXCLUDED.scheduled_at
    WHERE procrastinate_jobs.scheduled_at > GREATEST(clock_timestamp(), EXCLUDED.scheduled_at)
    """
)
_WITHOUT = text(
    """
    SELECT id FROM lane
    WHERE platform = ANY(:platforms) AND suspended_at IS NULL
        AND EXISTS (
            SELECT FROM item WHERE lane_id = lane.id AND item.state IN ('pending', 'sending'))
        AND NOT EXISTS (
            SELECT FROM procrastinate_jobs
            WHERE queueing_lock = 'lane:' || lane.id AND status = 'todo')
        AND NOT EXISTS (
            SELECT FROM procrastinate_jobs WHERE lock = 'lane:' || lane.id AND status = 'doing')
    ORDER BY id
    """
)
_END = text(
    """
    DELETE FROM procrastinate_jobs WHERE id IN (
        SELECT id FROM procrastinate_jobs
        WHERE id = ANY(:jobs) AND status = 'doing' AND task_name = :task
        ORDER BY id FOR UPDATE SKIP LOCKED)
    RETURNING CAST(args->>'lane_id' AS integer)
    """
)
_TELL = text("SELECT pg_notify('procrastinate_queue_v1#' || :queue, :payload)")


class JobRows:
    """What the workers of the courier need of their jobs, beside what procrastinate does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def address(self) -> str:
        """Where the jobs are, as a worker connects to it."""
        return conninfo(self._database.url)

    async def fill(self, platforms: Collection[str]) -> int:
        """Give each lane of these platforms a job that has none, and should; how many there were.

        A job is lost where the database was away as its lane was looked at.
        """
        async with self._database.read() as connection:
            found = await connection.execute(_WITHOUT, {"platforms": sorted(platforms)})
            lanes = list(found.scalars())
        if lanes:
            async with self._database.write() as connection:
                await enqueue(connection, lanes)
        return len(lanes)

    async def replace(self, jobs: Sequence[int]) -> int:
        """End jobs whose workers are gone, and let others have their lanes; how many it were.

        A new job in place of the old one tried again: one that waits in the lane already stays as
        it is, and a worker that was only asleep cannot end what is not its own any more.
        """
        if not jobs:
            return 0
        async with self._database.write() as connection:
            ended = await connection.execute(_END, {"jobs": list(jobs), "task": TASK})
            lanes = list(ended.scalars())
            await enqueue(connection, sorted(lanes))
        return len(lanes)

    async def wake(self, platform: str) -> None:
        """Have the workers of a platform look for jobs that have come due."""
        # As procrastinate's own trigger says it. Its workers only ever look; no id is needed.
        payload = json.dumps({"type": "job_inserted", "job_id": 0})
        async with self._database.read() as connection:
            await connection.execute(_TELL, {"queue": platform, "payload": payload})


async def enqueue(
    connection: AsyncConnection, lanes: Sequence[int], at: datetime | None = None
) -> None:
    """Have lanes drained, at once or from an instant on (UTC); nothing to do on SQLite.

    The lanes stay locked to the end of the caller's transaction. Whoever drains one locks it too
    before it is found empty: so a job that waits already will see what this transaction adds.
    """
    if connection.dialect.name != "postgresql" or not lanes:
        return
    locked = select(lane.c.id).where(lane.c.id.in_(lanes)).order_by(lane.c.id)
    await connection.execute(locked.with_for_update(key_share=True))
    await connection.execute(_ADD, {"task": TASK, "lanes": list(lanes), "at": at})
