"""What a seat did, election by election."""

from itertools import pairwise

from bot.chat.command import command
from bot.chat.reply import Reply, Table
from bot.election.contest import Contest
from bot.ports import Newsroom
from bot.record.past import Related
from bot.record.record import PastContest
from bot.record.rows import SeatRow
from handlers import then, voice

# Of a seat that was put together anew: the parts of it that are worth a word.
PARTS, LEAST_PART = 4, 0.05


@command(
    "history",
    also=(
        "past results",
        "previous results",
        "previous elections",
        "past elections",
        "all results",
        "every result",
        "results since",
        "voted in past",
        "change hands",
        "when … change hands",
        "when … changed hands",
        "changed hands",
        "has … always been",
        "track record",
    ),
    examples=(
        "history Tamworth",
        "past results in Mid Beds",
        "when did Tamworth last change hands?",
    ),
)
async def history(newsroom: Newsroom, contest: Contest) -> Reply:
    """Every contest of a seat, with what it was before its boundaries changed."""
    seat = newsroom.past.seat_of(contest)
    line = [] if seat is None else newsroom.past.line(seat)
    if seat is None:
        return Reply(
            title=f"{contest.name}: nothing of it is on record",
            lines=("The record has the House of Commons since 2010.",),
            contest=contest.id,
        )
    name = then.seat(newsroom.past, seat)
    if not line:
        return Reply(
            title=f"{name}: it has not voted within these boundaries",
            lines=_made_of(newsroom, seat, line),
            contest=contest.id,
        )
    newest_first = line[::-1]
    lines = [*_changes(newest_first), *_made_of(newsroom, seat, line)]
    if then.is_to_come(newsroom, contest):
        lines.append(await _tonight(newsroom, contest))
    lines += [
        f"{one.contest.polling_day.year}: {remark}"
        for one in newest_first
        for remark in one.remarks
    ]
    return Reply(
        title=f"{name}: {voice.count(len(line), 'contest')} since {_first(line)}",
        lines=tuple(lines),
        table=Table(
            columns=("", "won by", "majority", "turnout"),
            rows=tuple(_row(one, seat) for one in newest_first),
            right=frozenset({2, 3}),
        ),
        origin=voice.origin(newest_first[0].figure_of_declaration()),
        contest=contest.id if contest.is_tonight(newsroom.now) else newest_first[0].contest.id,
        value=[
            {
                "contest": one.contest.id,
                "winner": one.result.winner.candidacy.party.short,
                "majority": one.result.majority,
                "turnout": float(one.turnout.shown(2) or 0),
            }
            for one in newest_first
        ],
        details={"unit": "votes and per cent", "definition": "turnout of valid votes"},
    )


async def _tonight(newsroom: Newsroom, contest: Contest) -> str:
    declared = await newsroom.declaration(contest)
    if declared is None:
        return "It votes tonight, which is not on record yet."
    said = voice.headline(contest, declared.value)
    return f"Tonight: {said} ({declared.standing.value}), which is not on record yet."


def _row(one: PastContest, seat: SeatRow) -> tuple[str, ...]:
    older = "" if one.seat == seat else " *"
    return (
        f"{then.occasion_briefly(one.contest)}{older}",
        voice.party(one.result.winner.candidacy.party),
        voice.number(one.result.majority),
        f"{one.turnout.shown()}%",
    )


def _first(line: list[PastContest]) -> int:
    return line[0].contest.polling_day.year


def _changes(newest_first: list[PastContest]) -> list[str]:
    """When the seat last changed hands, by who won it before."""
    for one, before in pairwise(newest_first):
        winner, was = (each.result.winner.candidacy.party for each in (one, before))
        if winner.short != was.short:
            return [
                f"Last changed hands at the {then.occasion(one.contest)}: {voice.party(was)} to "
                f"{voice.party(winner)}."
            ]
    return [f"{voice.party(newest_first[0].result.winner.candidacy.party)} won every time."]


def _made_of(newsroom: Newsroom, seat: SeatRow, line: list[PastContest]) -> tuple[str, ...]:
    """What the seat was before its boundaries changed, or has become."""
    before, after = newsroom.past.before(seat), newsroom.past.after(seat)
    said = []
    if any(one.seat != seat for one in line):
        said.append(f"* Within the boundaries of {before[0].seat.boundaries}.")
    if before:
        said.append(f"Of its people {_parts(before, 'lived in the older')}.")
    if after:
        since = after[0].seat.boundaries
        said.append(
            f"Within its boundaries of {seat.boundaries}; of its people {_parts(after, 'are in')} "
            f"since {since}."
        )
    return tuple(said)


def _parts(related: list[Related], where: str) -> str:
    """“97% lived in the older Tamworth and 3% in Lichfield”, without the smallest parts."""
    large = [one for one in related if one.of_this >= LEAST_PART][:PARTS] or related[:1]
    first, *others = large
    said = [f"{first.of_this:.0%} {where} {first.seat.name}"]
    return voice.row([*said, *(f"{one.of_this:.0%} in {one.seat.name}" for one in others)])
