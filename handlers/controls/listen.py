"""Whether plain words are answered in a channel."""

import re

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind
from bot.controls import Channels
from bot.ports import Newsroom

_ON = {"on", "yes", "here", "in", ""}
_STOP = re.compile(r"(?:\b(?:stop|not|never|no longer)|n['’]?t)\s+listen", re.IGNORECASE)
_OFF = {"off", "no", "stop", "out"}


@command(
    "listen",
    also=("stop listening", "not listen", "never listen", "no longer listen"),
    examples=("listen on", "listen off"),
    control=True,
    role=Role.OPERATOR,
)
async def listen(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """Answer plain words such as “turnout Tamworth” in this channel, without a mention."""
    said = behind(ask.text, "listening", "listen").casefold().strip(" .!?")
    stop = _STOP.search(ask.text) is not None
    if stop or said in _OFF:
        await channels.listen(ask.channel, False)
        return Reply(
            title="I no longer listen here", lines=("Mention me, and I answer.",), value=False
        )
    if said not in _ON:
        on = await channels.listens(ask.channel)
        return Reply(
            title=f"I {'listen' if on else 'do not listen'} here. “listen on” or “listen off”?",
            choices=(
                Choice(label="Listen", ask="listen on"),
                Choice(label="Do not", ask="listen off"),
            ),
            error=True,
        )
    await channels.listen(ask.channel, True)
    return Reply(
        title="I listen here now",
        lines=(
            "“turnout Tamworth” is answered without a mention; all that is no plain question "
            "about a seat is left alone.",
            "“listen off” ends it.",
        ),
        value=True,
    )
