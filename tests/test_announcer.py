"""What channels are told of by themselves: moves of the timetable, and declarations."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, cast

import pytest

from bot.announcer import Announcer
from bot.chat.post import Post, PostKind
from bot.clocks import StoppedClock
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.liveblog.statements import DeclaredClaim
from bot.ports import Newsroom
from tests.conftest import select
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, Room, at, following, open_room, plan, word
from tests.store.entries import expected as expected_claim
from tests.store.entries import update, version

SUBJECT = f"expected:{TAMWORTH.id}:declaration"
DECLARATION = f"declaration:{TAMWORTH.id}"
RESULT = (
    "Sarah Edwards wins Tamworth for Labour with a majority of 1,316. The votes:</p>"
    "<ul><li>Sarah Edwards (Labour) 11,719</li><li>Andy Cooper (Conservative) 10,403</li></ul><p>"
)


@pytest.fixture
async def room(sqlite_url: str) -> AsyncIterator[Room]:
    async with open_room(sqlite_url, clock=StoppedClock(at("21:40"))) as opened:
        await opened.start()
        yield opened


async def entry(room: Room, id: str, when: str, heading: str, body: str = "") -> None:
    """An entry comes out, or is changed, and the blog is read."""
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.post(id, at(when), heading, body)
    await room.look()


async def take_down(room: Room, id: str, when: str) -> None:
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.take_down(id)
    await room.look()


async def put_back(room: Room, id: str, when: str) -> None:
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.put_back(id)
    await room.look()


async def moves(room: Room) -> list[tuple[str, str]]:
    """Subject and heading of every move of the timetable that was told."""
    return [(str(key), post.heading) for key, post in await room.told(PostKind.TIMETABLE)]


async def declared(room: Room) -> list[str]:
    """Subject and version of every declaration that was told."""
    keys = [str(key) for key, _ in await room.told(PostKind.DECLARATION)]
    return [key for key in keys if not key.startswith("correction:")]


async def results(room: Room) -> list[Post]:
    """The results that stand, without what was told beside them of a correction."""
    posts = await standing(room, PostKind.DECLARATION)
    return [post for post in posts if post.heading.startswith("Tamworth:")]


async def standing(room: Room, kind: PostKind) -> list[Post]:
    """Send what waits; what then stands, of one kind."""
    await room.deliver()
    return [post for post in room.platform.standing.values() if post.kind is kind]


# ── The timetable ────────────────────────────────────────────────────────────────────────────


async def test_the_plan_that_stood_before_the_polls_closed_is_not_news(room: Room) -> None:
    assert await moves(room) == []


async def test_an_estimate_in_an_entry_is_told_once(room: Room) -> None:
    await entry(
        room, "count", "00:14", "Count under way", "The result in Tamworth is expected around 3am."
    )
    await entry(room, "other", "00:20", "Rain in Tamworth")
    await room.announcer.look()

    assert await moves(room) == [
        (f"{SUBJECT}:2#1", "Tamworth: declaration now expected around 03:00")
    ]
    ((_, post),) = await room.told(PostKind.TIMETABLE)
    assert post.at == at("00:14")
    assert post.source is not None
    assert post.source.name == "The Example"


async def test_the_same_time_in_other_words_is_no_move(room: Room) -> None:
    await entry(
        room, "one", "00:14", "Count under way", "The result in Tamworth is expected around 3am."
    )
    await entry(room, "two", "00:30", "More", "The declaration in Tamworth is due around 03:00.")

    assert len(await moves(room)) == 1


async def test_every_later_move_is_a_message_of_its_own(room: Room) -> None:
    await entry(
        room, "one", "00:14", "Count under way", "The result in Tamworth is expected around 3am."
    )
    await entry(room, "two", "01:30", "Slow", "The result in Tamworth is now expected around 4am.")

    posts = await standing(room, PostKind.TIMETABLE)

    assert [post.heading for post in posts] == [
        "Tamworth: declaration now expected around 03:00",
        "Tamworth: declaration now expected around 04:00",
    ]


async def test_an_edit_of_the_entry_moves_the_timetable_again(room: Room) -> None:
    await entry(
        room, "one", "00:14", "Count under way", "The result in Tamworth is expected around 3am."
    )
    await entry(
        room, "one", "00:25", "Count under way", "The result in Tamworth is expected around 4am."
    )

    assert [heading for _, heading in await moves(room)] == [
        "Tamworth: declaration now expected around 03:00",
        "Tamworth: declaration now expected around 04:00",
    ]


async def test_the_timetable_falls_back_where_the_entry_is_withdrawn(room: Room) -> None:
    await entry(
        room, "one", "00:14", "Count under way", "The result in Tamworth is expected around 3am."
    )
    await take_down(room, "one", "00:30")

    assert [heading for _, heading in await moves(room)] == [
        "Tamworth: declaration now expected around 03:00",
        "Tamworth: declaration now expected around 03:40",
    ]

    await put_back(room, "one", "00:40")
    assert len(await moves(room)) == 3


async def test_a_restart_tells_no_move_again(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock) as room:
        await room.start()
        await entry(room, "one", "00:14", "Count", "The result in Tamworth is expected around 3am.")
        blog = room.blog
        told = await moves(room)

    for _ in range(2):
        async with open_room(sqlite_url, clock=clock, blog=blog) as room:
            await room.start()
            await room.look()
            assert await moves(room) == told


async def test_a_crash_between_knowing_and_telling_loses_no_move(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock) as room:
        await room.start()
        clock.moment = at("00:14")
        kept = version("one", at("00:14"), claims=(expected_claim("around 3am"),))
        await room.store.blogs.keep(update(at("00:14"), kept))

    async with open_room(sqlite_url, clock=clock) as room:
        await room.start()

        assert len(await moves(room)) == 1


async def test_a_night_file_that_changed_is_told_at_the_restart(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock, contests=[plan(declaration="03:40")]) as room:
        await room.start()
    clock.moment = at("01:00")

    for _ in range(2):
        async with open_room(sqlite_url, clock=clock, contests=[plan(declaration="04:30")]) as room:
            await room.start()
            assert [heading for _, heading in await moves(room)] == [
                "Tamworth: declaration now expected at 04:30"
            ]


async def test_a_time_that_nobody_had_is_told_when_it_becomes_known(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock, contests=[plan()]) as room:
        await room.start()
        await entry(room, "one", "00:14", "Count", "The result in Tamworth is expected around 3am.")

        assert await moves(room) == [
            (f"{SUBJECT}:1#1", "Tamworth: declaration now expected around 03:00")
        ]


async def test_only_channels_of_the_contest_are_told(sqlite_url: str) -> None:
    channels = [following(NEWSROOM, only=[MID_BEDFORDSHIRE])]
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock, channels=channels) as room:
        await room.start()
        await entry(room, "one", "00:14", "Count", "The result in Tamworth is expected around 3am.")
        await entry(room, "two", "03:16", "Labour gain Tamworth", RESULT)

        assert await moves(room) == []
        assert await declared(room) == []


# ── Declarations ─────────────────────────────────────────────────────────────────────────────


async def test_a_declaration_is_told_once(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await entry(room, "more", "03:18", "Cheers in Tamworth")
    await room.announcer.look()

    (post,) = await results(room)
    assert await declared(room) == [f"{DECLARATION}#1"]
    assert "Tamworth" in post.heading
    assert (post.edited, post.withdrawn) == (None, None)
    assert post.at == at("03:16")


async def test_a_declared_contest_has_no_timetable_to_tell_of(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await entry(room, "late", "03:20", "Oh", "The result in Tamworth is expected around 4am.")

    assert await moves(room) == []


async def test_a_correction_changes_what_was_posted(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    (before,) = await results(room)
    corrected = RESULT.replace("10,403", "10,430").replace("1,316", "1,289")
    await entry(room, "result", "03:25", "Labour gain Tamworth", corrected)
    (after,) = await results(room)

    assert await declared(room) == [f"{DECLARATION}#1", f"{DECLARATION}#2"]
    assert "1,316" in str(before)
    assert "1,289" in str(after)
    assert "majority 1,289, was 1,316" in str(after)
    assert (before.edited, after.edited) == (None, at("03:25"))
    # Whoever has the old majority on air does not read the old message again.
    assert "Correction, Tamworth: Labour gain from Conservatives, majority 1,289" in [
        post.heading for post in await standing(room, PostKind.DECLARATION)
    ]


async def test_an_edit_that_leaves_the_result_as_it_is_corrects_nothing(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await entry(room, "result", "03:25", "Labour gain Tamworth", f"{RESULT} What a night.")

    assert await declared(room) == [f"{DECLARATION}#1"]


async def test_a_declaration_is_taken_back_with_its_entry(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await standing(room, PostKind.DECLARATION)
    await take_down(room, "result", "03:20")
    await room.announcer.look()

    (post,) = await results(room)
    assert post.withdrawn is not None
    assert await declared(room) == [f"{DECLARATION}#1", f"{DECLARATION}#2"]


async def test_a_declaration_that_was_taken_back_can_come_again(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await take_down(room, "result", "03:20")
    await put_back(room, "result", "03:24")

    (post,) = await results(room)
    assert post.withdrawn is None
    assert await declared(room) == [f"{DECLARATION}#{n}" for n in (1, 2, 3)]


async def test_a_restart_tells_no_declaration_again(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock) as room:
        await room.start()
        await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
        blog = room.blog

    async with open_room(sqlite_url, clock=clock, blog=blog) as room:
        await room.start()
        await room.look()
        assert await declared(room) == [f"{DECLARATION}#1"]

        blog.take_down("result")
        await room.look()
        assert await declared(room) == [f"{DECLARATION}#1", f"{DECLARATION}#2"]


async def test_a_result_by_another_blog_that_says_the_same_is_not_told_again(room: Room) -> None:
    await entry(room, "result", "03:16", "Labour gain Tamworth", RESULT)
    await entry(room, "again", "03:30", "Tamworth in full", RESULT)

    assert await declared(room) == [f"{DECLARATION}#1"]


async def test_a_figure_that_is_damaged_hides_nothing_else(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=StoppedClock(at("21:40"))) as room:
        await room.start()
        await entry(room, "1", "22:30", "The declaration in Mid Bedfordshire is expected at 04:00.")
    damage = "UPDATE figure SET claim = '{}' WHERE entry IS NOT NULL RETURNING contest_id"
    assert select(sqlite_url, damage) == [(MID_BEDFORDSHIRE.id,)]
    async with open_room(sqlite_url, clock=room.clock, blog=room.blog) as anew:
        await anew.start()
        await entry(anew, "2", "02:46", "Labour have won Tamworth", RESULT)
        assert await declared(anew) == [f"{DECLARATION}#1"]


async def test_a_seat_that_breaks_keeps_no_other_from_being_told(room: Room) -> None:
    class Broken:
        """The newsroom, which stumbles over one seat."""

        def __init__(self, now: datetime) -> None:
            self._newsroom = room.store.newsroom(now)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._newsroom, name)

        async def declaration(self, contest: Contest) -> Figure[Declaration] | None:
            if contest.id == TAMWORTH.id:
                raise ValueError("a candidate stands twice in the result")
            return await self._newsroom.declaration(contest)

    def newsroom_at(now: datetime) -> Newsroom:
        return cast(Newsroom, Broken(now))

    moment = at("23:40")
    claims = (DeclaredClaim(contest_id=MID_BEDFORDSHIRE.id, party="Lab", words="Labour win"),)
    await room.store.blogs.keep(update(moment, version("1", moment, claims=claims)))
    announcer = Announcer(
        rows=room.store.telling, newsroom_at=newsroom_at, word=word, clock=StoppedClock(moment)
    )
    with pytest.raises(ValueError, match="stands twice"):
        await announcer.look()
    assert await declared(room) == [f"declaration:{MID_BEDFORDSHIRE.id}#1"]
    (post,) = [post for _, post in await room.told(PostKind.DECLARATION)]
    assert post.heading == "Mid Bedfordshire: Labour gain from Conservatives"
