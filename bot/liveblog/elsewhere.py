"""Places in prose that may be seats, though none of ours: what is said of them is not ours."""

import re
from collections.abc import Iterable, Sequence

from bot.election.contest import Contest
from bot.election.names import fold

_CAPITAL = r"[A-ZÀ-Þ][\w’']*(?:-\w+)*"
_NAME = rf"{_CAPITAL}(?: {_CAPITAL}){{0,3}}"
_TWO = rf"{_NAME}(?: (?:and|&) {_NAME})?"
_POSITION = r"(?:North|South|East|West|Mid|Central)(?:[ -](?:East|West))?"
_BEFORE_A_PLACE = "in|at|for|across|near|from|of|than|to|with|over"
_FREE = r"(?<![\w@#·-])"
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_FREE}(?i:{_BEFORE_A_PLACE})(?: the)? (?P<place>{_TWO})",
        rf"{_FREE}(?P<place>{_POSITION}[ -]{_NAME}|{_NAME} {_POSITION})\b",
        rf"{_FREE}(?P<place>{_NAME} (?:and|&) {_NAME})",
        rf"{_FREE}(?P<place>{_TWO})(?:['’]s?)? (?:by-election|constituency|seat|result|count"
        r"|turnout|voters|declared|declares|recorded|saw|sees|reported|posted|had|has|is|was)\b",
        rf"@ (?:and|&) (?P<place>{_NAME})",
        rf"^\W*(?P<place>{_TWO})(?=:| [–—-] )",
        r"(?i:\b(?P<place>elsewhere|nationally|nationwide"
        r"|(?:across|in|around) the (?:country|region|uk)"
        r"|the (?:other|second) (?:by-election|seat|contest|count|one)"
        r"|(?:both|neither|either|all|each|the two|the three)(?: of the)?"
        r" (?:by-elections?|seats?|contests?|counts?|constituenc(?:y|ies)))\b)",
    )
)
_GENERIC = frozenset(
    """
    a an and the of in at on for it its this that there here he she they we who what when as but so
    now then both just only some by with after before tonight today result results turnout count
    counting counts vote votes voters voting verification recount majority declaration declared
    ballot ballots boxes breaking update updated live latest news exclusive analysis summary watch
    if when once while although though how why where can will would could has have had is are was
    were did does do not never last then meanwhile also about nearly almost over around more our
    your his her their my many most people local one two everyone nobody
    full final official officer officers officials returning council electoral services number
    electorate postal polls polling poll new first no
    labour conservative conservatives tory tories liberal democrat democrats lib dem dems green
    greens reform uk ukip snp plaid cymru independent independents con lab ld ldem ruk pc party
    candidate candidates mp mps by election elections gain hold win wins
    january february march april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday am pm bst gmt
    """.split()  # noqa: SIM905 - a list of words, not of quotation marks
)
_TITLES = frozenset(
    ("mr", "mrs", "ms", "miss", "dr", "sir", "dame", "lord", "lady", "cllr", "councillor")
)


def known_words(contests: Iterable[Contest]) -> frozenset[str]:
    """Words with a capital that name no other seat: parties, candidates, venues, days."""
    names = [
        words
        for contest in contests
        for words in (
            contest.venue or "",
            contest.former_member or "",
            *(c.name for c in contest.candidacies),
            *(c.party.name for c in contest.candidacies),
        )
    ]
    return _GENERIC | {word for name in names for word in fold(name).split()}


def find_elsewhere(text: str, known: frozenset[str]) -> Sequence[tuple[int, int]]:
    """Where a text seems to name another seat, in order, without overlaps.

    Wrong alarms only make a sentence be read less; so any capitalised name after “in” will do.
    """
    spans = sorted(
        found.span("place")
        for pattern in _PLACES
        for found in pattern.finditer(text)
        if found.re is _PLACES[-1] or not _is_known(found["place"], known)
    )
    apart: list[tuple[int, int]] = []
    for start, end in spans:
        if apart and start < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((start, end))
    return apart


def _is_known(place: str, known: frozenset[str]) -> bool:
    words = fold(place).split()
    if not words or words[0] in _TITLES:
        return True
    return all(word in known or word.removesuffix("s") in known for word in words)
