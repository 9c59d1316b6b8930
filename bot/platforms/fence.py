"""The last gate before the wire: what is too late to post does not go out.

A request waits for its turn and for a connection, and the program may be put to sleep meanwhile: by
then another process may have posted the same. So the deadline is asked for when there is a
connection, as the last thing before the first byte is written.
"""

from types import SimpleNamespace
from typing import Any

import aiohttp
from aiohttp.connector import Connection

from bot.deadline import check


class Fenced(aiohttp.TCPConnector):
    """Connections for a client whose session is its own; raises `LeaseLostError` if too late."""

    async def connect(self, *request: Any, **options: Any) -> Connection:  # noqa: ANN401 - as it is there
        """A connection for a request, which goes out on it at once."""
        connection = await super().connect(*request, **options)
        try:
            check()
        except BaseException:
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
