"""Reminders: when they come, what moves them, and what a restart makes of them."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.events import Event
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.clocks import ReplayClock, StoppedClock
from bot.diary import Diary
from bot.election.clock import uk_clock
from bot.election.contest import Contest
from bot.memory import Announcement
from tests.conftest import select
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import PLANNED, Room, at, following, open_room, plan, word

IN_THE_END = datetime(2100, 1, 1, tzinfo=UTC)
THREE = [plan(declaration="around 03:00")]
REASONS = "SELECT minutes, reason FROM reminder WHERE state = 'left out' ORDER BY minutes"


def clock(words: str = "21:40") -> StoppedClock:
    return StoppedClock(at(words))


async def reminders(room: Room) -> list[tuple[str, str]]:
    """When each reminder that went out was due, on UK clocks, and its heading as it went out."""
    told = await room.told(PostKind.REMINDER)
    return [(uk_clock(post.at), post.heading) for key, post in told if key.version == 1]


async def due_times(room: Room) -> list[str]:
    """When the reminders that still wait are due, on UK clocks."""
    return [uk_clock(armed.reminder.due) for armed in await room.store.reminders.armed(IN_THE_END)]


async def say(room: Room, when: str, words: str, id: str = "count") -> None:
    """An entry comes out, or is changed, and the blog is read."""
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.post(id, at(when), "Count under way", words)
    await room.look()


async def take_down(room: Room, when: str, id: str = "count") -> None:
    assert isinstance(room.clock, StoppedClock)
    room.clock.moment = at(when)
    room.blog.take_down(id)
    await room.look()


# ── When they come ───────────────────────────────────────────────────────────────────────────


async def test_a_reminder_comes_an_hour_and_a_quarter_before_and_at_the_time(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        seen = []
        for moment in ("01:59", "02:00", "02:01", "02:44", "02:45", "02:59", "03:00", "03:29"):
            await room.move_to(at(moment))
            seen.append(len(await reminders(room)))

        assert seen == [0, 1, 1, 1, 2, 2, 3, 3]
        assert await reminders(room) == [
            ("02:00", "Tamworth: declaration expected in 1 hour"),
            ("02:45", "Tamworth: declaration expected in 15 minutes"),
            ("03:00", "Tamworth: declaration expected about now"),
        ]
        assert [post.late for _, post in await room.told(PostKind.REMINDER)] == [None] * 3


async def test_a_declaration_is_overdue_half_an_hour_after_its_time(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        for moment in ("02:00", "02:45", "03:00", "03:29"):
            await room.move_to(at(moment))
        assert len(await reminders(room)) == 3

        await room.move_to(at("03:30"))

        assert (await reminders(room))[-1] == ("03:30", "Tamworth: declaration overdue")


async def test_a_declaration_in_a_span_is_overdue_half_an_hour_after_its_end(
    sqlite_url: str,
) -> None:
    spans = [plan(declaration="between 03:00 and 04:00")]
    async with open_room(sqlite_url, clock=clock(), contests=spans) as room:
        await room.start()

        assert await due_times(room) == ["02:00", "02:45", "03:00", "04:30"]


async def test_a_contest_may_ask_for_other_minutes(sqlite_url: str) -> None:
    contests = [plan(remind=(30,), declaration="around 03:00", polls_close="22:00")]
    async with open_room(sqlite_url, clock=clock("21:00"), contests=contests) as room:
        await room.start()

        assert await due_times(room) == ["21:30", "02:30", "03:30"]


async def test_a_contest_may_ask_for_none_and_still_hears_of_what_is_overdue(
    sqlite_url: str,
) -> None:
    contests = [plan(remind=(), declaration="around 03:00", turnout="around 00:30")]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()

        assert await due_times(room) == ["03:30"]


async def test_contests_that_wait_for_the_same_share_a_reminder(sqlite_url: str) -> None:
    contests = [
        plan(TAMWORTH, declaration="around 03:00"),
        plan(MID_BEDFORDSHIRE, declaration="around 03:00"),
    ]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()
        await room.move_to(at("02:00"))

        ((_, post),) = await room.told(PostKind.REMINDER)
        assert sorted(post.contests) == ["Mid Bedfordshire", "Tamworth"]
        assert select(sqlite_url, "SELECT count(*) FROM reminder WHERE state = 'sent'") == [(2,)]


async def test_contests_with_other_times_have_reminders_of_their_own(sqlite_url: str) -> None:
    contests = [
        plan(TAMWORTH, declaration="around 03:00"),
        plan(MID_BEDFORDSHIRE, declaration="03:00"),
    ]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()
        await room.move_to(at("02:00"))

        told = [post.contests for _, post in await room.told(PostKind.REMINDER)]
        assert sorted(told) == [("Mid Bedfordshire",), ("Tamworth",)]


async def test_a_shared_reminder_reaches_a_channel_of_either_contest_once(
    sqlite_url: str,
) -> None:
    contests = [
        plan(TAMWORTH, declaration="around 03:00"),
        plan(MID_BEDFORDSHIRE, declaration="around 03:00"),
    ]
    channels = [
        following(Channel(platform="terminal", id="tamworth"), only=[TAMWORTH]),
        following(Channel(platform="terminal", id="all")),
    ]
    async with open_room(sqlite_url, clock=clock(), contests=contests, channels=channels) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await room.deliver()

        assert len(room.platform.headings("tamworth")) == 1
        assert len(room.platform.headings("all")) == 1


# ── What moves them ──────────────────────────────────────────────────────────────────────────


async def test_an_estimate_in_an_entry_re_arms_the_reminders(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=PLANNED[:1]) as room:
        await room.start()
        assert await due_times(room) == ["02:40", "03:25", "03:40", "04:10"]

        await say(room, "00:14", "The result in Tamworth is expected around 3am.")

        assert await due_times(room) == ["02:00", "02:45", "03:00", "03:30"]
        await room.move_to(at("02:41"))
        assert [due for due, _ in await reminders(room)] == ["02:00"]


async def test_reminders_fall_back_where_the_entry_is_withdrawn(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=PLANNED[:1]) as room:
        await room.start()
        await say(room, "00:14", "The result in Tamworth is expected around 3am.")
        await take_down(room, "00:30")

        assert await due_times(room) == ["02:40", "03:25", "03:40", "04:10"]


async def test_an_estimate_that_comes_and_goes_reminds_of_each_time_once(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await say(room, "02:10", "The result in Tamworth is now expected around 4am.", id="later")
        await take_down(room, "02:20", id="later")

        assert await due_times(room) == ["02:45", "03:00", "03:30"]
        for moment in ("02:45", "03:00"):
            await room.move_to(at(moment))
        assert [due for due, _ in await reminders(room)] == ["02:00", "02:45", "03:00"]


async def test_a_time_that_becomes_a_span_is_overdue_later(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        words = "The result in Tamworth is now expected between 3am and 4am."
        await say(room, "00:14", words)

        assert await due_times(room) == ["02:00", "02:45", "03:00", "04:30"]
        await room.move_to(at("02:00"))
        ((_, post),) = await room.told(PostKind.REMINDER)
        assert "between 03:00 and 04:00" in str(post.body)


async def test_a_time_that_is_near_already_leaves_out_what_is_past(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=PLANNED[:1]) as room:
        await room.start()
        await say(room, "02:30", "The result in Tamworth is now expected around 3am.")

        assert await due_times(room) == ["02:45", "03:00", "03:30"]
        assert await reminders(room) == []
        assert select(sqlite_url, REASONS) == [(60, "already past when it became known")]


async def test_a_declared_contest_is_not_reminded(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await room.move_to(at("02:00"))
        await say(room, "02:40", "Labour gain Tamworth from the Conservatives.", id="result")
        assert await room.headings(PostKind.DECLARATION)

        for moment in ("02:45", "03:00", "03:30", "09:00"):
            await room.move_to(at(moment))

        assert [due for due, _ in await reminders(room)] == ["02:00"]


async def test_a_declaration_that_is_taken_back_is_waited_for_again(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        await say(room, "02:40", "Labour gain Tamworth from the Conservatives.", id="result")
        assert await due_times(room) == []

        await take_down(room, "02:50", id="result")

        assert await due_times(room) == ["03:00", "03:30"]
        assert await reminders(room) == []


async def test_a_turnout_that_is_known_is_not_waited_for(sqlite_url: str) -> None:
    contests = [plan(turnout="around 00:30")]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()
        await say(room, "00:10", "Turnout in Tamworth is 35.9 per cent.")

        assert await due_times(room) == []


async def test_boxes_that_arrived_are_not_waited_for(sqlite_url: str) -> None:
    contests = [plan(boxes="around 23:30")]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()
        await say(room, "22:50", "The first ballot boxes have arrived at the count for Tamworth.")

        assert await due_times(room) == []


async def test_a_contest_that_left_the_night_file_is_not_reminded(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()

    other = [plan(MID_BEDFORDSHIRE)]
    async with open_room(sqlite_url, clock=clock("02:00"), contests=other) as room:
        await room.start()

        assert await reminders(room) == []
        assert select(sqlite_url, REASONS) == [(60, "its contest is no longer in the night file")]


# ── Restarts ─────────────────────────────────────────────────────────────────────────────────


async def test_what_was_sent_is_not_sent_again_after_a_restart(sqlite_url: str) -> None:
    for _ in range(3):
        async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
            await room.start()
            await room.move_to(at("02:00"))
            await room.move_to(at("02:45"))
            assert [due for due, _ in await reminders(room)] == ["02:00", "02:45"]


async def test_a_moved_time_is_kept_over_a_restart(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=PLANNED[:1]) as room:
        await room.start()
        await say(room, "00:14", "The result in Tamworth is expected around 3am.")

    async with open_room(sqlite_url, clock=clock("00:20"), contests=PLANNED[:1]) as room:
        await room.start()

        assert await due_times(room) == ["02:00", "02:45", "03:00", "03:30"]


async def test_what_fell_due_while_down_is_sent_at_the_start_and_says_how_late(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()

    async with open_room(sqlite_url, clock=clock("02:20"), contests=THREE) as room:
        await room.start()

        ((_, post),) = await room.told(PostKind.REMINDER)
        assert post.late == timedelta(minutes=20)
        assert post.heading == "Tamworth: declaration expected in 40 minutes"
        assert await due_times(room) == ["02:45", "03:00", "03:30"]


async def test_of_what_fell_due_while_down_only_the_last_is_sent(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()

    async with open_room(sqlite_url, clock=clock("02:50"), contests=THREE) as room:
        await room.start()

        assert [due for due, _ in await reminders(room)] == ["02:45"]
        assert select(sqlite_url, REASONS) == [
            (60, "a later reminder of the same milestone is due too")
        ]


async def test_a_reminder_whose_milestone_has_passed_is_left_out(sqlite_url: str) -> None:
    contests = [plan(remind=(60, 15), turnout="around 00:30")]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()
        await room.move_to(at("23:30"))

    async with open_room(sqlite_url, clock=clock("00:31"), contests=contests) as room:
        await room.start()

        assert [due for due, _ in await reminders(room)] == ["23:30"]
        assert select(sqlite_url, REASONS) == [(15, "its milestone has passed")]


async def test_a_milestone_of_hours_ago_is_left_out(sqlite_url: str) -> None:
    contests = [plan(remind=(0,), turnout="around 00:30")]
    async with open_room(sqlite_url, clock=clock(), contests=contests) as room:
        await room.start()

    async with open_room(sqlite_url, clock=clock("03:00"), contests=contests) as room:
        await room.start()

        assert await reminders(room) == []
        assert select(sqlite_url, REASONS) == [(0, "its milestone passed hours ago")]


async def test_a_declaration_that_is_long_overdue_at_the_start_is_said_so_once(
    sqlite_url: str,
) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()

    for _ in range(2):
        async with open_room(sqlite_url, clock=clock("06:00"), contests=THREE) as room:
            await room.start()
            assert await reminders(room) == [("03:30", "Tamworth: declaration overdue")]


async def test_a_first_start_in_the_middle_of_the_night_makes_up_for_nothing(
    sqlite_url: str,
) -> None:
    contests = [plan(polls_close="22:00", turnout="around 00:30", declaration="around 03:00")]
    async with open_room(sqlite_url, clock=clock("02:30"), contests=contests) as room:
        await room.start()

        assert await reminders(room) == []
        assert await due_times(room) == ["02:45", "03:00", "03:30"]


async def test_a_reminder_that_could_not_be_queued_still_waits(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        armed = (await room.store.reminders.armed(IN_THE_END))[0]
        post = Post(kind=PostKind.REMINDER, heading="half a pair: \ud800", at=at("02:00"))
        unsound = Announcement(
            kind=Follow.REMINDERS,
            contests=frozenset(),
            key=DeliveryKey(subject="reminder:1", version=1),
            post=post,
        )

        with pytest.raises(ValueError, match="surrogates"):
            await room.store.reminders.deliver([armed.id], unsound, at("02:00"))

        await room.move_to(at("02:00"))
        assert [due for due, _ in await reminders(room)] == ["02:00"]


# ── Twice at once ────────────────────────────────────────────────────────────────────────────


async def test_nothing_goes_out_twice_when_alarms_ring_together(sqlite_url: str) -> None:
    async with open_room(sqlite_url, clock=clock(), contests=THREE) as room:
        await room.start()
        due = at("02:00")

        await asyncio.gather(*(room.diary.deliver_due(due) for _ in range(8)), room.diary.look())

        assert [due for due, _ in await reminders(room)] == ["02:00"]
        assert len(room.queued) == 1


async def test_nothing_goes_out_twice_where_two_programs_keep_the_diary(
    database_url: str,
) -> None:
    async with (
        open_room(database_url, clock=clock(), contests=THREE) as one,
        open_room(database_url, clock=clock(), contests=THREE) as other,
    ):
        await one.start()
        for due in ("02:00", "02:45"):
            await asyncio.gather(
                *(room.diary.deliver_due(at(due)) for _ in range(4) for room in (one, other))
            )

        assert [due for due, _ in await reminders(one)] == ["02:00", "02:45"]
        assert len(one.queued) + len(other.queued) == 2


# ── Alarms ───────────────────────────────────────────────────────────────────────────────────


class Bell:
    """Rings when so many posts were queued."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.reached = asyncio.Event()

    def __call__(self) -> None:
        self.wanted -= 1
        if self.wanted <= 0:
            self.reached.set()


def diary_of(room: Room, bell: Bell, *, faults: int = 0) -> Diary:
    """A diary of its own for a room, with a wording that breaks so many times."""
    left = faults

    def brittle(event: Event) -> Post:
        nonlocal left
        if left:
            left -= 1
            raise RuntimeError("a wording with a fault")
        return word(event)

    return Diary(
        rows=room.store.reminders,
        asked=room.store.asked,
        newsroom_at=room.store.newsroom,
        word=brittle,
        clock=room.clock,
        queued=bell,
    )


async def test_alarms_ring_by_themselves(sqlite_url: str) -> None:
    night = ReplayClock(at("22:50"), speed=5_000)
    contests = [
        plan(TAMWORTH, remind=(0,), boxes="around 23:00", turnout="around 23:40"),
        plan(MID_BEDFORDSHIRE, remind=(0,), boxes="around 23:20", turnout="around 00:00"),
    ]
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        bell = Bell(4)
        diary = diary_of(room, bell)
        diary.start()
        night.begin()
        await diary.look()
        async with asyncio.timeout(20):
            await bell.reached.wait()
        diary.stop()

        assert [due for due, _ in await reminders(room)] == ["23:00", "23:20", "23:40", "00:00"]
        assert await room.store.reminders.armed(IN_THE_END) == []


async def test_an_alarm_of_a_time_that_moved_does_not_ring(sqlite_url: str) -> None:
    night = ReplayClock(at("01:30"), speed=20_000)
    contests = [plan(remind=(), declaration="around 02:00")]
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        bell = Bell(1)
        diary = diary_of(room, bell)
        diary.start()
        await diary.look()
        later = [plan(remind=(), declaration="around 03:00")]
        await room.store.night.install(later, [following()], night.now())
        await diary.look()
        night.begin()
        await diary.look()
        async with asyncio.timeout(20):
            await bell.reached.wait()
        diary.stop()

        assert [due for due, _ in await reminders(room)] == ["03:30"]


class Overslept(StoppedClock):
    """A machine that slept through the moment at which its alarms were to ring."""

    def wall(self, instant: datetime) -> datetime:
        return datetime.now(UTC) - timedelta(minutes=5)


async def test_an_alarm_that_rings_late_is_not_dropped(sqlite_url: str) -> None:
    contests = [plan(remind=(15,), turnout="around 00:30")]
    clock = Overslept(at("00:00"))
    async with open_room(sqlite_url, clock=clock, contests=contests) as room:
        bell = Bell(1)
        diary = diary_of(room, bell)
        await diary.look()
        clock.moment = at("00:20")
        diary.start()
        async with asyncio.timeout(10):
            await bell.reached.wait()
        diary.stop()

        assert [due for due, _ in await reminders(room)] == ["00:15"]


async def test_an_alarm_waits_for_a_night_that_waits(sqlite_url: str) -> None:
    night = ReplayClock(at("01:59"), speed=600, longest_step=timedelta(seconds=20))
    contests = [plan(remind=(60,), declaration="around 03:00")]
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        bell = Bell(1)
        diary = diary_of(room, bell)
        diary.start()
        night.begin()
        await diary.look()
        async with asyncio.timeout(20):
            await bell.reached.wait()
        diary.stop()

        assert night.now() >= at("02:00") - timedelta(seconds=5)


async def test_an_alarm_that_broke_rings_again(sqlite_url: str) -> None:
    night = ReplayClock(at("01:59"), speed=600)
    contests = [plan(remind=(60,), declaration="around 03:00")]
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        bell = Bell(1)
        diary = diary_of(room, bell, faults=2)
        diary.start()
        night.begin()
        # Where this machine is slow, the alarm rings and breaks in here.
        with suppress(RuntimeError):
            await diary.look()
        async with asyncio.timeout(10):
            await bell.reached.wait()
        diary.stop()

        assert [due for due, _ in await reminders(room)] == ["02:00"]


# ── Nights on which the clocks change ────────────────────────────────────────────────────────

AUTUMN, SPRING = date(2023, 10, 28), date(2024, 3, 30)
NIGHTS = pytest.mark.parametrize(
    ("polling_day", "expected", "due"),
    [
        # 01:30 comes twice: the first, in BST, is meant.
        (AUTUMN, "01:30", datetime(2023, 10, 28, 23, 30, tzinfo=UTC)),
        # An hour before 02:30 GMT is the second 01:30.
        (AUTUMN, "02:30", datetime(2023, 10, 29, 1, 30, tzinfo=UTC)),
        (SPRING, "00:30", datetime(2024, 3, 30, 23, 30, tzinfo=UTC)),
        # 01:30 does not come at all: an hour before 02:30 BST is 00:30 GMT.
        (SPRING, "02:30", datetime(2024, 3, 31, 0, 30, tzinfo=UTC)),
    ],
)


def on(polling_day: date) -> Contest:
    return replace(TAMWORTH, id=f"parl.tamworth.by.{polling_day}", polling_day=polling_day)


@NIGHTS
async def test_a_reminder_comes_at_the_right_instant_when_clocks_change(
    sqlite_url: str, polling_day: date, expected: str, due: datetime
) -> None:
    contests = [plan(on(polling_day), remind=(60,), declaration=expected)]
    night = StoppedClock(due - timedelta(hours=3))
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        await room.start()
        for minutes in (-61, -60, -59, -1):
            await room.move_to(due + timedelta(minutes=minutes))
        assert await room.told(PostKind.REMINDER) == []
        for minutes in (0, 1, 59, 60, 61):
            await room.move_to(due + timedelta(minutes=minutes))

        ((_, post),) = await room.told(PostKind.REMINDER)
        assert post.at == due
        assert post.late is None
        assert f"Expected at {expected}" in str(post.body)


@NIGHTS
async def test_an_alarm_rings_once_when_clocks_change(
    sqlite_url: str, polling_day: date, expected: str, due: datetime
) -> None:
    contests = [plan(on(polling_day), remind=(60,), declaration=expected)]
    night = ReplayClock(due - timedelta(minutes=5), speed=6_000)
    async with open_room(sqlite_url, clock=night, contests=contests) as room:
        bell = Bell(2)
        diary = diary_of(room, bell)
        diary.start()
        night.begin()
        await diary.look()
        async with asyncio.timeout(20):
            # The second is that it is overdue, an hour and a half after the first.
            await bell.reached.wait()
        diary.stop()

        told = [post.at for _, post in await room.told(PostKind.REMINDER)]
        assert told == [due, due + timedelta(minutes=90)]
