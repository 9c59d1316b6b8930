"""How many voted."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from handlers import voice


@command(
    "turnout",
    also=(
        "how many voted",
        "how many turned out",
        "how many ballots",
        "how many votes cast",
        "how many … voted",
        "how many … to vote",
        "did people vote",
        "did anyone vote",
        "people voted",
        "percentage voted",
        "percentage … voted",
        "share … voted",
        "proportion … voted",
        "per cent voted",
        "what voted",
        "ballots cast",
        "turn out",
    ),
    examples=(
        "turnout Tamworth",
        "what was the turnout in Mid Beds?",
        "how many voted in Tamworth",
    ),
)
async def turnout(newsroom: Newsroom, contest: Contest) -> Reply:
    """Share of electors who voted, with its source and time."""
    figure = await newsroom.turnout(contest)
    if figure is None:
        return Reply(
            title=f"{contest.name}: no turnout figure yet",
            lines=(await _where_it_stands(newsroom, contest),),
            contest=contest.id,
        )
    turnout = figure.value
    shown = turnout.shown()
    lines = []
    if turnout.ballots is not None:
        about = "about " if turnout.ballots_approximate else ""
        of = f" of {voice.number(turnout.electorate)} electors" if turnout.electorate else ""
        lines.append(f"{about}{voice.number(turnout.ballots)} ballots{of}".capitalize() + ".")
    if shown is not None:
        lines.append(f"Turnout {voice.definition(turnout)}.")
    before = contest.previous
    if before is not None and before.turnout_percent is not None:
        lines.append(
            f"In {before.polling_day.year} it was {before.turnout_percent}% of valid votes."
        )
    return Reply(
        title=f"{contest.name}: turnout {'not worked out' if shown is None else f'{shown}%'}",
        lines=tuple(lines),
        origin=voice.origin(figure),
        contest=contest.id,
        value=None if shown is None else float(shown),
        details={
            "unit": "per cent",
            "definition": turnout.shown_definition.value,
            "ballots": turnout.ballots,
            "ballots_approximate": turnout.ballots_approximate,
            "electorate": turnout.electorate,
        },
    )


async def _where_it_stands(newsroom: Newsroom, contest: Contest) -> str:
    if newsroom.now < contest.close_of_poll:
        return f"Polls close at {voice.clock(contest.close_of_poll)}."
    stage = await newsroom.stage(contest)
    return "Polls have closed." if stage is None else f"Last word: {voice.stage(stage.value)}."
