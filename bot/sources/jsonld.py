"""schema.org `LiveBlogPosting`, which most British and many other publishers put in their pages."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve, read_instant, usable_ids
from bot.sources.loose_json import read_json
from bot.sources.places import unreadable
from bot.sources.text import as_utf8, heading_text, opening, person, sound, web_address

LIVE_BLOG = "LiveBlogPosting"
_SCRIPT = b"application/ld+json"
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart")
_DEPTH = 6

Node = Mapping[str, Any]


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the live blog in a page (or in bare JSON-LD) that was found at `url`.

    The page's own heading, dates, authors and pictures, which some publishers repeat on every
    entry, are not taken for the entry's. `polling_day` is not needed: every time has its date.
    Raises `SourceError` where the page holds no live blog, or only half of one.
    """
    page = as_utf8(content)
    blog = _live_blog(_scripts(page))
    if blog is None:
        raise unreadable(url, f"there is no whole {LIVE_BLOG} in it")
    return _Page(blog, page, url).read()


def _scripts(page: bytes) -> Iterator[str]:
    """The JSON-LD in a page; all of it, where the page is nothing else."""
    if page.lstrip()[:1] in (b"{", b"["):
        yield page.decode(errors="replace")
        return
    # A script ends at its first end tag, whatever stands in it: that needs no HTML parser, which
    # would take longer than all the rest.
    start = page.find(_SCRIPT)
    while start != -1:
        begin = page.find(b">", start) + 1
        end = page.find(b"</script", begin)
        if not begin or end == -1:
            return
        # Decoded where it lies: it is nearly the whole page, and need not be copied first.
        yield str(memoryview(page)[begin:end], "utf-8", "replace")
        start = page.find(_SCRIPT, end)


def _live_blog(scripts: Iterable[str]) -> Node | None:
    """The live blog with the most entries; a page may also announce others."""
    blogs: list[Node] = []
    for script in scripts:
        if LIVE_BLOG in script:
            try:
                blogs.extend(_find(read_json(script)))
            except ValueError:
                continue
    return max(blogs, key=lambda blog: len(_nodes(blog.get("liveBlogUpdate"))), default=None)


def _find(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > _DEPTH:
        return
    for node in _nodes(value):
        types = node.get("@type")
        if types == LIVE_BLOG or (isinstance(types, list) and LIVE_BLOG in types):
            yield node
        for nest in _NESTS:
            yield from _find(node.get(nest), depth + 1)


class _Page:
    """One live blog with what belongs to the page and not to its entries."""

    def __init__(self, blog: Node, page: bytes, url: str) -> None:
        self._page = page
        self._own = (_string(blog.get("@id")), _string(blog.get("url")), url)
        self._url = web_address(self._own[1], url) or url
        self._headline = heading_text(_string(blog.get("headline")) or _string(blog.get("name")))
        self._authors = blog.get("author")
        self._dates = (blog.get("datePublished"), blog.get("dateModified"))
        self._updates = _nodes(blog.get("liveBlogUpdate"))
        self._pictures = {_address(image) for image in _items(blog.get("image"))}
        shown = {_address(update.get("image")) for update in self._updates}
        if len(self._updates) > 1 and len(shown) == 1:
            self._pictures |= shown

    def read(self) -> Reading:
        sieve = Sieve()
        updates = self._updates
        ids = usable_ids((_string(update.get("@id")) for update in updates), self._own)
        links = usable_ids((_string(update.get("url")) for update in updates), self._own)
        for update, entry_id, link in zip(updates, ids, links, strict=True):
            self._take(sieve, update, entry_id, link)
        return Reading(
            title=self._headline,
            entries=sieve.entries,
            format="jsonld",
            faults=sieve.faults,
        )

    def _take(self, sieve: Sieve, update: Node, entry_id: str, link: str) -> None:
        heading = heading_text(_string(update.get("headline")) or _string(update.get("name")))
        body = _body(update)
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
        published = published or modified
        if published is None:
            sieve.leave_out("without a date", heading or plain_text(body))
            return
        sieve.take(
            Entry(
                id=entry_id or url or "",
                published=published,
                heading=heading or opening(plain_text(body)),
                body=body,
                modified=modified,
                author=self._author(update.get("author")),
                url=url,
                pictures=self._own_pictures(update.get("image")),
            )
        )

    def _block(self, entry_id: str) -> LexborNode | None:
        """The piece of the page that shows an entry, where the page names it by the same id."""
        return self._blocks.get(entry_id) if entry_id else None

    @cached_property
    def _blocks(self) -> dict[str, LexborNode]:
        """Pieces of the page by the last part of their id: `block-6462a` is the block of 6462a."""
        nodes = LexborHTMLParser(self._page.decode(errors="replace")).css("[id]")
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
        picture = Picture(
            url=address,
            caption=(heading_text(_string(caption)) or None) if caption else None,
            credit=person(_string(credit)) if credit else None,
        )
        return picture if picture.url or picture.caption else None


def _body(update: Node) -> str:
    """An entry's body as HTML. Plain lines become paragraphs; their entities stay as they are."""
    body = sound(_string(update.get("articleBody")) or _string(update.get("text"))).strip()
    if "\n" in body and "<" not in body:
        return f"<p>{body.replace(chr(10), '</p><p>')}</p>"
    return body


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


def _nodes(value: object) -> list[Node]:
    return [item for item in _items(value) if isinstance(item, dict)]
