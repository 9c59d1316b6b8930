"""Rows of the outbox as they are made, and as they change in transactions that lanes share."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.post import DeliveryKey, Post
from bot.lanes import Sent
from bot.store.among import among
from bot.store.codec import dumps
from bot.store.tables import PENDING, SENDING, WAITS, Instant, item, lane

# All at once, from a list of id, message and instant: one by one, SQLAlchemy takes six times as
# long to hand the values over as SQLite to write them.
_SENT = """
    UPDATE item SET state = 'sent', message = told.message, sent_at = told.at, reason = NULL
    FROM ({told}) AS told WHERE item.id = told.id
"""
_sent = {
    "sqlite": text(
        _SENT.format(
            told="SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS message,"
            " json_extract(value, '$[2]') AS at FROM json_each(:told)"
        )
    ),
    "postgresql": text(
        _SENT.format(
            told="SELECT CAST(value->>0 AS integer) AS id, value->>1 AS message,"
            " CAST(value->>2 AS timestamptz) AS at FROM jsonb_array_elements(CAST(:told AS jsonb))"
        )
    ),
}
_begun = (
    update(item)
    .where(among(item.c.id, "items"))
    .values(
        state=SENDING,
        attempts=item.c.attempts + 1,
        # Of the lease under which it is sent.
        epoch=select(lane.c.epoch).where(lane.c.id == item.c.lane_id).scalar_subquery(),
        since=bindparam("begun"),
    )
)
_marked = update(item).where(among(item.c.id, "items")).values(state=bindparam("new_state"))

# Made once: to make a statement takes as long as to execute one.
# For each of `lanes` its first item that waits, how many do, and since when the oldest does.
HEADS = (
    select(
        item.c.lane_id,
        func.min(item.c.id).label("first"),
        func.count().label("number"),
        func.min(item.c.queued_at).label("oldest"),
    )
    .where(WAITS, among(item.c.lane_id, "lanes"))
    .group_by(item.c.lane_id)
)
# All items of the subjects that those with the ids `firsts` are of.
_head = item.alias("head")
OF_SUBJECT = (
    select(
        item.c.id,
        item.c.lane_id,
        item.c.subject,
        item.c.version,
        item.c.state,
        item.c.post,
        item.c.message,
        item.c.queued_at,
        item.c.part_of,
    )
    .join(_head, and_(_head.c.lane_id == item.c.lane_id, _head.c.subject == item.c.subject))
    .where(among(_head.c.id, "firsts"))
)


async def put(
    connection: AsyncConnection,
    key: DeliveryKey,
    post: Post,
    lanes: Sequence[int],
    at: datetime,
    *,
    state: str = PENDING,
    manner: str = "",
) -> None:
    """Put a post into lanes, within the caller's transaction; in which `manner` it comes there."""
    if not lanes:
        return
    text = dumps(Post, post)
    rows = [
        {
            "lane_id": lane_id,
            "subject": key.subject,
            "version": key.version,
            "post": text,
            "state": state,
            "attempts": 0,
            "queued_at": at,
            "manner": manner,
        }
        for lane_id in lanes
    ]
    await connection.execute(insert(item), rows)


async def mark_sent(connection: AsyncConnection, sent: Iterable[Sent]) -> None:
    """Items that stand on their platforms."""
    kind = connection.dialect
    written = Instant().dialect_impl(kind).bind_processor(kind) or str
    told = [(one.item_id, one.message, str(written(one.at))) for one in sent]
    if told:
        await connection.execute(_sent[kind.name], {"told": json.dumps(told)})


async def mark_begun(connection: AsyncConnection, items: Sequence[int], since: datetime) -> None:
    """Items that are about to be sent, each under the lease that its lane has now."""
    if items:
        await connection.execute(_begun, {"items": items, "begun": since})


async def mark(connection: AsyncConnection, states: Mapping[int, str]) -> None:
    """Items that come into these states."""
    by_state: defaultdict[str, list[int]] = defaultdict(list)
    for item_id, state in states.items():
        by_state[state].append(item_id)
    for state, ids in by_state.items():
        await connection.execute(_marked, {"items": ids, "new_state": state})
