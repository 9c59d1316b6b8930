"""The Guardian's live blogs: its Content API, and the model that its own pages are made from.

Both tell an entry (a “block”) with its id, its text whole, pictures with credits, and marks. The
API: https://open-platform.theguardian.com/documentation/item
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode

from bot.errors import SourceError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import plain_text
from bot.sources.entries import Sieve, read_instant
from bot.sources.loose_json import read_json
from bot.sources.pictures import lift_pictures
from bot.sources.places import place, unreadable
from bot.sources.text import (
    decode,
    heading_text,
    one_line,
    opening,
    person,
    sound,
    split_url,
    web_address,
)
from bot.sources.values import Node, flag, name, node, nodes, string

API = "https://content.guardianapis.com"
SITE = "https://www.theguardian.com"
# How far back of the newest known entry edits and deletions are looked for: a night.
LOOKS_BACK = timedelta(hours=12)
_HOST = "theguardian.com"
_LIVE = re.compile(r"/live/\d{4}/")
_FIGURE = "ImageBlockElement"


def is_page(url: str) -> bool:
    """Whether an address is a live blog of the Guardian's, on its site or in its API."""
    address = split_url(url)
    host = (address.hostname or "").removeprefix("www.")
    return host == split_url(API).hostname or (host == _HOST and bool(_LIVE.search(address.path)))


def request(url: str, *, key: str | None, newest: datetime | None, root: str = API) -> str:
    """The address that the API tells a live blog at, with `key` in it: never to be shown.

    `newest` is when the newest known entry was published (UTC): then only what is of the night
    before it is asked for, and by the hour, so that the address stays the same for a while. A key
    that stands in `url` itself is used where `key` is None. Raises `SourceError` without either.
    """
    address = split_url(url)
    key = key or next(iter(parse_qs(address.query).get("api-key", ())), None)
    if key is None:
        raise SourceError(
            f"{place(url)} is read by the Guardian's Content API, which wants a key: set "
            "GUARDIAN_API_KEY, or follow the page itself."
        )
    blocks = "body"
    if newest is not None:
        since = (newest - LOOKS_BACK).replace(minute=0, second=0, microsecond=0)
        blocks = f"body:published-since:{int(since.timestamp()) * 1000}"
    asked = {"api-key": key, "show-blocks": blocks, "show-tags": "contributor"}
    return f"{root.rstrip('/')}{address.path.rstrip('/')}?{urlencode(asked, safe=':')}"


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read an answer of the API, or a page's model, that was found at `url`.

    A block that is not published any more is a withdrawn entry. Who made or changed a block in
    the newsroom's system is left alone. `polling_day` is not needed: every time has its date.
    Raises `SourceError` for anything else.
    """
    try:
        told = read_json(decode(content))
    except ValueError as error:
        raise unreadable(url, "its JSON is broken") from error
    if not isinstance(told, dict):
        raise unreadable(url, "it is no answer of the Guardian's Content API")
    answer = node(told, "response") or told
    if string(answer, "status") == "error":
        said = one_line(string(answer, "message"))[:200] or "no reason given"
        raise unreadable(url, f"the Guardian's Content API says “{said}”")
    page = node(answer, "content") or node(answer, "Live") or answer
    blocks = _blocks(page)
    if blocks is None:
        raise unreadable(url, "the Guardian's answer has no blocks in it")
    link = string(page, "webUrl") or string(page, "webURL") or _site(url)
    names = {string(tag, "id"): string(tag, "webTitle") for tag in nodes(page, "tags")}
    sieve = Sieve()
    for block in blocks:
        _take(sieve, block, web_address(link, SITE) or SITE, names)
    return Reading(
        title=heading_text(string(page, "webTitle") or string(page, "headline")),
        entries=sieve.entries,
        format="guardian",
        faults=sieve.faults,
    )


def _site(url: str) -> str:
    return f"{SITE}{split_url(url).path}"


def _blocks(page: Node) -> list[Node] | None:
    """The blocks of the body, each once; None where there is no place for any."""
    if isinstance(page.get("blocks"), list):
        return nodes(page, "blocks")
    parts = node(page, "blocks")
    asked = node(parts, "requestedBodyBlocks")
    if not isinstance(parts.get("body"), list) and not asked:
        return None
    found: dict[str, Node] = {}
    for block in [*nodes(parts, "body"), *(b for part in asked for b in nodes(asked, part))]:
        found.setdefault(name(block, "id") or f"without an id {len(found)}", block)
    return list(found.values())


def _take(sieve: Sieve, block: Node, page: str, names: dict[str, str]) -> None:
    block_id = name(block, "id")
    published = _instant(block, "firstPublishedDate", "publishedDate", "blockFirstPublished")
    published = published or _instant(block, "createdDate", "blockCreatedOn")
    modified = _instant(block, "lastModifiedDate", "blockLastUpdated")
    published = published or modified
    marks = node(block, "attributes")
    html, pictures = lift_pictures(_html(block), page)
    heading = heading_text(string(block, "title") or string(marks, "title"))
    heading = heading or opening(plain_text(html))
    if published is None or not block_id:
        sieve.leave_out("without a date" if block_id else "without an id", heading or block_id)
        return
    withdrawn = block.get("published") is False
    sieve.take(
        Entry(
            id=block_id,
            published=published,
            heading="" if withdrawn else heading,
            body="" if withdrawn else html,
            modified=modified,
            author=_authors(block, names),
            url=f"{page.partition('?')[0]}?page=with:block-{block_id}#block-{block_id}",
            pictures=() if withdrawn else _pictures(block, page, pictures),
            key_event=flag(marks, "keyEvent"),
            pinned=flag(marks, "pinned"),
            withdrawn=withdrawn,
        )
    )


def _html(block: Node) -> str:
    whole = string(block, "bodyHtml")
    if not whole:
        whole = "\n".join(string(element, "html") for element in nodes(block, "elements"))
    return sound(whole).strip()


def _authors(block: Node, names: dict[str, str]) -> str | None:
    given = block.get("contributors")
    told = given if isinstance(given, list) else []
    # The API gives the ids of tags, the model of a page names.
    found = (names.get(one) if isinstance(one, str) else string(one, "name") for one in told
             if isinstance(one, str | dict))  # fmt: skip
    return ", ".join(filter(None, (person(one or "") for one in found))) or None


def _pictures(block: Node, page: str, shown: tuple[Picture, ...]) -> tuple[Picture, ...]:
    """Those of its elements, and those that only stand in its HTML."""
    told = [_picture(element, page) for element in nodes(block, "elements")]
    pictures = [picture for picture in told if picture is not None]
    known = {_media(picture.url) for picture in pictures}
    return (*pictures, *(p for p in shown if _media(p.url) not in known))


def _picture(element: Node, page: str) -> Picture | None:
    told = node(element, "imageTypeData")
    if not told:
        if not string(element, "_type").endswith(_FIGURE):
            return None
        told = node(element, "data")
    files = [*nodes(element, "assets"), *nodes(node(element, "media"), "allImages")]
    sizes = ((_width(file), string(file, "file") or string(file, "url")) for file in files)
    # What is larger than a screen is only heavier; of those that are, the smallest.
    best = sorted((width < 1000, abs(width - 1000), link) for width, link in sizes if link)
    caption = heading_text(string(told, "caption")) or None
    address = web_address(best[0][2], page) if best else None
    if address is None and caption is None:
        return None
    return Picture(
        url=address,
        alt=heading_text(string(told, "alt")) or None,
        caption=caption,
        credit=person(string(told, "credit")),
    )


def _width(file: Node) -> int:
    told = {**node(file, "typeData"), **node(file, "fields")}
    width = str(told.get("width", ""))
    return int(width[:6]) if width.isdecimal() and width.isascii() else 0


def _media(url: str | None) -> str:
    """What every size of one picture has in common: the media id in its address."""
    parts = split_url(url or "").path.split("/")
    return next((part for part in parts if len(part) >= 32), url or "")


def _instant(block: Node, *keys: str) -> datetime | None:
    return next(filter(None, _instants(block, keys)), None)


def _instants(block: Node, keys: tuple[str, ...]) -> Iterator[datetime | None]:
    for key in keys:
        value = block.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            try:
                yield datetime.fromtimestamp(value / 1000, UTC)
            except (ValueError, OverflowError, OSError):
                continue
        elif isinstance(value, str):
            yield read_instant(value)
        elif isinstance(value, dict):
            yield read_instant(string(value, "iso8601"))
