"""How the parties stand, over all seats that have declared."""

from bot.chat.command import command
from bot.chat.reply import Reply, Table
from bot.election.standings import PartyStanding
from bot.ports import Newsroom
from handlers import voice

SHOWN = 12


@command(
    "tally",
    also=("state of parties", "state of the parties"),
    examples=("tally", "what is the state of the parties?"),
)
async def tally(newsroom: Newsroom) -> Reply:
    """Seats, gains, losses and votes of each party so far, as PA Media counts them."""
    figure = await newsroom.state_of_parties()
    if figure is None:
        return Reply(
            title="No state of the parties has come tonight",
            lines=(
                "It comes from PA Media's files (PA_FOLDER). “status” says which seats of the "
                "night have declared, and “uk” how a general election ended.",
            ),
        )
    state = figure.value
    first = sorted(state.parties, key=lambda one: (-one.seats, -one.votes))
    more = len(first) - SHOWN
    winner = first[0] if first and first[0].seats else None
    ahead = "" if winner is None else f": {_name(winner)} {voice.number(winner.seats)}"
    return Reply(
        title=f"After {voice.number(state.results)} of {voice.number(state.of)} seats{ahead}",
        lines=(f"{more} smaller parties are not shown.",) if more > 0 else (),
        table=Table(
            columns=("", "seats", "gained", "lost", "votes", "share"),
            rows=tuple(_row(one) for one in first[:SHOWN]),
            right=frozenset({1, 2, 3, 4, 5}),
        ),
        origin=voice.origin(figure),
        value={one.short: one.seats for one in first if one.seats},
        details={"results": state.results, "of": state.of},
    )


def _row(one: PartyStanding) -> tuple[str, ...]:
    return (
        _name(one),
        voice.number(one.seats),
        f"+{one.gains}" if one.gains else "",
        f"−{one.losses}" if one.losses else "",
        voice.number(one.votes),
        "" if one.share is None else voice.per_cent(one.share),
    )


def _name(one: PartyStanding) -> str:
    return one.name or one.short
