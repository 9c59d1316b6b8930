"""Which hub pushes what is new of a page: discovery as WebSub has it.

https://www.w3.org/TR/websub/#discovery: `Link` headers first, then the links of an XML feed or in
the head of an HTML page. JSON Feed (https://www.jsonfeed.org/version/1.1/) has `hubs` of its own.
"""

import html
import re
from collections.abc import Iterator, Sequence

from yarl import URL

from bot.ports import Hub
from bot.sources.loose_json import read_json
from bot.sources.text import as_utf8, web_address
from bot.sources.values import nodes, string

# What a page says of itself stands before what it shows.
_HEAD = 256 * 1024
_LONGEST_ADDRESS = 2_000
_SHOWN = re.compile(rb"<(?:[\w.-]{1,30}:)?(?:item|entry|body)[\s>]", re.IGNORECASE)
# Links inside these are words of somebody else's. One that does not end runs on to the end.
_NOT_READ = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(script|style|template|noscript)\b.*?(?:</\1|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_LINK = re.compile(r"<(?:[\w.-]{1,30}:)?link\b([^<>]{0,4000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])(rel|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I
)

Links = Sequence[tuple[str, str]]


def find_hub(links: Links, content: bytes | str, url: str) -> Hub | None:
    """The hub of a page that was read at `url`; None where it names none.

    `links` are relations and addresses of its `Link` headers. Of several hubs, the first that is
    spoken to over TLS.
    """
    found = list(links)
    if not _addresses(found, "hub", url):
        found = list(_own_links(content))
    hubs = _addresses(found, "hub", url)
    if not hubs:
        return None
    topics = _addresses(found, "self", url)
    return Hub(
        url=next((hub for hub in hubs if hub.startswith("https:")), hubs[0]),
        topic=topics[0] if topics else url,
        page=url,
    )


def _addresses(links: Links, relation: str, url: str) -> list[str]:
    """Where links of a relation lead to, as far as that is on the web."""
    found = (web_address(href, url) for rel, href in links if relation in rel.lower().split())
    return [address for address in found if address and _is_sound(address)]


def _is_sound(address: str) -> bool:
    try:
        return len(address) <= _LONGEST_ADDRESS and bool(URL(address).host)
    except ValueError:
        return False


def _own_links(content: bytes | str) -> Iterator[tuple[str, str]]:
    """Relations and addresses of what a page links to of itself."""
    page = as_utf8(content)
    if page[:100].lstrip()[:1] == b"{":
        if b'"hubs"' in page:
            yield from _of_json_feed(page)
        return
    shown = _SHOWN.search(page, 0, _HEAD)
    head = page[: shown.start() if shown else _HEAD]
    if b"hub" not in head.lower():
        return
    for link in _LINK.finditer(_NOT_READ.sub("", head.decode(errors="replace"))):
        said = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(link[1])}
        yield html.unescape(said.get("rel", "")), html.unescape(said.get("href", ""))


def _of_json_feed(page: bytes) -> Iterator[tuple[str, str]]:
    try:
        feed = read_json(page.decode(errors="replace"))
    except ValueError:
        return
    if not isinstance(feed, dict):
        return
    yield "self", string(feed, "feed_url")
    for hub in nodes(feed, "hubs"):
        if string(hub, "type").lower() == "websub":
            yield "hub", string(hub, "url")
