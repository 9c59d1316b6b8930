"""What a person typed, or a reporter wrote, to the contests it may mean."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice, pairwise
from operator import is_
from typing import NamedTuple

from bot.election.contest import Contest
from bot.election.spellings import CODE_LETTERS, POSITION_WORDS, Tier, fold, forms

__all__ = [
    "Match", "NameInText", "NameIndex", "find_names", "fold", "index_of", "resolve", "spellings",
]  # fmt: skip

MAX_OFFERS = 5
MAX_TYPED = 120
MOST_FOUND = 256
_NEAR_ENOUGH = 0.7
_PART_OF_THE_NAME = 0.85
_AS_NEAR_AS_THE_BEST = 0.15

_SMALL = frozenset({"the", "and"})
_AFTER_THE_NAME = re.compile(r"(?: (?:parliamentary|by ?election|constituency|seat|contest))+$")
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
class Match:
    """What words may mean.

    `certain`: they name one seat; more than one contest then means one seat on several polling
    days, newest first, for the caller to choose by date. Otherwise `contests` are offers,
    nearest seat first, and empty where nothing is near. `exact`: the words are a spelling of each.
    """

    contests: tuple[Contest, ...] = ()
    certain: bool = False
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NameInText:
    """A contest named in prose: `text[start:end]`."""

    start: int
    end: int
    contest_id: str


def spellings(contest: Contest) -> frozenset[str]:
    """Every folded form that may stand for a contest; other contests may share one."""
    return frozenset(forms(contest.name, contest.aliases))


def resolve(words: str, contests: Sequence[Contest]) -> Match:
    """The contests that words may mean."""
    return index_of(contests).resolve(words)


def find_names(text: str, contests: Sequence[Contest]) -> list[NameInText]:
    """The contests named in prose, in order. See `NameIndex.find`."""
    return index_of(contests).find(text)


def index_of(contests: Iterable[Contest]) -> "NameIndex":
    """The spellings of contests: made once for the same ones, as 650 take a moment."""
    return _index_of(_These(tuple(contests)))


class _These:
    """Contests as they are asked for again: the very same ones, in the same order."""

    def __init__(self, contests: tuple[Contest, ...]) -> None:
        self.contests = contests
        self._hash = hash(tuple(map(id, contests)))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        # To compare what they hold would take as long as to read their names.
        return (
            isinstance(other, _These)
            and len(self.contests) == len(other.contests)
            and all(map(is_, self.contests, other.contests))
        )


@lru_cache(maxsize=8)
def _index_of(these: _These) -> "NameIndex":
    return NameIndex(these.contests)


class NameIndex:
    """The spellings of contests, for quick look-up.

    `layers` come in the order in which they are meant: a spelling that a contest of an earlier
    one has stands for no contest of a later one, unless it is the same seat's.
    """

    def __init__(self, *layers: Iterable[Contest]) -> None:
        self._exact: dict[str, dict[tuple[int, Tier], list[Contest]]] = {}
        self._phrases: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._of_seat: dict[str, list[Contest]] = defaultdict(list)
        self._found: dict[str, list[NameInText]] = {}
        self.layers = tuple(tuple(contests) for contests in layers)
        for number, contests in enumerate(self.layers):
            for contest in sorted(contests, key=lambda c: c.polling_day, reverse=True):
                seat = self._of_seat[fold(contest.name)]
                if all(known.id != contest.id for known in seat):
                    seat.append(contest)
                for form, tier in forms(contest.name, contest.aliases).items():
                    self._exact.setdefault(form, {}).setdefault((number, tier), []).append(contest)
        for form in sorted(self._exact, key=len, reverse=True):
            words = tuple(form.split())
            self._phrases[words[0]].append(words)

    @property
    def seats(self) -> list[Contest]:
        """One contest of each seat, the one that is meant first."""
        return [contests[0] for contests in self._of_seat.values()]

    def of_seat(self, name: str) -> list[Contest]:
        """All contests of the seats of a name, in the order in which they are meant."""
        return self._of_seat.get(fold(name), [])

    def knows(self, form: str) -> bool:
        """Whether a folded form is a spelling of some seat."""
        return form in self._exact

    @cached_property
    def of_two_parts(self) -> list[Contest]:
        """One contest of each seat whose name joins two: “Somerton and Frome”."""
        return [contest for contest in self.seats if " and " in fold(contest.name)]

    @cached_property
    def by_id(self) -> dict[str, Contest]:
        """Contests by their ids; of two with one id the one that is meant first."""
        every = [contest for contests in self._of_seat.values() for contest in contests]
        return {contest.id: contest for contest in reversed(every)}

    def resolve(self, words: str) -> Match:
        """The contests that typed words may mean.

        Certain are a known spelling of one seat, and one clear slip of the fingers with no other
        seat near. A different real word (“Somerset and Frome”) is not a slip: it is offered.
        """
        asked = _AFTER_THE_NAME.sub("", fold(words[:MAX_TYPED]))
        named = self._named(asked)
        if named:
            return replace(self._match([named]), exact=True)
        near = self._near(asked)
        if near and self._is_clear(asked, near):
            near = near[:1]
            return self._match([near[0].contests])
        # Of what may be meant, tonight's comes first.
        near = sorted(near[:MAX_OFFERS], key=lambda one: one.contests[0].id not in self._first)
        return replace(self._match([one.contests for one in near]), certain=False)

    def called(self, words: str) -> Match:
        """The contests of which words are a known spelling, to the letter; certain of one seat."""
        named = self._named(fold(words[:MAX_TYPED]))
        return replace(self._match([named]), exact=True) if named else Match()

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

    def _named(self, form: str) -> list[Contest]:
        """The contests that a form stands for: those of the layer and tier that is meant first.

        Where it is the very name of an older seat and only a part of a newer one's (“Angus” of
        “Angus and Perthshire Glens”), both may be meant; on a night, tonight's is.
        """
        tiers = self._exact.get(form)
        if not tiers:
            return []
        layer, tier = min(tiers)
        found = tiers[layer, tier]
        if layer and tier is not Tier.CANONICAL:
            older = (of for (_, other), of in tiers.items() if other is Tier.CANONICAL)
            found = [*found, *(contest for of in older for contest in of)]
        return found

    def _match(self, found: Sequence[Sequence[Contest]]) -> Match:
        """Contests by their seats, each with all that it had in any layer, in order."""
        seats = dict.fromkeys(fold(contest.name) for contests in found for contest in contests)
        contests = [contest for seat in seats for contest in self._of_seat[seat]]
        return Match(contests=tuple(contests), certain=len(seats) == 1)

    @cached_property
    def _long_forms(self) -> list[str]:
        return sorted(form for form in self._exact if len(form) > CODE_LETTERS)

    @cached_property
    def _with_word(self) -> dict[str, set[str]]:
        """The forms that a word stands in."""
        found: dict[str, set[str]] = defaultdict(set)
        for form in self._long_forms:
            for word in form.split():
                found[word].add(form)
        return found

    def _parts(self, asked: str) -> set[str]:
        """The forms that begin with what was asked, or have all its words."""
        words = [self._with_word.get(word, set()) for word in asked.split()]
        found = set.intersection(*words) if words else set()
        for form in islice(self._long_forms, bisect_left(self._long_forms, asked), None):
            if not form.startswith(asked):
                break
            found.add(form)
        return found

    def _near(self, asked: str) -> "list[_Near]":
        """Seats near to folded words, nearest first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if len(asked) < CODE_LETTERS or asked in _SMALL:
            return []
        close = process.extract(
            asked,
            self._long_forms,
            scorer=OSA.normalized_similarity,
            score_cutoff=_NEAR_ENOUGH,
            limit=None,
        )
        score = {form: similarity for form, similarity, _ in close}
        for form in self._parts(asked):
            score[form] = max(score.get(form, 0), _PART_OF_THE_NAME)
        least = max(score.values(), default=0) - _AS_NEAR_AS_THE_BEST
        near: dict[tuple[str, ...], _Near] = {}
        for form in sorted(score, key=lambda form: (-score[form], form)):
            if score[form] < least:
                break
            named = self._named(form)
            seats = tuple(dict.fromkeys(fold(contest.name) for contest in named))
            slips = OSA.distance(asked, form)
            near.setdefault(seats, _Near(contests=named, form=form, slips=slips))
        return list(near.values())

    @cached_property
    def _first(self) -> frozenset[str]:
        """The ids of the contests that are meant before all others."""
        return frozenset(contest.id for contest in self.layers[0]) if self.layers else frozenset()

    @staticmethod
    def _is_clear(asked: str, near: "list[_Near]") -> bool:
        """Whether the nearest seat is one slip away and the second is far behind."""
        best, *others = near
        one_seat = len({fold(contest.name) for contest in best.contests}) == 1
        return (
            one_seat and is_slip(asked, best.form) and all(n.slips > best.slips + 1 for n in others)
        )

    def _longest(self, text: str, words: "list[_Word]", at: int) -> "_Hit | None":
        """The longest name that begins with a word of the text."""
        for phrase in self._phrases_from(words[at]):
            part = words[at : at + len(phrase)]
            if len(part) < len(phrase) or (stop := _matches(phrase, part)) is None:
                continue
            form = " ".join(phrase)
            named, (_, tier) = self._named(form), min(self._exact[form])
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """What is near to what was typed: its contests, spelling, and how many slips lie between."""

    contests: list[Contest]
    form: str
    slips: int


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


def is_slip(typed: str, meant: str) -> bool:
    """Whether two folded forms differ by one slip that makes no other likely word.

    Two letters swapped, a letter doubled or one of a double left out; in a long word a letter
    more or less, in a very long one a wrong letter (Hereford is not Hertford, nor Stretford
    Stratford). Never the first letter: that is another word.
    """
    from rapidfuzz.distance import OSA

    slips, words = typed.split(), meant.split()
    # A sign that folds to nothing has no word at all.
    if len(slips) != len(words):
        return False
    wrong = [(slip, word) for slip, word in zip(slips, words, strict=True) if slip != word]
    if len(wrong) != 1:
        return False
    slip, word = wrong[0]
    if slip[0] != word[0] or OSA.distance(slip, word) != 1:
        return False
    swapped = len(word) >= 5 and sorted(slip) == sorted(word)
    doubled = len(word) >= 3 and _undoubled(slip) == _undoubled(word)
    return swapped or doubled or len(word) >= (10 if len(slip) == len(word) else 7)


def _undoubled(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


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
