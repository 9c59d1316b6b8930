"""A page's HTML as a tree, however deep somebody nests it."""

import re

from selectolax.lexbor import LexborHTMLParser

# Reading nested elements takes the square of their depth, and no page that people see is so deep.
DEEPEST = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)(?:[^<>]*?(/?)>)?")
_ALONE = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
    # These end by themselves where the next one begins.
    "p", "li", "td", "th", "tr", "dd", "dt", "option",
}  # fmt: skip
_RAW = {"script", "style", "textarea", "title", "iframe", "noembed", "noframes", "xmp"}


def read_html(page: str) -> LexborHTMLParser:
    """The tree of a page. Elements deeper than `DEEPEST` lose their place in it, not their text."""
    return LexborHTMLParser(_shallow(page))


def _shallow(page: str) -> str:
    depth = position = kept = 0
    pieces: list[str] = []
    while tag := _TAG.search(page, position):
        position = tag.end()
        name = tag[2].lower()
        if name in _ALONE or tag[3]:
            continue
        if tag[1]:
            depth = max(depth - 1, 0)
        elif name in _RAW:
            # What stands in it is no markup, up to its own end.
            end = page.find(f"</{name}", position)
            if end == -1:
                break
            position = end + 2
        else:
            depth += 1
            if depth > DEEPEST:
                pieces += (page[kept : tag.start()], "<wbr")
                kept = tag.start() + 1 + len(name)
    return "".join((*pieces, page[kept:])) if pieces else page
