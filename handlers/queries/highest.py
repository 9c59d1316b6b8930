"""The highest of all."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.ports import Newsroom
from handlers.rankings import ranking


@command(
    "highest",
    also=("largest", "biggest", "greatest", "top", "safest", "record high"),
    examples=(
        "highest turnout by-elections since 2019",
        "largest majority overturned",
        "biggest swing to Labour in 2023",
    ),
)
async def highest(newsroom: Newsroom, what: str, ask: Ask) -> Reply:
    """The highest turnouts, largest majorities (also overturned) or swings of the record."""
    return await ranking(newsroom, ask.text, lowest=False, usual=None)
