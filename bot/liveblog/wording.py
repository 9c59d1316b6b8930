"""Small words round a figure: numbers, how sure they are, and whether they speak of tonight.

Figures are read only through words that are known: `through` lists them, so that any other word
between “turnout” and a number keeps the number from being read.
"""

import re
from datetime import date

from bot.election.contest import Contest
from bot.liveblog.sentences import Sentence

NUMBER = (
    r"(?<![\w.,£$€])(?:\d{1,3}(?:,\d{3})+|\d+)"
    r"(?![\w%]|[.,]\d| ?%| ?(?:per ?cent|pc|points?|percentage)\b)"
)
PERCENT = r"(?<![\w.,£$€-])\d{1,3}(?:\.\d{1,2})? ?(?:%|per ?cent\b|pc\b)(?![ -]?points?)"
SPACE = r"[\s:,()–—-]{1,4}"
PLACE = r"[@#]++(?:['’]s)?"

_APPROXIMATE = re.compile(
    r"\b(?:some|around|about|nearly|almost|roughly|approximately|circa|more than|fewer than"
    r"|less than|(?:just )?(?:over|under)|an estimated)\s*$",
    re.I,
)
_YEAR = re.compile(r"\b(?:1[89]\d\d|20\d\d)\b(?!,\d)")
_SINCE = re.compile(r"\b(?:since|for the first time in)\b[^.;]*", re.I)
_PAST = re.compile(
    r"\b(?:last (?:time|year|month|week|summer|autumn|spring|winter|general|election)"
    r"|previous(?:ly)?|general elections?|years? (?:ago|earlier|before)|earlier this year"
    r"|historically|formerly|decades?|local elections?|council elections?|ward|used to"
    r"|back then|in the past|flashback|on this day|next (?:time|year|general|election))\b",
    re.I,
)
_MONTH = re.compile(
    r"\b(?:in|of|last|this|early|late)[ ](?P<month>January|February|March|April|May|June|July"
    r"|August|September|October|November|December)\b"
)
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_END_OF_CLAUSE = re.compile(r"[,;.!(]|\s[–—-]\s|$")


def through(*words: str, most: int = 14) -> str:
    """A pattern for a run of known words (patterns) with white space and light punctuation."""
    return rf"(?:{SPACE}(?:{'|'.join(words)})(?![\w'’])){{0,{most}}}{SPACE}"


def count(number: str) -> int:
    """A written number without its commas."""
    return int(number.replace(",", ""))


def is_approximate(sentence: Sentence, start: int) -> bool:
    """Whether “some” or “around” stands right before `code[start:]`."""
    return _APPROXIMATE.search(sentence.plain, max(0, start - 30), start) is not None


def clause_after(sentence: Sentence, end: int, until: str = "") -> str:
    """What follows `plain[end:]` to the end of the clause, or to a word of the pattern `until`."""
    last = _END_OF_CLAUSE.search(sentence.plain, end)
    text = sentence.plain[end : last.start() if last else None]
    return re.split(rf"\b(?:{until})\b", text, maxsplit=1)[0] if until else text


def is_half_quoted(sentence: Sentence, end: int) -> bool:
    """Whether somebody's own word follows at once: “Labour win ‘inevitable’”."""
    return sentence.plain[end:].lstrip().startswith("·")


def is_past(text: str, today: date, *years: int) -> bool:
    """Whether a text speaks of another year, month or election; `years` are allowed besides."""
    text = _SINCE.sub("", text)
    if any(int(year) not in (today.year, *years) for year in _YEAR.findall(text)):
        return True
    months = {_MONTHS.index(m["month"]) + 1 for m in _MONTH.finditer(text)}
    return bool(months - {today.month}) or _PAST.search(text) is not None


def years_before(contest: Contest) -> tuple[int, ...]:
    """The year of the seat's previous election, where it is known."""
    return (contest.previous.polling_day.year,) if contest.previous else ()
