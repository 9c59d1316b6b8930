"""Whose seat it is."""

from bot.chat.command import command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.ports import Newsroom
from bot.record.record import PastContest
from handlers import then, voice


@command(
    "holder",
    also=(
        "who holds",
        "who held",
        "party holds",
        "party held",
        "who is MP",
        "who was MP",
        "current MP",
        "sitting MP",
        "incumbent",
        "who is defending",
        "a Tory seat",
        "a Labour seat",
        "a Conservative seat",
        "a Lib Dem seat",
        "whose seat",
    ),
    examples=("holder Tamworth", "who holds Mid Beds?", "who was the MP for Tamworth?"),
)
async def holder(newsroom: Newsroom, contest: Contest) -> Reply:
    """Who holds a seat, since when, and with what majority."""
    past = then.past_of(newsroom, contest)
    if past is not None:
        return _won(newsroom, past)
    declared = await newsroom.declaration(contest)
    row = newsroom.past.seat_of(contest)
    last = newsroom.past.of_seat(row)[-1:] if row is not None else []
    if declared is not None:
        won = declared.value
        by = "" if won.candidate is None else f" ({won.candidate})"
        return Reply(
            title=f"{contest.name}: {voice.party(won.winner)}{by}, as of tonight",
            lines=(voice.sentence(voice.headline(contest, won)),),
            origin=voice.origin(declared),
            contest=contest.id,
            value=won.winner.short,
            details={"candidate": won.candidate},
        )
    if contest.holder is None:
        return Reply(
            title=f"{contest.name}: who held the seat is not known",
            lines=("The night file can say it: holder = …",),
            contest=contest.id,
        )
    former = f" ({contest.former_member})" if contest.former_member else ""
    lines = [_last(one) for one in last] + ["It has not declared."]
    origin = then.of_the_night(contest)
    if last:
        origin = voice.origin(last[0].figure_of_declaration())
    return Reply(
        title=f"{contest.name}: {voice.party(contest.holder)}{former} held the seat",
        lines=tuple(lines),
        origin=origin,
        contest=contest.id,
        value=contest.holder.short,
        details={"candidate": contest.former_member},
    )


def _won(newsroom: Newsroom, past: PastContest) -> Reply:
    """Who won a contest of the record, and whether the seat was theirs before."""
    won = past.figure_of_declaration()
    winner = past.result.winner.candidacy
    latest = newsroom.past.of_seat(past.seat)[-1]
    lines = [
        f"{voice.headline(past.contest, won.value)}, majority "
        f"{voice.number(past.result.majority)}.",
        "" if latest is not past else "Members who changed party since are not on record.",
        then.hands(newsroom, past),
        *then.remarks(newsroom, past),
    ]
    return Reply(
        title=f"{then.title(newsroom, past.contest)}: {voice.candidate(winner)}",
        lines=tuple(line for line in lines if line),
        origin=voice.origin(won),
        contest=past.contest.id,
        value=winner.party.short,
        details={"definition": "who won, by party", "candidate": winner.name},
    )


def _last(one: PastContest) -> str:
    winner = one.result.winner.candidacy
    return (
        f"{voice.candidate(winner)} won the {then.occasion(one.contest)} by "
        f"{voice.number(one.result.majority)} votes."
    )
