"""Quiet hours in people's words, and when what waits comes, on UK clocks."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.quiet import Quiet, due, read_quiet
from bot.election.clock import UK
from bot.errors import AskError

NIGHTLY = Quiet(begins=time(1), ends=time(6))
LATE = Quiet(begins=time(23, 30), ends=time(6))


def uk(words: str, *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=UK, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("01:00 to 06:00", "01:00 to 06:00"),
        ("from 1am till 6am", "01:00 to 06:00"),
        ("01.00 – 06.30", "01:00 to 06:30"),
        ("between 11pm and 6 a.m.", "23:00 to 06:00"),
        ("23-6", "23:00 to 06:00"),
        ("midnight to noon", "00:00 to 12:00"),
        ("12am until 12pm", "00:00 to 12:00"),
        ("FROM 1:05 UNTIL 24:00", "01:05 to 00:00"),
    ],
)
def test_hours_are_read_as_people_write_them(words: str, hours: str) -> None:
    assert str(read_quiet(words)) == hours
    assert str(read_quiet(hours)) == hours


@pytest.mark.parametrize(
    "words", ["", "25:00 to 06:00", "1:75 to 6", "13pm to 2am", "late", "01:00", "x" * 9_999]
)
def test_what_are_no_hours_is_told_with_an_example(words: str) -> None:
    with pytest.raises(AskError, match="“quiet 01:00 to 06:00”") as told:
        read_quiet(words)
    assert len(str(told.value)) < 200


def test_hours_that_end_as_they_begin_are_none() -> None:
    with pytest.raises(AskError, match="never end"):
        read_quiet("01:00 to 1am")


@pytest.mark.parametrize(
    ("quiet", "at", "until"),
    [
        (NIGHTLY, "2023-10-20T00:59:59", None),
        (NIGHTLY, "2023-10-20T01:00", "2023-10-20T06:00"),
        (NIGHTLY, "2023-10-20T05:59:59", "2023-10-20T06:00"),
        (NIGHTLY, "2023-10-20T06:00", None),
        (LATE, "2023-10-19T23:29", None),
        (LATE, "2023-10-19T23:30", "2023-10-20T06:00"),
        (LATE, "2023-10-20T00:10", "2023-10-20T06:00"),
    ],
)
def test_it_is_quiet_on_uk_clocks_and_over_midnight(quiet: Quiet, at: str, until: str) -> None:
    assert quiet.until(uk(at)) == (until and uk(until))


def test_the_night_on_which_clocks_go_back_is_an_hour_longer() -> None:
    assert NIGHTLY.until(uk("2023-10-29T01:30")) == uk("2023-10-29T06:00")
    assert NIGHTLY.until(uk("2023-10-29T01:30", fold=1)) == uk("2023-10-29T06:00")
    assert uk("2023-10-29T06:00") - uk("2023-10-29T01:00") == timedelta(hours=6)


def test_quiet_that_ends_at_a_time_that_comes_twice_ends_once() -> None:
    quiet = Quiet(begins=time(0), ends=time(1, 30))
    assert quiet.until(uk("2023-10-29T01:15")) == uk("2023-10-29T01:30")
    assert quiet.until(uk("2023-10-29T01:15", fold=1)) is None


def test_quiet_that_begins_in_the_hour_that_is_left_out_begins_after_it() -> None:
    quiet = Quiet(begins=time(1, 30), ends=time(6))
    assert quiet.after(uk("2024-03-31T00:30")) == uk("2024-03-31T02:30")


@pytest.mark.parametrize(
    ("since", "every", "quiet", "at"),
    [
        ("00:11", 30, None, "00:30"),
        ("00:30", 30, None, "01:00"),
        ("00:11", 60, None, "01:00"),
        ("00:11", 5, None, "00:15"),
        # It comes before it is quiet, and in quiet hours not at all.
        ("00:59", 60, LATE, "06:00"),
        ("00:45", 180, NIGHTLY, "01:00"),
        ("01:10", 30, NIGHTLY, "06:00"),
        ("01:10", None, NIGHTLY, "06:00"),
        # The hours were taken back: what waited for their end comes now.
        ("01:10", None, None, "01:10"),
    ],
)
def test_a_round_up_comes_on_the_clock_and_never_in_quiet_hours(
    since: str, every: int | None, quiet: Quiet | None, at: str
) -> None:
    begin = uk(f"2023-10-20T{since}")
    assert due(begin, every, quiet, begin) == uk(f"2023-10-20T{at}")


def test_what_was_due_while_nobody_ran_waits_for_the_end_of_the_quiet() -> None:
    since = uk("2023-10-20T00:45")
    assert due(since, 60, NIGHTLY, uk("2023-10-20T01:00:30")) == uk("2023-10-20T01:00")
    assert due(since, 60, NIGHTLY, uk("2023-10-20T03:00")) == uk("2023-10-20T06:00")
    assert due(since, 60, NIGHTLY, uk("2023-10-20T09:00")) == uk("2023-10-20T01:00")


@given(
    days=st.floats(0, 730),
    every=st.none() | st.integers(5, 180),
    begins=st.times(),
    ends=st.times(),
)
def test_nothing_waits_for_more_than_a_day(days, every, begins, ends) -> None:
    begins, ends = (one.replace(second=0, microsecond=0) for one in (begins, ends))
    if begins == ends:
        return
    quiet, since = Quiet(begins=begins, ends=ends), uk("2023-01-01") + timedelta(days=days)
    wait = due(since, every, quiet, since) - since
    assert timedelta(0) <= wait <= timedelta(hours=25)
