"""A night that runs faster than the wall's clock, for several processes at once.

Run as a program it is Teller by this clock: `python -m tests.electionnight.clock run --night …`.
"""

import asyncio
import mmap
import os
import struct
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path


class FastClock:
    """It is `start` until somebody lets the night begin; then it runs `speed` times as fast.

    The file at `path` holds when that was, by the wall's clock; whoever makes it `anew` may begin.
    """

    def __init__(self, path: Path, *, start: datetime, speed: float, anew: bool = False) -> None:
        if anew:
            path.write_bytes(struct.pack("d", 0.0))
        self._path = path
        self._start = start
        self.speed = speed
        with path.open("r+b") as file:
            self._began = mmap.mmap(file.fileno(), 8)

    def begin(self) -> None:
        """Let the night run, in every process."""
        self._began[:8] = struct.pack("d", time.time())

    def now(self) -> datetime:
        """The instant it is on the night, UTC."""
        (began,) = struct.unpack("d", self._began[:8])
        seconds = (time.time() - began) * self.speed if began else 0.0
        return self._start + timedelta(seconds=seconds)

    def wall(self, instant: datetime) -> datetime:
        """When the night comes there, on the wall's clock."""
        return datetime.now(UTC) + (instant - self.now()) / self.speed

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the night."""
        await asyncio.sleep(seconds / self.speed)

    @property
    def environment(self) -> Mapping[str, str]:
        """What another process needs to be told to have the same."""
        return {
            "NIGHT_CLOCK": str(self._path),
            "NIGHT_START": self._start.isoformat(),
            "NIGHT_SPEED": repr(self.speed),
        }


def of_environment() -> FastClock:
    """The clock that the environment tells of."""
    return FastClock(
        Path(os.environ["NIGHT_CLOCK"]),
        start=datetime.fromisoformat(os.environ["NIGHT_START"]),
        speed=float(os.environ["NIGHT_SPEED"]),
    )


if __name__ == "__main__":
    import bot.service
    from bot.cli import main

    bot.service.WallClock = of_environment  # type: ignore[assignment, misc]
    main()
