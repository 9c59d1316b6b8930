"""What Discord refuses of a message, written down a second time and apart from the code."""

import json
from collections.abc import Container

import discord

from bot.platforms.discord.custom_ids import decode
from bot.platforms.discord.embeds import DiscordMessage
from tests.platforms.discord.reader import Read, read

# Nothing that the bot writes is ever one of these.
NEVER = {
    "address", "autolink", "code", "command", "emoji", "everyone", "heading", "invitation",
    "navigation", "person", "role", "shortcode", "spoiler", "underline",
}  # fmt: skip
JOINER = "\u2060"
# What the platform adds to a text alone, so that it finds the post again.
MARK = 48


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def described(shown: DiscordMessage) -> str:
    """The description of the first embed; "" where there is none."""
    return str(shown.embeds[0].get("description", "")) if shown.embeds else ""


def seen(shown: DiscordMessage) -> Read:
    """Text and description as a reader sees them."""
    above, below = read(shown.content), read(described(shown))
    return Read(words=f"{above.words}\n{below.words}", marks=[*above.marks, *below.marks])


def footer(shown: DiscordMessage) -> str:
    """The small line: as it is written, without its mark."""
    last = (described(shown) or shown.content).rpartition("\n")[2]
    assert last.startswith("-# ")
    return last.removeprefix("-# ")


def check(shown: DiscordMessage, channels: Container[str] = ()) -> None:
    """Fail on whatever Discord would refuse, or would take for a mark or a call that is not ours.

    Of channels, these may be named.
    """
    payload = shown.payload()
    json.dumps(payload, ensure_ascii=False).encode()
    assert payload["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert shown.content.strip() or shown.embeds
    assert units(shown.content) + MARK <= 2000
    assert shown.content == shown.content.strip()
    assert len(shown.embeds) <= 10
    for embed in shown.embeds:
        _check_embed(embed)
    assert sum(len(discord.Embed.from_dict(embed)) for embed in shown.embeds) <= 6000
    texts = [shown.content, *(embed.get("description", "") for embed in shown.embeds)]
    assert sum(map(units, texts)) <= 2000 + 6000
    assert len(shown.rows) <= 5
    for row in shown.rows:
        assert 1 <= len(row) <= 5
        for button in row:
            assert 1 <= units(button.label.strip()) <= 80
            assert 1 <= units(button.custom_id) <= 100
            assert decode(button.custom_id) is not None
    ids = [button.custom_id for row in shown.rows for button in row]
    assert len(ids) == len(set(ids))
    for text in texts:
        marks = read(text)
        assert not marks.kinds & NEVER, text
        assert set(marks.of("channel")) <= set(channels), text
        assert all(href.startswith(("https://", "http://")) for href in marks.of("link"))
        assert not any(char in href for href in marks.of("link") for char in "()[]<> \\")


def _check_embed(embed: dict[str, object]) -> None:
    assert embed.keys() <= {"description", "color", "url", "image", "footer"}
    parsed = discord.Embed.from_dict(embed)
    assert "description" not in embed or parsed.description
    assert units(parsed.description or "") <= 4096
    assert parsed.footer.text is None or 0 < units(parsed.footer.text.strip()) <= 2048
    assert 0 <= int(str(embed.get("color", 0))) <= 0xFFFFFF
    assert parsed.description or parsed.image.url
    for url in (parsed.url, parsed.image.url):
        assert url is None or (units(url) <= 2048 and url.startswith(("http://", "https://")))
    # What is posted is what the library makes of it, and nothing is lost.
    again = parsed.to_dict()
    assert {name: again[name] for name in embed} == embed
