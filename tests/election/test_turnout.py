from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.turnout import Turnout, TurnoutDefinition, like_with_like, percent

VALID, ALL = TurnoutDefinition.VALID_VOTES, TurnoutDefinition.ALL_BALLOTS

TAMWORTH = Turnout(electorate=71_302, valid_votes=25_586, rejected=44)
MID_BEDFORDSHIRE = Turnout(electorate=92_578, valid_votes=40_720, rejected=102)


@pytest.mark.parametrize(
    ("turnout", "definition", "places", "expected"),
    [
        (TAMWORTH, VALID, 2, "35.88"),
        (TAMWORTH, ALL, 2, "35.95"),
        (TAMWORTH, VALID, 1, "35.9"),
        (TAMWORTH, ALL, 1, "35.9"),
        (MID_BEDFORDSHIRE, VALID, 2, "43.98"),
        (MID_BEDFORDSHIRE, ALL, 2, "44.09"),
        (MID_BEDFORDSHIRE, VALID, 1, "44.0"),
        (MID_BEDFORDSHIRE, ALL, 1, "44.1"),
    ],
)
def test_both_definitions_of_turnout(turnout, definition, places, expected):
    fraction = turnout.fraction(definition)
    assert fraction is not None
    assert str(percent(fraction, places)) == expected


def test_turnout_is_rounded_once():
    exact = Fraction(25_630, 71_302)
    assert percent(exact, 4) == Decimal("35.9457")
    assert percent(exact, 2) == Decimal("35.95")
    assert percent(exact, 1) == Decimal("35.9")


@pytest.mark.parametrize(
    ("fraction", "places", "expected"),
    [
        (Fraction(1, 2), 1, "50.0"),
        (Fraction(12_345, 100_000), 2, "12.35"),
        (Fraction(125, 10_000), 1, "1.3"),
        (Fraction(0), 1, "0.0"),
        (Fraction(1), 1, "100.0"),
        (Fraction(2, 3), 0, "67"),
        (Fraction(10**20 - 1, 10**20), 1, "100.0"),
    ],
)
def test_halves_are_rounded_up_and_the_places_are_always_shown(fraction, places, expected):
    assert str(percent(fraction, places)) == expected


@given(st.fractions(min_value=0, max_value=1), st.integers(0, 6))
def test_rounding_never_moves_a_figure_by_more_than_half_a_step(fraction, places):
    assert abs(Fraction(percent(fraction, places)) - fraction * 100) <= Fraction(1, 2 * 10**places)


def test_all_ballots_are_shown_first_where_they_are_known():
    assert TAMWORTH.shown_definition is ALL
    assert TAMWORTH.shown(2) == Decimal("35.95")


def test_valid_votes_are_shown_where_rejected_ballots_are_missing():
    turnout = Turnout(electorate=71_302, valid_votes=25_586)
    assert turnout.all_ballots is None
    assert turnout.fraction(ALL) is None
    assert turnout.shown_definition is VALID
    assert turnout.shown(2) == Decimal("35.88")


def test_a_stated_percentage_is_shown_as_it_was_stated():
    turnout = Turnout(electorate=71_302, ballots=25_000, stated=Decimal("35.9"))
    assert turnout.shown() == Decimal("35.9")
    assert turnout.shown_definition is TurnoutDefinition.NOT_STATED


def test_a_round_number_of_ballots_gives_no_percentage():
    turnout = Turnout(electorate=71_302, ballots=25_000, ballots_approximate=True)
    assert turnout.fraction(ALL) is None
    assert turnout.shown() is None


def test_without_an_electorate_there_is_no_percentage():
    assert Turnout(valid_votes=25_586, rejected=44).shown() is None


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({}, "needs a percentage"),
        ({"electorate": 71_302}, "needs a percentage"),
        ({"electorate": 71_302, "rejected": 44}, "needs a percentage"),
        ({"stated": Decimal(101)}, "101%"),
        ({"stated": Decimal("-0.1")}, "-0.1%"),
        ({"stated": Decimal("NaN")}, "not possible"),
        ({"stated": Decimal("Infinity")}, "not possible"),
        ({"electorate": 0, "ballots": 0}, "electorate of 0"),
        ({"electorate": -1, "stated": Decimal(30)}, "electorate of -1"),
        ({"electorate": 71_302, "ballots": -1}, "below nought"),
        ({"electorate": 71_302, "valid_votes": 25_586, "rejected": -1}, "below nought"),
        ({"electorate": 71_302, "ballots": 71_303}, "71,303 ballots are more than 71,302"),
        ({"electorate": 71_302, "valid_votes": 92_578}, "92,578 ballots are more than 71,302"),
        ({"electorate": 100, "valid_votes": 60, "rejected": 50}, "110 ballots are more than 100"),
        ({"ballots": 25_000, "valid_votes": 25_586}, "25,586 valid votes are more than 25,000"),
    ],
)
def test_impossible_numbers_are_refused(numbers, says):
    with pytest.raises(ValueError, match=says):
        Turnout(**numbers)


def test_everybody_may_vote():
    assert Turnout(electorate=100, valid_votes=90, rejected=10).shown() == Decimal("100.0")


def test_a_round_number_of_ballots_may_lie_below_the_valid_votes():
    turnout = Turnout(
        electorate=71_302, ballots=25_000, valid_votes=25_586, ballots_approximate=True
    )
    assert turnout.shown(2) == Decimal("35.88")


def stated(percent: str, definition: TurnoutDefinition = TurnoutDefinition.NOT_STATED) -> Turnout:
    return Turnout(stated=Decimal(percent), definition=definition)


# 37.12% of valid votes, 37.24% of all ballots.
OTHER = Turnout(electorate=100_000, valid_votes=37_120, rejected=120)


@pytest.mark.parametrize(
    ("mine", "order", "shown", "definition"),
    [
        (TAMWORTH, -1, "37.1", VALID),
        (Turnout(electorate=100_000, ballots=38_000), 1, "37.2", ALL),
        (Turnout(electorate=100_000, ballots=37_210), 0, "37.2", ALL),
        (stated("36", VALID), -1, "37.1", VALID),
        (stated("37.2", ALL), 0, "37.2", ALL),
        (stated("37.05"), -1, "37.1", VALID),
        (stated("37.25"), 1, "37.1", VALID),
        # Higher than the one, lower than the other: nobody has said which it is of.
        (stated("37.15"), 0, "37.1", VALID),
    ],
)
def test_turnouts_are_compared_like_with_like(mine, order, shown, definition):
    alike = like_with_like(mine, OTHER)
    assert alike is not None
    assert (alike.order, alike.shown, alike.definition) == (order, Decimal(shown), definition)


def test_what_is_of_another_definition_is_not_compared():
    valid_alone = Turnout(electorate=100_000, valid_votes=37_120)
    assert like_with_like(Turnout(electorate=100_000, ballots=38_000), valid_alone) is None
    assert like_with_like(Turnout(ballots=25_000, ballots_approximate=True), OTHER) is None
    assert like_with_like(OTHER, Turnout(ballots=25_000, ballots_approximate=True)) is None


@given(st.integers(0, 100_000), st.integers(0, 100_000))
def test_one_is_lower_where_the_other_is_higher(one, other):
    first, second = (Turnout(electorate=100_000, valid_votes=votes) for votes in (one, other))
    there, back = like_with_like(first, second), like_with_like(second, first)
    assert there is not None
    assert back is not None
    assert there.order == -back.order
