"""What Teller is, and where its figures come from."""

from importlib.metadata import version

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.clock import say_day
from bot.ports import Newsroom
from bot.record.record import ATTRIBUTION, LIBRARY
from handlers import voice


@command(
    "about",
    also=(
        "version",
        "attribution",
        "licence",
        "where do figures come from",
        "where do your figures come from",
        "who made you",
        "what are you",
        "data source",
        "how far back",
    ),
    examples=("about", "what version are you?", "where do your figures come from?"),
)
async def about(newsroom: Newsroom) -> Reply:
    """The version, how far the record reaches, and who is to be named for it."""
    past = newsroom.past
    newest = past.reaches()
    counts = past.counts()
    lines = [
        "Figures of the night come from the blogs and files that are followed; each answer names "
        "its source.",
    ]
    if newest is not None:
        contest = newest.contest
        lines.append(
            f"The record reaches to {say_day(contest.polling_day)}: "
            f"{voice.number(counts.contests)} contests, {voice.number(counts.by_elections)} of "
            f"them by-elections, {voice.number(counts.candidacies)} candidacies since 2010."
        )
    lines += [f"Record: {LIBRARY.name}, {LIBRARY.url}.", ATTRIBUTION]
    return Reply(
        title=f"Teller {version('teller')}",
        lines=tuple(lines),
        value=version("teller"),
        details={
            "unit": "version",
            "record_reaches": None if newest is None else newest.contest.polling_day.isoformat(),
            "contests_on_record": counts.contests,
            "by_elections_on_record": counts.by_elections,
            "candidacies_on_record": counts.candidacies,
            "attribution": ATTRIBUTION,
        },
    )
