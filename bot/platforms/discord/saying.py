"""Messages as discord.py sends them: nobody pinged, and no button kept in memory."""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.chat.chart import Picture
from bot.platforms.discord.embeds import CHART_FILE, MAX_CONTENT, DiscordMessage, Embed
from bot.platforms.words import cut

# The message that is answered may not be read, and so not be answered under it.
NO_HISTORY = 160002
# Something that the bot is not allowed to do there.
MAY_NOT = 50013


def sent(message: DiscordMessage) -> dict[str, Any]:
    """What discord.py takes to send a message."""
    how: dict[str, Any] = {
        "content": message.content or None,
        "embeds": [discord.Embed.from_dict(embed) for embed in message.embeds],
        "allowed_mentions": discord.AllowedMentions.none(),
    }
    if (picture := message.picture) is not None:
        how["file"] = _file(picture)
    return how | ({"view": view} if (view := _view(message)) is not None else {})


def changed(message: DiscordMessage) -> dict[str, Any]:
    """What discord.py takes to make another message one of this kind.

    Its picture takes the place of the one that stood there.
    """
    files = [] if message.picture is None else [_file(message.picture)]
    return {"view": None, **sent(replace(message, picture=None)), "attachments": files}


def _file(picture: Picture) -> discord.File:
    return discord.File(io.BytesIO(picture.png), filename=CHART_FILE, description=picture.alt)


def plainly(message: DiscordMessage) -> DiscordMessage:
    """The words of a message alone, for one that Discord would not take."""
    words = [message.content, *(str(embed.get("description", "")) for embed in message.embeds)]
    return DiscordMessage(content=cut("\n".join(part for part in words if part), MAX_CONTENT))


def without_picture(message: DiscordMessage) -> DiscordMessage:
    """The same message for a channel where no file may be attached."""
    kept = ({**embed, "image": {}} for embed in message.embeds)
    embeds = tuple({n: part for n, part in embed.items() if part} for embed in kept)
    return replace(message, embeds=tuple(e for e in embeds if e), picture=None)


def with_embeds(message: DiscordMessage, embeds: Sequence[Embed]) -> DiscordMessage:
    """A message with more below it."""
    return replace(message, embeds=(*message.embeds, *embeds))


def _view(message: DiscordMessage) -> discord.ui.View | None:
    if not message.rows:
        return None
    view = discord.ui.View(timeout=None)
    for number, row in enumerate(message.rows):
        for button in row:
            view.add_item(
                discord.ui.Button(label=button.label, custom_id=button.custom_id, row=number)
            )
    # Buttons are known by their ids, also after a restart: discord.py need not keep them.
    view.stop()
    return view
