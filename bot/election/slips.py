"""Slips of the fingers: two words that differ by one, where no other likely word is made."""

import re


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
