"""Where somebody stands."""

from collections.abc import Iterator, Sequence
from string import ascii_uppercase

from bot.chat.command import command
from bot.chat.people import read_person
from bot.chat.reply import Choice, Reply, Table
from bot.election.contest import Candidacy, Contest
from bot.election.names import fold
from bot.election.occasion import Occasion, read_occasion
from bot.election.result import CandidateVotes
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
    people = _People(
        [[one.person_id for _, one in tonight]]
        + [[line.candidacy.person_id for _, line in _lines(one, name)] for one in reversed(before)]
    )
    rows = tuple(row for one in reversed(before) for row in _rows(one, name, people))[:SHOWN]
    columns = ("", "", "party", "votes", "") + (("who",) if people.several else ())
    table = Table(columns=columns, rows=rows, right=frozenset({3}))
    lines: list[str] = []
    if len(before) + len(tonight) > 1 and (told := people.told()):
        lines.append(told)
    if tonight:
        contest, one = tonight[0]
        title = f"{one.name} stands in {contest.name} tonight ({voice.party(one.party)})"
        origin = then.of_the_night(contest)
    else:
        last = before[-1]
        contest, (place, line) = last.contest, _lines(last, name)[0]
        one, elected = line.candidacy, "elected" if place == 1 else "not elected"
        title = f"{one.name}: {then.title(newsroom, contest)} ({voice.party(one.party)}), {elected}"
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


class _People:
    """Who of a name is who, by their numbers; many on record have none.

    `stood` are the numbers of those who stood together, for each contest, the latest first.
    """

    def __init__(self, stood: Sequence[Sequence[str | None]]) -> None:
        ids = [id for each in stood for id in each]
        self._known = list(dict.fromkeys(id for id in ids if id is not None))
        self._unknown = None in ids
        self.several = len(self._known) > 1 or any(len(each) > 1 for each in stood[1:])

    def called(self, person_id: str | None) -> str:
        """A letter for each person, the latest to stand first; “?” for whom nobody has told."""
        return "?" if person_id is None else ascii_uppercase[self._known.index(person_id) % 26]

    def told(self) -> str:
        """What is known of whether they are one person; nothing where they surely are."""
        if self.several:
            unknown = "; “?” is one whose number is not on record" if self._unknown else ""
            return f"More than one person of this name has stood; each has a letter{unknown}."
        return "Whether these are all the same person is not on record." if self._unknown else ""


def _lines(one: PastContest, name: str) -> list[tuple[int, CandidateVotes]]:
    """Place and votes of everybody of a folded name who stood in a contest, most votes first."""
    return [
        (place, line)
        for place, line in enumerate(one.result.votes, 1)
        if fold(line.candidacy.name) == name
    ]


def _rows(one: PastContest, name: str, people: _People) -> Iterator[tuple[str, ...]]:
    for place, line in _lines(one, name):
        row = (
            one.contest.name,
            then.occasion_briefly(one.contest),
            line.candidacy.party.short,
            voice.number(line.votes),
            "elected" if place == 1 else f"{place}.",
        )
        yield (*row, people.called(line.candidacy.person_id)) if people.several else row
