"""A connection without a thread between: what is written for one that is waited for runs on it."""

from collections.abc import Awaitable
from typing import Any, TypeVar

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.engine import Dialect

T = TypeVar("T")


class Direct:
    """A connection of the thread it is used in, with as much of `AsyncConnection` as we use."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> Dialect:
        """What kind of database it is."""
        return self._connection.dialect

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:  # noqa: ANN401 - SQLAlchemy's own signature
        """Execute a statement; nobody waits for it."""
        return self._connection.execute(statement, parameters)


def never_waiting(work: Awaitable[T]) -> T:
    """The outcome of work that never waits for anything; `RuntimeError` where it does."""
    waiting = work.__await__()
    try:
        next(waiting)
    except StopIteration as done:
        outcome: T = done.value
        return outcome
    raise RuntimeError("this work waits for something")
