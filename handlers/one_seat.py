"""The one seat, and the one number, that somebody at the desk speaks of."""

import re

from bot.chat.seats import seat_of_a_count
from bot.election.contest import Contest
from bot.election.names import index_of
from bot.errors import AskError
from bot.ports import Newsroom
from handlers import voice

# A clock time is no number.
_NUMBER = re.compile(r"(?<![\d:.,])\d{1,9}(?![\d:.,]*\d)")


async def one_seat(newsroom: Newsroom, words: str, example: str) -> tuple[Contest, str]:
    """The contest of tonight that words name, and the words without it.

    Raises `AskError` where they name none or several: what goes on air is not guessed at.
    """
    contests = await newsroom.contests()
    tonight = [contest for contest in contests if contest.is_tonight(newsroom.now)]
    if not tonight:
        raise AskError("No seat votes tonight, so there is nothing to record.")
    seats, around = seat_of_a_count(words, index_of(tonight))
    if len(seats) == 1:
        return seats[0], around
    which = f"Tonight I follow {voice.seats(tonight[:10])}"
    more = f" and {len(tonight) - 10} more" if len(tonight) > 10 else ""
    raise AskError(
        f"{'One seat at a time' if seats else 'Which seat? I know none by that name'}: write it "
        f"like “{example}”. {which}{more}."
    )


def one_number(text: str, example: str) -> int:
    """The only number in a text. Raises `AskError` where there is none, or several."""
    numbers = _NUMBER.findall(text)
    if len(numbers) != 1:
        raise AskError(f"Say its number, such as “{example}”. “journal” lists what waits.")
    return int(numbers[0])
