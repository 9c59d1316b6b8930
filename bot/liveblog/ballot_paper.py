"""The names and parties of one ballot paper, as prose writes them."""

import re
from functools import cached_property

from bot.election.contest import Candidacy, Contest
from bot.election.names import fold

_PARTIES = (
    ("Lab", ("labour party", "labour", "lab")),
    ("Con", ("conservative party", "conservatives", "conservative", "tories", "tory", "con")),
    ("LD", ("liberal democrats", "liberal democrat", "lib dems", "lib dem", "libdems", "libdem",
            "ldem", "ld")),
    ("Green", ("green party", "greens", "green")),
    ("RUK", ("reform uk", "reform", "ruk")),
    ("SNP", ("scottish national party", "snp")),
    ("PC", ("plaid cymru", "plaid", "pc")),
    ("UKIP", ("ukip",)),
    ("Ind", ("independents", "independent", "ind")),
)  # fmt: skip
# Surnames that are words: “Love wins” is no result.
_WORDS = frozenset(
    {"hope", "love", "victor", "young", "long", "best", "day", "green", "white", "brown", "may"}
)
_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Cllr|Councillor)"


class BallotPaper:
    """The candidacies of a contest, found by what a reporter calls them."""

    def __init__(self, contest: Contest) -> None:
        self._candidacies = contest.candidacies
        self._shorts: dict[str, str] = {}
        for short, said in _PARTIES:
            self._shorts.update(dict.fromkeys(said, short))
        self._written = set(self._shorts)
        for candidacy in contest.candidacies:
            for words in (candidacy.party.name, candidacy.party.short):
                self._shorts[fold(words)] = candidacy.party.short
                self._written.add(words.lower())

    @cached_property
    def parties(self) -> str:
        """A pattern for every party, longest first."""
        said = sorted({*self._shorts, *self._written}, key=len, reverse=True)
        return rf"(?:{'|'.join(map(re.escape, said))})(?!\w)"

    @cached_property
    def names(self) -> str:
        """A pattern for every candidate: the name, or a title or first name and the surname."""
        full = sorted((c.name for c in self._candidacies), key=len, reverse=True)
        last = sorted({_surname(c) for c in self._candidacies}, key=len, reverse=True)
        if not full:
            return r"(?!)"
        first = rf"(?:{_TITLE}\.? |(?-i:[A-Z][a-zé]+ ))?"
        surnames = "|".join(map(re.escape, last))
        return rf"(?<![\w-])(?:{'|'.join(map(re.escape, full))}|{first}(?-i:{surnames}))(?![\w-])"

    def party(self, words: str) -> str | None:
        """The short form of a party that stands here; any party where no candidacy is known."""
        short = self._shorts.get(fold(words))
        standing = {candidacy.party.short for candidacy in self._candidacies}
        return short if not standing or short in standing else None

    def candidacy(self, name: str, party: str | None = None) -> Candidacy | None:
        """Whom a name means, with the party beside it if there is one; None where it is unclear."""
        said = fold(name)
        short = self.party(party) if party else None
        if party and short is None:
            return None
        full = [c for c in self._candidacies if fold(c.name) == said]
        alike = full or [c for c in self._candidacies if _ends_in(said, fold(_surname(c)))]
        if short is not None:
            alike = [c for c in alike if c.party.short == short]
        elif not full and not self._is_surname_alone(name):
            return None
        return alike[0] if len(alike) == 1 else None

    def names_a_person(self, name: str) -> bool:
        """Whether a name is more than a surname that is also a word."""
        return fold(name) not in _WORDS

    def _is_surname_alone(self, name: str) -> bool:
        bare = re.sub(rf"^{_TITLE}\.? ", "", name)
        return any(fold(bare) == fold(_surname(c)) for c in self._candidacies)


def _surname(candidacy: Candidacy) -> str:
    """The last word of the name before any style (“Prince A Love, Emperor of India”)."""
    return candidacy.name.split(",")[0].split()[-1]


def _ends_in(said: str, surname: str) -> bool:
    return said == surname or said.endswith(f" {surname}")
