"""Ways in which Discord fails a test that asks for it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

When = Callable[[dict[str, str]], bool]


@dataclass(eq=False, kw_only=True)
class Fault:
    """What goes wrong with a method, and how many times.

    `cut` drops the connection without an answer, before or after the request was carried out.
    `status` answers so, before it is carried out or (`late`) after; `code` is Discord's own number.
    `retry_after` is a 429, which comes from Discord itself only where `via` is set. `hold` keeps
    the answer back after the request was carried out, until a test lets it go.
    """

    times: int = 1
    when: When = lambda _path: True
    cut: Literal["before", "after"] | None = None
    status: int = 503
    late: bool = False
    code: int | None = None
    retry_after: float | None = None
    via: bool = True
    everywhere: bool = False
    hold: asyncio.Event | None = None


class Faults:
    """The faults that are still to come, by method and path."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, Fault]] = []

    def fail(self, method: str, **how: Any) -> None:
        """Let a method fail; `method` as in `POST /channels/{channel_id}/messages`."""
        self._waiting.append((method, Fault(**how)))

    def take(self, method: str, path: dict[str, str]) -> Fault | None:
        """The fault that is next for a request, used up by this."""
        for named, fault in self._waiting:
            if named == method and fault.times > 0 and fault.when(path):
                fault.times -= 1
                return fault
        return None
