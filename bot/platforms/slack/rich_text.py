"""The tree of an entry as Slack's rich text, where characters stand for themselves.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: a text element is never read as
markup, so a body needs no escaping, and no slip in escaping can open it.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from bot.liveblog.markup import Block, BlockKind, Span, Style
from bot.platforms.bodies import shape

Element = dict[str, Any]

_STYLES = {Style.STRONG: "bold", Style.EMPHASIS: "italic", Style.STRUCK: "strike"}


def elements(body: Iterable[Block], *, between: str = "\n\n") -> list[Element]:
    """Tidy blocks as the elements of one `rich_text` block: sections, lists and quotations.

    `between` parts one paragraph from the next, for a section knows no paragraphs.
    """
    made: list[Element] = []
    for kind, run in groupby(body, shape):
        blocks = list(run)
        if kind is BlockKind.ITEM:
            items = [section(_inline([block], "")) for block in blocks]
            made.append({"type": "rich_text_list", "style": "bullet", "elements": items})
        elif kind is BlockKind.QUOTE:
            made.append({"type": "rich_text_quote", "elements": _inline(blocks, "\n")})
        else:
            made.append(section(_inline(blocks, between)))
    return made


def section(inline: list[Element]) -> Element:
    """A run of text and links."""
    return {"type": "rich_text_section", "elements": inline}


def text(words: str, *styles: str) -> Element:
    """Characters that are safe already, set off as “bold”, “italic” or “strike”."""
    element: Element = {"type": "text", "text": words}
    return element | {"style": dict.fromkeys(sorted(styles), True)} if styles else element


def _inline(blocks: Sequence[Block], between: str) -> list[Element]:
    made: list[Element] = []
    for number, block in enumerate(blocks):
        # A blank line goes to the text before it, for an element of nothing but space looks empty.
        if number and made[-1]["type"] == "text":
            made[-1]["text"] += between
        elif number:
            made.append(text(between))
        made += [_element(span) for span in block.spans]
    return made


def _element(span: Span) -> Element:
    element = text(span.text, *(_STYLES[style] for style in span.styles))
    return element if span.link is None else element | {"type": "link", "url": span.link}
