"""Seats beside one another."""

from dataclasses import dataclass, replace

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.comparing import Comparison, read_comparison
from bot.chat.reply import Origin, Reply, Table
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.parties import Sides, standing_as
from bot.election.result import Declaration, Result
from bot.election.turnout import Turnout, TurnoutDefinition, percent
from bot.errors import AskError
from bot.ports import Newsroom
from bot.record.ranking import Measure
from handlers import then, voice
from handlers.chosen import chosen
from handlers.counts import turnout_of

BESIDE_ONE = 4
# In 99 of 100 contests on record both definitions are no further apart than this, in points.
DEFINITIONS_APART = 0.7
_COLUMNS = {
    Measure.TURNOUT: ("turnout", "of"),
    Measure.MAJORITY: ("majority", "won by"),
    Measure.SWING: ("swing", "", "since"),
    Measure.RESULT: ("first", "", "second", "", "majority"),
}
_UNITS = {
    Measure.TURNOUT: "per cent",
    Measure.MAJORITY: "votes",
    Measure.SWING: "percentage points",
    Measure.RESULT: "votes",
}
_RIGHT = {
    Measure.TURNOUT: {2},
    Measure.MAJORITY: {2},
    Measure.SWING: {2},
    Measure.RESULT: {3, 5, 6},
}
_UNKNOWN = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A contest in a comparison: what is shown of it, and its value as data; None: not known."""

    contest: Contest
    cells: tuple[str, ...]
    value: float | None
    origin: Origin | None = None


@command(
    "compare",
    also=("comparison", "compare with", "stack up"),
    examples=(
        'compare turnout Tamworth Selby Uxbridge "West Lancs"',
        "compare majority Tamworth and Mid Beds",
        "compare turnout Tamworth with the last 5 by-elections",
    ),
)
async def compare(newsroom: Newsroom, what: str, ask: Ask) -> Reply:
    """Turnout, majority, swing or result of seats side by side, or beside the last by-elections."""
    asked = read_comparison(ask.text, await newsroom.names())
    contests: list[Contest] = []
    for one in asked.seats:
        found = await chosen(newsroom, one, asked.seats, f"compare {asked.measure}")
        if isinstance(found, Reply):
            return found
        contests.append(found)
    if not contests and not asked.by_elections:
        raise AskError(
            "Which seats? For example “compare turnout Tamworth Selby Uxbridge” or “compare "
            "turnout Tamworth with the last 5 by-elections”."
        )
    many = asked.by_elections or (BESIDE_ONE if len(contests) == 1 else 0)
    contests += _by_elections(newsroom, contests, many)
    once = {contest.id: contest for contest in contests}
    lines = [await _line(newsroom, contest, asked) for contest in once.values()]
    return _reply(newsroom, asked, lines)


def _by_elections(newsroom: Newsroom, contests: list[Contest], many: int) -> list[Contest]:
    """The latest by-elections before the first of the contests, or before now."""
    days = [contest.polling_day for contest in contests]
    return [
        one.contest
        for one in newsroom.past.by_elections()
        if not days or one.contest.polling_day < days[0]
    ][:many]


async def _line(newsroom: Newsroom, contest: Contest, asked: Comparison) -> Line:
    if asked.measure is Measure.TURNOUT:
        turnout = await turnout_of(newsroom, contest)
        origin = None if turnout is None else voice.origin(turnout)
        return replace(_turnout(contest, turnout), origin=origin)
    figure = await newsroom.declaration(contest)
    if figure is None:
        unknown = (_UNKNOWN,) * len(_COLUMNS[asked.measure])
        return Line(contest=contest, cells=unknown, value=None)
    if asked.measure is Measure.MAJORITY:
        line = _majority(contest, figure.value)
    elif asked.measure is Measure.SWING:
        line = _swing(contest, figure.value.result, asked.sides)
    else:
        line = _result(contest, figure.value)
    return replace(line, origin=voice.origin(figure))


def _turnout(contest: Contest, figure: Figure[Turnout] | None) -> Line:
    shown = None if figure is None else figure.value.shown()
    if figure is None or shown is None:
        return Line(contest=contest, cells=(_UNKNOWN, ""), value=None)
    of = {
        TurnoutDefinition.VALID_VOTES: "valid votes",
        TurnoutDefinition.ALL_BALLOTS: "all ballots",
        TurnoutDefinition.NOT_STATED: "as stated",
    }[figure.value.shown_definition]
    return Line(contest=contest, cells=(f"{shown}%", of), value=float(shown))


def _majority(contest: Contest, won: Declaration) -> Line:
    known = _UNKNOWN if won.majority is None else voice.number(won.majority)
    return Line(contest=contest, cells=(known, voice.party(won.winner)), value=won.majority)


def _swing(contest: Contest, counted: Result | None, sides: Sides) -> Line:
    unknown = Line(contest=contest, cells=(_UNKNOWN, "", ""), value=None)
    if counted is None or contest.previous is None:
        return unknown
    parties = [line.candidacy.party for line in counted.votes]
    to = standing_as(sides.gaining, parties) if sides.gaining else parties[0]
    losing = standing_as(sides.losing, parties) if sides.losing else parties[1]
    if to is None or losing is None:
        return unknown
    value = counted.swing(contest, to=to, losing=losing)
    if value is None:
        return unknown
    first, second = (losing, to) if value >= 0 else (to, losing)
    year = (
        f"{contest.previous.polling_day.year}{' (notional)' if contest.previous.notional else ''}"
    )
    cells = (f"{abs(value):.1f}", f"{first.short} to {second.short}", year)
    return Line(contest=contest, cells=cells, value=round(value, 2))


def _result(contest: Contest, won: Declaration) -> Line:
    counted = won.result
    known = _UNKNOWN if won.majority is None else voice.number(won.majority)
    if counted is None:
        cells: tuple[str, ...] = (won.winner.short, "", "", "", known)
        return Line(contest=contest, cells=cells, value=won.majority)
    cells = ()
    for line in counted.votes[:2]:
        share = counted.share_of(line)
        told = voice.number(line.votes) if share is None else f"{percent(share)}%"
        cells += (line.candidacy.party.short, told)
    return Line(contest=contest, cells=(*cells, known), value=won.majority)


def _unlike(asked: Comparison, lines: list[Line]) -> str:
    """That turnouts of different definitions stand beside one another."""
    of = {line.cells[1] for line in lines if line.value is not None}
    if asked.measure is not Measure.TURNOUT or len(of) < 2:
        return ""
    return (
        "Not like with like: valid votes leave the rejected ballots out, which mostly makes 0.1 to "
        "0.3 points, and what a source stated may be of either."
    )


def _reply(newsroom: Newsroom, asked: Comparison, lines: list[Line]) -> Reply:
    known = [line for line in lines if line.value is not None]
    unlike = _unlike(asked, lines)
    lines_said = [unlike]
    if asked.measure is not Measure.RESULT and len(known) > 1:
        lines_said.append(_extremes(newsroom, known, sure=not unlike))
    for line in lines:
        past = then.past_of(newsroom, line.contest)
        if past is not None:
            lines_said += [f"{_named(newsroom, line)}: {remark}" for remark in past.remarks]
    lines_said += _namesakes(newsroom, lines)
    origins = [line.origin for line in known if line.origin is not None]
    newest = max(origins, key=lambda origin: origin.at, default=None)
    others = {one.source.name for one in origins} - {newest.source.name if newest else ""}
    if others:
        lines_said.append(f"The others: {voice.row(sorted(others))}.")
    return Reply(
        title=f"{asked.measure.capitalize()} of {voice.count(len(lines), 'contest')}",
        lines=tuple(line for line in lines_said if line),
        table=Table(
            columns=("", "", *_COLUMNS[asked.measure]),
            rows=tuple(
                (line.contest.name, _when(newsroom, line.contest), *line.cells) for line in lines
            ),
            right=frozenset(_RIGHT[asked.measure]),
        ),
        origin=newest,
        value=[{"contest": line.contest.id, "value": line.value} for line in lines],
        details={
            "measure": asked.measure.value,
            "unit": _UNITS[asked.measure],
            "definition": unlike or None,
            "contests": [line.contest.id for line in lines],
        },
    )


def _extremes(newsroom: Newsroom, known: list[Line], *, sure: bool) -> str:
    """The lowest and the highest, but for what may only be so by one definition."""
    ordered = sorted(known, key=lambda line: abs(line.value or 0))
    said = []
    for name, first, next_ in (("lowest", 0, 1), ("highest", -1, -2)):
        one, other = ordered[first], ordered[next_]
        apart = abs(abs(one.value or 0) - abs(other.value or 0))
        alike = sure or one.cells[1] == other.cells[1]
        if apart > (0 if alike else DEFINITIONS_APART):
            said.append(f"{name} {_named(newsroom, one)}")
    sentence = ", ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}." if said else ""


def _when(newsroom: Newsroom, contest: Contest) -> str:
    return "tonight" if contest.is_tonight(newsroom.now) else then.occasion_briefly(contest)


def _named(newsroom: Newsroom, line: Line) -> str:
    return f"{line.contest.name} ({_when(newsroom, line.contest)})"


def _namesakes(newsroom: Newsroom, lines: list[Line]) -> list[str]:
    """That seats of one name are within different boundaries."""
    within: dict[str, set[int]] = {}
    for line in lines:
        seat = newsroom.past.seat_of(line.contest)
        if seat is not None:
            within.setdefault(seat.name, set()).add(seat.boundaries)
    return [
        f"{name} is here within its boundaries of {voice.row([*map(str, sorted(sets))])}."
        for name, sets in within.items()
        if len(sets) > 1
    ]
