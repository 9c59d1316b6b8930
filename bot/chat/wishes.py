"""What people ask to follow and to be reminded of, read from their words."""

import re
from dataclasses import dataclass, replace

from bot.chat.ask import Follow
from bot.chat.manner import PLAIN, Manner, often
from bot.election.contest import MilestoneKind

EVERYTHING = frozenset({Follow.ENTRIES, Follow.REMINDERS, Follow.DECLARATIONS})
# Chats put addresses into brackets, and behind a bar what they show instead.
_ADDRESS = re.compile(r"<?(?P<url>https?://[^\s<>|]+)(?:\|[^>\n]*)?>?", re.IGNORECASE)
_AFTER_AN_ADDRESS = ".,;:!?)]}’”\"'"
_OPENED_BY = {")": "(", "]": "[", "}": "{"}
_KINDS = {
    Follow.ENTRIES: r"entr(?:y|ies)|blogs?|live ?blogs?",
    Follow.REMINDERS: r"reminders?|timetable",
    Follow.DECLARATIONS: r"declarations?|results?|alerts?",
    Follow.CHECKS: r"checks?",
}
_SMALL_WORDS = "and the of for in from on about to us this channel here it please pls thanks"
_SMALL = frozenset(_SMALL_WORDS.split())
_AROUND_A_WORD = ".,;:!?&+/"
_ALL = re.compile(r"\b(?:everything|all|tonight|the night)\b", re.IGNORECASE)
_ONLY = re.compile(r"\b(?:only|just)\b", re.IGNORECASE)
_JUST, _ENTRIES = r"(?:(?:only|just) (?:the )?)?", r"(?: (?:entr(?:y|ies)|ones|posts?))?"
_ALONE = r"(?: (?:only|alone))?"
_KEY = re.compile(
    rf"\b{_JUST}(?:key|pinned)(?: and (?:key|pinned))?(?: (?:events?|moments?))?"
    rf"{_ENTRIES}{_ALONE}\b",
    re.IGNORECASE,
)
_HEADLINES = re.compile(rf"\b(?:as )?{_JUST}(?:headlines?|headings?){_ALONE}\b", re.IGNORECASE)
_GENERAL = re.compile(rf"\b(?:(?:and|with|plus) )?(?:the )?general{_ENTRIES}\b", re.IGNORECASE)
_NO_PICTURES = re.compile(
    r"\b(?:but )?(?:no|without|not) (?:any |the )?(?:pictures?|photos?|images?)\b", re.IGNORECASE
)
_LENGTH = (
    r"\d{1,4} ?(?:m|h|mins?|minutes?|hrs?|hours?)|\d{1,4}|half(?: an)? hour|quarter of an hour"
    r"|minute|hour|[a-z]+ (?:mins?|minutes?|hours?)"
)
_HOW_OFTEN = re.compile(
    r"\b(?:(?:as|in) )?(?:a |one )?(?:round-?ups? |messages? )?"
    rf"(?:every (?P<span>{_LENGTH})|hourly)\b",
    re.IGNORECASE,
)
_ENTRIES_OF_IT = re.compile(r"\b(?:entry|entries)\b", re.IGNORECASE)
_BEFORE = re.compile(r" before ", re.IGNORECASE)
_TO = re.compile(r" (?:to|that|about) ", re.IGNORECASE)
_TO_BEGIN = re.compile(r"(?:to|that|about) ", re.IGNORECASE)
_WHEN = re.compile(r" (?=(?:at|in|around|about|by) )", re.IGNORECASE)
_SPAN = re.compile(
    r"(?:(?P<hours>\d{1,2}|[a-z]+) ?(?:h|hrs?|hours?)(?: ?(?:and )?(?=\d)|$))?"
    r"(?:(?P<minutes>\d{1,4}|[a-z]+(?= m))(?: ?(?:m|mins?|minutes?))?)?"
)
_SPAN_WORDS = 5
_MOST_CUTS = 6
_IN_WORDS = {
    "half an hour": 30,
    "half hour": 30,
    "quarter of an hour": 15,
    "a quarter of an hour": 15,
    "an hour and a half": 90,
    "one and a half hours": 90,
    "1.5 hours": 90,
}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
_MILESTONES = {
    MilestoneKind.POLLS_CLOSE: re.compile(r"\bpolls?\b|\bclose\b", re.IGNORECASE),
    MilestoneKind.BOXES: re.compile(
        r"\b(?:first )?(?:ballot )?box(?:es)?\b(?: arriv\w+)?", re.IGNORECASE
    ),
    MilestoneKind.TURNOUT: re.compile(r"\bturnout\b|\bverification\b", re.IGNORECASE),
    MilestoneKind.DECLARATION: re.compile(
        r"\bdeclar(?:es?|ation|ed|ing)\b|\bresults?\b", re.IGNORECASE
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to follow: a blog at an address, kinds of messages, or what `rest` calls it.

    `everything` was asked for in one word. `only` are the words that narrow it to contests; empty
    where nothing narrows it. Entries are to come in a `manner`.
    """

    address: str | None
    kinds: frozenset[Follow]
    everything: bool
    only: str
    rest: str
    manner: Manner = PLAIN


def read_wish(words: str, *, ways: bool = False) -> Wish:
    """What words ask to follow, or to unfollow: all that stands behind the command.

    With `ways`, they may say in which way entries are to come. Raises `AskError` where that is more
    often than they can, or not as often.
    """
    address = None
    if found := _ADDRESS.search(words):
        address = _unwrapped(found["url"])
        words = f"{words[: found.start()]} {words[found.end() :]}"
    manner, words = _manner(words) if ways else (PLAIN, words)
    if manner != PLAIN and address is not None:
        words = _ENTRIES_OF_IT.sub(" ", words)
    rest, only = _cut(words, _ONLY)
    if address is None and only and not _weighty(rest):
        # “only declarations” narrows nothing yet.
        rest, only = only, ""
    everything = address is None and _ALL.search(rest) is not None
    kinds: set[Follow] = set(EVERYTHING) if everything else set()
    if address is None:
        rest = _ALL.sub(" ", rest)
        for kind, pattern in _KINDS.items():
            rest, told = re.subn(rf"\b(?:{pattern})\b", " ", rest, flags=re.IGNORECASE)
            if told:
                kinds.add(kind)
    if manner != PLAIN and address is None and not kinds:
        kinds.add(Follow.ENTRIES)
    return Wish(
        address=address,
        kinds=frozenset(kinds),
        everything=everything,
        only=_weighty(only),
        rest=_weighty(rest),
        manner=manner,
    )


def _manner(words: str) -> tuple[Manner, str]:
    """How entries are to come, and the words without those that say so."""
    manner = PLAIN
    if found := _HOW_OFTEN.search(words):
        span = found["span"] or "hour"
        length = minutes(span) if minutes(span) is not None else minutes(f"an {span}")
        if length is not None:
            manner = replace(manner, every=often(length))
            words = f"{words[: found.start()]} {words[found.end() :]}"
    for pattern, said in (
        (_GENERAL, {"general": True}),
        (_KEY, {"key": True}),
        (_HEADLINES, {"headlines": True}),
        (_NO_PICTURES, {"pictures": False}),
    ):
        words, told = pattern.subn(" ", words)
        if told:
            manner = replace(manner, **said)
    return manner, words


def behind(text: str, *commands: str) -> str:
    """What stands behind the first of these words in a text; the text where none is in it."""
    found = re.search(rf"\b(?:{'|'.join(map(re.escape, commands))})\b", text, re.IGNORECASE)
    return text[found.end() :].strip() if found else text.strip()


def before(words: str) -> tuple[int, str, str] | None:
    """“30 minutes before X” as minutes, X, and what to do; None where the words say no such thing.

    What to do is told of “to file 30 minutes before X”; else it is empty. At most 24 hours.
    """
    spoken, *behind_it = _BEFORE.split(" ".join(words.split()), maxsplit=1)
    if not behind_it:
        return None
    span = minutes(spoken)
    if span is not None:
        return span, behind_it[0], ""
    to = _TO_BEGIN.match(spoken)
    said = spoken[to.end() :].split(" ") if to else []
    for first in range(max(1, len(said) - _SPAN_WORDS), len(said)):
        span = minutes(" ".join(said[first:]))
        if span is not None:
            return span, behind_it[0], " ".join(said[:first])
    return None


def minutes(words: str) -> int | None:
    """A length of time in minutes, from 0 to 1,440: “10m”, “an hour”, “1h 30”, “90”."""
    said = " ".join(words.casefold().split())
    if said in _IN_WORDS:
        return _IN_WORDS[said]
    found = _SPAN.fullmatch(said)
    if not said or found is None:
        return None
    hours, rest = _number(found["hours"] or "0"), _number(found["minutes"] or "0")
    total = None if hours is None or rest is None else hours * 60 + rest
    return total if total is not None and total <= 24 * 60 else None


def milestone(words: str) -> MilestoneKind:
    """The milestone that words speak of; a declaration where they name none."""
    return next((k for k, said in _MILESTONES.items() if said.search(words)), _DEFAULT)


def without_milestone(words: str) -> str:
    """Words without those that name a milestone: what is left names a seat."""
    for pattern in _MILESTONES.values():
        words = pattern.sub(" ", words)
    return words


def to_do(words: str) -> list[tuple[str, str]]:
    """“at 01:30 to file the story” as a time and what to do, in every way it can be cut.

    The one with the longest time comes first: in “quarter to 6 to file” it is a quarter to six.
    “To file the story at 01:30” is the same the other way round.
    """
    words = " ".join(words.split())
    if first := _TO_BEGIN.match(words):
        times = [
            (words[cut.end() :], words[first.end() : cut.start()])
            for cut in _WHEN.finditer(words, first.end())
        ]
        return times[-_MOST_CUTS:] or [(words, "")]
    cuts = [(words[: cut.start()], words[cut.end() :]) for cut in _TO.finditer(words)]
    return [(words, ""), *reversed(cuts[:_MOST_CUTS])]


_DEFAULT = MilestoneKind.DECLARATION


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else _NUMBERS.get(word)


def _unwrapped(address: str) -> str:
    """An address without what stands behind it; a bracket that it opened itself is its own."""
    while address and (last := address[-1]) in _AFTER_AN_ADDRESS:
        opened_by = _OPENED_BY.get(last)
        if opened_by and address.count(last) <= address.count(opened_by):
            break
        address = address[:-1]
    return address


def _weighty(words: str) -> str:
    """Words without the small ones and the marks around them."""
    left = words.split()
    while left and left[0].casefold().strip(_AROUND_A_WORD) in _SMALL | {""}:
        left = left[1:]
    while left and left[-1].casefold().strip(_AROUND_A_WORD) in _SMALL | {""}:
        left = left[:-1]
    return " ".join(left).rstrip(".,;:!?")


def _cut(words: str, at: re.Pattern[str]) -> tuple[str, str]:
    found = at.search(words)
    return (words[: found.start()], words[found.end() :]) if found else (words, "")
