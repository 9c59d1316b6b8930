"""The lowest of all."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.ports import Newsroom
from bot.record.ranking import Measure
from handlers.rankings import ranking

_ALSO = ("smallest", "narrowest", "slimmest", "tightest", "worst", "record low", "record lows")
_CLOSE = ("closest", "most marginal", "marginals", "most marginal seats")


@command(
    "lowest",
    also=(*_ALSO, *_CLOSE),
    examples=(
        "lowest turnout by-elections since 2019",
        "smallest majority at the 2019 general election",
        "closest by-elections",
    ),
)
async def lowest(newsroom: Newsroom, what: str, ask: Ask) -> Reply:
    """The lowest turnouts, smallest majorities or swings of the record, by time and place."""
    close = any(phrase in ask.text.lower() for phrase in _CLOSE)
    usual = Measure.MAJORITY if close else None
    return await ranking(newsroom, ask.text, lowest=True, usual=usual)
