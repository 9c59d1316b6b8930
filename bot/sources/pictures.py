"""The pictures that stand in an entry's HTML, with their captions and credits."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.liveblog.entry import Picture
from bot.liveblog.markup import MAX_HTML, flattened
from bot.sources.text import heading_text, person, web_address

# Nobody illustrates one entry with more; what holds thousands is no entry.
MOST_PICTURES = 20
_NEAR = 8
# Smaller ones count visits.
_SMALLEST = 10
_NO_PICTURE = re.compile(r"\b(?:emoji|smiley|avatar|icon)", re.IGNORECASE)
_CREDIT = "[class*=credit], [class*=copyright], [class*=Credit], [itemprop=copyrightHolder]"
_CREDIT_LINE = re.compile(
    r"\b(?:Photograph|Photo|Picture|Image|Foto|Credit)s?(?: credit| by)?: ?[^:]{2,100}$",
    re.IGNORECASE,
)


def lift_pictures(body: str, page: str) -> tuple[str, tuple[Picture, ...]]:
    """HTML without its figures, and the pictures that stood in it, in order.

    `page` is what addresses are relative to. A caption belongs to its picture and no longer to
    the text; a figure without a picture (a video, a quotation) stays.
    """
    # Nearly no text has any, and this is asked of every text of every look.
    return _lifted(body, page) if "<img" in body else (body, ())


@lru_cache(maxsize=1024)
def _lifted(body: str, page: str) -> tuple[str, tuple[Picture, ...]]:
    root = LexborHTMLParser(flattened(body[:MAX_HTML])).body
    if root is None:
        return body, ()
    pictures: dict[str, Picture] = {}
    figures: dict[int, LexborNode] = {}
    for image in root.css("img")[:MOST_PICTURES]:
        figure = _figure(image)
        if picture := _picture(image, page, figure and figure.css_first("figcaption")):
            pictures.setdefault(picture.url or "", picture)
            if figure is not None:
                figures[figure.mem_id] = figure
    for figure in figures.values():
        figure.decompose()
    text = (root.inner_html or "") if figures else body
    return text, tuple(pictures.values())


def _figure(image: LexborNode) -> LexborNode | None:
    """The outermost figure around a picture, which is as near as people write them."""
    found, above = None, image.parent
    for _ in range(_NEAR):
        if above is None:
            break
        found = above if above.tag == "figure" else found
        above = above.parent
    return found


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Caption and credit of one line that may hold both, as in “The count. Photograph: PA”."""
    found = _CREDIT_LINE.search(caption)
    if found is None:
        return caption or None, None
    return caption[: found.start()].rstrip(" .|–—-") or None, person(found[0])


def _picture(image: LexborNode, page: str, legend: LexborNode | None) -> Picture | None:
    told = image.attributes
    sizes = (told.get("width") or "", told.get("height") or "")
    tiny = any(size.isdecimal() and int(size[:6]) < _SMALLEST for size in sizes)
    if tiny or _NO_PICTURE.search(told.get("class") or ""):
        return None
    address = web_address(told.get("src") or "", page)
    address = address or web_address(told.get("data-src") or _first(told.get("srcset")), page)
    if address is None:
        return None
    caption = credit = None
    if legend is not None:
        node = legend.css_first(_CREDIT)
        words = heading_text(legend.text())
        if node is None:
            caption, credit = split_credit(words)
        else:
            named = heading_text(node.text())
            caption, credit = words.replace(named, "").strip() or None, person(named)
    return Picture(
        url=address, alt=heading_text(told.get("alt") or "") or None, caption=caption, credit=credit
    )


def _first(sources: str | None) -> str:
    return (sources or "").strip().partition(" ")[0].rstrip(",")
