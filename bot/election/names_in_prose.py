"""Names of seats in prose: the longest spelling first, and nothing that only looks like one."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from bot.election.contest import Contest
from bot.election.slips import is_slip
from bot.election.spellings import CODE_LETTERS, POSITION_WORDS, Tier, fold

MOST_FOUND = 256
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|&")
_POSSESSIVE = re.compile(r"['’][sS]$")
_JOINT = re.compile(r"\.?[ \t\xa0]*[-‐‑–,]?[ \t\xa0]*\(?")

# What turns the name of a seat into the name of something else.
_TITLES = {"mr", "mrs", "ms", "miss", "dr", "sir", "dame", "lord", "lady", "baroness", "viscount"}
_NAMED_AFTER_A_PLACE = {
    "road", "street", "lane", "avenue", "drive", "close", "way", "square", "terrace", "crescent",
    "station", "hospital", "airport", "castle", "arms", "hotel", "fc", "afc", "rfc", "town",
    "city", "united", "rovers", "wanderers", "athletic", "rangers", "herald", "gazette", "echo",
    "mercury", "observer", "advertiser", "chronicle", "university", "college", "cathedral",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class NameInText:
    """A contest named in prose: `text[start:end]`."""

    start: int
    end: int
    contest_id: str


class NamesInProse:
    """Finds in prose the folded spellings `forms`.

    `meant` says which contests a spelling stands for, and which tier it has among theirs.
    """

    def __init__(
        self, forms: Iterable[str], meant: Callable[[str], tuple[list[Contest], Tier]]
    ) -> None:
        self._meant = meant
        self._phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._found: dict[str, list[NameInText]] = {}
        for form in sorted(forms, key=len, reverse=True):
            words = tuple(form.split())
            self._phrases[words[0]].append(words)

    def find(self, text: str) -> list[NameInText]:
        """The contests named in prose, longest spelling first, none overlapping, in order.

        Left out: spellings that several seats share, codes of three letters, the leading part
        alone where it is short or not capitalised, and names of streets, clubs and people.
        """
        # Whoever looks for one thing in a sentence is followed by many who look for others.
        found = self._found.get(text)
        if found is None:
            if len(self._found) >= MOST_FOUND:
                self._found.clear()
            found = self._found[text] = self._find(text)
        return list(found)

    def _find(self, text: str) -> list[NameInText]:
        found = list(_WORD.finditer(text))
        if not any(self._begins_a_name(one[0]) for one in found):
            return []
        words = [_word(one) for one in found]
        hits: dict[int, _Hit] = {}
        at = 0
        while at < len(words):
            hit = self._longest(text, words, at)
            if hit is not None:
                hits[at] = hit
            at = at + 1 if hit is None else hit.after
        return [
            hit.name
            for hit in hits.values()
            if not (hit.leading and _goes_on(words, hit.after, hits))
        ]

    def _longest(self, text: str, words: "list[_Word]", at: int) -> "_Hit | None":
        """The longest name that begins with a word of the text."""
        for phrase in self._phrases_from(words[at]):
            part = words[at : at + len(phrase)]
            if len(part) < len(phrase) or (stop := _matches(phrase, part)) is None:
                continue
            form = " ".join(phrase)
            named, tier = self._meant(form)
            after = at + len(phrase)
            if (
                len({fold(contest.name) for contest in named}) == 1
                and _is_safe(form, tier, part[0])
                and _is_joined(text, part, named[0])
                and _stands_alone(text, words, at, after, stop)
            ):
                name = NameInText(start=part[0].start, end=stop, contest_id=named[0].id)
                return _Hit(name=name, after=after, leading=tier is Tier.LEADING)
        return None

    def _begins_a_name(self, written: str) -> bool:
        return fold(written) in self._phrases or (
            _POSSESSIVE.search(written) is not None and fold(written[:-2]) in self._phrases
        )

    def _phrases_from(self, first: "_Word") -> list[tuple[str, ...]]:
        phrases = self._phrases.get(first.word, [])
        if first.bare != first.word:
            phrases = phrases + self._phrases.get(first.bare, [])
        return phrases


class _Word(NamedTuple):
    """A word of prose, folded whole and without its possessive, each with its end."""

    start: int
    end: int
    word: str
    bare: str
    bare_end: int
    capital: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    """A name found, the number of the word after it, and whether it is a leading part alone."""

    name: NameInText
    after: int
    leading: bool


def _word(found: re.Match[str]) -> _Word:
    written, (start, end) = found[0], found.span()
    word = bare = fold(written)
    bare_end = end
    if _POSSESSIVE.search(written):
        bare_end = end - 2
        bare = fold(written[:-2])
    return _Word(start, end, word, bare, bare_end, written[0].isupper())


def _matches(phrase: tuple[str, ...], part: list[_Word]) -> int | None:
    """Where a phrase ends in the text; None where the words are not the phrase.

    The last word may be a possessive, and one long word of several may have one slip
    (“Mid Bedforshire”).
    """
    for written, stop in ((part[-1].word, part[-1].end), (part[-1].bare, part[-1].bare_end)):
        said = [*(word.word for word in part[:-1]), written]
        wrong = [(typed, word) for typed, word in zip(said, phrase, strict=True) if typed != word]
        if not wrong:
            return stop
        typed, word = wrong[0]
        if len(wrong) == 1 and len(phrase) > 1 and len(word) >= 9 and is_slip(typed, word):
            return stop
    return None


def _is_safe(form: str, tier: Tier, first: _Word) -> bool:
    if tier is Tier.LEADING:
        return first.capital and len(form) >= 5
    return len(form) > CODE_LETTERS and (first.capital or " " in form)


def _is_joined(text: str, part: list[_Word], contest: Contest) -> bool:
    """Whether nothing but spaces and hyphens (a comma, where the name has one) joins words."""
    comma = any("," in name for name in (contest.name, *contest.aliases))
    joints = [text[left.end : right.start] for left, right in pairwise(part)]
    return all(_JOINT.fullmatch(joint) and (comma or "," not in joint) for joint in joints)


def _stands_alone(text: str, words: list[_Word], at: int, after: int, stop: int) -> bool:
    """Whether the words round a name do not make it part of another name."""
    start = words[at].start
    if re.search(r"\w[-‐‑]$", text[max(0, start - 2) : start]):
        return False
    if re.match(r"[-‐‑]\w", text[stop : stop + 2]):
        return False
    if at and re.fullmatch(r"\.? ", text[words[at - 1].end : start]):
        left = words[at - 1]
        if left.capital and left.word in _TITLES | POSITION_WORDS:
            return False
    if after < len(words) and text[stop : words[after].start] == " ":
        right = words[after]
        return not (right.capital and right.word in _NAMED_AFTER_A_PLACE | POSITION_WORDS)
    return True


def _goes_on(words: list[_Word], after: int, hits: dict[int, _Hit]) -> bool:
    """Whether a leading part is followed by “and Somewhere” that is no contest's own name."""
    return (
        after + 1 < len(words)
        and words[after].word == "and"
        and words[after + 1].capital
        and after + 1 not in hits
    )
