"""Lines to PostgreSQL that stay open for as long as something is waited for on them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy.engine import URL

if TYPE_CHECKING:
    import psycopg

# Who is stopped in the middle of a transaction must not keep its locks for ever, in milliseconds.
# A machine that dies says nothing: after four seconds of silence it is asked, three times, two
# seconds apart. Both ends do so, and then the lock that it had is free.
ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 4,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "options": "-c idle_in_transaction_session_timeout=10000",
}
# PostgreSQL's advisory locks are by database. Whoever makes its tables, or puts the night into
# them, has this one.
PREPARING = 0x7E11E401
# To wait is what such a line is for, however long a server lets others wait. Not every server has
# every one of these.
_THEIRS = {
    "tcp_keepalives_idle": "4",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "10000",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_session_timeout": "0",
}
_SET = """
    SELECT set_config(name, value, false) FROM pg_settings JOIN json_each_text(%s) ON key = name
"""


def conninfo(url: URL) -> str:
    """A database's address as its driver takes it, with what notices that it is gone."""
    from psycopg.conninfo import make_conninfo

    given: dict[str, Any] = {
        **ALIVE,
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
        **{name: value for name, value in url.query.items() if isinstance(value, str)},
    }
    return make_conninfo(**{name: value for name, value in given.items() if value is not None})


@asynccontextmanager
async def line(url: URL) -> AsyncIterator["psycopg.AsyncConnection"]:
    """A connection of its own, every statement a transaction. Raises `psycopg.Error`."""
    import psycopg

    connection = await psycopg.AsyncConnection.connect(conninfo(url), autocommit=True)
    async with connection:
        await connection.execute(_SET, [json.dumps(_THEIRS)])
        yield connection
