"""The body of a post or an answer on its way to a chat platform: made safe, and cut to fit."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.liveblog.markup import Block, BlockKind, Span, Style
from bot.platforms.words import address, cut, safe, sentence_end, size


def paragraphs(lines: Iterable[str], styles: frozenset[Style] = frozenset()) -> Iterator[Block]:
    """Each line as a paragraph, all in the same styles."""
    for line in lines:
        yield Block(kind=BlockKind.PARAGRAPH, spans=(Span(text=line, styles=styles),))


def tidy(body: Iterable[Block]) -> Iterator[Block]:
    """Blocks with their characters made safe and their links sound; empty ones left out."""
    for block in body:
        spans: list[Span] = []
        for span in block.spans:
            target = address(span.link)
            look = span.styles | ({Style.STRONG} if block.kind is BlockKind.HEADING else set())
            _add(spans, Span(text=safe(span.text), styles=frozenset(look), link=target))
        if spans:
            # Once more, for words that a platform acts upon may have come together just now.
            whole = (replace(span, text=safe(span.text)) for span in spans)
            yield Block(kind=block.kind, spans=tuple(whole))


def plain(body: Iterable[Block]) -> Iterator[Block]:
    """The same blocks without links and looks."""
    for block in body:
        yield replace(block, spans=(Span(text=block.text),))


def unlinked(body: Iterable[Block]) -> Iterator[Block]:
    """The same blocks without links and looks, but for what is struck through."""
    for block in body:
        runs = groupby(block.spans, lambda span: span.styles & {Style.STRUCK})
        spans = (Span(text="".join(span.text for span in run), styles=look) for look, run in runs)
        yield replace(block, spans=tuple(spans))


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


def shape(block: Block) -> BlockKind:
    """The kind that a tidy block is shown as: a heading is a paragraph whose words are strong."""
    return BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind


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
