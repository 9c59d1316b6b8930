"""Logging: an event and its keys, a line each. Never a token, never a message's text."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO, cast

import structlog

_SECRET = ("token", "secret", "password", "authorization", "cookie")
_WORDS = {"text", "body", "heading", "post", "question", "reply"}
# What credentials look like, wherever they stand: Slack, Discord, an address, a header.
_CREDENTIALS = [
    (re.compile(pattern, re.IGNORECASE), kept)
    for pattern, kept in (
        (r"\bx(?:ox[a-z]|app)[.-][\w.-]+", "…"),
        (r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}", "…"),
        (r"\b((?:api[-_]?key|access_token|token|secret|password)=)[^&\s\"']+", r"\1…"),
        (r"(://[^/\s:@\"']*:)[^@/\s\"']+@", r"\1…@"),
        (r"\b(authorization['\"]?\s*[:=]\s*['\"]?)(?:[a-z]+\s+)?[^\s,'\"}]+", r"\1…"),
        (r"\b((?:bearer|bot|token)\s+)(?=\S*\d)[\w.+/=-]{8,}", r"\1…"),
    )
]


def configure(level: str, stream: TextIO | None = None) -> None:
    """Send log lines of `level` and above to a stream (standard error unless told)."""
    number = logging.getLevelNamesMapping()[level]
    target = stream or cast(TextIO, _StandardError())
    libraries = logging.StreamHandler(target)
    libraries.setFormatter(_Masked("%(name)s %(message)s"))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[libraries])
    # The scheduler logs every alarm that it sets; the diary says what matters.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # discord.py prints addresses with interaction tokens in them; the platform says what matters.
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide_secrets,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
            lambda _logger, _method, line: mask(cast(str, line)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(target),
        # Not kept, so that whoever configures again is followed by loggers that were used before.
        cache_logger_on_first_use=False,
    )


class _StandardError:
    """Standard error as it is at each line: an input line that is open redirects it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Masked(logging.Formatter):
    """Lines of other libraries, credentials masked."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


def mask(line: str) -> str:
    """A line without what looks like a credential: an exception's words may hold one."""
    for pattern, kept in _CREDENTIALS:
        line = pattern.sub(kept, line)
    return line


def _hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last gate: keys that could hold a secret or somebody's words are emptied."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: object) -> object:
    name = key.lower()
    if name in _WORDS or any(word in name for word in _SECRET):
        return "…"
    if isinstance(value, Mapping):
        return {inner: _hidden(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list):
        return [_hidden("", one) for one in value]
    return value
