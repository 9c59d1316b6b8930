"""Waiting for something to happen, or for a time to come, whichever is first."""

import asyncio
from contextlib import suppress

from bot.ports import Clock


async def woken(wake: asyncio.Event, clock: Clock, seconds: float | None) -> None:
    """Wait until `wake` is set, so many seconds of the night at most; None for however long."""
    if seconds is None:
        await wake.wait()
        return
    waits = [asyncio.ensure_future(wake.wait()), asyncio.ensure_future(clock.sleep(seconds))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waits:
            one.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*waits, return_exceptions=True)
