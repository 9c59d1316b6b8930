"""Slips that a right sum, or last time's shares, give away: digits and lines that are swapped."""

from itertools import combinations

from bot.election.contest import Contest
from bot.election.result import CandidateVotes, Result

# Points by which all changes together must be smaller the other way round. Of real results since
# 2010 this asks about one by-election in 16 and one seat in 140 at a general election; of results
# with the winner's votes and the third's swapped it finds three in four.
NEARER = 40.0


def digits_swapped(number: int) -> set[int]:
    """The numbers that differ from a whole one by two swapped digits that stand side by side."""
    digits = str(number)
    swapped = {
        int(digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :])
        for at in range(len(digits) - 1)
        # No number is written with a nought in front.
        if at or digits[1] != "0"
    }
    return swapped - {number}


def lines_swapped(result: Result, contest: Contest) -> tuple[CandidateVotes, CandidateVotes] | None:
    """The two candidates whose votes, the other way round, are far nearer to last time's shares.

    None where there are none, or where the shares of one of the days are not known. A party that
    did not stand, and independents, had no votes last time. Two parties that were near to each
    other last time cannot be told apart like this.
    """
    if contest.previous is None or not result.valid_votes:
        return None
    before = {
        line: 0.0
        if line.candidacy.party.independent
        else contest.previous.shares.get(line.candidacy.party.short, 0.0) * 100
        for line in result.votes
    }

    def nearer(pair: tuple[CandidateVotes, CandidateVotes]) -> float:
        """By how many points the changes of both are smaller the other way round."""
        one, other = pair
        share, others = (float(result.share_of(line) or 0) * 100 for line in pair)
        as_given = abs(share - before[one]) + abs(others - before[other])
        return as_given - abs(others - before[one]) - abs(share - before[other])

    best = max(combinations(result.votes, 2), key=nearer)
    return best if nearer(best) > NEARER else None
