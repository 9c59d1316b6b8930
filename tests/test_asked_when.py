"""Reminders that wait for a count to come so far, or for somebody alone: once, whatever happens."""

import asyncio
from datetime import timedelta

import pytest

from bot.app import read_catalogue
from bot.chat.ask import Ask, Author
from bot.chat.post import Post, PostKind
from bot.chat.reply import Reply
from bot.clocks import ReplayClock, StoppedClock
from bot.controls import Asked
from bot.desk import Desk
from bot.election.contest import MilestoneKind, Stage
from bot.ports import WHEN_IT_COMES
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, Room, at, open_room, plan
from tests.test_asked import QUIET, SPORT, clock, say, told

ADA = Author(platform="terminal", id="ada", name="Ada")
WON = "Labour has gained Tamworth: Sarah Edwards won with 11,719 votes, Andy Cooper (Con) 10,403."
VERIFIED = "Verification is complete in Tamworth."
RECOUNT = "A recount has been ordered in Tamworth."
HEADLINE = "Tamworth: Labour gain from Conservatives"
BOTH = [*QUIET, plan(MID_BEDFORDSHIRE, remind=())]


def when(stage: Stage = Stage.DECLARED, words: str = "", contest=TAMWORTH) -> Asked:
    return Asked(
        channel=SPORT,
        author="Ada",
        due=WHEN_IT_COMES,
        words=words,
        contest_id=contest.id,
        stage=stage,
    )


async def ask(room: Room, text: str, channel=SPORT) -> Reply:
    """Somebody types it where the room is."""
    desk = Desk(
        catalogue=read_catalogue(),
        newsroom_at=room.store.newsroom,
        clock=room.clock,
        channels=room.channels,
    )
    return await desk.answer(Ask(text=text, author=ADA, channel=channel))


async def headings(room: Room) -> list[str]:
    return [post.heading for post in await told(room)]


async def test_it_comes_when_the_declaration_is_known_once_and_where_it_was_asked_for(
    database_url: str,
) -> None:
    async with open_room(database_url, clock=clock(), contests=BOTH) as room:
        kept = await room.channels.remind(when(words="file"))
        await room.channels.remind(when(contest=MID_BEDFORDSHIRE))
        await say(room, "01:00", "Counting is under way in Tamworth.")
        await room.move_to(at("02:59"))
        assert await told(room) == []
        assert (await room.channels.reminders(SPORT))[0] == kept

        await say(room, "03:16", WON)
        for moment in ("03:16", "03:30", "09:00"):
            await room.move_to(at(moment))
            (post,) = await told(room)
            assert post.heading == f"file ({HEADLINE})"
            assert (post.at, post.late, post.contests) == (at("03:16"), None, ("Tamworth",))
        assert "Majority 1,316" in str(post.body)
        assert [one.contest_id for one in await room.channels.reminders(SPORT)] == [
            MID_BEDFORDSHIRE.id
        ]
        assert await room.stands(SPORT) == [f"file ({HEADLINE})"]


@pytest.mark.parametrize(
    ("stage", "steps", "heading"),
    [
        (Stage.VERIFIED, (VERIFIED,), "Tamworth: verification is complete"),
        (Stage.VERIFIED, (RECOUNT,), "Tamworth: recount"),
        (Stage.VERIFIED, (WON,), HEADLINE),
        (Stage.RECOUNT, (VERIFIED, RECOUNT), "Tamworth: recount"),
        (Stage.RECOUNT, (VERIFIED, WON), HEADLINE),
        (Stage.DECLARED, (VERIFIED, RECOUNT, WON), HEADLINE),
        (Stage.COUNTING, ("Counting is under way in Tamworth.",), "Tamworth: counting"),
    ],
)
async def test_it_waits_for_its_stage_and_for_no_earlier_one(
    sqlite_url: str, stage: Stage, steps: tuple[str, ...], heading: str
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(when(stage))
        for n, words in enumerate(steps):
            assert await headings(room) == []
            await say(room, f"02:{10 + n}", words)
        assert await headings(room) == [heading]
        await say(room, "04:00", WON)
        assert await headings(room) == [heading]


async def test_it_is_kept_over_a_restart_and_comes_for_what_happened_meanwhile(
    database_url: str,
) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(when())
        await room.channels.remind(when(Stage.VERIFIED))
    async with open_room(database_url, clock=clock("02:00"), contests=QUIET) as room:
        await room.start()
        assert await told(room) == []
        assert [one.stage for one in await room.channels.reminders(SPORT)] == [
            Stage.DECLARED, Stage.VERIFIED,
        ]  # fmt: skip
        await say(room, "02:10", VERIFIED)
        await say(room, "03:16", WON)
    for _ in range(2):
        async with open_room(database_url, clock=clock("03:30"), contests=QUIET) as room:
            await room.start()
            assert await headings(room) == ["Tamworth: verification is complete", HEADLINE]


async def test_a_kill_after_the_declaration_was_read_loses_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_room(database_url, clock=clock("03:16"), contests=QUIET) as room:
        await room.channels.remind(when())
        room.blog.post("won", at("03:16"), "Tamworth declares", WON)

        async def killed(touched: frozenset[str] | None = None) -> None:
            raise RuntimeError("killed")

        monkeypatch.setattr(room.diary, "look", killed)
        await room.look()
        assert await told(room) == []

    async with open_room(database_url, clock=clock("03:20"), contests=QUIET) as room:
        await room.start()
        assert await room.stands(SPORT) == [HEADLINE]


async def test_a_declaration_that_is_withdrawn_and_comes_back_sends_no_second(
    database_url: str,
) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(when())
        await say(room, "03:16", WON)
        assert await headings(room) == [HEADLINE]

        assert isinstance(room.clock, StoppedClock)
        room.clock.moment = at("03:20")
        room.blog.take_down("at-03:16")
        await room.look()
        assert await room.store.newsroom(at("03:20")).declaration(TAMWORTH) is None
        later = await room.channels.remind(when())
        await say(room, "03:40", WON)
        # Who asked again while nothing stood gets the one that does.
        assert await headings(room) == [HEADLINE, HEADLINE]
        assert later.id not in {one.id for one in await room.channels.reminders(SPORT)}

    async with open_room(database_url, clock=clock("04:00"), contests=QUIET) as room:
        await room.start()
        assert len(await told(room)) == 2


async def test_it_goes_out_once_where_two_programs_learn_of_it(database_url: str) -> None:
    async with (
        open_room(database_url, clock=clock(), contests=QUIET) as one,
        open_room(database_url, clock=clock("03:16"), contests=QUIET) as other,
    ):
        await one.channels.remind(when())
        await say(one, "03:15", "Nothing new here.")
        one.blog.post("won", at("03:16"), "Tamworth declares", WON)
        assert isinstance(one.clock, StoppedClock)
        one.clock.moment = at("03:16")
        await one.look()
        await asyncio.gather(*(room.diary.look() for _ in range(4) for room in (one, other)))
        assert await headings(one) == [HEADLINE]


async def test_what_is_declared_between_the_answer_and_the_keeping_comes_at_once(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await say(room, "03:16", WON)
        await room.channels.remind(when())
        assert await headings(room) == [HEADLINE]


async def test_no_alarm_is_set_for_the_year_9000(sqlite_url: str) -> None:
    night = ReplayClock(at("22:50"), speed=5_000)
    async with open_room(sqlite_url, clock=night, contests=QUIET) as room:
        room.diary.start()
        await room.channels.remind(when())
        night.begin()
        await room.diary.look()
        assert len(await room.channels.reminders(SPORT)) == 1


async def test_what_is_forgotten_does_not_come_when_the_seat_declares(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        kept = await room.channels.remind(when())
        assert await room.channels.forget(SPORT, kept.id) == kept
        await say(room, "03:16", WON)
        assert await told(room) == []


async def test_a_seat_that_leaves_the_night_file_is_waited_for_when_it_is_back(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(when())
    async with open_room(sqlite_url, clock=clock(), contests=BOTH[1:]) as room:
        await room.start()
        assert await told(room) == []
        assert len(await room.channels.reminders(SPORT)) == 1
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.start()
        await say(room, "03:16", WON)
        assert await headings(room) == [HEADLINE]


# ── In person ────────────────────────────────────────────────────────────────────────────────


async def in_person(room: Room) -> list[Post]:
    """What stands where only Ada and Teller are."""
    await room.deliver()
    alone = await room.channels.direct(ADA)
    return [
        post
        for ref, post in room.platform.standing.items()
        if ref.channel == alone and post.kind is PostKind.REMINDER
    ]


@pytest.mark.parametrize("restarts", [False, True], ids=["running", "restarted"])
async def test_who_asked_for_it_is_reminded_alone_ahead_of_a_time_that_moves(
    database_url: str, restarts: bool
) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        reply = await ask(room, "remind me 10m before Tamworth to file")
        assert reply.title.startswith("I remind you at 02:50: file")
        await say(room, "00:14", "The result in Tamworth is expected around 4am.")
        if not restarts:
            await room.move_to(at("03:49"))
            assert await in_person(room) == []
            await room.move_to(at("03:50"))
            (post,) = await in_person(room)
    if restarts:
        async with open_room(database_url, clock=clock("03:40"), contests=QUIET) as room:
            await room.start()
            await room.move_to(at("03:50"))
            (post,) = await in_person(room)
            assert await room.stands(SPORT) == []
    assert post.heading == "file (Tamworth: declaration in 10 minutes)"
    assert post.late is None


async def test_who_asked_for_it_is_told_alone_when_the_seat_declares(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        reply = await ask(room, "remind me when Tamworth declares")
        assert reply.title == "I remind you when Tamworth declares"
        await say(room, "03:16", WON)
        assert [post.heading for post in await in_person(room)] == [HEADLINE]
        assert await room.stands(SPORT) == []

        reply = await ask(room, "remind me when Tamworth declares")
        assert reply.title == HEADLINE
        assert list(await room.channels.reminders(await room.channels.direct(ADA))) == []


async def test_ones_own_are_listed_and_forgotten_in_any_channel(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        await ask(room, "remind me when Tamworth declares", NEWSROOM)
        await ask(room, "remind us at 01:30 to file", SPORT)

        listed = await ask(room, "reminders", SPORT)
        assert listed.table is not None
        assert [row[0] for row in listed.table.rows] == ["2", "1"]
        assert listed.private
        elsewhere = await ask(room, "reminders", NEWSROOM)
        assert elsewhere.table is not None
        assert [row[0] for row in elsewhere.table.rows] == ["1"]

        gone = await ask(room, "forget 1", SPORT)
        assert gone.title == "Forgotten: when Tamworth declares"
        await say(room, "03:16", WON)
        assert await in_person(room) == []


async def test_one_that_waits_for_a_milestone_comes_before_one_without_a_time(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(when())
        ahead = Asked(
            channel=SPORT, author="Ada", due=at("03:00") - timedelta(minutes=10),
            contest_id=TAMWORTH.id, kind=MilestoneKind.DECLARATION, minutes=10,
        )  # fmt: skip
        await room.channels.remind(ahead)
        assert [one.stage for one in await room.channels.reminders(SPORT)] == [
            None, Stage.DECLARED,
        ]  # fmt: skip
