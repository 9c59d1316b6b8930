"""The seat that a question speaks of, among all its other words."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from bot.chat.catalogue import Matched, content
from bot.election.contest import Contest
from bot.election.names import Match, NameIndex, find_names, fold, resolve

_FIRST_LETTER = re.compile(r"(?<![\w'’-])\w")
_SMALL_TALK = """
about an and any are at by-election constituency contest for hello hey hi how in is it now of on our
please pls right seat so thanks the then up what
"""
_BESIDE_A_SEAT_ALONE = frozenset(_SMALL_TALK.split())
_LINKS = "and or in on for the with of about only please pls thanks here"
_BETWEEN_SEATS = frozenset(_LINKS.split())
_WORDS_AROUND = 8
_OPENINGS = """
any are can could did do does has have how is what whats when whens where which who whos whose
"""
_OPENS_A_QUESTION = frozenset(_OPENINGS.split())
_SHORT = re.compile(r"^(what|when|where|who)s ")
_OH = ["what", "a"]
_BESIDE_A_NAME = frozenset(["at", "for", "from", "in", "of", "on", "please", "pls", "thanks"])
# Behind what begins a seat's name, and a word of it.
_MEANT = 2
_Seats = tuple[tuple[str, str, date, tuple[str, ...]], ...]
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


def asks(text: str, matched: Matched, contests: Sequence[Contest]) -> bool:
    """Whether a text is a question and nothing else: a command, and a seat with it or nothing.

    “Turnout in Tamworth?” is one; “the turnout in Tamworth will be huge” is not. Without its mark
    it begins as questions do, or is the command's name and a seat: “recount in Tamworth” is news.
    """
    command = matched.command
    if not any(parameter.kind is Contest for parameter in command.parameters):
        return False
    said = fold(text.strip(" ?.")).split()
    if not said or text.rstrip().endswith(("!", "…")) or said[:2] == _OH:
        return False
    marked = text.rstrip(" .").endswith("?") or said[0] in _OPENS_A_QUESTION
    if not matched.words:
        phrases = command.phrases if marked else (command.name,)
        whole = _SHORT.sub(r"\1 is ", " ".join(said))
        return whole in {fold(phrase) for phrase in phrases}
    seat = fold(matched.words).split()
    beside = set(said) - set(seat) - set(fold(command.name).split())
    if not marked and not beside <= _BESIDE_A_NAME:
        return False
    return len(said) <= len(seat) + _WORDS_AROUND and resolve(matched.words, contests).certain


def suggest(typed: str, contests: Sequence[Contest], now: datetime, most: int) -> list[str]:
    """Names of seats that somebody may be typing, tonight's before all; each once, at most so many.

    They begin so, have a word that does, or an alias; where none does, they are what it may mean.
    """
    said = fold(typed)
    found = [(rank, c) for c in contests if (rank := _begins(said, c)) is not None]
    if not found:
        index = _index(tuple((c.id, c.name, c.polling_day, c.aliases) for c in contests))
        meant = {contest.id for contest in index.resolve(typed).contests}
        found = [(_MEANT, c) for c in contests if c.id in meant]
    days = {contest.polling_day: contest for _, contest in found}
    later = {day: not contest.is_tonight(now) for day, contest in days.items()}
    ranked: dict[str, tuple[bool, int]] = {}
    for rank, contest in found:
        place = (later[contest.polling_day], rank)
        ranked[contest.name] = min(ranked.get(contest.name, place), place)
    return sorted(ranked, key=lambda name: (ranked[name], name))[:most]


def _begins(said: str, contest: Contest) -> int | None:
    """How much of a seat's name folded words begin: 0 the whole, 1 a word, 2 an alias."""
    name, aliases = _beginnings(contest.name, contest.aliases)
    if name.startswith(said):
        return 0
    if " " not in said and f" {said}" in name:
        return 1
    return _MEANT if f"\n{said}" in aliases else None


@lru_cache(maxsize=8192)
def _beginnings(name: str, aliases: tuple[str, ...]) -> tuple[str, str]:
    """A seat's folded name, and its folded aliases, each behind a line break."""
    return fold(name), "".join(f"\n{fold(alias)}" for alias in aliases)


@lru_cache(maxsize=4)
def _index(seats: _Seats) -> NameIndex:
    """An index of contests by what they are called: other facts of them change, and often."""
    return NameIndex(
        Contest(id=id, name=name, polling_day=day, aliases=aliases)
        for id, name, day, aliases in seats
    )


def seats_in(text: str, contests: Sequence[Contest]) -> tuple[list[Contest], str]:
    """Every seat named in a text, one contest each, and what else of weight it says."""
    seats, around = _named(text, contests)
    return seats, content(around, _BETWEEN_SEATS)


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
