"""What is wrong, or hard to believe, about figures before they are taken.

A figure that cannot be, and one that is wild, are both said: each may be right all the same (boxes
are found, records are broken), and then somebody insists. Everything that is compared comes in
from outside; the winner, the majority, shares and swings are those that `Result` works out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bot.election.checking_turnout import FAR, doubts_of_turnout
from bot.election.contest import Contest, Party
from bot.election.doubts import Doubt, Reach, Severity, refused_first
from bot.election.misprints import digits_swapped, lines_swapped
from bot.election.result import Outcome, Result, outcome
from bot.election.turnout import Turnout, percent

__all__ = [
    "Doubt", "Known", "Reach", "Severity", "doubt_of_swing", "doubts_of_result",
    "doubts_of_turnout",
]  # fmt: skip

# Points by which a party's share has hardly ever changed.
WILD_CHANGE = 45.0
# Of all papers. Of 3,300 contests since 2010 in 36 more were rejected, up to 7%; in half of them
# 0.3%. With more leeway two swapped digits of the winner's would pass.
MOST_REJECTED = Fraction(1, 100)
# So many were rejected in five contests of those.
WILD_REJECTED = Fraction(3, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a contest while its result comes in.

    `ballots` is an exact count of all papers, `turnout` what was said of it, by any definition;
    `winner` who is said to have won, and `majority` by how many votes, by `source`. The largest
    are those on record, of the same kind of election; None leaves that unchecked.
    """

    ballots: int | None = None
    turnout: Turnout | None = None
    winner: Party | None = None
    majority: int | None = None
    source: str = ""
    largest_swing: Reach | None = None
    largest_majority: Reach | None = None
    largest_overturned: Reach | None = None


def doubts_of_result(result: Result, contest: Contest, known: Known) -> list[Doubt]:
    """What speaks against a result: what does not add up first, then what is wild."""
    return refused_first(
        doubt
        for doubts in (
            _of_sums(result, contest, known),
            _of_others(result, contest, known),
            _wild(result, contest),
            _beyond(result, contest, known),
        )
        for doubt in doubts
    )


def doubt_of_swing(points: float, reach: Reach | None) -> Doubt | None:
    """Whether a swing, in points, is larger than any by-election's on record."""
    if reach is None or points <= reach.value:
        return None
    return Doubt(
        sentence=f"A swing of {points:.1f} points would be the largest on record, more than "
        f"{reach.value:.1f} at {reach.where}. Really?",
        what="swing",
        given=f"{points:.1f}",
        expected=f"up to {reach.value:.1f}",
    )


def _of_sums(result: Result, contest: Contest, known: Known) -> Iterator[Doubt]:
    given = {(line.candidacy.name, line.candidacy.party.name) for line in result.votes}
    missing = [one for one in contest.candidacies if (one.name, one.party.name) not in given]
    total = sum(line.votes for line in result.votes)
    papers = total + (result.rejected or 0)
    if missing:
        names = ", ".join(f"{one.name} ({one.party.short})" for one in missing)
        yield Doubt(
            sentence=f"Without votes: {names}. There are no shares and no swing without them.",
            what="candidates",
            given=str(len(given)),
            expected=str(len(contest.candidacies)),
            severity=Severity.REFUSED,
        )
    if result.undecided:
        names = " and ".join(one.name for one in result.first)
        yield Doubt(
            sentence=f"{names} have {result.winner.votes:,} votes each. Lots are drawn then: the "
            "votes do not say who has won.",
            severity=Severity.REFUSED,
        )
    if contest.electorate and papers > contest.electorate:
        yield Doubt(
            sentence=f"{papers:,} votes are more than {contest.electorate:,} electors.",
            what="votes in all",
            given=f"{papers:,}",
            expected=f"at most {contest.electorate:,}",
            severity=Severity.REFUSED,
        )
    if result.rejected and result.rejected > papers * WILD_REJECTED:
        part = percent(Fraction(result.rejected, papers))
        yield Doubt(
            sentence=f"{result.rejected:,} rejected papers are {part}% of all, which is hardly "
            "ever seen. Really?",
            what="rejected",
            given=f"{result.rejected:,}",
            expected=f"up to {int(papers * MOST_REJECTED):,}",
        )
    if known.ballots is None:
        return
    off = papers - known.ballots
    exact = result.rejected is not None
    few = off < 0 and not missing and (exact or -off > known.ballots * MOST_REJECTED)
    if off > 0 or few:
        yield Doubt(
            sentence=f"The votes add up to {papers:,}, and {known.ballots:,} ballots were counted: "
            f"{abs(off):,} too {'many' if off > 0 else 'few'}.{_misprint(result, off)}",
            what="votes and rejected papers" if exact else "votes in all",
            given=f"{papers:,}",
            expected=f"{known.ballots:,}" if exact else f"{known.ballots:,} less the rejected",
            severity=Severity.REFUSED if off > 0 or exact else Severity.QUESTIONED,
        )


def _misprint(result: Result, off: int) -> str:
    """What may have gone wrong where the sum is off by so much; empty where nothing shows."""
    # Two swapped digits change a number by a multiple of nine.
    if off % 9:
        return ""
    fits = [line for line in result.votes if line.votes - off in digits_swapped(line.votes)]
    if len(fits) == 1:
        return (
            f" Two digits may be swapped: {fits[0].candidacy.name} has {fits[0].votes:,}, and "
            f"{fits[0].votes - off:,} would fit."
        )
    return " Two figures beside each other may be swapped."


def _of_others(result: Result, contest: Contest, known: Known) -> Iterator[Doubt]:
    """What somebody else has said of it."""
    winner = result.winner.candidacy.party
    if known.winner is not None and known.winner != winner:
        yield Doubt(
            sentence=f"{known.source} has {known.winner.name} as the winner, and by these figures "
            f"it is {winner.name}. Are two lines swapped?",
            what="winner",
            given=winner.short,
            expected=known.winner.short,
        )
    elif known.majority is not None and known.majority != result.majority:
        yield Doubt(
            sentence=f"{known.source} has a majority of {known.majority:,}; by these figures it is "
            f"{result.majority:,}.",
            what="majority",
            given=f"{result.majority:,}",
            expected=f"{known.majority:,}",
        )
    valid = result.valid_votes
    stated = None if known.turnout is None else known.turnout.stated
    if known.ballots is None and stated is not None and valid is not None and contest.electorate:
        counted = percent(Fraction(valid + (result.rejected or 0), contest.electorate))
        if abs(counted - stated) >= FAR:
            yield Doubt(
                sentence=f"These votes are {counted}% of {contest.electorate:,} electors, and the "
                f"turnout was said to be {stated}%.",
                what="turnout",
                given=f"{counted}%",
                expected=f"{stated}%",
            )


def _wild(result: Result, contest: Contest) -> Iterator[Doubt]:
    for party in dict.fromkeys(line.candidacy.party for line in result.votes):
        change, share = result.change(contest, party), result.share(party)
        if change is not None and share is not None and abs(change) > WILD_CHANGE:
            before = percent(Fraction(float(share) - change / 100))
            yield Doubt(
                sentence=f"{party.name} at {percent(share)}%, {change:+.1f} points since "
                "last time. Really?",
                what=party.short,
                given=f"{percent(share)}%",
                expected=f"about {before}%",
            )
    if swapped := lines_swapped(result, contest):
        one, other = swapped
        yield Doubt(
            sentence=f"With the votes of {one.candidacy.name} and {other.candidacy.name} the other "
            "way round this would be far nearer to last time. Are the two swapped?",
            what=f"{one.candidacy.name} and {other.candidacy.name}",
            given=f"{one.votes:,} and {other.votes:,}",
            expected=f"{other.votes:,} and {one.votes:,}?",
        )


def _beyond(result: Result, contest: Contest, known: Known) -> Iterator[Doubt]:
    """What would be the largest on record."""
    winner = result.winner.candidacy.party
    swing = result.swing(contest, to=winner, losing=result.runner_up.candidacy.party)
    doubt = None if swing is None else doubt_of_swing(abs(swing), known.largest_swing)
    if doubt is not None:
        yield doubt
    majorities = [("majority", result.majority, known.largest_majority)]
    previous = contest.previous
    if (
        outcome(contest, winner) is Outcome.GAIN
        and previous is not None
        and previous.majority is not None
        and contest.holder is not None
        and previous.winner.short == contest.holder.short
    ):
        majorities.append(("majority overturned", previous.majority, known.largest_overturned))
    for what, votes, reach in majorities:
        if reach is not None and votes > reach.value:
            yield Doubt(
                sentence=f"A {what} of {votes:,} would be the largest on record, more than "
                f"{reach.value:,.0f} at {reach.where}. Really?",
                what=what,
                given=f"{votes:,}",
                expected=f"up to {reach.value:,.0f}",
            )
