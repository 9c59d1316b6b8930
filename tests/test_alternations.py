"""Two servers that disagree are told from an editor who changes their mind."""

from itertools import pairwise

import pytest

from bot.alternations import Alternations


def told(texts: str) -> list[int]:
    """At which of these texts of one entry, in their order, it is said that it alternates."""
    alternations = Alternations()
    edits = pairwise(texts)
    return [
        number
        for number, (before, after) in enumerate(edits, 1)
        if alternations.edited("blog", "entry", before, after)
    ]


@pytest.mark.parametrize(
    ("texts", "at"),
    [
        ("ABAB", []),
        ("ABABA", [4]),
        ("ABABABABAB", [4, 5, 6, 7, 8, 9]),
        ("ABCABCABC", []),
        ("ABCBCBC", [5, 6]),
        ("ABABCBABAB", [9]),
    ],
)
def test_an_entry_goes_back_and_forth_from_the_third_time_in_a_row(texts, at):
    assert told(texts) == at


def test_entries_and_blogs_are_told_apart():
    alternations = Alternations()
    for n in range(6):
        texts = ("A", "B") if n % 2 else ("B", "A")
        assert not alternations.edited("one", f"entry {n % 3}", *texts)
        assert not alternations.edited(f"blog {n}", "entry", *texts)
