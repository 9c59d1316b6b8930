"""How many may vote."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from handlers import then, voice


@command(
    "electorate",
    also=(
        "electors",
        "how many electors",
        "registered voters",
        "how many registered",
        "how many people can vote",
        "how many can vote",
        "how many voters are there",
        "how many may vote",
        "number of voters",
    ),
    examples=("electorate Tamworth", "how many electors are there in Mid Beds?"),
)
async def electorate(newsroom: Newsroom, contest: Contest) -> Reply:
    """How many electors are registered in a seat, and how many were before."""
    title = then.title(newsroom, contest)
    past = then.past_of(newsroom, contest)
    row = newsroom.past.seat_of(contest)
    earlier = [
        one
        for one in (newsroom.past.of_seat(row) if row is not None else ())
        if one.contest.polling_day < contest.polling_day
    ]
    lines = []
    if earlier and (before := earlier[-1].contest).electorate:
        lines.append(f"{voice.number(before.electorate)} at the {then.occasion(before)}.")
    if contest.electorate is None:
        return Reply(
            title=f"{title}: no electorate is known",
            lines=tuple(lines),
            contest=contest.id,
        )
    lines += then.remarks(newsroom, past)
    origin = then.of_the_night(contest)
    if past is not None:
        origin = voice.origin(past.figure_of_turnout())
    return Reply(
        title=f"{title}: {voice.number(contest.electorate)} electors",
        lines=tuple(lines),
        origin=origin,
        contest=contest.id,
        value=contest.electorate,
        details={"unit": "electors", "definition": "people registered to vote in this contest"},
    )
