"""Who stands for which party, and who has held a seat since when."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.election.contest import Candidacy, Contest
from bot.election.slips import is_slip
from bot.election.spellings import fold
from bot.liveblog.checks.slip import Facts, Slip, seats_marked
from bot.liveblog.sentences import Sentence

_NAME = r"[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'-]+){1,3}"
_SPOKEN = {
    "Lab": ("labour",),
    "Con": ("conservative", "conservatives", "tory", "tories"),
    "LD": ("lib dem", "lib dems", "liberal democrat", "liberal democrats"),
    "Green": ("green", "greens"),
    "RUK": ("reform", "reform uk"),
    "UKIP": ("ukip",),
    "SNP": ("snp",),
    "PC": ("plaid", "plaid cymru"),
}
_PARTIES = {word: short for short, words in _SPOKEN.items() for word in words}
_PARTY = "|".join(sorted(_PARTIES, key=len, reverse=True))
_STANDING = (
    # “Labour’s candidate Sarah Edwards”, “the Tory candidate, Andrew Cooper”
    re.compile(
        rf"(?P<party>(?i:\b(?:{_PARTY})))(?:['’]s?)? (?:party )?(?:by-election )?candidate,? "
        rf"(?P<name>{_NAME})"
    ),
    # “Sarah Edwards, the Labour candidate”, “Sarah Edwards, Labour’s candidate”
    re.compile(
        rf"(?P<name>{_NAME}), (?:the )?(?P<party>(?i:(?:{_PARTY})))(?:['’]s)? "
        r"(?:party )?(?:by-election )?candidate\b"
    ),
    # “Sarah Edwards (Labour)”, “Sarah Edwards (Lab)”
    re.compile(rf"(?P<name>{_NAME}) \((?P<party>(?i:{_PARTY}|lab|con|ld|lib dem|ruk))\)"),
)
_SHORTS = {"lab": "Lab", "con": "Con", "ld": "LD", "ruk": "RUK"}
_HELD_SINCE = re.compile(
    rf"(?:(?P<who>(?i:the {_PARTY}|{_PARTY})|{_NAME}),? (?:who )?)?(?:has|have|had)? ?held "
    r"(?:the seat|it|@+) since (?P<year>20\d\d)\b"
)
_FIRST = 2010
_LONG = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Standing:
    contest: Contest
    candidacy: Candidacy


def wrong_candidates(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """Candidates of tonight with another's party, of another seat, or misspelt."""
    if sentence.is_question or not ("candidate" in sentence.plain or "(" in sentence.plain):
        return
    standing = [
        _Standing(contest=contest, candidacy=candidacy)
        for contest in facts.tonight
        for candidacy in contest.candidacies
    ]
    for pattern in _STANDING:
        for found in pattern.finditer(sentence.plain):
            said = found["party"].lower()
            short = _PARTIES.get(said) or _SHORTS.get(said)
            if short is None:
                continue
            seats = sentence.contests & {contest.id for contest in facts.tonight}
            fact = _contradicted(found["name"], short, standing, seats)
            if fact is not None:
                yield Slip(words=sentence.quote(*found.span()), fact=fact)


def _contradicted(
    name: str, party: str, standing: Sequence[_Standing], seats: frozenset[str]
) -> str | None:
    """What the ballot papers say of a name and a party; None where they do not contradict it."""
    same = [one for one in standing if fold(one.candidacy.name) == fold(name)]
    if len(same) == 1:
        (one,) = same
        if one.candidacy.party.short != party:
            return (
                f"{one.candidacy.name} stands in {one.contest.name} for {one.candidacy.party.name}."
            )
        if len(seats) == 1 and one.contest.id not in seats:
            return f"{one.candidacy.name} stands in {one.contest.name}."
        return None
    # A first name, and a surname that is nearly that of the party's candidate.
    first, _, last = fold(name).partition(" ")
    for one in standing:
        own_first, _, own_last = fold(one.candidacy.name).partition(" ")
        if (
            one.candidacy.party.short == party
            and first == own_first
            and last != own_last
            and len(own_last) >= _LONG
            and is_slip(last, own_last)
            and (not seats or one.contest.id in seats)
        ):
            return f"The candidate in {one.contest.name} is {one.candidacy.name}."
    return None


def wrong_holders(
    sentence: Sentence, facts: Facts, contests: Mapping[str, Contest]
) -> Iterator[Slip]:
    """“Chris Pincher had held the seat since 2015”, where the record has him win it before."""
    # Nearly no sentence says so, and all of them are read.
    if " since " not in sentence.plain:
        return
    code, seats = seats_marked(sentence, facts.past.names(facts.tonight))
    named = {seat.contest_id for seat in seats} or {sentence.carried or ""}
    for found in _HELD_SINCE.finditer(code):
        owner = next(iter(named)) if len(named) == 1 else None
        year = int(found["year"])
        who = (found["who"] or "").strip()
        if owner is None or owner not in contests or year < _FIRST or not who:
            continue
        seat = facts.past.seat_of(contests[owner])
        if seat is None:
            continue
        line = facts.past.line(seat)
        voted = [one for one in line if one.contest.polling_day.year == year]
        if not voted:
            continue
        winner = voted[-1].result.winner.candidacy
        party = _PARTIES.get(who.lower().removeprefix("the "))
        right = (
            winner.party.short == party
            if party is not None
            else fold(winner.name).split()[-1] == fold(who).split()[-1]
        )
        if not right:
            yield Slip(
                words=sentence.quote(*found.span()),
                fact=f"In {year} {winner.name} ({winner.party.name}) won {seat.name}.",
            )
