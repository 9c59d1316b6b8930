"""schema.org `LiveBlogPosting` as microdata: attributes on the HTML that readers see.

The format: https://html.spec.whatwg.org/multipage/microdata.html
"""

import sys
from datetime import date
from typing import Any

from selectolax.lexbor import LexborNode

from bot.liveblog.entry import Reading
from bot.sources.dom import read_html
from bot.sources.places import unreadable
from bot.sources.schema_org import LIVE_BLOG, UPDATES, Node, read_posting
from bot.sources.text import as_utf8

# Blogs, their entries, an entry's author or picture, that one's credit.
_DEPTH = 5
_MARKUP = {"articleBody", "text"}
_MANY = {UPDATES, "author", "image"}
# What is nested without end would be read again at each level.
_MOST = {"author": 5, "image": 10, "blogs": 20}
_WANTED = {
    *_MARKUP, *_MANY, "headline", "name", "url", "datePublished", "dateModified", "caption",
    "creditText", "copyrightHolder", "contentUrl",
}  # fmt: skip
_ATTRIBUTE_OF = {
    "meta": "content", "a": "href", "area": "href", "link": "href", "img": "src", "audio": "src",
    "embed": "src", "iframe": "src", "source": "src", "video": "src", "object": "data",
    "data": "value", "meter": "value",
}  # fmt: skip


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read the live blog in the microdata of a page that was found at `url`.

    `polling_day` is not needed: every time has its date. Raises `SourceError` where there is none.
    """
    page = as_utf8(content)
    blogs = _blogs(page)
    if not blogs:
        raise unreadable(url, f"there is no {LIVE_BLOG} in its microdata")
    blog = max(blogs, key=lambda found: len(found.get(UPDATES, ())))
    return read_posting(blog, page=page, url=url, format="microdata")


def _blogs(page: bytes) -> list[Node]:
    tree = read_html(page.decode(errors="replace"))
    found = [node for node in tree.css("[itemtype*=LiveBlogPosting]") if _is_blog(node)]
    return [_item(node, 0) for node in found[: _MOST["blogs"]] if not _inside(node)]


def _is_blog(node: LexborNode) -> bool:
    types = (node.attributes.get("itemtype") or "").split()
    return any(kind.rpartition("/")[2] == LIVE_BLOG for kind in types)


def _inside(node: LexborNode) -> bool:
    """Whether a live blog stands in another one, and is read with it."""
    above = node.parent
    while above is not None and above.is_element_node:
        if _is_blog(above):
            return True
        above = above.parent
    return False


def _item(node: LexborNode, depth: int) -> dict[str, Any]:
    """An item as JSON-LD would write it; of what may stand there once, the first counts."""
    told = node.attributes
    item: dict[str, Any] = {}
    if name := told.get("itemid"):
        item["@id"] = name
    elif told.get("id"):
        item["url"] = f"#{told['id']}"
    left = list(node.iter())[::-1]
    while left:
        child = left.pop()
        names = (child.attributes.get("itemprop") or "").split()
        scoped = "itemscope" in child.attributes
        wanted = [name for name in names if name in _WANTED and _is_open(item, name)]
        if wanted:
            value: object = None
            if scoped:
                value = _item(child, depth + 1) if depth < _DEPTH else None
            elif wanted != [UPDATES]:
                value = _value(child, wanted[0])
            for name in wanted:
                _put(item, name, value)
        if not scoped:
            left.extend(list(child.iter())[::-1])
    return item


def _is_open(item: dict[str, Any], name: str) -> bool:
    if name in _MANY:
        return len(item.get(name, ())) < _MOST.get(name, sys.maxsize)
    # An address in the page stands in for one that the entry gives itself.
    return name not in item or (name == "url" and str(item[name]).startswith("#"))


def _put(item: dict[str, Any], name: str, value: object) -> None:
    if not value:
        return
    if name in _MANY:
        item.setdefault(name, []).append(value)
    else:
        item[name] = value


def _value(node: LexborNode, name: str) -> str:
    tag = node.tag or ""
    told = node.attributes
    if tag in _ATTRIBUTE_OF:
        return told.get(_ATTRIBUTE_OF[tag]) or ""
    # Times that are not written for machines stand in an attribute.
    if said := told.get("datetime") or told.get("content"):
        return said
    return (node.inner_html or "") if name in _MARKUP else node.text()
