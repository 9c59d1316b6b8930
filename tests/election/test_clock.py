from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.election.clock import (
    UK,
    ClockTime,
    find_times,
    read_time,
    say,
    uk_clock,
    uk_day,
    uk_stamp,
)
from bot.errors import TimeUnclearError

POLLING = date(2023, 10, 19)
AUTUMN = date(2023, 10, 28)
SPRING = date(2024, 3, 30)
AT_HALF_PAST_TEN = datetime(2023, 10, 19, 21, 30, tzinfo=UTC)


def uk(day: int, clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2023, 10, day, int(hour), int(minute), tzinfo=UK).astimezone(UTC)


def heard(words: str, said_at: datetime | None = None, polling_day: date = POLLING) -> ClockTime:
    return read_time(words, polling_day=polling_day, said_at=said_at)


def test_a_stamp_after_midnight_belongs_to_the_day_after_polling():
    stamp = heard("12:41 AM BST")
    assert stamp == ClockTime(at=datetime(2023, 10, 19, 23, 41, tzinfo=UTC), words="12:41 AM BST")


def test_a_stamp_before_midnight_belongs_to_polling_day():
    assert heard("9:58 PM BST").at == uk(19, "21:58")


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("3am", "03:00"),
        ("3 a.m.", "03:00"),
        ("12:41\u202fAM", "00:41"),
        ("3.15am", "03:15"),
        ("03:00", "03:00"),
        ("00:41", "00:41"),
        ("at 01:30", "01:30"),
        ("2.30", "02:30"),
        ("3", "03:00"),
        ("three o'clock", "03:00"),
        ("half past two", "02:30"),
        ("half two", "02:30"),
        ("half past midnight", "00:30"),
        ("quarter to 6", "05:45"),
        ("a quarter past three", "03:15"),
        ("quarter to one", "00:45"),
        ("ten past two", "02:10"),
        ("twenty to four", "03:40"),
        ("20 minutes to 4", "03:40"),
        ("midnight", "00:00"),
        ("12", "00:00"),
        ("12:30", "00:30"),
        ("2am GMT", "03:00"),
        ("02:00 UTC", "03:00"),
        ("3am UK time", "03:00"),
        ("3am (BST)", "03:00"),
        ("3am on Friday", "03:00"),
        ("3 on Friday morning", "03:00"),
        ("on Friday at 3am", "03:00"),
        ("3am on 20 October", "03:00"),
        ("3am this morning", "03:00"),
        ("3am on Thursday night", "03:00"),
        ("midnight on Thursday", "00:00"),
    ],
)
def test_a_time_of_the_small_hours_is_on_friday(words, clock):
    time = heard(words, AT_HALF_PAST_TEN)
    assert (time.at, time.until, time.approximate) == (uk(20, clock), None, False)


@pytest.mark.parametrize("words", ["10pm", "22:00", "10", "10 tonight", "10pm on Thursday"])
def test_an_evening_time_is_on_polling_day(words):
    assert heard(words).at == uk(19, "22:00")


@pytest.mark.parametrize(
    ("words", "said_at", "meant"),
    [
        ("10:30", uk(19, "20:00"), uk(19, "22:30")),
        ("10:30", uk(19, "23:00"), uk(20, "10:30")),
        ("by 4", uk(19, "22:00"), uk(20, "04:00")),
        ("2.30", uk(19, "13:00"), uk(19, "14:30")),
        ("2pm", uk(19, "21:00"), uk(19, "14:00")),
        ("2pm", uk(19, "23:00"), uk(20, "14:00")),
        ("7am this morning", uk(19, "15:00"), uk(19, "07:00")),
        ("3am tomorrow", uk(19, "20:00"), uk(20, "03:00")),
    ],
)
def test_the_moment_of_speaking_decides_between_readings(words, said_at, meant):
    assert heard(words, said_at).at == meant


@pytest.mark.parametrize(
    "words",
    [
        "around 3am", "at about 3am", "circa 03:00", "roughly 3", "approximately 3am", "~3am",
        "shortly after 3am", "no earlier than 3", "not before 3am", "by 3", "3ish", "3am or so",
    ],
)  # fmt: skip
def test_a_hedge_is_kept(words):
    time = heard(f"  {words} ")
    assert (time.at, time.approximate, time.words) == (uk(20, "03:00"), True, words)


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("between 3 and 4", uk(20, "03:00"), uk(20, "04:00")),
        ("between 3 and 4am", uk(20, "03:00"), uk(20, "04:00")),
        ("between 03:00 and 04:00", uk(20, "03:00"), uk(20, "04:00")),
        ("3am-4am", uk(20, "03:00"), uk(20, "04:00")),
        ("3–4am", uk(20, "03:00"), uk(20, "04:00")),
        ("from 3am to 4am", uk(20, "03:00"), uk(20, "04:00")),
        ("between 11 and 1am", uk(19, "23:00"), uk(20, "01:00")),
        ("between 11pm and 1", uk(19, "23:00"), uk(20, "01:00")),
        ("between 11pm and 1am on Friday", uk(19, "23:00"), uk(20, "01:00")),
        ("between 2pm and 4pm on Friday", uk(20, "14:00"), uk(20, "16:00")),
        ("between 2am and 3am GMT", uk(20, "03:00"), uk(20, "04:00")),
    ],
)
def test_a_span_has_both_its_ends(words, start, end):
    span = heard(words)
    assert (span.at, span.until) == (start, end)


@pytest.mark.parametrize(
    ("words", "minutes"),
    [
        ("in 20 minutes", 20),
        ("in twenty-five mins", 25),
        ("in half an hour", 30),
        ("in three quarters of an hour", 45),
        ("in an hour", 60),
        ("in an hour's time", 60),
        ("in an hour and a half", 90),
        ("in one and a half hours", 90),
        ("in 2 hours", 120),
        ("in 2 hours and 15 minutes", 135),
    ],
)
def test_a_delay_counts_from_the_moment_of_speaking(words, minutes):
    assert heard(words, AT_HALF_PAST_TEN).at == AT_HALF_PAST_TEN + timedelta(minutes=minutes)


def test_a_delay_may_be_a_span():
    delay = heard("in 20 to 30 minutes", AT_HALF_PAST_TEN)
    assert (delay.at, delay.until) == (uk(19, "22:50"), uk(19, "23:00"))


def test_a_delay_needs_a_moment_to_count_from():
    with pytest.raises(TimeUnclearError, match=r"“in 20 minutes” counts from .* “03:00” or"):
        heard("in 20 minutes")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("2023-10-20T03:00+01:00", uk(20, "03:00")),
        ("2023-10-20T02:00Z", uk(20, "03:00")),
        ("2023-10-20 03:00", uk(20, "03:00")),
        ("2031-01-01T00:00Z", datetime(2031, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_iso_instant_is_taken_literally(words, meant):
    assert heard(words).at == meant


@pytest.mark.parametrize(
    "words",
    [
        "", "late", "early on Friday morning", "soon", "now", "25:00", "13pm", "3.75am", "99",
        "3am on Monday", "3am on 20 November", "10pm this morning", "midnight on Friday",
        "3am EST", "3am GMT+1", "3am BST GMT", "5 to 6", "10 to 4", "75 minutes past 2",
        "between 4am and 3am", "2019", "20 October 2023", "in a minute", "in 2 weeks",
        "in 900 hours", "2023-13-01T00:00", "0001-01-01T00:00+14:00", "3am " * 10_000,
    ],
)  # fmt: skip
def test_what_is_unclear_is_refused_with_examples(words):
    with pytest.raises(TimeUnclearError, match=r"^“.*“03:00” or “around 3am”\.$"):
        heard(words, AT_HALF_PAST_TEN)


def test_a_bare_time_that_has_passed_is_not_moved_by_half_a_day():
    with pytest.raises(TimeUnclearError, match="add am or pm"):
        heard("3:15", uk(20, "03:20"))


def test_tomorrow_is_unclear_after_midnight():
    with pytest.raises(TimeUnclearError, match="leaves the day open"):
        heard("3am tomorrow", uk(20, "00:30"))


def test_a_time_without_a_zone_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="no time zone"):
        heard("3am", datetime(2023, 10, 19, 22))  # noqa: DTZ001


@pytest.mark.parametrize("words", ["01:30", "half past one", "between 00:30 and 01:30"])
def test_a_time_that_clocks_skip_does_not_exist(words):
    with pytest.raises(TimeUnclearError, match="01:30 does not exist on the night of Saturday 30"):
        heard(words, polling_day=SPRING)


@pytest.mark.parametrize(
    ("words", "utc_hour"), [("01:30", 0), ("01:30 BST", 0), ("1:30am", 0), ("01:30 GMT", 1)]
)
def test_a_time_that_comes_twice_is_the_first_unless_its_zone_is_said(words, utc_hour):
    assert heard(words, polling_day=AUTUMN).at == datetime(2023, 10, 29, utc_hour, 30, tzinfo=UTC)


def test_a_zone_that_is_not_in_force_is_still_an_instant():
    assert heard("1am BST", polling_day=date(2019, 12, 12)).at == datetime(2019, 12, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The final result around 3am.", [("around 3am", "around 03:00")]),
        ("a declaration at about 2.30am, we hear", [("at about 2.30am", "around 02:30")]),
        ("results between 3am and 4am", [("between 3am and 4am", "between 03:00 and 04:00")]),
        ("between 3 and 4am", [("between 3 and 4am", "between 03:00 and 04:00")]),
        ("due, we think, in half an hour", [("in half an hour", "23:00")]),
        ("at half past two or so", [("at half past two or so", "around 02:30")]),
        ("3am–4am; then 12:41\u202fAM", [
            ("3am–4am", "between 03:00 and 04:00"), ("12:41\u202fAM", "00:41"),
        ]),
        ("closed at 10pm on Thursday, back at midnight", [
            ("at 10pm on Thursday", "22:00"), ("at midnight", "00:00"),
        ]),
    ],
)  # fmt: skip
def test_times_in_prose_are_found_with_their_places(text, found):
    times = find_times(text, polling_day=POLLING, said_at=AT_HALF_PAST_TEN)
    assert [(text[t.start : t.end], say(t.time)) for t in times] == found


@pytest.mark.parametrize(
    "text",
    [
        "35.9 per cent of 71,302, 19,600 votes", "since 2019, and before that 1931",
        "10 candidates, in 2 weeks", "3.15 per cent", "3-1 at half-time", "between 3 and 4 seats",
        "fell from ten to four points", "by 4 points", "10pm EST", "3:30 am EST", "3am on Monday",
        "late, early on Friday morning", "an in an hour-long speech", "12:30:15", "£3.15m",
    ],
)  # fmt: skip
def test_other_numbers_in_prose_are_no_times(text):
    assert find_times(text, polling_day=POLLING, said_at=AT_HALF_PAST_TEN) == []


def test_without_a_moment_delays_in_prose_are_left_out():
    assert find_times("due in half an hour", polling_day=POLLING) == []


VOCABULARY = """
    at around between and from to past in half quarter a an hour hours minutes ten twenty 3 10 12
    2.30 03:00 22:00 3am 4pm midnight noon on Friday Thursday morning tonight this BST GMT 20
    October 2023 - – , or so tomorrow ish o'clock
"""
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.text() | st.lists(WORDS, max_size=9).map(" ".join)


@given(TEXTS, st.sampled_from([POLLING, AUTUMN, SPRING]), st.none() | st.just(AT_HALF_PAST_TEN))
@example("ſix", POLLING, None)
@example("٣am", POLLING, None)
@example("2999-12-31T23:59-23:59", POLLING, None)
def test_any_text_is_a_time_or_unclear(text, polling_day, said_at):
    try:
        time = heard(text, said_at, polling_day)
    except TimeUnclearError:
        return
    assert time.at.tzinfo is UTC
    assert say(time)
    assert time.until is None or time.at < time.until


@given(TEXTS)
def test_times_in_any_text_stand_in_order_and_read_the_same_alone(text):
    end = 0
    for found in find_times(text, polling_day=POLLING, said_at=AT_HALF_PAST_TEN):
        assert end <= found.start < found.end
        assert heard(text[found.start : found.end], AT_HALF_PAST_TEN) == found.time
        end = found.end


@given(
    st.sampled_from([POLLING, AUTUMN, SPRING, date(2019, 12, 12)]),
    st.integers(min_value=0, max_value=13 * 60 - 1),  # in spring the night ends at noon so soon
)
def test_an_instant_of_the_night_comes_back_from_its_stamp(polling_day, minutes):
    close = datetime(polling_day.year, polling_day.month, polling_day.day, 22, tzinfo=UK)
    instant = close.astimezone(UTC) + timedelta(minutes=minutes)
    assert heard(uk_stamp(instant), said_at=instant, polling_day=polling_day).at == instant


@pytest.mark.parametrize("chunk", ["around ", "on Friday ", "between 3 and ", "3am-", " ", "1"])
def test_a_very_long_text_is_no_trouble(chunk):
    text = chunk * 5_000
    assert find_times(text, polling_day=POLLING) == []
    with pytest.raises(TimeUnclearError):
        heard(text)


def test_uk_clocks_name_the_zone_in_force():
    summer, winter = uk(20, "00:41"), datetime(2019, 12, 12, 23, 5, tzinfo=UTC)
    assert (uk_clock(summer), uk_stamp(summer), uk_stamp(winter)) == (
        "00:41",
        "00:41 BST",
        "23:05 GMT",
    )


def test_the_uk_day_turns_at_uk_midnight():
    assert uk_day(datetime(2023, 10, 19, 23, 30, tzinfo=UTC)) == "Friday 20 October 2023"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("around 3am", "around 03:00"),
        ("between 3 and 4", "between 03:00 and 04:00"),
        ("3am", "03:00"),
    ],
)
def test_a_time_is_said_back(words, said):
    assert say(heard(words)) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("not before 3am", "not before 03:00"),
        ("no earlier than 02:30", "not before 02:30"),
        ("3am at the earliest", "not before 03:00"),
        ("around 3am", "around 03:00"),
        ("after 3am", "around 03:00"),
    ],
)
def test_a_time_before_which_nothing_comes_says_so(words, said):
    assert say(read_time(words, polling_day=date(2023, 10, 19))) == said
