from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.clock import UK
from bot.election.contest import (
    Candidacy,
    close_of_poll,
    name_from_slug,
    read_ballot_id,
)
from tests.nights.facts import INDEPENDENT, LAB, MID_BEDFORDSHIRE, TAMWORTH


@pytest.mark.parametrize(
    ("ballot_id", "seat", "day"),
    [
        ("parl.tamworth.by.2023-10-19", "tamworth", date(2023, 10, 19)),
        ("parl.mid-bedfordshire.by.2023-10-19", "mid-bedfordshire", date(2023, 10, 19)),
        ("parl.tamworth.2024-07-04", "tamworth", date(2024, 7, 4)),
        ("parl.na-h-eileanan-an-iar.2024-07-04", "na-h-eileanan-an-iar", date(2024, 7, 4)),
        ("local.islington.bunhill.by.2023-11-02", "bunhill", date(2023, 11, 2)),
        ("mayor.london.2024-05-02", "london", date(2024, 5, 2)),
    ],
)
def test_a_ballot_id_names_a_seat_and_a_day(ballot_id, seat, day):
    assert read_ballot_id(ballot_id) == (seat, day)


@pytest.mark.parametrize(
    "ballot_id",
    [
        "",
        "tamworth",
        "parl.2023-10-19",
        "parl.tamworth",
        "parl.tamworth.by.2023-10-19 ",
        "parl.tamworth.by.2023-10-19\n",
        "Parl.Tamworth.by.2023-10-19",
        "parl.tamworth.by.19-10-2023",
        "parl.tamworth.by.2023-02-29",
        "parl.tamworth.by.2023-13-01",
        "parl.tamworth.by.0000-01-01",
        "parl.tamworth.by.٢٠٢٣-١٠-١٩",
        "parl..by.2023-10-19",
    ],
)
def test_what_is_no_ballot_id_is_refused_with_an_example(ballot_id):
    with pytest.raises(ValueError, match=r"it looks like parl\.tamworth\.by\.2023"):
        read_ballot_id(ballot_id)


@given(st.text(max_size=40))
def test_any_text_is_a_ballot_id_or_refused(text):
    try:
        seat, day = read_ballot_id(text)
    except ValueError as error:
        refusal = str(error)
    else:
        refusal = ""
        assert text.endswith(day.isoformat())
        assert seat in text
    assert bool(refusal) == ("ballot id" in refusal)


@pytest.mark.parametrize(
    ("slug", "name"),
    [
        ("tamworth", "Tamworth"),
        ("mid-bedfordshire", "Mid Bedfordshire"),
        ("selby-and-ainsty", "Selby and Ainsty"),
        ("isle-of-wight", "Isle of Wight"),
        ("the-wrekin", "The Wrekin"),
        ("kingston-upon-hull-east", "Kingston upon Hull East"),
    ],
)
def test_a_slug_becomes_a_name(slug, name):
    assert name_from_slug(slug) == name


@pytest.mark.parametrize(
    ("polling_day", "instant"),
    [
        (date(2023, 10, 19), datetime(2023, 10, 19, 21, tzinfo=UTC)),
        (date(2024, 12, 12), datetime(2024, 12, 12, 22, tzinfo=UTC)),
        (date(2023, 10, 28), datetime(2023, 10, 28, 21, tzinfo=UTC)),  # clocks go back at 02:00
        (date(2024, 3, 30), datetime(2024, 3, 30, 22, tzinfo=UTC)),  # clocks go on at 01:00
    ],
)
def test_polls_close_at_ten_on_uk_clocks(polling_day, instant):
    assert close_of_poll(polling_day) == instant
    assert replace(TAMWORTH, polling_day=polling_day).close_of_poll == instant


def uk(day: date, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UK).astimezone(UTC)


@pytest.mark.parametrize(
    "polling_day",
    [date(2023, 10, 19), date(2023, 10, 28), date(2024, 3, 30), date(2023, 12, 31)],
    ids=["an ordinary night", "clocks go back", "clocks go on", "new year"],
)
def test_a_contest_is_tonight_from_polling_day_to_two_days_after(polling_day):
    contest = replace(TAMWORTH, polling_day=polling_day)
    second, instant = timedelta(seconds=1), uk(polling_day)
    last = uk(polling_day + timedelta(days=3)) - second
    assert not contest.is_tonight(instant - second)
    assert contest.is_tonight(instant)
    assert contest.is_tonight(contest.close_of_poll)
    assert contest.is_tonight(uk(polling_day + timedelta(days=1), 3, 30))
    assert contest.is_tonight(last)
    assert not contest.is_tonight(last + second)


def test_the_clocks_that_go_back_make_the_night_an_hour_longer():
    back = replace(TAMWORTH, polling_day=date(2023, 10, 28))
    assert back.is_tonight(datetime(2023, 10, 30, 23, 59, tzinfo=UTC))
    assert not back.is_tonight(datetime(2023, 10, 27, 22, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("ballot_id", "expected"),
    [("parl.tamworth.by.2023-10-19", True), ("parl.tamworth.2024-07-04", False)],
)
def test_a_by_election_is_known_by_its_id(ballot_id, expected):
    assert replace(TAMWORTH, id=ballot_id).by_election is expected


def test_a_party_has_one_candidacy_or_none_that_is_meant():
    labour = TAMWORTH.candidacy_of(LAB.short)
    assert labour is not None
    assert labour.name == "Sarah Edwards"
    assert TAMWORTH.candidacy_of("SNP") is None
    assert MID_BEDFORDSHIRE.candidacy_of(INDEPENDENT.short) is None  # two of them stand


def test_a_surname_is_the_last_word():
    assert Candidacy(name="Emma Holland-Lindsay", party=LAB).surname == "Holland-Lindsay"
