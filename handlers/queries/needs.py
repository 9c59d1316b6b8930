"""What a challenger needs."""

from bot.chat.command import command
from bot.chat.reply import Origin, Reply, Table
from bot.election.contest import Contest, Party, close_of_poll
from bot.election.figure import Source, Standing
from bot.election.parties import Sides, standing_as
from bot.ports import Newsroom
from handlers import then, voice

SHOWN = 4


@command(
    "needs",
    also=(
        "swing needed",
        "swing required",
        "votes needed",
        "target swing",
        "what swing … need",
        "what swing … required",
        "what … need",
        "how many votes … need",
        "does … need",
        "do … need",
        "how much of a swing",
        "what would … take",
        "what swing would",
    ),
    examples=("needs Tamworth", "what does Labour need in Tamworth?", "swing needed in Mid Beds"),
)
async def needs(newsroom: Newsroom, contest: Contest, sides: Sides) -> Reply:
    """The swing, or the votes, with which a challenger would take the seat."""
    base = await _base(newsroom, contest)
    title = then.title(newsroom, contest)
    if base is None:
        return Reply(
            title=f"{title}: what is needed is not known",
            lines=("The shares of the election before are not on record.",),
            contest=contest.id,
        )
    holder, shares, parties, votes, what, origin = base
    wanted = standing_as(sides.gaining or sides.losing, parties)
    if sides and wanted is None:
        asked = (sides.gaining or sides.losing)[0]
        return Reply(
            title=f"{title}: {asked} has no share at {what} to start from",
            contest=contest.id,
        )
    if wanted is not None and wanted.short == holder.short:
        wanted = None
    ranked = sorted((short for short in shares if short != holder.short), key=lambda s: -shares[s])
    challengers = [p for s in ranked for p in parties if p.short == s and not p.independent]
    shown = [wanted] if wanted is not None else challengers[:SHOWN]
    if not shown:
        return Reply(title=f"{title}: nobody else stood at {what}", contest=contest.id)
    swings = {p.short: (shares[holder.short] - shares[p.short]) * 50 for p in shown}
    first = shown[0]
    second = challengers[0].short == first.short
    lines = (
        [f"{voice.party(holder)} won by {voice.number(votes)} votes at {what}."] if votes else []
    )
    if votes and second:
        lines.append(f"{voice.number(votes // 2 + 1)} of their voters would have to change over.")
    elif not votes:
        lines.append(f"Measured from {what}.")
    lines.append("Swing is from the holders, in percentage points; it has to be more than this.")
    return Reply(
        title=(
            f"{title}: {voice.party(first)} need{'s' if _one(first) else ''} a swing of "
            f"{_points(swings[first.short])} points from {voice.party(holder)}"
        ),
        lines=tuple(lines),
        table=None
        if len(shown) == 1
        else Table(
            columns=("", "share", "swing needed"),
            rows=tuple(
                (voice.party(p), f"{shares[p.short] * 100:.1f}%", _points(swings[p.short]))
                for p in shown
            ),
            right=frozenset({1, 2}),
        ),
        origin=origin,
        contest=contest.id,
        value=round(swings[first.short], 2),
        details={
            "unit": "percentage points",
            "definition": "Butler swing from the holders that would make it a tie",
            "from": holder.short,
            "to": first.short,
            "votes_to_change_over": votes // 2 + 1 if votes and second else None,
        },
    )


Base = tuple[Party, dict[str, float], list[Party], int | None, str, Origin]


async def _base(newsroom: Newsroom, contest: Contest) -> Base | None:
    """What the next swing is measured from: who leads, shares, who stands, votes, when, source.

    The result, where there is one; else the general election before.
    """
    figure = await newsroom.declaration(contest)
    counted = None if figure is None else figure.value.result
    if figure is not None and counted is not None and counted.complete:
        parties = [line.candidacy.party for line in counted.votes]
        shares = {p.short: float(counted.share(p) or 0) for p in reversed(parties)}
        what = f"the {then.occasion(contest)}"
        return parties[0], shares, parties, counted.majority, what, voice.origin(figure)
    before = contest.previous
    if before is None:
        return None
    known = [one.party for one in contest.candidacies]
    named = {party.short: party for party in [*known, before.winner]}
    origin = Origin(
        source=Source(name=before.source),
        at=close_of_poll(before.polling_day),
        standing=Standing.OFFICIAL,
        day_only=True,
    )
    parties = [named.get(s, Party(name=s, short=s)) for s in before.shares]
    return before.winner, before.shares, parties, before.majority, then.since(before), origin


def _points(value: float) -> str:
    """A swing as it is shown: to one place, a tiny one to two."""
    return f"{value:.1f}" if value >= 0.1 else f"{value:.2f}"


def _one(party: Party) -> bool:
    """Whether a party's name is spoken of as one: “Labour needs”, “Liberal Democrats need”."""
    return not voice.party(party).endswith("s")
