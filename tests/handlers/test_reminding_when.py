"""Reminders that wait for a count to come so far: what is asked, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.chat.ask import Channel
from bot.chat.events import AskedFor
from bot.chat.post import PostKind
from bot.election.contest import Stage
from bot.ports import WHEN_IT_COMES
from handlers.alerts.asked import asked
from tests.fakes import Facts, FakeChannels
from tests.handlers.night import BLOG, DECLARED, FULL, HERE, KNOWN, NOW, answer, reported, uk
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

ALONE = Channel(platform="slack", id="alone with U1")
ONE_SEAT = Facts(contests=(TAMWORTH,))


@pytest.fixture
def channels() -> FakeChannels:
    return FakeChannels()


@pytest.mark.parametrize(
    ("typed", "contest", "stage", "words"),
    [
        ("when Tamworth declares", TAMWORTH, Stage.DECLARED, ""),
        ("when tamworth declares", TAMWORTH, Stage.DECLARED, ""),
        ("as soon as tamworth has declared", TAMWORTH, Stage.DECLARED, ""),
        ("once there is a result in Mid Beds", MID_BEDFORDSHIRE, Stage.DECLARED, ""),
        ("when the Tamworth result is in", TAMWORTH, Stage.DECLARED, ""),
        ("when Tamworth's result is known", TAMWORTH, Stage.DECLARED, ""),
        ("when the declaration comes in Tamworth", TAMWORTH, Stage.DECLARED, ""),
        ("when Tamworth declares to file", TAMWORTH, Stage.DECLARED, "file"),
        ("to file the story when Tamworth declares", TAMWORTH, Stage.DECLARED, "file the story"),
        ("when Mid Beds is verified", MID_BEDFORDSHIRE, Stage.VERIFIED, ""),
        ("when verification is complete in mid beds", MID_BEDFORDSHIRE, Stage.VERIFIED, ""),
        ("when Mid Beds goes to a recount", MID_BEDFORDSHIRE, Stage.RECOUNT, ""),
        ("if there is a recount in Tamworth", TAMWORTH, Stage.RECOUNT, ""),
        ("if Tamworth goes to a recount to call Ann", TAMWORTH, Stage.RECOUNT, "call Ann"),
        ("when Mid Beds begins to count", MID_BEDFORDSHIRE, Stage.COUNTING, ""),
        ("when counting starts in Mid Beds", MID_BEDFORDSHIRE, Stage.COUNTING, ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("whom", "place"), [("us", HERE), ("me", ALONE)])
async def test_a_reminder_for_when_a_seat_comes_so_far(
    channels, typed, contest, stage, words, whom, place
):
    reply = await answer(f"remind {whom} {typed}", KNOWN, NOW, channels)
    assert not reply.error, reply.title
    (one,) = channels.asked
    assert (one.contest_id, one.stage, one.words) == (contest.id, stage, words)
    assert (one.channel, one.kind, one.due) == (place, None, WHEN_IT_COMES)
    assert reply.value == one.id


async def test_the_answer_and_the_lists_say_when(channels):
    reply = await answer("remind us when Tamworth declares", KNOWN, NOW, channels)
    assert reply.title == "I remind this channel when Tamworth declares"
    assert reply.lines == ("“forget 1” takes it back.",)
    reply = await answer("remind me when mid beds is verified to file", KNOWN, NOW, channels)
    assert reply.title == "I remind you when Mid Bedfordshire is verified: file"
    listed = await answer("reminders", KNOWN, NOW, channels)
    assert listed.table is not None
    assert [row[1:3] for row in listed.table.rows] == [
        ("when Tamworth declares", ""), ("when Mid Bedfordshire is verified", "file"),
    ]  # fmt: skip
    gone = await answer("forget 1", KNOWN, NOW, channels)
    assert gone.title == "Forgotten: when Tamworth declares"


@pytest.mark.parametrize(
    "typed",
    ["when Tamworth declares", "when Tamworth is verified", "if Tamworth goes to a recount"],
)
async def test_where_a_seat_has_declared_the_result_is_said_and_nothing_is_kept(channels, typed):
    reply = await answer(f"remind me {typed}", DECLARED, uk(3, 20), channels)
    assert (reply.title, reply.error) == ("Tamworth: Labour gain from Conservatives", False)
    assert "Sarah Edwards is elected." in reply.lines
    assert reply.lines[-1] == "It has declared already, so no reminder is kept."
    assert reply.origin is not None
    assert reply.origin.source == BLOG
    assert (channels.asked, channels.changes) == ([], 0)


async def test_where_a_count_has_come_so_far_it_is_said_and_nothing_is_kept(channels):
    facts = replace(KNOWN, stages={TAMWORTH.id: reported(Stage.RECOUNT, uk(0, 40))})
    for typed in ("is verified", "goes to a recount", "begins to count"):
        reply = await answer(f"remind us when Tamworth {typed}", facts, NOW, channels)
        assert (reply.title, reply.error) == ("Tamworth: recount", False)
    assert channels.changes == 0
    await answer("remind us when Tamworth declares", facts, NOW, channels)
    assert channels.changes == 1


@pytest.mark.parametrize(("whom", "place"), [("us", HERE), ("me", ALONE)])
@pytest.mark.parametrize(
    "stage", [s for s in Stage if s not in (Stage.POLLING, Stage.POLLS_CLOSED)]
)
async def test_it_is_asked_which_seat_and_whoever_picks_gets_what_was_meant(
    channels, whom, place, stage
):
    said = {
        Stage.DECLARED: "the result is in", Stage.VERIFIED: "it is verified",
        Stage.RECOUNT: "there is a recount", Stage.COUNTING: "counting starts",
        Stage.BOXES_ARRIVED: "the boxes arrive",
    }  # fmt: skip
    facts = Facts()
    reply = await answer(f"remind {whom} when {said[stage]} to file", facts, NOW, channels)
    assert (reply.title, reply.error, channels.changes) == ("Which seat?", True, 0)
    picked = await answer(reply.choices[0].ask, facts, NOW, channels)
    assert not picked.error, picked.title
    (one,) = channels.asked
    assert (one.channel, one.stage, one.words) == (place, stage, "file")


async def test_the_only_seat_of_a_night_need_not_be_named(channels):
    await answer("remind us when it declares", ONE_SEAT, NOW, channels)
    assert [one.contest_id for one in channels.asked] == [TAMWORTH.id]


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("when Atlantis declares", "I do not know what “Atlantis” is. Tonight I follow"),
        ("when Tamworth does not declare", "I do not know what “Does Not” is."),
        ("when the recount in Tamworth is over", "I do not know what"),
        ("when Tamworth wakes up", "Say what to wait for: “when Tamworth declares”"),
        ("when", "is not a clock time"),
        ("to file when the cows come home", "is not a clock time"),
    ],
)
async def test_what_cannot_be_waited_for_is_told_and_nothing_is_kept(channels, typed, says):
    reply = await answer(f"remind us {typed}", KNOWN, NOW, channels)
    assert reply.error
    assert says in reply.title
    assert channels.changes == 0


async def test_on_a_day_without_a_count_nothing_is_waited_for(channels):
    now = datetime(2023, 11, 20, tzinfo=UTC)
    reply = await answer("remind us when a seat declares", KNOWN, now, channels)
    assert reply.error
    assert channels.changes == 0


async def test_a_time_comes_before_what_is_asked_then(channels):
    await answer("remind us to ask when Tamworth declares at 01:30", KNOWN, NOW, channels)
    (one,) = channels.asked
    assert (one.due, one.words, one.stage) == (uk(1, 30), "ask when Tamworth declares", None)


async def test_when_polls_close_is_a_time(channels):
    from tests.handlers.test_reminding import EARLY, FACTS

    await answer("remind us when polls close to eat", FACTS, EARLY, channels)
    (one,) = channels.asked
    assert (one.due, one.words, one.minutes) == (uk(22), "eat", 0)
    reply = await answer("remind us when the polls close", FACTS, NOW, channels)
    assert reply.title.endswith("polls close is expected at 22:00; that has passed.")


# ── The reminder itself ──────────────────────────────────────────────────────────────────────


def body(post) -> list[str]:
    return ["".join(span.text for span in block.spans) for block in post.body]


def come(wanted: Stage, **known) -> AskedFor:
    return AskedFor(author="Ann", due=uk(3, 16), contest=TAMWORTH, wanted=wanted, **known)


def test_when_a_seat_declares_the_reminder_has_the_result():
    declared = reported(FULL, uk(3, 16))
    stage = reported(Stage.DECLARED, uk(3, 16))
    post = asked.word(come(Stage.DECLARED, stage=stage, declaration=declared))
    assert (post.kind, post.heading) == (
        PostKind.REMINDER, "Tamworth: Labour gain from Conservatives",
    )  # fmt: skip
    assert body(post)[:2] == ["Sarah Edwards is elected.", "Majority 1,316 (19,634 last time)."]
    assert body(post)[-1] == "Ann asked for this."
    assert (post.source, post.contests, post.late) == (BLOG, ("Tamworth",), None)
    post = asked.word(come(Stage.DECLARED, stage=stage, declaration=declared, words="file"))
    assert post.heading == "file (Tamworth: Labour gain from Conservatives)"


def test_when_a_count_comes_so_far_the_reminder_says_so():
    post = asked.word(come(Stage.VERIFIED, stage=reported(Stage.VERIFIED)))
    assert (post.heading, body(post)) == (
        "Tamworth: verification is complete", ["Ann asked for this."],
    )  # fmt: skip
    post = asked.word(come(Stage.RECOUNT, stage=reported(Stage.RECOUNT)))
    assert post.heading == "Tamworth: recount"


def test_a_recount_that_did_not_come_is_told_with_the_result():
    stage = reported(Stage.DECLARED, uk(3, 16))
    post = asked.word(come(Stage.RECOUNT, stage=stage, declaration=reported(FULL, uk(3, 16))))
    assert post.heading == "Tamworth: Labour gain from Conservatives"
    assert "I know of no recount that is to come." in body(post)
