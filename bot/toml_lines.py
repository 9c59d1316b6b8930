"""Where in a TOML file each table and key stands, and faults told with their lines.

The reader of the standard library does not say where it found what, and people who mend a file
at midnight want the line.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"^\s*([\w\-]+)\s*=")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a path such as `("contest", 0, "declaration")`."""

    path: Path
    sentence: str


def tell(text: str, faults: Sequence[Fault]) -> str:
    """The faults of a file's text, a line each, in the order of the file."""
    lines = dict(_lines(text))
    placed = {(_line(lines, fault.path), fault.sentence): None for fault in faults}
    return "\n".join(f"  line {line}: {sentence}" for line, sentence in sorted(placed))


def _line(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest table around it."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _lines(text: str) -> Iterator[tuple[Path, int]]:
    """Each table and key with its line.

    Follows headers and keys at the start of a line, which is how people write these files.
    """
    counts: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.split("\n"), start=1):
        if header := _HEADER.match(line):
            table = ()
            *parents, last = header[2].split(".")
            for parent in parents:
                table += (parent,)
                if table in counts:
                    table += (counts[table],)
            table += (last,)
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table += (counts[table],)
            yield table, number
        elif key := _KEY.match(line):
            yield (*table, key[1]), number
