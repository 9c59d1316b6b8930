"""Every channel as it is on record: what it gets, what waits for it, and how delivery goes."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, Follow
from bot.chat.manner import PLAIN, Manner, read_manner
from bot.chat.quiet import due, read_quiet
from bot.ports import Blog, BlogFollowed, ChannelOnRecord
from bot.store import leaving
from bot.store.tables import IS_GATHERED, UNSENT, board, item, lane, roundup, subscription
from bot.store.tables import blog as blog_table

OF_ONE_BLOG = "blog:"


async def channels_on_record(connection: AsyncConnection) -> list[ChannelOnRecord]:
    """Every channel that is not away, in order of their first time."""
    here = lane.c.id.not_in(leaving.lanes_away())
    lanes = list(await connection.execute(select(lane).where(here).order_by(lane.c.id)))
    blogs = {
        row.key: (blog_of(row), row.title) for row in await connection.execute(select(blog_table))
    }
    kinds: defaultdict[int, dict[Follow, frozenset[str]]] = defaultdict(dict)
    manners: dict[int, Manner] = {}
    followed: defaultdict[int, list[BlogFollowed]] = defaultdict(list)
    said = select(subscription).where(subscription.c.what != leaving.AWAY)
    for row in await connection.execute(said.order_by(subscription.c.id)):
        only, manner = ids(row.only), read_manner(row.manner)
        if not row.what.startswith(OF_ONE_BLOG):
            kinds[row.lane_id][Follow(row.what)] = only
            if row.what == Follow.ENTRIES:
                manners[row.lane_id] = manner
        elif row.what.removeprefix(OF_ONE_BLOG) in blogs:
            blog, title = blogs[row.what.removeprefix(OF_ONE_BLOG)]
            one = BlogFollowed(blog=blog, title=title, only=only, wanted=row.wanted, manner=manner)
            followed[row.lane_id].append(one)
    sent = await _by_lane(connection, select(item.c.lane_id, func.max(item.c.sent_at)))
    unsent = item.c.state.in_(UNSENT)
    waits = select(item.c.lane_id, func.count(), func.min(item.c.queued_at)).where(unsent)
    waiting = await _by_lane(connection, waits)
    # The oldest that was tried says why the others wait.
    tried = select(item.c.lane_id, item.c.reason).where(unsent, item.c.reason.is_not(None))
    reasons: dict[int, str] = {}
    for row in await connection.execute(tried.order_by(item.c.id)):
        reasons.setdefault(row.lane_id, row.reason)
    boards = {
        place for place, row in (await _by_channel(connection, board)).items() if row.digest != ""
    }
    states = await _by_channel(connection, roundup)
    gathered = await _gathered(connection)
    channels = []
    for row in lanes:
        channel = Channel(platform=row.platform, id=row.channel)
        quiet = read_quiet(row.quiet) if row.quiet else None
        waits_for = gathered.get(row.id, [])
        channels.append(
            ChannelOnRecord(
                channel=channel,
                kinds=kinds.get(row.id, {}),
                blogs=tuple(followed.get(row.id, ())),
                listens=row.listens,
                waiting=waiting[row.id][1] if row.id in waiting else 0,
                waiting_since=waiting[row.id][2] if row.id in waiting else None,
                last_sent=sent[row.id][1] if row.id in sent else None,
                trouble=row.trouble or reasons.get(row.id),
                suspended_since=row.suspended_at,
                manner=manners.get(row.id, PLAIN),
                quiet=quiet,
                gathered=sum(one.number for one in waits_for),
                next_round_up=min(
                    (
                        due(one.since, read_manner(one.manner).every, quiet, one.since)
                        for one in waits_for
                    ),
                    default=None,
                ),
                board=channel in boards,
                state_every=states[channel].minutes if channel in states else None,
            )
        )
    return channels


def blog_of(row: Any) -> Blog:  # noqa: ANN401 - a row
    """The blog that a row of its table holds."""
    return Blog(url=row.url, format=row.format, name=row.name, from_chat=row.from_chat)


def ids(text: str) -> frozenset[str]:
    """What a row has joined by commas."""
    return frozenset(word for word in text.split(",") if word)


async def _by_lane(connection: AsyncConnection, query: Any) -> dict[int, Any]:  # noqa: ANN401 - a query, and its rows
    rows = await connection.execute(query.group_by(item.c.lane_id))
    return {row.lane_id: row for row in rows}


async def _by_channel(connection: AsyncConnection, table: Table) -> dict[Channel, Any]:
    rows = await connection.execute(select(table))
    return {Channel(platform=row.platform, id=row.channel): row for row in rows}


async def _gathered(connection: AsyncConnection) -> dict[int, list[Any]]:
    """What waits for round-ups, by lane: in which manner, how many entries, and since when."""
    query = (
        select(
            item.c.lane_id,
            item.c.manner,
            func.count(item.c.subject.distinct()).label("number"),
            func.min(item.c.queued_at).label("since"),
        )
        .where(IS_GATHERED)
        .group_by(item.c.lane_id, item.c.manner)
    )
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in await connection.execute(query):
        found[row.lane_id].append(row)
    return found
