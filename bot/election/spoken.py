"""What somebody said of a time, before it is known on which day it falls."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, timezone, tzinfo

from bot.election import phrasing

_NOON = 12 * 60
_DAY = 24 * 60
_SUMMER = timezone(timedelta(hours=1), "BST")
_ZONES: dict[str, tzinfo] = {
    "gmt": UTC,
    "utc": UTC,
    "bst": _SUMMER,
    "british summer time": _SUMMER,
}
SMALL_HOURS = range(6 * 60)
_PARTS = {
    "morning": (range(_NOON),),
    "early hours": (SMALL_HOURS,),
    "afternoon": (range(_NOON, 18 * 60),),
    "evening": (range(17 * 60, _DAY),),
    "night": (range(18 * 60, _DAY), SMALL_HOURS),
}
_TURNS = {"midnight": 0, "noon": _NOON, "midday": _NOON}
_FRACTIONS = {"half": 30, "quarter": 15, "three": 45}  # minutes; “three quarters”


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenDay:
    """What was said of the day; None stands for what was left open, `ahead` is in days."""

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    ahead: int | None = None

    def names(self, other: date, today: date) -> bool:
        """Whether the words, said on the date `today`, may mean the `other` date."""
        ahead = (other - today).days
        facts = (other.weekday(), other.day, other.month, other.year, ahead)
        said = (self.weekday, self.day, self.month, self.year, self.ahead)
        return all(word in (None, fact) for word, fact in zip(said, facts, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenClock:
    """One clock time. `readings` are the minutes after midnight that it may mean, earliest first.

    `zone` and `day` are None where they were not said. `nightly` marks a night named by the day
    on which it begins (“3am on Thursday night”), `this` the part of the day that it is now
    (“this morning”), `midnight` the word itself.
    """

    readings: tuple[int, ...]
    zone: tzinfo | None = None
    day: SpokenDay | None = None
    nightly: bool = False
    this: bool = False
    midnight: bool = False
    approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenSpan:
    """“Between three and four”."""

    start: SpokenClock
    end: SpokenClock
    approximate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenDelay:
    """“In 20 minutes”; `until` for “in 20 to 30 minutes”."""

    after: timedelta
    until: timedelta | None = None
    approximate: bool = False


def hear(words: str) -> SpokenClock | SpokenSpan | SpokenDelay | None:
    """What the words say; None unless all of them together are a time, a span or a delay."""
    text = " ".join(words.translate(phrasing.PLAIN).lower().split())
    return _delay(text) or _span(text) or _clock(text)


def phrases(text: str) -> Iterator[tuple[int, int]]:
    """Where words that may be times begin and end in prose: in order, without overlaps."""
    return (found.span() for found in phrasing.PROSE.finditer(text.translate(phrasing.PLAIN)))


def _span(text: str) -> SpokenSpan | None:
    said = phrasing.SPAN.fullmatch(text)
    if said is None:
        return None
    # What stands before a span, “on Friday between …”, holds for its end; the start follows it.
    end = _clock(said["lead"] + said["end"])
    start = _clock(said["start"])
    if start is None or end is None:
        return None
    vague = start.approximate or end.approximate
    return SpokenSpan(start=replace(start, zone=start.zone or end.zone), end=end, approximate=vague)


def _clock(text: str) -> SpokenClock | None:
    said = phrasing.CLOCK.fullmatch(text)
    core = said and phrasing.CORE.fullmatch(said["core"])
    if said is None or core is None:
        return None
    around = f"{said['lead']} {said['tail']}"
    zones, parts = set(phrasing.ZONE.findall(around)), set(phrasing.PART.findall(around))
    weekdays = {name[:3] for name in phrasing.WEEKDAY.findall(around)}
    if max(len(zones), len(parts), len(weekdays)) > 1:
        return None
    readings = _readings(core)
    for part in parts:
        readings = tuple(r for r in readings if any(r in hours for hours in _PARTS[part]))
    # A bare twelve is midnight on a count night, unless a part of the day was named.
    if not parts and len(readings) > 1 and readings[0] < 60:
        readings = readings[:1]
    if not readings:
        return None
    day, midnight = _day(around), core["turn"] == "midnight"
    return SpokenClock(
        readings=readings,
        zone=next((_ZONES[zone] for zone in zones), None),
        day=day,
        nightly=day is not None and ("night" in parts or midnight),
        this="this " in around,
        midnight=midnight,
        approximate=phrasing.HEDGED.search(around) is not None,
    )


def _day(around: str) -> SpokenDay | None:
    weekday = phrasing.WEEKDAY.search(around)
    dated = phrasing.DATE.search(around)
    nearby = phrasing.NEARBY_DAY.search(around)
    if not (weekday or dated or nearby):
        return None
    return SpokenDay(
        weekday=phrasing.WEEKDAYS.index(weekday[0][:3]) if weekday else None,
        day=int(dated["day"]) if dated else None,
        month=phrasing.MONTHS.index(dated["month"]) + 1 if dated else None,
        year=int(dated["year"]) if dated and dated["year"] else None,
        ahead=phrasing.NEARBY_DAYS[nearby[0]] if nearby else None,
    )


def _readings(core: re.Match[str]) -> tuple[int, ...]:
    """Minutes after midnight; none where there is no such time."""
    if core["turn"]:
        return (_TURNS[core["turn"]],)
    if core["offset"] is None:
        return _hours(core["hour"], int(core["minute"] or 0), core["half"])
    turn = _TURNS.get(core["anchor"])
    anchors = _hours(core["anchor"], 0, core["anchor_half"]) if turn is None else (turn,)
    shift = _shift(core["offset"])
    return tuple(sorted((anchor + shift) % _DAY for anchor in anchors))


def _hours(hour: str, minute: int, half: str | None) -> tuple[int, ...]:
    number = _number(hour)
    if half is not None:
        afternoon = half.startswith("p")
        possible = 0 < number <= 12 or (number == 0 and not afternoon)
        return (number % 12 * 60 + minute + _NOON * afternoon,) if possible else ()
    if number > 12 or hour.startswith("0"):
        return (number * 60 + minute,) if number < 24 else ()
    morning = number % 12 * 60 + minute
    return morning, morning + _NOON


def _shift(offset: str) -> int:
    """Minutes from the hour: 30 for “half past”, -15 for “quarter to”."""
    words = re.sub(r"^a |\b(?:min(?:ute)?s?|past|to)\b", "", offset).strip()
    minutes = _FRACTIONS[words] if words in _FRACTIONS else _number(words)
    return -minutes if offset.endswith("to") else minutes


def _number(words: str) -> int:
    return int(words) if words.isdecimal() else phrasing.NUMBERS[words.replace(" ", "-")]


def _delay(text: str) -> SpokenDelay | None:
    said = phrasing.DELAY.fullmatch(text)
    if said is None:
        return None
    approximate = said["hedge"] is not None
    if fraction := said["fraction"]:
        word = fraction.removeprefix("a ").replace("-", " ").split()[0]
        return SpokenDelay(after=timedelta(minutes=_FRACTIONS[word]), approximate=approximate)
    hourly = said["unit"].startswith("h")
    halved = said["half"] or said["half_more"]
    # “In a minute” is not a minute, and minutes have no minutes of their own.
    if not hourly and (halved or said["more"] or said["number"] in ("a", "an")):
        return None
    unit = timedelta(hours=1) if hourly else timedelta(minutes=1)
    most = unit * _number(said["number"]) + timedelta(
        minutes=(30 if halved else 0) + _number(said["more"] or "0")
    )
    if said["least"] is None:
        return SpokenDelay(after=most, approximate=approximate)
    least = unit * _number(said["least"])
    return SpokenDelay(after=least, until=most, approximate=approximate) if least < most else None
