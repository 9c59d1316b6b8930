"""A hub and several Tellers: one asks it, any may be pushed to; and one over a restart."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot import nights
from bot.app import Rooms, open_rooms
from bot.clocks import StoppedClock, WallClock
from bot.pacing import MOST_EARLY
from bot.ports import Blog
from bot.pushes import HubOffice, routes
from bot.sources.fetch import Fetcher
from bot.sources.hub_requests import HubRequests
from bot.sources.reader import BlogReader
from tests.conftest import select
from tests.hub import PUBLIC, a_feed, a_hub
from tests.platforms.slack.connected import free_port
from tests.processes import running, stop, until_said
from tests.rooms import NEWSROOM, following
from tests.waiting import until
from tests.wire import RecordingPlatform

NIGHT = """
[night]
name = "A quiet night"
polling_day = 2023-10-19
[[contest]]
id = "parl.tamworth.by.2023-10-19"
[[blog]]
url = "{url}"
name = "The Example"
poll = 60
[[channel]]
on = "terminal"
id = "terminal"
follows = ["entries"]
"""
CONTENTS = "SELECT content FROM entry_version ORDER BY id"


def headings(url: str, *wanted: str) -> list[str]:
    """Of these headings, those that stand in an entry's version, as often as they do."""
    return [one for (content,) in select(url, CONTENTS) for one in wanted if one in content]


async def nobody_leaves() -> None:
    await asyncio.Event().wait()


@asynccontextmanager
async def a_door(rooms: Rooms) -> AsyncIterator[str]:
    """Where hubs reach a Teller."""
    assert rooms.pushes is not None
    app = web.Application()
    app.add_routes(routes(rooms.pushes.answer))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server(shutdown_timeout=0.1)
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_one_of_several_asks_a_hub_and_another_is_pushed_to(database_url: str) -> None:
    clock = StoppedClock(datetime.now(UTC))
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(a_hub())
        feed = await stack.enter_async_context(a_feed(clock, hub.root))
        feed.post("welcome", "Welcome")
        # Nobody knows of the hub before it knows the door.
        feed.gate.clear()
        blog = Blog(url=f"{feed.root}/live", name="The Example", poll=20)
        fetcher = await stack.enter_async_context(Fetcher())
        both = []
        for _ in range(2):
            rooms = await stack.enter_async_context(
                open_rooms(
                    night=replace(nights.bundled_night(), blogs=(blog,), following=()),
                    database_url=database_url,
                    clock=WallClock(),
                    reader=BlogReader(fetcher),
                    platforms=[RecordingPlatform()],
                    following=[following(NEWSROOM)],
                    hub_office=HubOffice(asker=HubRequests(fetcher), public_url=PUBLIC),
                )
            )
            task = asyncio.create_task(rooms.run(nobody_leaves()))
            stack.push_async_callback(asyncio.wait, [task])
            stack.callback(task.cancel)
            # From its first step on it stands by, until it leads.
            await asyncio.sleep(0)
            both.append(rooms)
        await until(lambda: sum(not one.standing_by.is_set() for one in both) == 1)
        (leader,) = [one for one in both if not one.standing_by.is_set()]
        (other,) = [one for one in both if one is not leader]
        hub.door = await stack.enter_async_context(a_door(other))

        feed.gate.set()
        await until(lambda: bool(hub.known))
        clock.moment = datetime.now(UTC)
        feed.post("boxes", "Boxes arrive")
        asked = feed.asked
        assert await hub.push(feed.pushed("boxes")) == 202
        await until(lambda: headings(database_url, "Boxes arrive") == ["Boxes arrive"])

        # The leader hears of it.
        hubs = leader.hubs
        assert hubs is not None
        await until(lambda: hubs.is_reliable(blog, datetime.now(UTC)))
        assert feed.asked == asked
        assert 60 * (1 - MOST_EARLY) <= await leader.relay.look(blog, nights.POLLING_DAY) <= 60
        assert headings(database_url, "Boxes arrive") == ["Boxes arrive"]
        assert len(hub.asked) == 1


async def test_what_a_chat_follows_is_pushed_until_it_is_unfollowed(sqlite_url: str) -> None:
    clock = StoppedClock(datetime.now(UTC))
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(a_hub())
        feed = await stack.enter_async_context(a_feed(clock, hub.root))
        feed.post("welcome", "Welcome")
        # Without it, neither the blog nor its hub would be asked for a chat.
        fetcher = await stack.enter_async_context(Fetcher(allow=["127.0.0.1"]))
        rooms = await stack.enter_async_context(
            open_rooms(
                night=replace(nights.bundled_night(), blogs=(), following=()),
                database_url=sqlite_url,
                clock=WallClock(),
                reader=BlogReader(fetcher),
                platforms=[RecordingPlatform()],
                following=[],
                hub_office=HubOffice(asker=HubRequests(fetcher), public_url=PUBLIC),
            )
        )
        hub.door = await stack.enter_async_context(a_door(rooms))
        running = asyncio.create_task(rooms.run(nobody_leaves()))
        stack.push_async_callback(asyncio.wait, [running])
        stack.callback(running.cancel)
        await until(lambda: not rooms.standing_by.is_set())

        found = await rooms.channels.follow_blog(NEWSROOM, f"{feed.root}/live", frozenset())
        await until(lambda: bool(hub.known))
        await rooms.channels.unfollow_blog(NEWSROOM, found.followed.blog)
        await until(lambda: not hub.known)
        await hub.settled()
        assert [form["hub.mode"] for form in hub.asked] == ["subscribe", "unsubscribe"]
        assert await rooms.store.hubs.on_record() == []


async def test_a_teller_that_runs_is_pushed_to_before_and_after_a_restart(tmp_path: Path) -> None:
    clock = StoppedClock(datetime.now(UTC) - timedelta(minutes=1))
    port, url = free_port(), f"sqlite:///{tmp_path}/teller.db"
    async with a_hub() as hub, a_feed(clock, hub.root) as feed:
        feed.post("welcome", "Welcome")
        hub.door, hub.lease = f"http://127.0.0.1:{port}", "86400"
        (tmp_path / "night.toml").write_text(NIGHT.format(url=f"{feed.root}/live"))
        env = {
            "DATABASE_URL": url,
            "NIGHT_FILE": "night.toml",
            "PUBLIC_URL": PUBLIC,
            "HTTP_PORT": str(port),
        }
        for number, told in enumerate(("Boxes arrive", "Count under way")):
            async with running("run", folder=tmp_path, env=env) as process:
                await until_said(process, "teller.ready" if number else "hub.pushes")
                await hub.settled()
                clock.moment += timedelta(seconds=1)
                feed.post(told, told)
                assert await hub.push(feed.pushed()) == 202
                await until(lambda told=told: headings(url, told) == [told])  # type: ignore[misc]
                end, _ = await stop(process)
                assert end.status == 0
    # Read once as each began, and once more where a push came in between.
    assert feed.asked <= 4
    assert [form["hub.mode"] for form in hub.asked] == ["subscribe"]
