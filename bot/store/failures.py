"""What becomes of an item that was not taken, and of its lane."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.back_off import jittered
from bot.errors import Fault
from bot.lanes import Failed, Later
from bot.store import leases
from bot.store.queueing import queue
from bot.store.tables import DEAD, PENDING, SENDING, TAKEN_AWAY, item, lane

FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 60.0
# What a platform asks for is waited, unless that is absurd.
LONGEST_WAIT = 3_600.0


async def settle(
    connection: AsyncConnection,
    row: Row[*tuple[Any, ...]],
    failed: Failed,
    now: datetime,
    told_at: datetime,
) -> Later | None:
    """Keep a failure of the lane `row`; when the lane goes on, None where it does at once.

    `now` is of the database's clock, `told_at` of the night's.
    """
    final = {Fault.MESSAGE: DEAD, Fault.TAKEN_AWAY: TAKEN_AWAY}.get(failed.fault)
    state = final or (PENDING if failed.refused else SENDING)
    await connection.execute(
        update(item).where(item.c.id == failed.item_id).values(state=state, reason=failed.why)
    )
    if failed.notice is not None:
        await queue(connection, [failed.notice], told_at)
    if final is not None:
        return None
    if failed.fault is Fault.CHANNEL:
        await _change(connection, row.id, trouble=failed.why, suspended_at=now)
        return Later()
    seconds = back_off(row.failures) if failed.wait is None else min(failed.wait, LONGEST_WAIT)
    until = now + timedelta(seconds=seconds)
    await _change(connection, row.id, trouble=failed.why, retry_at=until, failures=row.failures + 1)
    if failed.fault is Fault.PLATFORM:
        await leases.hold(connection, row.platform, until)
    return Later(seconds=seconds, everywhere=failed.fault is Fault.PLATFORM)


def back_off(failures: int) -> float:
    """Seconds to wait after so many failures before: doubling, and never in step with others."""
    longest = min(FIRST_BACK_OFF * 2.0 ** min(failures, 20), LONGEST_BACK_OFF)
    return jittered(longest, 0.5, 1.0)


async def _change(connection: AsyncConnection, lane_id: int, **values: Any) -> None:  # noqa: ANN401 - columns
    await connection.execute(update(lane).where(lane.c.id == lane_id).values(values))
