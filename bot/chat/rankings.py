"""What a ranking is asked of: “turnout by-elections since 2019”, “majority overturned in Wales”."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from bot.chat.catalogue import content
from bot.chat.seats import seats_named
from bot.election.names import NameIndex, fold
from bot.election.occasion import Occasion, read_occasion
from bot.election.parties import read_sides
from bot.election.slips import is_slip
from bot.record.ranking import Measure, Scope

MOST, USUAL = 25, 10
_MEASURES = (
    (Measure.OVERTURNED, r"\boverturn(?:ed|s|ing)?\b"),
    (Measure.TURNOUT, r"\bturn ?outs?\b"),
    (Measure.SWING, r"\bswings?\b"),
    (Measure.MAJORITY, r"\b(?:majorit(?:y|ies)|margins?)\b"),
)
_MEASURE_WORDS = re.compile("|".join(words for _, words in _MEASURES), re.IGNORECASE)
_SURE = ("turnout", "turnouts", "majority", "majorities", "overturned", "swing", "swings")
_PLACES = {
    "England": "england|english", "Scotland": "scotland|scottish", "Wales": "wales|welsh",
    "Northern Ireland": "northern ireland", "London": "london",
    "Yorkshire and The Humber": "yorkshire(?: (?:and|&) the humber)?",
    "North East": "(?:the )?north[- ]east", "North West": "(?:the )?north[- ]west",
    "South East": "(?:the )?south[- ]east", "South West": "(?:the )?south[- ]west",
    "East Midlands": "(?:the )?east midlands", "West Midlands": "(?:the )?west midlands",
    "East of England": "(?:the )?east of england",
}  # fmt: skip
_PLACE = {
    place: re.compile(rf"\b(?:in |of |across )?(?:{said})(?! [A-Z])\b", re.IGNORECASE)
    for place, said in _PLACES.items()
}
_SINCE = re.compile(r"\b(?:since|after)\b(?P<then>.+)", re.IGNORECASE | re.DOTALL)
_LAST_GENERAL = re.compile(r"\s*(?:the )?(?:last |latest )?(?:general )?election\b", re.IGNORECASE)
_THIS_YEAR = re.compile(
    r"\b(?:(?:in |of )?this year|of the year|so far this year)\b", re.IGNORECASE
)
_BY = re.compile(r"\bby (?P<party>(?:the )?\w+(?: dems?| uk)?)\b(?![- ]elections?)", re.IGNORECASE)
_MANY = re.compile(r"\b(?:the )?(?P<many>\d{1,3})\b(?!\d)")
# Words that are part of asking and change nothing.
_NOISE = re.compile(
    r"\b(?:lowest|smallest|narrowest|slimmest|tightest|worst|closest|low|most|marginals?|highest"
    r"|largest|biggest|greatest|safest|high|by[- ]?elections?|general elections?|elections?"
    r"|all[- ]time|on record|record|top"
    r"|at|in|of|for|the|a|an|any|five|ten|most|recent|recorded|time|ever|seats?|contests?"
    r"|constituenc(?:y|ies)|history|modern)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """What is asked for: a measure, of which contests, how many of them.

    `unknown` are words that were not understood; empty where all were.
    """

    measure: Measure | None
    scope: Scope
    many: int = USUAL
    unknown: str = ""


def read_ranking(
    text: str, names: NameIndex, today: date, general_elections: list[date]
) -> Ranking:
    """What a text asks to be ranked. `general_elections` are their days, newest first.

    Where it says nothing of the kind of election, by-elections are meant, but for a year or a place
    in which there is more.
    """
    text = " ".join(_slipped(word) for word in text.split())
    measure = next((m for m, said in _MEASURES if re.search(said, text, re.IGNORECASE)), None)
    text = _MEASURE_WORDS.sub(" ", text)
    scope, text = _dated(text, today, general_elections)
    for place, pattern in _PLACE.items():
        if scope.place is None and (found := pattern.search(text)):
            scope = replace(scope, place=place)
            text = _without(text, found.span())
    seats, text = seats_named(text, names)
    scope = replace(scope, seats=frozenset(contest.name for contest in seats))
    scope, text = _parties(scope, measure, text)
    many = USUAL
    if found := _MANY.search(text):
        many = min(max(int(found["many"]), 1), MOST)
        text = _without(text, found.span())
    return Ranking(
        measure=measure, scope=_whole(scope), many=many, unknown=content(_NOISE.sub(" ", text))
    )


def _slipped(word: str) -> str:
    """The measure that a word is a slip of the fingers for; else the word."""
    said = fold(word)
    slips = (meant for meant in _SURE if said and said != meant and is_slip(said, meant))
    return next(slips, word)


def _parties(scope: Scope, measure: Measure | None, text: str) -> tuple[Scope, str]:
    """Who gained and who lost: “a Tory majority overturned by Labour”, “swing to Labour”."""
    if by := _BY.search(text):
        gaining, _ = read_sides(by["party"])
        if gaining:
            scope = replace(scope, to=gaining.gaining)
            text = _without(text, by.span())
    sides, text = read_sides(text)
    to, losing = sides.gaining, sides.losing
    if measure is Measure.OVERTURNED and to and not losing:
        # The majority that is overturned is that of who loses.
        to, losing = (), to
    return replace(scope, to=scope.to or to, losing=losing), text


def _dated(text: str, today: date, general_elections: list[date]) -> tuple[Scope, str]:
    """The kind of election and the time that a text speaks of."""
    scope = Scope()
    if found := _THIS_YEAR.search(text):
        scope = replace(scope, since=date(today.year, 1, 1))
        text = _without(text, found.span())
    if since := _SINCE.search(text):
        then = since["then"]
        last = _LAST_GENERAL.match(then)
        occasion, rest = read_occasion(then)
        if last and general_elections:
            scope = replace(scope, since=general_elections[0])
            rest = then[last.end() :]
        elif occasion.year:
            scope = replace(scope, since=date(occasion.year, occasion.month or 1, 1))
        else:
            rest = f"since {then}"
        text = f"{text[: since.start()]} {rest}"
        scope = replace(scope, by_election=None if last else occasion.by_election)
    occasion, text = read_occasion(text)
    if occasion.by_election is not None:
        scope = replace(scope, by_election=occasion.by_election)
    if occasion.year and scope.since is None:
        scope = _in(scope, occasion)
    return scope, text


def _in(scope: Scope, occasion: Occasion) -> Scope:
    year = occasion.year or 0
    if occasion.month is None:
        return replace(scope, since=date(year, 1, 1), until=date(year, 12, 31))
    days = monthrange(year, occasion.month)[1]
    first = date(year, occasion.month, 1)
    return replace(scope, since=first, until=first.replace(day=days))


def _whole(scope: Scope) -> Scope:
    """By-elections, where nothing says what is meant and more than them would be no answer."""
    open_ended = scope.until is None and scope.place is None and not scope.seats
    if scope.by_election is None and open_ended:
        return replace(scope, by_election=True)
    return scope


def _without(text: str, span: tuple[int, int]) -> str:
    return f"{text[: span[0]]} {text[span[1] :]}"
