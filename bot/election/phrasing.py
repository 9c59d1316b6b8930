"""How clock times are put into words: the patterns, and nothing of what they mean.

Every run of spaces and every repetition has an upper bound, so that no text makes a search slow.
"""

import re
from collections.abc import Iterable

HOURS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
NUMBERS = HOURS | {
    "a": 1, "an": 1, "fifteen": 15, "twenty": 20, "twenty-five": 25, "thirty": 30,
    "forty": 40, "forty-five": 45, "fifty": 50, "ninety": 90,
}  # fmt: skip
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEARBY_DAYS = {"yesterday": -1, "today": 0, "tomorrow": 1}

# Blogs set hard spaces and long dashes; one character for one keeps every position in the text.
PLAIN = str.maketrans("\u00a0\u2009\u202f\u2010\u2011\u2012\u2013\u2014\u2019", "   -----'")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def _compiled(pattern: str) -> re.Pattern[str]:
    # ASCII, for ignoring case would else let letters in that only fold to s, k or i.
    return re.compile(pattern, re.IGNORECASE | re.ASCII)


def _unnamed(pattern: str) -> str:
    """The same pattern without its group names, to stand more than once in a larger one."""
    return f"(?:{re.sub(r'[?]P<[a-z_]+>', '?:', pattern)})"


_S, _O = r"\s{1,3}", r"\s{0,3}"

# One clock time: “3.15am”, “half past two”, “midnight”.
_HALF = r"(?:[ap]m|[ap]\.m\.?)"
_HOUR = rf"[0-9]{{1,2}}|{_any(HOURS)}"
_ANCHOR = rf"1[0-2]|0?[1-9]|{_any(HOURS)}|midnight|noon|midday"
_FEW = r"five|ten|twenty(?:[- ]five)?|20|25"
_PAST = rf"(?:half|(?:a{_S})?quarter|{_FEW}|5|10|[0-5]?[0-9]{_S}min(?:ute)?s?){_S}past"
# “5 to 6” and “10 to 4” may be a time or a span: those numerals do not go with “to”.
_TO = rf"(?:(?:a{_S})?quarter|{_FEW}|(?:{_FEW}|[0-5]?[0-9]){_S}min(?:ute)?s?){_S}to"
_CORE = (
    rf"(?:(?:12|twelve){_O})?(?P<turn>midnight|noon|midday)"
    rf"|(?P<offset>{_PAST}|{_TO}|half){_S}(?P<anchor>{_ANCHOR})(?:{_O}(?P<anchor_half>{_HALF}))?"
    rf"|(?P<hour>{_HOUR})(?:[:.](?P<minute>[0-5][0-9]))?(?:{_O}o'clock)?(?:{_O}(?P<half>{_HALF}))?"
)

# What stands before and after it: hedges, zones, days.
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?"
_DATE = rf"[0-9]{{1,2}}(?:st|nd|rd|th)?{_S}(?:{_any(MONTHS)})[a-z]{{0,6}}(?:,?{_S}[0-9]{{4}})?"
_PART = r"(?:morning|afternoon|evening|night)"
_DAY = (
    rf"(?:(?:on|of){_S})?(?:{_WEEKDAY},?{_S}{_DATE}|{_DATE}|{_WEEKDAY}|{_any(NEARBY_DAYS)})"
    rf"(?:{_S}{_PART})?|(?:this|in{_S}the){_S}{_PART}|in{_S}the{_S}early{_S}hours"
    rf"|tonight|overnight|at{_S}night"
)
_ZONE = rf"\(?(?:bst|gmt|utc|british{_S}summer{_S}time|(?:uk|local){_S}time)\)?"
_ELSEWHERE = (
    rf"(?!{_O}{_HALF}\b|{_O}\(?(?:(?:[ecmp][sd]?|ces?|ae[sd]|[ij]s)t|eastern|central|pacific)\b"
    rf"|{_O}\(?(?:gmt|utc){_O}[+-]\b)"
)
_HEDGE = (
    r"around|about|circa|c\.|ca\.?|roughly|approximately|approx\.?|nearly|probably|likely|by"
    rf"|(?:(?:shortly|just|soon|some{_O}time){_S})?(?:after|before)"
    rf"|not{_S}(?:until|before)|(?:no|not){_S}(?:earlier|sooner|later|before){_S}than"
)
_LOOSE = rf"or{_S}so|or{_S}thereabouts|or{_S}later|at{_S}the{_S}(?:earliest|latest|soonest)"
_LEAD = rf"(?:(?:at|due|expected|(?:{_DAY}),?|{_HEDGE}){_S}|~{_O}){{0,4}}"
_TAIL = rf"(?:-?ish\b|,?{_S}(?:{_LOOSE}|{_ZONE}|{_DAY})(?![a-z0-9])){{0,4}}"
_TIME = rf"{_unnamed(_CORE)}{_ELSEWHERE}{_TAIL}"

# “20 minutes”, “20 to 30 minutes”, “an hour and a half”, “2 hours and 15 minutes”.
_NUMBER = rf"(?:[0-9]{{1,3}}|twenty[- ]five|forty[- ]five|{_any(NUMBERS)})"
_LENGTH = (
    rf"(?P<fraction>half|(?:a{_S})?quarter{_S}of|three[- ]quarters{_S}of)[- ]an[- ]hour"
    rf"|(?:(?P<least>{_NUMBER})(?:{_S}(?:to|or){_S}|{_O}-{_O}(?=[0-9])))?(?P<number>{_NUMBER})"
    rf"(?P<half>{_S}and{_S}a{_S}half)?{_O}(?P<unit>hours?|hrs?|min(?:ute)?s?)"
    rf"(?:(?P<half_more>{_S}and{_S}a{_S}half)"
    rf"|{_S}(?:and{_S})?(?P<more>{_NUMBER}){_S}min(?:ute)?s?)?"
)
_DELAY = rf"in{_S}(?P<hedge>(?:{_HEDGE}){_S})?(?:{_LENGTH})(?:'s?{_S}time)?"

# In prose a number is a time only with am or pm, a colon, or words such as “past” beside it.
_SAFE = (
    rf"(?:[0-9]{{1,2}}:[0-5][0-9](?:{_O}{_HALF})?|[0-9]{{1,2}}(?:\.[0-5][0-9])?{_O}{_HALF}"
    rf"|(?!(?:{_FEW}){_S}to\b)(?:{_PAST}|{_TO}){_S}(?:{_ANCHOR})(?:{_O}{_HALF})?"
    rf"|(?:(?:12|twelve){_O})?(?:midnight|noon|midday))(?![a-z0-9]){_ELSEWHERE}{_TAIL}"
)
_BARE = rf"(?:[0-9]{{1,2}}(?:\.[0-5][0-9])?|{_any(HOURS)})"

CORE = _compiled(_CORE)
CLOCK = _compiled(rf"(?P<lead>{_LEAD}(?:from{_S})?)(?P<core>{_unnamed(_CORE)})(?P<tail>{_TAIL})")
SPAN = _compiled(
    rf"(?P<lead>{_LEAD})(?:(?:between|from){_S}|(?!(?:{_FEW}|5|10){_S}to\b))(?P<start>{_TIME})"
    rf"(?:{_S}(?:and|to|until|or){_S}|{_O}-{_O})(?P<end>{_TIME})"
)
DELAY = _compiled(_DELAY)
PROSE = _compiled(
    rf"(?<![\w.,:/£$€+-])(?:{_unnamed(_DELAY)}|{_LEAD}(?:"
    rf"between{_S}(?:{_SAFE}{_S}and{_S}(?:{_SAFE}|{_BARE})|{_BARE}{_S}and{_S}{_SAFE})"
    rf"|(?:from{_S})?(?:{_SAFE}|{_BARE})(?:{_S}(?:to|or|until){_S}|{_O}-{_O}){_SAFE}"
    rf"|(?:from{_S})?{_SAFE}))(?![a-z0-9-]|[.,:][0-9]|{_O}(?:per{_O}cent|%|points?\b))"
)

EARLIEST = _compiled(
    rf"\b(?:not{_S}(?:until|before)|(?:no|not){_S}(?:earlier|sooner){_S}than|at{_S}the{_S}earliest)\b"
)
HEDGED = _compiled(rf"(?<!\w)(?:{_HEDGE}|from|{_LOOSE})(?!\w)|~|ish\b")
WEEKDAY = _compiled(rf"\b{_WEEKDAY}\b")
DATE = _compiled(
    rf"\b(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?\s(?P<month>{_any(MONTHS)})[a-z]*"
    r"(?:,?\s(?P<year>[0-9]{4}))?"
)
NEARBY_DAY = _compiled(rf"\b(?:{_any(NEARBY_DAYS)})\b")
PART = _compiled(r"morning|early hours|afternoon|evening|night")
ZONE = _compiled(r"\b(?:bst|gmt|utc|british summer time)\b")
