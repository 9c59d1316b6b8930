"""Rows of the outbox as they are made, and as they change in transactions that lanes share."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, literal, select, text, update
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
# A row for each of `lanes`, in one statement: a post may go to a thousand of them.
_given = (
    item.c.subject,
    item.c.version,
    item.c.post,
    item.c.state,
    item.c.queued_at,
    item.c.manner,
)
_put = insert(item).from_select(
    ["lane_id", "attempts", *(column.name for column in _given)],
    select(
        lane.c.id,
        literal(0),
        *(bindparam(column.name, type_=column.type) for column in _given),
    )
    .where(among(lane.c.id, "lanes"))
    .order_by(lane.c.id),
)
_marked = update(item).where(among(item.c.id, "items")).values(state=bindparam("new_state"))

# Made once: to make a statement takes as long as to execute one.
# For each of `lanes` all items of the subject that is next, and which of them waits first.
_first = (
    select(func.min(item.c.id))
    .where(WAITS, item.c.lane_id == lane.c.id)
    .correlate(lane)
    .scalar_subquery()
)
_head, _version = item.alias("head"), item.alias("version")
NEXT = (
    select(
        _head.c.id.label("first"),
        _version.c.id,
        _version.c.lane_id,
        _version.c.subject,
        _version.c.version,
        _version.c.state,
        _version.c.post,
        _version.c.message,
        _version.c.queued_at,
        _version.c.part_of,
    )
    .select_from(lane)
    .join(_head, _head.c.id == _first)
    .join(
        _version,
        and_(_version.c.lane_id == _head.c.lane_id, _version.c.subject == _head.c.subject),
    )
    .where(among(lane.c.id, "lanes"))
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
    if lanes:
        values = {
            "subject": key.subject,
            "version": key.version,
            "post": dumps(Post, post),
            "state": state,
            "queued_at": at,
            "manner": manner,
        }
        await connection.execute(_put, {"lanes": lanes, **values})


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
