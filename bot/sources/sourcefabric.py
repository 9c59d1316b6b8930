"""Sourcefabric's Live Blog (dpa, ZEIT and others): the posts of a blog as its API tells them.

The API: https://github.com/liveblog/liveblog, `client_blogs/{id}/posts`.
"""

import html
import re
from collections.abc import Iterator
from datetime import date
from urllib.parse import urlencode

from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve, read_instant
from bot.sources.loose_json import read_json
from bot.sources.pictures import lift_pictures
from bot.sources.places import unreadable
from bot.sources.text import decode, heading_text, opening, person, sound, split_url, web_address
from bot.sources.values import Node, flag, name, node, nodes, string

# What changed last comes first, so that this many changes between two looks are seen.
POSTS = 100
_API = re.compile(r"(?P<blog>/api/(?:client_)?blogs/[0-9a-f]{24}(?:/[0-9a-f]{24})?)(?:/posts)?/?")
_SETTINGS = "window.LB"
_HOST = re.compile(r"""["']?\bapi_host["']?\s*:\s*["']([^"'\s]{1,300})["']""")
_BLOG = re.compile(r"""["']?\bblog["']?\s*:\s*\{""")
_ID = re.compile(r"""["']_id["']\s*:\s*["']([0-9a-f]{24})["']""")
_HEAD = 50_000
_FRAME = re.compile(r"""<iframe\b[^<>]*?\bsrc\s*=\s*["']([^"'<>]{1,2000})""", re.IGNORECASE)
_SIZES = ("viewImage", "baseImage", "original", "thumbnail")


def is_api(url: str) -> bool:
    """Whether an address is that of a blog in such an API."""
    return _API.search(split_url(url).path) is not None


def linked(page: str, url: str) -> str | None:
    """The address of the posts that a page at `url` shows; None where it is no such page."""
    start = page.find(_SETTINGS)
    if start == -1:
        return None
    host, blog = _HOST.search(page, start), _BLOG.search(page, start)
    if host is None or blog is None:
        return None
    found = _ID.search(page, blog.end(), blog.end() + _HEAD)
    root = web_address(host[1], url)
    if found is None or root is None:
        return None
    return f"{root.rstrip('/')}/api/client_blogs/{found[1]}/posts"


def request(url: str) -> str:
    """The address to ask for the posts of a blog, those that changed last first."""
    address = split_url(url)
    found = _API.search(address.path)
    path = f"{address.path[: found.end('blog')]}/posts" if found else address.path
    order = '{"sort":[{"_updated":{"order":"desc"}}]}'
    return f"{address.scheme}://{address.netloc}{path}?" + urlencode(
        {"max_results": POSTS, "source": order}
    )


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the posts that were found at `url`.

    One that is deleted, or went back to be a draft, is a withdrawn entry: the API says so by
    itself, and absence means nothing. Accounts of those who wrote it are not read but for the
    name they show. `polling_day` is not needed: every time has its date. Raises `SourceError`
    for anything else.
    """
    try:
        told = read_json(decode(content))
    except ValueError as error:
        raise unreadable(url, "its JSON is broken") from error
    if not isinstance(told, dict) or not isinstance(told.get("_items"), list):
        raise unreadable(url, "it is no list of posts of a Sourcefabric Live Blog")
    sieve = Sieve()
    for post in nodes(told, "_items"):
        _take(sieve, post, url)
    return Reading(
        title="", entries=sieve.entries, format="sourcefabric", faults=sieve.faults, explicit=True
    )


def _take(sieve: Sieve, post: Node, url: str) -> None:
    post_id = name(post, "_id")
    touched = read_instant(string(post, "_updated"))
    published = read_instant(string(post, "published_date"))
    published = published or read_instant(string(post, "firstcreated")) or touched
    modified = read_instant(string(post, "content_updated_date")) or touched
    # Only what is open was ever meant for readers: of the rest not even the words are taken.
    withdrawn = flag(post, "deleted") or string(post, "post_status") not in ("open", "")
    body, pictures = ("", ()) if withdrawn else _content(post, url)
    heading = opening(plain_text(body))
    if published is None or not post_id:
        sieve.leave_out("without a date" if post_id else "without an id", heading or post_id)
        return
    sieve.take(
        Entry(
            id=post_id,
            published=published,
            heading=heading,
            body=body,
            modified=max(filter(None, (modified, touched)), default=None),
            author=None if withdrawn else _author(post),
            pictures=pictures,
            key_event=flag(post, "lb_highlight"),
            pinned=flag(post, "sticky"),
            withdrawn=withdrawn,
        )
    )


def _content(post: Node, url: str) -> tuple[str, tuple[Picture, ...]]:
    """HTML and pictures of all items of a post."""
    texts: list[str] = []
    pictures: list[Picture] = []
    for item in _items(post):
        meta = node(item, "meta")
        kind = string(item, "item_type")
        if kind == "image" and (picture := _picture(meta, url)):
            pictures.append(picture)
        elif kind == "quote" and string(meta, "quote"):
            texts.append(_quotation(meta))
        elif kind == "embed":
            texts.append(_embedded(meta, url))
        else:
            text, shown = lift_pictures(sound(string(item, "text")).strip(), url)
            texts.append(text if text.startswith("<p") else f"<p>{text}</p>" if text else "")
            pictures.extend(shown)
    return "\n".join(filter(None, texts)), tuple(pictures)


def _items(post: Node) -> Iterator[Node]:
    for group in nodes(post, "groups"):
        for reference in nodes(group, "refs"):
            if not flag(reference, "deleted") and (item := node(reference, "item")):
                yield item


def _quotation(meta: Node) -> str:
    words = html.escape(heading_text(string(meta, "quote")), quote=False)
    said_by = html.escape(heading_text(string(meta, "credit")), quote=False)
    return f"<blockquote>{words}</blockquote>" + (f"<p>— {said_by}</p>" if said_by else "")


def _embedded(meta: Node, url: str) -> str:
    """The words of what is embedded, and a link to it; never what runs or frames anything."""
    words = plain_text(sound(string(meta, "html")))
    title = heading_text(string(meta, "title")) or heading_text(string(meta, "description"))
    framed = _FRAME.search(string(meta, "html"))
    shown_at = string(meta, "original_url") or (html.unescape(framed[1]) if framed else "")
    link = web_address(shown_at, url)
    parts = [f"<blockquote>{html.escape(words, quote=False)}</blockquote>"] if words else []
    if link is not None and link not in words:
        shown = html.escape(title or link, quote=False)
        parts.append(f'<p><a href="{html.escape(link)}">{shown}</a></p>')
    elif title and not words:
        parts.append(f"<p>{html.escape(title, quote=False)}</p>")
    return "\n".join(parts)


def _picture(meta: Node, url: str) -> Picture | None:
    media = node(meta, "media")
    sizes = node(media, "renditions")
    links = [*(string(node(sizes, size), "href") for size in _SIZES), string(media, "_url")]
    address = next(filter(None, (web_address(link, url) for link in links)), None)
    caption = heading_text(string(meta, "caption")) or None
    if address is None and caption is None:
        return None
    return Picture(url=address, caption=caption, credit=person(string(meta, "credit")))


def _author(post: Node) -> str | None:
    """The name that readers are shown: a guest's, else that of whoever wrote or published it."""
    named = [*(node(item, "original_creator") for item in _items(post))]
    for account in (*named[:1], node(post, "original_creator"), node(post, "publisher")):
        if found := person(string(account, "byline") or string(account, "display_name")):
            return found
    return None
