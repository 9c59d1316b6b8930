from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Ask
from bot.chat.catalogue import Catalogue
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.election.contest import Contest
from bot.errors import StoreError
from bot.ports import Newsroom
from tests.fakes import Facts, FakeNewsroom
from tests.handlers.night import KNOWN, NOW, UNKNOWN, answer, desk, question, uk
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

BATH = replace(TAMWORTH, id="parl.bath.by.2023-10-19", name="Bath")
SOMERTON = replace(TAMWORTH, id="parl.somerton-and-frome.by.2023-10-19", name="Somerton and Frome")
NEW_FOREST = replace(TAMWORTH, id="parl.new-forest-west.by.2023-10-19", name="New Forest West")
HULLS = tuple(
    replace(
        TAMWORTH,
        id=f"parl.kingston-upon-hull-{part.lower()}.2024-07-04",
        name=f"Kingston upon Hull {part}",
        polling_day=date(2024, 7, 4),
    )
    for part in ("East", "North")
)


@pytest.mark.parametrize("name", ["turnout", "result", "majority", "candidates", "when"])
async def test_a_missing_seat_is_asked_for_with_choices(name):
    reply = await answer(f"{name}?")
    assert (reply.title, reply.command, reply.error) == ("Which seat?", name, True)
    assert [choice.ask for choice in reply.choices] == [
        f"{name} Mid Bedfordshire",
        f"{name} Tamworth",
    ]


async def test_a_choice_that_is_picked_is_answered():
    reply = await answer("turnout")
    picked = await answer(reply.choices[1].ask)
    assert (picked.contest, picked.error) == (TAMWORTH.id, False)


async def test_where_only_one_seat_votes_tonight_it_is_meant():
    reply = await answer("turnout?", replace(KNOWN, contests=(TAMWORTH,)))
    assert reply.title == "Tamworth: turnout 35.9%"


async def test_seats_of_other_nights_are_not_offered():
    old = replace(BATH, polling_day=date(2019, 12, 12))
    reply = await answer("turnout", replace(KNOWN, contests=(TAMWORTH, old)))
    assert reply.contest == TAMWORTH.id


async def test_no_more_choices_than_fit():
    many = tuple(
        replace(TAMWORTH, id=f"parl.seat-{n}.2023-10-19", name=f"Seat {n}") for n in range(40)
    )
    assert len((await answer("turnout", Facts(contests=many))).choices) == 10


async def test_a_near_name_is_offered_and_never_picked():
    reply = await answer("turnout Somerset and Frome", Facts(contests=(SOMERTON, TAMWORTH)))
    assert (reply.title, reply.error) == ("Did you mean …", True)
    assert [choice.ask for choice in reply.choices] == ["turnout Somerton and Frome"]


async def test_a_near_name_behind_other_words_is_offered():
    facts = Facts(contests=(SOMERTON, TAMWORTH))
    reply = await answer("was turnout any good in Somerset and Frome?", facts)
    assert [choice.label for choice in reply.choices] == ["Somerton and Frome"]


async def test_a_name_that_two_seats_share_is_asked_back():
    reply = await answer("result Hull", Facts(contests=HULLS))
    assert reply.title == "Did you mean …"
    # Those that vote tonight before the third of them.
    assert [choice.label for choice in reply.choices] == [
        *(contest.name for contest in HULLS),
        "Kingston upon Hull West and Hessle",
    ]


async def test_two_seats_in_one_question_are_compared():
    reply = await answer("what is turnout like in Tamworth and Mid Beds")
    assert reply.command == "compare"
    assert reply.details["contests"] == [TAMWORTH.id, MID_BEDFORDSHIRE.id]


async def test_two_seats_in_a_question_that_is_not_compared_are_asked_back():
    reply = await answer("who is standing in Tamworth and Mid Beds")
    assert reply.title == "Did you mean …"
    assert {choice.label for choice in reply.choices} == {"Tamworth", "Mid Bedfordshire"}


@pytest.mark.parametrize("typed", ["turnout tamwroth", "was turnout low in tamwroth", "tamwroth"])
async def test_a_slip_of_the_fingers_is_understood(typed):
    assert (await answer(typed)).contest == TAMWORTH.id


@pytest.mark.parametrize(
    ("typed", "contests"),
    [
        ("turnout New Forest West", (NEW_FOREST, TAMWORTH)),
        ("the turnout in New Forest West please", (NEW_FOREST, TAMWORTH)),
        ("has New Forest West declared", (NEW_FOREST, TAMWORTH)),
        ("New Forest West", (NEW_FOREST, TAMWORTH)),
    ],
)
async def test_a_name_that_begins_with_a_small_word_is_kept_whole(typed, contests):
    reply = await answer(typed, Facts(contests=contests))
    assert (reply.contest, reply.error) == (NEW_FOREST.id, False)


async def test_no_such_seat_is_not_no_figure():
    reply = await answer("turnout Narnia")
    assert reply.error
    assert reply.title == (
        "I know no such seat as “Narnia”. Tonight I follow Mid Bedfordshire, Tamworth."
    )


async def test_the_latest_of_a_seat_that_is_not_followed_is_not_the_latest_of_all():
    reply = await answer("latest Narnia")
    assert reply.error
    assert "no such seat" in reply.title


OLD = replace(TAMWORTH, id="parl.tamworth.2019-12-12", polling_day=date(2019, 12, 12))
NEXT = replace(TAMWORTH, id="parl.tamworth.2024-07-04", polling_day=date(2024, 7, 4))


@pytest.mark.parametrize(
    ("now", "meant"),
    [
        (NOW, TAMWORTH),
        (datetime(2023, 10, 18, 23, 30, tzinfo=UTC), TAMWORTH),  # 00:30 on polling day
        (datetime(2023, 10, 18, 22, 30, tzinfo=UTC), OLD),
        (datetime(2023, 12, 1, tzinfo=UTC), TAMWORTH),
        (datetime(2024, 7, 5, tzinfo=UTC), NEXT),
        (datetime(2010, 1, 1, tzinfo=UTC), OLD),  # none has voted: the first that will
    ],
)
async def test_of_one_seat_on_several_days_tonights_is_meant_else_the_last(now, meant):
    reply = await answer("candidates Tamworth", Facts(contests=(OLD, TAMWORTH, NEXT)), now)
    assert reply.contest == meant.id


async def test_a_seat_on_several_days_is_found_among_other_words():
    reply = await answer("was turnout low in tamworth", Facts(contests=(OLD, TAMWORTH, NEXT)))
    assert reply.contest == TAMWORTH.id


@pytest.mark.parametrize("empty", ["", "  \n ", "?!", "\u200b"])
async def test_an_empty_question_gets_examples(empty):
    reply = await answer(empty)
    assert reply.error
    assert "turnout Tamworth" in reply.title


@pytest.mark.parametrize(
    "typed",
    [
        "sing me a song",
        "what's the weather in tamworth like",
        "who is the mayor of Tamworth?",
        "is Tamworth nice",
        "x" * 80,
    ],
)
async def test_an_unknown_question_is_not_guessed_at(typed):
    reply = await answer(typed)
    assert reply.error
    assert reply.title.startswith("I do not know how to answer")
    assert typed[:60] in reply.title
    assert len(reply.title) < 250


@pytest.mark.parametrize(
    "typed", ["turnout " + "Tamworth " * 1_100, "x" * 10_000, "has " * 2_500, "… " * 5_000]
)
async def test_a_question_of_ten_thousand_characters_is_answered(typed):
    reply = await answer(typed)
    assert reply.title
    assert len(reply.title) < 300


async def test_seats_of_other_nights_are_not_said_to_be_followed_tonight():
    reply = await answer("turnout Narnia", Facts(contests=(TAMWORTH, OLD, NEXT, *HULLS)))
    assert reply.title.endswith("Tonight I follow Tamworth.")


async def test_many_seats_are_followed_in_few_words():
    many = tuple(
        replace(TAMWORTH, id=f"parl.seat-{n}.2023-10-19", name=f"Seat {n}") for n in range(40)
    )
    reply = await answer("turnout Narnia", Facts(contests=many))
    assert reply.title.endswith("Seat 9 and 30 more.")


async def test_where_no_seat_is_followed_there_is_no_empty_list():
    reply = await answer("turnout Atlantis", Facts(contests=()))
    assert reply.error
    assert reply.title == "I know no such seat as “Atlantis”. No seat votes tonight."


# ── The error boundary ───────────────────────────────────────────────────────────────────────


def breaking(error: Exception) -> Desk:
    @command("turnout", examples=("turnout Tamworth",))
    async def turnout(newsroom: Newsroom, contest: Contest) -> Reply:
        """How many voted."""
        raise error

    @command("when", examples=("when Tamworth",))
    async def when(newsroom: Newsroom) -> Reply:
        """When."""
        return Reply(title="soon")

    return Desk(
        catalogue=Catalogue(commands=(turnout, when), alerts=()),
        newsroom_at=lambda at: FakeNewsroom(UNKNOWN, at),
        clock=StoppedClock(NOW),
    )


async def test_an_error_in_a_handler_is_a_plain_apology_with_a_mark_that_is_in_the_log():
    with capture_logs() as lines:
        reply = await breaking(RuntimeError("secret of the house")).answer(
            question("turnout Tamworth")
        )
    assert reply.error
    assert reply.as_of == NOW
    assert reply.title.startswith("Something went wrong here")
    assert "secret" not in reply.title
    assert "Traceback" not in str(reply)
    (line,) = [line for line in lines if line["event"] == "desk.broke"]
    assert line["mark"] in reply.title
    assert line["log_level"] == "error"
    assert "Tamworth" not in str(line)


async def test_two_errors_have_two_marks():
    broken = breaking(RuntimeError())
    with capture_logs() as lines:
        await broken.answer(question("turnout Tamworth"))
        await broken.answer(question("turnout Tamworth"))
    assert lines[0]["mark"] != lines[1]["mark"]


async def test_an_error_that_has_a_sentence_is_told_with_it():
    with capture_logs() as lines:
        reply = await breaking(StoreError("The database is locked; ask again.")).answer(
            question("turnout Tamworth")
        )
    assert (reply.title, reply.error) == ("The database is locked; ask again.", True)
    assert lines == []


async def test_a_newsroom_that_cannot_be_opened_breaks_nothing():
    def closed(at: datetime) -> Newsroom:
        raise StoreError("The database is gone.")

    shut = Desk(catalogue=Catalogue(commands=(), alerts=()), newsroom_at=closed,
                clock=StoppedClock(NOW))  # fmt: skip
    assert (await shut.answer(question("turnout"))).title == "The database is gone."


async def test_a_house_without_commands_still_answers():
    empty = Desk(
        catalogue=Catalogue(commands=(), alerts=()),
        newsroom_at=lambda at: FakeNewsroom(UNKNOWN, at),
        clock=StoppedClock(NOW),
    )
    with capture_logs() as lines:
        reply = await empty.answer(question("turnout Tamworth"))
    assert reply.title.startswith("I do not know how to answer")
    assert lines == []


async def test_questions_are_counted():
    front = desk()
    for text in ("turnout Tamworth", "nonsense"):
        await front.answer(question(text))
    assert front.answered == 2


async def test_the_moment_moves_with_the_clock():
    clock = StoppedClock(NOW)
    front = Desk(
        catalogue=Catalogue(commands=(), alerts=()),
        newsroom_at=lambda at: FakeNewsroom(UNKNOWN, at),
        clock=clock,
    )
    clock.moment = uk(3)
    assert (await front.answer(question("x"))).as_of == uk(3)
    assert MID_BEDFORDSHIRE in UNKNOWN.contests


async def test_half_characters_and_noughts_never_reach_a_database():
    asked = []

    @command("echo", examples=("echo this",))
    async def echo(newsroom: Newsroom, ask: Ask) -> Reply:
        """What was typed."""
        asked.append(ask.text)
        return Reply(title="Yes")

    echoing = Desk(
        catalogue=Catalogue(commands=(echo,), alerts=()),
        newsroom_at=lambda at: FakeNewsroom(Facts(), at),
        clock=StoppedClock(NOW),
    )
    await echoing.answer(question("echo \ud83d of\0 it"))
    assert asked == ["echo  of it"]
