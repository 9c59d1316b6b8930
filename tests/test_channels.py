"""What a channel follows as chat sets it: blog by blog, seat by seat, kind by kind."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.channels import BLOGS_FROM_CHAT
from bot.chat.ask import Author, Channel, Follow
from bot.clocks import StoppedClock
from bot.errors import AskError, DeliveryError, Fault, SourceError
from bot.ports import ChannelOnRecord
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import BLOG, EVERYTHING, NEWSROOM, Room, at, open_room
from tests.wire import MemoryBlog, MemoryWeb

URL = "https://politics.example/live"
SPORT, POLITICS = (Channel(platform="terminal", id=name) for name in ("sport", "politics"))
NONE: frozenset[str] = frozenset()
ONLY_TAMWORTH, ONLY_BEDS = frozenset({TAMWORTH.id}), frozenset({MID_BEDFORDSHIRE.id})


@pytest.fixture
def web() -> MemoryWeb:
    web = MemoryWeb()
    web.blog(BLOG.url)
    return web


@pytest.fixture
def blog(web: MemoryWeb) -> MemoryBlog:
    blog = web.blog(URL)
    publish(blog, "Welcome", "Boxes arrive", "Count under way", "Low turnout", "Recount")
    return blog


@pytest.fixture
async def room(database_url: str, web: MemoryWeb, blog: MemoryBlog) -> AsyncIterator[Room]:
    clock = StoppedClock(at("01:00"))
    async with open_room(database_url, clock=clock, reader=web) as room:
        yield room


def publish(blog: MemoryBlog, *headings: str, start: str = "00:05") -> None:
    """Entries five minutes apart; the heading is also the id."""
    for n, heading in enumerate(headings):
        blog.post(heading, at(start) + timedelta(minutes=5 * n), heading)


async def record(room: Room, channel: Channel) -> ChannelOnRecord:
    channels = await room.store.newsroom(room.clock.now()).channels()
    return next(one for one in channels if one.channel == channel)


async def queued(room: Room) -> list[str]:
    return [
        str(key).removeprefix(f"entry:{URL}:") for key, _, _ in await room.store.outbox.queued()
    ]


# ── A blog ───────────────────────────────────────────────────────────────────────────────────


async def test_following_a_blog_brings_its_newest_three_and_then_what_is_new(
    room: Room, blog: MemoryBlog
) -> None:
    found = await room.channels.follow_blog(SPORT, URL, NONE)

    assert (found.entries, found.last_entry, found.posted) == (5, at("00:25"), 3)
    assert (found.followed.called, found.before) == ("By-elections live", None)
    assert await room.stands(SPORT) == ["Count under way", "Low turnout", "Recount"]

    publish(blog, "Declaration", start="01:10")
    await room.look_at(URL)

    assert (await room.stands(SPORT))[3:] == ["Declaration"]
    assert await room.stands(NEWSROOM) == []


async def test_a_second_channel_gets_its_own_three(room: Room, blog: MemoryBlog) -> None:
    await room.channels.follow_blog(SPORT, URL, NONE)
    publish(blog, "Declaration", start="01:10")

    found = await room.channels.follow_blog(POLITICS, URL, NONE)

    assert found.posted == 3
    assert await room.stands(POLITICS) == ["Low turnout", "Recount", "Declaration"]
    assert (await room.stands(SPORT))[3:] == ["Declaration"]
    assert len(await room.store.subscriptions.blogs_from_chat()) == 1


async def test_following_twice_posts_nothing_twice(room: Room) -> None:
    first = await room.channels.follow_blog(SPORT, URL, NONE)
    again = await room.channels.follow_blog(SPORT, URL, NONE)

    assert again.posted == 0
    assert again.before == first.followed
    assert await queued(room) == ["Count under way#1", "Low turnout#1", "Recount#1"]


async def test_an_edit_of_an_older_entry_is_not_news_to_the_channel(
    room: Room, blog: MemoryBlog
) -> None:
    await room.channels.follow_blog(SPORT, URL, NONE)
    blog.post("Welcome", at("01:05"), "Welcome, corrected")
    await room.look_at(URL)

    assert await room.stands(SPORT) == ["Count under way", "Low turnout", "Recount"]
    latest = await room.store.newsroom(at("01:05")).latest(9)
    assert "Welcome, corrected" in [one.entry.heading for one in latest]


async def test_an_edit_and_a_withdrawal_of_what_it_got_change_the_message(
    room: Room, blog: MemoryBlog
) -> None:
    await room.channels.follow_blog(SPORT, URL, NONE)
    await room.deliver()
    blog.post("Low turnout", at("01:05"), "Lower turnout")
    blog.take_down("Recount")
    await room.look_at(URL)

    assert await room.stands(SPORT) == [
        "Count under way", "Lower turnout", "Recount (withdrawn)",
    ]  # fmt: skip
    assert [what for what, _ in room.platform.done()] == ["send"] * 3 + ["edit"] * 2


async def test_a_withdrawn_entry_is_not_among_the_newest(room: Room, blog: MemoryBlog) -> None:
    await room.channels.follow_blog(SPORT, URL, NONE)
    blog.take_down("Recount")

    found = await room.channels.follow_blog(POLITICS, URL, NONE)

    assert (found.entries, found.last_entry) == (4, at("00:20"))
    assert await room.stands(POLITICS) == ["Boxes arrive", "Count under way", "Low turnout"]


async def test_an_empty_blog_can_be_followed(room: Room, web: MemoryWeb) -> None:
    empty = web.blog("https://empty.example/live")
    found = await room.channels.follow_blog(SPORT, "https://empty.example/live", NONE)
    assert (found.entries, found.last_entry, found.posted) == (0, None, 0)

    publish(empty, "Welcome")
    await room.look_at("https://empty.example/live")

    assert await room.stands(SPORT) == ["Welcome"]


async def test_an_address_that_cannot_be_read_changes_nothing_and_says_why(room: Room) -> None:
    before = await room.store.newsroom(at("01:00")).channels()

    with pytest.raises(SourceError, match=r"not there \(404\)"):
        await room.channels.follow_blog(SPORT, "https://gone.example/live", NONE)

    newsroom = room.store.newsroom(at("01:00"))
    assert await newsroom.channels() == before
    assert await newsroom.sources() == []
    assert await room.store.subscriptions.blogs_from_chat() == []


@pytest.mark.parametrize("url", [f"{URL}#Recount", f"{URL}#"])
async def test_an_address_with_a_fragment_is_the_same_blog(room: Room, url: str) -> None:
    await room.channels.follow_blog(SPORT, URL, NONE)
    found = await room.channels.follow_blog(SPORT, url, NONE)

    assert (found.followed.blog.url, found.posted) == (URL, 0)
    assert len(await room.store.newsroom(at("01:00")).sources()) == 1


async def test_so_many_blogs_and_no_more(room: Room, web: MemoryWeb) -> None:
    for n in range(BLOGS_FROM_CHAT):
        web.blog(f"https://{n}.example/")
        await room.channels.follow_blog(SPORT, f"https://{n}.example/", NONE)

    with pytest.raises(SourceError, match="and that is the most"):
        await room.channels.follow_blog(SPORT, URL, NONE)

    await room.channels.follow_blog(POLITICS, "https://0.example/", NONE)
    over = (await record(room, SPORT)).blogs[1].blog
    await room.channels.unfollow_blog(SPORT, over)
    await room.channels.follow_blog(SPORT, URL, NONE)
    with pytest.raises(SourceError, match="and that is the most"):
        await room.channels.follow_blog(SPORT, over.url, NONE)


# ── Only some seats ──────────────────────────────────────────────────────────────────────────


def seats(blog: MemoryBlog, *names: str, start: str = "00:40") -> None:
    publish(blog, *(f"{name} {n}" for n, name in enumerate(names)), start=start)


async def test_a_blog_narrowed_to_a_seat_brings_entries_about_it(
    room: Room, blog: MemoryBlog
) -> None:
    seats(blog, "Tamworth", "Nothing", "Mid Bedfordshire", "Tamworth")
    found = await room.channels.follow_blog(SPORT, URL, ONLY_TAMWORTH)
    assert (found.entries, found.posted) == (9, 2)
    seats(blog, "Mid Bedfordshire new", "Tamworth new", start="01:10")
    await room.look_at(URL)

    assert await room.stands(SPORT) == ["Tamworth 0", "Tamworth 3", "Tamworth new 1"]


async def test_an_older_entry_that_comes_to_name_the_seat_is_not_news(
    room: Room, blog: MemoryBlog
) -> None:
    seats(blog, "Tamworth", "Nothing")
    await room.channels.follow_blog(SPORT, URL, ONLY_TAMWORTH)
    blog.post("Nothing 1", at("01:05"), "Nothing in Tamworth")
    await room.look_at(URL)

    assert await room.stands(SPORT) == ["Tamworth 0"]


async def test_following_again_with_other_seats_brings_those(room: Room, blog: MemoryBlog) -> None:
    seats(blog, "Tamworth", "Mid Bedfordshire")
    await room.channels.follow_blog(SPORT, URL, ONLY_TAMWORTH)
    found = await room.channels.follow_blog(SPORT, URL, ONLY_BEDS)

    assert found.before is not None
    assert (found.before.only, found.followed.only) == (ONLY_TAMWORTH, ONLY_BEDS)
    seats(blog, "Tamworth again", "Mid Bedfordshire again", start="01:10")
    blog.post("Tamworth 0", at("01:10"), "Tamworth, corrected")
    await room.look_at(URL)
    assert await room.stands(SPORT) == [
        "Tamworth, corrected", "Mid Bedfordshire 1", "Mid Bedfordshire again 1",
    ]  # fmt: skip


@pytest.mark.parametrize("change", ["edit", "withdrawal"])
async def test_what_it_got_of_a_long_blog_is_kept_true_and_is_news_to_nobody(
    room: Room, web: MemoryWeb, change: str
) -> None:
    # The seat's entry is older than what the first look at a blog posts.
    blog = web.blogs[BLOG.url]
    blog.post("Tamworth", at("22:00"), "Tamworth")
    publish(blog, *(f"Entry {n}" for n in range(30)))
    await room.look()
    await room.channels.follow_blog(SPORT, BLOG.url, ONLY_TAMWORTH)
    assert await room.stands(SPORT) == ["Tamworth"]

    if change == "edit":
        blog.post("Tamworth", at("01:05"), "Tamworth, corrected")
    else:
        blog.take_down("Tamworth")
    await room.look()

    wanted = "Tamworth, corrected" if change == "edit" else "Tamworth (withdrawn)"
    assert await room.stands(SPORT) == [wanted]
    assert not [one for one in await room.stands(NEWSROOM) if "Tamworth" in one]


# ── No more ──────────────────────────────────────────────────────────────────────────────────


async def test_unfollowing_ends_new_entries_and_what_stands_is_corrected_for_others(
    room: Room, blog: MemoryBlog
) -> None:
    found = await room.channels.follow_blog(SPORT, URL, NONE)
    await room.channels.follow_blog(POLITICS, URL, NONE)
    await room.channels.unfollow_blog(SPORT, found.followed.blog)
    publish(blog, "Declaration", start="01:10")
    blog.post("Recount", at("01:11"), "A second recount")
    await room.look_at(URL)

    assert await room.stands(SPORT) == ["Count under way", "Low turnout", "A second recount"]
    assert "Declaration" in await room.stands(POLITICS)
    assert not (await record(room, SPORT)).follows_anything


async def test_who_comes_back_gets_what_is_newest_now(room: Room, blog: MemoryBlog) -> None:
    found = await room.channels.follow_blog(SPORT, URL, NONE)
    await room.channels.unfollow_blog(SPORT, found.followed.blog)
    publish(blog, "One", "Two", "Three", "Four", start="01:10")

    found = await room.channels.follow_blog(SPORT, URL, NONE)

    assert (found.posted, found.before) == (3, None)
    assert (await room.stands(SPORT))[3:] == ["Two", "Three", "Four"]


async def test_a_blog_that_nobody_follows_is_not_among_the_sources(room: Room) -> None:
    found = await room.channels.follow_blog(SPORT, URL, NONE)
    await room.channels.unfollow_blog(SPORT, found.followed.blog)

    assert await room.store.newsroom(at("01:00")).sources() == []


async def test_whatever_a_channel_gets_else_pages_that_stand_open_are_drawn_anew(
    room: Room,
) -> None:
    kinds = frozenset({Follow.DECLARATIONS})
    found = await room.channels.follow_blog(SPORT, URL, NONE)
    seen = [len(room.redrawn)]
    for change in (
        room.channels.unfollow_blog(SPORT, found.followed.blog),
        room.channels.follow(SPORT, kinds, NONE),
        room.channels.unfollow(SPORT, kinds),
        room.channels.listen(SPORT, True),
    ):
        await change
        seen.append(len(room.redrawn))

    assert seen == [1, 2, 3, 4, 5]


# ── Kinds, ears, people ──────────────────────────────────────────────────────────────────────


async def test_kinds_narrowed_to_one_seat_and_another_are_to_both(room: Room) -> None:
    kinds = frozenset({Follow.DECLARATIONS})
    for only in (ONLY_TAMWORTH, ONLY_BEDS):
        await room.channels.follow(SPORT, kinds, only)
    assert (await record(room, SPORT)).kinds == {Follow.DECLARATIONS: ONLY_TAMWORTH | ONLY_BEDS}

    await room.channels.follow(SPORT, kinds, NONE)
    assert (await record(room, SPORT)).kinds == {Follow.DECLARATIONS: NONE}

    await room.channels.unfollow(SPORT, EVERYTHING)
    assert not (await record(room, SPORT)).follows_anything


async def test_a_channel_listens_while_it_is_told_to(room: Room) -> None:
    assert not await room.channels.listens(SPORT)
    for on in (True, False, True):
        await room.channels.listen(SPORT, on)
        assert await room.channels.listens(SPORT) is on
    assert not await room.channels.listens(POLITICS)


async def test_a_person_is_written_to_where_they_are(room: Room) -> None:
    ada = Author(platform="terminal", id="ada", name="Ada")
    assert await room.channels.direct(ada) == Channel(platform="terminal", id="@ada")

    with pytest.raises(AskError, match="cannot write to you alone"):
        await room.channels.direct(Author(platform="shell", id="ada", name="Ada"))


async def test_a_suspended_channel_goes_on_when_somebody_asks_for_something_there(
    room: Room,
) -> None:
    room.platform.refusals[SPORT.id].append(
        DeliveryError("The channel is archived.", refused=True, fault=Fault.CHANNEL)
    )
    await room.channels.follow_blog(SPORT, URL, NONE)
    assert await room.stands(SPORT) == []
    assert await room.stands(SPORT) == []

    await room.channels.follow(SPORT, frozenset({Follow.DECLARATIONS}), NONE)

    assert await room.stands(SPORT) == ["Count under way", "Low turnout", "Recount"]
