"""What waits until it comes as one message: entries of who wants a round-up, or is quiet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel
from bot.chat.events import Waited
from bot.chat.manner import Manner, read_manner, same_to_read
from bot.chat.post import DeliveryKey, Post
from bot.chat.quiet import Quiet, read_quiet
from bot.lanes import Gathered, Lane
from bot.memory import Announcement
from bot.store.backlog import readable, round_up_subject
from bot.store.database import Database
from bot.store.items import mark, put
from bot.store.jobs import enqueue
from bot.store.subscriptions import Wish
from bot.store.tables import (
    DEAD,
    FOLDED,
    GATHERED,
    IN_ROUND_UP,
    IS_GATHERED,
    PENDING,
    STALE,
    item,
    lane,
)

# So many headings with their links fit into one message everywhere.
MOST = 15
_NOT_SAID = {GATHERED, FOLDED, STALE}


class GatheringRows:
    """The memory of what waits for round-ups of entries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def gathered(self) -> list[Gathered]:
        """What waits, by lane and by manner."""
        query = (
            select(
                item.c.lane_id,
                item.c.manner,
                lane.c.platform,
                lane.c.channel,
                lane.c.quiet,
                func.min(item.c.queued_at).label("since"),
            )
            .join(lane, lane.c.id == item.c.lane_id)
            .where(IS_GATHERED)
            .group_by(item.c.lane_id, item.c.manner, lane.c.platform, lane.c.channel, lane.c.quiet)
            .order_by(item.c.lane_id)
        )
        async with self._database.read() as connection:
            return [
                Gathered(
                    lane=Lane(
                        id=row.lane_id, channel=Channel(platform=row.platform, id=row.channel)
                    ),
                    manner=row.manner,
                    quiet=read_quiet(row.quiet) if row.quiet else None,
                    since=row.since,
                )
                for row in await connection.execute(query)
            ]

    async def release(
        self,
        due: Sequence[Gathered],
        why: Waited,
        word: Callable[[Sequence[Post]], Post],
        at: datetime,
    ) -> int:
        """Queue what waits in one lane as one message, or several where it is much; how many.

        What was withdrawn before it was said never is. All of it is in one transaction: an entry
        waits, or is part of what is queued.
        """
        here = due[0].lane
        async with self._database.write() as connection:
            await enqueue(connection, [here.id])
            query = (
                select(item)
                .where(
                    item.c.lane_id == here.id,
                    IS_GATHERED,
                    item.c.manner.in_([one.manner for one in due]),
                )
                .order_by(item.c.id)
                # Of two processes that both think they lead, the second finds nothing.
                .with_for_update()
            )
            by_subject: defaultdict[str, list[Any]] = defaultdict(list)
            for row in await connection.execute(query):
                by_subject[row.subject].append(row)
            standing: list[tuple[list[Any], Post]] = []
            done: dict[int, str] = {}
            for versions in by_subject.values():
                post = readable(versions[-1])
                if post is not None and post.withdrawn is None:
                    standing.append((versions, post))
                else:
                    state = DEAD if post is None else FOLDED
                    done |= {row.id: state for row in versions}
            await mark(connection, done)
            parts = [standing[n : n + MOST] for n in range(0, len(standing), MOST)]
            for part in parts:
                key = DeliveryKey(subject=round_up_subject(why, part[0][0][0].id), version=1)
                await connection.execute(
                    update(item)
                    .where(item.c.id.in_([row.id for versions, _ in part for row in versions]))
                    .values(state=IN_ROUND_UP, part_of=key.subject)
                )
                await put(connection, key, word([post for _, post in part]), [here.id], at)
            return len(parts)


async def put_entry(
    connection: AsyncConnection,
    announcement: Announcement,
    new: Iterable[Wish],
    behind: Sequence[int],
    quiets: Mapping[int, Quiet],
    at: datetime,
) -> None:
    """Put a version of an entry into lanes that are to have it, each in its form.

    Of the lanes that are `behind`, which have an earlier version, one that has it in brief gets
    only what reads otherwise. What was not said yet waits, where the lane gathers or is quiet.
    """
    placed: defaultdict[tuple[str, Manner], list[int]] = defaultdict(list)

    def waits(lane_id: int, manner: Manner) -> bool:
        quiet = quiets.get(lane_id)
        return manner.every is not None or (quiet is not None and quiet.until(at) is not None)

    for wish in new:
        state = GATHERED if waits(wish.lane_id, wish.manner) else PENDING
        placed[state, wish.manner].append(wish.lane_id)
    for lane_id, versions in (await _versions(connection, announcement, behind)).items():
        newest = versions[-1]
        manner = read_manner(newest.manner)
        before = readable(newest) if manner.brief else None
        if before is not None and same_to_read(manner.shaped(announcement.post), before):
            continue
        states = {row.state for row in versions}
        unsaid = states <= _NOT_SAID and waits(lane_id, manner)
        state = GATHERED if unsaid or GATHERED in states else PENDING
        placed[state, manner].append(lane_id)
    for (state, manner), lanes in placed.items():
        post = manner.shaped(announcement.post)
        await put(connection, announcement.key, post, lanes, at, state=state, manner=str(manner))


async def quiet_lanes(connection: AsyncConnection) -> dict[int, Quiet]:
    """The lanes that have quiet hours, and which."""
    rows = await connection.execute(select(lane.c.id, lane.c.quiet).where(lane.c.quiet != ""))
    return {row.id: read_quiet(row.quiet) for row in rows}


async def _versions(
    connection: AsyncConnection, announcement: Announcement, lanes: Sequence[int]
) -> dict[int, list[Any]]:
    """The versions of an entry in lanes, the first first."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    if lanes:
        # A thousand lanes hold the same text, and it is looked at only where something is said.
        post = case((item.c.manner != "", item.c.post), else_="").label("post")
        query = (
            select(item.c.lane_id, item.c.state, item.c.manner, post)
            .where(item.c.subject == announcement.key.subject, item.c.lane_id.in_(lanes))
            .order_by(item.c.version)
        )
        for row in await connection.execute(query):
            found[row.lane_id].append(row)
    return found
