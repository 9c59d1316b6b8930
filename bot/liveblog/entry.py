"""A live blog and its entries, whatever format they came in."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bot.liveblog.markup import plain_text

_PICTURE_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of one entry. `url` is None where only its caption reached us (a transcript)."""

    url: str | None = None
    alt: str | None = None
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a live blog as it was read: times in UTC, `body` as HTML.

    `id` is the publisher's, else the permalink, else made from time and heading; then
    `id_derived` is true, and a changed heading would change it too.
    """

    id: str
    published: datetime
    heading: str
    body: str = ""
    modified: datetime | None = None
    author: str | None = None
    url: str | None = None
    pictures: tuple[Picture, ...] = ()
    key_event: bool = False
    pinned: bool = False
    withdrawn: bool = False
    id_derived: bool = False

    @property
    def marked(self) -> bool:
        """Whether its publisher sets it off from the others: as a key event, or at the top."""
        return self.key_event or self.pinned

    @property
    def text(self) -> str:
        """Heading and body as plain text."""
        return "\n".join(part for part in (self.heading, plain_text(self.body)) if part)

    @property
    def digest(self) -> str:
        """A hash of what a reader sees, without ids, addresses of pages and times.

        Publishers touch `dateModified` and permalinks without changing a word; only a change
        of this hash is an edit. The mark of what is key is seen, and counts.
        """
        return _digest(self.heading, self.body, self.pictures, self.marked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one look at a blog gave: its title, and the entries that it shows now.

    `faults` are sentences about entries that were left out (no date, no text).
    `explicit` is true where the format says by itself what is withdrawn; absence then means
    nothing. `partial` is true where it is not all that the blog shows, as where a hub pushed it:
    then absence means nothing either.
    """

    title: str
    entries: tuple[Entry, ...]
    format: str
    faults: tuple[str, ...] = ()
    explicit: bool = False
    partial: bool = False


def derive_id(published: datetime, heading: str) -> str:
    """A stable id for an entry without id and permalink, from its time and heading."""
    seen = f"{published.isoformat()}\x1f{_fold(heading)}"
    return "derived:" + hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()[:24]


@lru_cache(maxsize=4096)
def _digest(heading: str, body: str, pictures: tuple[Picture, ...], marked: bool) -> str:
    # Every look at a page asks for the digest of every entry, and nearly all are as they were.
    shown = [(_file(p.url or ""), p.caption or "", p.credit or "") for p in pictures]
    seen = [heading, plain_text(body), *(part for picture in shown for part in picture)]
    folded = "\x1f".join(_fold(part) for part in seen) + ("\x1fkey" if marked else "")
    return hashlib.sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()


def _file(address: str) -> str:
    """The address of a picture without what only says how to crop or sign the same file."""
    path, _, _ = address.partition("?")
    return path if _PICTURE_FILE.search(path) else address


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())
