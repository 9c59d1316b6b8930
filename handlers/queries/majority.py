"""The majority that is defended, and the one that was won."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.election.turnout import percent
from bot.ports import Newsroom
from bot.record.record import PastContest
from handlers import then, voice

DEFINITION = "the winner's votes less the runner-up's"


@command(
    "majority",
    also=(
        "maj",
        "majorities",
        "how safe",
        "how marginal",
        "by how much",
        "how much … by",
        "how many votes … by",
    ),
    examples=("majority Tamworth", "what majority are they defending in Mid Beds?"),
    several="compare",
)
async def majority(newsroom: Newsroom, contest: Contest) -> Reply:
    """The majority defended tonight, and the one won where the seat has declared."""
    defended = await newsroom.majority_defended(contest)
    won = await newsroom.declaration(contest)
    past = then.past_of(newsroom, contest)
    title = then.title(newsroom, contest)
    defending = _defending(contest, defended, declared=won is not None)
    details = {
        "unit": "votes",
        "definition": DEFINITION,
        "defended": None if defended is None else defended.value,
    }
    if won is not None and won.value.majority is not None:
        lines = [voice.sentence(f"{voice.headline(contest, won.value)}{_share(won.value)}")]
        lines += [defending, *_besides(newsroom, past)]
        return Reply(
            title=f"{title}: majority {voice.number(won.value.majority)}",
            lines=tuple(line for line in lines if line),
            origin=voice.origin(won),
            contest=contest.id,
            value=won.value.majority,
            details={**details, "of": "won"},
        )
    if defended is None:
        return Reply(
            title=f"{title}: no majority is known",
            lines=("Neither the one defended nor one won.",),
            contest=contest.id,
        )
    not_yet = "It has not declared." if won is None else "The new one has not been stated."
    return Reply(
        title=f"{title}: a majority of {voice.number(defended.value)} is defended",
        lines=(defending, not_yet),
        origin=voice.origin(defended),
        contest=contest.id,
        value=defended.value,
        details={**details, "of": "defended"},
    )


def _defending(contest: Contest, defended: Figure[int] | None, *, declared: bool) -> str:
    """What is defended: “Conservatives defend 19,634 votes, won in 2019”."""
    before = contest.previous
    if defended is None:
        return ""
    # Whoever took the seat at a by-election since has not won what was won before it.
    holds = contest.holder is not None and (
        before is None or before.winner.short == contest.holder.short
    )
    year = f", won in {before.polling_day.year}" if before else ""
    if before is not None and before.notional:
        year = f", by the notional result of {before.polling_day.year} on these boundaries"
    if contest.holder is not None and not holds and before is not None:
        votes = voice.number(defended.value)
        return f"In {before.polling_day.year} {voice.party(before.winner)} won by {votes} votes."
    holder = "The holders" if contest.holder is None else voice.party(contest.holder)
    verb = "defended" if declared else "defend"
    return f"{holder} {verb} {voice.number(defended.value)} votes{year}."


def _share(won: Declaration) -> str:
    """What part of the votes it is: “, 5.1% of valid votes”; nothing where that is not known.

    None of them, where it was decided by lot.
    """
    counted = won.result
    if counted is None or counted.valid_votes is None:
        return ""
    first, second = counted.share_of(counted.winner), counted.share_of(counted.runner_up)
    if first is None or second is None:
        return ""
    runner_up = voice.candidate(counted.runner_up.candidacy)
    if won.by_lot:
        return f", decided by lot against {runner_up}"
    return f", {percent(first - second)}% of valid votes ahead of {runner_up}"


def _besides(newsroom: Newsroom, past: PastContest | None) -> tuple[str, ...]:
    """By-elections since the general election before, whose seat it was, and the remarks."""
    if past is None:
        return ()
    meanwhile = (
        f"{then.opening(one, past)}: majority {voice.number(one.result.majority)}, "
        f"{voice.headline(one.contest, one.figure_of_declaration().value)}."
        for one in newsroom.past.meanwhile(past)
        if not past.contest.by_election
    )
    return (*meanwhile, then.hands(newsroom, past), *then.remarks(newsroom, past))
