"""What is wrong, or hard to believe, about figures before they are taken.

A figure that cannot be, and one that is wild, are both questioned: each may be right all the same
(boxes are found, records are broken), and then somebody says so a second time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from bot.election.contest import Contest, Party
from bot.election.result import Result
from bot.election.turnout import Turnout, percent

LOW_TURNOUT, HIGH_TURNOUT = Fraction(10, 100), Fraction(90, 100)
# Points by which a turnout, or a party's share, has hardly ever changed.
WILD_TURNOUT_CHANGE, WILD_CHANGE = 40.0, 45.0
# Of all papers, more were never rejected.
MOST_REJECTED = Fraction(3, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something that speaks against figures: a sentence, and what was given and expected."""

    sentence: str
    what: str = ""
    given: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The largest swing (points) or majority (votes) that the record has, and where it was."""

    value: float
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a contest while its result comes in.

    `ballots` is an exact count of all papers; `winner` who is said to have won, and `majority` by
    how many votes, by `source`.
    """

    ballots: int | None = None
    winner: Party | None = None
    majority: int | None = None
    source: str = ""
    largest_swing: Reach | None = None


def doubts_of_turnout(turnout: Turnout, contest: Contest, before: Turnout | None) -> list[Doubt]:
    """What speaks against a turnout; `before` is what was known until now."""
    return list(_of_turnout(turnout, contest, before))


def doubts_of_result(result: Result, contest: Contest, known: Known) -> list[Doubt]:
    """What speaks against a result: what does not add up first, then what is wild."""
    return [*_of_sums(result, contest, known), *_of_others(result, known), *_wild(result, contest)]


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


def _of_turnout(turnout: Turnout, contest: Contest, before: Turnout | None) -> Iterator[Doubt]:
    shown = turnout.shown()
    if shown is None:
        return
    counted = None
    if turnout.ballots is not None and turnout.electorate:
        counted = percent(Fraction(turnout.ballots, turnout.electorate))
    if turnout.stated is not None and counted is not None and turnout.stated != counted:
        yield Doubt(
            sentence=f"{turnout.ballots:,} of {turnout.electorate:,} are {counted}%, not "
            f"{turnout.stated}%.",
            what="turnout",
            given=f"{turnout.stated}%",
            expected=f"{counted}%",
        )
    if turnout.electorate and contest.electorate and turnout.electorate != contest.electorate:
        yield Doubt(
            sentence=f"The electorate on record is {contest.electorate:,}.",
            what="electorate",
            given=f"{turnout.electorate:,}",
            expected=f"{contest.electorate:,}",
        )
    if not LOW_TURNOUT * 100 <= shown <= HIGH_TURNOUT * 100:
        yield Doubt(sentence=f"A turnout of {shown}% is hardly ever seen. Really?")
    last = None if contest.previous is None else contest.previous.turnout_percent
    if last is not None and abs(float(shown) - last) > WILD_TURNOUT_CHANGE:
        yield Doubt(
            sentence=f"That is {abs(float(shown) - last):.1f} points from last time's {last:.1f}%. "
            "Really?",
            what="turnout",
            given=f"{shown}%",
            expected=f"about {last:.1f}%",
        )
    known = None if before is None else before.shown()
    if known is not None and abs(known - shown) >= 1:
        yield Doubt(
            sentence=f"Until now it was {known}%.",
            what="turnout",
            given=f"{shown}%",
            expected=f"{known}%",
        )


def _of_sums(result: Result, contest: Contest, known: Known) -> Iterator[Doubt]:
    given = {line.candidacy.name for line in result.votes}
    missing = [one for one in contest.candidacies if one.name not in given]
    total = sum(line.votes for line in result.votes)
    papers = total + (result.rejected or 0)
    if missing:
        names = ", ".join(f"{one.name} ({one.party.short})" for one in missing)
        yield Doubt(
            sentence=f"Without votes: {names}. There are no shares and no swing without them.",
            what="candidates",
            given=str(len(given)),
            expected=str(len(contest.candidacies)),
        )
    if contest.electorate and papers > contest.electorate:
        yield Doubt(
            sentence=f"{papers:,} votes are more than {contest.electorate:,} electors.",
            what="votes in all",
            given=f"{papers:,}",
            expected=f"at most {contest.electorate:,}",
        )
    if known.ballots is None or missing:
        return
    off = papers - known.ballots
    exact = result.rejected is not None
    if off > 0 or (exact and off < 0) or -off > known.ballots * MOST_REJECTED:
        hint = " Two figures beside each other may be swapped." if abs(off) % 9 == 0 else ""
        yield Doubt(
            sentence=f"The votes add up to {papers:,}, and {known.ballots:,} ballots were counted: "
            f"{abs(off):,} too {'many' if off > 0 else 'few'}.{hint}",
            what="votes and rejected papers" if exact else "votes in all",
            given=f"{papers:,}",
            expected=f"{known.ballots:,}" if exact else f"{known.ballots:,} less the rejected",
        )


def _of_others(result: Result, known: Known) -> Iterator[Doubt]:
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


def _wild(result: Result, contest: Contest) -> Iterator[Doubt]:
    for line in result.votes:
        change = result.change(contest, line.candidacy.party)
        share = result.share_of(line)
        if change is not None and share is not None and abs(change) > WILD_CHANGE:
            yield Doubt(
                sentence=f"{line.candidacy.party.name} at {percent(share)}%, {change:+.1f} points "
                "since last time. Really?",
                what=line.candidacy.party.short,
                given=f"{percent(share)}%",
                expected=f"about {percent(share) - round(_decimal(change), 1)}%",
            )


def _decimal(value: float) -> Decimal:
    return Decimal(str(round(value, 1)))
