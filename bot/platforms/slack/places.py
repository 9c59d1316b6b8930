"""Channels that an answer names: in rich text Slack shows its own by their names."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.chat.ask import Channel
from bot.platforms.slack.rich_text import Element
from bot.platforms.words import WORD_JOINER, safe

# Each costs far more characters as an element than as text.
MAX_NAMED = 50
# A channel alone or behind its workspace; a direct message has no name to show.
_ID = re.compile(r"(?:[A-Z0-9]{1,30}/)?([CG][A-Z0-9]{1,30})")


def named(section: Element, places: Sequence[Channel]) -> Element:
    """A section of rich text, with an element for each place that its safe words spell out."""
    ids = {
        str(place): found[1]
        for place in places
        if place.platform == "slack" and (found := _ID.fullmatch(place.id))
    }
    if not ids:
        return section
    # What was made safe may have a word joiner behind the colon.
    spelt = "|".join(re.escape(name).replace(":", f":{WORD_JOINER}?") for name in ids)
    pattern = re.compile(rf"(?<![\w:/.{WORD_JOINER}-])(?:{spelt})(?![\w/…])")
    return section | {"elements": list(_parted(section["elements"], pattern, ids))}


def _parted(
    inline: Sequence[Element], pattern: re.Pattern[str], ids: Mapping[str, str]
) -> Iterator[Element]:
    left = MAX_NAMED
    for element in inline:
        if element["type"] != "text":
            yield element
            continue
        words, start = element["text"], 0
        for found in pattern.finditer(words):
            if not left:
                break
            left -= 1
            yield from _words(element, words[start : found.start()])
            channel = {"type": "channel", "channel_id": ids[found[0].replace(WORD_JOINER, "")]}
            yield channel | ({"style": element["style"]} if "style" in element else {})
            start = found.end()
        if start:
            yield from _words(element, words[start:])
        else:
            yield element


def _words(element: Element, part: str) -> Iterator[Element]:
    """A part of an element's text. What stood behind a name calls nobody; alone it might."""
    if said := safe(part):
        yield element | {"text": said}
