"""What Teller's own messages in Discord are known by: a nonce, and a mark that nobody sees.

The nonce is of a subject: of two posts with one nonce Discord makes one message, so that a subject
never stands twice in a channel, not even where a request that was given up arrives after all, in an
older version. Discord knows a nonce for some minutes only, and does not show it in a channel's
history.

The mark is of a version. It stands in the address of a message's embeds, which Discord keeps and
shows nowhere, as these have no title; where there is no embed, it is characters without width
behind the words.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey
from bot.platforms.discord.embeds import MAX_CONTENT, MAX_URL, DiscordMessage
from bot.platforms.words import cut

# A nonce may have 25 characters; a mark takes as many.
DIGITS = 24
# Browsers take what follows for directions to themselves: an address with an anchor still works.
DIRECTIVE = ":~:teller="
NOWHERE = "https://discord.com/"
# None of them is white space, which Discord trims, and none is shown by itself.
WIDTHLESS = "\u200b\u200c\u200d\u2060"


def nonce(channel: Channel, key: DeliveryKey) -> str:
    """What a subject is known by in a channel, in whatever version: at most 25 characters."""
    return _digest(f"{channel}\n{key.subject}")


def mark(channel: Channel, key: DeliveryKey) -> str:
    """What a delivery is known by: the same for the same key and channel, of `DIGITS` digits."""
    # The subject is told apart from the version by its length: “a#1” in 2 is not “a” in 12.
    return _digest(f"{channel}\n{len(key.subject)}\n{key.subject}{key.version}")


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()[:DIGITS]


def marked(message: DiscordMessage, mark: str) -> DiscordMessage:
    """The same message to look at, which `is_marked` knows again by its mark."""
    if not message.embeds:
        words = cut(message.content, MAX_CONTENT - 2 * DIGITS)
        return replace(message, content=words + _widthless(mark))
    address = str(message.embeds[0].get("url") or NOWHERE)
    ending = ("" if "#" in address else "#") + DIRECTIVE + mark
    if len(address) + len(ending) > MAX_URL:
        address, ending = NOWHERE, f"#{DIRECTIVE}{mark}"
    # Embeds with one address are shown as one: they keep having the same.
    embeds = tuple(
        {**embed, "url": address + ending}
        if number == 0 or embed.get("url") == message.embeds[0].get("url")
        else embed
        for number, embed in enumerate(message.embeds)
    )
    return replace(message, embeds=embeds)


def is_marked(mark: str, content: str, addresses: Iterable[str | None]) -> bool:
    """Whether a message of these words, and of embeds with these addresses, has a mark."""
    if any((address or "").endswith(DIRECTIVE + mark) for address in addresses):
        return True
    return content.endswith(_widthless(mark))


def _widthless(mark: str) -> str:
    """A mark in characters that take no room, two for each of its digits."""
    return "".join(WIDTHLESS[int(digit, 16) >> 2] + WIDTHLESS[int(digit, 16) & 3] for digit in mark)
