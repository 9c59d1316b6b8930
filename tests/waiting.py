"""Waiting for what nothing tells of: what others do, what a stand-in keeps, a process's doing."""

import asyncio
from collections.abc import Callable
from typing import Any


async def until(done: Callable[[], Any], *, within: float = 30.0) -> None:
    """Wait until something is so. Raises `TimeoutError` where it is not, `within` seconds."""
    async with asyncio.timeout(within):
        while not done():  # noqa: ASYNC110 - there is no event for it
            await asyncio.sleep(0.001)
