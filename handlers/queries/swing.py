"""Who has moved to whom."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest, Party
from bot.election.parties import Sides, standing_as
from bot.election.result import Result
from bot.ports import Newsroom
from bot.record.ranking import swing_of
from handlers import then, voice


@command(
    "swing",
    also=("swings", "swung", "how far has … moved"),
    examples=("swing Tamworth", "swing Con to Lab Tamworth", "what was the swing in Selby?"),
    several="compare",
)
async def swing(newsroom: Newsroom, contest: Contest, sides: Sides) -> Reply:
    """The swing since the general election before, between the first two or parties you name."""
    figure = await newsroom.declaration(contest)
    title = then.title(newsroom, contest)
    counted = None if figure is None else figure.value.result
    if figure is None or counted is None:
        has = "has not declared" if figure is None else "has no votes yet, only a winner"
        return Reply(
            title=f"{title} {has}: there is no swing yet",
            lines=(f"Ask “needs {contest.name}” for the swing that would change it.",),
            contest=contest.id,
        )
    past = then.past_of(newsroom, contest)
    pair = _pair(counted, sides)
    if isinstance(pair, str):
        return Reply(title=f"{title}: no swing", lines=(pair,), contest=contest.id)
    losing, to = pair
    value = counted.swing(contest, to=to, losing=losing)
    remarks = then.remarks(newsroom, past)
    if value is None or contest.previous is None:
        return Reply(
            title=f"{title}: no swing between {voice.party(losing)} and {voice.party(to)}",
            lines=(_why_not(contest, counted, losing, to), *remarks),
            origin=voice.origin(figure),
            contest=contest.id,
        )
    changes = [
        f"{voice.party(party)} {voice.points(counted.change(contest, party) or 0)}"
        for party in (losing, to)
    ]
    meanwhile = () if past is None or contest.by_election else newsroom.past.meanwhile(past)
    lines = (
        f"Since {then.since(contest.previous)}: {voice.row(changes)} points.",
        "Half the one's rise less half the other's (Butler).",
        *(
            f"{then.opening(one, past)}: swing "
            f"{voice.swung(swung.points, losing=swung.losing, to=swung.gaining)}."
            for one in meanwhile
            if past is not None and (swung := swing_of(one.contest, one.result)) is not None
        ),
        *remarks,
    )
    return Reply(
        title=f"{title}: swing {voice.swung(value, losing=losing, to=to)}",
        lines=lines,
        origin=voice.origin(figure),
        contest=contest.id,
        value=round(value, 2),
        details={
            "unit": "percentage points",
            "definition": "Butler swing, positive from the first party to the second",
            "from": losing.short,
            "to": to.short,
            "since": contest.previous.polling_day.isoformat(),
            "notional": contest.previous.notional,
        },
    )


def _pair(counted: Result, sides: Sides) -> tuple[Party, Party] | str:
    """The parties that a swing is between, who lost first; a sentence where one did not stand.

    Of two of which only one is named, the other is the best placed that is not it.
    """
    parties = [line.candidacy.party for line in counted.votes]
    named: list[Party | None] = []
    for asked in (sides.losing, sides.gaining):
        found = standing_as(asked, parties)
        if asked and found is None:
            return f"No {asked[0]} candidate stood, or the votes are not known."
        named.append(found)
    losing, to = named
    first = to or next(party for party in parties if party != losing)
    second = losing or next((party for party in parties if party.short != first.short), None)
    if second is None or first.short == second.short:
        return "A swing is between two parties."
    return second, first


def _why_not(contest: Contest, counted: Result, losing: Party, to: Party) -> str:
    if not counted.complete:
        return "Only some candidates' votes are known, so there are no shares yet."
    if contest.previous is None:
        return "What the seat did before is not on record."
    alone = [party for party in (losing, to) if party.independent]
    if alone:
        return "Independents have no swing: they are no party."
    new = [party for party in (losing, to) if party.short not in contest.previous.shares]
    return f"{voice.row([voice.party(party) for party in new])} did not stand at {_then(contest)}."


def _then(contest: Contest) -> str:
    return "the election before" if contest.previous is None else then.since(contest.previous)
