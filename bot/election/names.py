"""What a person typed, to the contests it may mean."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from operator import is_

from bot.election.contest import Contest
from bot.election.names_in_prose import NameInText, NamesInProse
from bot.election.slips import is_slip
from bot.election.spellings import CODE_LETTERS, Tier, fold, forms

__all__ = [
    "Match", "NameInText", "NameIndex", "find_names", "fold", "index_of", "resolve", "spellings",
]  # fmt: skip

MAX_OFFERS = 5
MAX_TYPED = 120
_NEAR_ENOUGH = 0.7
_PART_OF_THE_NAME = 0.85
_AS_NEAR_AS_THE_BEST = 0.15

_SMALL = frozenset({"the", "and"})
_AFTER_THE_NAME = re.compile(r"(?: (?:parliamentary|by ?election|constituency|seat|contest))+$")


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
        self._of_seat: dict[str, list[Contest]] = defaultdict(list)
        self.layers = tuple(tuple(contests) for contests in layers)
        for number, contests in enumerate(self.layers):
            for contest in sorted(contests, key=lambda c: c.polling_day, reverse=True):
                seat = self._of_seat[fold(contest.name)]
                if all(known.id != contest.id for known in seat):
                    seat.append(contest)
                for form, tier in forms(contest.name, contest.aliases).items():
                    self._exact.setdefault(form, {}).setdefault((number, tier), []).append(contest)
        self._in_prose = NamesInProse(self._exact, self._meant)

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
        return self._in_prose.find(text)

    def _meant(self, form: str) -> tuple[list[Contest], Tier]:
        return self._named(form), min(self._exact[form])[1]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Near:
    """What is near to what was typed: its contests, spelling, and how many slips lie between."""

    contests: list[Contest]
    form: str
    slips: int
