"""The board of a channel, and the state of the night every so many minutes."""

import re

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind, minutes
from bot.controls import Boards
from bot.errors import AskError
from bot.ports import Newsroom
from handlers import voice

SHORTEST, LONGEST = 5, 180
USUAL = 30
_OFF = {"off", "stop", "end", "no", "away", "none"}
_PINNED = {"pin", "pinned", "pin it"}
_ON = {"", "on", "up", "here", "please", "new", "again"}
_PIN = re.compile(r"\bpin\b", re.IGNORECASE)
_STOP = re.compile(r"\b(?:stop|end|no|not|never|remove)\b", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:every|each|once|per)\b|[.!?]", re.IGNORECASE)
_STOP_BOARD = Choice(label="Stop it", ask="board off")
_STOP_ROUND_UP = Choice(label="Stop it", ask="roundup off")


@command(
    "board",
    also=("put up a board", "stop the board", "no board", "scoreboard", "pin the board"),
    examples=("board", "board pin", "board off"),
    control=True,
)
async def board(newsroom: Newsroom, boards: Boards, ask: Ask) -> Reply:
    """Put up one message here that stays true all night: every seat, its state and result."""
    before, said = _around(ask.text, "scoreboard", "board")
    if said in _PINNED or (said in _ON and _PIN.search(before)):
        await boards.pin(ask.channel)
        return Reply(title="The board is pinned here", value=True)
    if said in _OFF or (said in _ON and _STOP.search(before)):
        if not await boards.stop(ask.channel):
            return Reply(title="No board is drawn here; “board” puts one up", value=False)
        return Reply(
            title="The board stays as it is now",
            lines=("Its last line says since when. “board” puts up a new one.",),
            value=False,
        )
    if said not in _ON:
        raise AskError(
            f"I do not know what a board of “{said[:40]}” is: “board”, “board pin” or “board off”?"
        )
    stood = await boards.post(ask.channel)
    lines = ["It is drawn anew whenever something changes. “board off” ends that."]
    if stood:
        lines.insert(0, "The earlier one is not drawn any more, and says so.")
    return Reply(
        title="A board stands here now", lines=tuple(lines), choices=(_STOP_BOARD,), value=True
    )


@command(
    "roundup",
    also=("round up", "round-up", "stop roundup", "stop the roundup", "no roundup"),
    examples=("roundup every 30m", "roundup off"),
    control=True,
)
async def roundup(newsroom: Newsroom, boards: Boards, ask: Ask) -> Reply:
    """Post the state of the night here every so many minutes, while something changes."""
    before, said = _around(ask.text, "roundup", "round-up", "round up")
    if said in _OFF or (said in _ON and _STOP.search(before)):
        if not await boards.stop_round_up(ask.channel):
            return Reply(
                title=f"No round-up comes here; “roundup every {USUAL}m” begins one", value=False
            )
        return Reply(title="No round-up comes here any more", value=False)
    length = " ".join(_EVERY.sub(" ", said).split())
    # “Every hour” is every one hour.
    span = minutes(length) or minutes(f"an {length}")
    if span is None:
        if said not in _ON and said != "every":
            raise AskError(
                f"“{said[:40]}” is no length of time. Write it like “roundup every {USUAL}m”."
            )
        return Reply(
            title="How often?",
            choices=tuple(
                Choice(label=f"Every {span} minutes", ask=f"roundup every {span}m")
                for span in (15, USUAL, 60)
            ),
            error=True,
        )
    if not SHORTEST <= span <= LONGEST:
        raise AskError(
            f"A round-up comes every {SHORTEST} to {LONGEST} minutes: “roundup every {USUAL}m”."
        )
    first = await boards.round_up(ask.channel, span)
    return Reply(
        title=f"A round-up comes here every {span} minutes",
        lines=(
            f"The first may come at {voice.clock(first)}; where nothing has changed, none does.",
            "“roundup off” ends it.",
        ),
        choices=(_STOP_ROUND_UP,),
        value=span,
    )


def _around(text: str, *names: str) -> tuple[str, str]:
    """What stands before a command, and what behind it, in small letters without marks."""
    rest = behind(text, *names)
    before = text[: len(text) - len(rest)] if rest else text
    return before, " ".join(rest.casefold().split()).strip(" .!?:,")
