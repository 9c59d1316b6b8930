"""Several Tellers on one database: one reads and reminds, and hears what is set in the others."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.ask import Channel, Follow
from bot.clocks import WallClock
from bot.controls import Asked
from bot.ports import Desk
from tests.conftest import select
from tests.rooms import BLOG, following
from tests.waiting import until
from tests.wire import MemoryBlog, RecordingPlatform

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

HERE = Channel(platform="terminal", id="here")
NIGHT = replace(nights.bundled_night(), blogs=(), following=())


class Place(RecordingPlatform):
    """Where people ask; `asked` counts who brings questions from it now."""

    pictures = False

    def __init__(self, name: str = "terminal", *, shared: bool = True) -> None:
        super().__init__(name)
        self.shared = shared
        self.asked = 0
        self.drawn = 0

    def changed(self) -> None:
        self.drawn += 1

    async def run(self, desk: Desk) -> None:
        self.asked += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.asked -= 1


class Teller:
    """One of several, of which can be seen who leads."""

    def __init__(
        self, rooms: Rooms, platforms: tuple[Place, ...], task: asyncio.Task[None]
    ) -> None:
        self.rooms = rooms
        self.platforms = platforms
        self.task = task

    @property
    def leads(self) -> bool:
        return not self.rooms.standing_by.is_set() and not self.task.done()

    async def leave(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@asynccontextmanager
async def tellers(url: str, number: int, blog: MemoryBlog) -> AsyncIterator[list[Teller]]:
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(number):
            platforms = (Place(), Place("alone", shared=False))
            rooms = await stack.enter_async_context(
                open_rooms(
                    night=NIGHT,
                    database_url=url,
                    clock=WallClock(),
                    reader=blog,
                    platforms=platforms,
                    following=[following(HERE, frozenset({Follow.REMINDERS}))],
                )
            )
            teller = Teller(rooms, platforms, asyncio.create_task(rooms.run(rooms.talk())))
            stack.push_async_callback(teller.leave)
            # From its first step on it stands by, until it leads.
            await asyncio.sleep(0)
            found.append(teller)
        await until(lambda: sum(one.leads for one in found) == 1)
        yield found


def apart(all_of_them: list[Teller]) -> tuple[Teller, list[Teller]]:
    (leader,) = [one for one in all_of_them if one.leads]
    return leader, [one for one in all_of_them if one is not leader]


async def test_a_blog_that_is_followed_at_another_is_read_by_the_leader(database_url: str) -> None:
    blog = MemoryBlog()
    blog.post("one", datetime.now(UTC), "The first")
    async with tellers(database_url, 2, blog) as both:
        leader, (other,) = apart(both)
        found = await other.rooms.channels.follow_blog(HERE, BLOG.url, frozenset())
        assert found.entries == 1
        await until(lambda: leader.rooms.relay.reads(found.followed.blog))

        await other.rooms.channels.unfollow_blog(HERE, found.followed.blog)
        await until(lambda: not leader.rooms.relay.reads(found.followed.blog))


async def test_a_reminder_that_is_set_at_another_rings_at_the_leader(database_url: str) -> None:
    async with tellers(database_url, 2, MemoryBlog()) as both:
        _, (other,) = apart(both)
        due = datetime.now(UTC) + timedelta(seconds=1)
        await other.rooms.channels.remind(
            Asked(channel=HERE, author="U1", due=due, words="the boxes")
        )
        posted = lambda: [h for one in both for h in one.platforms[0].headings("here")]  # noqa: E731
        await until(lambda: any("the boxes" in heading for heading in posted()))

        assert sum("the boxes" in heading for heading in posted()) == 1


async def test_what_is_wanted_at_another_is_drawn_and_told_by_the_leader_alone(
    database_url: str,
) -> None:
    async with tellers(database_url, 2, MemoryBlog()) as both:
        leader, (other,) = apart(both)
        drawn: list[Teller] = []
        for one in both:
            one.rooms.boards.draw = partial(_noted, drawn, one, one.rooms.boards.draw)
        await other.rooms.boards.round_up(HERE, 30)
        await until(lambda: bool(drawn))
        assert {id(one) for one in drawn} == {id(leader)}
        (wanted,) = await leader.rooms.store.boards.round_ups()
        assert (wanted.channel, wanted.minutes) == (HERE, 30)


async def _noted(
    drawn: list[Teller], one: Teller, draw: Callable[[], Awaitable[float | None]]
) -> float | None:
    drawn.append(one)
    return await draw()


async def test_what_is_set_at_the_leader_is_drawn_at_the_others(database_url: str) -> None:
    async with tellers(database_url, 2, MemoryBlog()) as both:
        leader, (other,) = apart(both)
        before = other.platforms[0].drawn
        await leader.rooms.channels.listen(HERE, True)
        await until(lambda: other.platforms[0].drawn > before)


async def test_the_leader_alone_runs_a_platform_that_cannot_be_shared(database_url: str) -> None:
    async with tellers(database_url, 3, MemoryBlog()) as rest:
        for _ in range(3):
            await until(lambda: sum(one.leads for one in rest) == 1)
            leader, others = apart(rest)
            await until(partial(_asked_by_all_and_one, leader, others))
            await leader.leave()
            rest.remove(leader)


def _asked_by_all_and_one(leader: Teller, others: list[Teller]) -> bool:
    assert [one.platforms[1].asked for one in others] == [0] * len(others)
    return leader.platforms[1].asked == 1 and all(
        one.platforms[0].asked == 1 for one in (leader, *others)
    )


@asynccontextmanager
async def two_readers(
    url: str, blog: MemoryBlog
) -> AsyncIterator[list[Callable[[], Awaitable[float]]]]:
    """Looks at a blog, of two who have both seen it as it is."""
    async with AsyncExitStack() as stack:
        looks = []
        for _ in range(2):
            rooms = await stack.enter_async_context(
                open_rooms(night=NIGHT, database_url=url, clock=WallClock(), reader=blog)
            )
            looks.append(partial(rooms.relay.look, BLOG, NIGHT.polling_day))
        for look in looks:
            await look()
        yield looks


async def test_a_look_at_the_same_moment_as_anothers_doubles_nothing(database_url: str) -> None:
    blog, began = MemoryBlog(), datetime.now(UTC)
    blog.post("one", began, "The first")
    async with two_readers(database_url, blog) as looks:
        for n in range(5):
            blog.post(f"entry-{n}", began + timedelta(seconds=n), f"Entry {n}")
            blog.post("one", began + timedelta(seconds=n), f"The first, {n}")
            await asyncio.gather(*(look() for look in looks))

    versions = "SELECT max(version), count(*) FROM entry_version GROUP BY entry ORDER BY 2"
    assert select(database_url, versions) == [(1, 1)] * 5 + [(6, 6)]


async def test_what_another_saw_meanwhile_is_not_taken_for_what_stands(database_url: str) -> None:
    """It stands as one has it in memory; the other has kept something else since."""
    blog, began = MemoryBlog(), datetime.now(UTC)
    blog.post("one", began, "The first")
    async with two_readers(database_url, blog) as (one, other):
        await one()
        blog.post("one", began + timedelta(seconds=1), "A slip")
        await other()
        blog.post("one", began + timedelta(seconds=2), "The first")
        await one()

    assert [
        "A slip" in content
        for (content,) in select(database_url, "SELECT content FROM entry_version ORDER BY version")
    ] == [False, True, False]


async def test_no_entry_falls_between_a_look_and_a_follow(database_url: str) -> None:
    """What is kept of a blog while a channel begins to follow it comes there too."""
    blog, began = MemoryBlog(), datetime.now(UTC)
    blog.post("one", began, "The first")
    async with tellers(database_url, 2, blog) as both:
        leader, (other,) = apart(both)
        await leader.rooms.relay.look(BLOG, NIGHT.polling_day)
        await other.rooms.channels.follow_blog(HERE, BLOG.url, frozenset())
        for n in range(5):
            await other.rooms.channels.unfollow_blog(HERE, BLOG)
            blog.post(f"entry-{n}", began + timedelta(seconds=n + 1), f"Entry {n}")
            await asyncio.gather(
                leader.rooms.relay.look(BLOG, NIGHT.polling_day),
                other.rooms.channels.follow_blog(HERE, BLOG.url, frozenset()),
            )

    queued = "SELECT subject FROM item JOIN lane ON lane.id = lane_id WHERE channel = 'here'"
    subjects = {subject for (subject,) in select(database_url, queued)}
    assert subjects == {
        f"entry:{BLOG.key}:{id}" for id in ("one", *(f"entry-{n}" for n in range(5)))
    }
