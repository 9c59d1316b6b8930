"""How long a server wants to be left alone."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_MAX_AGE = 60.0
LONGEST_RETRY_AFTER = 15 * 60.0
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})")


def wait(headers: Mapping[str, str]) -> float | None:
    """The longest of what `Cache-Control` and `Retry-After` ask for, in seconds."""
    max_age = _MAX_AGE.search(headers.get("Cache-Control", "").lower())
    seconds = min(float(max_age[1]), LONGEST_MAX_AGE) if max_age else 0.0
    return max(seconds, retry_after(headers)) or None


def retry_after(headers: Mapping[str, str]) -> float:
    """Seconds until another request is wanted; 0 where nothing readable was said."""
    said = headers.get("Retry-After", "").strip()
    try:
        seconds = float(said) if said.isdecimal() else _seconds_until(said)
    except (ValueError, OverflowError):
        return 0.0
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _seconds_until(http_date: str) -> float:
    moment = parsedate_to_datetime(http_date)
    # An HTTP date is in GMT even where it fails to say so.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()
