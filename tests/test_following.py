"""Following from chat while the relay runs, over restarts, and with others at once."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock
from bot.ports import Blog
from bot.store import Store
from tests.nights.facts import POLLING_DAY, TAMWORTH
from tests.rooms import BLOG, NEWSROOM, Room, at, following, open_room
from tests.waiting import until
from tests.wire import MemoryWeb

URL = "https://politics.example/live"
SPORT, POLITICS = (Channel(platform="terminal", id=name) for name in ("sport", "politics"))
NONE: frozenset[str] = frozenset()


class Beats(StoppedClock):
    """A clock whose sleepers wake at a beat, and not before; it knows who sleeps."""

    def __init__(self) -> None:
        super().__init__(at("01:00"))
        self._beat = asyncio.Event()
        self.asleep: set[object] = set()

    def beat(self) -> None:
        self.moment += timedelta(seconds=10)
        self.asleep.clear()
        self._beat.set()
        self._beat = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        here = object()
        self.asleep.add(here)
        try:
            await self._beat.wait()
        finally:
            self.asleep.discard(here)


@pytest.fixture
def clock() -> Beats:
    return Beats()


@pytest.fixture
def web() -> MemoryWeb:
    web = MemoryWeb()
    for url in (BLOG.url, URL):
        web.blog(url).post("welcome", at("00:05"), f"Welcome to {url}")
    return web


def night(url: str, clock: StoppedClock, web: MemoryWeb, *channels: Following):
    return open_room(url, clock=clock, reader=web, channels=channels or (following(),))


@asynccontextmanager
async def relaying(room: Room, *, night_blogs: tuple[Blog, ...] = (BLOG,)) -> AsyncIterator[None]:
    """The relay runs, as when the program starts."""
    blogs = [*night_blogs, *await room.store.subscriptions.blogs_from_chat()]
    running = asyncio.create_task(room.relay.run(blogs, POLLING_DAY))
    await asyncio.sleep(0)
    try:
        yield
        assert not running.done()
    finally:
        running.cancel()
        await asyncio.wait([running])


def reads(web: MemoryWeb, url: str) -> int:
    return [asked for asked, _ in web.reads].count(url)


async def rounds(clock: Beats, web: MemoryWeb, count: int = 3, url: str = BLOG.url) -> None:
    """Let the relay look at a blog so many times more."""
    wanted = reads(web, url) + count
    async with asyncio.timeout(30):
        while reads(web, url) < wanted:
            clock.beat()
            await asyncio.sleep(0.005)


async def subjects(store: Store) -> list[str]:
    return [str(key) for key, _, _ in await store.outbox.queued()]


# ── While the relay runs ─────────────────────────────────────────────────────────────────────


async def test_a_blog_is_read_from_the_moment_that_a_channel_follows_it(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room, relaying(room):
        await room.channels.follow_blog(SPORT, URL, NONE)
        web.blogs[URL].post("count", at("01:00"), "Count under way")
        await rounds(clock, web, url=URL)

        assert await room.stands(SPORT) == [f"Welcome to {URL}", "Count under way"]


async def test_a_blog_that_two_channels_follow_is_read_by_one_reader(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room, relaying(room):
        for channel in (SPORT, POLITICS, SPORT):
            await room.channels.follow_blog(channel, URL, NONE)
        for beat in range(5):
            await until(lambda: len(clock.asleep) == 2)
            # Three looks as it was followed, the first of its reader, and one for each beat.
            assert reads(web, URL) == 4 + beat
            clock.beat()


async def test_a_blog_that_nobody_follows_any_more_is_not_read(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room, relaying(room):
        found = await room.channels.follow_blog(SPORT, URL, NONE)
        await room.channels.follow_blog(POLITICS, URL, NONE)
        blog = found.followed.blog

        await room.channels.unfollow_blog(SPORT, blog)
        assert room.relay.reads(blog)
        await rounds(clock, web, url=URL)

        await room.channels.unfollow_blog(POLITICS, blog)
        assert not room.relay.reads(blog)
        seen = reads(web, URL)
        await rounds(clock, web)
        assert reads(web, URL) == seen

        await room.channels.follow_blog(SPORT, URL, NONE)
        await rounds(clock, web, url=URL)


async def test_a_blog_of_the_night_file_is_read_on_when_a_channel_unfollows_it(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room, relaying(room):
        await rounds(clock, web)
        blog = await room.store.blogs.at(BLOG.url)
        assert blog is not None

        await room.channels.unfollow_blog(NEWSROOM, blog)

        await rounds(clock, web)


async def test_the_outbox_is_rung_for_once_a_channel_follows(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room:
        await room.channels.follow_blog(SPORT, URL, NONE)

        await until(lambda: bool(room.queued))


# ── Over a restart ───────────────────────────────────────────────────────────────────────────


async def test_a_blog_from_chat_is_read_again_after_a_restart(
    database_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(database_url, clock, web) as room, relaying(room):
        await room.channels.follow_blog(SPORT, URL, NONE)
    web.reads.clear()
    web.blogs[URL].post("count", at("01:00"), "Count under way")

    async with night(database_url, clock, web) as room, relaying(room):
        await rounds(clock, web, url=URL)
        assert await room.stands(SPORT) == [f"Welcome to {URL}", "Count under way"]
        assert await room.stands(NEWSROOM) == [f"Welcome to {BLOG.url}"]
    assert {guarded for url, guarded in web.reads if url == URL} == {True}
    assert {guarded for url, guarded in web.reads if url == BLOG.url} == {False}


async def test_a_blog_that_only_an_older_night_file_had_is_read_again_after_a_restart(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room:
        await room.relay.look(Blog(url=URL, name="Politics"), POLLING_DAY)
    async with night(sqlite_url, clock, web) as room, relaying(room):
        await room.channels.follow_blog(SPORT, URL, NONE)

    async with night(sqlite_url, clock, web) as room, relaying(room):
        web.blogs[URL].post("count", at("01:00"), "Count under way")
        await rounds(clock, web, url=URL)

        assert await room.stands(SPORT) == [f"Welcome to {URL}", "Count under way"]
        assert "Count under way" not in await room.stands(NEWSROOM)


async def test_a_blog_that_the_night_file_takes_up_is_everyones(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room:
        await room.channels.follow_blog(SPORT, URL, NONE)

    async with night(sqlite_url, clock, web) as room:
        async with relaying(room, night_blogs=(Blog(url=URL),)):
            await rounds(clock, web, url=URL)
            web.blogs[URL].post("count", at("01:00"), "Count under way")
            await rounds(clock, web, url=URL)

        assert await room.stands(SPORT) == [f"Welcome to {URL}", "Count under way"]
        assert await room.stands(NEWSROOM) == ["Count under way"]
        assert await room.store.subscriptions.blogs_from_chat() == []


async def test_unfollowing_one_of_the_night_files_blogs_is_an_exception_that_stays(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    other = Blog(url=URL, name="The Other")
    sport = following(SPORT)
    async with night(sqlite_url, clock, web, following(), sport) as room:
        for blog in (BLOG, other):
            await room.relay.look(blog, POLLING_DAY)
        await room.channels.unfollow_blog(SPORT, BLOG)

    async with night(sqlite_url, clock, web, following(), sport) as room:
        for blog in (BLOG, other):
            web.blogs[blog.url].post("count", at("01:00"), f"Count of {blog.name}")
            await room.relay.look(blog, POLLING_DAY)

        news = [one for one in await room.stands(SPORT) if one.startswith("Count")]
        assert news == ["Count of The Other"]
        assert len([one for one in await room.stands(NEWSROOM) if one.startswith("Count")]) == 2

        # And it is over when the channel follows the blog again.
        await room.channels.follow_blog(SPORT, BLOG.url, NONE)
        assert "Count of The Example" in await room.stands(SPORT)


# ── At once ──────────────────────────────────────────────────────────────────────────────────


async def test_channels_that_follow_at_once_while_the_relay_looks_lose_and_double_nothing(
    database_url: str, clock: Beats, web: MemoryWeb
) -> None:
    channels = [Channel(platform="terminal", id=f"c{n}") for n in range(4)]
    blog = web.blogs[URL]
    async with night(database_url, clock, web) as room, relaying(room):

        async def goes_on() -> None:
            for n in range(20):
                clock.moment += timedelta(seconds=10)
                blog.post(f"e{n}", clock.now(), f"Entry {n}")
                if n % 3 == 2:
                    blog.post(f"e{n - 1}", clock.now(), f"Entry {n - 1}, corrected")
                clock.beat()
                await room.look_at(URL)

        await room.channels.follow_blog(channels[0], URL, NONE)
        await asyncio.gather(
            goes_on(), *(room.channels.follow_blog(one, URL, NONE) for one in channels[1:] * 2)
        )
        await room.look_at(URL)
        stands = {one: await room.stands(one) for one in channels}

    whole = stands[channels[0]]
    assert len(whole) == 21
    assert whole[20] == "Entry 19"
    for channel in channels[1:]:
        # From where it began, everything, once and in order, and as it now stands.
        assert stands[channel] == whole[-len(stands[channel]) :]
        assert len(stands[channel]) >= 3


async def test_a_blog_that_is_stopped_and_started_in_mid_look_loses_and_doubles_nothing(
    database_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(database_url, clock, web) as room, relaying(room):
        blog = (await room.channels.follow_blog(SPORT, URL, NONE)).followed.blog
        for n in range(25):
            clock.moment += timedelta(seconds=10)
            web.blogs[URL].post(f"e{n}", clock.now(), f"Entry {n}")
            room.relay.stop(blog)
            room.relay.start(blog)
            # Another point of the look each time.
            for _ in range(n * 3):
                await asyncio.sleep(0)
        room.relay.stop(blog)
        await room.look_at(URL)

        entries = [f"Entry {n}" for n in range(25)]
        assert await room.stands(SPORT) == [f"Welcome to {URL}", *entries]


async def test_nothing_of_a_blog_changes_while_it_is_held(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room:
        async with room.relay.holding(BLOG):
            looking = asyncio.create_task(room.look())
            await room.relay.look(Blog(url=URL), POLLING_DAY)
            assert (await room.store.blogs.remembered(BLOG)).known == {}
        await looking
        assert set((await room.store.blogs.remembered(BLOG)).known) == {"welcome"}


class SlowRows:
    """The channels' memory; what was looked up is answered when the test lets it."""

    def __init__(self, rows: object) -> None:
        self._rows = rows
        self.asked, self.answer = asyncio.Event(), asyncio.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._rows, name)

    async def blogs_from_chat(self) -> list[Blog]:
        found = await self._rows.blogs_from_chat()
        self.asked.set()
        await self.answer.wait()
        return found


async def test_a_channel_that_follows_while_the_last_one_leaves_is_served(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room, relaying(room):
        found = await room.channels.follow_blog(SPORT, URL, NONE)
        slow = SlowRows(room.store.subscriptions)
        leaving = asyncio.create_task(
            room.channels_with(slow).unfollow_blog(SPORT, found.followed.blog)
        )
        await slow.asked.wait()
        await room.channels.follow_blog(POLITICS, URL, NONE)
        slow.answer.set()
        await leaving

        await rounds(clock, web, url=URL)
        assert room.relay.reads(found.followed.blog)


class EditedMeanwhile:
    """The channels' memory; the blog is changed and read just before it is written to."""

    def __init__(self, rows: object, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._rows = rows
        self._meanwhile = meanwhile
        self.looking: asyncio.Future[None] | None = None

    def __getattr__(self, name: str) -> object:
        return getattr(self._rows, name)

    async def follow_blog(self, *given: object) -> int:
        self.looking = asyncio.ensure_future(self._meanwhile())
        await asyncio.wait([self.looking], timeout=0.3)
        return await self._rows.follow_blog(*given)


async def test_an_entry_that_is_edited_as_a_channel_begins_is_not_left_as_it_was(
    sqlite_url: str, clock: Beats, web: MemoryWeb
) -> None:
    async with night(sqlite_url, clock, web) as room:

        async def edited() -> None:
            web.blogs[URL].post("welcome", at("01:00"), "Welcome, corrected")
            await room.look_at(URL)

        rows = EditedMeanwhile(room.store.subscriptions, edited)
        await room.channels_with(rows).follow_blog(SPORT, URL, NONE)
        assert rows.looking is not None
        await rows.looking

        assert await room.stands(SPORT) == ["Welcome, corrected"]


@pytest.mark.parametrize("kinds", [frozenset({Follow.ENTRIES}), frozenset(Follow)])
async def test_a_channel_that_follows_all_and_one_blog_has_each_entry_once(
    sqlite_url: str, clock: Beats, web: MemoryWeb, kinds: frozenset[Follow]
) -> None:
    async with night(sqlite_url, clock, web, following(SPORT, kinds)) as room:
        await room.look()
        await room.channels.follow_blog(SPORT, BLOG.url, frozenset({TAMWORTH.id}))
        web.blogs[BLOG.url].post("count", at("01:00"), "Count in Tamworth")
        web.blogs[BLOG.url].post("other", at("01:01"), "Count elsewhere")
        await room.look()

        assert await room.stands(SPORT) == [f"Welcome to {BLOG.url}", "Count in Tamworth"]
