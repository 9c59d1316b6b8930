"""Entries that go back and forth between two texts, as where two servers of a blog disagree."""

# An editor takes back one change, and may take back that. More is no editor.
BACK_AND_FORTH = 3


class Alternations:
    """What entries said before their last edits, while the program runs."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, str], tuple[str, int]] = {}

    def edited(self, blog: str, entry_id: str, before: str, after: str) -> bool:
        """Note an edit by the digests of both texts; whether it is one too many.

        It is from when an entry has gone back to the text that it had before its last edit
        `BACK_AND_FORTH` times in a row. Who tells of it sees to it that it is told once.
        """
        text, times = self._before.get((blog, entry_id), ("", 0))
        times = times + 1 if after == text else 0
        self._before[blog, entry_id] = (before, times)
        return times >= BACK_AND_FORTH
