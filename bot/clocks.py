"""The night's time: the wall's own, or a replay that runs faster."""

import asyncio
import time
from datetime import UTC, datetime, timedelta


class WallClock:
    """The night is now."""

    def now(self) -> datetime:
        """The instant it is, UTC."""
        return datetime.now(UTC)

    def wall(self, instant: datetime) -> datetime:
        """The same instant."""
        return instant

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


class ReplayClock:
    """A night that begins at `start` and runs `speed` times as fast, once it is let run.

    Until then it is `start`: what has to be built first costs no time of the night. Between two
    looks at it the night goes on by `longest_step` at most: on a machine that is busy with other
    things the night waits, and nothing in it is missed.
    """

    def __init__(
        self, start: datetime, speed: float, *, longest_step: timedelta = timedelta.max
    ) -> None:
        self._night = start
        self._speed = speed
        self._longest_step = longest_step
        self._seen: float | None = None

    def begin(self) -> None:
        """Let the night run."""
        self._seen = time.monotonic()

    def now(self) -> datetime:
        """The instant it is on the night, UTC."""
        if self._seen is not None:
            seen = time.monotonic()
            step = timedelta(seconds=(seen - self._seen) * self._speed)
            self._night += min(step, self._longest_step)
            self._seen = seen
        return self._night

    def wall(self, instant: datetime) -> datetime:
        """When, on the wall's clock, the night reaches `instant`, if it need not wait."""
        return datetime.now(UTC) + (instant - self.now()) / self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the night."""
        await asyncio.sleep(seconds / self._speed)


class StoppedClock:
    """A moment that stands still until somebody moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment, UTC."""
        return self.moment

    def wall(self, instant: datetime) -> datetime:
        """As far from now as `instant` is from the moment."""
        return datetime.now(UTC) + (instant - self.moment)

    async def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.moment += timedelta(seconds=seconds)
