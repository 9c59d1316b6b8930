"""The plain text of a live blog's page, as it comes from an archive: newest entry first."""

import re
from collections.abc import Iterator
from datetime import date

from bot.election.clock import read_time
from bot.errors import TimeUnclearError
from bot.liveblog.entry import Entry, Picture, Reading
from bot.liveblog.markup import paragraphs_to_html
from bot.sources.entries import Sieve
from bot.sources.places import unreadable
from bot.sources.text import decode, one_line, opening

STAMP = re.compile(
    r"^[ \t]*(\d{1,2}[:.]\d{2}[ \t]*(?:[ap]\.?m\.?(?:[ \t]*(?:BST|GMT))?|BST|GMT))[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE,
)
_CAPTION = re.compile(r"(?P<caption>\S.*) - (?P<credit>[A-Z@][^.!?:;”\"]{1,59})")
_CREDIT_WORDS = 6
_SMALL_WORDS = {"via", "for", "of", "and", "the", "de", "van", "von"}


def parse(content: bytes | str, *, url: str, polling_day: date) -> Reading:
    """Read a standfirst and then, for each time stamp on a line of its own, an entry.

    The first line of an entry is its heading. Lines at its end that close with ` - Credit` are
    captions of pictures that did not come with the text. Stamps have no date: they are times of
    the night after `polling_day`. Raises `SourceError` for a text without a stamp.
    """
    text = decode(content).replace("\r\n", "\n").replace("\r", "\n")
    # split() alternates: what stands before the first stamp, a stamp, what follows it, a stamp, …
    standfirst, *parts = STAMP.split(text)
    if not parts:
        raise unreadable(url, "no line of it is a time such as 12:41 AM BST")
    sieve = Sieve()
    for stamp, words in zip(parts[::2], parts[1::2], strict=True):
        lines = list(_lines(words))
        try:
            published = read_time(stamp, polling_day=polling_day).at
        except TimeUnclearError:
            sieve.leave_out(f"with an unclear time ({stamp})", lines[0] if lines else "")
            continue
        heading, paragraphs, pictures = _read_entry(lines)
        sieve.take(
            Entry(
                id="",
                published=published,
                heading=heading,
                body=paragraphs_to_html(paragraphs),
                pictures=pictures,
            )
        )
    return Reading(
        title=_title(standfirst),
        entries=sieve.entries,
        format="transcript",
        faults=sieve.faults,
    )


def _lines(text: str) -> Iterator[str]:
    return filter(None, map(one_line, text.split("\n")))


def _read_entry(lines: list[str]) -> tuple[str, list[str], tuple[Picture, ...]]:
    """Heading, paragraphs and pictures."""
    heading, rest = "".join(lines[:1]), lines[1:]
    pictures: list[Picture] = []
    while rest and (picture := _caption(rest[-1])):
        pictures.insert(0, picture)
        rest.pop()
    return heading, rest, tuple(pictures)


def _caption(line: str) -> Picture | None:
    found = _CAPTION.fullmatch(line)
    if found is None or not _is_credit(found["credit"].split()):
        return None
    return Picture(caption=found["caption"].strip(), credit=found["credit"].strip())


def _is_credit(words: list[str]) -> bool:
    """Names only: a sentence that goes on after a dash has other words in small letters."""
    return len(words) <= _CREDIT_WORDS and all(
        not word[0].islower() or word in _SMALL_WORDS for word in words
    )


def _title(standfirst: str) -> str:
    lines = (line for line in _lines(standfirst) if _caption(line) is None)
    return opening(next(lines, ""))
