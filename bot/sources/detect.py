"""Which format a page is in, and why: from its content type, its bytes and its address."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from selectolax.lexbor import LexborHTMLParser

from bot.sources import guardian, jsonld, sourcefabric, wordpress
from bot.sources.places import unreadable
from bot.sources.schema_org import LIVE_BLOG, UPDATES
from bot.sources.text import as_utf8, heading_text, web_address
from bot.sources.transcript import STAMP

# What may stand before the root of an XML document.
_PROLOGUE = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(rb"<([\w.:-]+)")
_FEEDS = {b"rss": "rss", b"rdf:rdf": "rss", b"rdf": "rss", b"feed": "atom", b"atom:feed": "atom"}
_JSON_FEED = re.compile(rb'"version"\s*:\s*"(?:https?://(?:www\.)?jsonfeed\.org/|1\.[01]")')
# Of the words of each line one has to stand in it.
_SHAPES = (
    ("guardian", ((b'"bodyHtml"', b'"requestedBodyBlocks"', b'"blockFirstPublished"'),),
     "it is an answer of the Guardian’s Content API, or the model of one of its pages"),
    ("sourcefabric", ((b'"_items"',), (b'"post_status"', b'"client_blogs')),
     "it is the posts of a Sourcefabric Live Blog"),
    ("wordpress", ((b'"entries"',), (b'"latest_timestamp"', b'"refresh_interval"')),
     "it is an answer of the Liveblog plugin of WordPress"),
)  # fmt: skip
_MICRODATA = re.compile(rb"itemtype\s*=\s*[\"']?[^\"'<>]{0,300}LiveBlogPosting")
_LINKED_FEEDS = {
    "application/feed+json": "jsonfeed",
    "application/atom+xml": "atom",
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
}
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_MOST_LINKS = 500
_TITLE = re.compile(r"<title\b[^<>]{0,500}>([^<]{1,1000})</title", re.IGNORECASE)
_COMMENTS = re.compile(r"\bcomments?\b", re.IGNORECASE)
_FOREIGN = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a live blog is read: in which format, at which address, and why so.

    `why` follows on “because”.
    """

    format: str
    address: str
    why: str


def by_address(url: str, *, guardian_key: bool) -> Way | None:
    """The way to read a blog whose address says it; None where its page has to be looked at.

    `guardian_key` says whether there is a key for the Guardian's Content API.
    """
    if guardian_key and guardian.is_page(url):
        why = "it is a live blog of the Guardian and there is a key for its Content API"
        return Way(format="guardian", address=url, why=why)
    if sourcefabric.is_api(url):
        why = "the address is that of a blog in its API"
        return Way(format="sourcefabric", address=url, why=why)
    if wordpress.is_api(url):
        why = "the address is that of the plugin’s API"
        return Way(format="wordpress", address=url, why=why)
    return None


def by_content(content_type: str, content: bytes | str, *, url: str) -> Way:
    """The format that a page itself is in.

    `content_type` is the HTTP header's, without parameters, or empty; the content weighs more,
    because many servers call everything `text/html`. Raises `SourceError`, which says what the
    page is instead.
    """
    if content_type.startswith(_FOREIGN):
        raise unreadable(url, f"its server calls it {content_type}")
    page = as_utf8(content)
    prologue = _PROLOGUE.match(page)
    start = prologue.end() if prologue else 0
    root = _ROOT.match(page, start)
    if root is not None and (feed := _FEEDS.get(root[1].lower())):
        return Way(format=feed, address=url, why=f"it is a feed that begins with <{_name(root)}>")
    is_json = page[start : start + 1] in (b"{", b"[")
    if is_json:
        if content_type == "application/feed+json":
            return Way(format="jsonfeed", address=url, why="its server calls it a JSON Feed")
        for format, words, why in _SHAPES:
            if all(any(word in page for word in choice) for choice in words):
                return Way(format=format, address=url, why=why)
        if _JSON_FEED.search(page):
            return Way(format="jsonfeed", address=url, why="it says that it is a JSON Feed")
    if (is_json or root is not None) and (LIVE_BLOG.encode() in page or UPDATES.encode() in page):
        if not is_json and not jsonld.announces(page) and _MICRODATA.search(page):
            why = f"the marks on its text (microdata) say {LIVE_BLOG}"
            return Way(format="microdata", address=url, why=why)
        return Way(format="jsonld", address=url, why=f"there is a {LIVE_BLOG} in it")
    if root is None and STAMP.search(page.decode(errors="replace")):
        return Way(format="transcript", address=url, why="it is text with times on their own lines")
    raise unreadable(url, _instead(page[start:], is_json=is_json, is_markup=root is not None))


def linked_apis(page: str, url: str) -> Iterator[Way]:
    """The APIs that an HTML page takes its entries from: they tell more than the page."""
    if address := wordpress.linked(page, url):
        why = "its page takes its entries from there (WordPress Liveblog)"
        yield Way(format="wordpress", address=address, why=why)
    if address := sourcefabric.linked(page, url):
        why = "its page takes its entries from there (Sourcefabric Live Blog)"
        yield Way(format="sourcefabric", address=address, why=why)


def linked_feed(page: str, url: str) -> Way | None:
    """The first feed that an HTML page names as another form of itself, comments apart."""
    # The tags alone: a whole page would be read for nothing else.
    tags = "".join(tag[0] for tag in islice(_LINK.finditer(page), _MOST_LINKS))
    for link in LexborHTMLParser(tags).css("link[rel~=alternate]"):
        told = link.attributes
        kind = (told.get("type") or "").partition(";")[0].strip().lower()
        address = web_address(told.get("href") or "", url)
        if kind not in _LINKED_FEEDS or address is None:
            continue
        if not _COMMENTS.search(f"{told.get('title') or ''} {address}".replace("-", " ")):
            why = "its page links to that feed (rel=alternate)"
            return Way(format=_LINKED_FEEDS[kind], address=address, why=why)
    return None


def title_of(page: str) -> str:
    """The title of an HTML page; "" where it has none."""
    found = _TITLE.search(page)
    return "" if found is None else heading_text(found[1])


def _name(root: re.Match[bytes]) -> str:
    return root[1].decode(errors="replace")


def _instead(page: bytes, *, is_json: bool, is_markup: bool) -> str:
    if not page:
        return "it is empty"
    if is_markup:
        return f"it is a web page or document without a {LIVE_BLOG} in it"
    if is_json:
        return f"it is JSON, but neither a JSON Feed nor a {LIVE_BLOG}"
    return "it is text without a line that is a time such as 12:41 AM BST"
