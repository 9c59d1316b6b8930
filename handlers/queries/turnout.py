"""How many voted."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.clock import say_month
from bot.election.contest import Contest
from bot.election.turnout import Likeness, Turnout, TurnoutDefinition, like_with_like, percent
from bot.ports import Newsroom
from bot.record.record import PastContest
from handlers import then, voice
from handlers.counts import turnout_of

# An editor asks for the by-elections of some months, not of some years.
BESIDE = 5
_EVERY = (TurnoutDefinition.VALID_VOTES, TurnoutDefinition.ALL_BALLOTS)
_ORDERS = {-1: "lower than", 0: "about the same as", 1: "higher than"}


@command(
    "turnout",
    also=(
        "turnouts",
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
        "share of electorate",
        "electorate voted",
        "ballots cast",
        "turn out",
    ),
    examples=(
        "turnout Tamworth",
        "what was the turnout in Mid Beds?",
        "how many voted in Tamworth",
    ),
    several="compare",
    everywhere="uk",
)
async def turnout(newsroom: Newsroom, contest: Contest) -> Reply:
    """Share of electors who voted, beside what it was before and elsewhere."""
    figure = await turnout_of(newsroom, contest)
    past = then.past_of(newsroom, contest)
    title = then.title(newsroom, contest)
    if figure is None:
        return Reply(
            title=f"{title}: no turnout figure yet",
            lines=(await _where_it_stands(newsroom, contest),),
            contest=contest.id,
        )
    turnout = figure.value
    shown = turnout.shown()
    lines = [_counts(turnout), _definitions(turnout), _before(newsroom, contest, turnout)]
    if contest.by_election:
        lines += await _beside(newsroom, contest, turnout)
    elif past is not None:
        lines += _meanwhile(newsroom, past)
    lines += then.remarks(newsroom, past)
    return Reply(
        title=f"{title}: turnout {'not worked out' if shown is None else f'{shown}%'}",
        lines=tuple(line for line in lines if line),
        origin=voice.origin(figure),
        contest=contest.id,
        value=None if shown is None else float(shown),
        details={
            "unit": "per cent",
            "definition": turnout.shown_definition.value,
            "of_valid_votes": _exactly(turnout, TurnoutDefinition.VALID_VOTES),
            "of_all_ballots": _exactly(turnout, TurnoutDefinition.ALL_BALLOTS),
            "valid_votes": turnout.valid_votes,
            "ballots": turnout.all_ballots,
            "ballots_approximate": turnout.ballots_approximate,
            "electorate": turnout.electorate,
        },
    )


def _counts(turnout: Turnout) -> str:
    """The counts: “25,586 valid votes and 44 rejected ballots of 71,302 electors”."""
    of = f" of {voice.number(turnout.electorate)} electors" if turnout.electorate else ""
    if turnout.ballots is not None:
        about = "About " if turnout.ballots_approximate else ""
        return f"{about}{voice.number(turnout.ballots)} ballots{of}."
    if turnout.valid_votes is None:
        return ""
    rejected = (
        ""
        if turnout.rejected is None
        else f" and {voice.count(turnout.rejected, 'rejected ballot')}"
    )
    return f"{voice.count(turnout.valid_votes, 'valid vote')}{rejected}{of}."


def _definitions(turnout: Turnout) -> str:
    """What it is of; by both definitions, where the counts give both."""
    known = [(each, turnout.fraction(each)) for each in _EVERY]
    exact = [(each, percent(value, 2)) for each, value in known if value is not None]
    if turnout.stated is None and len(exact) == len(_EVERY):
        shown = turnout.shown_definition
        first, other = sorted(exact, key=lambda pair: pair[0] is not shown)
        return (
            f"Turnout {voice.definition(turnout)}, {first[1]}%; of {other[0].value} it is "
            f"{other[1]}%."
        )
    return "" if turnout.shown() is None else f"Turnout {voice.definition(turnout)}."


def _before(newsroom: Newsroom, contest: Contest, turnout: Turnout) -> str:
    """What it was at the general election before: by the same definition, else by which."""
    before = contest.previous
    if before is None or before.turnout_percent is None:
        return ""
    seat = None if before.notional else newsroom.past.seat_of(contest)
    earlier = [
        one
        for one in (newsroom.past.of_seat(seat) if seat is not None else ())
        if one.contest.polling_day == before.polling_day
    ]
    alike = like_with_like(turnout, earlier[0].turnout) if earlier else None
    shown, of = before.turnout_percent, TurnoutDefinition.VALID_VOTES.value
    if alike is not None:
        shown, of = float(alike.shown), alike.definition.value
    notional = ", by the notional result on these boundaries" if before.notional else ""
    return f"In {before.polling_day.year} it was {shown}% of {of}{notional}."


async def _beside(newsroom: Newsroom, contest: Contest, turnout: Turnout) -> Sequence[str]:
    """Where it stands among the by-elections of the same night and the latest before."""
    tonight = [
        (other, figure.value)
        for other in await newsroom.contests()
        if other.polling_day == contest.polling_day
        and other.id != contest.id
        and (figure := await turnout_of(newsroom, other)) is not None
    ]
    earlier = [
        (one.contest, one.turnout)
        for one in newsroom.past.by_elections()
        if one.contest.polling_day < contest.polling_day
    ][:BESIDE]
    same_day = {other.id for other, _ in tonight} | {contest.id}
    tonight += [
        (one.contest, one.turnout)
        for one in newsroom.past.by_elections(contest.polling_day)
        if one.contest.polling_day == contest.polling_day and one.contest.id not in same_day
    ]
    found = [
        (other, alike)
        for other, its in [*tonight, *earlier]
        if (alike := like_with_like(turnout, its)) is not None
    ]
    said = [
        f"{_ORDERS[order]} {_by_month(contest, group)}"
        for order in (-1, 0, 1)
        if (group := [(other, alike) for other, alike in found if alike.order == order])
    ]
    if not said:
        return ()
    sentence = "; ".join(said)
    return (f"{sentence[0].upper()}{sentence[1:]}.", _unlike(turnout, [a for _, a in found]))


def _by_month(contest: Contest, group: Sequence[tuple[Contest, Likeness]]) -> str:
    """“Uxbridge and South Ruislip (46.1%) and Selby and Ainsty (44.7%) in July”."""
    parts = []
    for day, seats in groupby(group, lambda pair: pair[0].polling_day.replace(day=1)):
        names = [f"{other.name} ({alike.shown}%)" for other, alike in seats]
        year = "" if day.year == contest.polling_day.year else f" {day.year}"
        parts.append(f"{voice.row(names)} in {say_month(day)}{year}")
    return ", ".join(parts)


def _unlike(turnout: Turnout, found: Sequence[Likeness]) -> str:
    """What these are of, and that it is not known of all of them."""
    of = [each.value for each in _EVERY if any(alike.definition is each for alike in found)]
    stated = any(alike.definition is TurnoutDefinition.NOT_STATED for alike in found)
    if turnout.stated is not None and turnout.definition is TurnoutDefinition.NOT_STATED:
        theirs = f"Theirs are of {voice.row(of)}, this is" if of else "All of these are"
        return f"{theirs} as stated; what is said holds by both definitions."
    more = ", or as stated" if stated else ""
    return f"All of these are of {voice.row(of)}{more}." if of else "These are as stated."


def _meanwhile(newsroom: Newsroom, past: PastContest) -> Iterator[str]:
    """The by-elections since the general election before, each with its turnout."""
    for one in newsroom.past.meanwhile(past):
        yield f"{then.opening(one, past)}: {one.turnout.shown()}% of valid votes."


def _exactly(turnout: Turnout, definition: TurnoutDefinition) -> float | None:
    exact = turnout.fraction(definition)
    return None if exact is None else float(percent(exact, 2))


async def _where_it_stands(newsroom: Newsroom, contest: Contest) -> str:
    if newsroom.now < contest.close_of_poll:
        return f"Polls close at {voice.clock(contest.close_of_poll)}."
    stage = await newsroom.stage(contest)
    return "Polls have closed." if stage is None else f"Last word: {voice.stage(stage.value)}."
