"""The figure that counts, of all that were said: standing first, then the desk, then the newest."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row

from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.figure import Figure, Source, Standing
from bot.election.result import Declaration, Result, outcome, result_of
from bot.election.turnout import Turnout
from bot.liveblog.claims import (
    Claim,
    DeclaredClaim,
    ExpectedClaim,
    MajorityDefendedClaim,
    StageClaim,
    TurnoutClaim,
    VotesClaim,
)
from bot.ports import Expected

# A claim that is in force, with its row.
FigureRow = Row[*tuple[Any, ...]]
Said = tuple[Claim, FigureRow]
C = TypeVar("C", bound=Claim)
T = TypeVar("T")

_STAGES = list(Stage)


def turnout_of(contest: Contest, said: Iterable[Said]) -> Figure[Turnout] | None:
    """The best turnout; more ballot papers than electors are left out. None where none is."""
    best = _best(_of(said, TurnoutClaim))
    if best is None:
        return None
    claim, row = best
    ballots = claim.ballots
    if ballots is not None and contest.electorate and ballots > contest.electorate:
        ballots = None
    if ballots is None and claim.percent is None:
        return None
    return figure_of(
        row,
        Turnout(
            electorate=contest.electorate,
            ballots=ballots,
            stated=claim.percent,
            ballots_approximate=claim.approximate,
        ),
    )


def declaration_of(contest: Contest, said: Sequence[Said]) -> Figure[Declaration] | None:
    """The result as far as it was said, votes before a winner alone; None: not declared."""
    declared = _best(_of(said, DeclaredClaim))
    counted = _best(_of(said, VotesClaim))
    if _overrules(declared, counted, contest):
        counted = None
    result = None if counted is None else _result(contest, counted[0])
    by_short = {c.party.short: c.party for c in contest.candidacies}
    if result is not None and counted is not None and not result.undecided:
        winner, row = result.winner.candidacy, counted[1]
        claim = declared[0] if declared is not None else None
        return figure_of(
            row,
            Declaration(
                winner=winner.party,
                candidate=winner.name,
                outcome=outcome(contest, winner.party),
                stated_majority=None if claim is None else claim.majority,
                result=result,
            ),
        )
    if declared is None or (party := by_short.get(declared[0].party)) is None:
        return None
    claim = declared[0]
    only = contest.candidacy_of(party.short)
    return figure_of(
        declared[1],
        Declaration(
            winner=party,
            candidate=claim.candidate or (None if only is None else only.name),
            outcome=outcome(contest, party) or claim.outcome,
            stated_majority=claim.majority,
        ),
    )


def majority_defended_of(said: Iterable[Said]) -> Figure[int] | None:
    """Votes by which the holder won last time, as reported; None where nobody did."""
    best = _best(_of(said, MajorityDefendedClaim))
    return None if best is None else figure_of(best[1], best[0].votes)


def stage_of(said: Iterable[Said]) -> Figure[Stage] | None:
    """The furthest stage that was stated; None where nothing was said of the count."""
    stages = _of(said, StageClaim)
    if not stages:
        return None
    claim, row = max(stages, key=lambda pair: (_STAGES.index(pair[0].stage), pair[1].at))
    return figure_of(row, claim.stage)


def timetable_of(contest: Contest, said: Iterable[Said]) -> list[Expected]:
    """The milestones of a contest with their expected times, soonest first.

    Of several words on one milestone the last said counts, not the last read: an edit of an old
    entry does not bring an old estimate back. What the desk has said counts until it says
    something else; what others say since is only suggested.
    """
    latest: dict[MilestoneKind, tuple[ExpectedClaim, FigureRow]] = {}
    of_the_desk: dict[MilestoneKind, tuple[ExpectedClaim, FigureRow]] = {}
    for claim, row in in_order(_of(said, ExpectedClaim)):
        latest[claim.kind] = (claim, row)
        if row.journal is not None:
            of_the_desk[claim.kind] = (claim, row)
    found = []
    for kind, last in latest.items():
        claim, row = of_the_desk.get(kind, last)
        other = None if claim.time.says(last[0].time) else figure_of(last[1], last[0].time)
        time = figure_of(row, claim.time)
        found.append(Expected(contest=contest, kind=kind, time=time, suggested=other))
    return sorted(found, key=lambda one: one.time.value.at)


def in_order(said: Iterable[tuple[C, FigureRow]]) -> list[tuple[C, FigureRow]]:
    """Claims in the order in which they were said."""
    return sorted(said, key=lambda pair: (pair[1].at, pair[1].id))


def figure_of(row: FigureRow, value: T) -> Figure[T]:
    """A value with who said it, when, and with what standing."""
    return Figure(
        value=value,
        source=Source(name=row.source_name, url=row.source_url),
        at=row.at,
        standing=Standing(row.standing),
    )


def _of(said: Iterable[Said], kind: type[C]) -> list[tuple[C, FigureRow]]:
    return [(claim, row) for claim, row in said if isinstance(claim, kind)]


def _best(figures: Iterable[tuple[C, FigureRow]]) -> tuple[C, FigureRow] | None:
    """The figure of the highest standing, and of those the last said.

    What came through the desk's door goes before what a blog's prose was read to say.
    """
    return max(
        figures,
        key=lambda pair: (
            Standing(pair[1].standing).rank,
            pair[1].journal is not None,
            pair[1].at,
            pair[1].id,
        ),
        default=None,
    )


def _overrules(
    declared: tuple[DeclaredClaim, FigureRow] | None,
    counted: tuple[VotesClaim, FigureRow] | None,
    contest: Contest,
) -> bool:
    """Whether a winner that was stated alone has more standing than votes for somebody else."""
    if declared is None or counted is None:
        return False
    result = _result(contest, counted[0])
    if result is None or result.undecided:
        return False
    ranks = (Standing(declared[1].standing).rank, Standing(counted[1].standing).rank)
    return ranks[0] > ranks[1] and result.winner.candidacy.party.short != declared[0].party


def _result(contest: Contest, claim: VotesClaim) -> Result | None:
    return result_of(contest, claim.votes, claim.lot)
