"""What replays have in common: waiting until all of a moment is told, and what it came to."""

import asyncio
from collections import Counter
from datetime import datetime

from bot.app import Rooms
from bot.chat.post import PostKind
from bot.ports import Clock


async def caught_up(rooms: Rooms, clock: Clock, at: datetime) -> None:
    """Wait until the night has reached `at` and all that the blogs said by then is delivered."""
    await clock.sleep((at - clock.now()).total_seconds())
    # What a look brought is told after it is kept: only the next look shows that it was told.
    looks: set[datetime] = set()
    while len(looks) < 2:
        looks |= {
            source.last_read
            for source in await rooms.store.newsroom(at).sources()
            if source.last_read is not None and source.last_read >= at
        }
        await asyncio.sleep(0.01)
    await rooms.dispatcher.settle(5)


async def totals(rooms: Rooms) -> str:
    """What the night came to, in a line."""
    queued = await rooms.store.outbox.queued()
    kinds = Counter(post.kind for key, post, _ in queued if key.version == 1)
    later = [post for key, post, _ in queued if key.version > 1]
    waiting = sum(waits for _, _, waits in queued)
    counted = (
        (kinds[PostKind.ENTRY], "entry", "entries"),
        (sum(post.withdrawn is None for post in later), "edit", "edits"),
        (sum(post.withdrawn is not None for post in later), "withdrawal", "withdrawals"),
        (kinds[PostKind.REMINDER], "reminder", "reminders"),
        (kinds[PostKind.TIMETABLE], "new time", "new times"),
        (kinds[PostKind.DECLARATION], "declaration", "declarations"),
        (kinds[PostKind.CHECK], "check", "checks"),
        (rooms.desk.answered, "answer", "answers"),
    )
    parts = [f"{number} {one if number == 1 else many}" for number, one, many in counted]
    rest = "all delivered" if not waiting else f"{waiting} not delivered yet"
    return f"{', '.join(parts)}: {rest}."
