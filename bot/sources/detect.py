"""Which format a page is in, from its content type and its bytes."""

import re

from bot.sources.jsonld import LIVE_BLOG
from bot.sources.places import unreadable
from bot.sources.text import as_utf8
from bot.sources.transcript import STAMP

# What may stand before the root of an XML document.
_PROLOGUE = re.compile(
    rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)*+",
    re.DOTALL | re.IGNORECASE,
)
_ROOT = re.compile(rb"<([\w.:-]+)")
_FEEDS = {b"rss": "rss", b"rdf:rdf": "rss", b"rdf": "rss", b"feed": "atom", b"atom:feed": "atom"}
_JSON_FEED = re.compile(rb'"version"\s*:\s*"(?:https?://(?:www\.)?jsonfeed\.org/|1\.[01]")')
_FOREIGN = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip")


def detect(content_type: str, content: bytes | str, *, url: str) -> str:
    """The name of the format of a page.

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
        return feed
    is_json = page[start : start + 1] in (b"{", b"[")
    if is_json and (content_type == "application/feed+json" or _JSON_FEED.search(page)):
        return "jsonfeed"
    if (is_json or root is not None) and LIVE_BLOG.encode() in page:
        return "jsonld"
    if root is None and STAMP.search(page.decode(errors="replace")):
        return "transcript"
    raise unreadable(url, _instead(page[start:], is_json=is_json, is_markup=root is not None))


def _instead(page: bytes, *, is_json: bool, is_markup: bool) -> str:
    if not page:
        return "it is empty"
    if is_markup:
        return f"it is a web page or document without a {LIVE_BLOG} in it"
    if is_json:
        return f"it is JSON, but neither a JSON Feed nor a {LIVE_BLOG}"
    return "it is text without a line that is a time such as 12:41 AM BST"
