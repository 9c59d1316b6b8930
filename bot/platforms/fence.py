"""The last gate before the wire: what is too late to post does not go out.

A request waits for its turn and for a connection, and the program may be put to sleep meanwhile: by
then another process may have posted the same. So the deadline is asked for when there is a
connection, as the last thing before the first byte is written.
"""

from types import SimpleNamespace

import aiohttp
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from bot.deadline import check
from bot.errors import LeaseLostError


class Fenced(aiohttp.TCPConnector):
    """Connections for a client whose session is its own; raises `LeaseLostError` if too late."""

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - the name that aiohttp calls it by
    ) -> Connection:
        """A connection for a request, which goes out on it at once."""
        connection = await super().connect(req, traces, timeout)
        try:
            check()
        except LeaseLostError:
            connection.release()
            raise
        return connection


def fence() -> aiohttp.TraceConfig:
    """The same for a client that takes no session but tells what its requests do.

    aiohttp says that headers were sent just before they are.
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
