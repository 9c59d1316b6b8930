"""Reminders that people asked for: once, at their time, and only where they were asked for."""

import asyncio
from datetime import timedelta

import pytest

from bot.channels import REMINDERS_OF_A_CHANNEL
from bot.chat.ask import Channel
from bot.chat.post import Post, PostKind
from bot.clocks import ReplayClock, StoppedClock
from bot.controls import Asked
from bot.election.contest import MilestoneKind
from bot.errors import AskError
from tests.nights.facts import TAMWORTH
from tests.rooms import NEWSROOM, PLANNED, Room, at, following, open_room, plan

SPORT = Channel(platform="terminal", id="sport")
# No reminders of its own, so that only those that people asked for come.
QUIET = [plan(remind=(), declaration="around 03:00", turnout="around 01:00")]
DECLARED = "Labour has gained Tamworth: Sarah Edwards won with 11,719 votes."


def clock(words: str = "21:40") -> StoppedClock:
    return StoppedClock(at(words))


def for_time(words: str, when: str, channel: Channel = SPORT) -> Asked:
    return Asked(channel=channel, author="Ada", due=at(when), words=words)


def before(
    minutes: int,
    due: str,
    kind: MilestoneKind = MilestoneKind.DECLARATION,
    words: str = "",
) -> Asked:
    return Asked(
        channel=SPORT,
        author="Ada",
        due=at(due),
        words=words,
        contest_id=TAMWORTH.id,
        kind=kind,
        minutes=minutes,
    )


async def told(room: Room) -> list[Post]:
    """The reminders that people asked for and that came, as they came."""
    return [
        post
        for key, post in await room.told(PostKind.REMINDER)
        if key.subject.startswith("asked:") and key.version == 1
    ]


async def say(room: Room, when: str, words: str) -> None:
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.post(f"at-{when}", at(when), "Count under way", words)
    await room.look()


# ── At a time ────────────────────────────────────────────────────────────────────────────────


async def test_a_reminder_comes_once_at_its_time_and_only_to_its_channel(
    database_url: str,
) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        kept = await room.channels.remind(for_time("call the desk", "23:00"))
        await room.move_to(at("22:59"))
        assert await told(room) == []
        assert list(await room.channels.reminders(SPORT)) == [kept]

        for moment in ("23:00", "23:01", "02:00"):
            await room.move_to(at(moment))
            assert [(one.heading, one.late) for one in await told(room)] == [
                ("call the desk", None)
            ]
        assert await room.channels.reminders(SPORT) == []
        assert await room.stands(SPORT) == ["call the desk"]
        assert await room.stands(NEWSROOM) == []


async def test_a_channel_that_was_given_up_still_gets_what_it_asked_for(sqlite_url: str) -> None:
    async with open_room(
        sqlite_url, clock=clock(), contests=QUIET, channels=[following(SPORT)]
    ) as room:
        await room.channels.remind(for_time("call the desk", "23:00"))

    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.start()
        await room.move_to(at("23:00"))

        assert await room.stands(SPORT) == ["call the desk"]


async def test_a_time_that_has_passed_comes_at_once(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(for_time("call the desk", "21:40"))

        assert [one.heading for one in await told(room)] == ["call the desk"]
        assert len(room.queued) == 1


async def test_they_are_listed_soonest_first_and_each_channel_sees_its_own(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        for words, when, channel in (
            ("second", "23:30", SPORT), ("first", "23:00", SPORT), ("other", "22:00", NEWSROOM),
        ):  # fmt: skip
            await room.channels.remind(for_time(words, when, channel))

        assert [one.words for one in await room.channels.reminders(SPORT)] == ["first", "second"]
        assert [one.words for one in await room.channels.reminders(NEWSROOM)] == ["other"]


async def test_what_is_forgotten_does_not_come(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        kept = await room.channels.remind(for_time("call the desk", "23:00"))
        stays = await room.channels.remind(for_time("eat", "23:00"))

        assert await room.channels.forget(NEWSROOM, kept.id) is None
        assert await room.channels.forget(SPORT, kept.id + 99) is None
        assert await room.channels.forget(SPORT, kept.id) == kept
        assert await room.channels.forget(SPORT, kept.id) is None

        await room.move_to(at("23:00"))
        assert [one.heading for one in await told(room)] == ["eat"]
        assert await room.channels.forget(SPORT, stays.id) is None


async def test_so_many_wait_in_a_channel_and_no_more(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        for n in range(REMINDERS_OF_A_CHANNEL):
            await room.channels.remind(for_time(f"number {n}", "23:00"))
        with pytest.raises(AskError, match="that is the most"):
            await room.channels.remind(for_time("one more", "23:00"))
        await room.channels.remind(for_time("elsewhere", "23:00", NEWSROOM))

        await room.channels.forget(SPORT, (await room.channels.reminders(SPORT))[0].id)
        await room.channels.remind(for_time("one more", "23:00"))


# ── Before a milestone ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("estimate", "due"),
    [("around 4am", "03:50"), ("around 2am", "01:50")],
    ids=["later", "earlier"],
)
@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
async def test_a_reminder_moves_with_what_it_waits_for(
    database_url: str, estimate: str, due: str, down: bool
) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(before(10, "02:50"))
        if not down:
            await say(room, "00:14", f"The result in Tamworth is expected {estimate}.")
    contests = QUIET
    if down:
        contests = [plan(remind=(), declaration=estimate.replace("am", ":00"))]
    async with open_room(database_url, clock=clock("00:20"), contests=contests) as room:
        if down:
            await room.start()
        (one,) = await room.channels.reminders(SPORT)
        assert one.due == at(due)

        await room.move_to(at(due) - timedelta(minutes=1))
        assert await told(room) == []
        await room.move_to(at(due))
        (post,) = await told(room)
        assert post.heading == "Tamworth: declaration in 10 minutes"
        assert (post.at, post.late, post.contests) == (at(due), None, ("Tamworth",))


async def test_a_reminder_that_moves_into_the_past_comes_at_once_and_says_how_late(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(before(60, "02:00", words="write it up"))
        await say(room, "01:20", "The result in Tamworth is expected around 2am.")

        (post,) = await told(room)
        assert post.late == timedelta(minutes=20)
        assert post.heading == "write it up (Tamworth: declaration in 40 minutes)"


@pytest.mark.parametrize(
    ("kind", "due", "words", "heading"),
    [
        (
            MilestoneKind.DECLARATION, "02:50", DECLARED, "Tamworth: declaration has come",
        ),
        (
            MilestoneKind.TURNOUT, "00:50", "Turnout in Tamworth is 35.9 per cent.",
            "Tamworth: turnout has come",
        ),
    ],
)  # fmt: skip
async def test_where_nothing_is_left_to_wait_for_it_says_so_once(
    sqlite_url: str, kind: MilestoneKind, due: str, words: str, heading: str
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(before(10, due, kind))
        await say(room, "00:30", words)

        for moment in ("00:30", "00:50", "02:50"):
            await room.move_to(at(moment))
            (post,) = await told(room)
            assert (post.heading, post.late, post.at) == (heading, None, at("00:30"))
        assert "There is nothing left to wait for." in str(post.body)
        assert await room.channels.reminders(SPORT) == []


async def test_a_contest_that_the_night_file_drops_is_still_reminded_of(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(before(10, "02:50", words="write it up"))

    async with open_room(sqlite_url, clock=clock(), contests=PLANNED[1:]) as room:
        await room.start()
        await room.move_to(at("02:50"))

        assert [one.heading for one in await told(room)] == ["write it up"]


# ── Restarts and kills ───────────────────────────────────────────────────────────────────────


async def test_what_fell_due_while_down_comes_at_the_start_and_says_how_late(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(for_time("call the desk", "23:00"))

    for _ in range(2):
        async with open_room(sqlite_url, clock=clock("23:25"), contests=QUIET) as room:
            await room.start()
            assert [one.late for one in await told(room)] == [timedelta(minutes=25)]


async def test_a_kill_between_the_alarm_and_the_post_loses_nothing(database_url: str) -> None:
    async with open_room(database_url, clock=clock(), contests=QUIET) as room:
        await room.channels.remind(for_time("call the desk", "23:00"))
        await room.move_to(at("23:00"))
        ((_, _, waiting),) = await room.store.outbox.queued()
        assert waiting

    async with open_room(database_url, clock=clock("23:01"), contests=QUIET) as room:
        await room.start()
        assert await room.stands(SPORT) == ["call the desk"]
        await room.start()
        assert await room.stands(SPORT) == ["call the desk"]


async def test_one_goes_out_once_where_two_programs_and_many_alarms_ring(
    database_url: str,
) -> None:
    async with (
        open_room(database_url, clock=clock(), contests=QUIET) as one,
        open_room(database_url, clock=clock(), contests=QUIET) as other,
    ):
        await one.channels.remind(for_time("call the desk", "23:00"))
        await asyncio.gather(
            *(room.diary.deliver_due(at("23:00")) for _ in range(4) for room in (one, other)),
            one.diary.look(frozenset()),
        )

        assert len(await told(one)) == 1
        assert len(one.queued) + len(other.queued) == 1


async def test_its_alarm_rings_by_itself(sqlite_url: str) -> None:
    night = ReplayClock(at("22:50"), speed=5_000)
    # No other alarm rings, on which what is due would come too.
    async with open_room(sqlite_url, clock=night, contests=[plan(remind=())]) as room:
        room.diary.start()
        await room.channels.remind(for_time("call the desk", "23:00"))
        await room.channels.remind(for_time("eat", "23:20"))
        night.begin()
        await room.diary.look()
        async with asyncio.timeout(20):
            while len(await told(room)) < 2:  # noqa: ASYNC110 - the store has no event
                await asyncio.sleep(0.02)

        assert [one.at for one in await told(room)] == [at("23:00"), at("23:20")]
