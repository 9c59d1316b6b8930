"""What a blog does to its entries, as it then stands in Slack and in Discord.

Each blog is read over real HTTP, each message goes by the real client to a stand-in server.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from structlog.testing import capture_logs

from bot import nights
from bot.app import Rooms, open_rooms
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.platforms.discord.connection import addressed
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Platform
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from tests.discord.server import StandInDiscord
from tests.nights.facts import TAMWORTH
from tests.platforms.discord.connected import CHANGE, COUNT_NIGHT, SEND, connected
from tests.platforms.discord.connected import words as words_in_discord
from tests.platforms.slack.connected import over_socket
from tests.platforms.slack.connected import words as words_in_slack
from tests.rooms import at
from tests.served import (
    KEY,
    KINDS,
    AtomFeed,
    GuardianBlocks,
    JsonLdPage,
    Served,
    SourcefabricPosts,
    serving,
)
from tests.slack.server import StandInSlack

Name = Literal["slack", "discord"]
NAMES: tuple[Name, ...] = ("slack", "discord")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A channel of a stand-in: what stands in it, and what was asked to get there."""

    channel: Channel
    platform: Platform
    standing: Callable[[], list[str]]
    requests: Callable[[], tuple[int, int]]
    delete_all: Callable[[], None]


@dataclass(kw_only=True)
class Desk:
    """A whole Teller between a blog and a channel; nothing moves but when it is told to."""

    place: Place
    blog: Served
    rooms: Rooms
    clock: StoppedClock

    async def look(self, times: int = 1) -> None:
        """Read the blog, ten seconds later each time."""
        for _ in range(times):
            self.clock.moment += timedelta(seconds=10)
            await self.rooms.relay.look(self.blog.blog, self.rooms.night.polling_day)

    async def deliver(self) -> list[str]:
        """Send what waits; what then stands in the channel, oldest first."""
        for lane in await self.rooms.store.outbox.waiting():
            await drain(lane, self.rooms.courier)
        return self.place.standing()

    async def read(self, times: int = 1) -> list[str]:
        await self.look(times)
        return await self.deliver()

    async def turnout(self) -> str | None:
        """The turnout in Tamworth as the bot would say it now."""
        newsroom = self.rooms.store.newsroom(self.clock.now())
        found = await newsroom.turnout(TAMWORTH)
        return None if found is None else str(found.value.shown())


def is_withdrawn(message: str) -> bool:
    return "✗" in message


def is_edited(message: str) -> bool:
    return "✎ edited" in message


@pytest.fixture(params=NAMES)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """A channel in one stand-in and then in the other."""
    async with AsyncExitStack() as stack:
        if request.param == "slack":
            slack = await stack.enter_async_context(StandInSlack())
            client = await stack.enter_async_context(open_client(slack.bot_token, slack.api_url))
            yield Place(
                channel=Channel(platform="slack", id="C1"),
                platform=SlackPlatform(
                    workspaces=OneWorkspace(client), connection=over_socket(slack)
                ),
                standing=lambda: [words_in_slack(m) for m in slack.channel("C1").messages],
                requests=lambda: (asked(slack, "chat.postMessage"), asked(slack, "chat.update")),
                delete_all=lambda: slack.channel("C1").messages.clear(),
            )
            refused = [c.answer["error"] for c in slack.calls if not c.answer.get("ok", True)]
            # What somebody has deleted is found gone when it is changed, and only then.
            assert set(refused) <= {"message_not_found"}
            return
        discord = await stack.enter_async_context(StandInDiscord())
        stack.enter_context(addressed(discord.api_url, discord.gateway.url))
        yield Place(
            channel=Channel(platform="discord", id=COUNT_NIGHT),
            platform=await stack.enter_async_context(connected(discord)),
            standing=lambda: [words_in_discord(m) for m in discord.channel(COUNT_NIGHT).messages],
            requests=lambda: (len(discord.tried(SEND)), len(discord.tried(CHANGE))),
            delete_all=lambda: discord.channel(COUNT_NIGHT).messages.clear(),
        )
        assert discord.violations == []


def asked(slack: StandInSlack, method: str) -> int:
    return len([call for call in slack.calls if call.method == method])


@pytest.fixture
async def desk(request: pytest.FixtureRequest, place: Place, tmp_path: Path) -> AsyncIterator[Desk]:
    """Teller at ten past midnight, with a page of JSON-LD or what a test names."""
    clock = StoppedClock(at("00:10"))
    blog = getattr(request, "param", JsonLdPage)(clock)

    async def at_once(_: float) -> None:
        """No pause."""

    async with serving(blog), Fetcher(seconds=10, sleep=at_once) as fetcher:
        api = blog.api if isinstance(blog, GuardianBlocks) else None
        reader = BlogReader(fetcher, guardian_api=api, now=clock.now)
        follows = frozenset({Follow.ENTRIES})
        async with open_rooms(
            night=replace(nights.bundled_night(), blogs=(blog.blog,), following=()),
            database_url=f"sqlite:///{tmp_path / 'fidelity.db'}",
            clock=clock,
            reader=reader,
            platforms=[place.platform],
            following=[Following(channel=place.channel, follows=follows)],
        ) as rooms:
            yield Desk(place=place, blog=blog, rooms=rooms, clock=clock)


# Each kind in one place, and those that say what is gone and those that do not in both.
every_kind = pytest.mark.parametrize(
    ("place", "desk"),
    [
        *(("slack", kind) for kind in KINDS if kind is not SourcefabricPosts),
        *(("discord", kind) for kind in (JsonLdPage, AtomFeed, SourcefabricPosts)),
    ],
    indirect=True,
)
with_tombstones = pytest.mark.parametrize("desk", [AtomFeed], indirect=True)


async def two(desk: Desk) -> list[str]:
    """Two entries that stand."""
    desk.blog.post("boxes", "Boxes arrive in Sheffield")
    desk.clock.moment += timedelta(minutes=1)
    desk.blog.post("close", "Tamworth looks close")
    standing = await desk.read()
    assert len(standing) == 2
    assert not any(map(is_edited, standing))
    return standing


@every_kind
async def test_an_edit_changes_the_message_that_stands(desk: Desk) -> None:
    await two(desk)
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.edit("boxes", "Boxes arrive in Shefford")
    boxes, close = await desk.read()
    assert "Shefford" in boxes
    assert "Sheffield" not in boxes
    assert (is_edited(boxes), is_edited(close)) == (True, False)
    assert desk.place.requests() == (2, 1)


@every_kind
async def test_a_correction_moves_the_message_and_the_figure(desk: Desk) -> None:
    desk.blog.post("low", "Low turnout", "Turnout in Tamworth is 35.9 per cent.")
    await desk.read()
    assert await desk.turnout() == "35.9"
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.edit("low", "Low turnout", "Turnout in Tamworth is 36.1 per cent.")
    (low,) = await desk.read()
    assert "36.1" in low
    assert "35.9" not in low
    assert await desk.turnout() == "36.1"

    desk.clock.moment += timedelta(minutes=2)
    desk.blog.edit("low", "Low turnout", "We do not know the turnout yet.")
    await desk.read()
    assert await desk.turnout() is None
    assert desk.place.requests() == (1, 2)


@every_kind
async def test_a_withdrawn_entry_is_struck_and_its_figure_with_it(desk: Desk) -> None:
    await two(desk)
    desk.blog.post("low", "Low turnout", "Turnout in Tamworth is 35.9 per cent.")
    await desk.read()
    assert await desk.turnout() == "35.9"
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.delete("low")
    for _ in range(desk.blog.looks - 1):
        assert not is_withdrawn((await desk.read())[2])
    boxes, close, low = await desk.read()
    assert [is_withdrawn(m) for m in (boxes, close, low)] == [False, False, True]
    assert await desk.turnout() is None
    await desk.read(3)
    assert desk.place.requests() == (3, 1)


@every_kind
async def test_an_entry_that_comes_back_stands_again_in_its_own_message(desk: Desk) -> None:
    await two(desk)
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.delete("close")
    _, close = await desk.read(desk.blog.looks)
    assert is_withdrawn(close)
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.restore("close")
    _, close = await desk.read()
    assert not is_withdrawn(close)
    assert "Tamworth looks close" in close
    assert desk.place.requests() == (2, 2)


async def test_an_entry_that_flickers_is_left_as_it_stands(desk: Desk) -> None:
    await two(desk)
    for _ in range(4):
        desk.blog.delete("close")
        await desk.read(desk.blog.looks - 1)
        desk.blog.restore("close")
        await desk.read()
    assert desk.place.requests() == (2, 0)


async def test_a_source_that_alternates_between_two_texts_is_told_of_and_never_posted_twice(
    desk: Desk,
) -> None:
    await two(desk)
    for number in range(6):
        desk.blog.edit("close", "Tamworth is close" if number % 2 else "Tamworth is over")
        _, close, *told = await desk.read()
    assert "Tamworth is close" in close
    (notice,) = told
    assert "goes back and forth" in notice
    sent, _ = desk.place.requests()
    assert sent == 3


async def test_another_order_on_the_page_changes_nothing(desk: Desk) -> None:
    before = await two(desk)
    desk.blog.oldest_first = True
    await desk.read(3)
    desk.blog.oldest_first = False
    assert await desk.read() == before
    assert desk.place.requests() == (2, 0)


async def test_an_old_entry_that_is_moved_to_the_top_takes_none_with_it(desk: Desk) -> None:
    """Without a mark it looks as if the page reached back to it."""
    ids = [f"entry-{number}" for number in range(6)]
    for id in ids:
        desk.blog.post(id, f"About {id}")
        desk.clock.moment += timedelta(minutes=1)
    await desk.read()
    # The page shows its three newest, and the very first above them.
    shown = [desk.blog.entries[id] for id in (ids[0], *reversed(ids[3:]))]
    desk.blog.shown = lambda **_: shown  # type: ignore[method-assign]
    standing = await desk.read(5)
    assert not any(map(is_withdrawn, standing))
    assert desk.place.requests() == (6, 0)


@pytest.mark.parametrize("desk", [JsonLdPage, AtomFeed, GuardianBlocks], indirect=True)
async def test_a_stale_mirror_never_wins(desk: Desk) -> None:
    await two(desk)
    await desk.blog.fall_behind()
    stale = desk.blog.copy
    desk.blog.catch_up()
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.edit("boxes", "Boxes arrive in Shefford")
    await desk.read()
    for _ in range(3):
        desk.blog.copy = stale
        await desk.read()
        desk.blog.catch_up()
        await desk.read()
    boxes, _ = await desk.deliver()
    assert "Shefford" in boxes
    assert desk.place.requests() == (2, 1)


@with_tombstones
async def test_a_stale_mirror_does_not_bring_back_what_was_taken_back(desk: Desk) -> None:
    await two(desk)
    await desk.blog.fall_behind()
    stale = desk.blog.copy
    desk.blog.catch_up()
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.delete("close")
    await desk.read()
    for _ in range(3):
        desk.blog.copy = stale
        await desk.read()
        desk.blog.catch_up()
        await desk.read()
    _, close = await desk.deliver()
    assert is_withdrawn(close)
    assert desk.place.requests() == (2, 1)


@every_kind
async def test_an_entry_that_is_edited_and_then_deleted_ends_struck(desk: Desk) -> None:
    await two(desk)
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.edit("close", "Tamworth looks closer")
    await desk.look()
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.delete("close")
    _, close = await desk.read(desk.blog.looks)
    assert is_withdrawn(close)
    assert "Tamworth looks closer" in close
    # Both waited when they were sent: one change of the message shows the last of it.
    assert desk.place.requests() == (2, 1)


@every_kind
async def test_what_was_deleted_before_it_was_sent_is_never_posted(desk: Desk) -> None:
    await two(desk)
    desk.clock.moment += timedelta(minutes=2)
    desk.blog.post("wrong", "Labour gain Tamworth")
    await desk.look()
    desk.clock.moment += timedelta(minutes=1)
    desk.blog.edit("wrong", "Labour hold Tamworth")
    await desk.look()
    desk.clock.moment += timedelta(minutes=1)
    desk.blog.delete("wrong")
    standing = await desk.read(desk.blog.looks)
    assert len(standing) == 2
    assert desk.place.requests() == (2, 0)


@every_kind
async def test_a_blog_that_shows_nothing_any_more_withdraws_nothing(desk: Desk) -> None:
    before = await two(desk)
    desk.blog.entries.clear()
    desk.blog.__dict__.get("rows", []).clear()
    assert await desk.read(5) == before
    assert desk.place.requests() == (2, 0)


@pytest.mark.parametrize("desk", [GuardianBlocks], indirect=True)
async def test_neither_a_key_nor_the_address_of_an_editor_reaches_anybody(desk: Desk) -> None:
    with capture_logs() as logs:
        standing = await two(desk)
        desk.blog.delete("close")
        await desk.read()
    (health,) = await desk.rooms.store.newsroom(desk.clock.now()).sources()
    assert health.chosen is not None
    assert health.chosen.startswith("Guardian Content API, because")
    for told in (standing, await desk.deliver(), logs, health):
        assert KEY not in repr(told)
        assert not re.search(r"secret\.person|@guardian\.example", repr(told))


@pytest.mark.parametrize("ids", [("a", "b", "c"), ("c", "a", "b")])
async def test_entries_of_one_instant_keep_the_order_of_their_page(
    desk: Desk, ids: tuple[Any, ...]
) -> None:
    for id in ids:
        desk.blog.post(id, f"About {id}")
    # The newest is on top, also where all are of one second.
    shown = [desk.blog.entries[id] for id in reversed(ids)]
    desk.clock.moment += timedelta(seconds=5)
    desk.blog.post("later", "Later")
    page = [desk.blog.entries["later"], *shown]
    desk.blog.shown = lambda **_: page  # type: ignore[method-assign]
    standing = await desk.read()
    assert ["Later" in words for words in standing] == [False, False, False, True]
    assert [f"About {id}" in words for id, words in zip(ids, standing, strict=False)] == [True] * 3
