"""The contest of each of several seats in one question."""

from collections.abc import Sequence

from bot.chat.comparing import Asked
from bot.chat.reply import Choice, Reply
from bot.chat.seats import narrowed
from bot.election.contest import Contest
from bot.election.occasion import said
from bot.errors import AskError
from bot.ports import Newsroom


async def chosen(
    newsroom: Newsroom, one: Asked, every: Sequence[Asked], question: str
) -> Contest | Reply:
    """The contest of a seat that is meant, or the same `question` with each seat that may be.

    Raises `AskError` for a name that is no seat's, and a seat that did not vote then.
    """
    match = narrowed(one.match, one.occasion)
    if not match.contests:
        raise AskError(f"I know no such seat as “{one.words[:60]}”.")
    if not match.certain:
        names = list(dict.fromkeys(contest.name for contest in match.contests))
        others = " ".join(
            f"“{each.words}” {said(each.occasion)}".strip() for each in every if each is not one
        )
        when = said(one.occasion)
        return Reply(
            title=f"Which seat is “{one.words[:60]}”?",
            choices=tuple(
                Choice(label=name, ask=" ".join(f"{question} “{name}” {when} {others}".split()))
                for name in names
            ),
            error=True,
        )
    tonight = await newsroom.contests()
    found = newsroom.past.choose(match.contests, one.occasion, tonight)
    if found is None:
        raise AskError(f"I have nothing of {match.contests[0].name} for that time.")
    return found
