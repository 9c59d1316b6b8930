"""A clock whose hands are in a file: whoever plays the night moves them, and every process sees it.

Run as a script before the program, it gives the program this clock: HANDS names the file.
"""

import asyncio
import mmap
import os
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

# How often, in seconds of the wall, it is looked at by who waits, and by an alarm.
TICK, ALARM = 0.02, 0.2
HANDS = "HANDS"


class Hands:
    """The file: a Unix time. Opening it anew lets it stand as it stood."""

    def __init__(self, path: Path, at: datetime | None = None) -> None:
        if at is not None:
            path.write_bytes(struct.pack("d", at.timestamp()))
        with path.open("r+b") as file:
            self._file = mmap.mmap(file.fileno(), 8)

    @property
    def at(self) -> datetime:
        """Where they stand, UTC."""
        return datetime.fromtimestamp(struct.unpack("d", self._file[:8])[0], UTC)

    @at.setter
    def at(self, moment: datetime) -> None:
        self._file[:8] = struct.pack("d", moment.timestamp())


class HandClock:
    """It is as late as the hands say; who waits for a time waits until somebody moves them."""

    def __init__(self, hands: Hands) -> None:
        self._hands = hands

    def now(self) -> datetime:
        """The instant it is on the night, UTC."""
        return self._hands.at

    def wall(self, instant: datetime) -> datetime:
        """Nobody knows when the hands come there: an alarm looks again after a moment."""
        ahead = instant > self.now()
        return datetime.now(UTC) + timedelta(seconds=ALARM if ahead else 0)

    async def sleep(self, seconds: float) -> None:
        """Wait until the hands have moved so far."""
        until = self.now() + timedelta(seconds=seconds)
        while self.now() < until:  # noqa: ASYNC110 - another process moves them
            await asyncio.sleep(TICK)


if __name__ == "__main__":
    import bot.service

    bot.service.WallClock = lambda: HandClock(Hands(Path(os.environ[HANDS])))  # type: ignore[assignment, misc]
