"""UK clock times, as people say them on a count night, to instants and back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

UK = ZoneInfo("Europe/London")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockTime:
    """A time as it was said: `at` in UTC, `until` the end of a span (“between 3 and 4”).

    `approximate` marks “around 3am”; `words` are the words that it was read from.
    """

    at: datetime
    until: datetime | None = None
    approximate: bool = False
    words: str = ""


def to_utc(moment: datetime) -> datetime:
    """An aware instant in UTC. Raises `ValueError` for one without a time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC)


def read_time(words: str, *, polling_day: date, said_at: datetime | None = None) -> ClockTime:
    """The instant that words name on the night after `polling_day`."""
    raise NotImplementedError
