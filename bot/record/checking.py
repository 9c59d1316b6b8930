"""What the source of the record contradicts itself in. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from bot.election.turnout import percent

# Shares are stated to three places or more, turnouts to two.
_SHARE_OFF, _TURNOUT_OFF = 0.0006, 0.011
_Candidate = tuple[str, str, str, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestStated:
    """A contest as its source states it: the totals, and what they should be made of.

    `candidates` are name, short party, party, votes and stated share.
    """

    electorate: int
    valid: int
    rejected: int | None
    majority: int
    winner: str
    first: str
    second: str
    turnout_valid: str
    turnout_all: str
    candidates: tuple[_Candidate, ...]


def contradictions(stated: ContestStated) -> Iterator[str]:
    """Each contradiction as a sentence. Raises `ValueError` for numbers that cannot be at all."""
    ranked = sorted(stated.candidates, key=lambda one: -one[3])
    _possible(stated, ranked)
    total = sum(one[3] for one in ranked)
    if total != stated.valid:
        yield (
            f"The record's candidates add up to {total:,} votes, its number of valid votes is "
            f"{stated.valid:,}."
        )
    majority = ranked[0][3] - ranked[1][3]
    if majority != stated.majority:
        yield (
            f"The record states a majority of {stated.majority:,}; by its votes it is {majority:,}."
        )
    if stated.rejected is None:
        yield "The record has no number of rejected ballots."
    if stated.winner != ranked[0][0]:
        yield f"The record names {stated.winner} as the winner; by its votes it is {ranked[0][0]}."
    for place, said, (name, short, party, *_) in (
        ("first", stated.first, ranked[0]),
        ("second", stated.second, ranked[1]),
    ):
        if said != short and said.casefold() not in party.casefold():
            yield (
                f"The record names {said} as the {place} party; its candidate {name} is listed as "
                f"{party}."
            )
    if any(_is_off(one, stated.valid) for one in ranked):
        yield "The record states shares that its votes do not give; shares here are computed."
    yield from _turnouts(stated)


def _possible(stated: ContestStated, ranked: list[_Candidate]) -> None:
    if stated.electorate <= 0:
        raise ValueError(f"an electorate of {stated.electorate:,}")
    papers = max(stated.valid, sum(one[3] for one in ranked)) + (stated.rejected or 0)
    if papers > stated.electorate:
        raise ValueError(f"{papers:,} ballots of {stated.electorate:,} electors")
    numbers = (stated.valid, stated.rejected or 0, stated.majority, *(one[3] for one in ranked))
    if min(numbers) < 0:
        raise ValueError("a number below nought")
    if ranked[0][3] == ranked[1][3]:
        raise ValueError("the first two have the same votes, and the record cannot say who won")


def _is_off(candidate: _Candidate, valid: int) -> bool:
    *_, votes, share = candidate
    return bool(share.strip()) and abs(votes / valid - float(share)) > _SHARE_OFF


def _turnouts(stated: ContestStated) -> Iterator[str]:
    """Stated turnouts, in per cent, that the stated numbers do not give."""
    papers = None if stated.rejected is None else stated.valid + stated.rejected
    for said, counted, what in (
        (stated.turnout_valid, stated.valid, "valid votes"),
        (stated.turnout_all, papers, "all ballots"),
    ):
        if not said.strip() or counted is None:
            continue
        computed = percent(Fraction(counted, stated.electorate), 2)
        if abs(float(said) - float(computed)) > _TURNOUT_OFF:
            yield f"The record states a turnout of {said}% of {what}; its numbers give {computed}%."
