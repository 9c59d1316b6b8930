"""Faults on command: what a test tells the stand-in to do to the next calls of a method."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Cut = Literal["before", "after"]


@dataclass(kw_only=True)
class Fault:
    """One way to fail, and how often yet."""

    method: str
    times: int = 1
    status: int | None = None
    retry_after: int | None = None
    error: str | None = None
    cut: Cut | None = None
    delay: float = 0.0
    late: bool = False
    hold: asyncio.Event | None = None
    when: Callable[[dict[str, Any]], bool] = lambda _arguments: True


class Faults:
    """The faults still to come, first in, first out for each method."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def fail(
        self,
        method: str,
        *,
        times: int = 1,
        status: int | None = None,
        retry_after: int | None = None,
        error: str | None = None,
        cut: Cut | bool | None = None,
        delay: float = 0.0,
        late: bool = False,
        hold: asyncio.Event | None = None,
        when: Callable[[dict[str, Any]], bool] = lambda _arguments: True,
    ) -> None:
        """Let the next calls of a method go wrong.

        `status` answers with that HTTP status and Slack's HTML page; `retry_after` with 429;
        `error` with {"ok": false}. `cut` drops the connection without an answer: “before” the
        call was carried out, or “after” (True means after). `delay` comes first, and alone is
        no fault. `late` answers with the status once the call was carried out; `hold` keeps the
        answer to a call that was carried out back until a test lets it go. `method` may also be
        “response_url” or “upload”; `when` picks by arguments.
        """
        self.waiting.append(
            Fault(
                method=method,
                times=times,
                status=status,
                retry_after=retry_after,
                error=error,
                cut="after" if cut is True else cut or None,
                delay=delay,
                late=late,
                hold=hold,
                when=when,
            )
        )

    def take(self, method: str, arguments: dict[str, Any]) -> Fault | None:
        """The fault that this call meets, if any."""
        for fault in self.waiting:
            if fault.method == method and fault.when(arguments):
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
                return fault
        return None
