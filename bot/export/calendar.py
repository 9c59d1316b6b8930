"""The timetable as an iCalendar file (RFC 5545).

Written here and not by a library: it is one component with eight properties, and what can go wrong
in it (escaping, folding, line ends) is a page of rules that tests hold.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.election.clock import to_utc, uk_stamp
from bot.election.contest import MilestoneKind
from bot.ports import Expected
from handlers import voice

# Octets of a line without its end (section 3.1).
LONGEST = 75
_END = "\r\n"
# All controls but the tab and the line feed: TEXT may not hold them (section 3.3.11), nor may half
# of a pair be written at all.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
_ADDRESS = re.compile(r"https?://[!-~]+", re.IGNORECASE)


def calendar(timetable: Sequence[Expected], name: str) -> str:
    """A calendar with an event for each milestone that is expected, soonest first.

    The same milestone has the same UID in every export, so that a calendar that has it moves it.
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Teller//count night//EN",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    ordered = sorted(timetable, key=lambda one: (one.time.value.at, one.contest.id, one.kind))
    for one in ordered:
        lines += _event(one)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + _END for line in lines)


def summary(one: Expected) -> str:
    """“Tamworth: declaration expected around 03:40”."""
    expects = "" if one.kind is MilestoneKind.POLLS_CLOSE else "expected "
    said = f"{voice.milestone(one.kind)} {expects}{voice.expected(one.time.value)}"
    return f"{one.contest.name}: {said}"


def escaped(text: str) -> str:
    """A value of the type TEXT: backslashes, semicolons, commas and line ends escaped."""
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def folded(line: str) -> str:
    """A content line in pieces of at most 75 octets, none of which ends within a character."""
    pieces, room, begun = [], LONGEST, 0
    for n, character in enumerate(line):
        size = len(character.encode())
        if size > room:
            pieces.append(line[begun:n])
            # The blank that continues a line is one of its octets.
            begun, room = n, LONGEST - 1
        room -= size
    return f"{_END} ".join([*pieces, line[begun:]])


def _event(one: Expected) -> Iterator[str]:
    time, source = one.time.value, one.time.source
    yield "BEGIN:VEVENT"
    yield f"UID:{one.contest.id}.{one.kind.value}@teller"
    # Without a METHOD this is when the event was last revised (section 3.8.7.2), which is when
    # its time was said: a calendar then knows the newer of two.
    yield f"DTSTAMP:{_utc(one.time.at)}"
    yield f"DTSTART:{_utc(time.at)}"
    if time.until is not None and time.until - time.at >= timedelta(seconds=1):
        yield f"DTEND:{_utc(time.until)}"
    yield f"SUMMARY:{escaped(summary(one))}"
    yield f"DESCRIPTION:{escaped(_description(one))}"
    if one.contest.venue:
        yield f"LOCATION:{escaped(one.contest.venue)}"
    if source.url and _ADDRESS.fullmatch(source.url):
        yield f"URL:{source.url}"
    # Nobody is busy because a seat may declare.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _description(one: Expected) -> str:
    said = voice.expected(one.time.value)
    standing, source = one.time.standing.value, one.time.source
    lines = [f"{said[0].upper()}{said[1:]}, UK time. Source: {source.name}, {standing}"]
    lines[0] += "." if one.time.day_only else f", said at {uk_stamp(one.time.at)}."
    if one.time.value.words:
        lines.append(f"“{one.time.value.words}”")
    if source.url:
        lines.append(source.url)
    return "\n".join(lines)


def _utc(instant: datetime) -> str:
    # Not strftime: of a year before 1000 it would leave out the noughts.
    at = to_utc(instant)
    return f"{at.year:04}{at.month:02}{at.day:02}T{at.hour:02}{at.minute:02}{at.second:02}Z"
