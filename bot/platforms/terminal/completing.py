"""What the end of a typed line can become."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A phrase that can take the place of the last `length` characters of a line."""

    phrase: str
    length: int


def endings(line: str, phrases: Iterable[str]) -> list[Ending]:
    """Phrases with a word that begins like the end of a line, letter case aside.

    As much of the line as possible is matched: “turnout mid b” finds “Mid Bedfordshire” by
    “mid b”. Phrases that begin with the match come first, else they keep their order.
    """
    known = [(phrase, phrase.casefold()) for phrase in phrases]
    for start in _word_starts(line):
        typed = line[start:].casefold()
        found = [
            (not folded.startswith(typed), Ending(phrase=phrase, length=len(line) - start))
            for phrase, folded in known
            if typed in folded and any(folded.startswith(typed, at) for at in _word_starts(folded))
        ]
        if found:
            return [ending for _, ending in sorted(found, key=lambda pair: pair[0])]
    return []


def suggestion(line: str, phrases: Sequence[str]) -> str:
    """The characters that would complete a line, if its end begins a phrase; else none."""
    for ending in endings(line, phrases):
        typed = line[len(line) - ending.length :]
        if ending.phrase.casefold().startswith(typed.casefold()):
            return ending.phrase[ending.length :]
    return ""


def _word_starts(text: str) -> Iterator[int]:
    return (
        at
        for at, char in enumerate(text)
        if char.isalnum() and (at == 0 or not text[at - 1].isalnum())
    )
