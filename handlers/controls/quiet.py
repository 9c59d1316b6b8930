"""Hours in which entries wait, and come as one message when they are over."""

import re

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.quiet import read_quiet
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind
from bot.controls import Channels
from bot.ports import Newsroom
from handlers import voice
from handlers.controls.following import on_record

_OFF = {"off", "stop", "end", "no", "none", "never", "over"}
_SMALL = re.compile(r"^(?:hours?|time|please|here|is|are)\b[ :,]*|[ ,]*\b(?:please|here|daily)$")
_EXAMPLE = "quiet 01:00 to 06:00"


@command(
    "quiet",
    also=("quiet hours", "be quiet", "stay quiet"),
    examples=("quiet 01:00 to 06:00", "quiet off"),
    control=True,
)
async def quiet(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """Let entries wait in these hours, and bring them as one message at their end."""
    said = behind(ask.text, "quiet").casefold().strip(" .!?")
    while (less := _SMALL.sub("", said).strip()) != said:
        said = less
    before = (await on_record(newsroom, ask.channel)).quiet
    if not said:
        title = "No hours are quiet here" if before is None else f"It is quiet here from {before}"
        choice = Choice(label="From 01:00 to 06:00", ask=_EXAMPLE)
        return Reply(
            title=title,
            lines=(f"“{_EXAMPLE}” sets them, on UK clocks; “quiet off” ends them.",),
            choices=(choice if before is None else Choice(label="End them", ask="quiet off"),),
            value=None if before is None else str(before),
        )
    if said in _OFF:
        if before is None:
            return Reply(title=f"No hours are quiet here; “{_EXAMPLE}” sets them", value=False)
        await channels.quieten(ask.channel, None)
        return Reply(
            title="No hours are quiet here any more",
            lines=("What waited comes now, as one message.",),
            value=False,
        )
    hours = read_quiet(said)
    await channels.quieten(ask.channel, hours)
    until = hours.until(newsroom.now)
    lines = [
        f"Entries wait then, and come as one message at {hours.ends:%H:%M}, on UK clocks.",
        "Declarations, reminders, checks, and corrections of what stands here come at once.",
    ]
    if until is not None:
        lines.insert(0, f"It is quiet from now on, until {voice.clock(until)}.")
    return Reply(
        title=f"It is quiet here from {hours}",
        lines=tuple(lines),
        choices=(Choice(label="End them", ask="quiet off"),),
        value=str(hours),
    )
