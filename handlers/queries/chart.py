"""The same as pictures."""

import re

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.comparing import read_comparison
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.errors import AskError
from bot.ports import Newsroom
from handlers import charts, then, voice
from handlers.chosen import chosen
from handlers.counts import turnout_of

MOST_SEATS = 12
_KINDS = (
    ("history", re.compile(r"\b(?:history|over time|since|shares? over|past)\b", re.IGNORECASE)),
    ("turnout", re.compile(r"\bturn ?outs?\b", re.IGNORECASE)),
    ("result", re.compile(r"\bresults?\b|\bvotes?\b|\bshares?\b", re.IGNORECASE)),
)
_COMMAND = re.compile(
    r"\b(?:chart|graph|plot|draw|picture|show me|a|an|the|of|me)\b", re.IGNORECASE
)


@command(
    "chart",
    also=("graph", "plot", "draw", "picture of"),
    examples=(
        "chart turnout Tamworth Selby Uxbridge",
        "chart result Tamworth",
        "chart history Mid Beds",
    ),
)
async def chart(newsroom: Newsroom, what: str, ask: Ask) -> Reply:
    """Turnout, a result, or a seat's history as a picture; with its figures as text."""
    kind = next((name for name, said in _KINDS if said.search(ask.text)), "")
    text = _COMMAND.sub(" ", ask.text)
    for _, said in _KINDS:
        text = said.sub(" ", text)
    asked = read_comparison(text, await newsroom.names()).seats[:MOST_SEATS]
    contests: list[Contest] = []
    for one in asked:
        found = await chosen(newsroom, one, asked, f"chart {kind}".strip())
        if isinstance(found, Reply):
            return found
        contests.append(found)
    if not contests:
        raise AskError(
            "Which seat? For example “chart result Tamworth”, “chart history Tamworth” or “chart "
            "turnout Tamworth Selby Uxbridge”."
        )
    if kind == "history":
        return _history(newsroom, contests[0])
    if kind == "turnout" or len(contests) > 1:
        return await _turnout(newsroom, contests)
    return await _result(newsroom, contests[0])


async def _turnout(newsroom: Newsroom, contests: list[Contest]) -> Reply:
    """Turnout of several seats, or of one over time."""
    several = len(contests) > 1
    if not several:
        title = f"{contests[0].name}: turnout"
        contests = [*_line(newsroom, contests[0]), *contests]
    else:
        title = f"Turnout of {len(contests)} contests"
    once = list({contest.id: contest for contest in contests}.values())
    figures = [
        (_label(newsroom, one, several=several), one, await turnout_of(newsroom, one))
        for one in once
    ]
    known = [figure for _, _, figure in figures]
    if not any(known):
        return Reply(title=f"{title}: not known yet", contest=once[-1].id)
    picture, table = charts.turnouts(title, figures)
    missing = [label for label, _, figure in figures if figure is None]
    left_out = (f"No figure yet: {voice.row(missing)}.",) if missing else ()
    return Reply(
        title=title,
        lines=left_out,
        table=table,
        origin=charts.newest(known),
        contest=None if several else once[-1].id,
        value={bar.label: bar.value for bar in picture.bars},
        details={"unit": "per cent"},
        chart=picture,
    )


async def _result(newsroom: Newsroom, contest: Contest) -> Reply:
    title = then.title(newsroom, contest)
    figure = await newsroom.declaration(contest)
    counted = None if figure is None else figure.value.result
    if figure is None or counted is None:
        missing = "has not declared" if figure is None else "the votes are not known yet"
        return Reply(title=f"{title}: {missing}", contest=contest.id)
    picture, table = charts.result(f"{title}: share of the vote", contest, figure, counted)
    return Reply(
        title=f"{title}: {voice.headline(contest, figure.value)}",
        lines=then.remarks(newsroom, then.past_of(newsroom, contest)),
        table=table,
        origin=voice.origin(figure),
        contest=contest.id,
        value={bar.label: round(bar.value, 2) for bar in picture.bars},
        details={"unit": "per cent"},
        chart=picture,
    )


def _history(newsroom: Newsroom, contest: Contest) -> Reply:
    seat = newsroom.past.seat_of(contest)
    line = [] if seat is None else newsroom.past.line(seat)
    if seat is None or len(line) < 2:
        return Reply(
            title=f"{contest.name}: there is no history to draw",
            lines=("The record has fewer than two contests of it.",),
            contest=contest.id,
        )
    name = then.seat(newsroom.past, seat)
    picture, table = charts.history(newsroom, f"{name}: shares of the vote", line)
    older = [past for past in line if past.seat != seat]
    until = f"Until {older[-1].contest.polling_day.year} within older boundaries." if older else ""
    return Reply(
        title=f"{name}: shares of the vote since {line[0].contest.polling_day.year}",
        lines=(until,) if until else (),
        table=table,
        origin=voice.origin(line[-1].figure_of_declaration()),
        contest=contest.id,
        value={one.label: list(one.values) for one in picture.lines},
        details={"unit": "per cent", "times": list(picture.times)},
        chart=picture,
    )


def _line(newsroom: Newsroom, contest: Contest) -> list[Contest]:
    """The contests of a seat before one, the oldest first."""
    seat = newsroom.past.seat_of(contest)
    line = [] if seat is None else newsroom.past.line(seat)
    return [one.contest for one in line if one.contest.polling_day < contest.polling_day]


def _label(newsroom: Newsroom, contest: Contest, *, several: bool) -> str:
    when = then.occasion_briefly(contest)
    if contest.is_tonight(newsroom.now):
        when = "tonight"
    return f"{contest.name}, {when.removesuffix(' by-election')}" if several else when
