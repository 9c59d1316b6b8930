"""Where somebody stands."""

from collections.abc import Sequence

from bot.chat.command import command
from bot.chat.people import read_person
from bot.chat.reply import Choice, Reply, Table
from bot.election.contest import Candidacy, Contest
from bot.election.names import fold
from bot.election.occasion import Occasion, read_occasion
from bot.errors import AskError
from bot.ports import Newsroom
from bot.record.people import of_name
from bot.record.record import PastContest
from handlers import then, voice

OFFERS, SHOWN = 6, 10


@command(
    "where",
    also=(
        "which seat is … standing in",
        "what seat is … standing in",
        "which seat is … in",
        "what seat is … in",
        "which seat … stand",
        "which seat … standing",
        "which seat … fight",
        "what seat … stand",
        "what seat … standing",
        "what seat … fight",
        "which constituency … standing",
        "where did … stand",
        "where is … standing",
    ),
    examples=(
        "where Sarah Edwards",
        "where is Sarah Edwards standing?",
        "where did Boris Johnson stand?",
    ),
)
async def where(newsroom: Newsroom, who: str) -> Reply:
    """Where a candidate stands, or has stood, and how it went."""
    occasion, words = read_occasion(who)
    name = read_person(words)
    if not name:
        raise AskError("Whom do you mean? For example “where is Sarah Edwards standing?”.")
    tonight = [
        (contest, one)
        for contest in await newsroom.contests()
        if contest.is_tonight(newsroom.now)
        for one in contest.candidacies
        if of_name(fold(name), [one.name])
    ]
    here = {fold(one.name) for _, one in tonight}
    found = sorted(here) if here else newsroom.past.people(name, OFFERS)
    if not found:
        return Reply(
            title=f"Nobody called “{name[:60]}” is on record",
            lines=("The record has all who stood for the House of Commons since 2010.",),
            error=True,
        )
    if len(found) > 1 or not set(fold(name).split()) <= set(found[0].split()):
        return Reply(
            title="Whom do you mean?",
            choices=tuple(
                Choice(label=one.title(), ask=f"where {one.title()}") for one in found[:OFFERS]
            ),
            error=True,
        )
    ids = {contest.id for contest, _ in tonight}
    before = [one for one in newsroom.past.stood(found[0]) if one.contest.id not in ids]
    if occasion:
        before = [one for one in before if occasion.fits(one.contest)]
        tonight = [pair for pair in tonight if occasion.fits(pair[0])]
    return _told(newsroom, found[0], tonight, before, occasion)


def _told(
    newsroom: Newsroom,
    name: str,
    tonight: Sequence[tuple[Contest, Candidacy]],
    before: Sequence[PastContest],
    occasion: Occasion,
) -> Reply:
    """Where somebody stands tonight, else stood last, and every time before."""
    if not tonight and not before:
        return Reply(title=f"{name.title()} is not on record for that time", error=True)
    rows = tuple(row for one in reversed(before) for row in _rows(one, name))[:SHOWN]
    table = Table(columns=("", "", "party", "votes", ""), rows=rows, right=frozenset({3}))
    lines = []
    people = {
        line.candidacy.person_id
        for one in before
        for line in one.result.votes
        if fold(line.candidacy.name) == name
    }
    if len(before) + len(tonight) > 1:
        several = len(people - {None}) > 1
        lines.append(
            "More than one person of this name is among these."
            if several
            else "People of the same name are not told apart here."
        )
    if tonight:
        contest, one = tonight[0]
        title = f"{one.name} stands in {contest.name} tonight ({voice.party(one.party)})"
        origin = then.of_the_night(contest)
    else:
        last = before[-1]
        contest = last.contest
        line = next(each for each in last.result.votes if fold(each.candidacy.name) == name)
        elected = "elected" if line is last.result.winner else "not elected"
        title = (
            f"{line.candidacy.name}: {then.title(newsroom, contest)} "
            f"({voice.party(line.candidacy.party)}), {elected}"
        )
        origin = voice.origin(last.figure_of_declaration())
        lines += last.remarks
    return Reply(
        title=title,
        lines=tuple(lines),
        table=table if rows else None,
        origin=origin,
        contest=contest.id,
        value=contest.id,
        details={"contests": [*(c.id for c, _ in tonight), *(one.contest.id for one in before)]},
    )


def _rows(one: PastContest, name: str) -> list[tuple[str, ...]]:
    return [
        (
            one.contest.name,
            then.occasion_briefly(one.contest),
            line.candidacy.party.short,
            voice.number(line.votes),
            "elected" if line is one.result.winner else f"{place}.",
        )
        for place, line in enumerate(one.result.votes, 1)
        if fold(line.candidacy.name) == name
    ]
