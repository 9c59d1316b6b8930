"""Results on which two sources differ: shown to the desk side by side, once.

What is said now is compared with what was told, so that the same difference is told once, a change
of it changes the note, and one that is settled is struck.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import structlog

from bot.chat.events import SourcesDiffer
from bot.desk_notes import DeskNotes
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.result import Declaration, outcome, result_of
from bot.liveblog.statements import Claim, DeclaredClaim, VotesClaim
from bot.memory import TellingRows, Told
from bot.ports import Clock, Newsroom, NewsroomAt

log = structlog.get_logger()

Statement = Figure[Declaration]


class Differences:
    """Looks at what sources say of results; a pair of them counts where one is in `names`.

    Those are the results sources. What two live blogs say otherwise than each other is no news.
    """

    def __init__(
        self,
        *,
        rows: TellingRows,
        newsroom_at: NewsroomAt,
        notes: DeskNotes,
        clock: Clock,
        names: frozenset[str],
    ) -> None:
        self._rows = rows
        self._newsroom_at = newsroom_at
        self._notes = notes
        self._clock = clock
        self._names = names

    async def look(self, touched: frozenset[str] | None = None) -> None:
        """Compare what is said of these contests (None for all), and queue what is new."""
        if not self._names:
            return
        newsroom = self._newsroom_at(self._clock.now())
        for contest in await newsroom.contests():
            if touched is not None and contest.id not in touched:
                continue
            said = statements(contest, await newsroom.stated(contest))
            if len(said) < 2:
                continue
            declared = await newsroom.declaration(contest)
            used = "" if declared is None else declared.source.name
            said.sort(key=lambda statement: statement.source.name != used)
            for one, other in combinations(said, 2):
                if self._names & {one.source.name, other.source.name}:
                    await self._compare(newsroom, contest, one, other, used)

    async def _compare(
        self,
        newsroom: Newsroom,
        contest: Contest,
        one: Statement,
        other: Statement,
        used: str,
    ) -> None:
        names = sorted((one.source.name, other.source.name))
        subject = f"differ:{contest.id}:{names[0]}:{names[1]}"
        told = await self._rows.told(subject, str)
        now = _told(one, other)
        apart = differ(one.value, other.value)
        if not apart and (told is None or not told.standing):
            return
        if apart and told is not None and told.standing and told.value == now:
            return
        version = 1 if told is None else told.version + 1
        event = SourcesDiffer(
            contest=contest,
            statements=(one, other),
            used=used,
            at=newsroom.now,
            agree=not apart,
        )
        note = self._notes.note(
            event,
            subject,
            contest,
            await self._notes.hearing(newsroom, contest),
            version=version,
            news=apart,
        )
        log.info("differences.told", contest=contest.id, between=names, apart=apart)
        standing = Told(version=version, value=now, standing=apart)
        await self._rows.tell(subject, str, standing, [note], newsroom.now)


def statements(contest: Contest, stated: Sequence[Figure[Claim]]) -> list[Statement]:
    """What each source says of a result, the one with most standing, and of those the last, first.

    A winner that a source has named without votes is left out where it has the votes too.
    """
    by_source: dict[str, Statement] = {}
    for figure in stated:
        value = _declaration(contest, figure.value)
        if value is None:
            continue
        before = by_source.get(figure.source.name)
        if before is None or value.result is not None or before.value.result is None:
            by_source[figure.source.name] = Figure(
                value=value, source=figure.source, at=figure.at, standing=figure.standing
            )
    return sorted(by_source.values(), key=lambda one: (one.standing.rank, one.at), reverse=True)


def differ(one: Declaration, other: Declaration) -> bool:
    """Whether two say another winner, another majority, or other votes of a candidate."""
    if one.winner.short != other.winner.short:
        return True
    if None not in (one.majority, other.majority) and one.majority != other.majority:
        return True
    mine, its = dict(_votes(one)), dict(_votes(other))
    return any(mine[name] != its[name] for name in mine.keys() & its.keys())


def _declaration(contest: Contest, claim: Claim) -> Declaration | None:
    if isinstance(claim, VotesClaim):
        result = result_of(contest, claim.votes, claim.lot)
        if result is None or result.undecided:
            return None
        winner = result.winner.candidacy
        return Declaration(
            winner=winner.party,
            candidate=winner.name,
            outcome=outcome(contest, winner.party),
            result=result,
        )
    if not isinstance(claim, DeclaredClaim):
        return None
    party = next((c.party for c in contest.candidacies if c.party.short == claim.party), None)
    if party is None:
        return None
    return Declaration(
        winner=party,
        candidate=claim.candidate,
        outcome=outcome(contest, party) or claim.outcome,
        stated_majority=claim.majority,
    )


def _votes(declaration: Declaration) -> Iterator[tuple[str, int]]:
    if declaration.result is not None:
        for line in declaration.result.votes:
            yield f"{line.candidacy.name} ({line.candidacy.party.short})", line.votes


def _told(one: Statement, other: Statement) -> str:
    """What two say, to know it again; whichever of them is used."""
    said = (
        f"{each.source.name}: {each.value.winner.short} {each.value.majority} "
        f"{sorted(_votes(each.value))}"
        for each in (one, other)
    )
    return "\n".join(sorted(said))
