"""The last gate before the wire: what is too late to post does not go out."""

from types import SimpleNamespace

import aiohttp

from bot.deadline import check


def fence() -> aiohttp.TraceConfig:
    """What has a client's session ask for the deadline as each of its requests goes out.

    A request waits for its turn and for a connection, and the program may be put to sleep
    meanwhile: by then another process may have posted the same.
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_start.append(hold_back)
    return trace


async def hold_back(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _start: aiohttp.TraceRequestStartParams,
) -> None:
    """Raise `LeaseLostError` where it is too late."""
    check()
