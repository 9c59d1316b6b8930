"""What a question says of the time of a contest."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.contest import Contest
from bot.election.occasion import Occasion, read_occasion, said

NOW = datetime(2024, 8, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "occasion", "rest"),
    [
        ("Tamworth 2019", Occasion(year=2019), "Tamworth"),
        ("Tamworth in 2019", Occasion(year=2019), "Tamworth"),
        ("Tamworth GE2019", Occasion(year=2019), "Tamworth"),
        ("Tamworth at the 2019 general election", Occasion(year=2019, by_election=False), None),
        ("Tamworth October 2023", Occasion(year=2023, month=10), "Tamworth"),
        ("Tamworth on 19 October 2023", Occasion(year=2023, month=10), "Tamworth"),
        ("Tamworth in July", Occasion(month=7), "Tamworth"),
        ("Tamworth by-election", Occasion(by_election=True), "Tamworth"),
        ("the byelection in Tamworth", Occasion(by_election=True), "in Tamworth"),
        ("Tamworth last time", Occasion(before=True), "Tamworth"),
        ("Tamworth general election", Occasion(by_election=False), "Tamworth"),
        ("Sept 2022 in Tamworth", Occasion(year=2022, month=9), "in Tamworth"),
        # Words that only look like a time.
        ("may I have Tamworth", Occasion(), "may I have Tamworth"),
        ("in Marlow", Occasion(), "in Marlow"),
        ("East Devon", Occasion(), "East Devon"),
        ("Tamworth compared with last time", Occasion(), "Tamworth compared with last time"),
        ("25,630 of 71,302", Occasion(), "25,630 of 71,302"),
    ],
)
def test_the_time_of_a_contest_is_read_and_taken_out(text, occasion, rest):
    read, left = read_occasion(text)
    assert read == occasion
    assert rest is None or left == rest


@given(
    st.builds(
        Occasion,
        year=st.none() | st.integers(2010, 2026),
        month=st.none() | st.integers(1, 12),
        by_election=st.none() | st.booleans(),
        before=st.booleans(),
    )
)
def test_an_occasion_that_is_said_is_read_again(occasion):
    assert read_occasion(f"Tamworth {said(occasion)}") == (occasion, "Tamworth")


@given(st.text(max_size=300))
def test_any_text_is_read(text):
    occasion, rest = read_occasion(text)
    assert len(rest) <= len(text)
    assert occasion.month in (None, *range(1, 13))


def contest(day: date, *, by: bool = False) -> Contest:
    return Contest(id=f"parl.tamworth.{'by.' if by else ''}{day}", name="Tamworth", polling_day=day)


GENERAL = contest(date(2024, 7, 4))
BY = contest(date(2023, 10, 19), by=True)
OLD = contest(date(2019, 12, 12))
NEXT = contest(date(2024, 9, 5), by=True)


@pytest.mark.parametrize(
    ("occasion", "chosen"),
    [
        (Occasion(), GENERAL),
        (Occasion(by_election=True), BY),
        (Occasion(year=2019), OLD),
        (Occasion(before=True), BY),
        (Occasion(year=2024), GENERAL),
        (Occasion(month=9), NEXT),  # nothing else fits: the one to come
        (Occasion(year=2018), None),
        (Occasion(year=2019, before=True), None),
    ],
)
def test_the_latest_that_has_voted_is_meant_unless_another_is_asked_for(occasion, chosen):
    assert occasion.choose((GENERAL, BY, OLD, NEXT), NOW) == chosen


def test_on_its_night_a_contest_is_meant_before_later_ones():
    night = datetime(2023, 10, 19, 23, 45, tzinfo=UTC)
    assert Occasion().choose((GENERAL, BY, OLD), night) == BY
