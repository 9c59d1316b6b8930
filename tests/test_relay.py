"""Live blogs over real HTTP: what is new, edited and withdrawn, whatever fails in between."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot.chat.ask import Channel
from bot.chat.post import Post
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.errors import SourceError
from bot.liveblog.entry import Entry
from bot.memory import BlogMemory, Blogs, BlogUpdate
from bot.ports import Blog, Fetched, Validators
from bot.relay import Relay
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.store import Store
from tests.courier.queueing import courier
from tests.nights.facts import MID_BEDFORDSHIRE, POLLING_DAY, TAMWORTH
from tests.rooms import NEWSROOM, PLANNED, at, following, word
from tests.wire import RecordingPlatform

ABSENCES = 3


class LivePage:
    """A live blog's page on loopback, which the test changes while it is read."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}
        self.broken: set[str] = set()
        self.moved_to: str | None = None
        self.requests = 0

    def post(self, id: str, published: datetime, heading: str, body: str = "") -> None:
        self.entries[id] = {
            "@type": "BlogPosting",
            "@id": id,
            "headline": heading,
            "datePublished": published.isoformat(),
            "articleBody": f"<p>{body or heading}.</p>",
        }

    def edit(self, id: str, modified: datetime, **changes: str) -> None:
        self.entries[id] |= {"dateModified": modified.isoformat(), **changes}

    async def answer(self, request: web.Request) -> web.Response:
        self.requests += 1
        if request.path in self.broken:
            return web.Response(status=500)
        if self.moved_to is not None and request.path != self.moved_to:
            return web.Response(status=301, headers={"Location": self.moved_to})
        entries = sorted(self.entries.values(), key=lambda e: e["datePublished"], reverse=True)
        blog = {
            "@context": "https://schema.org",
            "@type": "LiveBlogPosting",
            "headline": "By-elections live",
            "liveBlogUpdate": entries,
        }
        page = f'<script type="application/ld+json">{json.dumps(blog)}</script>'
        return web.Response(
            text=f"<!doctype html><title>Live</title>{page}", content_type="text/html"
        )


@dataclass(kw_only=True)
class Desk:
    """A relay between a page and a store, and a platform for what it queues."""

    page: LivePage
    blog: Blog
    store: Store
    fetcher: Fetcher
    clock: StoppedClock
    relay: Relay = field(init=False)
    platform: RecordingPlatform = field(default_factory=RecordingPlatform)
    touched: list[frozenset[str] | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    async def look(self) -> None:
        self.clock.moment += timedelta(seconds=10)
        await self.relay.look(self.blog, POLLING_DAY)

    def restart(self, blogs: Blogs | None = None) -> None:
        """Another relay, which remembers only what was kept."""
        self.relay = self.build(blogs or self.store.blogs)

    def build(self, blogs: Blogs) -> Relay:
        async def changed(touched: frozenset[str] | None) -> None:
            self.touched.append(touched)

        return Relay(
            reader=BlogReader(self.fetcher),
            blogs=blogs,
            newsroom_at=self.store.newsroom,
            word=word,
            clock=self.clock,
            changed=changed,
        )

    async def standing(self, channel: Channel = NEWSROOM) -> list[Post]:
        """Send what waits; what then stands in a channel."""
        for lane in await self.store.outbox.waiting():
            await drain(lane, courier(self.store.outbox, self.platform, clock=self.clock))
        return [p for ref, p in self.platform.standing.items() if ref.channel == channel]

    async def headings(self, channel: Channel = NEWSROOM) -> list[str]:
        return [post.heading for post in await self.standing(channel)]

    async def queued(self) -> list[str]:
        """Subject and version of everything that was ever queued."""
        return [
            str(key).removeprefix(f"entry:{self.blog.key}:")
            for key, _, _ in await self.store.outbox.queued()
        ]


async def nobody(_touched: frozenset[str] | None) -> None:
    """Nobody has to be told."""


async def no_pause(_seconds: float) -> None:
    """Broken answers are asked for again at once."""


@pytest.fixture
def page() -> LivePage:
    return LivePage()


@pytest.fixture
async def address(page: LivePage) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/{path:.*}", page.answer)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    yield str(server.make_url("/live"))
    await server.close()


@pytest.fixture
async def desk(store: Store, page: LivePage, address: str) -> AsyncIterator[Desk]:
    clock = StoppedClock(at("00:05"))
    await store.night.install(PLANNED, [following()], clock.now())
    async with Fetcher(seconds=5.0, sleep=no_pause) as fetcher:
        blog = Blog(url=address, name="The Example")
        yield Desk(page=page, blog=blog, store=store, fetcher=fetcher, clock=clock)


# ── What is new ──────────────────────────────────────────────────────────────────────────────


async def test_new_entries_are_posted_oldest_first(desk: Desk) -> None:
    desk.page.post("boxes", at("00:10"), "Boxes arrive")
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    desk.page.post("low", at("00:41"), "Low turnout")
    desk.page.post("count", at("00:14"), "Count under way")
    await desk.look()

    assert await desk.headings() == ["Welcome", "Boxes arrive", "Count under way", "Low turnout"]


async def test_a_page_that_did_not_change_posts_nothing_more(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    for _ in range(4):
        await desk.look()

    assert await desk.queued() == ["welcome#1"]
    assert desk.page.requests == 4
    (health,) = await desk.store.newsroom(desk.clock.now()).sources()
    assert health.last_read == desk.clock.now()


async def test_only_a_changed_text_is_an_edit(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    desk.page.edit("welcome", at("00:06"))
    await desk.look()

    assert await desk.queued() == ["welcome#1"]


async def test_an_edit_changes_what_stands(desk: Desk) -> None:
    desk.page.post("boxes", at("00:10"), "Boxes arrive in Sheffield")
    await desk.look()
    assert await desk.headings() == ["Boxes arrive in Sheffield"]

    desk.page.edit("boxes", at("00:18"), headline="Boxes arrive in Shefford")
    await desk.look()

    (post,) = await desk.standing()
    assert post.heading == "Boxes arrive in Shefford"
    assert post.edited == at("00:18")
    assert desk.platform.done() == [
        ("send", "entry:The Example:boxes#1"),
        ("edit", "entry:The Example:boxes#2"),
    ]


async def test_an_older_copy_of_the_page_never_wins(desk: Desk) -> None:
    desk.page.post("boxes", at("00:10"), "Boxes arrive in Sheffield")
    desk.page.edit("boxes", at("00:12"))
    await desk.look()
    desk.page.edit("boxes", at("00:18"), headline="Boxes arrive in Shefford")
    await desk.look()
    desk.page.edit("boxes", at("00:12"), headline="Boxes arrive in Sheffield")
    await desk.look()

    assert await desk.headings() == ["Boxes arrive in Shefford"]
    assert await desk.queued() == ["boxes#1", "boxes#2"]


async def test_what_may_be_known_otherwise_is_told_by_contest(desk: Desk) -> None:
    desk.page.post("low", at("00:41"), "Turnout in Tamworth is 35.9 per cent")
    await desk.look()
    desk.page.edit("low", at("00:42"), headline="Turnout in Tamworth is 36.1 per cent")
    await desk.look()
    await desk.look()

    assert desk.touched == [frozenset({TAMWORTH.id}), None]


# ── Withdrawn ────────────────────────────────────────────────────────────────────────────────


async def test_three_absences_withdraw(desk: Desk) -> None:
    desk.page.post("pictures", at("00:35"), "In pictures")
    desk.page.post("again", at("00:36"), "In pictures (again)")
    await desk.look()
    assert await desk.headings() == ["In pictures", "In pictures (again)"]
    del desk.page.entries["again"]

    withdrawn = []
    for _ in range(ABSENCES):
        await desk.look()
        withdrawn.append([post.withdrawn is not None for post in await desk.standing()])

    assert withdrawn == [[False, False], [False, False], [False, True]]
    assert await desk.queued() == ["pictures#1", "again#1", "again#2"]


async def test_an_entry_that_is_back_in_time_was_never_gone(desk: Desk) -> None:
    desk.page.post("pictures", at("00:35"), "In pictures")
    desk.page.post("again", at("00:36"), "In pictures (again)")
    await desk.look()
    for _ in range(ABSENCES):
        gone = desk.page.entries.pop("again")
        await desk.look()
        await desk.look()
        desk.page.entries["again"] = gone
        await desk.look()

    assert await desk.queued() == ["pictures#1", "again#1"]


async def test_absences_are_counted_over_a_restart(desk: Desk) -> None:
    desk.page.post("pictures", at("00:35"), "In pictures")
    desk.page.post("again", at("00:36"), "In pictures (again)")
    await desk.look()
    del desk.page.entries["again"]
    for _ in range(ABSENCES):
        desk.restart()
        await desk.look()

    assert await desk.queued() == ["pictures#1", "again#1", "again#2"]


async def test_an_entry_that_comes_back_stands_again_in_its_own_message(desk: Desk) -> None:
    desk.page.post("pictures", at("00:35"), "In pictures")
    desk.page.post("again", at("00:36"), "In pictures (again)")
    await desk.look()
    await desk.standing()
    gone = desk.page.entries.pop("again")
    for _ in range(ABSENCES):
        await desk.look()
    assert [post.withdrawn for post in await desk.standing()] == [None, "no longer on its page"]

    desk.page.entries["again"] = gone
    await desk.look()

    assert [post.withdrawn for post in await desk.standing()] == [None, None]
    assert [what for what, _ in desk.platform.done()] == ["send", "send", "edit", "edit"]


async def test_a_page_that_shows_nothing_withdraws_nothing(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    desk.page.entries.clear()
    for _ in range(5):
        try:
            await desk.look()
        except SourceError:
            continue

    assert await desk.queued() == ["welcome#1"]


# ── The first look ───────────────────────────────────────────────────────────────────────────


def fifty(page: LivePage) -> list[str]:
    """Fifty entries, a minute apart; their ids, oldest first."""
    ids = [f"entry-{n:02}" for n in range(50)]
    for n, id in enumerate(ids):
        page.post(id, at("22:00") + timedelta(minutes=n), f"Entry {n}")
    return ids


async def test_the_first_look_at_a_long_blog_posts_its_newest_entries_only(desk: Desk) -> None:
    ids = fifty(desk.page)
    await desk.look()

    assert await desk.queued() == [f"{id}#1" for id in ids[-20:]]
    assert len(await desk.store.newsroom(desk.clock.now()).latest(100)) == 50


async def test_what_was_too_old_to_post_stays_quiet(desk: Desk) -> None:
    ids = fifty(desk.page)
    await desk.look()
    queued = await desk.queued()

    desk.page.edit(ids[25], at("01:00"), headline="Entry 25, corrected")
    del desk.page.entries[ids[26]]
    desk.restart()
    for _ in range(ABSENCES):
        await desk.look()

    assert await desk.queued() == queued
    latest = await desk.store.newsroom(desk.clock.now()).latest(100)
    headings = {one.entry.heading for one in latest}
    assert "Entry 25, corrected" in headings
    assert "Entry 26" not in headings


async def test_what_was_posted_at_the_first_look_is_kept_true(desk: Desk) -> None:
    ids = fifty(desk.page)
    await desk.look()
    desk.page.edit(ids[30], at("01:00"), headline="Entry 30, corrected")
    await desk.look()

    assert (await desk.queued())[-1] == f"{ids[30]}#2"


# ── Who gets it ──────────────────────────────────────────────────────────────────────────────


async def test_a_channel_for_one_contest_gets_its_entries_only(desk: Desk) -> None:
    tamworth, beds = (Channel(platform="terminal", id=name) for name in ("tamworth", "beds"))
    channels = [following(tamworth, only=[TAMWORTH]), following(beds, only=[MID_BEDFORDSHIRE])]
    await desk.store.night.install(PLANNED, channels, desk.clock.now())

    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.page.post("tamworth", at("00:14"), "Count under way in Tamworth")
    desk.page.post("beds", at("00:22"), "Lib Dems sound confident in Mid Bedfordshire")
    desk.page.post("both", at("00:30"), "Tamworth and Mid Bedfordshire look close")
    await desk.look()

    assert await desk.headings(tamworth) == [
        "Count under way in Tamworth",
        "Tamworth and Mid Bedfordshire look close",
    ]
    assert await desk.headings(beds) == [
        "Lib Dems sound confident in Mid Bedfordshire",
        "Tamworth and Mid Bedfordshire look close",
    ]


# ── Restarts and crashes ─────────────────────────────────────────────────────────────────────


async def test_a_restart_posts_nothing_twice(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    desk.page.post("boxes", at("00:10"), "Boxes arrive")
    desk.restart()
    await desk.look()
    desk.restart()
    await desk.look()

    assert await desk.queued() == ["welcome#1", "boxes#1"]


class FailingBlogs:
    """The relay's memory, which breaks once before it keeps, or once after."""

    def __init__(self, blogs: Blogs, *, after: bool = False) -> None:
        self._blogs = blogs
        self._after = after
        self.failures = 0

    async def remembered(self, blog: Blog) -> BlogMemory:
        return await self._blogs.remembered(blog)

    async def entry(self, blog: Blog, entry_id: str) -> Entry:
        return await self._blogs.entry(blog, entry_id)

    async def keep(self, update: BlogUpdate) -> None:
        if self._after or not self.failures:
            await self._blogs.keep(update)
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")

    async def keep_failure(
        self, blog: Blog, at: datetime, sentence: str, next_read: datetime | None = None
    ) -> None:
        raise OSError("the disk is full")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_what_was_read_when_keeping_it_broke_is_found_again(desk: Desk, after: bool) -> None:
    blogs = FailingBlogs(desk.store.blogs, after=after)
    desk.restart(blogs)
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    desk.page.post("boxes", at("00:10"), "Boxes arrive")
    blogs.failures = 1

    with pytest.raises(OSError, match="disk"):
        await desk.look()
    await desk.look()

    assert await desk.queued() == ["welcome#1", "boxes#1"]


async def test_telling_that_breaks_is_made_up_for_at_the_next_look(desk: Desk) -> None:
    told: list[frozenset[str] | None] = []

    async def breaks_once(touched: frozenset[str] | None) -> None:
        told.append(touched)
        if len(told) == 1:
            raise RuntimeError("a wording with a fault")

    desk.relay = Relay(
        reader=BlogReader(desk.fetcher),
        blogs=desk.store.blogs,
        newsroom_at=desk.store.newsroom,
        word=word,
        clock=desk.clock,
        changed=breaks_once,
    )
    desk.page.post("low", at("00:41"), "Turnout in Tamworth is 35.9 per cent")
    for _ in range(3):
        await desk.look()

    assert told == [frozenset({TAMWORTH.id})] * 2
    assert await desk.queued() == ["low#1"]


# ── An address that changes ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ["The Example", None], ids=["named", "nameless"])
async def test_a_blog_that_moves_for_good_is_still_the_same_blog(
    desk: Desk, name: str | None
) -> None:
    desk.blog = replace(desk.blog, name=name)
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.page.post("boxes", at("00:10"), "Boxes arrive")
    await desk.look()

    desk.page.moved_to = "/elsewhere"
    await desk.look()
    asked = desk.page.requests
    await desk.look()
    assert desk.page.requests == asked + 1

    del desk.page.entries["boxes"]
    for _ in range(ABSENCES):
        desk.restart()
        await desk.look()

    assert await desk.queued() == ["welcome#1", "boxes#1", "boxes#2"]
    assert len(await desk.store.newsroom(desk.clock.now()).sources()) == 1


async def test_where_a_blog_has_moved_is_known_after_a_restart(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.page.moved_to = "/elsewhere"
    await desk.look()
    asked = desk.page.requests

    desk.restart()
    await desk.look()

    assert desk.page.requests == asked + 1


async def test_how_late_an_entry_was_here_and_when_the_blog_is_read_again(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.look()
    (first,) = await desk.store.newsroom(desk.clock.now()).sources()
    # What stood there before anybody looked was not late.
    assert first.lag is None
    assert first.last_read is not None
    assert first.next_read is not None
    assert first.last_read < first.next_read

    desk.page.post("boxes", desk.clock.now() - timedelta(seconds=3), "Boxes arrive")
    await desk.look()
    (second,) = await desk.store.newsroom(desk.clock.now()).sources()
    assert second.lag is not None
    assert timedelta(seconds=3) <= second.lag < timedelta(minutes=1)

    await desk.look()
    (third,) = await desk.store.newsroom(desk.clock.now()).sources()
    assert third.lag == second.lag


async def test_a_move_that_led_nowhere_is_forgotten(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.page.moved_to = "/elsewhere"
    await desk.look()

    desk.page.moved_to = None
    desk.page.broken = {"/elsewhere"}
    with pytest.raises(SourceError):
        await desk.look()
    desk.page.post("boxes", at("00:10"), "Boxes arrive")
    await desk.look()

    assert await desk.queued() == ["welcome#1", "boxes#1"]


# ── Following, while some sources fail ───────────────────────────────────────────────────────


class Rounds(StoppedClock):
    """A clock whose sleeps take no time, and which knows when enough of them were taken."""

    def __init__(self, moment: datetime, enough: int) -> None:
        super().__init__(moment)
        self.slept: list[float] = []
        self.enough = enough
        self.done = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) >= self.enough:
            self.done.set()
            await asyncio.Event().wait()
        await super().sleep(seconds)
        await asyncio.sleep(0)


async def follow(relay: Relay, clock: Rounds, *blogs: Blog) -> None:
    """Let a relay run until its clock has had enough."""
    running = asyncio.create_task(relay.run(blogs, POLLING_DAY))
    done = asyncio.create_task(clock.done.wait())
    await asyncio.wait([running, done], return_when=asyncio.FIRST_COMPLETED, timeout=20)
    assert clock.done.is_set()
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_failing_source_is_marked_and_the_others_go_on(desk: Desk) -> None:
    broken = Blog(url=desk.blog.url.replace("/live", "/broken"), name="The Broken")
    desk.page.post("welcome", at("00:05"), "Welcome")
    await desk.relay.look(broken, POLLING_DAY)
    desk.page.broken = {"/broken"}
    desk.clock = clock = Rounds(at("00:06"), enough=8)
    desk.restart()

    await follow(desk.relay, clock, broken, desk.blog)

    sick, well = await desk.store.newsroom(at("00:06")).sources()
    assert (sick.blog.name, well.blog.name) == ("The Broken", "The Example")
    assert sick.trouble is not None
    assert "has a fault (500)" in sick.trouble
    assert sick.trouble.endswith(".")
    assert (sick.entries, sick.last_read) == (1, at("00:05"))
    assert well.trouble is None
    assert well.last_read is not None
    assert well.last_read > at("00:06")


async def test_a_source_that_recovers_is_read_on(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.page.broken = {"/live"}
    desk.clock = clock = Rounds(at("00:06"), enough=2)
    desk.restart()
    await follow(desk.relay, clock, desk.blog)
    assert (await desk.store.newsroom(clock.now()).sources())[0].trouble is not None

    desk.page.broken = set()
    desk.clock = clock = Rounds(at("00:10"), enough=1)
    desk.restart()
    await follow(desk.relay, clock, desk.blog)

    assert (await desk.store.newsroom(clock.now()).sources())[0].trouble is None
    assert await desk.headings() == ["Welcome"]


async def test_a_source_that_fails_is_asked_less_often_and_never_less_than_that(
    desk: Desk,
) -> None:
    desk.page.broken = {"/live"}
    desk.clock = clock = Rounds(at("00:06"), enough=9)
    desk.restart()

    await follow(
        desk.relay,
        clock,
        desk.blog,
    )

    least = [20, 40, 80, 160, 300, 300, 300, 300, 300]
    assert [
        round(seconds / wanted) for seconds, wanted in zip(clock.slept, least, strict=True)
    ] == ([1] * 9)


async def test_a_source_that_fails_for_days_is_still_asked(desk: Desk) -> None:
    desk.clock = clock = Rounds(at("00:06"), enough=1_100)

    class Nothing:
        async def read(
            self,
            url: str,
            *,
            format: str,
            polling_day: date,
            validators: Validators,
            guarded: bool = False,
        ) -> Fetched:
            raise SourceError("It does not answer.")

    class Forgetful(FailingBlogs):
        async def keep_failure(
            self, blog: Blog, at: datetime, sentence: str, next_read: datetime | None = None
        ) -> None:
            """Not what is tested."""

    relay = Relay(
        reader=Nothing(),
        blogs=Forgetful(desk.store.blogs),
        newsroom_at=desk.store.newsroom,
        word=word,
        clock=clock,
        changed=nobody,
    )

    with capture_logs() as logs:
        await follow(relay, clock, desk.blog)

    assert {log["event"] for log in logs} == {"relay.source_failed"}
    assert clock.now() > at("00:06") + timedelta(days=3)


async def test_an_unexpected_fault_in_one_blog_does_not_end_the_others(desk: Desk) -> None:
    other = replace(desk.blog, name="The Other")
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.clock = clock = Rounds(at("00:06"), enough=6)

    class Stumbles(BlogReader):
        async def read(
            self,
            url: str,
            *,
            format: str,
            polling_day: date,
            validators: Validators,
            guarded: bool = False,
        ) -> Fetched:
            if format == "rss":
                raise ZeroDivisionError
            return await super().read(
                url,
                format=format,
                polling_day=polling_day,
                validators=validators,
                guarded=guarded,
            )

    relay = Relay(
        reader=Stumbles(desk.fetcher),
        blogs=desk.store.blogs,
        newsroom_at=desk.store.newsroom,
        word=word,
        clock=clock,
        changed=nobody,
    )

    await follow(relay, clock, replace(desk.blog, format="rss"), other)

    health = {one.blog.name: one for one in await desk.store.newsroom(clock.now()).sources()}
    assert health["The Example"].trouble is not None
    assert "stumbled" in health["The Example"].trouble
    assert health["The Other"].trouble is None
    assert await desk.headings() == ["Welcome"]


async def test_a_store_that_breaks_does_not_end_the_following(desk: Desk) -> None:
    desk.page.post("welcome", at("00:05"), "Welcome")
    desk.clock = clock = Rounds(at("00:06"), enough=3)
    blogs = FailingBlogs(desk.store.blogs)
    blogs.failures = 1
    desk.restart(blogs)

    await follow(desk.relay, clock, desk.blog)

    assert await desk.headings() == ["Welcome"]
