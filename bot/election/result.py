"""A result: who won, by how much, and what changed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from bot.election.contest import Candidacy, Contest, Party


class Outcome(StrEnum):
    """What the winner's party did with the seat."""

    HOLD = "hold"
    GAIN = "gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateVotes:
    """A candidacy and its votes."""

    candidacy: Candidacy
    votes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """Votes by candidacy, most first, of one contest.

    `complete` is false where only some candidates' votes are known (a blog often gives the first
    three): then there are no shares and no swing, and the majority stands because the first two
    are in it. Where the first have the same votes, lots are drawn, and who was drawn (`lot`) comes
    first. Raises `ValueError` for fewer than two candidacies, one named twice, votes below
    nought, or a lot that was not between those who come first.
    """

    contest_id: str
    votes: tuple[CandidateVotes, ...]
    rejected: int | None = None
    complete: bool = True
    lot: Candidacy | None = None

    def __post_init__(self) -> None:
        # Two people of one name have stood against each other, for different parties.
        stood = [(line.candidacy.name, line.candidacy.party.name) for line in self.votes]
        if len(stood) < 2:
            raise ValueError("a result needs the votes of two candidates at least")
        if len(set(stood)) != len(stood):
            raise ValueError("a candidate stands twice in the result")
        if any(line.votes < 0 for line in self.votes):
            raise ValueError("votes cannot be below nought")
        ordered = sorted(self.votes, key=lambda line: (-line.votes, line.candidacy != self.lot))
        object.__setattr__(self, "votes", tuple(ordered))
        if self.lot is not None and not (self.tied and self.lot in self.first):
            raise ValueError("lots are drawn between those who have most votes, and nobody else")

    @property
    def tied(self) -> bool:
        """Whether the first two have the same votes; the returning officer then draws lots."""
        return self.votes[0].votes == self.votes[1].votes

    @property
    def undecided(self) -> bool:
        """Whether it is tied, and nobody has said who was drawn."""
        return self.tied and self.lot is None

    @property
    def first(self) -> tuple[Candidacy, ...]:
        """Who has most votes: one candidacy, or in a tie all that have as many."""
        return tuple(line.candidacy for line in self.votes if line.votes == self.votes[0].votes)

    @property
    def winner(self) -> CandidateVotes:
        """The line with most votes, in a tie that of who was drawn: ask `undecided` first."""
        return self.votes[0]

    @property
    def runner_up(self) -> CandidateVotes:
        """The line with the second most votes."""
        return self.votes[1]

    @property
    def majority(self) -> int:
        """The winner's votes less the runner-up's."""
        return self.winner.votes - self.runner_up.votes

    @property
    def valid_votes(self) -> int | None:
        """All votes together, known only where the result is complete."""
        return sum(line.votes for line in self.votes) if self.complete else None

    def share(self, party: Party) -> Fraction | None:
        """A party's part of the valid votes as a fraction; None where that cannot be known."""
        total = self.valid_votes
        votes = [line.votes for line in self.votes if line.candidacy.party == party]
        return Fraction(sum(votes), total) if total and votes else None

    def share_of(self, line: CandidateVotes) -> Fraction | None:
        """One candidate's part of the valid votes; None where that cannot be known."""
        total = self.valid_votes
        return Fraction(line.votes, total) if total else None

    def change(self, contest: Contest, party: Party) -> float | None:
        """Change of a party's share since the previous result, in percentage points.

        None where it did not stand on both days, and for independents, who are no party.
        """
        if party.independent:
            return None
        now, before = self.share(party), _share_before(contest, party)
        return None if now is None or before is None else (float(now) - before) * 100

    def swing(self, contest: Contest, *, to: Party, losing: Party) -> float | None:
        """Butler swing in percentage points: half of the one's rise less half of the other's.

        Positive where it runs `to` the first party; None where a share is not known.
        """
        gained, lost = self.change(contest, to), self.change(contest, losing)
        return None if gained is None or lost is None else (gained - lost) / 2


def result_of(
    contest: Contest, votes: Iterable[tuple[str, int]], lot: str | None = None
) -> Result | None:
    """The result that votes and a `lot` give, by the words of the contest's `ballot_paper`.

    Lines of nobody on it are left out, as where a paper was corrected since. None where one of the
    first two may be among them, where fewer than two are left, and where one stands twice.
    """
    given, paper = list(votes), contest.ballot_paper
    lines = [
        CandidateVotes(candidacy=paper[name], votes=votes) for name, votes in given if name in paper
    ]
    second = sorted(line.votes for line in lines)[-2:][0] if len(lines) > 1 else 0
    left_out = max((votes for name, votes in given if name not in paper), default=-1)
    if len(lines) < 2 or left_out >= second or len({name for name, _ in given}) < len(given):
        return None
    result = Result(contest_id=contest.id, votes=tuple(lines), complete=len(lines) == len(paper))
    drawn = paper.get(lot or "")
    return replace(result, lot=drawn) if result.tied and drawn in result.first else result


def outcome(contest: Contest, winner: Party) -> Outcome | None:
    """Hold or gain, against the party that held the seat; None where the holder is not known."""
    if contest.holder is None:
        return None
    return Outcome.HOLD if contest.holder.short == winner.short else Outcome.GAIN


def _share_before(contest: Contest, party: Party) -> float | None:
    return None if contest.previous is None else contest.previous.shares.get(party.short)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What is known of a declared contest: the winner, and the votes where they are known too."""

    winner: Party
    candidate: str | None = None
    outcome: Outcome | None = None
    stated_majority: int | None = None
    result: Result | None = None

    @property
    def majority(self) -> int | None:
        """Computed from the votes where they are known, else as it was stated; in votes."""
        return self.result.majority if self.result is not None else self.stated_majority

    @property
    def by_lot(self) -> bool:
        """Whether lots have decided: nobody wins by no vote otherwise."""
        return self.majority == 0
