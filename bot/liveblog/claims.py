"""The figures and names that an entry states. Better to read nothing than to read wrong."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from bot.election.contest import Contest
from bot.election.names import find_names
from bot.liveblog.entry import Entry
from bot.liveblog.figures import read_defended, read_turnout
from bot.liveblog.progress import read_expected, read_stages
from bot.liveblog.sentences import MAX_TEXT, read_sentences
from bot.liveblog.statements import (
    Claim,
    DeclaredClaim,
    ExpectedClaim,
    MajorityDefendedClaim,
    StageClaim,
    TurnoutClaim,
    VenueClaim,
    VotesClaim,
)
from bot.liveblog.votes import read_votes
from bot.liveblog.winners import read_declared

__all__ = [
    "Claim",
    "DeclaredClaim",
    "ExpectedClaim",
    "MajorityDefendedClaim",
    "StageClaim",
    "TurnoutClaim",
    "VenueClaim",
    "VotesClaim",
    "contests_named",
    "read_claims",
]

V = TypeVar("V", int, Decimal)


def contests_named(entry: Entry, contests: Sequence[Contest]) -> frozenset[str]:
    """The ids of the contests that an entry names in its heading, body or captions."""
    captions = [words for p in entry.pictures for words in (p.caption, p.alt) if words]
    text = "\n".join([entry.text, *captions])[:MAX_TEXT]
    return frozenset(name.contest_id for name in find_names(text, contests))


def read_claims(entry: Entry, contests: Sequence[Contest]) -> tuple[Claim, ...]:
    """What an entry states of these contests, each claim with the words it was read from.

    Captions, quotations and questions state nothing. Of one contest and one entry there is one
    turnout, one declaration and one list of votes at most; where an entry contradicts itself,
    there is none.
    """
    if entry.withdrawn:
        return ()
    sentences = read_sentences(entry, contests)
    by_id = {contest.id: contest for contest in contests}
    night = {
        contest.id: contest
        for contest in contests
        if contest.close_of_poll <= entry.published and contest.is_tonight(entry.published)
    }
    tonight = [sentence for sentence in sentences if sentence.contests <= night.keys()]
    declared = read_declared(tonight, night)
    claims: tuple[Claim, ...] = (
        *(claim for s in sentences for claim in read_defended(s, by_id)),
        *_turnouts([claim for s in tonight for claim in read_turnout(s, night)]),
        *(claim for s in tonight for claim in read_expected(s, night, entry.published)),
        *(claim for s in tonight for claim in read_stages(s, night)),
        *declared,
        *read_votes(tonight, night, declared),
    )
    return tuple(_without_contradictions(claims))


def _turnouts(claims: Sequence[TurnoutClaim]) -> Iterator[TurnoutClaim]:
    """Percentage and ballots of one contest in one claim."""
    for contest_id in dict.fromkeys(claim.contest_id for claim in claims):
        own = [claim for claim in claims if claim.contest_id == contest_id]
        percent, ballots = _only({c.percent for c in own}), _only({c.ballots for c in own})
        kept = [
            c for c in own if c.percent == percent is not None or c.ballots == ballots is not None
        ]
        if kept:
            yield TurnoutClaim(
                contest_id=contest_id,
                percent=percent,
                ballots=ballots,
                approximate=any(claim.approximate for claim in kept),
                words=kept[0].words,
            )


def _only(values: set[V | None]) -> V | None:
    known = values - {None}
    return next(iter(known)) if len(known) == 1 else None


def _without_contradictions(claims: Sequence[Claim]) -> Iterator[Claim]:
    """Each thing once, and not at all where an entry says two different things of it."""
    for n, claim in enumerate(claims):
        others = [c for c in claims if _subject(c) == _subject(claim)]
        if others[0] is claims[n] and all(_same(other, claim) for other in others):
            yield claim


def _subject(claim: Claim) -> tuple[str, ...]:
    """What a claim speaks of; one entry can say one thing of it."""
    match claim:
        case StageClaim():
            return (claim.type, claim.contest_id, claim.stage)
        case ExpectedClaim():
            return (claim.type, claim.contest_id, claim.kind)
        case _:
            return (claim.type, claim.contest_id)


def _same(one: Claim, other: Claim) -> bool:
    match one, other:
        case ExpectedClaim(), ExpectedClaim():
            return one.time.at == other.time.at
        case MajorityDefendedClaim(), MajorityDefendedClaim():
            return abs(one.votes - other.votes) * 100 <= max(one.votes, other.votes)
        case _:
            return True
