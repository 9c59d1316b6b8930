"""schema.org `LiveBlogPosting` as JSON-LD, which most publishers put in their pages."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.liveblog.entry import Reading
from bot.sources.loose_json import read_json
from bot.sources.places import unreadable
from bot.sources.schema_org import LIVE_BLOG, UPDATES, Node, nodes, read_posting
from bot.sources.text import as_utf8

_SCRIPT = b"application/ld+json"
_WORDS = (LIVE_BLOG.encode(), UPDATES.encode())
_NESTS = ("@graph", "mainEntity", "mainEntityOfPage", "hasPart", "subjectOf")
_DEPTH = 6


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the live blog in a page (or in bare JSON-LD) that was found at `url`.

    An `Article` may hold one, or be one under another name: what has updates is a live blog.
    `polling_day` is not needed: every time has its date. Raises `SourceError` where the page
    holds no live blog, or only half of one.
    """
    page = as_utf8(content)
    blog = _live_blog(_scripts(page))
    if blog is None:
        raise unreadable(url, f"there is no whole {LIVE_BLOG} in it")
    return read_posting(blog, page=page, url=url, format="jsonld")


def announces(page: bytes) -> bool:
    """Whether a script in an HTML page (UTF-8) speaks of a live blog, whole or broken."""
    return any(page.find(word, begin, end) != -1 for begin, end in _places(page) for word in _WORDS)


def _scripts(page: bytes) -> Iterator[bytes]:
    """The JSON-LD in a page; all of it, where the page is nothing else."""
    if page.lstrip()[:1] in (b"{", b"["):
        yield page
        return
    for begin, end in _places(page):
        yield page[begin:end]


def _places(page: bytes) -> Iterator[tuple[int, int]]:
    """Where the JSON-LD of an HTML page begins and ends."""
    # A script ends at its first end tag, whatever stands in it: that needs no HTML parser, which
    # would take longer than all the rest.
    start = page.find(_SCRIPT)
    while start != -1:
        begin = page.find(b">", start) + 1
        end = page.find(b"</script", begin)
        if not begin or end == -1:
            return
        yield begin, end
        start = page.find(_SCRIPT, end)


def _live_blog(scripts: Iterable[bytes]) -> Node | None:
    """The live blog with the most entries; a page may also announce others."""
    blogs: list[Node] = []
    for script in scripts:
        if any(word in script for word in _WORDS):
            try:
                blogs.extend(_find(read_json(script)))
            except ValueError:
                continue
    return max(blogs, key=lambda blog: len(nodes(blog.get(UPDATES))), default=None)


def _find(value: object, depth: int = 0) -> Iterator[Node]:
    if depth > _DEPTH:
        return
    for node in nodes(value):
        types = node.get("@type")
        named = types == LIVE_BLOG or (isinstance(types, list) and LIVE_BLOG in types)
        if named or node.get(UPDATES):
            yield node
        for nest in _NESTS:
            yield from _find(node.get(nest), depth + 1)
