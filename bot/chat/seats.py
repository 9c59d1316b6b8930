"""The seat that a question speaks of, among all its other words."""

import re
from collections.abc import Sequence

from bot.chat.catalogue import content
from bot.election.contest import Contest
from bot.election.names import Match, find_names, fold, resolve

_FIRST_LETTER = re.compile(r"(?<![\w'’-])\w")
_SMALL_TALK = """
about an and any are at by-election constituency contest for hello hey hi how in is it now of on our
please pls right seat so thanks the then up what
"""
_BESIDE_A_SEAT_ALONE = frozenset(_SMALL_TALK.split())
_BEFORE_A_SEAT = re.compile(r"\b(?:in|for|from|at|of)\b", re.IGNORECASE)


def seat_asked(words: str, rest: str, contests: Sequence[Contest]) -> Match:
    """The contests that a question may mean.

    `words` are what it says besides its command, without small words, and `rest` with them. They
    are the seat's name; else a name stands somewhere in them; else it is what follows “in”.
    """
    match = resolve(words, contests)
    if match.certain:
        return match
    seats = _named(rest, contests)[0]
    if len(seats) == 1:
        return resolve(seats[0].name, contests)
    if seats:
        return Match(contests=tuple(seats))
    behind = content(_BEFORE_A_SEAT.split(rest)[-1])
    told = resolve(behind, contests) if behind else match
    return told if told.contests else match


def seat_alone(text: str, contests: Sequence[Contest]) -> Match:
    """The contests that a text may mean where it holds a seat's name and nothing of weight."""
    match = resolve(content(text, _BESIDE_A_SEAT_ALONE), contests)
    if match.contests:
        return match
    seats, around = _named(text, contests)
    alone = len(seats) == 1 and not content(around, _BESIDE_A_SEAT_ALONE)
    return resolve(seats[0].name, contests) if alone else match


def _named(text: str, contests: Sequence[Contest]) -> tuple[list[Contest], str]:
    """Seats named in a text, one contest each, and the text without them.

    People who type in a hurry leave capitals out, and names in prose are known by them.
    """
    seats = {fold(contest.name): contest for contest in contests}
    by_id = {contest.id: contest for contest in seats.values()}
    capital = _FIRST_LETTER.sub(lambda first: first[0].upper(), text)
    names = find_names(capital, list(seats.values()))
    around = capital
    for name in reversed(names):
        around = around[: name.start] + around[name.end :]
    return [by_id[i] for i in dict.fromkeys(name.contest_id for name in names)], around
