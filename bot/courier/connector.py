"""How procrastinate's workers reach the database, and how it is known that they do not."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, LiteralString

import procrastinate
import psycopg
import structlog
from procrastinate.connector import Notify
from procrastinate.exceptions import ConnectorException

log = structlog.get_logger()

CONNECTIONS = 4
PATIENCE = 10.0
# A worker that looks for jobs forgets, once it has found none, what it has heard meanwhile. So it
# is told again so many seconds after the last word, when it has looked.
ECHO_AFTER = 0.5


class Connector(procrastinate.PsycopgConnector):
    """As procrastinate's own; `broken` is set once the database was away.

    A worker goes on without its heartbeat, or without hearing of new jobs, where these have failed:
    it watches over them only until the first of its side tasks ends, and the one for periodic
    tasks, of which there are none, ends at once. So it has to be begun anew.
    """

    def __init__(self, address: str) -> None:
        super().__init__(conninfo=address, min_size=1, max_size=CONNECTIONS, timeout=PATIENCE)
        self.broken = asyncio.Event()

    async def execute_query_async(self, query: LiteralString, **arguments: object) -> None:
        """Run a query."""
        async with self._noticed():
            await super().execute_query_async(query, **arguments)

    async def execute_query_one_async(
        self, query: LiteralString, **arguments: object
    ) -> dict[str, Any]:
        """Run a query for its one row."""
        async with self._noticed():
            row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
            return row

    async def execute_query_all_async(
        self, query: LiteralString, **arguments: object
    ) -> list[dict[str, Any]]:
        """Run a query for its rows."""
        async with self._noticed():
            rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
            return rows

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Hear what is said on channels, and the last of it once more."""
        echo: asyncio.Task[None] | None = None

        async def again(channel: str, payload: str) -> None:
            await asyncio.sleep(ECHO_AFTER)
            await on_notification(channel=channel, payload=payload)

        async def hear(*, channel: str, payload: str) -> None:
            nonlocal echo
            if echo is not None:
                echo.cancel()
            echo = asyncio.create_task(again(channel, payload))
            await on_notification(channel=channel, payload=payload)

        try:
            async with self._noticed():
                await super().listen_notify(hear, channels)
        finally:
            if echo is not None:
                echo.cancel()

    @asynccontextmanager
    async def _noticed(self) -> AsyncIterator[None]:
        try:
            yield
        except (ConnectorException, psycopg.Error) as error:
            reason = error if isinstance(error, psycopg.Error) else error.__cause__
            if isinstance(reason, psycopg.OperationalError | psycopg.InterfaceError):
                self.broken.set()
            raise
