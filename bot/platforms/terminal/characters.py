"""Characters to `Text`: the one gate through which words of blogs and people reach the screen."""

import re
import unicodedata

from rich.style import Style as Look
from rich.text import Text

from bot.liveblog.markup import Block, BlockKind, Style

# Cc can move the cursor and start escape sequences, Cf turns reading direction round and hides
# characters, Cs cannot be written as UTF-8.
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
# Terminals disagree about the width of a character with one of these behind it.
_VARIATION = re.compile("[\ufe00-\ufe0f]")
_BREAK = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029]")
# Printable ASCII alone: an address can neither end the sequence that it stands in nor look
# like another one.
_ADDRESS = re.compile(r"https?://[!-~]+")
_STYLES = {
    Style.STRONG: Look(bold=True),
    Style.EMPHASIS: Look(italic=True),
    Style.STRUCK: Look(strike=True),
}
_KINDS = {
    BlockKind.PARAGRAPH: ("", ""),
    BlockKind.HEADING: ("", "bold"),
    BlockKind.ITEM: ("• ", ""),
    BlockKind.QUOTE: ("❝ ", "italic"),
}


def safe(text: str) -> str:
    """Text in one line, without control, direction and invisible characters.

    Every kind of line break becomes a space, so that no text can begin a line of its own.
    """
    if text.isascii() and text.isprintable():
        return text
    line = _VARIATION.sub("", _BREAK.sub(" ", text))
    return "".join(char for char in line if unicodedata.category(char) not in _DROPPED)


def say(text: str, style: str | Look = "") -> Text:
    """Text made safe, in one style; long words are broken at the edge, never cut."""
    # The style is a span and not the base, so that what is appended does not take it over.
    return Text(overflow="fold").append(safe(text), style)


def address(url: str | None) -> str | None:
    """The address if it is http or https and harmless to print; else None."""
    return url if url is not None and _ADDRESS.fullmatch(url) else None


def named_link(name: str, url: str | None, style: str = "", *, plain: bool) -> Text:
    """A name that opens an address; plain output shows the address behind the name."""
    target = address(url)
    text = say(name, style)
    if target is None or target == name:
        return text
    if plain:
        return text.append(f" ({target})")
    text.stylize(Look(link=target))
    return text


def paragraph(block: Block, *, plain: bool) -> Text:
    """A block of an entry: its spans in their styles, behind the mark of its kind."""
    mark, look = _KINDS[block.kind]
    line = say(mark)
    for span in block.spans:
        link = "underline" if address(span.link) else ""
        text = named_link(span.text, span.link, link, plain=plain)
        for style in sorted(span.styles):
            text.stylize(_STYLES[style])
        line.append_text(text)
    line.stylize(look)
    return line
