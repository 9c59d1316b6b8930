"""What was missed for long, as one message: which items it takes in, and its later versions."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.events import Waited
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.lanes import Backlog, Lane
from bot.store.codec import loads
from bot.store.tables import IN_ROUND_UP, PENDING, UNSENT, WAITS, item

# What is only news goes into the one message. A declaration, and what changes a message that
# stands, is always said in full.
NEWS = frozenset({PostKind.ENTRY, PostKind.REMINDER, PostKind.TIMETABLE, PostKind.STATE})


@lru_cache(maxsize=64)
def post_of(text: str) -> Post:
    """The post that a row holds. A thousand lanes hold the same."""
    return loads(Post, text)


def round_up_subject(why: Waited, first: int) -> str:
    """What a round-up is known by, whose first item has this id."""
    return f"{why}:{first}"


async def backlog(connection: AsyncConnection, lane: Lane, *, over: int) -> Backlog | None:
    """What waits in a lane, if `over` so many, and can go out as one message; None if it is one."""
    here = item.c.lane_id == lane.id
    number = await connection.execute(select(func.count()).select_from(item).where(here, WAITS))
    if number.scalar_one() <= over:
        return None
    waiting = select(item.c.subject).where(here, WAITS)
    rows = list(
        await connection.execute(
            select(item).where(here, item.c.subject.in_(waiting)).order_by(item.c.id)
        )
    )
    by_subject: dict[str, list[Any]] = {}
    for row in rows:
        by_subject.setdefault(row.subject, []).append(row)
    missed = [
        (versions, post)
        for versions in by_subject.values()
        if all(row.state not in UNSENT or row.state == PENDING for row in versions)
        and not any(row.message for row in versions)
        and not any(row.state == IN_ROUND_UP for row in versions)
        and (post := readable(versions[-1])) is not None
        and post.kind in NEWS
        # What never stood and is taken back is no part of it, and never said.
        and post.withdrawn is None
    ]
    if len(missed) <= 1:
        return None
    subject = round_up_subject(Waited.OUT_OF_REACH, missed[0][0][0].id)
    return Backlog(
        lane=lane,
        key=DeliveryKey(subject=subject, version=1),
        item_ids=tuple(
            row.id for versions, _ in missed for row in versions if row.state == PENDING
        ),
        posts=tuple(post for _, post in missed),
    )


async def reworded(connection: AsyncConnection, lane: Lane, subject: str, into: str) -> Backlog:
    """The round-up `into`, now that something waits that changes `subject` in it."""
    here = item.c.lane_id == lane.id
    known = select(item.c.subject).where(here, item.c.part_of == into)
    newest: dict[str, Post] = {}
    first: dict[str, int] = {}
    waiting: list[int] = []
    rows = select(item).where(here, item.c.subject.in_(known)).order_by(item.c.version)
    for row in await connection.execute(rows):
        first[row.subject] = min(row.id, first.get(row.subject, row.id))
        if (post := readable(row)) is None:
            continue
        newest[row.subject] = post
        if row.state in UNSENT:
            waiting.append(row.id)
    version = select(item.c.version).where(here, item.c.subject == into)
    versions = (await connection.execute(version)).scalars()
    return Backlog(
        lane=lane,
        key=DeliveryKey(subject=into, version=max(versions, default=0) + 1),
        item_ids=tuple(waiting),
        posts=tuple(newest[one] for one in sorted(newest, key=first.__getitem__)),
        why=Waited(into.partition(":")[0]),
    )


def readable(row: Row[*tuple[Any, ...]]) -> Post | None:
    """The post of a row; None where it cannot be read, and so is set aside when its turn comes."""
    try:
        return post_of(row.post)
    except ValueError:
        return None
