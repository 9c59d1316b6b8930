"""XML as a small tree, read with nothing in it that could be of harm.

A document that declares anything of its own (a DTD, and with it entities) is refused before it is
read on, so that nothing grows and nothing is fetched; depth and number of elements are limited.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from bot.errors import SourceError

MOST_ELEMENTS, DEEPEST, LONGEST_TEXT = 200_000, 40, 100_000


@dataclass(slots=True, kw_only=True)
class Element:
    """An element by its name without a prefix, with its attributes, text and children."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Element"]:
        """The children of a name."""
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Element | None":
        """The first child of a name."""
        return next(self.all(name), None)

    def get(self, name: str) -> str:
        """An attribute without the space round it; empty where there is none."""
        return self.attributes.get(name, "").strip()

    def text_of(self, name: str) -> str:
        """The text of the first child of a name; empty where there is none."""
        child = self.first(name)
        return "" if child is None else child.text.strip()


class _RefusedError(Exception):
    """What a document has that is not read."""


def read_xml(content: bytes) -> Element:
    """The root of a document. Raises `SourceError` where it is none, or not one that is read."""
    top = Element(name="")
    open_ = [top]
    count = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MOST_ELEMENTS or len(open_) > DEEPEST:
            raise _RefusedError("it has more in it than any result")
        element = Element(name=name.rpartition(":")[2], attributes=attributes)
        open_[-1].children.append(element)
        open_.append(element)

    def end(_: str) -> None:
        open_.pop()

    def text(data: str) -> None:
        if len(open_[-1].text) < LONGEST_TEXT:
            open_[-1].text += data

    def declared(*_: object) -> None:
        raise _RefusedError("it declares a document type, which no result needs")

    try:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = begin
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = declared
        parser.EntityDeclHandler = declared
        parser.Parse(content, True)
    except _RefusedError as error:
        raise SourceError(f"That XML is not read: {error}.") from None
    except expat.ExpatError as error:
        raise SourceError(
            f"That is no XML that is whole: {expat.ErrorString(error.code)}, in line "
            f"{error.lineno}."
        ) from None
    except (ValueError, LookupError, UnicodeError):
        raise SourceError("That is no XML: its encoding is not one that I know.") from None
    return top.children[0]
