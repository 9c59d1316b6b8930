"""The pictures that stand in an entry's HTML, with their captions and credits."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.liveblog.entry import Picture
from bot.liveblog.markup import MAX_HTML
from bot.sources.text import heading_text, person, web_address

# Nobody illustrates one entry with more; what holds thousands is no entry.
MOST_PICTURES = 20
# Smaller ones count visits.
_SMALLEST = 10
_NO_PICTURE = re.compile(r"\b(?:emoji|smiley|avatar|icon)", re.IGNORECASE)
_CREDIT = "[class*=credit], [class*=copyright], [class*=Credit], [itemprop=copyrightHolder]"
_CREDIT_LINE = re.compile(
    r"(?P<caption>.*?)[\s.|–—-]*\b(?P<credit>(?:Photograph|Photo|Picture|Image|Foto|Credit)s?"
    r"(?: credit| by)?: ?[^:]{2,100})",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def lift_pictures(body: str, page: str) -> tuple[str, tuple[Picture, ...]]:
    """HTML without its figures, and the pictures that stood in it, in order.

    `page` is what addresses are relative to. A caption belongs to its picture and no longer to
    the text; a figure without a picture (a video, a quotation) stays.
    """
    if "<img" not in body and "<IMG" not in body:
        return body, ()
    root = LexborHTMLParser(body[:MAX_HTML]).body
    if root is None:
        return body, ()
    pictures: dict[str, Picture] = {}
    lifted = False
    for figure in root.css("figure"):
        image = figure.css_first("img")
        picture = None if image is None else _picture(image, page, figure.css_first("figcaption"))
        if picture is not None and picture.url is not None:
            pictures.setdefault(picture.url, picture)
            figure.decompose()
            lifted = True
    for image in root.css("img"):
        picture = _picture(image, page, None)
        if picture is not None and picture.url is not None:
            pictures.setdefault(picture.url, picture)
    text = (root.inner_html or "") if lifted else body
    return text, tuple(pictures.values())[:MOST_PICTURES]


def split_credit(caption: str) -> tuple[str | None, str | None]:
    """Caption and credit of one line that may hold both, as in “The count. Photograph: PA”."""
    found = _CREDIT_LINE.fullmatch(caption)
    if found is None:
        return caption or None, None
    return found["caption"].strip() or None, person(found["credit"])


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
