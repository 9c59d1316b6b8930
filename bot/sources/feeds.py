"""RSS 0.9x to 2.0, RDF and Atom, with the tombstones of RFC 6721."""

import html
import io
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from datetime import time as clock_time
from typing import Any
from xml.parsers import expat

from bot.election.clock import UK
from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve, read_instant
from bot.sources.places import unreadable
from bot.sources.text import as_utf8, heading_text, opening, person, sound, web_address

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*\?>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|rdf|feed)[\s>]", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
# The quick parser gives back only the characters before the first tag.
_MARKUP_IN_TITLE = re.compile(rb"<(?:[\w.-]+:)?title\b[^<>]*>[^<]*<(?![!/])")
_TOMBSTONE = re.compile(r"<(?:[\w.-]+:)?deleted-entry\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""\b(ref|when)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)

_HEAD = 4096
# The patient parser takes seconds for each megabyte of the worst there is.
_MENDABLE = 2 * 2**20

Node = Mapping[str, Any]


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the feed that was found at `url`.

    `polling_day` dates only tombstones that do not say when. Raises `SourceError` for what is
    not a feed.
    """
    # It is UTF-8 from here on, whatever its declaration says.
    xml = as_utf8(content)
    if declaration := _DECLARATION.match(xml):
        xml = xml[declaration.end() :]
    root = _ROOT.search(xml, 0, _HEAD)
    if root is None:
        raise unreadable(url, "it is neither RSS, RDF nor Atom")
    feed = _read(xml, url)
    about = feed.get("feed") or {}
    sieve = Sieve()
    for item in feed.get("entries") or ():
        _take(sieve, item, url)
    graves = list(_tombstones(xml, polling_day))
    for grave in graves:
        sieve.take(grave)
    return Reading(
        title=_heading(about),
        entries=sieve.entries,
        format="atom" if root[1].lower() == b"feed" else "rss",
        faults=sieve.faults,
        explicit=bool(graves),
    )


def _read(xml: bytes, url: str) -> Node:
    """The feed by the quick parser, or by the patient one where that gives up."""
    # Both are imported here because together they take some 7 MB, which most blogs never need.
    if not _MARKUP_IN_TITLE.search(xml) and _is_well_formed(xml):
        import fastfeedparser

        try:
            feed: Node = fastfeedparser.parse(xml)
        except Exception:  # it raises whatever lxml, dateutil and its own code happen to raise
            feed = {}
        if feed.get("entries") or (feed and not _ITEM.search(xml)):
            return feed
    if len(xml) > _MENDABLE:
        raise unreadable(url, "its XML is broken, and it is too large to be mended")
    import feedparser

    try:
        # Given bytes it reads them; given text it would take an address or a file name for one.
        found = feedparser.parse(io.BytesIO(xml))
        # Plain dictionaries, because its own make up keys that are not there.
        entries = [dict(entry) for entry in found.entries]
        feed = {"feed": dict(found.feed), "entries": entries, "version": found.get("version")}
    except Exception:  # broken markup reaches deep into the standard library's parsers
        feed = {}
    if not feed.get("version") and not feed.get("entries"):
        raise unreadable(url, "its XML is broken beyond mending")
    return feed


def _is_well_formed(xml: bytes) -> bool:
    # The quick parser reads broken XML too, but without a word it loses what it cannot place.
    try:
        expat.ParserCreate("utf-8").Parse(xml, True)
    except expat.ExpatError:
        return False
    return True


def _take(sieve: Sieve, item: Node, url: str) -> None:
    body = _body(item)
    heading = _heading(item) or opening(plain_text(body))
    modified = _instant(item, "updated")
    published = _instant(item, "published") or modified
    if published is None:
        sieve.leave_out("without a date", heading)
        return
    link = web_address(_link(item), url)
    sieve.take(
        Entry(
            id=sound(_string(item, "id")) or link or "",
            published=published,
            heading=heading,
            body=body,
            modified=modified,
            author=person(_string(item, "author")),
            url=link,
            pictures=_pictures(item, url),
        )
    )


def _body(item: Node) -> str:
    contents = item.get("content") or ()
    whole = next((c.get("value") for c in contents if c.get("value")), "")
    return sound(str(whole) or _string(item, "description") or _string(item, "summary")).strip()


def _heading(item: Node) -> str:
    return heading_text(_string(item, "title"))


def _link(item: Node) -> str:
    links = item.get("links") or ()
    pages = (link.get("href") for link in links if link.get("rel") in (None, "alternate"))
    return next((page for page in pages if page), _string(item, "link"))


def _pictures(item: Node, url: str) -> tuple[Picture, ...]:
    pictures: dict[str, Picture] = {}
    enclosed = [link for link in item.get("links") or () if link.get("rel") == "enclosure"]
    attached = (item.get("media_content"), item.get("enclosures"), enclosed)
    for media in (media for medias in attached for media in medias or ()):
        address = web_address(_string(media, "url") or _string(media, "href"), url)
        if address and _is_picture(media, address):
            picture = Picture(
                url=address,
                caption=heading_text(_string(media, "description")) or None,
                credit=person(_string(media, "credit")),
            )
            pictures.setdefault(address, picture)
    return tuple(pictures.values())


def _is_picture(media: Node, address: str) -> bool:
    kind = _string(media, "medium") or _string(media, "type").partition("/")[0]
    return kind == "image" if kind else _PICTURE_FILE.search(address) is not None


def _instant(item: Node, key: str) -> datetime | None:
    # The patient parser gives a struct_time in UTC beside the text.
    parsed = item.get(f"{key}_parsed")
    if isinstance(parsed, time.struct_time):
        try:
            return datetime(*parsed[:6], tzinfo=UTC)
        except ValueError:
            return None
    return read_instant(_string(item, key))


def _tombstones(xml: bytes, polling_day: date) -> Iterator[Entry]:
    if b"deleted-entry" not in xml:
        return
    midnight = datetime.combine(polling_day, clock_time.min, UK).astimezone(UTC)
    for found in _TOMBSTONE.finditer(xml.decode(errors="replace")):
        said = {name: html.unescape(a or b) for name, a, b in _ATTRIBUTE.findall(found[1])}
        if said.get("ref"):
            when = read_instant(said.get("when", ""))
            yield Entry(
                id=said["ref"],
                published=when or midnight,
                heading="",
                modified=when,
                withdrawn=True,
            )


def _string(node: Node, key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""
