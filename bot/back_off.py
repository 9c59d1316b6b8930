"""Waiting longer after each failure, and never in step with others."""

import asyncio
import random


class BackOff:
    """Pauses that double from `first` to `longest`, in seconds of the wall's clock.

    Each is between half and all of its length: many who failed together must not come back
    together.
    """

    def __init__(self, first: float, longest: float) -> None:
        self._first = self._next = first
        self._longest = longest

    def reset(self) -> None:
        """It went well: the next pause is the first one again."""
        self._next = self._first

    async def pause(self) -> None:
        """Wait; the next pause is twice as long."""
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, no secret
        self._next = min(self._next * 2, self._longest)


def jittered(seconds: float, least: float, most: float) -> float:
    """Seconds times something between two factors, so that many do not come at one moment."""
    return seconds * random.uniform(least, most)  # noqa: S311 - no secret
