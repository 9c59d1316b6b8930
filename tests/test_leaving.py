"""Channels that Teller was taken out of: nothing waits for them, until it is back."""

from collections.abc import AsyncIterator

import pytest

from bot.channels import Channels
from bot.chat.ask import Channel, Follow
from bot.clocks import StoppedClock
from bot.controls import Asked
from bot.whereabouts import Whereabouts
from tests.conftest import select
from tests.rooms import BLOG, NEWSROOM, Room, at, following, open_room
from tests.wire import MemoryBlog, MemoryWeb

URL = "https://politics.example/live"
SPORT = Channel(platform="terminal", id="sport")
NONE: frozenset[str] = frozenset()
ADA = "terminal:ada"


@pytest.fixture
def web() -> MemoryWeb:
    web = MemoryWeb()
    web.blog(BLOG.url)
    return web


@pytest.fixture
def blog(web: MemoryWeb) -> MemoryBlog:
    blog = web.blog(URL)
    blog.post("Boxes arrive", at("00:05"), "Boxes arrive")
    return blog


@pytest.fixture
async def room(database_url: str, web: MemoryWeb, blog: MemoryBlog) -> AsyncIterator[Room]:
    """Sport follows a blog and the declarations, and waits for a reminder."""
    channels = [following(), following(SPORT, frozenset({Follow.DECLARATIONS}))]
    clock = StoppedClock(at("01:00"))
    async with open_room(database_url, clock=clock, reader=web, channels=channels) as room:
        await room.channels.follow_blog(SPORT, URL, NONE)
        await room.channels.listen(SPORT, True)
        await room.channels.remind(asked(at("02:00")))
        yield room


def asked(due) -> Asked:
    return Asked(id=0, channel=SPORT, author=ADA, due=due, words="to file")


async def leave(room: Room, *, forget: bool = False) -> None:
    await room.channels.leave(SPORT.__eq__, forget=forget)


async def come_back(room: Room) -> None:
    await room.channels.come_back(SPORT.__eq__)


async def kinds(room: Room) -> dict[str, frozenset[Follow]]:
    record = await room.store.subscriptions.on_record()
    return {one.channel.id: frozenset(one.kinds) for one in record}


async def waiting(room: Room) -> list[Channel]:
    return [lane.channel for lane in await room.store.outbox.waiting()]


def post(blog: MemoryBlog, heading: str, when: str, text: str | None = None) -> None:
    blog.post(heading, at(when), text or heading)


@pytest.mark.parametrize("forget", [False, True])
async def test_what_waits_for_a_channel_that_is_left_is_dropped(room: Room, forget: bool) -> None:
    assert SPORT in await waiting(room)
    await leave(room, forget=forget)

    assert SPORT not in await waiting(room)
    assert await room.stands(SPORT) == []
    await room.move_to(at("02:00"))
    assert SPORT not in await waiting(room)


@pytest.mark.parametrize("forget", [False, True])
async def test_nothing_is_queued_for_a_channel_that_is_left(
    room: Room, blog: MemoryBlog, forget: bool
) -> None:
    assert await room.stands(SPORT) == ["Boxes arrive"]
    await leave(room, forget=forget)

    post(blog, "Boxes arrive", "00:05", "Boxes arrive, corrected")
    post(blog, "Low turnout", "01:10")
    await room.look_at(URL)
    assert await waiting(room) == []
    assert set(await kinds(room)) == {NEWSROOM.id}
    assert await room.store.subscriptions.blogs_from_chat() == []
    assert [one.blog for one in await room.store.newsroom(at("01:10")).sources()] == []


async def test_a_channel_that_is_kept_goes_on_where_teller_comes_back(
    room: Room, blog: MemoryBlog
) -> None:
    assert await room.stands(SPORT) == ["Boxes arrive"]
    await leave(room)
    post(blog, "Low turnout", "01:10")
    await room.look_at(URL)
    await come_back(room)

    assert (await kinds(room))[SPORT.id] == {Follow.DECLARATIONS}
    assert await room.channels.listens(SPORT)
    assert await room.channels.reminders(SPORT) == []
    post(blog, "Recount", "01:20")
    post(blog, "Boxes arrive", "00:05", "Boxes arrive, corrected")
    await room.look_at(URL)
    assert await room.stands(SPORT) == ["Boxes arrive, corrected", "Recount"]


async def test_a_channel_that_is_forgotten_has_nothing_where_teller_comes_back(room: Room) -> None:
    assert await room.stands(SPORT) == ["Boxes arrive"]
    await leave(room, forget=True)
    await come_back(room)

    assert (await kinds(room))[SPORT.id] == frozenset()
    assert not await room.channels.listens(SPORT)
    # What it was sent is not known any more either.
    assert (await room.channels.follow_blog(SPORT, URL, NONE)).posted == 1


@pytest.mark.parametrize("how", ["follow", "follow a blog", "listen", "remind"])
async def test_whoever_asks_for_something_there_brings_a_channel_back(room: Room, how: str) -> None:
    await leave(room)
    match how:
        case "follow":
            await room.channels.follow(SPORT, frozenset({Follow.REMINDERS}), NONE)
        case "follow a blog":
            await room.channels.follow_blog(SPORT, URL, NONE)
        case "listen":
            await room.channels.listen(SPORT, False)
        case "remind":
            await room.channels.remind(asked(at("02:00")))
    assert (await kinds(room))[SPORT.id] >= {Follow.DECLARATIONS}
    assert await room.store.subscriptions.away() == []


async def test_other_channels_are_left_alone(room: Room, blog: MemoryBlog) -> None:
    await room.channels.follow_blog(NEWSROOM, URL, NONE)
    await leave(room, forget=True)
    post(blog, "Low turnout", "01:10")
    await room.look_at(URL)
    assert await room.stands(NEWSROOM) == ["Boxes arrive", "Low turnout"]
    assert len(await room.store.subscriptions.blogs_from_chat()) == 1


async def test_who_was_about_to_send_to_a_channel_that_is_left_keeps_nothing_of_it(
    room: Room,
) -> None:
    (lane,) = [one for one in await room.store.outbox.waiting() if one.channel == SPORT]
    await room.store.outbox.advance(lane, None, at("01:00"))
    await leave(room)
    assert SPORT not in await waiting(room)
    states = {waits for _, _, waits in await room.store.outbox.queued()}
    assert states == {False}


@pytest.mark.parametrize("forget", [False, True])
async def test_a_restart_finds_a_channel_as_it_was_left(database_url: str, forget: bool) -> None:
    clock = StoppedClock(at("01:00"))
    async with open_room(database_url, clock=clock, channels=[following(NEWSROOM)]) as room:
        await room.channels.follow(SPORT, frozenset({Follow.REMINDERS}), NONE)
        await leave(room, forget=forget)
    async with open_room(database_url, clock=clock, channels=[following(NEWSROOM)]) as room:
        assert set(await kinds(room)) == {NEWSROOM.id}
        await come_back(room)
        again = {} if forget else {SPORT.id: {Follow.REMINDERS}}
        assert {k: v for k, v in (await kinds(room)).items() if k != NEWSROOM.id} == again


async def test_of_a_channel_that_is_forgotten_nothing_is_left_at_the_next_start(
    sqlite_url: str,
) -> None:
    clock = StoppedClock(at("01:00"))
    async with open_room(sqlite_url, clock=clock, channels=[following(NEWSROOM)]) as room:
        await room.channels.follow(SPORT, frozenset({Follow.REMINDERS}), NONE)
        await room.channels.remind(asked(at("02:00")))
        await leave(room, forget=True)
    async with open_room(sqlite_url, clock=clock, channels=[following(NEWSROOM)]):
        pass
    assert select(sqlite_url, "SELECT channel FROM lane") == [(NEWSROOM.id,)]
    assert select(sqlite_url, "SELECT count(*) FROM asked") == [(0,)]


async def test_a_channel_of_the_night_file_that_was_forgotten_is_served_again_at_the_next_start(
    database_url: str,
) -> None:
    clock = StoppedClock(at("01:00"))
    for _ in range(2):
        async with open_room(database_url, clock=clock, channels=[following(SPORT)]) as room:
            assert (await kinds(room))[SPORT.id]
            await leave(room, forget=True)


# ── As platforms tell of it ──────────────────────────────────────────────────────────────────


class Told(Channels):
    """What rooms are told of channels."""

    def __init__(self) -> None:
        self.left: list[tuple[set[str], bool]] = []
        self.back: list[set[str]] = []
        self.known = [
            Channel(platform=platform, id=id)
            for platform, id in (
                ("discord", "1"),
                ("discord", "2"),
                ("slack", "T1/C1"),
                ("slack", "T12/C1"),
                ("discord", "T1/C1"),
            )
        ]

    async def leave(self, where, *, forget: bool) -> None:
        self.left.append(({str(one) for one in self.known if where(one)}, forget))

    async def come_back(self, where) -> None:
        self.back.append({str(one) for one in self.known if where(one)})


async def test_a_server_is_its_channels_and_a_workspace_the_ids_that_begin_with_its_own() -> None:
    whereabouts = Whereabouts(forget=True)
    await whereabouts.out_of_workspace("T1")  # nobody is there yet
    whereabouts.channels = told = Told()
    one, two, slack = told.known[:3]
    await whereabouts.out_of_channels([one])
    await whereabouts.out_of_workspace("T1")
    await whereabouts.in_channels([one, two])
    await whereabouts.in_workspace("T1")
    assert told.left == [({str(one)}, True), ({str(slack)}, True)]
    assert told.back == [{str(one), str(two)}, {str(slack)}]
