"""Logging: an event and its keys, a line each. Never a token, never a message's text."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO, cast

import structlog

_SECRET = ("token", "secret", "password", "authorization", "text", "body", "heading", "post")


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send log lines of `level` and above to a stream (standard error unless told)."""
    number = logging.getLevelNamesMapping()[level]
    logging.basicConfig(level=max(number, logging.WARNING), format="%(name)s %(message)s")
    # The scheduler logs every alarm that it sets; the diary says what matters.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(stream or cast(TextIO, _StandardError())),
        cache_logger_on_first_use=True,
    )


class _StandardError:
    """Standard error as it is at each line: an input line that is open redirects it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


def _hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last gate: keys that could hold a secret or somebody's words are emptied."""
    for key in event:
        if any(word in key.lower() for word in _SECRET):
            event[key] = "…"
    return event
