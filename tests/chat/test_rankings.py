from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.rankings import read_ranking
from bot.record.past import Past
from bot.record.ranking import Measure, Scope
from bot.record.record import open_record

PAST = Past(open_record(), datetime(2026, 11, 27, tzinfo=UTC))
NAMES = PAST.names()
TODAY = date(2026, 11, 27)
YEAR = Scope(since=date(2024, 1, 1), until=date(2024, 12, 31))


def read(text: str):
    return read_ranking(text, NAMES, TODAY, PAST.general_elections())


@pytest.mark.parametrize(
    ("text", "measure", "scope"),
    [
        ("lowest turnout", Measure.TURNOUT, Scope(by_election=True)),
        (
            "lowest turnout by-elections since 2019",
            Measure.TURNOUT,
            Scope(by_election=True, since=date(2019, 1, 1)),
        ),
        (
            "highest turnouts since July 2024",
            Measure.TURNOUT,
            Scope(by_election=True, since=date(2024, 7, 1)),
        ),
        (
            "biggest swing since the last general election",
            Measure.SWING,
            Scope(by_election=True, since=date(2024, 7, 4)),
        ),
        ("smallest majority 2024", Measure.MAJORITY, YEAR),
        (
            "smallest majority at the 2024 general election",
            Measure.MAJORITY,
            Scope(by_election=False, since=YEAR.since, until=YEAR.until),
        ),
        (
            "lowest turnout in February 2024",
            Measure.TURNOUT,
            Scope(since=date(2024, 2, 1), until=date(2024, 2, 29)),
        ),
        ("largest swing this year", Measure.SWING, Scope(by_election=True, since=date(2026, 1, 1))),
        ("highest turnout in Wales", Measure.TURNOUT, Scope(place="Wales")),
        ("lowest turnout in the north east", Measure.TURNOUT, Scope(place="North East")),
        ("lowest turnout in Tamworth", Measure.TURNOUT, Scope(seats=frozenset({"Tamworth"}))),
        ("largest Labour majority", Measure.MAJORITY, Scope(by_election=True, to=("Lab",))),
        (
            "largest Tory majority overturned by the Lib Dems",
            Measure.OVERTURNED,
            Scope(by_election=True, to=("LD",), losing=("Con",)),
        ),
        (
            "biggest swing from Con to Lab",
            Measure.SWING,
            Scope(by_election=True, to=("Lab",), losing=("Con",)),
        ),
        ("highest turnuot", Measure.TURNOUT, Scope(by_election=True)),
    ],
)
def test_what_is_to_be_ranked(text, measure, scope):
    asked = read(text)
    assert (asked.measure, asked.scope, asked.unknown) == (measure, scope, "")


@pytest.mark.parametrize(
    ("text", "many"), [("top 5 turnouts", 5), ("top 500 turnouts", 25), ("lowest turnouts", 10)]
)
def test_how_many(text, many):
    assert read(text).many == many


@pytest.mark.parametrize(
    "text",
    ["lowest turnout among pensioners", "highest temperature", "biggest swing since 1066 AD"],
)
def test_words_that_are_not_understood_are_told(text):
    assert read(text).unknown


@given(st.text(max_size=200))
def test_whatever_is_asked_is_read(text):
    assert read(text).many >= 1
