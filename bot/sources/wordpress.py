"""The Liveblog plugin of WordPress: rows of new, changed and deleted entries.

The plugin: https://github.com/Automattic/liveblog. A row that changes or deletes an entry is new
itself, and names the entry that it replaces.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from bot.liveblog.entry import Entry, Reading
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve
from bot.sources.loose_json import read_json
from bot.sources.pictures import lift_pictures
from bot.sources.places import unreadable
from bot.sources.text import decode, heading_text, opening, person, sound, web_address
from bot.sources.values import Node, flag, name, nodes, string

# A row has the time at which it was made, so all that is not known yet is about as new as the
# newest known one; clocks and caches differ by this much.
OVERLAP = timedelta(minutes=10)
_API = re.compile(r"/liveblog/v\d+/\d+")
_ENDPOINT = re.compile(r"""["']endpoint_url["']\s*:\s*["']([^"'\s]{1,500})["']""")
_SETTINGS = "liveblog_settings"
_SPAN = re.compile(r"<span\b[^<>]*+>[^<>]*+</span>\s*+", re.IGNORECASE)


def is_api(url: str) -> bool:
    """Whether an address is that of a live blog in the plugin's API."""
    return _API.search(url) is not None


def linked(page: str, url: str) -> str | None:
    """The address in the API of the live blog that a page at `url` shows; None for none."""
    start = page.find(_SETTINGS)
    found = None if start == -1 else _ENDPOINT.search(page, start)
    if found is None:
        return None
    address = web_address(found[1].replace("\\/", "/"), url)
    return address if address is not None and is_api(address) else None


def request(url: str, *, newest: datetime | None, now: datetime) -> str:
    """The address of the rows up to now; all of them, or those since the newest known entry.

    It ends now and not later, as the plugin's own pages ask: an answer that reaches into the
    future is kept by caches until that has come.
    """
    root = url[: found.end()] if (found := _API.search(url)) else url.rstrip("/")
    since = 1 if newest is None else max(int((newest - OVERLAP).timestamp()), 1)
    address = urlsplit(root)
    rows = f"/entries/{since}/{max(int(now.timestamp()), since)}"
    if "rest_route" in address.query:
        return urlunsplit(address._replace(query=address.query + rows))
    return urlunsplit(address._replace(path=address.path + rows, query=""))


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the rows that were found at `url`.

    `polling_day` is not needed: times are counted in seconds. Raises `SourceError` for anything
    else.
    """
    try:
        told = read_json(decode(content))
    except ValueError as error:
        raise unreadable(url, "its JSON is broken") from error
    if not isinstance(told, dict) or not isinstance(told.get("entries"), list):
        raise unreadable(url, "it is no answer of the Liveblog plugin of WordPress")
    sieve = Sieve()
    for row in _newest(nodes(told, "entries")):
        _take(sieve, row, url)
    return Reading(
        title="", entries=sieve.entries, format="wordpress", faults=sieve.faults, explicit=True
    )


def _newest(rows: Iterable[Node]) -> list[Node]:
    """Of the rows about one entry the last, in the place of the first."""
    found: dict[str, Node] = {}
    for number, row in enumerate(rows):
        entry_id = _entry_id(row) or f"row {number}"
        before = found.get(entry_id)
        if before is None or _seconds(row, "timestamp") >= _seconds(before, "timestamp"):
            found[entry_id] = row
    return list(found.values())


def _entry_id(row: Node) -> str:
    return name(row, "replaces") or name(row, "id")


def _take(sieve: Sieve, row: Node, url: str) -> None:
    entry_id = _entry_id(row)
    made, first = _instant(row, "timestamp"), _instant(row, "entry_time")
    # An entry that is deleted for good has no time of its own any more.
    published = first or made
    withdrawn = string(row, "type") == "delete" or string(row, "status") in ("draft", "trash")
    words = "" if withdrawn else string(row, "render") or string(row, "content")
    body, pictures = lift_pictures(_SPAN.sub(_no_command, sound(words)).strip(), url)
    heading = heading_text(string(row, "headline")) or opening(plain_text(body))
    if published is None or not entry_id:
        sieve.leave_out("without a date" if entry_id else "without an id", heading or entry_id)
        return
    sieve.take(
        Entry(
            id=entry_id,
            published=published,
            heading="" if withdrawn else heading,
            body=body,
            modified=made if made is not None and made > published else None,
            author=_authors(row),
            url=web_address(string(row, "share_link"), url),
            pictures=pictures,
            key_event=flag(row, "key_event") or "type-key" in string(row, "css_classes").split(),
            withdrawn=withdrawn,
        )
    )


def _no_command(span: re.Match[str]) -> str:
    return "" if "liveblog-command" in span[0] else span[0]


def _authors(row: Node) -> str | None:
    names = (person(string(author, "name")) for author in nodes(row, "authors"))
    return ", ".join(filter(None, names)) or None


def _seconds(row: Node, key: str) -> int:
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        value = int(value[:12])
    return value if isinstance(value, int) and value > 0 else 0


def _instant(row: Node, key: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if (seconds := _seconds(row, key)) else None
    except (ValueError, OverflowError, OSError):
        return None
