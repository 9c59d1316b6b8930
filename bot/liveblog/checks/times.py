"""When seats voted: “the by-elections in June: Selby and Ainsty, and Uxbridge …”."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from bot.election.contest import Contest
from bot.election.names import NameIndex, NameInText
from bot.liveblog.checks.slip import Facts, Slip, seats_marked
from bot.liveblog.sentences import Sentence
from bot.record.record import PastContest

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?: of)?(?: (?P<year>20\d\d))?"
# A seat, or another name: a list may hold one that is no seat's.
_ITEM = r"(?:@+|[A-Z][\w-]+(?: and [A-Z][\w-]+)?)"
_LIST = rf"(?P<list>{_ITEM}(?:(?:, and |, | and | & ){_ITEM}){{0,8}})"
_HELD = r"(?:,? (?:that|which|were|was|took place|held|fought|all|both|happened|called)){0,4}"
_BY = r"(?:parliamentary )?by-?elections?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # “February’s West Lancashire by-election”
        rf"\b{_MONTH}(?:['’]s)?{_YEAR}(?:['’]s)? {_LIST} {_BY}",
        # “the Tamworth by-election in October 2023”
        rf"{_LIST} {_BY}{_HELD},? (?:in|of|last|this) {_MONTH}{_YEAR}",
        # “the three by-elections that took place in June – Uxbridge …, Selby … and …”
        rf"\b{_BY}{_HELD} (?:in|of|last|this) {_MONTH}{_YEAR}(?:: | [-–—] |, | \(| )"
        rf"(?:(?:in|at|for) )?{_LIST}",
        # “July’s by-elections in Selby and Uxbridge”
        rf"\b{_MONTH}(?:['’]s)?{_YEAR}(?:['’]s)? (?:(?:two|three|four|twin|double|triple) )?"
        rf"{_BY} (?:in|at|for|:) ?{_LIST}",
        # “by-elections in Selby and Uxbridge in July”
        rf"\b{_BY} (?:in|at) {_LIST}{_HELD},? (?:in|of|last|this) {_MONTH}{_YEAR}",
    )
)
_YEAR_ALONE = (
    re.compile(rf"\b(?P<year>20\d\d) {_LIST} {_BY}"),
    re.compile(rf"{_LIST} {_BY}{_HELD},? (?:in|of) (?P<year>20\d\d)"),
    re.compile(rf"\b(?P<year>20\d\d) {_BY} (?:in|at) {_LIST}"),
)
_RECENT = timedelta(days=730)
_NOT_SURE = re.compile(
    r"\b(?:if|could|would|might|may be|expected|due|next|will|planned|rumou?r\w*)\b", re.I
)


def wrong_times(sentence: Sentence, facts: Facts) -> Iterator[Slip]:
    """By-elections that an entry puts into a month or a year in which the seat had none."""
    if "election" not in sentence.plain or sentence.is_question:
        return
    if _NOT_SURE.search(sentence.plain):
        return
    names = facts.past.names(facts.tonight)
    code, seats = seats_marked(sentence, names)
    told: set[int] = set()
    for pattern in _PATTERNS:
        for found in pattern.finditer(code):
            listed = _listed(found, seats, names)
            if not listed or found.start("month") in told:
                continue
            told.add(found.start("month"))
            year = int(found["year"]) if found["year"] else None
            month = _MONTHS.index(found["month"]) + 1
            if wrong := _not_then(listed, facts, month, year):
                yield _slip(sentence, found, wrong)
    for pattern in _YEAR_ALONE:
        for found in pattern.finditer(code):
            listed = _listed(found, seats, names)
            if not listed or found.start("year") in told:
                continue
            told.add(found.start("year"))
            if wrong := _not_that_year(listed, facts, int(found["year"])):
                yield _slip(sentence, found, wrong)


def _not_then(
    listed: Sequence[Contest], facts: Facts, month: int, year: int | None
) -> list[PastContest]:
    """The by-elections of those seats that had one at another time, and none then."""
    wrong: list[PastContest] = []
    for contest in listed:
        if contest.is_tonight(facts.now) and contest.polling_day.month == month:
            continue
        known = _by_elections(contest, facts)
        if year is None:
            known = [one for one in known if _is_recent(one, facts.now)]
            right = [one for one in known if one.contest.polling_day.month == month]
        else:
            same = [one for one in known if one.contest.polling_day.year == year]
            right = [one for one in same if one.contest.polling_day.month == month]
            # Of another year nothing is sure but where the seat had one by-election alone.
            known = same or (known if len(known) == 1 else [])
        if known and not right:
            wrong.append(known[-1])
    return wrong


def _not_that_year(listed: Sequence[Contest], facts: Facts, year: int) -> list[PastContest]:
    """The by-elections of seats that had one alone, and in another year."""
    wrong = []
    for contest in listed:
        known = _by_elections(contest, facts)
        ours = contest.is_tonight(facts.now) and contest.polling_day.year == year
        if len(known) == 1 and known[0].contest.polling_day.year != year and not ours:
            wrong.append(known[0])
    return wrong


def _slip(sentence: Sentence, found: re.Match[str], wrong: Sequence[PastContest]) -> Slip:
    """One slip for all seats of a list, each day said once."""
    days: dict[str, list[str]] = {}
    for one in wrong:
        day = one.contest.polling_day
        said = f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        days.setdefault(said, []).append(one.contest.name)
    facts = [f"{_row(names)} voted on {day}" for day, names in days.items()]
    return Slip(words=sentence.quote(*found.span()), fact="; ".join(facts) + ".")


def _row(names: Sequence[str]) -> str:
    """Names in a row; a comma before the last, for they may have an “and” of their own."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])}, and {names[-1]}"


def _listed(found: re.Match[str], seats: Sequence[NameInText], names: NameIndex) -> list[Contest]:
    """The seats of a list, by a contest of each."""
    start, end = found.span("list")
    return [names.by_id[seat.contest_id] for seat in seats if start <= seat.start < end]


def _by_elections(contest: Contest, facts: Facts) -> list[PastContest]:
    return [one for one in facts.past.of_name(contest.name) if one.contest.by_election]


def _is_recent(one: PastContest, now: datetime) -> bool:
    return now - one.contest.close_of_poll < _RECENT
