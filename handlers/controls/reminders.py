"""The reminders that were asked for, and forgetting one."""

import re

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Choice, Reply, Table
from bot.chat.roles import Asker
from bot.errors import AskError
from bot.ports import Channels, Newsroom
from handlers import voice
from handlers.controls.remind import own, told

MOST_BUTTONS = 8
# A clock time is no number.
_NUMBER = re.compile(r"\d[\d:.]*(?<![:.])")


@command("reminders", also=("list reminders", "which reminders"), examples=("reminders",))
async def reminders(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """The reminders that were asked for in this channel and are still to come."""
    waiting = await channels.reminders(ask.channel)
    if not waiting:
        return Reply(
            title="No reminder was asked for here",
            lines=("“remind us 30m before Tamworth” sets one. The night’s own come besides.",),
            choices=(Choice(label="Set a reminder …", ask="remind", form="remind"),),
            value=[],
        )
    rows = [
        (str(one.id), voice.clock(one.due), await told(newsroom, one), one.author)
        for one in waiting
    ]
    return Reply(
        title=f"{voice.count(len(rows), 'reminder')} to come",
        table=Table(columns=("", "at", "", "asked by"), rows=tuple(rows), right=frozenset({0})),
        choices=tuple(
            Choice(label=f"Forget {one.id}", ask=f"forget {one.id}")
            for one in waiting[:MOST_BUTTONS]
        ),
        value=[one.id for one in waiting],
    )


@command(
    "forget",
    also=("forget reminder", "cancel reminder", "not remind", "stop reminding"),
    examples=("forget 3",),
    control=True,
    role=Role.EVERYONE,
)
async def forget(newsroom: Newsroom, channels: Channels, asker: Asker, ask: Ask) -> Reply:
    """Forget a reminder that was asked for, by its number."""
    numbers = _NUMBER.findall(ask.text)
    gone = None
    if len(numbers) == 1 and numbers[0].isdecimal() and len(numbers[0]) < 10:
        number = int(numbers[0])
        # One's own stand in the channel of oneself and Teller, and are everybody's to forget.
        if (alone := await own(channels, ask)) is not None:
            gone = await channels.forget(alone, number)
        if gone is None and any(one.id == number for one in await channels.reminders(ask.channel)):
            asker.must_be(Role.DESK, "forget a reminder of a whole channel")
            gone = await channels.forget(ask.channel, number)
    if gone is None:
        raise AskError(
            "Say the number of one reminder of this channel, such as “forget 3”. “reminders” lists "
            "them."
        )
    said = await told(newsroom, gone)
    return Reply(
        title=f"Forgotten: {said}, at {voice.clock(gone.due)}",
        value=gone.id,
        # What only one person was to be reminded of is not told to a channel.
        private=gone.channel != ask.channel,
    )
