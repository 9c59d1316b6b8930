"""Entry HTML to a small tree. Each platform writes the tree its own way, escaping first.

The HTML of a blog is hostile: it is cleaned before it is read, and of an address only http and
https remain. Text nodes hold characters, never markup: whoever writes them escapes them.
"""

import html
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from urllib.parse import quote

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_HTML = 200_000
MAX_DEPTH = 60
_DEEPEST = 500
_BLOCKS = {"p", "div", "li", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "pre"}
_TAGS = {
    *_BLOCKS, "ul", "ol", "br", "a", "b", "strong", "i", "em", "s", "del", "table", "tbody",
    "thead", "td", "th", "section", "article", "figure", "figcaption",
}  # fmt: skip
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb]"
)
_SPACE = re.compile("[ \t\n\xa0\u2028\u2029]+")
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
# Tags that end by themselves or hold no others; the rest can be nested without end.
_NO_DEEPER = {
    "p", "li", "br", "img", "hr", "wbr", "td", "th", "tr", "dd", "dt", "option", "input", "meta",
    "link", "source", "script", "style",
}  # fmt: skip
_LINK = re.compile(r"https?://", re.IGNORECASE)
_NEVER_IN_A_LINK = re.compile("[^!#-;=?-\\[\\]_a-z~]")


class Style(StrEnum):
    """How a span of text is set off."""

    STRONG = "strong"
    EMPHASIS = "emphasis"
    STRUCK = "struck"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Characters with the same look; `link` is an http(s) address."""

    text: str
    styles: frozenset[Style] = frozenset()
    link: str | None = None


class BlockKind(StrEnum):
    """What a block of text is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    ITEM = "item"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, heading, list item or quotation."""

    kind: BlockKind
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """Its characters alone."""
        return "".join(span.text for span in self.spans)


_KINDS = {
    "li": BlockKind.ITEM,
    "blockquote": BlockKind.QUOTE,
    **{f"h{n}": BlockKind.HEADING for n in range(1, 7)},
}
_STYLES = {
    "b": Style.STRONG, "strong": Style.STRONG, "i": Style.EMPHASIS, "em": Style.EMPHASIS,
    "s": Style.STRUCK, "del": Style.STRUCK,
}  # fmt: skip


def clean_text(text: str) -> str:
    """Text without control and direction characters, white space folded, in one line."""
    return _SPACE.sub(" ", _CONTROL.sub("", text.replace("\r", "\n").replace("\x1b", ""))).strip()


# An entry is read for its words, for its claims, for slips and for each of its channels.
@lru_cache(maxsize=64)
def blocks(body: str) -> tuple[Block, ...]:
    """The blocks of an entry's HTML (or plain text), empty ones left out.

    Never raises: whatever cannot be read as HTML is read as text.
    """
    safe = nh3.clean(
        flattened(body[:MAX_HTML].encode("utf-8", "replace").decode()),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        link_rel=None,
    )
    root = LexborHTMLParser(safe).body
    found: list[tuple[BlockKind, list[Span]]] = []
    if root is not None:
        _walk(root, BlockKind.PARAGRAPH, frozenset(), None, found)
    return tuple(
        Block(kind=kind, spans=spans)
        for kind, parts in found
        if (spans := _trim(parts)) and any(span.text.strip() for span in spans)
    )


@lru_cache(maxsize=1024)
def plain_text(body: str) -> str:
    """The words of an entry's HTML, a line a block."""
    return "\n".join(block.text for block in blocks(body))


def _walk(
    node: LexborNode,
    kind: BlockKind,
    styles: frozenset[Style],
    link: str | None,
    found: list[tuple[BlockKind, list[Span]]],
    depth: int = 0,
) -> None:
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        # Nothing a person wrote is nested this deep; below it only the words count.
        if tag == "-text" or depth > MAX_DEPTH:
            if not found:
                found.append((kind, []))
            text = _SPACE.sub(" ", _CONTROL.sub("", child.text(deep=True)))
            found[-1][1].append(Span(text=text, styles=styles, link=link))
        elif tag == "br":
            found.append((kind, []))
        elif tag in _BLOCKS:
            inner = _KINDS.get(tag, kind)
            found.append((inner, []))
            _walk(child, inner, styles, link, found, depth + 1)
            found.append((kind, []))
        else:
            style = _STYLES.get(tag)
            _walk(
                child,
                kind,
                styles | {style} if style else styles,
                _address(child) or link if tag == "a" else link,
                found,
                depth + 1,
            )


def flattened(body: str) -> str:
    """HTML with tags beyond a depth made harmless: reading them takes the square of their number.

    An opening tag becomes one that ends by itself; its attributes stay and count for nothing.
    """
    depth = 0

    def flat(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in _NO_DEEPER:
            return tag[0]
        depth = max(depth - 1, 0) if tag[1] else depth + 1
        return tag[0] if tag[1] or depth <= _DEEPEST else "<wbr"

    return _TAG.sub(flat, body)


def _address(node: LexborNode) -> str | None:
    """The http or https address of a link, percent-encoded where a writer could trip over it."""
    address = (node.attributes.get("href") or "").strip()
    if not _LINK.match(address):
        return None
    return _NEVER_IN_A_LINK.sub(lambda found: quote(found[0], errors="replace"), address)


def _trim(parts: list[Span]) -> tuple[Span, ...]:
    """Spans with folded white space: none at the ends, one between."""
    kept: list[Span] = []
    for part in parts:
        text = part.text
        if not kept or kept[-1].text.endswith(" "):
            text = text.lstrip(" ")
        if text:
            kept.append(Span(text=text, styles=part.styles, link=part.link))
    if kept and not (last := kept[-1].text.rstrip(" ")):
        kept.pop()
    elif kept:
        kept[-1] = Span(text=last, styles=kept[-1].styles, link=kept[-1].link)
    return tuple(kept)


def paragraphs_to_html(paragraphs: list[str]) -> str:
    """Plain paragraphs as the HTML that an entry's body holds, escaped."""
    return "".join(f"<p>{html.escape(text, quote=False)}</p>" for text in paragraphs)


def storable(text: str) -> str:
    """Text without half characters and noughts, which no database and no file of text takes."""
    return text.encode(errors="ignore").decode().replace("\0", "")
