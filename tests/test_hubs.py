"""A hub pushes a blog: real HTTP between a feed, a hub and Teller, and a real store."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from structlog.testing import capture_logs

from bot import nights
from bot.app import Rooms, open_rooms
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.hub_memory import HubState, HubSubscription
from bot.hubs import LEASE, lease_of
from bot.pacing import MOST_EARLY
from bot.ports import Blog
from bot.pushes import WAITING, HubOffice, is_signed, routes
from bot.sources.fetch import Fetcher
from bot.sources.hub_requests import HubRequests
from bot.sources.reader import BlogReader
from tests.courier.queueing import courier
from tests.hub import PUBLIC, HubbedFeed, StandInHub, a_feed, a_hub
from tests.nights.facts import POLLING_DAY
from tests.rooms import at, following
from tests.wire import RecordingPlatform

NIGHT = replace(nights.bundled_night(), blogs=(), following=())
LIMIT = 100_000


@dataclass(kw_only=True)
class Desk:
    """A Teller with a door that its hub knows, and a platform for what it queues."""

    rooms: Rooms
    hub: StandInHub
    feed: HubbedFeed
    clock: StoppedClock
    platform: RecordingPlatform
    blog: Blog
    read: set[str] = field(default_factory=set)

    async def look(self) -> float:
        """One reading of the feed; the seconds to the next."""
        self.clock.moment += timedelta(seconds=10)
        self.read.add(self.blog.key)
        return await self.rooms.relay.look(self.blog, POLLING_DAY)

    async def ask(self) -> float:
        """Ask hubs what is due, and wait for what they have to say."""
        assert self.rooms.hubs is not None
        wait = await self.rooms.hubs.look(lambda blog: blog.key in self.read)
        await self.hub.settled()
        return wait

    async def push(self, content: str, **given: Any) -> int:
        """A push of the hub's; its status, once it has been dealt with."""
        self.clock.moment += timedelta(seconds=1)
        status = await self.hub.push(content, **given)
        assert self.rooms.pushes is not None
        await self.rooms.pushes.settled()
        return status

    async def subscription(self) -> HubSubscription:
        (one,) = await self.rooms.store.hubs.on_record()
        return one

    async def pushed(self) -> None:
        """The feed has been read, and its hub has begun to push it."""
        self.feed.post("welcome", "Welcome")
        await self.look()
        await self.ask()
        assert (await self.subscription()).state is HubState.ACTIVE

    async def stands(self) -> list[str]:
        """Send everything that waits; what then stands in the channel."""
        store = self.rooms.store
        for lane in await store.outbox.waiting():
            await drain(lane, courier(store.outbox, self.platform, clock=self.clock))
        return [
            f"{post.heading}{' (withdrawn)' if post.withdrawn else ''}"
            for post in self.platform.standing.values()
        ]

    async def done(self) -> list[tuple[str, str]]:
        """Everything that was ever done in the channel."""
        await self.stands()
        return self.platform.done()


@asynccontextmanager
async def teller(
    url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock, blog: Blog | None = None
) -> AsyncIterator[Desk]:
    platform = RecordingPlatform()
    async with (
        Fetcher(seconds=2.0, bytes_limit=LIMIT) as fetcher,
        open_rooms(
            night=NIGHT,
            database_url=url,
            clock=clock,
            reader=BlogReader(fetcher),
            platforms=[platform],
            following=[following()],
            hub_office=HubOffice(
                asker=HubRequests(fetcher), public_url=PUBLIC, bytes_limit=LIMIT, seconds=0.5
            ),
        ) as rooms,
    ):
        assert rooms.pushes is not None
        app = web.Application()
        app.add_routes(routes(rooms.pushes.answer))
        door = TestServer(app, host="127.0.0.1")
        await door.start_server(shutdown_timeout=0.1)
        hub.door = str(door.make_url("")).rstrip("/")
        try:
            yield Desk(
                rooms=rooms,
                hub=hub,
                feed=feed,
                clock=clock,
                platform=platform,
                blog=blog or Blog(url=f"{feed.root}/live", name="The Example"),
            )
            await rooms.pushes.close()
        finally:
            await door.close()


@pytest.fixture
async def hub() -> AsyncIterator[StandInHub]:
    async with a_hub() as hub:
        yield hub


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(at("00:10"))


@pytest.fixture
async def feed(hub: StandInHub, clock: StoppedClock) -> AsyncIterator[HubbedFeed]:
    async with a_feed(clock, hub.root) as feed:
        yield feed


@pytest.fixture
async def desk(
    sqlite_url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock
) -> AsyncIterator[Desk]:
    async with teller(sqlite_url, hub, feed, clock) as desk:
        yield desk


# ── Subscribing ──────────────────────────────────────────────────────────────────────────────


async def test_a_hub_that_a_feed_names_is_asked_once_and_confirms(desk: Desk) -> None:
    await desk.pushed()
    await desk.look()
    await desk.ask()

    (form,) = desk.hub.asked
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == desk.feed.topic
    assert form["hub.callback"].startswith(f"{PUBLIC}/websub/")
    assert len(form["hub.callback"].rpartition("/")[2]) >= 40
    assert 32 <= len(form["hub.secret"]) < 200
    assert form["hub.lease_seconds"] == "864000"
    assert desk.hub.refused == []
    (agent,) = desk.hub.agents
    assert agent.startswith("Teller/")


async def test_a_feed_that_names_no_hub_is_only_read(desk: Desk) -> None:
    desk.feed.hub = None
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    await desk.ask()
    assert desk.hub.asked == []
    assert await desk.rooms.store.hubs.on_record() == []


async def test_a_feed_that_has_not_changed_since_before_is_asked_for_its_hub_all_the_same(
    sqlite_url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock
) -> None:
    feed.hub = None
    async with teller(sqlite_url, hub, feed, clock) as desk:
        feed.post("welcome", "Welcome")
        await desk.look()
    feed.hub = hub.root
    async with teller(sqlite_url, hub, feed, clock) as desk:
        await desk.look()
        await desk.ask()
        assert (await desk.subscription()).state is HubState.ACTIVE


async def test_a_subscription_outlives_a_restart(
    sqlite_url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock
) -> None:
    async with teller(sqlite_url, hub, feed, clock) as desk:
        await desk.pushed()
    async with teller(sqlite_url, hub, feed, clock) as desk:
        desk.read.add(desk.blog.key)
        await desk.ask()
        feed.post("boxes", "Boxes arrive")
        assert await desk.push(feed.pushed("boxes")) == 202
        assert await desk.stands() == ["Welcome", "Boxes arrive"]
    assert len(hub.asked) == 1


async def test_a_lease_is_renewed_before_it_ends_by_the_same_address(desk: Desk) -> None:
    await desk.pushed()
    before = await desk.subscription()
    wait = await desk.ask()
    # The hub gave ten minutes.
    assert before.until == desk.clock.now() + timedelta(minutes=10)
    assert 0 < wait <= 480

    desk.clock.moment += timedelta(seconds=479)
    await desk.ask()
    assert len(desk.hub.asked) == 1
    desk.clock.moment += timedelta(seconds=2)
    await desk.ask()
    after = await desk.subscription()
    assert desk.hub.asked[0] == desk.hub.asked[1]
    assert after.until == desk.clock.now() + timedelta(minutes=10)
    assert (before.path, after.state) == (after.path, HubState.ACTIVE)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("600", 600),
        ("1", 60),
        ("0", LEASE.total_seconds()),
        ("", LEASE.total_seconds()),
        ("-5", LEASE.total_seconds()),
        ("1e9", LEASE.total_seconds()),
        ("²", LEASE.total_seconds()),
        ("9" * 11, 30 * 86_400),
        ("9" * 4_000, LEASE.total_seconds()),
    ],
)
def test_a_lease_is_what_a_hub_says_within_reason(said: str, seconds: float) -> None:
    assert lease_of(said).total_seconds() == seconds


async def test_a_hub_that_fails_is_asked_again_later_and_later(desk: Desk) -> None:
    desk.hub.status = 500
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    waits = []
    for _ in range(12):
        await desk.ask()
        one = await desk.subscription()
        waits.append((one.due - desk.clock.now()).total_seconds() / 60)
        desk.clock.moment = one.due
    assert len(desk.hub.asked) == 12
    assert 1.6 <= waits[0] <= 2.0
    assert all(1.2 < b / a < 2.6 for a, b in pairwise(waits[:8]))
    assert 280 <= waits[-1] <= 360
    assert one.trouble == "127.0.0.1/hub does not take what I ask of it (500)."

    desk.hub.status = 202
    await desk.ask()
    one = await desk.subscription()
    assert (one.state, one.tries, one.trouble) == (HubState.ACTIVE, 0, None)


async def test_a_hub_that_takes_a_wish_and_never_confirms_is_asked_again(desk: Desk) -> None:
    desk.hub.silent = True
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    await desk.ask()
    await desk.ask()
    assert len(desk.hub.asked) == 1
    desk.clock.moment += timedelta(minutes=2)
    desk.hub.silent = False
    await desk.ask()
    assert (await desk.subscription()).state is HubState.ACTIVE


async def test_a_hub_may_confirm_before_it_answers(desk: Desk) -> None:
    desk.hub.hasty = True
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    await desk.ask()
    one = await desk.subscription()
    assert (one.state, one.tries) == (HubState.ACTIVE, 0)
    # The eight minutes to its renewal, and not the two that it had to answer.
    assert one.due == desk.clock.now() + timedelta(minutes=8)


async def test_a_hub_that_is_not_there_stops_nothing(desk: Desk, sqlite_url: str) -> None:
    desk.feed.hub = "http://127.0.0.1:1/hub"
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    await desk.ask()
    assert "The connection to 127.0.0.1/hub failed" in ((await desk.subscription()).trouble or "")
    assert await desk.stands() == ["Welcome"]


async def test_a_hub_may_send_to_another_and_not_in_circles(desk: Desk) -> None:
    async with a_hub() as other:
        other.door = desk.hub.door
        desk.hub.status, desk.hub.location = 307, other.root
        desk.feed.post("welcome", "Welcome")
        await desk.look()
        await desk.ask()
        await other.settled()
        assert other.asked == desk.hub.asked
        assert (await desk.subscription()).state is HubState.ACTIVE

    desk.hub.location = desk.hub.root
    desk.clock.moment += timedelta(minutes=10)
    await desk.ask()
    assert "from hub to hub" in ((await desk.subscription()).trouble or "")
    assert len(desk.hub.asked) == 1 + 6


async def test_a_hub_that_denies_is_left_alone_for_a_day(desk: Desk) -> None:
    desk.hub.silent = True
    desk.feed.post("welcome", "Welcome")
    await desk.look()
    await desk.ask()
    callback = desk.hub.asked[0]["hub.callback"]
    wrong = await desk.hub.get(callback, mode="denied", topic="https://else.example")
    assert (wrong[0], (await desk.subscription()).state) == (404, HubState.ASKED)

    with capture_logs() as logs:
        await desk.hub.get(callback, mode="denied", topic=desk.feed.topic, reason="no\x1b[1m\nway")
    assert [log["why"] for log in logs if log["event"] == "hub.denied"] == ["no[1m way"]
    one = await desk.subscription()
    assert (one.state, one.until) == (HubState.DENIED, None)
    assert await desk.hub.get(callback, mode="subscribe", topic=desk.feed.topic, challenge="x") == (
        404,
        "",
    )
    desk.clock.moment += timedelta(hours=23)
    await desk.ask()
    assert len(desk.hub.asked) == 1
    desk.clock.moment += timedelta(hours=2)
    desk.hub.silent = False
    await desk.ask()
    assert len(desk.hub.asked) == 2
    assert (await desk.subscription()).state is HubState.ACTIVE


async def test_a_blog_that_is_read_no_more_is_not_pushed_either(desk: Desk) -> None:
    await desk.pushed()
    callback = desk.hub.callback
    desk.read.clear()
    await desk.ask()
    assert [form["hub.mode"] for form in desk.hub.asked] == ["subscribe", "unsubscribe"]
    assert "hub.secret" not in desk.hub.asked[1]
    assert desk.hub.known == {}
    assert await desk.rooms.store.hubs.on_record() == []
    assert await desk.push(desk.feed.pushed(), callback=callback, secret="x") == 404


async def test_a_hub_that_does_not_confirm_the_end_is_left_to_its_lease(desk: Desk) -> None:
    await desk.pushed()
    desk.hub.silent = True
    desk.read.clear()
    await desk.ask()
    assert await desk.push(desk.feed.pushed()) == 410
    desk.clock.moment += timedelta(minutes=10)
    await desk.ask()
    assert await desk.rooms.store.hubs.on_record() == []


async def test_a_blog_that_is_followed_again_is_pushed_again(desk: Desk) -> None:
    await desk.pushed()
    desk.hub.silent = True
    desk.read.clear()
    await desk.ask()
    desk.hub.silent = False
    desk.feed.post("boxes", "Boxes arrive")
    await desk.look()
    await desk.ask()
    assert (await desk.subscription()).state is HubState.ACTIVE


async def test_another_hub_is_gone_to_when_the_lease_of_the_first_runs_out(desk: Desk) -> None:
    await desk.pushed()
    async with a_hub() as other:
        other.door = desk.hub.door
        desk.feed.hub = other.root
        desk.feed.post("boxes", "Boxes arrive")
        await desk.look()
        await desk.ask()
        assert other.asked == []
        desk.clock.moment += timedelta(minutes=9)
        await desk.ask()
        await desk.ask()
        await other.settled()
        assert (await desk.subscription()).hub.url == other.root
        assert list(desk.hub.known) == []


async def test_a_hub_that_is_named_no_more_is_left_when_its_lease_runs_out(desk: Desk) -> None:
    await desk.pushed()
    desk.feed.hub = None
    desk.feed.post("boxes", "Boxes arrive")
    await desk.look()
    desk.clock.moment += timedelta(minutes=9)
    await desk.ask()
    await desk.ask()
    assert desk.hub.known == {}
    assert await desk.rooms.store.hubs.on_record() == []


# ── Intent ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "asked",
    [
        {"mode": "unsubscribe"},
        {"mode": "subscribe", "topic": "https://else.example/feed"},
        {"mode": "subscribe", "topic": ""},
        {"mode": "subscribe", "topic": "http://[x"},
        {"mode": "subscribe", "challenge": ""},
        {"mode": "publish"},
        {"mode": ""},
    ],
)
async def test_what_teller_did_not_ask_for_is_not_confirmed(desk: Desk, asked: Any) -> None:
    await desk.pushed()
    before = await desk.subscription()
    given = {"topic": desk.feed.topic, "challenge": "x", **asked}
    assert await desk.hub.get(desk.hub.callback, **given) == (404, "")
    assert await desk.subscription() == before


async def test_an_address_that_nobody_was_given_is_not_there(desk: Desk) -> None:
    await desk.pushed()
    guess = f"{PUBLIC}/websub/{'A' * 43}"
    assert (await desk.hub.get(guess, mode="subscribe", topic=desk.feed.topic, challenge="x"))[
        0
    ] == 404
    assert await desk.push(desk.feed.pushed(), callback=guess, secret="x") == 404


async def test_a_challenge_comes_back_as_text_and_nothing_else(desk: Desk) -> None:
    await desk.pushed()
    query = {
        "hub.mode": "subscribe",
        "hub.topic": desk.feed.topic,
        "hub.challenge": "<script>é&",
        "hub.lease_seconds": "600",
    }
    address = desk.hub.door + desk.hub.callback.removeprefix(PUBLIC)
    async with aiohttp.ClientSession() as session, session.get(address, params=query) as response:
        assert response.content_type == "text/plain"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert await response.text() == "<script>é&"


# ── Pushes ───────────────────────────────────────────────────────────────────────────────────


async def test_what_is_pushed_is_posted_edited_and_withdrawn(desk: Desk) -> None:
    await desk.pushed()
    asked = desk.feed.asked
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed("boxes"))
    assert await desk.stands() == ["Welcome", "Boxes arrive"]
    desk.clock.moment += timedelta(seconds=1)
    desk.feed.edit("boxes", "Boxes arrive, corrected")
    await desk.push(desk.feed.pushed("boxes"))
    assert await desk.stands() == ["Welcome", "Boxes arrive, corrected"]
    desk.clock.moment += timedelta(seconds=1)
    desk.feed.delete("boxes")
    await desk.push(desk.feed.pushed("boxes"))
    assert await desk.stands() == ["Welcome", "Boxes arrive, corrected (withdrawn)"]
    assert desk.feed.asked == asked


@pytest.mark.parametrize("push_first", [True, False])
async def test_a_push_and_a_reading_of_the_same_never_double(desk: Desk, push_first: bool) -> None:
    await desk.pushed()
    assert await desk.stands() == ["Welcome"]
    desk.feed.post("boxes", "Boxes arrive", "The first are in.")
    desk.clock.moment += timedelta(seconds=1)
    desk.feed.edit("welcome", "Welcome back")
    both = [lambda: desk.push(desk.feed.pushed()), desk.look]
    for arrives in both if push_first else both[::-1]:
        await arrives()
    await desk.push(desk.feed.pushed("boxes"))
    await desk.look()

    kinds = [what for what, _ in await desk.done()]
    assert sorted(kinds) == ["edit", "send", "send"]
    known = (await desk.rooms.store.blogs.remembered(desk.blog)).known
    assert {id: one.version for id, one in known.items()} == {"welcome": 2, "boxes": 1}


async def test_a_late_push_does_not_bring_back_an_older_text(desk: Desk) -> None:
    await desk.pushed()
    desk.feed.post("boxes", "Boxes arrive")
    late = desk.feed.pushed()
    desk.clock.moment += timedelta(seconds=5)
    desk.feed.edit("boxes", "Boxes arrive, corrected")
    await desk.push(desk.feed.pushed())
    await desk.push(late)
    assert await desk.stands() == ["Welcome", "Boxes arrive, corrected"]


async def test_a_page_that_lags_behind_its_hub_takes_nothing_back(desk: Desk) -> None:
    await desk.pushed()
    await desk.feed.fall_behind()
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed("boxes"))
    for _ in range(6):
        await desk.look()
    desk.feed.catch_up()
    await desk.look()
    assert [what for what, _ in await desk.done()] == ["send", "send"]


async def test_a_push_waits_for_no_look_at_a_slow_server(desk: Desk) -> None:
    await desk.pushed()
    desk.feed.gate.clear()
    looking, asked = asyncio.create_task(desk.look()), desk.feed.asked
    async with asyncio.timeout(10):
        while desk.feed.asked == asked:  # noqa: ASYNC110 - what the server does is seen at a look
            await asyncio.sleep(0.005)
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed())
    assert await desk.stands() == ["Welcome", "Boxes arrive"]
    desk.feed.gate.set()
    await looking
    # What the server showed from before is not what is compared.
    assert desk.feed.asked == asked + 2
    assert [what for what, _ in await desk.done()] == ["send", "send"]


async def test_an_edit_without_a_time_is_looked_for_at_the_blog_itself(desk: Desk) -> None:
    await desk.pushed()
    asked = desk.feed.asked
    undated = desk.feed.pushed().replace("updated>", "touched>")
    assert "Welcome" in undated
    desk.clock.moment += timedelta(seconds=1)
    desk.feed.edit("welcome", "Welcome back")
    await desk.push(undated.replace("Welcome", "Another welcome"))
    assert desk.feed.asked == asked + 1
    assert await desk.stands() == ["Welcome back"]


@pytest.mark.parametrize(
    "push",
    [
        "",
        "<feed",
        "<html><body>busy</body></html>",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [], "title": "x"}',
        "\x00" * 50,
    ],
)
async def test_what_cannot_be_read_sends_teller_to_the_blog_itself(desk: Desk, push: str) -> None:
    await desk.pushed()
    desk.feed.post("boxes", "Boxes arrive")
    assert await desk.push(push) == 202
    assert await desk.stands() == ["Welcome", "Boxes arrive"]


async def test_a_picture_that_all_entries_show_is_not_one_of_a_pushed_entry(desk: Desk) -> None:
    picture = (
        '<link rel="enclosure" type="image/png" href="https://news.example/logo.png"/></entry>'
    )

    page = desk.feed.page
    desk.feed.page = lambda request: page(request).replace("</entry>", picture)  # type: ignore[method-assign]
    for name in ("one", "two"):
        desk.feed.post(name, f"Entry {name}")
    await desk.pushed()
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed("boxes"))
    await desk.look()
    assert [what for what, _ in await desk.done()] == ["send"] * 4


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_signature_of_the_standard_is_taken(desk: Desk, method: str) -> None:
    await desk.pushed()
    desk.feed.post("boxes", "Boxes arrive")
    assert await desk.push(desk.feed.pushed(), method=method) == 202
    assert await desk.stands() == ["Welcome", "Boxes arrive"]


@pytest.mark.parametrize(
    "given",
    [
        {"secret": "guessed"},
        {"method": "md5"},
        {"headers": {}},
        {"headers": {"X-Hub-Signature": "sha256"}},
        {"headers": {"X-Hub-Signature": "sha256="}},
        {"headers": {"X-Hub-Signature": "sha256=ü"}},
        {"headers": {"X-Hub-Signature": f"new={'0' * 64}"}},
    ],
)
async def test_a_push_that_is_not_signed_is_answered_and_ignored(desk: Desk, given: Any) -> None:
    await desk.pushed()
    desk.feed.post("boxes", "Boxes arrive")
    asked = desk.feed.asked
    with capture_logs() as logs:
        assert await desk.push(desk.feed.pushed(), **given) == 202
    assert await desk.stands() == ["Welcome"]
    assert desk.feed.asked == asked
    assert "push.not_signed" in [log["event"] for log in logs]
    secret = (await desk.subscription()).secret
    assert secret not in str(logs)
    assert desk.hub.callback.rpartition("/")[2] not in str(logs)


def test_a_signature_is_checked_against_the_whole_body() -> None:
    given = "sha256=f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8"
    body = b"The quick brown fox jumps over the lazy dog"
    assert is_signed(body, "key", given)
    assert is_signed(body, "key", given.upper().replace("SHA", "sha"))
    assert not is_signed(body + b".", "key", given)
    assert not is_signed(body, "kez", given)


async def test_a_push_that_is_too_large_is_not_read_to_its_end(desk: Desk) -> None:
    await desk.pushed()
    assert await desk.push("x" * (LIMIT + 1)) == 413
    desk.feed.post("boxes", "Boxes arrive")
    assert await desk.push(desk.feed.pushed()) == 202
    assert await desk.stands() == ["Welcome", "Boxes arrive"]


async def test_a_push_that_does_not_end_is_given_up(desk: Desk) -> None:
    await desk.pushed()
    address = desk.hub.door + desk.hub.callback.removeprefix(PUBLIC)
    host, port = address.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    path = "/" + address.removeprefix("http://").partition("/")[2]
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n<feed"
    writer.write(head.encode())
    async with asyncio.timeout(10):
        assert b" 408 " in await reader.readline()
    writer.close()


async def test_a_hub_that_pushes_faster_than_can_be_read_is_told_to_wait(desk: Desk) -> None:
    await desk.pushed()
    async with desk.rooms.relay.holding(desk.blog):
        for number in range(WAITING):
            desk.feed.post(f"entry-{number}", f"Entry {number}")
            assert await desk.hub.push(desk.feed.pushed()) == 202
        assert await desk.hub.push(desk.feed.pushed()) == 503
    assert desk.rooms.pushes is not None
    await desk.rooms.pushes.settled()
    assert len(await desk.stands()) == 1 + WAITING
    assert await desk.push(desk.feed.pushed()) == 202


# ── The safety net ───────────────────────────────────────────────────────────────────────────


def pace(seconds: float) -> float:
    """The pace that a wait keeps, which may end a little before its time."""
    (kept,) = (pace for pace in (5.0, 30.0) if pace * (1 - MOST_EARLY) <= seconds <= pace)
    return kept


async def test_a_blog_is_looked_at_less_often_while_its_hub_proves_reliable(desk: Desk) -> None:
    await desk.pushed()
    first = await desk.look()
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed("boxes"))
    relied = await desk.look()
    assert (pace(first), pace(relied)) == (5.0, 30.0)

    # The hub says nothing of this one.
    desk.feed.post("count", "Count under way")
    assert pace(await desk.look()) == 5.0
    assert pace(await desk.look()) == 5.0
    desk.feed.post("recount", "A recount")
    await desk.push(desk.feed.pushed())
    assert pace(await desk.look()) == 30.0
    desk.clock.moment += timedelta(minutes=10)
    assert await desk.look() < 25.0


async def test_status_tells_of_a_hub_that_pushes(desk: Desk) -> None:
    await desk.pushed()
    newsroom = desk.rooms.store.newsroom
    (health,) = await newsroom(desk.clock.now()).sources()
    assert not health.pushed
    desk.feed.post("boxes", "Boxes arrive")
    await desk.push(desk.feed.pushed("boxes"))
    (health,) = await newsroom(desk.clock.now()).sources()
    assert (health.pushed, health.lag) == (True, timedelta(seconds=1))
    (health,) = await newsroom(desk.clock.now() + timedelta(hours=1)).sources()
    assert not health.pushed


# ── What a chat brought ──────────────────────────────────────────────────────────────────────


async def test_a_hub_of_a_blog_from_chat_has_to_be_public(
    sqlite_url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock
) -> None:
    async with teller(sqlite_url, hub, feed, clock) as desk:
        await desk.pushed()
        (one,) = await desk.rooms.store.hubs.on_record()
        assert desk.rooms.hubs is not None
        chat = replace(one, blog=replace(one.blog, from_chat=True))
        await desk.rooms.hubs._ask(chat, desk.clock.now(), asyncio.Semaphore(1))
        assert len(hub.asked) == 1
        assert "inside a private network" in ((await desk.subscription()).trouble or "")


async def test_a_hub_elsewhere_than_the_blog_has_to_be_public(
    sqlite_url: str, hub: StandInHub, feed: HubbedFeed, clock: StoppedClock
) -> None:
    feed.hub = hub.root.replace("127.0.0.1", "localhost")
    async with teller(sqlite_url, hub, feed, clock) as desk:
        feed.post("welcome", "Welcome")
        await desk.look()
        await desk.ask()
        assert hub.asked == []
        assert "inside a private network" in ((await desk.subscription()).trouble or "")
