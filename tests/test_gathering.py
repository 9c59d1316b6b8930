"""Who gets what of a blog, and when: through the store on both databases, and over kills."""

import asyncio
from dataclasses import replace
from datetime import time, timedelta

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.events import Waited
from bot.chat.manner import PLAIN, Manner
from bot.chat.post import Post, PostKind
from bot.chat.quiet import Quiet
from bot.clocks import StoppedClock
from bot.errors import DeliveryError
from bot.gathering import Gathering
from tests.nights.facts import TAMWORTH
from tests.rooms import EVERYTHING, NEWSROOM, Room, at, following, open_room, word
from tests.test_following import Beats
from tests.waiting import until
from tests.wire import MemoryBlog, RecordingPlatform

DESK = Channel(platform="terminal", id="desk")
HALF_HOURLY, HEADLINES, KEY = Manner(every=30), Manner(headlines=True), Manner(key=True)
NIGHTLY = Quiet(begins=time(1), ends=time(6))
ENTRIES = frozenset({Follow.ENTRIES})


class Night:
    """A room that a kill ends and another opens, on the same database, blog and platform."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = StoppedClock(at("00:10"))
        self.blog, self.platform = MemoryBlog(), RecordingPlatform()

    def open(self, manner: Manner = PLAIN, quiet: Quiet | None = None, follows=EVERYTHING, only=()):
        here = replace(following(NEWSROOM, follows, only), manner=manner, quiet=quiet)
        return open_room(
            self.url, clock=self.clock, channels=[here], blog=self.blog, platform=self.platform
        )


@pytest.fixture
def night(database_url: str) -> Night:
    return Night(database_url)


async def says(
    room: Room, id: str, heading: str = "", body: str = "", *, key: bool = False, pin: bool = False
) -> None:
    """An entry comes out or is changed at this moment, and the blog is read."""
    room.blog.post(id, room.clock.now(), heading or f"About {id}", body)
    room.blog.entries[id] = replace(room.blog.entries[id], key_event=key, pinned=pin)
    await room.look()


async def takes_down(room: Room, id: str) -> None:
    room.blog.take_down(id)
    await room.look()


async def standing(room: Room) -> list[Post]:
    await room.deliver()
    posts = [post for ref, post in room.platform.standing.items() if ref.channel == NEWSROOM]
    return [post for post in posts if post.kind is not PostKind.REMINDER]


async def stands(room: Room) -> list[list[str]]:
    """Send what waits; the heading and the lines of each message that then stands."""
    return [[post.heading, *(block.text for block in post.body)] for post in await standing(room)]


async def becomes(room: Room, words: str) -> None:
    await room.move_to(at(words))


# ── Key entries ──────────────────────────────────────────────────────────────────────────────


async def test_a_channel_of_key_entries_gets_what_is_marked_or_pinned(night: Night) -> None:
    async with night.open(KEY) as room:
        await says(room, "plain")
        await says(room, "key", key=True)
        await says(room, "pinned", pin=True)
        assert await stands(room) == [["About key"], ["About pinned"]]
        assert all(post.key_event for post in await standing(room))


async def test_an_entry_that_becomes_key_arrives_and_one_that_loses_the_mark_is_followed(
    night: Night,
) -> None:
    async with night.open(KEY) as room:
        await says(room, "count")
        await says(room, "count", "Count halted")
        assert await stands(room) == []

        await says(room, "count", "Count halted", key=True)
        assert await stands(room) == [["Count halted"]]

        await says(room, "count", "Count halted")
        (post,) = await standing(room)
        assert not post.key_event
        await says(room, "count", "Count goes on")
        assert await stands(room) == [["Count goes on"]]
        await takes_down(room, "count")
        (post,) = await standing(room)
        assert post.withdrawn is not None


async def test_an_entry_from_before_the_channel_came_arrives_when_it_becomes_key(
    night: Night,
) -> None:
    async with night.open() as room:
        await says(room, "old")
        await says(room, "older", key=True)
        await becomes(room, "00:20")
        await room.channels.follow_blog(DESK, "https://news.example/live", frozenset(), KEY)
        await says(room, "older", "An edit of what was key", key=True)
        await says(room, "old", "Now it matters", key=True)
        await room.deliver()
        posts = [post for ref, post in room.platform.standing.items() if ref.channel == DESK]
        assert [post.heading for post in posts] == ["An edit of what was key", "Now it matters"]


async def test_what_was_too_old_to_be_posted_arrives_for_its_mark_and_for_nobody_else(
    night: Night,
) -> None:
    for number in range(25):
        moment = at("00:00") + timedelta(seconds=number)
        night.blog.post(f"n{number}", moment, f"Entry {number}")
    async with night.open(KEY) as room:
        await room.channels.follow(DESK, ENTRIES, frozenset())
        await room.look()
        await says(room, "n0", "Entry 0", key=True)
        assert await stands(room) == [["Entry 0"]]
        posts = [post for ref, post in room.platform.standing.items() if ref.channel == DESK]
        assert len(posts) == 20
        assert "Entry 0" not in [post.heading for post in posts]


async def test_what_is_not_key_makes_no_difference_to_declarations(night: Night) -> None:
    async with night.open(KEY) as room:
        await says(room, "result", "Result", "Labour gain Tamworth with a majority of 1,316.")
        await room.start()
        assert [post.kind for post in await standing(room)] == [PostKind.DECLARATION]


# ── Headings ─────────────────────────────────────────────────────────────────────────────────


async def test_a_heading_comes_with_its_link_and_no_text(night: Night) -> None:
    async with night.open(HEADLINES) as room:
        await says(room, "count", "Count under way", "The count in Tamworth has begun.")
        (post,) = await standing(room)
        assert (post.heading, post.body, post.contests) == ("Count under way", (), ())
        assert post.source is not None
        assert post.source.url == "https://news.example/live#count"


async def test_an_edit_of_the_text_changes_nothing_and_one_of_the_heading_the_message(
    night: Night,
) -> None:
    async with night.open(HEADLINES) as room:
        await says(room, "count", "Count under way", "It has begun.")
        await says(room, "count", "Count under way", "It has begun in Tamworth.")
        await room.deliver()
        assert [what for what, _ in room.platform.done()] == ["send"]

        await says(room, "count", "Count halted", "It has begun in Tamworth.")
        (post,) = await standing(room)
        assert post.heading == "Count halted"
        assert post.edited is not None
        assert [what for what, _ in room.platform.done()] == ["send", "edit"]


async def test_a_heading_that_is_withdrawn_is_struck(night: Night) -> None:
    async with night.open(HEADLINES) as room:
        await says(room, "count")
        await standing(room)
        await takes_down(room, "count")
        (post,) = await standing(room)
        assert post.withdrawn is not None
        assert post.body == ()


# ── Seats, general entries and pictures ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("manner", "expected"),
    [
        (PLAIN, [["In Tamworth"]]),
        (Manner(general=True), [["Good evening"], ["In Tamworth"]]),
    ],
)
async def test_entries_that_name_no_seat_come_by_choice(
    night: Night, manner: Manner, expected: list[list[str]]
) -> None:
    async with night.open(manner, only=[TAMWORTH]) as room:
        await says(room, "hello", "Good evening")
        await says(room, "tamworth", "In Tamworth")
        await says(room, "mid", "In Mid Bedfordshire")
        assert await stands(room) == expected


# ── Round-ups ────────────────────────────────────────────────────────────────────────────────


async def test_entries_come_as_one_message_on_the_half_hour(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first", body="With a text.")
        await becomes(room, "00:20")
        await says(room, "second", key=True)
        assert await stands(room) == []

        await becomes(room, "00:30")
        assert await stands(room) == [
            ["2 entries, 00:10 to 00:20", "00:10 About first", "00:20 ★ About second"]
        ]
        (post,) = await standing(room)
        assert [span.link for block in post.body for span in block.spans if span.link] == [
            "https://news.example/live#first",
            "https://news.example/live#second",
        ]
        # Where nothing came, nothing comes.
        await becomes(room, "01:00")
        assert len(await stands(room)) == 1


async def test_a_round_up_says_what_is_new_since_the_last_one(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await becomes(room, "00:31")
        await says(room, "second")
        await becomes(room, "01:00")
        assert await stands(room) == [
            ["1 entry, 00:10", "00:10 About first"],
            ["1 entry, 00:31", "00:31 About second"],
        ]


async def test_what_changes_before_the_round_up_is_in_it_as_it_stands(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        for id in ("edited", "gone", "back"):
            await says(room, id)
        await says(room, "edited", "Corrected")
        await takes_down(room, "gone")
        await takes_down(room, "back")
        room.blog.put_back("back")
        await room.look()
        await becomes(room, "00:30")
        ((heading, *lines),) = await stands(room)
        assert heading == "2 entries, 00:10"
        assert [line.partition(" (")[0] for line in lines] == [
            "00:10 Corrected",
            "00:10 About back",
        ]


async def test_corrections_and_withdrawals_change_the_round_up_at_once(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await says(room, "second")
        await becomes(room, "00:30")
        await room.deliver()
        await says(room, "first", "Corrected")
        await takes_down(room, "second")

        assert await stands(room) == [
            ["2 entries, 00:10", "00:10 Corrected (edited)", "00:10 About second (withdrawn)"]
        ]
        sent, *later = (what for what, _ in room.platform.done())
        assert (sent, set(later)) == ("send", {"edit"})


async def test_a_change_of_the_text_alone_leaves_the_round_up_as_it_is(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first", body="One.")
        await becomes(room, "00:30")
        await room.deliver()
        await says(room, "first", body="Two.")
        await room.deliver()
        assert len(room.platform.done()) == 1


async def test_declarations_reminders_and_checks_come_at_once_all_the_same(night: Night) -> None:
    async with night.open(HALF_HOURLY, follows=frozenset(Follow)) as room:
        await says(room, "result", "Result", "Labour gain Tamworth with a majority of 1,316.")
        await room.start()
        assert PostKind.DECLARATION in [post.kind for post in await standing(room)]
        assert PostKind.ENTRY not in [post.kind for post in await standing(room)]


async def test_many_entries_come_in_messages_that_fit_everywhere(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        for number in range(40):
            moment = room.clock.now() + timedelta(seconds=number)
            room.blog.post(f"n{number}", moment, f"Entry {number:02}")
            if number % 10 == 9:
                await room.look()
        await becomes(room, "00:30")
        posts = await standing(room)
        lines = [block.text for post in posts for block in post.body]
        assert [line[-2:] for line in lines] == [f"{number:02}" for number in range(40)]
        assert [len(post.body) for post in posts] == [15, 15, 10]


async def test_what_waits_for_a_round_up_that_is_not_wanted_any_more_still_comes(
    night: Night,
) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await room.channels.unfollow(NEWSROOM, ENTRIES)
        await becomes(room, "00:30")
        assert [heading for heading, *_ in await stands(room)] == ["1 entry, 00:10"]


async def test_entries_come_one_by_one_again_where_that_is_asked_for(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await room.channels.follow(NEWSROOM, ENTRIES, frozenset())
        await says(room, "second", body="Whole.")
        assert await stands(room) == [["About second", "Whole."]]
        await becomes(room, "00:30")
        assert len(await stands(room)) == 2


# ── Quiet hours ──────────────────────────────────────────────────────────────────────────────


async def test_entries_of_the_quiet_hours_come_as_one_message_at_their_end(night: Night) -> None:
    async with night.open(quiet=NIGHTLY) as room:
        await becomes(room, "00:59")
        await says(room, "before", body="Whole.")
        for moment in ("01:00", "05:59"):
            await becomes(room, moment)
            await says(room, f"at {moment}")
        assert await stands(room) == [["About before", "Whole."]]

        await becomes(room, "06:00")
        assert (await stands(room))[1:] == [
            [
                "While it was quiet here: 2 entries, 01:00 to 05:59",
                "01:00 About at 01:00",
                "05:59 About at 05:59",
            ]
        ]
        await says(room, "after", body="Whole.")
        assert (await stands(room))[2:] == [["About after", "Whole."]]


async def test_corrections_of_what_stands_and_declarations_break_the_quiet(night: Night) -> None:
    async with night.open(quiet=NIGHTLY) as room:
        await says(room, "count")
        await room.deliver()
        await becomes(room, "02:00")
        await says(room, "count", "Count halted")
        await says(room, "result", "Result", "Labour gain Tamworth with a majority of 1,316.")
        await room.start()
        posts = await standing(room)
        assert posts[0].heading == "Count halted"
        assert PostKind.DECLARATION in [post.kind for post in posts]
        assert "Result" not in [post.heading for post in posts]


async def test_a_round_up_comes_as_it_becomes_quiet_and_then_at_the_end(night: Night) -> None:
    async with night.open(Manner(every=180), NIGHTLY) as room:
        await says(room, "first")
        await becomes(room, "01:00")
        await says(room, "second")
        await becomes(room, "03:00")
        assert [heading for heading, *_ in await stands(room)] == ["1 entry, 00:10"]
        await becomes(room, "06:00")
        assert [heading for heading, *_ in await stands(room)][1:] == [
            "While it was quiet here: 1 entry, 01:00"
        ]


async def test_what_waits_comes_at_once_when_the_quiet_is_called_off(night: Night) -> None:
    async with night.open() as room:
        await room.channels.quieten(NEWSROOM, NIGHTLY)
        await becomes(room, "01:30")
        await says(room, "first")
        await becomes(room, "01:40")
        assert await stands(room) == []
        await room.channels.quieten(NEWSROOM, None)
        await room.gathering.release()
        assert len(await stands(room)) == 1


# ── Over kills ───────────────────────────────────────────────────────────────────────────────


async def test_what_waits_outlives_a_kill_and_is_told_once(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await says(room, "second")
    night.clock.moment = at("00:40")
    async with night.open(HALF_HOURLY) as room:
        await room.start()
        await room.start()
        assert [heading for heading, *_ in await stands(room)] == ["2 entries, 00:10"]
    async with night.open(HALF_HOURLY) as room:
        await room.start()
        assert len(await stands(room)) == 1
        await says(room, "first", "Corrected")
        assert (await stands(room))[0][1] == "00:10 Corrected (edited)"


async def test_a_round_up_whose_answer_is_lost_stands_once(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await becomes(room, "00:30")
        room.platform.lost[NEWSROOM.id].append(DeliveryError("The answer was lost."))
        await room.deliver()
    async with night.open(HALF_HOURLY) as room:
        await room.start()
        assert len(await stands(room)) == 1


async def test_a_round_up_that_breaks_as_it_is_worded_leaves_everything_waiting(
    night: Night,
) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await says(room, "second")
        await takes_down(room, "second")
        (waits,) = await room.store.gathering.gathered()

        def broken(posts: object) -> Post:
            raise RuntimeError(posts)

        with pytest.raises(RuntimeError):
            await room.store.gathering.release([waits], Waited.GATHERED, broken, at("00:30"))
        assert await room.store.gathering.gathered() == [waits]
        await becomes(room, "00:30")
        assert [heading for heading, *_ in await stands(room)] == ["1 entry, 00:10"]


async def test_a_channel_whose_round_up_breaks_holds_up_no_other(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await room.channels.follow(DESK, ENTRIES, frozenset(), HALF_HOURLY)
        await says(room, "first")
        broken: list[object] = []

        def breaks_once(event):
            if not broken:
                broken.append(event)
                raise RuntimeError
            return word(event)

        gathering = Gathering(
            rows=room.store.gathering, word=breaks_once, clock=room.clock, queued=lambda: None
        )
        night.clock.moment = at("00:30")
        assert await gathering.release() == 60.0
        await room.deliver()
        assert [ref.channel for ref in room.platform.standing] == [DESK]
        assert await gathering.release() is None
        assert len(await stands(room)) == 1


async def test_while_it_runs_a_round_up_comes_at_its_time_without_anybody_asking(
    night: Night,
) -> None:
    night.clock = Beats()
    night.clock.moment = at("00:30") - timedelta(seconds=5)
    async with night.open(HALF_HOURLY) as room:
        running = asyncio.create_task(room.gathering.run())
        await says(room, "first")
        room.gathering.wake()
        await until(lambda: len(night.clock.asleep) == 1)
        assert room.queued == []
        night.clock.beat()
        await until(lambda: len(room.queued) == 1)
        running.cancel()
        await asyncio.wait([running])
        assert [heading for heading, *_ in await stands(room)] == ["1 entry, 00:29"]


async def test_two_that_think_they_lead_tell_it_once(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room, night.open(HALF_HOURLY) as other:
        await says(room, "first")
        night.clock.moment = at("00:30")
        waits = await other.store.gathering.gathered()
        await room.gathering.release()
        assert waits
        await other.gathering.release()
        assert len(await stands(room)) == 1


async def test_a_channel_that_teller_is_taken_out_of_gets_nothing_of_it(night: Night) -> None:
    async with night.open(HALF_HOURLY) as room:
        await says(room, "first")
        await room.channels.leave(NEWSROOM.__eq__, forget=False)
        await becomes(room, "00:30")
        assert await stands(room) == []


# ── On record ────────────────────────────────────────────────────────────────────────────────


async def test_what_a_channel_gets_is_on_record_with_what_waits(night: Night) -> None:
    async with night.open(HALF_HOURLY, NIGHTLY) as room:
        await room.boards.post(NEWSROOM)
        await room.boards.round_up(NEWSROOM, 15)
        await says(room, "first")
        await says(room, "first", "Corrected")
        (here,) = await room.store.subscriptions.on_record()
        assert (here.manner, here.quiet) == (HALF_HOURLY, NIGHTLY)
        assert (here.gathered, here.next_round_up) == (1, at("00:30"))
        assert (here.board, here.state_every) == (True, 15)


async def test_the_night_file_says_it_until_chat_says_otherwise(night: Night) -> None:
    async with night.open(HALF_HOURLY, NIGHTLY) as room:
        await room.channels.quieten(NEWSROOM, None)
        await room.channels.follow(NEWSROOM, ENTRIES, frozenset(), KEY)
    async with night.open(HALF_HOURLY, NIGHTLY) as room:
        (here,) = await room.store.subscriptions.on_record()
        assert (here.manner, here.quiet) == (KEY, None)
    async with night.open(HEADLINES, NIGHTLY) as room:
        (here,) = await room.store.subscriptions.on_record()
        assert (here.manner, here.quiet) == (HEADLINES, NIGHTLY)


async def test_who_begins_to_follow_gets_the_newest_in_the_form_that_is_wanted(
    night: Night,
) -> None:
    url = "https://news.example/live"
    async with night.open() as room:
        for number in range(5):
            await says(room, f"n{number}", body="Whole.", key=number % 2 == 0)
            night.clock.moment += timedelta(minutes=1)
        found = await room.channels.follow_blog(
            DESK, url, frozenset(), Manner(key=True, headlines=True)
        )
        assert found.posted == 3
        await room.deliver()
        posts = [post for ref, post in room.platform.standing.items() if ref.channel == DESK]
        assert [post.heading for post in posts] == ["About n0", "About n2", "About n4"]
        assert all(post.body == () for post in posts)
        await says(room, "n5", key=True, body="Whole.")
        await room.deliver()
        posts = [post for ref, post in room.platform.standing.items() if ref.channel == DESK]
        assert (posts[-1].heading, posts[-1].body) == ("About n5", ())
