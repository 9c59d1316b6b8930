"""Seats that an entry calls by a name that is not theirs, or misspells."""

import re
from collections.abc import Iterator

from bot.election.names import NameIndex
from bot.election.slips import is_slip
from bot.election.spellings import fold
from bot.liveblog.checks.slip import Slip
from bot.liveblog.sentences import Sentence

_CAPITAL = r"[A-ZÀ-Þ][\w’']*"
_WORDS = rf"{_CAPITAL}(?:[ -](?:{_CAPITAL}|upon|on|le|the|of)){{0,3}}"
# “Somerset and Frome”: two names joined, as many seats have.
_JOINED = re.compile(rf"(?<![\w@#·-])(?P<left>{_WORDS}) (?:and|&) (?P<right>{_WORDS})(?![\w@-])")
# Words with a capital, one behind the other.
_NAMES = re.compile(rf"(?<![\w@-]){_CAPITAL}(?: {_CAPITAL})*(?![\w@-])")
_POSSESSIVE = re.compile(r"[’']s?\Z")
_OF_SEATS = re.compile(
    r"\bby-?elections?\b|\bseats?\b|\bconstituenc|\bmajorit|\bturnout\b|\bMPs?\b|\bdeclar", re.I
)
# Other things have two names as well.
_OTHER_THINGS = re.compile(
    r"\b(?:council|borough|hospital|university|college|police|combined authority|mayor\w*|road"
    r"|railway|line|county|district|nhs|trust)\b",
    re.I,
)
_ALIKE = 4  # letters that two words begin with, where one is taken for the other
_LONG = 7
_OPENING = frozenset({"In", "At", "The", "For", "From", "And", "But", "Tonight", "Meanwhile"})


def misspelt(sentence: Sentence, names: NameIndex) -> Iterator[Slip]:
    """Names with a slip of the fingers in them: “Mid-Bedforshire”."""
    for name in names.find(sentence.plain):
        written = sentence.words[name.start : name.end]
        if not names.knows(fold(written)):
            yield Slip(words=written, fact=f"The seat is {names.by_id[name.contest_id].name}.")


def tonights_misspelt(sentence: Sentence, names: NameIndex) -> Iterator[Slip]:
    """A name of tonight of one word, misspelt: the reader of names does not take it for one."""
    tonight = {fold(c.name): c for c in names.layers[0] if " " not in fold(c.name)}
    for found in _NAMES.finditer(sentence.plain):
        # “Andrew Tamworthy” is somebody's name; “In Tamwroth” begins a sentence.
        first, *rest = found[0].split()
        if len(rest) > 1 or (rest and first not in _OPENING):
            continue
        written = rest[-1] if rest else first
        word = fold(_POSSESSIVE.sub("", written))
        for name, contest in tonight.items():
            # A word of another length by more than a letter is another word.
            if len(name) >= _LONG and word != name and is_slip(word, name):
                yield Slip(words=written, fact=f"The seat is {contest.name}.")


def misnamed(sentence: Sentence, names: NameIndex) -> Iterator[Slip]:
    """A name of two parts of which one is a seat's, and the other only begins like the seat's."""
    others = bool(sentence.contests)
    if _OTHER_THINGS.search(sentence.plain):
        return
    if not others and not _OF_SEATS.search(sentence.plain):
        return
    for found in _JOINED.finditer(sentence.plain):
        if names.knows(fold(_POSSESSIVE.sub("", found[0]))):
            continue
        meant = {
            contest.name
            for contest in names.of_two_parts
            if _is_taken_for(fold(found["left"]), fold(found["right"]), contest.name)
        }
        if len(meant) == 1:
            (name,) = meant
            yield Slip(words=found[0], fact=f"There is no such seat; there is {name}.")


def _is_taken_for(left: str, right: str, name: str) -> bool:
    own_left, _, own_right = fold(name).partition(" and ")
    if " and " in own_right:
        return False
    if right == own_right:
        return left != own_left and _begins_alike(left, own_left)
    return left == own_left and _begins_alike(right, own_right)


def _begins_alike(one: str, other: str) -> bool:
    """Whether one word may be taken for another: “Somerset” for “Somerton”."""
    from rapidfuzz.distance import OSA

    if one == other or one[:3] != other[:3] or abs(len(one) - len(other)) > 2:
        return False
    return one[:_ALIKE] == other[:_ALIKE] or OSA.distance(one, other) <= 2
