"""What schema.org says of a live blog, however it is written down (JSON-LD, microdata)."""

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import MAX_HTML, plain_text
from bot.sources.dom import read_html
from bot.sources.entries import Sieve, read_instant, usable_ids
from bot.sources.pictures import lift_pictures, split_credit
from bot.sources.read_before import Before, ReadBefore
from bot.sources.text import heading_text, opening, person, web_address

LIVE_BLOG = "LiveBlogPosting"
UPDATES = "liveBlogUpdate"
_FURNITURE = "header, footer, button, script, style, svg, gu-island, h2, time"

Node = Mapping[str, Any]

_BEFORE = ReadBefore()


def read_posting(blog: Node, *, page: bytes, url: str, format: str) -> Reading:
    """Read a `LiveBlogPosting` that stood in a page (UTF-8) at `url`.

    The page's own heading, dates, authors and pictures, which some publishers repeat on every
    entry, are not taken for the entry's: they come from the piece of the page that shows it.
    """
    return _Posting(blog, page, url).read(format)


class _Posting:
    """One live blog with what belongs to the page and not to its entries."""

    def __init__(self, blog: Node, page: bytes, url: str) -> None:
        self._page = page
        self._own = (_string(blog.get("@id")), _string(blog.get("url")), url)
        self._url = web_address(self._own[1], url) or url
        self._headline = heading_text(_string(blog.get("headline")) or _string(blog.get("name")))
        self._authors = blog.get("author")
        self._dates = (blog.get("datePublished"), blog.get("dateModified"))
        self._updates = nodes(blog.get(UPDATES))
        self._pictures = {_address(image) for image in _items(blog.get("image"))}
        shown = {_address(update.get("image")) for update in self._updates}
        if len(self._updates) > 1 and len(shown) == 1:
            self._pictures |= shown

    def read(self, format: str) -> Reading:
        sieve = Sieve()
        updates = self._updates
        ids = usable_ids((_string(update.get("@id")) for update in updates), self._own)
        links = usable_ids((_string(update.get("url")) for update in updates), self._own)
        beside = (self._headline, self._authors, self._pictures)
        before, read = _BEFORE.of(self._url, beside), Before(beside=beside)
        for update, entry_id, link in zip(updates, ids, links, strict=True):
            key = entry_id, link
            entry = before.entry(key, update)
            lasting = entry is not None
            if entry is None:
                entry = self._entry(sieve, update, entry_id, link)
                # One that is headed like its page is read from other pieces of it as well.
                lasting = entry is not None and _heading(update) != self._headline
            if entry is not None:
                sieve.take(entry)
                if lasting:
                    read.entries[key] = update, entry
        _BEFORE.keep(self._url, self._page, read)
        return Reading(
            title=self._headline, entries=sieve.entries, format=format, faults=sieve.faults
        )

    def _entry(self, sieve: Sieve, update: Node, entry_id: str, link: str) -> Entry | None:
        heading = _heading(update)
        body, shown = lift_pictures(_body(update), self._url)
        pictures = self._own_pictures(update.get("image"))
        if shown:
            known = self._pictures | {picture.url for picture in pictures}
            pictures = (*pictures, *(picture for picture in shown if picture.url not in known))
        published = _instant(update.get("datePublished"))
        modified = _instant(update.get("dateModified"))
        url = web_address(link, self._url) or web_address(entry_id, "")
        if heading == self._headline:
            block = self._block(entry_id)
            heading = "" if block is None else _heading_of(block)
            if block is not None:
                url = url or f"{self._url.partition('#')[0]}#{block.attributes['id']}"
                if update.get("datePublished") in self._dates:
                    published = _time_of(block) or published
                body, shown = _shown(block, body, self._url)
                pictures = pictures or shown
        published = published or modified
        if published is None:
            sieve.leave_out("without a date", heading or plain_text(body))
            return None
        return Entry(
            id=entry_id or url or "",
            published=published,
            heading=heading or opening(plain_text(body)),
            body=body,
            modified=modified,
            author=self._author(update.get("author")),
            url=url,
            pictures=pictures,
        )

    def _block(self, entry_id: str) -> LexborNode | None:
        """The piece of the page that shows an entry, where the page names it by the same id."""
        return self._blocks.get(entry_id) if entry_id else None

    @cached_property
    def _blocks(self) -> dict[str, LexborNode]:
        """Pieces of the page by the last part of their id: `block-6462a` is the block of 6462a."""
        nodes = read_html(self._page.decode(errors="replace")).css("[id]")
        return {(node.attributes["id"] or "").rpartition("-")[2]: node for node in nodes}

    def _author(self, author: object) -> str | None:
        if not isinstance(author, list):
            return person(_string(author))
        # A list of several that is also the page's names everybody who worked on the blog.
        if author[1:] and author == self._authors:
            return None
        return ", ".join(filter(None, (person(_string(item)) for item in author))) or None

    def _own_pictures(self, images: object) -> tuple[Picture, ...]:
        if not isinstance(images, list):
            picture = self._own_picture(images) if images else None
            return (picture,) if picture else ()
        pictures: dict[tuple[str, str | None], Picture] = {}
        for picture in filter(None, map(self._own_picture, images)):
            # Several crops of one picture have one file name and one caption.
            file_name = (picture.url or "").partition("?")[0].rpartition("/")[2]
            pictures.setdefault((file_name, picture.caption), picture)
        return tuple(pictures.values())

    def _own_picture(self, image: object) -> Picture | None:
        link = _address(image)
        if link and link in self._pictures:
            return None
        address = web_address(link, self._url)
        if not isinstance(image, dict):
            return Picture(url=address) if address else None
        caption, credit = image.get("caption"), image.get("creditText")
        credit = credit or image.get("copyrightHolder") or image.get("author")
        words, named = split_credit(heading_text(_string(caption))) if caption else (None, None)
        picture = Picture(
            url=address,
            caption=words,
            credit=person(_string(credit)) if credit else named,
        )
        return picture if picture.url or picture.caption else None


def _heading(update: Node) -> str:
    return heading_text(_string(update.get("headline")) or _string(update.get("name")))


def _body(update: Node) -> str:
    """An entry's body as HTML. Plain lines become paragraphs; their entities stay as they are."""
    body = (_string(update.get("articleBody")) or _string(update.get("text"))).strip()
    if "\n" in body and "<" not in body:
        return f"<p>{body.replace(chr(10), '</p><p>')}</p>"
    return body


def _shown(block: LexborNode, body: str, page: str) -> tuple[str, tuple[Picture, ...]]:
    """The body of an entry as its page shows it, where that says more than `body`."""
    root = LexborHTMLParser((block.inner_html or "")[:MAX_HTML]).body
    if root is None:
        return body, ()
    # Portraits of reporters go with the header.
    for node in root.css(_FURNITURE):
        node.decompose()
    shown, pictures = lift_pictures(root.inner_html or "", page)
    return (shown, pictures) if len(plain_text(shown)) >= len(plain_text(body)) else (body, ())


def _instant(value: object) -> datetime | None:
    return read_instant(value) if isinstance(value, str) else None


def _heading_of(block: LexborNode) -> str:
    node = block.css_first("h2")
    return "" if node is None else heading_text(node.text())


def _time_of(block: LexborNode) -> datetime | None:
    node = block.css_first("time[datetime]")
    return None if node is None else read_instant(node.attributes["datetime"] or "")


def _address(image: object) -> str:
    if isinstance(image, list):
        image = image[0] if image else None
    if isinstance(image, dict):
        image = image.get("url") or image.get("contentUrl")
    return _string(image)


def _string(value: object) -> str:
    """The words in a value: a string, the first string of a list, an object's name."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, str)), "")
    if isinstance(value, dict):
        found = value.get("name") or value.get("@value")
        return found if isinstance(found, str) else ""
    return ""


def _items(value: object) -> list[object]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def nodes(value: object) -> list[Node]:
    """The objects in a value: itself, or those of a list."""
    return [item for item in _items(value) if isinstance(item, dict)]
