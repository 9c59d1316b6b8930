"""What a hub pushes of a blog, read as the blog itself is."""

from dataclasses import dataclass, replace
from datetime import date

from bot.liveblog.entry import Reading
from bot.sources.detect import by_content
from bot.sources.places import unreadable
from bot.sources.reader import AUTO, NAMES, PARSERS
from bot.sources.text import decode

# Whether a picture is an entry's own, or all entries show it, only so many of them tell.
_SEVERAL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The body of a push, and what its `Content-Type` says of it."""

    content: bytes
    content_type: str = ""
    charset: str | None = None


def read_push(
    push: Push, *, url: str, format: str, chosen: str | None, polling_day: date
) -> Reading | None:
    """What a hub pushed of the blog that is read at `url` in this format, found out as `chosen`.

    None where only the page can tell how its entries look. Raises `SourceError` where it is in
    another format than the blog, as every entry would be new then, and where it is in none.
    """
    content = decode(push.content, push.charset)
    if format == AUTO:
        told = (chosen or "").partition(",")[0]
        format = by_content(push.content_type, content, url=url).format
        if NAMES[format] != told:
            raise unreadable(url, f"what its hub pushes is {NAMES[format]}, and it is not")
    reading = PARSERS[format](content, url=url, polling_day=polling_day)
    few = len(reading.entries) < _SEVERAL
    if few and any(entry.pictures for entry in reading.entries):
        return None
    return replace(reading, partial=True)
