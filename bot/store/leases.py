"""Who drains a lane: a lease in the database, which ends by itself where its holder dies."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Update, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.among import among
from bot.store.tables import lane

# Whoever drains a lane has it for so many seconds, and again as long at the first step with less
# than `RENEW_BELOW` left: enough to post one message, `bot.courier.drain.SEND_SECONDS`, and to say
# so.
LEASE_SECONDS, RENEW_BELOW = 12.0, 10.0

# Made once: to make a statement takes as long as to execute one.
_here = among(lane.c.id, "lanes")
_locked = (
    select(
        lane.c.id,
        lane.c.platform,
        lane.c.owner,
        lane.c.epoch,
        lane.c.leased_until,
        lane.c.failures,
        lane.c.trouble,
        lane.c.retry_at,
        lane.c.suspended_at,
    )
    .where(_here)
    .order_by(lane.c.id)
    .with_for_update(key_share=True)
)
_change = update(lane).where(_here)
_until: dict[str, Any] = {"leased_until": bindparam("end")}
_take = _change.values(owner=bindparam("new_owner"), epoch=lane.c.epoch + 1, **_until)
_renew = _change.values(**_until)
_release = _change.values(owner=None, leased_until=None)
_well = _change.values(failures=0, trouble=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A lane is ours in this epoch, until a moment on the machine's own clock (`uptime`)."""

    epoch: int
    until: float


async def locked(
    connection: AsyncConnection, lanes: Iterable[int]
) -> dict[int, Row[*tuple[Any, ...]]]:
    """The rows of lanes by id, which nobody else changes within the caller's transaction."""
    rows = await connection.execute(_locked, {"lanes": list(lanes)})
    return {row.id: row for row in rows.all()}


def closed_for(row: Row[*tuple[Any, ...]], owner: str, now: datetime) -> float | None:
    """Seconds for which `owner` may not take a lane over; None where it may at once.

    It has to wait for what the platform asked, and for the lease of somebody else.
    """
    ends = [row.retry_at] if row.retry_at is not None else []
    if row.owner not in (None, owner) and row.leased_until is not None:
        ends.append(row.leased_until)
    latest = max(ends, default=now)
    return (latest - now).total_seconds() if latest > now else None


async def take(
    connection: AsyncConnection, lanes: Sequence[int], owner: str, now: datetime
) -> None:
    """Take lanes over: whoever had them before is late from here on."""
    await _write(connection, _take, lanes, new_owner=owner, end=_end(now))


async def renew(connection: AsyncConnection, lanes: Sequence[int], now: datetime) -> None:
    """Keep lanes for longer."""
    await _write(connection, _renew, lanes, end=_end(now))


async def release(connection: AsyncConnection, lanes: Sequence[int]) -> None:
    """Let lanes go."""
    await _write(connection, _release, lanes)


async def hold(connection: AsyncConnection, platform: str, until: datetime) -> None:
    """Let every lane of a platform wait; those that are in somebody's hands find out themselves."""
    sooner = lane.c.retry_at.is_(None) | (lane.c.retry_at < until)
    free = select(lane.c.id).where(lane.c.platform == platform, sooner)
    lanes = free.with_for_update(skip_locked=True, key_share=True)
    await connection.execute(update(lane).where(lane.c.id.in_(lanes)).values(retry_at=until))


async def well_again(connection: AsyncConnection, lanes: Sequence[int]) -> None:
    """Lanes whose troubles are over."""
    await _write(connection, _well, lanes)


def _end(now: datetime) -> datetime:
    return now + timedelta(seconds=LEASE_SECONDS)


async def _write(
    connection: AsyncConnection,
    what: Update,
    lanes: Sequence[int],
    **values: Any,  # noqa: ANN401 - columns
) -> None:
    if lanes:
        await connection.execute(what, {"lanes": list(lanes), **values})
