"""The reminders that were asked for, and forgetting one."""

import re
from dataclasses import replace

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Choice, Reply, Table
from bot.chat.roles import Asker
from bot.controls import Asked, Channels
from bot.errors import AskError
from bot.ports import Newsroom
from handlers import voice
from handlers.controls.remind import own, told

MOST_BUTTONS = 8
# A clock time is no number.
_NUMBER = re.compile(r"\d[\d:.]*(?<![:.])")


@command("reminders", also=("list reminders", "which reminders"), examples=("reminders",))
async def reminders(newsroom: Newsroom, channels: Channels, ask: Ask) -> Reply:
    """The reminders that were asked for in this channel, and your own, that are still to come."""
    waiting = list(await channels.reminders(ask.channel))
    alone = await own(channels, ask)
    mine = []
    if alone is not None and alone != ask.channel:
        mine = list(await channels.reminders(alone))
    if not waiting and not mine:
        return Reply(
            title="No reminder was asked for here",
            lines=("“remind us 30m before Tamworth” sets one. The night’s own come besides.",),
            choices=(Choice(label="Set a reminder …", ask="remind", form="remind"),),
            value=[],
        )
    rows = [await _row(newsroom, one, one.author) for one in waiting]
    rows += [await _row(newsroom, one, "you, to you alone") for one in mine]
    every = [*waiting, *mine]
    return Reply(
        title=f"{voice.count(len(rows), 'reminder')} to come",
        table=Table(columns=("", "at", "", "asked by"), rows=tuple(rows), right=frozenset({0})),
        choices=tuple(
            Choice(label=f"Forget {one.id}", ask=f"forget {one.id}") for one in every[:MOST_BUTTONS]
        ),
        value=[one.id for one in every],
        # What somebody wants to be reminded of alone is nobody else's business.
        private=bool(mine),
        secret=bool(mine),
    )


async def _row(newsroom: Newsroom, one: Asked, by: str) -> tuple[str, ...]:
    """A reminder's number, when it comes, what it is of, and who asked for it."""
    if one.stage is not None:
        # Platforms cut long cells: when it comes and what to do then have one each.
        return str(one.id), await told(newsroom, replace(one, words="")), one.words, by
    return str(one.id), voice.clock(one.due), await told(newsroom, one), by


@command(
    "forget",
    also=("forget reminder", "cancel reminder", "not remind", "stop reminding"),
    examples=("forget 3",),
    control=True,
    role=Role.EVERYONE,
)
async def forget(newsroom: Newsroom, channels: Channels, asker: Asker, ask: Ask) -> Reply:
    """Forget a reminder that was asked for in this channel, or your own, by its number."""
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
            "Say the number of one reminder of this channel or of your own, such as “forget 3”. "
            "“reminders” lists them."
        )
    at = "" if gone.stage is not None else f", at {voice.clock(gone.due)}"
    return Reply(
        title=f"Forgotten: {await told(newsroom, gone)}{at}",
        value=gone.id,
        # What only one person was to be reminded of is not told to a channel.
        private=gone.channel != ask.channel,
        secret=gone.channel != ask.channel,
    )
