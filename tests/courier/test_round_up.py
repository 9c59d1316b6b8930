"""What a channel missed for long: one message for the news, everything else in full."""

import asyncio
from datetime import timedelta

import pytest

from bot.chat.post import PostKind
from bot.clocks import StoppedClock
from bot.errors import DeliveryError
from bot.lanes import Backlog
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import (
    NOW,
    change,
    channel,
    empty,
    lane_of,
    say,
    say_all,
    serve,
    tell,
    waits,
)
from tests.wire import RecordingPlatform

HERE = channel("here")
LATER = StoppedClock(NOW + timedelta(minutes=6))
ENTRIES = [f"entry-{n}" for n in range(12)]


def words(*struck: str, left_out: str = "", edited: str = "") -> str:
    """What the round-up of the twelve entries says."""
    return ", ".join(
        f"{'~' if one in struck else ''}{one} {2 if one in (*struck, edited) else 1}"
        for one in ENTRIES
        if one != left_out
    )


@pytest.fixture
async def missed(each_store: Store) -> Store:
    """A channel that has missed twelve entries."""
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES)
    return each_store


# ── When ─────────────────────────────────────────────────────────────────────────────────────


async def test_more_than_ten_items_that_wait_for_long_go_out_as_one_message(missed: Store) -> None:
    platform = RecordingPlatform()

    left = await empty(missed, platform, clock=LATER)

    assert (left.delivered, left.seconds) == (1, None)
    assert platform.headings("here") == [words()]
    assert [post.kind for post in platform.standing.values()] == [PostKind.ROUND_UP]
    assert await waits(missed) == []


async def test_a_young_backlog_goes_out_one_by_one(missed: Store) -> None:
    platform = RecordingPlatform()

    await empty(missed, platform, clock=StoppedClock(NOW + timedelta(minutes=5)))

    assert platform.headings("here") == [f"{one} 1" for one in ENTRIES]


async def test_ten_items_go_out_one_by_one_however_long_they_waited(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES[:10])
    platform = RecordingPlatform()

    await empty(each_store, platform, clock=StoppedClock(NOW + timedelta(days=1)))

    assert platform.headings("here") == [f"{one} 1" for one in ENTRIES[:10]]


# ── What ─────────────────────────────────────────────────────────────────────────────────────


async def test_declarations_and_what_changes_a_standing_message_are_said_in_full(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "stands")
    await say(each_store, "falls")
    await empty(each_store, platform)
    await say_all(each_store, *ENTRIES[:6])
    await tell(each_store, "declared:tamworth", PostKind.DECLARATION)
    await say(each_store, "stands", 2)
    await say(each_store, "falls", 2, withdrawn="taken down")
    await tell(each_store, "notice", PostKind.NOTICE)
    await tell(each_store, "timetable", PostKind.TIMETABLE)
    await tell(each_store, "reminder", PostKind.REMINDER)

    await empty(each_store, platform, clock=LATER)

    assert platform.headings("here") == [
        "stands 2",
        "falls 2",
        "declared:tamworth 1",
        "notice 1",
        ", ".join([*(f"{one} 1" for one in ENTRIES[:6]), "timetable 1", "reminder 1"]),
    ]
    assert [post.withdrawn for post in platform.standing.values()][:2] == [None, "taken down"]
    assert await waits(each_store) == []


async def test_an_entry_is_rounded_up_as_it_stands_now(missed: Store) -> None:
    await say(missed, "entry-3", 2)
    platform = RecordingPlatform()

    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(edited="entry-3")]


async def test_what_was_taken_back_before_is_never_said(missed: Store) -> None:
    await say(missed, "entry-3", 2, withdrawn="taken down")
    platform = RecordingPlatform()

    await empty(missed, platform, clock=LATER)
    assert platform.headings("here") == [words(left_out="entry-3")]
    await say(missed, "entry-4", 2)
    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(left_out="entry-3", edited="entry-4")]


async def test_what_was_taken_back_before_and_comes_back_is_posted(missed: Store) -> None:
    await say(missed, "entry-3", 2, withdrawn="taken down")
    platform = RecordingPlatform()
    await empty(missed, platform, clock=LATER)

    await say(missed, "entry-3", 3)
    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(left_out="entry-3"), "entry-3 3"]


# ── Since ────────────────────────────────────────────────────────────────────────────────────


async def test_an_edit_of_an_entry_in_a_round_up_rewords_the_one_message(missed: Store) -> None:
    platform = RecordingPlatform()
    await empty(missed, platform, clock=LATER)

    await say(missed, "entry-3", 2)
    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(edited="entry-3")]
    (post,) = platform.standing.values()
    assert post.edited == LATER.now()
    assert [what for what, _ in platform.done()] == ["send", "edit"]


async def test_a_withdrawal_of_an_entry_in_a_round_up_is_struck_in_it(missed: Store) -> None:
    platform = RecordingPlatform()
    await empty(missed, platform, clock=LATER)

    for one in ("entry-3", "entry-7"):
        await say(missed, one, 2, withdrawn="taken down")
        await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words("entry-3", "entry-7")]
    assert await waits(missed) == []


async def test_what_is_new_after_a_round_up_is_a_message_of_its_own(missed: Store) -> None:
    platform = RecordingPlatform()
    await empty(missed, platform, clock=LATER)

    await say(missed, "new", when=LATER.now())
    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(), "new 1"]


# ── Kills ────────────────────────────────────────────────────────────────────────────────────


async def test_a_kill_before_it_is_worded_loses_and_doubles_nothing(missed: Store) -> None:
    step = await missed.outbox.advance(await lane_of(missed, HERE), None, LATER.now())
    assert isinstance(step, Backlog)
    platform = RecordingPlatform()

    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words()]


@pytest.mark.parametrize("sent", [False, True], ids=["before it is sent", "after it was sent"])
async def test_a_kill_once_it_is_worded_loses_and_doubles_nothing(
    missed: Store, sent: bool
) -> None:
    platform = RecordingPlatform()
    (platform.lost if sent else platform.refusals)["here"].append(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await empty(missed, platform, clock=LATER)
    await say(missed, "entry-3", 2)

    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(edited="entry-3")]
    assert await waits(missed) == []


async def test_a_version_that_comes_while_it_is_worded_is_in_it_in_the_end(missed: Store) -> None:
    lane = await lane_of(missed, HERE)
    assert isinstance(await missed.outbox.advance(lane, None, LATER.now()), Backlog)
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Not now.", refused=True))
    await empty(missed, platform, clock=LATER)

    await say(missed, "entry-3", 2, withdrawn="taken down")
    await missed.lanes.revive(HERE)
    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words("entry-3")]


# ── Late ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("waited", "late"),
    [
        (timedelta(seconds=59), None),
        (timedelta(minutes=1), timedelta(minutes=1)),
        (timedelta(minutes=7), timedelta(minutes=7)),
    ],
)
async def test_a_reminder_that_waited_says_by_how_much_it_is_late(
    each_store: Store, waited: timedelta, late: timedelta | None
) -> None:
    await serve(each_store, HERE)
    await tell(each_store, "reminder", PostKind.REMINDER)
    await say(each_store, "one")
    platform = RecordingPlatform()

    await empty(each_store, platform, clock=StoppedClock(NOW + waited))

    assert [post.late for post in platform.standing.values()] == [late, None]


async def test_a_reminder_that_waited_for_its_channel_is_late_too(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await tell(each_store, "reminder", PostKind.REMINDER)
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Not now.", refused=True))

    await empty(each_store, platform)
    await each_store.lanes.revive(HERE)
    await empty(each_store, platform, clock=LATER)

    assert [post.late for post in platform.standing.values()] == [timedelta(minutes=6)]


# ── What cannot be read ──────────────────────────────────────────────────────────────────────


def states(url: str, entry: str) -> list[tuple[str]]:
    """What became of each version of an entry."""
    return select(url, f"SELECT state FROM item WHERE subject = 'entry:{entry}' ORDER BY id")


async def test_what_cannot_be_read_holds_up_no_round_up(missed: Store, database_url: str) -> None:
    assert change(database_url, "UPDATE item SET post = '{}' WHERE subject = 'entry:entry-3'")
    platform = RecordingPlatform()

    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(left_out="entry-3")]
    assert states(database_url, "entry-3") == [("dead",)]


async def test_a_change_that_cannot_be_read_holds_up_no_other_of_the_same_round_up(
    missed: Store, database_url: str
) -> None:
    platform = RecordingPlatform()
    await empty(missed, platform, clock=LATER)
    await say(missed, "entry-4", 2)
    await say(missed, "entry-3", 2)
    damaged = "UPDATE item SET post = '{}' WHERE subject = 'entry:entry-3' AND version = 2"
    assert change(database_url, damaged)

    await empty(missed, platform, clock=LATER)

    assert platform.headings("here") == [words(edited="entry-4")]
    assert states(database_url, "entry-3") == [("in round-up",), ("dead",)]
