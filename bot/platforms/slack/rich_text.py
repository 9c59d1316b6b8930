"""The tree of an entry as Slack's rich text, where characters stand for themselves.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block: a text element is never read as
markup, so a body needs no escaping, and no slip in escaping can open it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from bot.liveblog.markup import Block, BlockKind, Span, Style
from bot.platforms.slack.mrkdwn import address, cut, safe, sentence_end, size

Element = dict[str, Any]

_STYLES = {Style.STRONG: "bold", Style.EMPHASIS: "italic", Style.STRUCK: "strike"}


def tidy(body: Iterable[Block]) -> Iterator[Block]:
    """Blocks with their characters made safe and their links sound; empty ones left out."""
    for block in body:
        spans: list[Span] = []
        for span in block.spans:
            target = address(span.link)
            look = span.styles | ({Style.STRONG} if block.kind is BlockKind.HEADING else set())
            _add(spans, Span(text=safe(span.text), styles=frozenset(look), link=target))
        if spans:
            # Once more, for words that Slack would act upon may have come together just now.
            whole = (replace(span, text=safe(span.text)) for span in spans)
            yield Block(kind=block.kind, spans=tuple(whole))


def plain(body: Iterable[Block]) -> Iterator[Block]:
    """The same blocks without links and looks."""
    for block in body:
        yield replace(block, spans=(Span(text=block.text),))


def clip(body: Sequence[Block], *, limit: int, most: int) -> tuple[list[Block], bool]:
    """As much as fits in `limit` units and `most` blocks, to the end of a sentence if there is one.

    Out: the blocks, and whether any of the body was left out.
    """
    kept: list[Block] = []
    for block in body[:most]:
        if size(block.text) > limit:
            if end := sentence_end(block.text, limit):
                kept.append(_shortened(block, end))
            elif not kept:
                words = cut(block.text, limit)
                first = _shortened(block, len(words) - 1)
                last = first.spans[-1]
                ended = replace(last, text=last.text + "…")
                kept.append(replace(first, spans=(*first.spans[:-1], ended)))
            return kept, True
        limit -= size(block.text)
        kept.append(block)
    return kept, len(body) > most


def elements(body: Iterable[Block], *, between: str = "\n\n") -> list[Element]:
    """Tidy blocks as the elements of one `rich_text` block: sections, lists and quotations.

    `between` parts one paragraph from the next, for a section knows no paragraphs.
    """
    made: list[Element] = []
    for kind, run in groupby(body, _shape):
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


def _shape(block: Block) -> BlockKind:
    return BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind


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


def _add(spans: list[Span], span: Span) -> None:
    """Put a span behind the others, made one with the last if it looks the same or is blank."""
    last = spans[-1] if spans else None
    if not span.text or (last is None and not span.text.strip()):
        return
    alike = last is not None and (last.styles, last.link) == (span.styles, span.link)
    if last is not None and (alike or not span.text.strip()):
        spans[-1] = replace(last, text=last.text + span.text)
    else:
        spans.append(span)


def _shortened(block: Block, end: int) -> Block:
    spans: list[Span] = []
    for span in block.spans:
        if end > 0:
            spans.append(replace(span, text=span.text[:end]))
        end -= len(span.text)
    return replace(block, spans=tuple(spans))
