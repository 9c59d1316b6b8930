"""Which of a seat's contests words ask for: a year, a month, a by-election, the one before."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.election.clock import UK
from bot.election.contest import Contest
from bot.election.phrasing import MONTHS

_MONTH = "|".join(f"{month}[a-z]{{0,6}}" for month in MONTHS)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"(?:\d{1,2}(?:st|nd|rd|th)? (?:of )?)?"
# “May” and “March” are months only beside a year, or behind “in” or “of”.
_DATED = re.compile(
    rf"\b(?:(?:in|of|on|from|since|at) )?(?:the )?{_DAY}(?P<month>{_MONTH})(?: of)? "
    rf"(?P<year>{_YEAR})\b",
    re.IGNORECASE,
)
_IN_MONTH = re.compile(
    rf"\b(?:in|of|last|from) (?P<month>{_MONTH})(?!\w)(?! {_YEAR})", re.IGNORECASE
)
_IN_YEAR = re.compile(
    rf"\b(?:(?:in|of|at|from|for|back in) )?(?:the )?(?:ge ?)?(?P<year>{_YEAR})\b", re.IGNORECASE
)
_BY_ELECTION = re.compile(r"\b(?:(?:at|in) )?(?:the |its )?by[- ]?elections?\b", re.IGNORECASE)
_GENERAL = re.compile(
    r"\b(?:(?:at|in) )?(?:the |its )?(?:last |latest )?general(?: election)?s?\b|\bGE\b"
    r"|\b(?:(?:at|in|of) )?(?:the |its )?(?:last|latest|previous) election\b",
    re.IGNORECASE,
)
# What this time is compared with is not the time that is asked for.
_COMPARED = re.compile(
    r"\b(?:than|compared (?:with|to)|versus|vs|(?:up|down) on|relative to)(?: (?:in|at))?(?: the)?"
    rf" (?:(?:last |latest )?(?:general )?election(?: of)?(?: {_YEAR})?|(?:{_MONTH} )?{_YEAR})\b",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    r"(?<!with )(?<!vs )(?<!to )(?<!than )(?<!since )(?<!from )(?<!on )"
    r"\b(?:last time(?: round)?|previously|the time before)\b",
    re.IGNORECASE,
)
_MONTHS = {month: number for number, month in enumerate(MONTHS, 1)}
_FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december", "sept",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a question says of the time of a contest; None where it says nothing of it.

    `before` asks for the one before the one that is meant otherwise.
    """

    year: int | None = None
    month: int | None = None
    by_election: bool | None = None
    before: bool = False

    def __bool__(self) -> bool:
        return self != Occasion()

    def fits(self, contest: Contest) -> bool:
        """Whether a contest is of the year, the month and the kind that were asked for."""
        day = contest.polling_day
        return (
            self.year in (None, day.year)
            and self.month in (None, day.month)
            and self.by_election in (None, contest.by_election)
        )

    def choose(self, contests: Iterable[Contest], now: datetime) -> Contest | None:
        """The contest that is meant, of those of one seat; None where none fits.

        Tonight's, else the latest that has voted by `now`, else the first that will.
        """
        fitting = [contest for contest in contests if self.fits(contest)]
        today = now.astimezone(UK).date()
        ranked = sorted(
            (contest for contest in fitting if contest.polling_day <= today),
            key=lambda c: (c.is_tonight(now), c.polling_day),
            reverse=True,
        ) or sorted(fitting, key=lambda c: c.polling_day)
        if self.before:
            ranked = ranked[1:]
        return ranked[0] if ranked else None


def read_occasion(text: str) -> tuple[Occasion, str]:
    """What a text says of the time of a contest, and the text without it."""
    year = month = by_election = None
    text = _COMPARED.sub(" ", text)
    if dated := _search(_DATED, text):
        month, year = _month(dated["month"]), int(dated["year"])
        text = _without(text, dated)
    else:
        if in_month := _search(_IN_MONTH, text):
            month = _month(in_month["month"])
            text = _without(text, in_month)
        if in_year := _IN_YEAR.search(text):
            year = int(in_year["year"])
            text = _without(text, in_year)
    for pattern, kind in ((_BY_ELECTION, True), (_GENERAL, False)):
        if by_election is None and (found := pattern.search(text)):
            by_election = kind
            text = _without(text, found)
    before = _BEFORE.search(text)
    if before:
        text = _without(text, before)
    occasion = Occasion(year=year, month=month, by_election=by_election, before=before is not None)
    return occasion, " ".join(text.split())


def said(occasion: Occasion) -> str:
    """An occasion in words: “by-election July 2023”; they are read back as the same occasion."""
    kind = {True: "by-election", False: "general election", None: ""}[occasion.by_election]
    month = _FULL_MONTHS[occasion.month - 1].capitalize() if occasion.month else ""
    if month and not occasion.year:
        month = f"in {month}"
    before = "last time" if occasion.before else ""
    return " ".join(part for part in (kind, month, str(occasion.year or ""), before) if part)


def _search(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first place where a month is written whole or by its first three letters."""
    for found in pattern.finditer(text):
        word = found["month"].lower()
        if len(word) == 3 or word in _FULL_MONTHS:
            return found
    return None


def _month(word: str) -> int:
    return _MONTHS[word[:3].lower()]


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"
