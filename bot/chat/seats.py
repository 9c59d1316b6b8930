"""The seat that a question speaks of, among all its other words."""

import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from bot.chat.catalogue import Matched, content
from bot.election.contest import Contest
from bot.election.names import Match, NameIndex, NameInText, fold, index_of
from bot.election.occasion import Occasion

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
_BEFORE_A_SEAT = re.compile(r"\b(?:in|for|from|at|of)\b", re.IGNORECASE)


def seat_asked(words: str, rest: str, names: NameIndex) -> Match:
    """The contests that a question may mean.

    `words` are what it says besides its command, without small words, and `rest` with them. They
    are the seat's name; else a name stands somewhere in them; else it is what follows “in”.
    """
    match = names.resolve(words)
    if match.certain:
        return match
    seats = seats_named(rest, names)[0]
    tonight = {contest.id for contest in names.layers[0]}
    meant = [contest for contest in seats if contest.id in tonight] or seats
    if len(meant) == 1:
        return names.resolve(meant[0].name)
    if meant:
        return Match(contests=tuple(meant))
    behind = content(_BEFORE_A_SEAT.split(rest)[-1])
    told = names.resolve(behind) if behind else match
    return told if told.contests else match


def narrowed(match: Match, occasion: Occasion) -> Match:
    """What is meant where a name is that of several seats, and only one of them voted then."""
    if match.certain or not match.exact or not occasion:
        return match
    voted = {fold(contest.name) for contest in match.contests if occasion.fits(contest)}
    if len(voted) != 1:
        return match
    of_it = tuple(contest for contest in match.contests if fold(contest.name) in voted)
    return Match(contests=of_it, certain=True, exact=True)


def seat_alone(text: str, names: NameIndex) -> Match:
    """The contests that a text may mean where it holds a seat's name and nothing of weight.

    A word that is only near to a name is one where that is tonight's: of all seats there are, some
    seat is near to anything.
    """
    match = names.resolve(content(text, _BESIDE_A_SEAT_ALONE))
    tonight = {contest.id for contest in names.layers[0]}
    if match.certain or tonight & {contest.id for contest in match.contests}:
        return match
    seats, around = seats_named(text, names)
    alone = len(seats) == 1 and not content(around, _BESIDE_A_SEAT_ALONE)
    return names.resolve(seats[0].name) if alone else Match()


def asks(text: str, matched: Matched, names: NameIndex) -> bool:
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
    return len(said) <= len(seat) + _WORDS_AROUND and names.resolve(matched.words).certain


def suggest(typed: str, names: NameIndex, now: datetime, most: int) -> list[str]:
    """Names of seats that somebody may be typing, tonight's before all; each once, at most so many.

    They begin so, have a word that does, or an alias; where none does, they are what it may mean.
    """
    said = fold(typed)
    found = [(rank, c) for c in names.seats if (rank := _begins(said, c)) is not None]
    if not found:
        found = [(_MEANT, contest) for contest in names.resolve(typed).contests]
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


def seats_in(text: str, contests: Sequence[Contest]) -> tuple[list[Contest], str]:
    """Every seat named in a text, one contest each, and what else of weight it says."""
    seats, around = seats_named(text, index_of(contests))
    return seats, content(around, _BETWEEN_SEATS)


def seats_named(text: str, names: NameIndex) -> tuple[list[Contest], str]:
    """Seats named in a text, one contest each, and the text without them.

    People who type in a hurry leave capitals out, and names in prose are known by them.
    """
    capital = _capital(text)
    return _without(capital, names.find(capital), names)


def seat_of_a_count(text: str, names: NameIndex) -> tuple[list[Contest], str]:
    """The same of words about one count, where people are named who stand there.

    John Hayes in South Holland is not the seat of Hayes and Harlington.
    """
    capital = _capital(text)
    found = names.find(capital)
    if found:
        seat = names.by_id[found[0].contest_id]
        people = {word for one in seat.candidacies for word in fold(one.name).split()}
        found = [
            name
            for name in found
            if name.contest_id == seat.id
            or not people.issuperset(fold(capital[name.start : name.end]).split())
        ]
    return _without(capital, found, names)


def _capital(text: str) -> str:
    return _FIRST_LETTER.sub(lambda first: first[0].upper(), text)


def _without(text: str, found: Sequence[NameInText], names: NameIndex) -> tuple[list[Contest], str]:
    around = text
    for name in reversed(found):
        around = around[: name.start] + around[name.end :]
    return [names.by_id[i] for i in dict.fromkeys(name.contest_id for name in found)], around
