"""A command's work, run to its end or until somebody stops it."""

import asyncio
import signal
from collections.abc import Coroutine
from typing import Any, TypeVar

import structlog

from bot.errors import TellerError
from bot.platforms.terminal.screen import TerminalGoneError

log = structlog.get_logger()

T = TypeVar("T")


def run_until_stopped(work: Coroutine[Any, Any, T]) -> T | None:
    """Run a coroutine to its end; None where it was told to stop (Ctrl-C, SIGTERM).

    Raises the `TellerError` that ended it, taken out of the groups of tasks around it; one, too,
    where it was cancelled and nobody had told it to stop: whoever watches over the program starts
    it again only where it failed.
    """

    async def until_stopped() -> T | None:
        task = asyncio.create_task(work)
        told: list[int] = []

        def stop(number: int) -> None:
            told.append(number)
            task.cancel()

        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop, number)
        try:
            return await task
        except asyncio.CancelledError:
            if told:
                return None
            log.exception("teller.ended_from_within")
            raise TellerError(
                "Teller was ended from within, and nobody had asked for it; the log says where. "
                "Start it again: it goes on where it was."
            ) from None

    try:
        return asyncio.run(until_stopped())
    except BaseExceptionGroup as group:
        known = _first_known(group)
        if known is None:
            raise
        if isinstance(known, TerminalGoneError):
            return None
        raise known from None
    except Exception as error:
        if isinstance(error, TellerError) or (known := _of_the_database(error)) is None:
            raise
        raise known from None


def _first_known(group: BaseExceptionGroup[BaseException]) -> TellerError | None:
    for error in group.exceptions:
        if isinstance(error, TellerError):
            return error
        if isinstance(error, BaseExceptionGroup) and (inner := _first_known(error)):
            return inner
        if (known := _of_the_database(error)) is not None:
            return known
    return None


def _of_the_database(error: BaseException) -> TellerError | None:
    """What the database's driver has to say, as a sentence; None for any other error."""
    if not type(error).__module__.startswith("sqlalchemy"):
        return None
    from bot.store.database import explained

    return explained(error)
