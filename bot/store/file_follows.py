"""What channels follow by the night file: all of them at once, for there may be very many."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, Follow, Following
from bot.store import leaving
from bot.store.among import among
from bot.store.subscriptions import hours, make_lanes, manner_of
from bot.store.tables import lane, subscription

# What the file said, with the exceptions to it; the blogs that chat brought are neither.
_said = (
    among(subscription.c.lane_id, "lanes"),
    subscription.c.what.in_(list(Follow)) | ~subscription.c.wanted,
)
_told = (
    update(lane)
    .where(lane.c.id == bindparam("lane"))
    .values(file=bindparam("said"), quiet=bindparam("hours"))
)


async def follow_the_file(connection: AsyncConnection, following: Sequence[Following]) -> None:
    """Let channels have what the night file says of them.

    What chat has changed since stands until the file says something else of the channel; one
    that the file no longer has follows nothing of it. What it got stays true there.
    """
    await leaving.sweep(connection)
    by_channel = {one.channel: one for one in following}
    lanes = await _lanes(connection)
    if new := [channel for channel in by_channel if channel not in lanes]:
        await make_lanes(connection, new)
        lanes = await _lanes(connection)
    told: dict[int, Following | None] = {}
    for channel, row in lanes.items():
        one = by_channel.get(channel)
        if row.file != (None if one is None else _words(one)):
            told[row.id] = one
    if not told:
        return
    await connection.execute(delete(subscription).where(*_said), {"lanes": [*told]})
    follows = [row for id, one in told.items() if one is not None for row in _follows(id, one)]
    if follows:
        await connection.execute(insert(subscription), follows)
    await connection.execute(_told, [_lane(id, one) for id, one in told.items()])


async def _lanes(connection: AsyncConnection) -> dict[Channel, Row[*tuple[Any, ...]]]:
    # In order of their ids, as all who change lanes take them: so none waits in a ring.
    query = select(lane.c.id, lane.c.platform, lane.c.channel, lane.c.file).order_by(lane.c.id)
    rows = await connection.execute(query)
    return {Channel(platform=row.platform, id=row.channel): row for row in rows}


def _follows(lane_id: int, one: Following) -> list[dict[str, Any]]:
    return [
        {
            "lane_id": lane_id,
            "what": kind,
            "only": ",".join(sorted(one.only)),
            "wanted": True,
            "since": None,
            "manner": str(manner_of(kind, one.manner)),
        }
        for kind in sorted(one.follows)
    ]


def _lane(lane_id: int, one: Following | None) -> dict[str, Any]:
    if one is None:
        return {"lane": lane_id, "said": None, "hours": ""}
    return {"lane": lane_id, "said": _words(one), "hours": hours(one.quiet)}


def _words(following: Following) -> str:
    said = f"{','.join(sorted(following.follows))} {','.join(sorted(following.only))}"
    # Nothing of it where nothing is said, as it was before there was any.
    return " ".join(filter(None, (said, str(following.manner), hours(following.quiet))))
