"""Blogs that cannot be read for a while, or not any more: told once to who follows them."""

import asyncio
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.post import PostKind
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.errors import SourceEndedError, SourceError
from bot.outages import Outages
from bot.pacing import MOST_EARLY, pause
from bot.ports import Fetched, Validators
from bot.relay import Relay
from bot.store import Store
from tests.courier.queueing import courier
from tests.nights.facts import POLLING_DAY
from tests.rooms import BLOG, NEWSROOM, PLANNED, at, following, word
from tests.wire import MemoryBlog, RecordingPlatform

SUBS = Channel(platform="terminal", id="subs")
NOW = at("00:30")
FAULT = SourceError("The server of news.example has a fault (503).")
GONE = SourceEndedError("news.example is gone for good (410).")


class Flaky(MemoryBlog):
    """A blog of which each look goes as the script says: None for well."""

    def __init__(self, looks: list[Exception | None]) -> None:
        super().__init__("By-elections live")
        self.looks = looks
        self.done = 0
        self.post("welcome", at("00:05"), "Welcome")

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        how = self.looks[self.done]
        self.done += 1
        if how is not None:
            raise how
        return await super().read(
            url, format=format, polling_day=polling_day, validators=validators, guarded=guarded
        )


class TwoServers(Flaky):
    """A blog that is served by two servers in turn, which have two texts of one entry."""

    async def read(self, url: str, **how: Any) -> Fetched:
        heading = "Turnout is low" if self.done % 2 else "Turnout is high"
        self.post("turnout", at("00:10") + timedelta(seconds=self.done), heading)
        return await super().read(url, **how)


class Scripted(StoppedClock):
    """A clock whose sleeper wakes at once, and that stops the relay where the script ends."""

    def __init__(self, blog: Flaky) -> None:
        super().__init__(NOW)
        self._blog = blog
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.moment += timedelta(seconds=seconds)
        if self._blog.done == len(self._blog.looks):
            raise asyncio.CancelledError


@dataclass
class Night:
    store: Store
    platform: RecordingPlatform

    async def goes(self, *looks: Exception | None, kind: type[Flaky] = Flaky) -> Scripted:
        """A relay, started anew, whose looks go as told; the clock that it slept by."""
        blog = kind(list(looks))
        clock = Scripted(blog)
        relay = Relay(
            reader=blog,
            blogs=self.store.blogs,
            newsroom_at=self.store.newsroom,
            word=word,
            clock=clock,
            changed=nobody,
            outages=Outages(rows=self.store.telling, word=word),
        )
        running = asyncio.create_task(relay.run([BLOG], POLLING_DAY))
        async with asyncio.timeout(20):
            # Until it sleeps after its last look, or reads the blog no more.
            while len(clock.waits) < len(looks) and relay.reads(BLOG):  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        return clock

    async def notices(self, channel: Channel = NEWSROOM) -> list[str]:
        for lane in await self.store.outbox.waiting():
            await drain(lane, courier(self.store.outbox, self.platform, clock=StoppedClock(NOW)))
        return [
            post.heading
            for ref, post in self.platform.standing.items()
            if ref.channel == channel and post.kind is PostKind.NOTICE
        ]


async def nobody(_touched: frozenset[str] | None) -> None:
    """Nobody has to be told."""


@pytest.fixture
async def night(each_store: Store) -> Night:
    subs = following(SUBS, frozenset({Follow.DECLARATIONS}))
    await each_store.night.install(PLANNED, [following(), subs], NOW)
    return Night(each_store, RecordingPlatform())


async def test_five_failures_in_a_row_are_told_once_and_recovery_once(night):
    await night.goes(None, *[FAULT] * 9, None, None)
    assert await night.notices() == [
        "The Example cannot be read",
        "The Example can be read again",
    ]
    # Who does not follow its entries need not know.
    assert await night.notices(SUBS) == []


async def test_a_hiccup_is_told_to_nobody(night):
    await night.goes(None, *[FAULT] * 4, None, *[FAULT] * 4, None)
    assert await night.notices() == []


async def test_a_restart_tells_nobody_again(night):
    await night.goes(None, *[FAULT] * 6)
    await night.goes(*[FAULT] * 6)
    assert await night.notices() == ["The Example cannot be read"]
    await night.goes(None, None)
    await night.goes(None)
    assert await night.notices() == [
        "The Example cannot be read",
        "The Example can be read again",
    ]


async def test_a_blog_that_goes_back_and_forth_is_told_once_and_nothing_is_posted_twice(night):
    await night.goes(*[None] * 4, kind=TwoServers)
    assert await night.notices() == []

    await night.goes(*[None] * 12, kind=TwoServers)
    await night.goes(*[None] * 12, kind=TwoServers)
    assert await night.notices() == ["The Example goes back and forth"]
    assert await night.notices(SUBS) == []
    entries = [
        post.heading
        for ref, post in night.platform.standing.items()
        if ref.channel == NEWSROOM and post.kind is PostKind.ENTRY
    ]
    assert entries == ["Welcome", "Turnout is low"]


async def test_a_second_outage_is_told_anew(night):
    await night.goes(*[FAULT] * 5, None, *[FAULT] * 5, None)
    assert (
        await night.notices()
        == [
            "The Example cannot be read",
            "The Example can be read again",
        ]
        * 2
    )


async def test_a_blog_that_is_gone_for_good_is_told_once_and_not_asked_again(night):
    clock = await night.goes(None, GONE)
    assert len(clock.waits) == 1
    await night.goes(GONE)
    assert await night.notices() == ["The Example has ended"]
    (health,) = await night.store.newsroom(NOW + timedelta(hours=1)).sources()
    assert health.trouble is not None
    assert "gone for good" in health.trouble


# ── How long it waits ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("poll", "age", "failures", "asked", "seconds"),
    [
        (10, None, 0, 0, 10),
        (10, 1, 0, 0, 5),  # entries come
        (10, 20, 0, 0, 10),
        (10, 90, 0, 0, 20),  # quiet
        (10, 600, 0, 0, 60),  # over
        (2, 1, 0, 0, 2),  # somebody wants it fast; never faster than five seconds by ourselves
        (60, 1, 0, 0, 30),
        (10, 1, 0, 30, 30),  # the server wants to be asked less
        (10, 1, 1, 0, 20),
        (10, 1, 3, 0, 80),
        (10, 1, 20, 0, 300),
        (600, 1, 20, 0, 600),
        (10, 1, 2, 900, 900),
    ],
)
def test_a_blog_is_asked_at_its_pace(poll, age, failures, asked, seconds):
    newest: datetime | None = None if age is None else NOW - timedelta(minutes=age)
    assert pause(poll, newest, NOW, failures, asked) == seconds
    early = pause(poll, newest, NOW, failures, asked, early=MOST_EARLY)
    # Never later than its pace, never sooner than the server wants.
    late = max(seconds * (1 - MOST_EARLY), asked * (1 + MOST_EARLY))
    assert asked <= early == pytest.approx(late)


class AsksForMore(Flaky):
    """A blog whose server wants to be asked every 30 seconds at most."""

    async def read(self, url: str, **how: Any) -> Fetched:
        return replace(await super().read(url, **how), wait=30.0)


async def test_what_a_server_asks_for_is_never_undercut(night):
    clock = await night.goes(*[None] * 12, kind=AsksForMore)
    assert len(set(clock.waits)) > 1
    assert all(30 <= waited <= 33 for waited in clock.waits)


async def test_the_relay_keeps_that_pace(night):
    clock = await night.goes(None, FAULT, FAULT, None)
    expected = [10, 20, 40, 10]
    for waited, seconds in zip(clock.waits, expected, strict=True):
        assert seconds * (1 - MOST_EARLY) <= waited <= seconds
