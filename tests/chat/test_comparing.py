from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.comparing import lists_seats, read_comparison
from bot.election.occasion import Occasion
from bot.record.past import Past
from bot.record.ranking import Measure
from bot.record.record import open_record
from tests.nights.facts import CONTESTS

NAMES = Past(open_record(), datetime(2023, 10, 19, 23, 45, tzinfo=UTC)).names(CONTESTS)
ANY = Occasion()


def read(text: str) -> tuple[Measure, list[tuple[str, Occasion]], int]:
    found = read_comparison(text, NAMES)
    seats = [(one.match.contests[0].name, one.occasion) for one in found.seats]
    return found.measure, seats, found.by_elections


@pytest.mark.parametrize(
    ("text", "measure", "seats"),
    [
        ("turnout Tamworth Selby", Measure.TURNOUT, ["Tamworth", "Selby and Ainsty"]),
        ("turnout tamworth mid beds", Measure.TURNOUT, ["Tamworth", "Mid Bedfordshire"]),
        ("majorities of tamworth v mid-beds", Measure.MAJORITY, ["Tamworth", "Mid Bedfordshire"]),
        ("“West Lancs” “tamwroth” swing", Measure.SWING, ["West Lancashire", "Tamworth"]),
        (
            "Sheffield, Brightside and Hillsborough, Tamworth",
            Measure.TURNOUT,
            ["Sheffield, Brightside and Hillsborough", "Tamworth"],
        ),
        (
            "result in Selby and Ainsty and Tamworth",
            Measure.RESULT,
            ["Selby and Ainsty", "Tamworth"],
        ),
        ("how does tamworth compare to selby", Measure.TURNOUT, ["Tamworth", "Selby and Ainsty"]),
    ],
)
def test_seats_with_and_without_commas_and_quotation_marks(text, measure, seats):
    assert read(text) == (measure, [(name, ANY) for name in seats], 0)


@pytest.mark.parametrize(
    ("text", "seats"),
    [
        ("Tamworth 2019 and 2017", [("Tamworth", 2019), ("Tamworth", 2017)]),
        ("Tamworth 2019 Mid Beds 2017", [("Tamworth", 2019), ("Mid Bedfordshire", 2017)]),
        ("Tamworth and Mid Beds in 2019", [("Tamworth", 2019), ("Mid Bedfordshire", 2019)]),
        ("in 2015: Tamworth, Mid Beds", [("Tamworth", 2015), ("Mid Bedfordshire", 2015)]),
        ("Tamworth 2019 vs 2017", [("Tamworth", 2019), ("Tamworth", 2017)]),
    ],
)
def test_one_time_is_every_seats_and_of_several_each_has_its_own(text, seats):
    assert read(text)[1] == [(name, Occasion(year=year)) for name, year in seats]


@pytest.mark.parametrize(
    ("text", "many"),
    [
        ("Tamworth with the last 5 by-elections", 5),
        ("Tamworth with the last three by-elections", 3),
        ("Tamworth against recent by-elections", 4),
        ("Tamworth with the last 99 by-elections", 20),
        ("Tamworth with the last 0 by-elections", 1),
        ("Tamworth by-election", 0),
    ],
)
def test_so_many_by_elections_beside(text, many):
    measure, seats, by_elections = read(text)
    assert (measure, [name for name, _ in seats], by_elections) == (
        Measure.TURNOUT,
        ["Tamworth"],
        many,
    )


def test_what_is_no_seat_is_kept_as_it_was_said():
    (tamworth, narnia) = read_comparison("compare turnout Tamworth and Narnia", NAMES).seats
    assert tamworth.match.certain
    assert (narnia.words, narnia.match.contests) == ("Narnia", ())


def test_parties_of_a_swing():
    found = read_comparison("swing Con to Lab Tamworth Selby", NAMES)
    assert (found.sides.losing, found.sides.gaining) == (("Con",), ("Lab",))
    assert [one.match.contests[0].name for one in found.seats] == ["Tamworth", "Selby and Ainsty"]


@pytest.mark.parametrize(
    ("text", "is_list"),
    [
        ("tamworth, mid beds", True),
        ("Tamworth vs Selby", True),
        ("Selby and Ainsty", False),
        ("Tamworth", False),
        ("Tamworth is nearer than Selby Abbey", False),
        ("", False),
    ],
)
def test_a_list_of_seats_and_nothing_else(text, is_list):
    assert lists_seats(text, NAMES) is is_list


@given(st.text(max_size=200))
def test_whatever_is_compared_is_read(text):
    found = read_comparison(text, NAMES)
    assert len(found.seats) <= 20
