"""The last moment to post: asked for once more just before a request goes on the wire."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.errors import LeaseLostError

_until: ContextVar[float | None] = ContextVar("until", default=None)


def uptime() -> float:
    """Seconds on a clock that goes on while the program, or the machine, sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@contextmanager
def in_time(until: float) -> Iterator[None]:
    """Within it, nothing may be posted after `until`, a moment of `uptime`."""
    token = _until.set(until)
    try:
        yield
    finally:
        _until.reset(token)


def check() -> None:
    """Raise `LeaseLostError` where it is too late to post; for who is about to."""
    until = _until.get()
    if until is not None and uptime() >= until:
        raise LeaseLostError("it is too late to post: the program was asleep")
