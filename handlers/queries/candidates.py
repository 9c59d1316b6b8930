"""Who stands."""

from bot.chat.command import command
from bot.chat.reply import Reply, Table
from bot.election.contest import Contest
from bot.ports import Newsroom
from handlers import then, voice


@command(
    "candidates",
    also=(
        "candidate",
        "who is standing",
        "standing",
        "who stands",
        "who stood",
        "who ran",
        "who is running",
        "runners",
        "who is fighting",
        "who vote for",
        "on the ballot",
        "on the ballot paper",
    ),
    examples=("candidates Tamworth", "who is standing in Mid Beds?"),
)
async def candidates(newsroom: Newsroom, contest: Contest) -> Reply:
    """Everybody on the ballot paper, by surname."""
    past = then.past_of(newsroom, contest)
    title = then.title(newsroom, contest)
    if not contest.candidacies:
        return Reply(
            title=f"{title}: no candidates are known",
            lines=("The night file can list them under [[contest.candidate]].",),
            contest=contest.id,
        )
    by_surname = sorted(contest.candidacies, key=lambda c: c.surname.casefold())
    holder = "" if contest.holder is None else f"{voice.party(contest.holder)} held the seat"
    former = f" ({contest.former_member})" if holder and contest.former_member else ""
    return Reply(
        title=f"{title}: {voice.count(len(by_surname), 'candidate')}",
        lines=((f"{holder}{former}.",) if holder else ()) + then.remarks(newsroom, past),
        table=Table(
            columns=("candidate", "party"),
            rows=tuple((one.name, one.party.name) for one in by_surname),
        ),
        origin=then.of_the_night(contest)
        if past is None
        else voice.origin(past.figure_of_declaration()),
        contest=contest.id,
        value=[one.name for one in by_surname],
        details={"parties": [one.party.short for one in by_surname]},
    )
