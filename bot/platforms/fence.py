"""The last gate before the wire: what is too late to post does not go out."""

from types import SimpleNamespace

import aiohttp

from bot.deadline import check


def fence() -> aiohttp.TraceConfig:
    """What has a client's session ask for the deadline as each of its requests goes out.

    A request waits for its turn and for a connection, and the program may be put to sleep
    meanwhile: by then another process may have posted the same. So it is asked when there is a
    connection, as the last thing before the first byte is written (which is when aiohttp says that
    headers were sent).
    """
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(hold_back)
    return trace


async def hold_back(
    _session: aiohttp.ClientSession,
    _context: SimpleNamespace,
    _headers: aiohttp.TraceRequestHeadersSentParams,
) -> None:
    """Raise `LeaseLostError` where it is too late."""
    check()
