"""Words for Discord: escaped first, so that nothing from a blog or a person pings or is markup.

What Discord reads in a text: https://discord.com/developers/docs/reference#message-formatting.
Lengths are counted in UTF-16 units, the longest way to count: whatever Discord itself counts comes
out shorter.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from bot.chat.ask import Channel
from bot.liveblog.markup import Block, BlockKind, Span, Style
from bot.platforms.bodies import clip, shape, unlinked
from bot.platforms.words import WORD_JOINER, address, cut, size
from bot.platforms.words import safe as safe_anywhere

# Of an address in a text every character counts, and it shares its text with everything around it.
MAX_LINK, MAX_LABEL = 512, 100

Escape = Callable[[str], str]

# A backslash takes the meaning of a mark away. It takes none from “@everyone” and “<@1>”, which
# the server looks for by itself, nor from an invitation, which is shown as a card.
_MARKS = re.compile(r"[\\*_~|`<#\[\]]|(?<=\])\(|:(?=/|[^\s:]*:)")
# An emoji by its name can begin in one piece of a line and end in the next, or in a link's address.
_HALF = re.compile(r"(?<!\\):(?=[^\s:]*$)")
_LINE_MARK = re.compile(r"^( *)(?:(>|[-+](?=[ \\]|$))|([0-9]+)([.)])(?= |$))")
_LIVE = re.compile(r"@(?=everyone|here|[!&]?[0-9])|discord(?:app)?\.[a-z]{2,5}(?=/)", re.IGNORECASE)
# Where a link ends is found by brackets, escaped or not.
_LABEL = str.maketrans("[]", "()")
_IN_LINK = str.maketrans({char: f"%{ord(char):02X}" for char in "()[]*~"})
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)
_SNOWFLAKE = re.compile(r"[0-9]{15,20}")
_STYLES = ((Style.STRONG, "**"), (Style.EMPHASIS, "*"), (Style.STRUCK, "~~"))


def safe(text: str) -> str:
    """Text in one line, its spaces folded, without control, direction and hidden characters."""
    return safe_anywhere(text).replace(WORD_JOINER, "")


def literal(text: str, limit: int) -> str:
    """Text for a footer or a button, where no markup is read, in so many units."""
    return cut(safe(text).strip(), limit)


def escape(text: str, limit: int) -> str:
    """Text that Discord shows as it stands, cut so that it is no longer than the limit, escaped."""
    line = safe(text).strip()
    room = limit
    while size(escaped := escaped_whole(cut(line, room))) > limit:
        # One character becomes two at most: half of what is over is never too much.
        room -= max((size(escaped) - limit) // 2, 1)
    return escaped


def escaped_whole(text: str) -> str:
    """Text that Discord shows as it stands, whole, with the spaces at its ends."""
    line = _LIVE.sub(rf"\g<0>{WORD_JOINER}", safe(text))
    line = _MARKS.sub(r"\\\g<0>", line)
    return _LINE_MARK.sub(_inert, line)


def naming(places: Sequence[Channel]) -> Escape:
    """What escapes a text, and makes of each place that it spells out a channel by its name."""
    ids = {
        str(place): place.id
        for place in places
        if place.platform == "discord" and _SNOWFLAKE.fullmatch(place.id)
    }
    if not ids:
        return escaped_whole
    spelt = "|".join(map(re.escape, ids))
    pattern = re.compile(rf"(?<![\w:/.-])({spelt})(?![\w/…])")

    def escaped(text: str) -> str:
        parts = pattern.split(safe(text))
        *before, last = parts
        return "".join(
            f"<#{ids[part]}>" if number % 2 else _HALF.sub(r"\\:", escaped_whole(part))
            for number, part in enumerate(before)
        ) + escaped_whole(last)

    return escaped


def link(name: str, url: str | None, *, quiet: bool = False) -> str:
    """A name that opens an address; the name alone where the address is not sound.

    `quiet` keeps Discord from showing the page's own preview, as it would outside an embed.
    """
    label = escape(_ADDRESS.sub("", name).translate(_LABEL), MAX_LABEL) or "source"
    target = _target(url)
    if target is None:
        return label
    return f"[{label}](<{target}>)" if quiet else f"[{label}]({target})"


def instant(at: datetime, *, day: bool = False) -> str:
    """An aware instant on each reader's clock: “<t:1697758860:t>”; `day` adds the date."""
    return f"<t:{int(at.timestamp())}:{'f' if day else 't'}>"


def written(
    body: Iterable[Block], *, between: str = "\n\n", escaped: Escape = escaped_whole
) -> str:
    """Tidy blocks as markdown; `between` parts one paragraph from the next."""
    parts = []
    for kind, run in groupby(body, shape):
        lines = (_line(block, escaped) for block in run)
        if kind is BlockKind.ITEM:
            parts.append("\n".join(f"- {line}" for line in lines))
        elif kind is BlockKind.QUOTE:
            parts.append("\n".join(f"> {line}" for line in lines))
        else:
            parts.append(between.join(lines))
    return "\n\n".join(parts)


def fitted(
    body: Sequence[Block],
    *,
    limit: int,
    most: int,
    room: int,
    between: str = "\n\n",
    escaped: Escape = escaped_whole,
) -> tuple[str, bool]:
    """As much as fits in `limit` units as they are read, `most` blocks and `room` units written.

    In: tidy blocks. Looks and links are given up before words, but not what strikes a block out.
    Out: markdown, and whether any of the body was left out.
    """
    kept, clipped = clip(body, limit=limit, most=most)
    words = written(kept, between=between, escaped=escaped)
    for lighter in (unlinked, _plain):
        if size(words) > room:
            words = written(lighter(kept), between=between, escaped=escaped)
    limit = min(limit, sum(size(block.text) for block in kept))
    while (over := size(words) - room) > 0 and limit > 0:
        limit -= max(over // 2, 1)
        kept, clipped = clip(body, limit=max(limit, 1), most=most)
        words = written(_plain(kept), between=between, escaped=escaped)
    return words, clipped


def _inert(found: re.Match[str]) -> str:
    spaces, mark, number, dot = found.groups()
    return f"{spaces}\\{mark}" if mark else f"{spaces}{number}\\{dot}"


def _target(url: str | None) -> str | None:
    """A sound address without the characters that would end a link or a look around it."""
    target = address(url, MAX_LINK)
    target = target and target.translate(_IN_LINK)
    return target if target and len(target) <= MAX_LINK else None


def _plain(body: Iterable[Block]) -> Iterator[Block]:
    for block in body:
        struck = all(Style.STRUCK in span.styles for span in block.spans)
        look = frozenset({Style.STRUCK} if struck else ())
        yield replace(block, spans=(Span(text=block.text, styles=look),))


def _line(block: Block, escaped: Escape) -> str:
    """A block's spans in one line, with a joiner where two would run together to a mark."""
    line, linked = "", False
    for number, span in enumerate(block.spans, 1):
        piece = _piece(span, escaped, last=number == len(block.spans))
        # Brackets that are not ours are escaped.
        apart = linked or piece.startswith((" ", "[")) or line.endswith(" ")
        line += piece if apart or not line else WORD_JOINER + piece
        linked = piece.startswith("[")
    return line.strip(" ")


def _piece(span: Span, escaped: Escape, *, last: bool) -> str:
    """A span with its looks and its link; the spaces at its ends stay outside of them."""
    words = safe(span.text)
    core = words.strip(" ")
    if not core:
        return " " if words else ""
    # Discord writes a link out in full whose words are an address: they may be another one.
    target = None if _ADDRESS.search(core) else _target(span.link)
    piece = escaped(core.translate(_LABEL) if target else core)
    if not last:
        piece = _HALF.sub(r"\\:", piece)
    for style, mark in _STYLES:
        if style in span.styles:
            # An escaped mark at the end would count as a part of ours.
            guard = WORD_JOINER if piece.endswith(("\\*", "\\~")) else ""
            piece = f"{mark}{piece}{guard}{mark}"
    if target:
        piece = f"[{piece}]({target})"
    before, after = words[: len(words) - len(words.lstrip(" "))], words[len(words.rstrip(" ")) :]
    return f"{before}{piece}{after}"
