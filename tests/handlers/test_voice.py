from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from bot.chat.reply import Origin
from bot.election.clock import ClockTime
from bot.election.contest import MilestoneKind, Party, Stage
from bot.election.figure import Standing
from bot.election.result import Declaration, Outcome
from bot.election.turnout import Turnout
from bot.liveblog.markup import BlockKind
from handlers import voice
from tests.handlers.night import BLOG, FIRST_TWO, FULL, counted, reported, uk
from tests.nights.facts import (
    CON,
    GREEN,
    INDEPENDENT,
    LAB,
    LD,
    LOONY,
    MID_BEDFORDSHIRE,
    REFORM,
    TAMWORTH,
)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0"), (999, "999"), (25_630, "25,630"), (1_234_567, "1,234,567")]
)
def test_numbers_have_their_thousands_set_off(value, said):
    assert voice.number(value) == said


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0 candidates"), (1, "1 candidate"), (1_200, "1,200 candidates")]
)
def test_one_is_no_plural(value, said):
    assert voice.count(value, "candidate") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Fraction(25_630, 71_302), "35.9%"),
        (Fraction(1, 3), "33.3%"),
        (Decimal("35.95"), "35.95%"),
        (Decimal("44"), "44%"),
    ],
)
def test_a_fraction_is_rounded_and_what_was_stated_is_left_alone(value, said):
    assert voice.per_cent(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(22.12, "+22.1"), (-25.66, "−25.7"), (0.0, "0.0"), (0.04, "0.0"), (-0.04, "0.0")],
)
def test_points_have_their_sign(value, said):
    assert voice.points(value) == said


@pytest.mark.parametrize(
    ("party", "said"),
    [
        (LAB, "Labour"),
        (CON, "Conservatives"),
        (LD, "Liberal Democrats"),
        (GREEN, "Greens"),
        (REFORM, "Reform UK"),
        (LOONY, "Official Monster Raving Loony Party"),
        (INDEPENDENT, "Independent"),
        (Party(name="Plaid Cymru - The Party of Wales", short="PC"), "Plaid Cymru"),
    ],
)
def test_parties_are_named_as_newsrooms_do(party, said):
    assert voice.party(party) == said


@pytest.mark.parametrize("kind", MilestoneKind)
def test_every_milestone_has_words(kind):
    assert voice.milestone(kind)


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_words(stage):
    assert "_" not in voice.stage(stage)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (ClockTime(at=uk(3)), "at 03:00"),
        (ClockTime(at=uk(3), approximate=True), "around 03:00"),
        (ClockTime(at=uk(3), until=uk(4)), "between 03:00 and 04:00"),
    ],
)
def test_an_expected_time(time, said):
    assert voice.expected(time) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, ""),
        (1, "A"),
        (2, "A and B"),
        (3, "A, B and C"),
        (4, "A, B, C and D"),
        (5, "5 seats"),
    ],
)
def test_seats_in_a_row(count, said):
    assert voice.seats([replace(TAMWORTH, name=letter) for letter in "ABCDE"[:count]]) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-90, "less than a minute"),
        (0, "less than a minute"),
        (29, "less than a minute"),
        (60, "1 minute"),
        (12 * 60, "12 minutes"),
        (59 * 60 + 31, "1 hour"),
        (3_600, "1 hour"),
        (7_200, "2 hours"),
        (125 * 60, "2 h 5 min"),
        (26 * 3_600, "26 hours"),
    ],
)
def test_a_length_of_time(seconds, said):
    assert voice.span(timedelta(seconds=seconds)) == said


def test_a_clock_is_a_uk_clock():
    assert voice.clock(datetime(2023, 10, 19, 23, 41, tzinfo=UTC)) == "00:41"
    assert voice.clock(datetime(2023, 12, 19, 23, 41, tzinfo=UTC)) == "23:41"


def test_an_origin_is_source_time_and_standing():
    assert voice.origin(reported(5, uk(1))) == Origin(
        source=BLOG, at=uk(1), standing=Standing.REPORTED
    )


@pytest.mark.parametrize(
    ("turnout", "said"),
    [
        (Turnout(electorate=9, valid_votes=5, rejected=1), "of all ballots"),
        (Turnout(electorate=9, valid_votes=5), "of valid votes"),
        (Turnout(stated=Decimal(50)), "as stated; its definition was not given"),
    ],
)
def test_which_turnout_is_shown(turnout, said):
    assert voice.definition(turnout) == said


def test_paragraphs_leave_empty_sentences_out():
    found = voice.paragraphs("One.", "", "Two.")
    assert [(block.kind, block.text) for block in found] == [
        (BlockKind.PARAGRAPH, "One."),
        (BlockKind.PARAGRAPH, "Two."),
    ]


@pytest.mark.parametrize(
    ("contest", "declaration", "said"),
    [
        (TAMWORTH, FULL, "Labour gain from Conservatives"),
        (TAMWORTH, Declaration(winner=CON, outcome=Outcome.HOLD), "Conservatives hold"),
        (TAMWORTH, Declaration(winner=LAB), "Labour win"),
        (replace(TAMWORTH, holder=None), FULL, "Labour gain"),
    ],
)
def test_a_headline(contest, declaration, said):
    assert voice.headline(contest, declaration) == said


def test_a_declaration_in_sentences():
    assert voice.declared(TAMWORTH, FULL) == (
        "Sarah Edwards is elected.",
        "Majority 1,316 (19,634 last time).",
        "Swing 23.9 points Conservatives to Labour since 2019.",
    )


def test_a_declaration_of_which_little_is_known():
    assert voice.declared(TAMWORTH, Declaration(winner=LAB)) == ()
    assert voice.declared(replace(TAMWORTH, previous=None), FULL)[1:] == ("Majority 1,316.",)
    assert voice.declared(TAMWORTH, FIRST_TWO) == voice.declared(TAMWORTH, FULL)[:2]


def test_a_swing_against_the_winner_is_told_the_right_way_round():
    votes = {"Andy Cooper": 10_000, "Sarah Edwards": 9_000}
    held = Declaration(winner=CON, outcome=Outcome.HOLD, result=counted(TAMWORTH, votes))
    assert held.result is not None
    assert (
        voice.declared(TAMWORTH, held)[-1]
        == "Swing 18.7 points Conservatives to Labour since 2019."
    )


def test_two_independents_have_no_swing_between_them():
    votes = {"Gareth Mackey": 500, "Prince A Love, Emperor of India": 300}
    won = Declaration(winner=INDEPENDENT, result=counted(MID_BEDFORDSHIRE, votes))
    assert voice.declared(MID_BEDFORDSHIRE, won) == ("Majority 200 (24,664 last time).",)
