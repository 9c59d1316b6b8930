"""How a ranking of contests is answered: the same for the lowest and the highest."""

from bot.chat.rankings import Ranking, read_ranking
from bot.chat.reply import Origin, Reply, Table
from bot.election.clock import UK, say_day
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.election.result import Declaration
from bot.errors import AskError
from bot.ports import Newsroom
from bot.record.ranking import Measure, Ranked, overturned, rank, swing_of
from bot.record.record import LIBRARY
from handlers import then, voice
from handlers.counts import turnout_of

_WORDS = {
    Measure.TURNOUT: ("Lowest turnouts", "Highest turnouts"),
    Measure.MAJORITY: ("Smallest majorities", "Largest majorities"),
    Measure.OVERTURNED: ("Smallest majorities overturned", "Largest majorities overturned"),
    Measure.SWING: ("Smallest swings", "Largest swings"),
}
_UNITS = {
    Measure.TURNOUT: ("per cent", "valid votes of the electorate"),
    Measure.MAJORITY: ("votes", "the winner's votes less the runner-up's"),
    Measure.OVERTURNED: ("votes", "the majority of the holders at the general election before"),
    Measure.SWING: ("percentage points", "Butler swing between the first two"),
}
_NOTES = {
    Measure.TURNOUT: "Turnout of valid votes.",
    Measure.MAJORITY: "",
    Measure.OVERTURNED: "The majority at the general election before, where its winner lost the "
    "seat; notional where boundaries had changed.",
    Measure.SWING: "Butler swing between the first two since the general election before, where "
    "both stood then; notional where boundaries had changed.",
}


async def ranking(newsroom: Newsroom, text: str, *, lowest: bool, usual: Measure | None) -> Reply:
    """The contests that a text asks to be ranked, the lowest first or the highest."""
    today = newsroom.now.astimezone(UK).date()
    days = newsroom.past.general_elections()
    asked = read_ranking(text, await newsroom.names(), today, days)
    measure = asked.measure or usual
    if measure is None or asked.unknown:
        raise AskError(_help(asked))
    found = rank(newsroom.past, measure, asked.scope, lowest=lowest)
    where = _where(asked)
    if not found:
        return Reply(
            title=f"No contest on record fits: {_WORDS[measure][not lowest].lower()} {where}",
            lines=(f"The record begins on {say_day(days[-1])}." if days else "",),
            details={"contests": []},
        )
    shown = found[: asked.many]
    unit, definition = _UNITS[measure]
    lines = [_NOTES[measure], *_remarks(shown)]
    lines += await _tonight(newsroom, asked, measure, found, lowest=lowest)
    if len(found) > len(shown):
        lines.append(f"{len(shown)} of {voice.number(len(found))} are shown.")
    return Reply(
        title=f"{_WORDS[measure][not lowest]} {where}",
        lines=tuple(line for line in lines if line),
        table=Table(
            columns=("", "", "", measure.value.split()[0], ""),
            rows=tuple(_row(n, one, measure) for n, one in enumerate(shown, 1)),
            right=frozenset({0, 3}),
        ),
        origin=Origin(
            source=LIBRARY,
            at=max(one.past.contest.close_of_poll for one in shown),
            standing=Standing.OFFICIAL,
            day_only=True,
        ),
        value=[
            {"contest": one.past.contest.id, "value": round(one.value, 2), "to": one.to.short}
            for one in shown
        ],
        details={
            "measure": measure.value,
            "unit": unit,
            "definition": definition,
            "contests": [one.past.contest.id for one in shown],
        },
    )


async def _tonight(
    newsroom: Newsroom, asked: Ranking, measure: Measure, found: list[Ranked], *, lowest: bool
) -> list[str]:
    """Where tonight's figures would stand in a ranking of the record, which has none of them."""
    lines, unknown = [], []
    for contest in await newsroom.contests():
        if not then.is_to_come(newsroom, contest):
            continue
        known = await _known(newsroom, contest, measure)
        if known is None or not _fits(asked, contest):
            unknown.append(contest)
            continue
        value, shown = known
        ahead = sum(one.value < value if lowest else one.value > value for one in found)
        lines.append(
            f"Not on record yet: {contest.name} tonight, {shown}, would be "
            f"{voice.ordinal(ahead + 1)} of {voice.number(len(found) + 1)}."
        )
    if unknown:
        lines.append(f"Not among these: {voice.seats(unknown)}; tonight is not on record yet.")
    return lines


def _fits(asked: Ranking, contest: Contest) -> bool:
    """Whether one of tonight is asked for; not where only the record knows, as with regions."""
    scope, day = asked.scope, contest.polling_day
    return (
        scope.by_election in (None, contest.by_election)
        and (scope.since is None or scope.since <= day)
        and (scope.until is None or day <= scope.until)
        and not (scope.place or scope.seats or scope.to or scope.losing)
    )


async def _known(
    newsroom: Newsroom, contest: Contest, measure: Measure
) -> tuple[float, str] | None:
    """What one of tonight is ranked by, as a number and in words with its standing."""
    if measure is Measure.TURNOUT:
        turnout = await turnout_of(newsroom, contest)
        shown = None if turnout is None else turnout.value.shown(2)
        if turnout is None or shown is None:
            return None
        return float(shown), f"{turnout.value.shown()}% ({turnout.standing.value})"
    declared = await newsroom.declaration(contest)
    if declared is None:
        return None
    value = _of_declaration(contest, declared.value, measure)
    if value is None:
        return None
    said = f"{value:.1f} points" if measure is Measure.SWING else voice.number(int(value))
    return value, f"{said} ({declared.standing.value})"


def _of_declaration(contest: Contest, declared: Declaration, measure: Measure) -> float | None:
    counted = declared.result
    if measure is Measure.OVERTURNED:
        return overturned(contest, declared.outcome)
    if measure is Measure.MAJORITY:
        return declared.majority
    if counted is None or not counted.complete or counted.undecided:
        return None
    swing = swing_of(contest, counted)
    return None if swing is None else swing.points


def _row(number: int, one: Ranked, measure: Measure) -> tuple[str, ...]:
    contest = one.past.contest
    value = {
        Measure.TURNOUT: f"{one.past.turnout.shown()}%",
        Measure.SWING: f"{one.value:.1f}",
    }.get(measure, voice.number(int(one.value)))
    notional = contest.previous is not None and contest.previous.notional
    of_before = measure in (Measure.SWING, Measure.OVERTURNED)
    mark = " (notional)" if notional and of_before else ""
    name = contest.name
    to = f"to {one.to.short}" if of_before else one.to.short
    return (str(number), name, then.occasion_briefly(contest), value, f"{to}{mark}")


def _where(asked: Ranking) -> str:
    """Of which contests: “of by-elections since 1 January 2019”."""
    scope = asked.scope
    kind = {True: "of by-elections", False: "of general elections", None: "of all contests"}
    parts = [kind[scope.by_election]]
    if scope.seats:
        parts.append(f"in {voice.row(sorted(scope.seats))}")
    if scope.place:
        parts.append(f"in {scope.place}")
    if scope.to:
        parts.append(f"for {scope.to[0]}")
    if scope.losing:
        parts.append(f"lost by {scope.losing[0]}")
    if scope.since and scope.until:
        parts.append(f"from {say_day(scope.since)} to {say_day(scope.until)}")
    elif scope.since:
        parts.append(f"since {say_day(scope.since)}")
    else:
        parts.append("since 2010")
    return " ".join(parts)


def _remarks(shown: list[Ranked]) -> list[str]:
    return [
        f"{one.past.contest.name}, {then.occasion(one.past.contest)}: {remark}"
        for one in shown
        for remark in one.past.remarks
    ]


def _help(asked: Ranking) -> str:
    what = f"I do not know how to rank by “{asked.unknown[:60]}”. " if asked.unknown else ""
    return (
        f"{what}I rank contests by turnout, majority, majority overturned and swing, for example "
        "“lowest turnout by-elections since 2019”, “largest majority overturned”, “biggest swing "
        "to Labour in 2023”, “smallest majority in Wales at the 2024 general election”."
    )
