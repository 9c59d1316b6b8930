"""Lines from standard input where nobody types: a pipe, a file, or nothing at all."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncGenerator

_CHUNK = 65_536


async def piped_lines(fd: int) -> AsyncGenerator[str, None]:
    """Lines of a file descriptor until its end, without blocking the loop."""
    rest = b""
    while chunk := await _read(fd):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode(errors="replace")
    if rest:
        yield rest.decode(errors="replace")


async def _read(fd: int) -> bytes:
    """The next bytes; none at the end."""
    # The loop cannot wait for files and /dev/null, and its own pool of threads would hold up
    # the end of the program where a pipe stays silent; a daemon does neither.
    loop = asyncio.get_running_loop()
    arrived: asyncio.Future[bytes] = loop.create_future()

    def deliver(chunk: bytes) -> None:
        if not arrived.done():
            arrived.set_result(chunk)

    def read() -> None:
        try:
            chunk = os.read(fd, _CHUNK)
        except OSError:
            chunk = b""
        # A closed loop: the program is ending, and nobody waits for the line any more.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(deliver, chunk)

    threading.Thread(target=read, name="terminal-stdin", daemon=True).start()
    return await arrived
