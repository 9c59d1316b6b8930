"""What Teller's own messages in Discord are known by: a nonce, and a mark that nobody sees.

Discord knows a nonce for some minutes only, and does not show it in a channel's history. The mark
stands in the address of a message's embeds, which Discord keeps and shows nowhere, as these have no
title; where there is no embed, it is characters without width behind the words.
"""

import hashlib
from dataclasses import replace

import discord

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey
from bot.platforms.discord.embeds import MAX_CONTENT, MAX_URL, DiscordMessage
from bot.platforms.words import cut

# A nonce may have 25 characters.
DIGITS = 24
# Browsers take what follows for directions to themselves: an address with an anchor still works.
DIRECTIVE = ":~:teller="
NOWHERE = "https://discord.com/"
# None of them is white space, which Discord trims, and none is shown by itself.
WIDTHLESS = "\u200b\u200c\u200d\u2060"


def nonce(channel: Channel, key: DeliveryKey) -> str:
    """What a delivery is known by: the same for the same key and channel, at most 25 characters."""
    # The subject is told apart from the version by its length: “a#1” in 2 is not “a” in 12.
    said = f"{channel}\n{len(key.subject)}\n{key.subject}{key.version}"
    return hashlib.sha256(said.encode()).hexdigest()[:DIGITS]


def marked(message: DiscordMessage, nonce: str) -> DiscordMessage:
    """The same message to look at, which `is_marked` knows again by its nonce."""
    if not message.embeds:
        words = cut(message.content, MAX_CONTENT - 2 * DIGITS)
        return replace(message, content=words + _widthless(nonce))
    address = str(message.embeds[0].get("url") or NOWHERE)
    ending = ("" if "#" in address else "#") + DIRECTIVE + nonce
    if len(address) + len(ending) > MAX_URL:
        address, ending = NOWHERE, f"#{DIRECTIVE}{nonce}"
    # Embeds with one address are shown as one: they keep having the same.
    embeds = tuple(
        {**embed, "url": address + ending}
        if number == 0 or embed.get("url") == message.embeds[0].get("url")
        else embed
        for number, embed in enumerate(message.embeds)
    )
    return replace(message, embeds=embeds)


def is_marked(message: discord.Message, nonce: str) -> bool:
    """Whether a message in a channel's history is the one that was posted with a nonce."""
    if any((embed.url or "").endswith(DIRECTIVE + nonce) for embed in message.embeds):
        return True
    return message.content.endswith(_widthless(nonce))


def _widthless(nonce: str) -> str:
    """A nonce in characters that take no room, two for each of its digits."""
    return "".join(
        WIDTHLESS[int(digit, 16) >> 2] + WIDTHLESS[int(digit, 16) & 3] for digit in nonce
    )
