"""The majority that is defended, and the one that was won."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from handlers import voice


@command(
    "majority",
    also=("how safe", "how marginal", "by how much", "how much … by"),
    examples=("majority Tamworth", "what majority are they defending in Mid Beds?"),
)
async def majority(newsroom: Newsroom, contest: Contest) -> Reply:
    """The majority defended tonight, and the one won where the seat has declared."""
    defended = await newsroom.majority_defended(contest)
    won = await newsroom.declaration(contest)
    verb = "defend" if won is None else "defended"
    defending = ""
    if defended is not None:
        holder = "The holders" if contest.holder is None else voice.party(contest.holder)
        year = f", won in {contest.previous.polling_day.year}" if contest.previous else ""
        defending = f"{holder} {verb} {voice.number(defended.value)} votes{year}."
    details = {"defended": None if defended is None else defended.value}
    if won is not None and won.value.majority is not None:
        return Reply(
            title=f"{contest.name}: majority {voice.number(won.value.majority)}",
            lines=tuple(s for s in (voice.headline(contest, won.value) + ".", defending) if s),
            origin=voice.origin(won),
            contest=contest.id,
            value=won.value.majority,
            details={**details, "of": "won"},
        )
    if defended is None:
        return Reply(
            title=f"{contest.name}: no majority is known",
            lines=("Neither the one defended nor one won.",),
            contest=contest.id,
        )
    not_yet = "It has not declared." if won is None else "The new one has not been stated."
    return Reply(
        title=f"{contest.name}: a majority of {voice.number(defended.value)} is defended",
        lines=(defending, not_yet),
        origin=voice.origin(defended),
        contest=contest.id,
        value=defended.value,
        details={**details, "of": "defended"},
    )
