"""UK clock times, as people say them on a count night, to instants and back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.election import phrasing
from bot.election.spoken import SMALL_HOURS, SpokenClock, SpokenDelay, SpokenSpan, hear, phrases
from bot.errors import TimeUnclearError

UK = ZoneInfo("Europe/London")

_NOON, _POLLS_CLOSE, _EVENING = time(12), time(22), time(18)
_DAY = timedelta(days=1)
_DAYBREAK = 6
# Nobody waits longer than this for one event: a longer span has its sides the wrong way round.
_LONGEST_SPAN = timedelta(hours=8)
_LONGEST_WORDS = 200
_ISO = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time as it was said: `at` in UTC, `until` the end of a span (“between 3 and 4”).

    `approximate` marks “around 3am”, `earliest` “not before 3am”; `words` are the words that it was
    read from.
    """

    at: datetime
    until: datetime | None = None
    approximate: bool = False
    earliest: bool = False
    words: str = ""

    def says(self, other: "ClockTime") -> bool:
        """Whether another time says the same, whatever its words."""
        return replace(self, words="") == replace(other, words="")

    def later(self, minutes: int) -> "ClockTime":
        """The same time so many minutes later, in nobody's words."""
        span = timedelta(minutes=minutes)
        return ClockTime(
            at=self.at + span,
            until=None if self.until is None else self.until + span,
            approximate=self.approximate,
            earliest=self.earliest,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInText:
    """A time inside a text: `text[start:end]` are its words."""

    start: int
    end: int
    time: ClockTime


def to_utc(moment: datetime) -> datetime:
    """An aware instant in UTC. Raises `ValueError` for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def read_time(words: str, *, polling_day: date, said_at: datetime | None = None) -> ClockTime:
    """The instant that words name on the night after `polling_day`, on UK clocks.

    The night runs from noon on polling day to noon, exclusive, on the day after.

    - With am or pm, a leading nought (“03:00”) or an hour over 12 (“22:00”) the clock is plain,
      and the night has it once. Times from 12:00 to 17:59 that are said after the polls closed
      are those of the next afternoon.
    - Else (“4”, “10:30”, “half past two”) both halves of the day are possible: it is the first
      one of the night that is not before `said_at`, or not before 22:00 on polling day where
      `said_at` is None. A bare twelve (“12”, “12:30”) is always at midnight.
    - A day, date or part of the day that is named (“on Friday morning”, “tonight”) must agree.
    - In a span the end follows the start where it is bare (“between 3 and 4”); else the start is
      the last such time before the end (“between 11 and 1am”). Eight hours are the most.
    - “In 20 minutes” counts from `said_at`.
    - BST, GMT and UTC are taken at their word, in force or not. Without one, a time that comes
      twice when clocks go back is the first, in BST: a reminder an hour early can be repeated,
      one an hour late is no use.
    - An ISO instant (“2023-10-20T03:00+01:00”) is taken literally, whatever the night; without an
      offset it is UK time.

    `approximate` covers every hedge: “around”, “by”, “after”, “no earlier than”; the last is
    `earliest` too. Raises
    `TimeUnclearError` where the words name no time, more than one, or one that does not exist;
    `ValueError` where `said_at` has no time zone.
    """
    words = words.strip()
    night = _Night(
        polling_day=polling_day,
        said_at=None if said_at is None else to_utc(said_at),
        quoted=_quoted(words),
    )
    if len(words) > _LONGEST_WORDS:
        raise night.unclear("is not a clock time.")
    if _ISO.fullmatch(words):
        return ClockTime(at=night.literal(words), words=words)
    said = hear(words)
    at: datetime
    until: datetime | None = None
    match said:
        case SpokenClock():
            at = night.clock(said)
        case SpokenSpan():
            at, until = night.span(said)
        case SpokenDelay():
            at, until = night.delay(said)
        case None:
            raise night.unclear("is not a clock time.")
    return ClockTime(
        at=at,
        until=until,
        approximate=said.approximate,
        earliest=until is None and phrasing.EARLIEST.search(words) is not None,
        words=words,
    )


def find_times(
    text: str, *, polling_day: date, said_at: datetime | None = None
) -> list[TimeInText]:
    """The times written inside a text, in order, each read as `read_time` would read it.

    Only what is safe in prose is found: with am or pm, with a colon, in words such as “half past
    two”; a bare number only at one side of a span. What is unclear is left out.
    Raises `ValueError` where `said_at` has no time zone.
    """

    def times() -> Iterator[TimeInText]:
        for start, end in phrases(text):
            try:
                found = read_time(text[start:end], polling_day=polling_day, said_at=said_at)
            except TimeUnclearError:
                continue
            yield TimeInText(start=start, end=end, time=found)

    return list(times())


def night_of(instant: datetime) -> date:
    """The polling day whose night an aware instant belongs to: before noon, the day before."""
    moment = to_utc(instant).astimezone(UK)
    return moment.date() - _DAY if moment.time() < _NOON else moment.date()


def uk_clock(instant: datetime) -> str:
    """An aware instant on UK clocks: “00:41”."""
    return f"{to_utc(instant).astimezone(UK):%H:%M}"


def uk_stamp(instant: datetime) -> str:
    """An aware instant on UK clocks, with the zone in force: “00:41 BST”."""
    return f"{to_utc(instant).astimezone(UK):%H:%M %Z}"


def uk_day(instant: datetime) -> str:
    """The UK day of an aware instant: “Friday 20 October 2023”."""
    return _day_name(to_utc(instant).astimezone(UK).date())


def say_day(day: date) -> str:
    """A day without its weekday: “19 October 2023”."""
    return f"{day.day} {say_month(day)} {day.year}"


def say_month(day: date) -> str:
    """The month of a day: “October”."""
    return _MONTHS[day.month - 1]


def say(time: ClockTime) -> str:
    """A time in words, on UK clocks: “03:00”, “around 03:00”, “not before 03:00”, “between …”."""
    if time.until is not None:
        return f"between {uk_clock(time.at)} and {uk_clock(time.until)}"
    if time.earliest:
        return f"not before {uk_clock(time.at)}"
    return f"around {uk_clock(time.at)}" if time.approximate else uk_clock(time.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Night:
    """The night after a polling day, and the question that is being asked of it."""

    polling_day: date
    said_at: datetime | None
    quoted: str

    def clock(self, said: SpokenClock) -> datetime:
        moments = self._moments(said)
        if len(moments) > 1:
            moments = [moment for moment in moments if self._fits(said, moment)]
        if not moments and len(said.readings) > 1:
            raise self.unclear("has passed, or may be morning or afternoon: add am or pm.")
        if not moments or (said.midnight and not self._noon() <= moments[0] < self._noon(1)):
            raise self._elsewhen()
        return self._exact(moments[0])

    def span(self, said: SpokenSpan) -> tuple[datetime, datetime]:
        if len(said.end.readings) > 1 and said.end.day is None:
            start = self.clock(said.start)
            later = [moment for moment in self._moments(said.end) if moment > start]
            end = self._exact(later[0]) if later else start
        else:
            end = self.clock(said.end)
            earlier = [moment for moment in self._moments(said.start) if moment < end]
            start = self._exact(earlier[-1]) if earlier else end
        if not timedelta(0) < end - start <= _LONGEST_SPAN:
            raise self.unclear("does not begin before it ends.")
        return start, end

    def delay(self, said: SpokenDelay) -> tuple[datetime, datetime | None]:
        if self.said_at is None:
            raise self.unclear("counts from a moment that is not known.")
        at = self.said_at + said.after
        until = None if said.until is None else self.said_at + said.until
        day = (until or at).astimezone(UK).date()
        if not self.polling_day <= day <= self.polling_day + 2 * _DAY:
            raise self._elsewhen()
        return at, until

    def literal(self, words: str) -> datetime:
        try:
            moment = datetime.fromisoformat(words.upper())
            return self._exact(moment if moment.tzinfo else moment.replace(tzinfo=UK))
        except (ValueError, OverflowError) as error:
            raise self.unclear("is not a time of any day.") from error

    def unclear(self, reason: str) -> TimeUnclearError:
        return TimeUnclearError(f"{self.quoted} {reason} Write it like “03:00” or “around 3am”.")

    def _moments(self, said: SpokenClock) -> list[datetime]:
        """Every moment of the polling day and the two days after that the words may mean."""
        now = self.said_at and self.said_at.astimezone(UK)
        today = now.date() if now else self.polling_day
        days = [self.polling_day + n * _DAY for n in range(3)]
        if said.day is not None:
            # After midnight “tomorrow” may be the day that has begun already.
            if said.day.ahead is not None and (now is None or now.hour < _DAYBREAK):
                raise self.unclear("leaves the day open: name it, or leave it out.")
            days = [day for day in days if said.day.names(day, today)]
        elif said.this and self.said_at is not None and self.said_at < self._close():
            days = [day for day in days if day == today]
        return sorted(
            datetime.combine(
                day + _DAY if said.nightly and minutes in SMALL_HOURS else day,
                time(*divmod(minutes, 60), tzinfo=said.zone or UK),
            )
            for day in days
            for minutes in said.readings
        )

    def _fits(self, said: SpokenClock, moment: datetime) -> bool:
        """Whether the moment can be meant, where the words leave more than one."""
        if len(said.readings) > 1:
            in_time = moment >= (self.said_at or self._close())
            return in_time and (said.day is not None or moment < self._noon(1))
        closed = self.said_at is not None and self.said_at >= self._close()
        by_day = _NOON <= moment.time() < _EVENING
        return moment >= (self._close() if closed and by_day else self._noon())

    def _noon(self, days_after: int = 0) -> datetime:
        return datetime.combine(self.polling_day + days_after * _DAY, _NOON, UK)

    def _close(self) -> datetime:
        return datetime.combine(self.polling_day, _POLLS_CLOSE, UK)

    def _exact(self, moment: datetime) -> datetime:
        instant = moment.astimezone(UTC)
        if instant.astimezone(moment.tzinfo).replace(tzinfo=None) == moment.replace(tzinfo=None):
            return instant
        raise TimeUnclearError(
            f"{moment:%H:%M} does not exist on the night of {_day_name(self.polling_day)}: clocks "
            f"go from 01:00 to 02:00. Write {self.quoted} like “00:30” or “around 02:30”."
        )

    def _elsewhen(self) -> TimeUnclearError:
        night = _day_name(self.polling_day)
        return self.unclear(f"does not fall in the night of {night}.")


# Local names, for a locale would change what strftime writes.
def _day_name(day: date) -> str:
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"


def _quoted(words: str) -> str:
    return f"“{words}”" if len(words) <= 60 else f"“{words[:60]}…”"
