"""Seats that are suggested while somebody types."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from bot.chat.seats import seat_of_a_count, suggest
from bot.election.contest import Candidacy
from bot.election.names import NameIndex
from tests.nights.facts import CON, LAB, MID_BEDFORDSHIRE, TAMWORTH

NOW = datetime(2023, 10, 19, 23, 45, tzinfo=UTC)
OLD = date(2019, 12, 12)
BATH = replace(TAMWORTH, id="parl.bath.2019-12-12", name="Bath", polling_day=OLD, aliases=())
TAUNTON = replace(BATH, id="parl.taunton-deane.2019-12-12", name="Taunton Deane")
HULL = replace(
    BATH,
    id="parl.kingston-upon-hull-east.2019-12-12",
    name="Kingston upon Hull East",
    aliases=("Hull East",),
)
SEATS = (BATH, TAUNTON, HULL, MID_BEDFORDSHIRE, TAMWORTH)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("t", ["Tamworth", "Taunton Deane"]),
        ("TAM", ["Tamworth"]),
        ("bed", ["Mid Bedfordshire"]),
        ("mid beds", ["Mid Bedfordshire"]),
        ("tamwroth", ["Tamworth"]),
        ("deane", ["Taunton Deane"]),
        ("hull e", ["Kingston upon Hull East"]),
        ("atlantis", []),
    ],
)
def test_seats_are_suggested_as_somebody_types(typed, first):
    assert suggest(typed, NameIndex(SEATS), NOW, 25) == first


def test_before_anything_is_typed_tonights_seats_come_first():
    assert suggest("", NameIndex(SEATS), NOW, 3) == ["Mid Bedfordshire", "Tamworth", "Bath"]


def test_a_seat_of_several_days_is_suggested_once():
    again = replace(TAMWORTH, id="parl.tamworth.2019-12-12", polling_day=OLD)
    assert suggest("tam", NameIndex((again, TAMWORTH)), NOW, 25) == ["Tamworth"]


def test_who_stands_in_a_count_is_no_other_seat():
    hayes = replace(TAMWORTH, id="parl.hayes.by.2023-10-19", name="Hayes and Harlington")
    holland = replace(
        hayes,
        id="parl.south-holland.by.2023-10-19",
        name="South Holland and The Deepings",
        candidacies=(
            Candidacy(name="John Hayes", party=CON),
            Candidacy(name="Mark Lee", party=LAB),
        ),
    )
    index = NameIndex((hayes, holland))
    for text in (
        "South Holland and The Deepings: John Hayes 17,462, Mark Lee 5,031",
        "south holland and the deepings hayes 17,462 lee 5,031",
    ):
        found, around = seat_of_a_count(text, index)
        assert found == [holland]
        assert "Hayes 17,462" in around
    both, _ = seat_of_a_count("South Holland and The Deepings, Hayes and Harlington", index)
    assert both == [holland, hayes]
