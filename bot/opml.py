"""Lists of live blogs as feed readers exchange them: OPML 2.0, http://opml.org/spec2.opml.

What Teller says of a blog beside that stands in a namespace of its own, as the format wants it.
A file comes from anywhere: no declaration in it is obeyed, so that no entity grows and nothing is
fetched, and it has limits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from xml.parsers import expat

from bot.chat.manner import PLAIN, Manner, read_manner
from bot.election.clock import to_utc
from bot.errors import AskError

NAMESPACE = "urn:teller:follows"
MOST_BYTES, MOST_BLOGS, DEEPEST = 2_000_000, 500, 50
LONGEST_ADDRESS, LONGEST_TITLE = 1_500, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A blog of a list; `only` are ids of contests, none for all of it."""

    url: str
    title: str
    only: frozenset[str] = frozenset()
    manner: Manner = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a file lists, and a sentence for each line of it that cannot be taken."""

    outlines: tuple[Outline, ...]
    faults: tuple[str, ...]


def write_opml(outlines: Iterable[Outline], title: str, at: datetime) -> str:
    """A list as a file, written at an instant (UTC)."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<opml version="2.0" xmlns:teller="{NAMESPACE}">',
        "  <head>",
        f"    <title>{_text(title)}</title>",
        f"    <dateCreated>{format_datetime(to_utc(at), usegmt=True)}</dateCreated>",
        "  </head>",
        "  <body>",
        *(f"    <outline {_attributes(one)}/>" for one in outlines),
        "  </body>",
        "</opml>",
    ]
    return "\n".join(lines) + "\n"


def read_opml(data: bytes) -> Listed:
    """What a file lists, in its order, each address once; folders are looked into.

    Raises `AskError` with a sentence where it is no such file, or a dangerous one.
    """
    if len(data) > MOST_BYTES:
        raise AskError(f"The file has more than {MOST_BYTES // 1_000_000} MB; no list is so long.")
    reading = _Reading()
    try:
        reading.parser.Parse(data, True)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        raise AskError(f"The file is no OPML: line {error.lineno}: {why}.") from None
    except (ValueError, LookupError):
        why = "its encoding is not known; write it as UTF-8"
        raise AskError(f"The file is no OPML: {why}.") from None
    return Listed(outlines=tuple(reading.outlines.values()), faults=tuple(reading.faults))


class _Reading:
    """A file as it is read: outlines by their addresses, and faults."""

    def __init__(self) -> None:
        self.outlines: dict[str, Outline] = {}
        self.faults: list[str] = []
        self._depth = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._declares
        self.parser.EntityDeclHandler = self._declares

    def _declares(self, *_: object) -> None:
        raise AskError(
            "The file declares a document type, which a list of blogs needs not and which is not "
            "safe to read. Take out its <!DOCTYPE …>."
        )

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        # Some files put all of it into a namespace of their own.
        name = name.rpartition(" ")[2]
        if not self._depth and name != "opml":
            raise AskError(f"The file is no OPML: it begins with <{_shown(name)}>, and not <opml>.")
        self._depth += 1
        if self._depth > DEEPEST:
            raise AskError(f"The file has folders in folders, more than {DEEPEST} deep.")
        if name == "outline":
            self._outline(attributes)

    def _outline(self, attributes: dict[str, str]) -> None:
        # Programs differ in how they write the names: xmlUrl, xmlurl, xmlURL.
        said = {key.lower(): value.strip() for key, value in attributes.items()}
        url = said.get("xmlurl") or said.get("url") or said.get("htmlurl") or ""
        if not url:
            return
        line = f"Line {self.parser.CurrentLineNumber}: "
        if not url.lower().startswith(("http://", "https://")) or any(map(str.isspace, url)):
            self.faults.append(f"{line}“{_shown(url)}” is no web address.")
        elif len(url) > LONGEST_ADDRESS:
            self.faults.append(f"{line}“{_shown(url)}” is too long for an address.")
        elif len(self.outlines) >= MOST_BLOGS and url not in self.outlines:
            self.faults.append(f"{line}{_shown(url)} is more than the {MOST_BLOGS} that are read.")
        else:
            try:
                manner = read_manner(said.get(f"{NAMESPACE} manner", ""))
            except (ValueError, AskError) as error:
                self.faults.append(f"{line}{_shown(url)}: {_shown(str(error)).rstrip('.')}.")
                return
            only = said.get(f"{NAMESPACE} only", "").split()
            title = said.get("title") or said.get("text") or url
            self.outlines.setdefault(
                url,
                Outline(url=url, title=title[:LONGEST_TITLE], only=frozenset(only), manner=manner),
            )


def _attributes(one: Outline) -> str:
    told = {"type": "rss", "text": one.title, "title": one.title, "xmlUrl": one.url}
    if one.only:
        told["teller:only"] = " ".join(sorted(one.only))
    if one.manner != PLAIN:
        told["teller:manner"] = str(one.manner)
    return " ".join(f'{key}="{_text(value)}"' for key, value in told.items())


def _text(words: str) -> str:
    """Words as XML has them: without what no file may hold, and escaped."""
    return escape("".join(c for c in " ".join(words.split()) if c.isprintable()))


def _shown(words: str) -> str:
    said = "".join(c for c in words if c.isprintable())
    return said if len(said) <= 100 else f"{said[:100]}…"
