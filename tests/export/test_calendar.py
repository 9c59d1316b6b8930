"""The timetable as a calendar, held against the rules of RFC 5545."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.clock import read_time
from bot.election.contest import MilestoneKind
from bot.election.figure import Figure, Source, Standing
from bot.export.calendar import LONGEST, calendar, escaped, folded
from bot.ports import Expected
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import at

WRITABLE = st.characters(exclude_categories=["Cs"])
ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=400)


def expected(
    words: str,
    kind: MilestoneKind = MilestoneKind.DECLARATION,
    contest=TAMWORTH,
    source: Source | None = None,
) -> Expected:
    return Expected(
        contest=contest,
        kind=kind,
        time=Figure(
            value=read_time(words, polling_day=contest.polling_day),
            source=source or Source(name="The Example", url="https://news.example/live#a,b;c"),
            at=at("00:14"),
            standing=Standing.ESTIMATED,
        ),
    )


def unfolded(text: str) -> list[str]:
    assert text.endswith("\r\n")
    return text[:-2].replace("\r\n ", "").split("\r\n")


def unescaped(value: str) -> str:
    """TEXT as a reader takes it; whatever the rules do not allow in it fails."""
    assert re.fullmatch(r"(?:\\[\\;,nN]|[^\\;,\x00-\x08\x0a-\x1f\x7f])*", value)
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def events(text: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if (name, value) == ("BEGIN", "VEVENT"):
            found.append({})
        elif found and name != "END":
            assert name not in found[-1], f"{name} stands twice"
            found[-1][name] = value
    return found


@given(ONE_LINE)
def test_a_folded_line_has_75_octets_and_unfolds_to_what_it_was(line: str):
    pieces = folded(line).encode().split(b"\r\n")
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    # No piece ends within a character.
    first, *rest = [piece.decode() for piece in pieces]
    assert "".join([first, *(piece[1:] for piece in rest)]) == line
    # None is shorter than it need be.
    assert all(len(piece) > LONGEST - 4 for piece in pieces[:-1])


@pytest.mark.parametrize("length", [74, 75, 76, 149, 150, 1_000])
def test_lines_are_folded_from_the_76th_octet_on(length):
    pieces = folded("x" * length).split("\r\n")
    assert len(pieces[0]) == min(length, 75)
    assert len(pieces) == 1 + -(-max(length - 75, 0) // 74)


@given(st.text(WRITABLE))
def test_escaped_text_comes_back_without_its_controls(text: str):
    lines = re.sub("\r\n|[\r\x85\u2028\u2029]", "\n", text)
    assert unescaped(escaped(text)) == re.sub("[\x00-\x08\x0b-\x1f\x7f]", "", lines)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a, b; c", "a\\, b\\; c"),
        ("C:\\new", "C:\\\\new"),
        ("two\r\nlines", "two\\nlines"),
        ("end\nEND:VEVENT", "end\\nEND:VEVENT"),
        ("half \ud800", "half "),
        ("“quotes”: stay", "“quotes”: stay"),
    ],
)
def test_text_is_escaped(text, told):
    assert escaped(text) == told


@given(name=st.text(), url=st.text() | st.none(), venue=st.text(), seat=st.text(min_size=1))
def test_whatever_a_source_is_called_the_calendar_keeps_its_shape(name, url, venue, seat):
    contest = replace(TAMWORTH, name=seat, venue=venue)
    one = expected("around 03:40", contest=contest, source=Source(name=name, url=url))
    text = calendar([one], name)
    assert all(len(line) <= LONGEST for line in text.encode().split(b"\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    lines = unfolded(text)
    assert [line for line in lines if re.match("BEGIN|END", line)] == [
        "BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR",
    ]  # fmt: skip
    (event,) = events(text)
    assert event["DTSTART"] == "20231020T024000Z"
    unescaped(event["SUMMARY"])
    unescaped(event["DESCRIPTION"])


def test_an_event_says_what_is_expected_when_and_who_says_so():
    (event,) = events(calendar([expected("around 03:40")], "Count night"))
    assert event == {
        "UID": "parl.tamworth.by.2023-10-19.declaration@teller",
        "DTSTAMP": "20231019T231400Z",
        "DTSTART": "20231020T024000Z",
        "SUMMARY": "Tamworth: declaration expected around 03:40",
        "DESCRIPTION": (
            "Around 03:40\\, UK time. Source: The Example\\, estimated\\, said at 00:14 BST."
            "\\n“around 03:40”\\nhttps://news.example/live#a\\,b\\;c"
        ),
        "LOCATION": "The Rawlett School",
        # An address is no TEXT, and stands as it is.
        "URL": "https://news.example/live#a,b;c",
        "TRANSP": "TRANSPARENT",
    }


def test_a_span_ends_and_polls_close_for_certain():
    polls = expected("22:00", MilestoneKind.POLLS_CLOSE)
    span = expected("between 3 and 4", contest=MID_BEDFORDSHIRE)
    first, second = events(calendar([span, polls], "Count night"))
    assert first["SUMMARY"] == "Tamworth: polls close at 22:00"
    assert "DTEND" not in first
    assert second["SUMMARY"] == ("Mid Bedfordshire: declaration expected between 03:00 and 04:00")
    assert (second["DTSTART"], second["DTEND"]) == ("20231020T020000Z", "20231020T030000Z")


def test_a_milestone_keeps_its_uid_when_its_time_moves_and_is_newer():
    before = expected("around 03:40")
    after = replace(before, time=replace(expected("around 4am").time, at=at("01:30")))
    one, other = (events(calendar([each], "Count night"))[0] for each in (before, after))
    assert one["UID"] == other["UID"]
    assert one["DTSTAMP"] < other["DTSTAMP"]


def test_uids_tell_milestones_and_contests_apart():
    every = [
        expected("03:40", kind, contest)
        for kind in MilestoneKind
        for contest in (TAMWORTH, MID_BEDFORDSHIRE)
    ]
    assert len({event["UID"] for event in events(calendar(every, "x"))}) == len(every)


def test_an_address_that_is_none_is_no_url():
    one = expected("03:40", source=Source(name="x", url="javascript:alert(1)"))
    assert "URL" not in events(calendar([one], "x"))[0]


def test_a_night_without_times_is_a_calendar_without_events():
    assert unfolded(calendar([], "x")) == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Teller//count night//EN",
        "CALSCALE:GREGORIAN", "X-WR-CALNAME:x", "END:VCALENDAR",
    ]  # fmt: skip


def test_years_have_four_digits_and_times_are_utc():
    early = Figure(
        value=replace(expected("03:40").time.value, at=datetime(999, 1, 2, 3, 4, tzinfo=UTC)),
        source=Source(name="x"),
        at=at("00:14"),
        standing=Standing.ESTIMATED,
    )
    assert "DTSTART:09990102T030400Z" in calendar([replace(expected("03:40"), time=early)], "x")
