"""Who stood where: candidacies by the names of the people."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from bot.election.spellings import fold
from bot.record.rows import ContestRow

_WORDS_OF_A_NAME = range(4, 1, -1)


class People:
    """The ids of the contests that people of a name stood in, oldest first.

    Names are compared folded; people who share a name are not told apart here.
    """

    def __init__(self, contests: Mapping[str, ContestRow]) -> None:
        self._contests = contests

    @cached_property
    def _stood(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for contest_id, row in self._contests.items():
            for name in {_key(one.name) for one in row.candidacies}:
                found[name].append(contest_id)
        return found

    @cached_property
    def _by_word(self) -> dict[str, set[str]]:
        """Names by each of their words."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in self._stood:
            for word in name.split():
                found[word].add(name)
        return found

    def contests_of(self, name: str) -> list[str]:
        """The ids of the contests that people of a folded name stood in."""
        return self._stood.get(name, [])

    def called(self, words: str) -> list[str]:
        """The folded names that have all these words; the one that is these words alone first."""
        name = fold(words)
        if name in self._stood:
            return [name]
        each = [self._by_word.get(word, set()) for word in name.split()]
        return sorted(set.intersection(*each)) if each else []

    def near(self, words: str, most: int) -> list[str]:
        """Folded names that may have been misspelt so, the nearest first."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        scorer = OSA.normalized_similarity
        close = process.extract(fold(words), list(self._stood), scorer=scorer, score_cutoff=0.8)
        return [name for name, _, _ in close[:most]]


def names_in(text: str) -> Iterator[str]:
    """Every run of words in a text that may be somebody's whole name, folded, long ones first."""
    words = fold(text).split()
    for length in _WORDS_OF_A_NAME:
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def of_name(name: str, people: Iterable[str]) -> list[str]:
    """The names, of these, that are a folded name or have all its words."""
    asked = set(name.split())
    return [one for one in people if _key(one) == name or asked <= set(_key(one).split())]


def _key(name: str) -> str:
    """A name folded; most are plain letters and spaces, and quickly done."""
    bare = name.replace(" ", "")
    return name.lower() if bare.isascii() and bare.isalpha() else fold(name)
