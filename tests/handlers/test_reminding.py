from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.chat.ask import Channel
from bot.chat.events import AskedFor
from bot.chat.post import PostKind
from bot.controls import Asked
from bot.election.clock import read_time
from bot.election.contest import MilestoneKind
from bot.errors import DeliveryError
from handlers.alerts.asked import asked
from tests.fakes import Facts, FakeChannels
from tests.handlers.night import HERE, KNOWN, NOW, answer, expecting, uk
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

ALONE = Channel(platform="slack", id="alone with U1")
FACTS = replace(
    KNOWN,
    expected=(
        *KNOWN.expected,
        expecting(TAMWORTH, MilestoneKind.POLLS_CLOSE, uk(22), approximate=False),
        expecting(MID_BEDFORDSHIRE, MilestoneKind.POLLS_CLOSE, uk(22), approximate=False),
        expecting(MID_BEDFORDSHIRE, MilestoneKind.BOXES, uk(23, 30)),
    ),
)
EARLY, LATE = uk(20), uk(23, 50)


@pytest.fixture
def channels() -> FakeChannels:
    return FakeChannels()


async def kept(typed: str, now: datetime, channels: FakeChannels, facts: Facts = FACTS) -> Asked:
    reply = await answer(typed, facts, now, channels)
    assert not reply.error, reply.title
    assert reply.command == "remind"
    (one,) = channels.asked
    assert reply.value == one.id
    return one


@pytest.mark.parametrize(
    ("now", "typed", "due", "words"),
    [
        (EARLY, "remind us at 22:15", uk(22, 15), ""),
        (EARLY, "remind us at 10:15", uk(22, 15), ""),
        (EARLY, "remind us at 01:30 to file the early story", uk(1, 30), "file the early story"),
        (EARLY, "remind us at 1:30am to file", uk(1, 30), "file"),
        (EARLY, "remind us at midnight to file", uk(0), "file"),
        (EARLY, "remind us in 20 minutes", uk(20, 20), ""),
        (EARLY, "remind us in 5 hours to call the desk", uk(1), "call the desk"),
        (LATE, "remind us at 01:30 to file", uk(1, 30), "file"),
        (LATE, "remind us at 1:30 to file", uk(1, 30), "file"),
        (LATE, "Remind Us At 1.30am to file", uk(1, 30), "file"),
        (LATE, "remind us at 12:30 to file", uk(0, 30), "file"),
        (LATE, "remind us 01:30", uk(1, 30), ""),
        (LATE, "remind us at 23:55 that it is late", uk(23, 55), "it is late"),
        (LATE, "remind us in 20 minutes to call", uk(0, 10), "call"),
        (LATE, "remind us in half an hour to call", uk(0, 20), "call"),
        (LATE, "remind us at quarter to 6 to file", uk(5, 45), "file"),
        (LATE, "remind us at half past two about the photos", uk(2, 30), "the photos"),
        (LATE, "remind us to file at 01:30", uk(1, 30), "file"),
        (LATE, "remind us to call the desk in 20 minutes", uk(0, 10), "call the desk"),
        (LATE, "remind us to look in at Mid Beds at 2am", uk(2), "look in at Mid Beds"),
        (LATE, "please remind us at 01:30", uk(1, 30), ""),
        (LATE, "can you remind us at 01:30 to file?", uk(1, 30), "file"),
        (LATE, "remember to file at 01:30", uk(1, 30), "file"),
        (NOW, "remind us at 01:30 to file", uk(1, 30), "file"),
        (NOW, "remind us at 3 to file", uk(3), "file"),
        (NOW, "remind us at 9am to sleep", uk(9), "sleep"),
        (NOW, "remind us in an hour", uk(1, 45), ""),
        (uk(5), "remind us at 11:30", uk(11, 30), ""),
    ],
)
async def test_a_reminder_at_a_time(channels, now, typed, due, words):
    one = await kept(typed, now, channels)
    assert (one.due, one.words, one.kind, one.channel) == (due, words, None, HERE)
    assert one.due.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("now", "typed", "due", "contest", "kind", "words"),
    [
        (NOW, "remind us 30m before Tamworth", uk(2, 30), TAMWORTH, "DECLARATION", ""),
        (NOW, "remind us 30 mins before tamworth", uk(2, 30), TAMWORTH, "DECLARATION", ""),
        (NOW, "remind us half an hour before Tamworth declares", uk(2, 30), TAMWORTH,
         "DECLARATION", ""),
        (NOW, "remind us an hour before the result in Mid Beds", uk(2, 10), MID_BEDFORDSHIRE,
         "DECLARATION", ""),
        (NOW, "remind us 1h30 before Tamworth", uk(1, 30), TAMWORTH, "DECLARATION", ""),
        (NOW, "remind us ten minutes before mid beds", uk(3), MID_BEDFORDSHIRE,
         "DECLARATION", ""),
        (NOW, "remind us 10m before Tamworth to file", uk(2, 50), TAMWORTH, "DECLARATION", "file"),
        (NOW, "remind us to file 10m before Tamworth", uk(2, 50), TAMWORTH, "DECLARATION", "file"),
        (EARLY, "remind us 10 mins before polls close", uk(21, 50), MID_BEDFORDSHIRE,
         "POLLS_CLOSE", ""),
        (EARLY, "remind us 1h before the turnout in Tamworth", uk(23, 30), TAMWORTH,
         "TURNOUT", ""),
        (EARLY, "remind us 5m before the boxes arrive in Mid Beds", uk(23, 25),
         MID_BEDFORDSHIRE, "BOXES", ""),
        (LATE, "remind us 30m before Tamworth", uk(2, 30), TAMWORTH, "DECLARATION", ""),
    ],
)  # fmt: skip
async def test_a_reminder_ahead_of_what_is_expected(
    channels, now, typed, due, contest, kind, words
):
    one = await kept(typed, now, channels)
    assert (one.due, one.words, one.contest_id) == (due, words, contest.id)
    assert one.kind is MilestoneKind[kind]


SPRING, AUTUMN = date(2023, 3, 25), date(2023, 10, 28)


@pytest.mark.parametrize(
    ("polling_day", "now", "typed", "due"),
    [
        (SPRING, (25, 23, 0), "remind us at 00:30", (26, 0, 30)),
        (SPRING, (25, 23, 0), "remind us at 02:30", (26, 1, 30)),
        (SPRING, (26, 0, 45), "remind us in 20 minutes", (26, 1, 5)),
        (SPRING, (26, 0, 45), "remind us at 02:10", (26, 1, 10)),
        (AUTUMN, (28, 22, 0), "remind us at 00:30", (28, 23, 30)),
        (AUTUMN, (28, 22, 0), "remind us at 01:30", (29, 0, 30)),
        (AUTUMN, (28, 22, 0), "remind us at 01:30 GMT", (29, 1, 30)),
        (AUTUMN, (28, 22, 0), "remind us at 02:30", (29, 2, 30)),
        (AUTUMN, (29, 0, 45), "remind us in 20 minutes", (29, 1, 5)),
    ],
)
async def test_a_reminder_on_a_night_when_clocks_change(channels, polling_day, now, typed, due):
    month = polling_day.month

    def utc(day: int, hour: int, minute: int) -> datetime:
        return datetime(2023, month, day, hour, minute, tzinfo=UTC)

    one = await kept(typed, utc(*now), channels, Facts(contests=()))
    assert one.due == utc(*due)


async def test_a_time_that_clocks_skip_is_told(channels):
    now = datetime(2023, 3, 25, 23, tzinfo=UTC)
    reply = await answer("remind us at 01:30", Facts(contests=()), now, channels)
    assert reply.error
    assert "01:30 does not exist on the night" in reply.title
    assert channels.changes == 0


@pytest.mark.parametrize(
    ("now", "typed", "says"),
    [
        (NOW, "remind us at 00:30 to file", "00:30 has passed; it is 00:45 now."),
        (NOW, "remind us at 23:00", "23:00 has passed; it is 00:45 now."),
        (NOW, "remind us 3h before Tamworth", "3 hours before that has passed."),
        (NOW, "remind us 10m before polls close", "10 minutes before that has passed."),
        (NOW, "remind us 10m before Atlantis", "I do not know what “Atlantis” is."),
        (NOW, "remind us 10m before Atlantis to file", "I do not know what “Atlantis” is."),
        (NOW, "remind us 10m before boxes in Tamworth", "Nobody has said when to expect Tamworth"),
        (NOW, "remind us before Tamworth", "“before Tamworth” is not a clock time."),
        (NOW, "remind us at teatime", "is not a clock time."),
        (NOW, "remind us to file", "is not a clock time."),
    ],
)
async def test_what_cannot_be_reminded_of_is_told_and_nothing_is_kept(channels, now, typed, says):
    reply = await answer(typed, FACTS, now, channels)
    assert reply.error
    assert says in reply.title
    assert channels.changes == 0


@pytest.mark.parametrize(("whom", "place"), [("us", HERE), ("me", ALONE)])
async def test_where_seats_declare_at_their_own_times_it_is_asked_which(channels, whom, place):
    typed = f"remind {whom} 10m before the declaration to file"
    reply = await answer(typed, FACTS, NOW, channels)
    assert (reply.title, reply.error) == ("Which seat?", True)
    assert channels.changes == 0
    picked = await answer(reply.choices[0].ask, FACTS, NOW, channels)
    assert not picked.error
    # Whoever picks gets what was asked for, and nobody else.
    (one,) = channels.asked
    assert (one.channel, one.minutes, one.words) == (place, 10, "file")


@pytest.mark.parametrize("typed", ["remind", "remind me", "remind us", "Remind us?"])
async def test_remind_alone_says_how(channels, typed):
    reply = await answer(typed, FACTS, NOW, channels)
    assert reply.title == "Remind you of what, and when?"
    assert [choice.form for choice in reply.choices] == ["remind"]
    assert channels.changes == 0


@pytest.mark.parametrize(
    "typed", ["remind me at 01:30 to file", "Remind Me 30m before Tamworth", "remind me in 5m"]
)
async def test_me_is_reminded_alone(channels, typed):
    reply = await answer(typed, FACTS, NOW, channels)
    assert reply.title.startswith("I remind you at ")
    assert [one.channel for one in channels.asked] == [ALONE]


async def test_reminders_are_listed_and_forgotten_by_their_number(channels):
    await answer("remind us 30m before Tamworth", FACTS, NOW, channels)
    await answer("remind us at 01:30 to file", FACTS, NOW, channels)
    await answer("remind me at 01:40 to file", FACTS, NOW, channels)
    await answer("remind me when Tamworth declares to call home", FACTS, NOW, channels)
    listed = await answer("reminders", FACTS, NOW, channels)
    assert (listed.title, listed.private, listed.secret) == ("4 reminders to come", True, True)
    assert listed.table is not None
    assert listed.table.rows == (
        ("2", "01:30", "file", "Ann"),
        ("1", "02:30", "30 minutes before Tamworth, declaration", "Ann"),
        ("3", "01:40", "file", "you, to you alone"),
        ("4", "when Tamworth declares", "call home", "you, to you alone"),
    )
    gone = await answer(listed.choices[0].ask, FACTS, NOW, channels)
    assert (gone.title, gone.private) == ("Forgotten: file, at 01:30", False)
    gone = await answer("forget 4", FACTS, NOW, channels)
    assert (gone.title, gone.private) == ("Forgotten: when Tamworth declares: call home", True)
    assert [one.id for one in channels.asked] == [1, 3]


async def test_what_somebody_is_reminded_of_alone_nobody_else_sees_or_forgets(channels):
    bob = Channel(platform="slack", id="alone with U2")
    await channels.remind(Asked(channel=bob, author="Bob", due=uk(2), words="lawyer"))
    for typed in ("reminders", "forget 1"):
        reply = await answer(typed, FACTS, NOW, channels)
        assert "lawyer" not in f"{reply}"
    assert (await answer("reminders", FACTS, NOW, channels)).private is False
    assert len(channels.asked) == 1


async def test_a_list_does_not_fail_where_no_direct_messages_can_be_opened(channels, monkeypatch):
    async def fail(author):
        raise DeliveryError("Slack does not answer.")

    await answer("remind us at 01:30 to file", FACTS, NOW, channels)
    monkeypatch.setattr(channels, "direct", fail)
    listed = await answer("reminders", FACTS, NOW, channels)
    assert (listed.title, listed.error) == ("1 reminder to come", False)
    assert (await answer("forget 1", FACTS, NOW, channels)).title == "Forgotten: file, at 01:30"


@pytest.mark.parametrize(
    "typed",
    ["forget", "forget 77", "forget 4", "forget 1 and 2", "forget it", "forget 12345678901",
     "don't remind us at 1:30", "forget 01:30", "do not remind us at 01.30"],
)  # fmt: skip
async def test_only_one_reminder_of_the_channel_is_forgotten_by_its_own_number(channels, typed):
    for words in ("us at 01:30", "us at 01:40", "me at 01:50"):
        await answer(f"remind {words}", FACTS, NOW, channels)
    reply = await answer(typed, FACTS, NOW, channels)
    assert (reply.command, reply.error) == (None, True)
    assert reply.title.startswith("Say the number of one reminder")
    assert len(channels.asked) == 3


@pytest.mark.parametrize("typed", ["forget 1", "Forget #1.", "forget reminder 1 please",
                                   "cancel reminder 1"])  # fmt: skip
async def test_a_reminder_is_forgotten_in_the_words_people_use(channels, typed):
    await answer("remind us at 01:30", FACTS, NOW, channels)
    assert (await answer(typed, FACTS, NOW, channels)).title == "Forgotten: it is time, at 01:30"
    assert channels.asked == []


async def test_where_no_reminder_was_asked_for_it_is_said(channels):
    reply = await answer("reminders", FACTS, NOW, channels)
    assert (reply.title, reply.error) == ("No reminder was asked for here", False)


# ── The reminder itself ──────────────────────────────────────────────────────────────────────


def event(**known) -> AskedFor:
    return AskedFor(**({"author": "Ann", "due": uk(2, 30), "words": ""} | known))


def body(post) -> list[str]:
    return ["".join(span.text for span in block.spans) for block in post.body]


EXPECTED = read_time("around 03:00", polling_day=TAMWORTH.polling_day)
WAITING = {"contest": TAMWORTH, "kind": MilestoneKind.DECLARATION, "expected": EXPECTED}


@pytest.mark.parametrize(
    ("known", "heading", "detail"),
    [
        ({"words": "file"}, "file", []),
        ({}, "It is time", []),
        (WAITING, "Tamworth: declaration in 30 minutes", ["Expected around 03:00."]),
        (
            WAITING | {"words": "file"},
            "file (Tamworth: declaration in 30 minutes)",
            ["Expected around 03:00."],
        ),
        (WAITING | {"due": uk(3)}, "Tamworth: declaration about now", []),
        (
            WAITING | {"late": timedelta(minutes=10)},
            "Tamworth: declaration in 20 minutes",
            ["Expected around 03:00."],
        ),
        (
            WAITING | {"over": True},
            "Tamworth: declaration has come",
            ["There is nothing left to wait for."],
        ),
    ],
)
def test_a_reminder_says_what_it_is_of_and_who_asked(known, heading, detail):
    post = asked.word(event(**known))
    assert (post.kind, post.heading) == (PostKind.REMINDER, heading)
    assert body(post) == [*detail, "Ann asked for this."]
    assert post.at == known.get("due", uk(2, 30))
