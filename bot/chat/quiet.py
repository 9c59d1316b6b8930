"""When entries wait: quiet hours, and the times at which those that wait come as one message."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from bot.election.clock import UK, to_utc
from bot.errors import AskError

LONGEST_WORDS = 100
LATE = timedelta(minutes=2)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """The quiet hours of every day, on UK clocks: from `begins` on, and no more at `ends`.

    Over midnight where it ends before it begins. A time that comes twice as clocks go back is the
    first; one that is left out as they go forward is as long after the last that is not.
    """

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M} to {self.ends:%H:%M}"

    def until(self, at: datetime) -> datetime | None:
        """When the quiet that it is at an instant is over (UTC); None where it is not quiet."""
        return next((end for begin, end in self._around(at) if begin <= at < end), None)

    def after(self, at: datetime) -> datetime:
        """When it is quiet next (UTC), after an instant."""
        return next(begin for begin, _ in self._around(at) if begin > at)

    def _around(self, at: datetime) -> list[tuple[datetime, datetime]]:
        """The quiet of the days around an instant, each as its beginning and its end."""
        today = to_utc(at).astimezone(UK).date()
        over = _DAY if self.ends <= self.begins else timedelta(0)
        days = [today + n * _DAY for n in (-1, 0, 1, 2)]
        return [
            (
                to_utc(datetime.combine(day, self.begins, UK)),
                to_utc(datetime.combine(day + over, self.ends, UK)),
            )
            for day in days
        ]


_TIME = r"(?:midnight|noon|\d{1,2}(?:[:.]\d{2})? ?(?:[ap]\.?m\.?)?)"
_QUIET = re.compile(
    rf"(?:from |between )?(?P<begins>{_TIME}) ?(?:to|till|until|and|-|–) ?(?P<ends>{_TIME})"
)
_CLOCK = re.compile(r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2}))? ?(?P<half>[ap])?")


def read_quiet(words: str) -> Quiet:
    """Quiet hours as people write them: “01:00 to 06:00”, “from 11pm to 6am”, “23-06:00”.

    Raises `AskError` with a sentence where they are none.
    """
    said = " ".join(words.casefold().split())
    found = _QUIET.fullmatch(said) if len(said) <= LONGEST_WORDS else None
    begins, ends = (_time(found[name]) for name in ("begins", "ends")) if found else (None, None)
    if begins is None or ends is None:
        shown = said if len(said) <= 40 else f"{said[:40]}…"
        raise AskError(f"“{shown}” are no hours. Write them like “quiet 01:00 to 06:00”.")
    if begins == ends:
        raise AskError(
            "Quiet hours that end when they begin would never end; “unfollow” ends what comes here."
        )
    return Quiet(begins=begins, ends=ends)


def due(since: datetime, every: int | None, quiet: Quiet | None, now: datetime) -> datetime:
    """When what waits for one message, the oldest of it `since` an instant, is to come (UTC).

    At the next full round of so many minutes, as the clock has it: every 30 is on the hour and on
    the half hour. What waits as it becomes quiet comes as it does; what came while it was quiet, or
    could not come before, as that is over.
    """
    if quiet is not None and (end := quiet.until(since)) is not None:
        return end
    at = since if every is None else _next_round(since, every)
    if quiet is not None:
        at = min(at, quiet.after(since)) if every is not None else at
        # In time, or a little late; whoever was away for longer does not wake people for it.
        if now - at > LATE and (end := quiet.until(now)) is not None:
            return end
    return at


def _next_round(since: datetime, every: int) -> datetime:
    midnight = datetime.combine(to_utc(since).date(), time(0), UTC)
    step = timedelta(minutes=every)
    return midnight + step * ((since - midnight) // step + 1)


def _time(words: str) -> time | None:
    if words in ("midnight", "noon"):
        return time(12 if words == "noon" else 0)
    found = _CLOCK.match(words)
    if found is None:
        return None
    hour, minute, half = int(found["hour"]), int(found["minute"] or 0), found["half"]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour % 24, minute) if hour <= 24 and minute < 60 else None
