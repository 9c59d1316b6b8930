"""What was read of a page the last time, for a page that is read again.

A live blog is read every few seconds, and nearly all that it shows is as it was. What comes out is
what comes out without this; it only comes sooner.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from bot.liveblog.entry import Entry

# Pages of a megabyte or two are what takes long; of longer ones, and of many, the memory would.
PAGES, LONGEST = 4, 2_000_000

Node = Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Before:
    """Entries by what tells them apart, each with the piece of the page that it was read from.

    They hold for pages of which all that is read besides is the same: `beside`.
    """

    beside: object
    entries: dict[tuple[str, str], tuple[Node, Entry]] = field(default_factory=dict)

    def entry(self, key: tuple[str, str], piece: Node) -> Entry | None:
        """The entry that was read from this very piece; None where there was none."""
        known = self.entries.get(key)
        return known[1] if known is not None and known[0] == piece else None


class ReadBefore:
    """The last pages that were read, by their addresses. Pages are read in several threads."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Before] = OrderedDict()
        self._turn = Lock()

    def of(self, url: str, beside: object) -> Before:
        """What was read of a page; nothing, where anything beside its entries was otherwise."""
        with self._turn:
            known = self._pages.get(url)
        return known if known is not None and known.beside == beside else Before(beside=beside)

    def keep(self, url: str, page: bytes, read: Before) -> None:
        """Remember what was read of a page, if that is not too much."""
        if len(page) > LONGEST:
            return
        with self._turn:
            self._pages[url] = read
            self._pages.move_to_end(url)
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
