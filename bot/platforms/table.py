"""A table in characters of one width, for a preformatted block: every chat client shows it."""

import unicodedata

from bot.chat.reply import Table
from bot.platforms.words import cut, safe, size

MAX_CELL, MAX_COLUMNS = 30, 10
_GAP = "  "


def aligned(table: Table, limit: int) -> str:
    """The table's rows under its heading, in `limit` units at most; "" for one without words.

    Rows that do not fit are counted in the last line.
    """
    rows = [_cells(row, len(table.columns)) for row in (table.columns, *table.rows)]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    lines = [
        _GAP.join(
            _padded(cell, width, right=number in table.right)
            for number, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    if not any(line.strip() for line in lines):
        return ""
    shown, room = 0, limit - len(_more(len(lines)))
    while shown < len(lines) and (room := room - size(lines[shown]) - 1) >= 0:
        shown += 1
    left = [_more(len(lines) - shown)] if shown < len(lines) else []
    return "\n".join([*lines[:shown], *left])


def _cells(row: tuple[str, ...], columns: int) -> list[str]:
    """As many cells as there are columns, for a row may be short."""
    cells = [cut(safe(cell).strip(), MAX_CELL) for cell in row[: min(columns, MAX_COLUMNS)]]
    return cells + [""] * (min(columns, MAX_COLUMNS) - len(cells))


def _padded(cell: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(cell))
    return space + cell if right else cell + space


def _width(cell: str) -> int:
    """How many columns characters take: none for a mark upon another, two for a wide one."""
    if cell.isascii():
        return len(cell)
    return sum(
        0
        if unicodedata.category(char) in ("Mn", "Me", "Cf")
        else 2
        if unicodedata.east_asian_width(char) in "WF"
        else 1
        for char in cell
    )


def _more(rows: int) -> str:
    return f"… and {rows} more"
