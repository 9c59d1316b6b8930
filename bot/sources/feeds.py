"""RSS 0.9x to 2.0, RDF and Atom, with the tombstones of RFC 6721."""

import html
import io
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as clock_time
from email.utils import parsedate_to_datetime
from xml.parsers import expat

from bot.election.clock import UK
from bot.liveblog.entry import Entry, Picture, Reading, derive_id
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve, read_instant
from bot.sources.pictures import lift_pictures
from bot.sources.places import unreadable
from bot.sources.text import as_utf8, heading_text, opening, person, sound, web_address
from bot.sources.values import Node, node, nodes, string

_DECLARATION = re.compile(rb"\s*<\?xml\b[^>]*\?>")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|rdf|feed)[\s>]", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
# The quick parser gives back only the characters before the first tag.
_MARKUP_IN_TITLE = re.compile(rb"<(?:[\w.-]+:)?title\b[^<>]*>[^<]*<(?![!/])")
# Atom may write a title so; the quick parser takes it as it stands.
_CODED_TITLE = re.compile(rb"<(?:[\w.-]+:)?title\b[^<>]*\b(?:base64|application/octet-stream)")
# What a channel may have in Dublin Core alone; the quick parser knows only RSS's own.
_DUBLIN_CORE = re.compile(rb"<dc:(?:title|date)\b")
_TOMBSTONE = re.compile(r"<(?:[\w.-]+:)?deleted-entry\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"""\b(ref|when)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)

_HEAD = 4096
# The patient parser takes seconds for each megabyte of the worst there is.
_MENDABLE = 2 * 2**20

# So few may show one picture because it belongs to them.
_SEVERAL = 3
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item as its feed tells it; instants in UTC, `body` as HTML."""

    id: str
    title: str
    published: datetime | None
    modified: datetime | None
    body: str
    author: str | None
    link: str | None
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it stands; `updated` is its own date (UTC), `pictures` are addresses of its own."""

    title: str
    updated: datetime | None
    items: tuple[Item, ...]
    pictures: frozenset[str] = frozenset()


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the feed that was found at `url`.

    Items without a date, as RSS had them before 0.93, take the feed's. `polling_day` dates only
    tombstones that do not say when. Raises `SourceError` for what is not a feed.
    """
    xml, is_atom = _xml(content, url)
    feed = read_feed(xml, url=url)
    own = feed.pictures | _on_all_of(feed.items)
    sieve = Sieve()
    for item in feed.items:
        _take(sieve, item, feed.updated, own)
    graves = list(_tombstones(xml, polling_day))
    for grave in graves:
        sieve.take(grave)
    return Reading(
        title=feed.title,
        entries=sieve.entries,
        format="atom" if is_atom else "rss",
        faults=sieve.faults,
        explicit=bool(graves),
    )


def read_feed(content: bytes | str, *, url: str) -> Feed:
    """What a feed tells, dated or not. Raises `SourceError` for what is not a feed."""
    told = _read(_xml(content, url)[0], url)
    about: Node = told.get("feed") or {}
    image = node(about, "image")
    own = (string(image, "url"), string(image, "href"), string(about, "logo"))
    return Feed(
        title=_heading(about),
        updated=_instant(about, "updated") or _instant(about, "published"),
        items=tuple(_item(item, url) for item in told.get("entries") or ()),
        pictures=frozenset(filter(None, (web_address(link, url) for link in own))),
    )


def _xml(content: bytes | str, url: str) -> tuple[bytes, bool]:
    """A feed without its declaration, and whether it is Atom."""
    # It is UTF-8 from here on, whatever its declaration says.
    xml = as_utf8(content)
    if declaration := _DECLARATION.match(xml):
        xml = xml[declaration.end() :]
    root = _ROOT.search(xml, 0, _HEAD)
    if root is None:
        raise unreadable(url, "it is neither RSS, RDF nor Atom")
    return xml, root[1].lower() == b"feed"


def _read(xml: bytes, url: str) -> Node:
    """The feed by the quick parser, or by the patient one where that gives up."""
    # Both are imported here because together they take some 7 MB, which most blogs never need.
    stumbles = _MARKUP_IN_TITLE.search(xml) or _CODED_TITLE.search(xml)
    if not stumbles and _is_well_formed(xml):
        import fastfeedparser

        try:
            feed: Node = fastfeedparser.parse(xml)
        except Exception:  # it raises whatever lxml, dateutil and its own code happen to raise
            feed = {}
        first = _ITEM.search(xml)
        about: Node = feed.get("feed") or {}
        whole = (about.get("title") and about.get("updated")) or not _DUBLIN_CORE.search(
            xml, 0, first.start() if first else len(xml)
        )
        if whole and (feed.get("entries") or (feed and first is None)):
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


def _item(item: Node, url: str) -> Item:
    body, shown = lift_pictures(_body(item), url)
    attached = _pictures(item, url)
    known = {picture.url for picture in attached}
    link = web_address(_link(item), url)
    modified = _instant(item, "updated")
    return Item(
        id=sound(string(item, "id")) or link or "",
        title=_heading(item),
        published=_instant(item, "published") or modified,
        modified=modified,
        body=body,
        author=person(string(item, "author")),
        link=link,
        pictures=(*attached, *(picture for picture in shown if picture.url not in known)),
    )


def _on_all_of(items: Sequence[Item]) -> frozenset[str]:
    """Addresses of pictures that stand on every item, and so on none."""
    if len(items) < _SEVERAL:
        return frozenset()
    shown = [frozenset(picture.url or "" for picture in item.pictures) for item in items]
    return frozenset.intersection(*shown)


def _take(sieve: Sieve, item: Item, date_of_feed: datetime | None, own: frozenset[str]) -> None:
    heading = item.title or opening(plain_text(item.body))
    published = item.published or date_of_feed
    if published is None:
        sieve.leave_out("without a date", heading)
        return
    # The feed's date changes: of an item that has neither id nor date only the heading stays.
    nameless = not item.id and item.published is None
    sieve.take(
        Entry(
            id=derive_id(_NEVER, heading) if nameless else item.id,
            published=published,
            heading=heading,
            body=item.body,
            modified=item.modified,
            author=item.author,
            url=item.link,
            pictures=tuple(picture for picture in item.pictures if picture.url not in own),
            id_derived=nameless,
        )
    )


def _body(item: Node) -> str:
    whole = next(filter(None, (string(one, "value") for one in nodes(item, "content"))), "")
    return sound(whole or string(item, "description") or string(item, "summary")).strip()


def _heading(item: Node) -> str:
    return heading_text(string(item, "title"))


def _link(item: Node) -> str:
    links = nodes(item, "links")
    pages = (string(link, "href") for link in links if link.get("rel") in (None, "alternate"))
    return next(filter(None, pages), string(item, "link"))


def _pictures(item: Node, url: str) -> tuple[Picture, ...]:
    pictures: dict[str, Picture] = {}
    enclosed = [link for link in nodes(item, "links") if link.get("rel") == "enclosure"]
    for media in (*nodes(item, "media_content"), *nodes(item, "enclosures"), *enclosed):
        address = web_address(string(media, "url") or string(media, "href"), url)
        if address and _is_picture(media, address):
            picture = Picture(
                url=address,
                caption=heading_text(string(media, "description")) or None,
                credit=person(string(media, "credit")),
            )
            pictures.setdefault(address, picture)
    return tuple(pictures.values())


def _is_picture(media: Node, address: str) -> bool:
    kind = string(media, "medium") or string(media, "type").partition("/")[0]
    return kind == "image" if kind else _PICTURE_FILE.search(address) is not None


def _instant(item: Node, key: str) -> datetime | None:
    # The patient parser gives a struct_time in UTC beside the text.
    parsed = item.get(f"{key}_parsed")
    if isinstance(parsed, time.struct_time):
        try:
            return datetime(*parsed[:6], tzinfo=UTC)
        except ValueError:
            return None
    said = string(item, key)
    return read_instant(said) or _mail_date(said)


def _mail_date(said: str) -> datetime | None:
    """A date as RSS writes it; the quick parser leaves that of the feed as it is."""
    try:
        moment = parsedate_to_datetime(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, TypeError):
        return None


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
