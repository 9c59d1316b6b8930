"""An entry as sentences, each with the places that it speaks of.

Readers look at a sentence in code, character for character as long as the sentence itself: the
name of one of our contests is a run of `@`, any other place that may be a seat a run of `#`, and
whatever somebody is quoted as saying a run of `·`. In `plain` only quotations are silenced: a
word that makes a sentence unsure is looked for there, wherever places were suspected.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.election.contest import Contest
from bot.election.names import NameIndex, index_of
from bot.liveblog.elsewhere import find_elsewhere, known_words
from bot.liveblog.entry import Entry
from bot.liveblog.markup import BlockKind, blocks

MAX_TEXT = 20_000
# No reporter writes longer ones; the time that patterns take grows with the square of it.
MAX_SENTENCE, MAX_PLACES = 1_000, 12
MAX_WORDS = 200

_FREED = str.maketrans("@#~·", "____")
_QUOTED = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|(?<!\w)[‘'](?=\w).*?(?:[’'](?!\w)|$)")
_STOP = re.compile(r"(?<=[.!?])·*\s+(?=[A-Z@#·(\d])")
_ABBREVIATION = re.compile(r"\b(?:mr|mrs|ms|dr|cllr|prof|rev|hon|st|no|vs|approx|[A-Z])\.$", re.I)
_TOGETHER = re.compile(r",? (?:and|&) (?:in )?|/")
_CLAUSE = re.compile(
    r"[,;]|\s[–—-]\s|\b(?:and|but|while|whereas|with|as|after|before|although|though|against"
    r"|compared|than|versus)\b",
    re.I,
)
_CONTRAST = re.compile(r"\b(?:but|while|whereas|meanwhile|elsewhere)\b", re.I)
_COMPARED = re.compile(r"\b(?:than|compared|against|versus)\b", re.I)
_JUST_BEFORE_A_PLACE = re.compile(
    r"(?: (?:turnout|majority|of|votes|ballots|cast|counted|is|was|expected|per cent))*"
    r" (?:in|at|for|across)(?: the)? ",
    re.I,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that a sentence names: ids of our contests, none where it is another seat.

    “Tamworth and Mid Bedfordshire” is one place with two contests.
    """

    start: int
    end: int
    contests: tuple[str, ...] = ()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence. `carried` is the contest that goes on being spoken of, if it names no place."""

    words: str
    plain: str
    code: str
    places: tuple[Place, ...] = ()
    carried: str | None = None

    @property
    def is_question(self) -> bool:
        """Whether it asks and does not state."""
        return "?" in self.code

    @property
    def contests(self) -> frozenset[str]:
        """Every contest that it names, and the one carried."""
        named = {contest for place in self.places for contest in place.contests}
        return frozenset(named | {self.carried} if self.carried else named)

    def owners(self, start: int, end: int) -> tuple[str, ...]:
        """The contests that the words in `code[start:end]` speak of; none where it is unclear."""
        within = [p for p in self.places if start <= p.start < end]
        if within:
            return within[0].contests if len(within) == 1 else ()
        if not self.places:
            return (self.carried,) if self.carried else ()
        after = [p for p in self.places if p.start >= end]
        if after and _JUST_BEFORE_A_PLACE.fullmatch(self.code[end : after[0].start]):
            return _sole(after[0])
        before = [p for p in self.places if p.end <= start]
        first, last = self._clause(start, end)
        near = [p for p in before if p.start >= first]
        if near:
            return _sole(near[-1])
        behind = [p for p in after if p.end <= last]
        if behind:
            return _sole(behind[0]) if len(behind) == 1 else ()
        return self._beyond_the_clause(before, after, start, end)

    def owner(self, start: int, end: int) -> str | None:
        """The one contest that a figure in `code[start:end]` belongs to, or None."""
        owners = self.owners(start, end)
        return owners[0] if len(owners) == 1 else None

    def quote(self, start: int, end: int) -> str:
        """The sentence as written, at most 200 characters of it round `words[start:end]`."""
        if len(self.words) <= MAX_WORDS:
            return self.words
        room = max(0, MAX_WORDS - 2 - (end - start))
        first = min(max(0, start - room // 2), len(self.words) - (MAX_WORDS - 2))
        part = self.words[first : first + MAX_WORDS - 2].strip()
        return ("…" if first else "") + part + "…"

    def _clause(self, start: int, end: int) -> tuple[int, int]:
        """Where the clause round `code[start:end]` begins and ends."""
        first = max((m.end() for m in _CLAUSE.finditer(self.code, 0, start)), default=0)
        last = _CLAUSE.search(self.code, end)
        return first, last.start() if last else len(self.code)

    def _beyond_the_clause(
        self, before: list[Place], after: list[Place], start: int, end: int
    ) -> tuple[str, ...]:
        named = {contest for place in self.places for contest in place.contests}
        foreign = any(place.elsewhere for place in self.places)
        if before:
            turned = _CONTRAST.search(self.code, before[-1].end, start)
            return tuple(named) if len(named) == 1 and not foreign and not turned else ()
        compared = _COMPARED.search(self.code, end, after[0].start)
        if self.carried and (compared or (named == {self.carried} and not foreign)):
            return (self.carried,)
        return ()


def read_sentences(entry: Entry, contests: Sequence[Contest]) -> tuple[Sentence, ...]:
    """Heading and body of an entry as sentences, block quotes left out."""
    index, known = index_of(contests), known_words(contests)
    heading = [(entry.heading[:MAX_TEXT], True)]
    body = [(b.text, False) for b in blocks(entry.body) if b.kind is not BlockKind.QUOTE]
    room, read = MAX_TEXT, []
    for text, is_heading in heading + body:
        read.append((list(sentences_in(text[: max(0, room)], index, known)), is_heading))
        room -= len(text)
    return tuple(carried(read))


def sentences_in(text: str, index: NameIndex, known: frozenset[str]) -> Iterator[Sentence]:
    """The sentences of one block, nothing carried yet. `known` are words of no other seat."""
    plain = _QUOTED.sub(_silence, text.translate(_FREED))
    ours = [
        Place(start=name.start, end=name.end, contests=(name.contest_id,))
        for name in index.find(plain)
    ]
    code = _mark(plain, ours)
    other = [Place(start=s, end=e, elsewhere=True) for s, e in find_elsewhere(code, known)]
    places = _together(sorted([*ours, *other], key=lambda place: place.start), code)
    code = _mark(code, places)
    start = 0
    for stop in [*(m.start() for m in _STOP.finditer(code)), len(code)]:
        if stop < len(code) and _ABBREVIATION.search(code[start:stop]):
            continue
        part = code[start:stop]
        first, last = start + len(part) - len(part.lstrip()), start + len(part.rstrip())
        start = stop
        named = [p for p in places if first <= p.start < last]
        if last - first > MAX_SENTENCE or len(named) > MAX_PLACES:
            # It states nothing that could be read, but still ends what was spoken of before.
            yield Sentence(words="", plain="", code="", places=tuple(named[:MAX_PLACES]))
        elif first < last:
            yield Sentence(
                words=text[first:last],
                plain=plain[first:last],
                code=code[first:last],
                places=tuple(replace(p, start=p.start - first, end=p.end - first) for p in named),
            )


def _silence(quoted: re.Match[str]) -> str:
    """A quotation in code; its last full stop still ends a sentence."""
    inner = quoted[0][:-1]
    if len(inner) > 1 and inner[-1] in ".!?":
        return "·" * (len(inner) - 1) + "." + "·"
    return "·" * len(quoted[0])


def _mark(code: str, places: Sequence[Place]) -> str:
    for place in places:
        run = ("@" if place.contests else "#") * (place.end - place.start)
        code = code[: place.start] + run + code[place.end :]
    return code


def _together(places: list[Place], code: str) -> list[Place]:
    """Places joined by “and” made one."""
    joined: list[Place] = []
    for place in places:
        last = joined[-1] if joined else None
        if last and _TOGETHER.fullmatch(code[last.end : place.start]):
            joined[-1] = Place(
                start=last.start,
                end=place.end,
                contests=tuple(dict.fromkeys((*last.contests, *place.contests))),
                elsewhere=last.elsewhere or place.elsewhere,
            )
        else:
            joined.append(place)
    return joined


def _sole(place: Place) -> tuple[str, ...]:
    return () if place.elsewhere else place.contests


def carried(read: list[tuple[list[Sentence], bool]]) -> Iterator[Sentence]:
    """Tell each sentence which contest is being spoken of.

    That is the one of the sentence before, else the heading's, else the only one of the entry. A
    sentence about another seat ends it for the rest of its paragraph.
    """
    every = [place for block, _ in read for sentence in block for place in sentence.places]
    top = [place for block, is_heading in read if is_heading for s in block for place in s.places]
    named = {contest for place in every for contest in place.contests}
    only = next(iter(named)) if len(named) == 1 else None
    head = _speaks_of(top) if top else only
    only = None if any(place.elsewhere for place in top) else only
    now = head
    for block, is_heading in read:
        if not is_heading:
            now = now if now == head or head is None else None
            now = now or only
        for sentence in block:
            yield replace(sentence, carried=now)
            if sentence.places:
                now = _speaks_of(sentence.places)


def _speaks_of(places: Sequence[Place]) -> str | None:
    named = {contest for place in places for contest in place.contests}
    foreign = any(place.elsewhere for place in places)
    return next(iter(named)) if len(named) == 1 and not foreign else None
