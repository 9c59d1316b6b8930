"""A sheet of facts, and the same sheet as CSV and as JSON."""

import csv
import io
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bot.election.clock import UK, to_utc
from bot.liveblog.markup import storable

Cell = str | int | Decimal | bool | None

# A cell that begins so is a formula to a spreadsheet, whoever wrote it.
_FORMULA = frozenset("=+-@\t\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Rows under the same columns; `name` is that of its files."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheet(name: str, columns: Sequence[str], rows: Sequence[Mapping[str, Cell]]) -> Sheet:
    """A sheet of rows by column; what a row does not have is empty.

    Raises `ValueError` for a row with a column that the sheet does not have.
    """
    for row in rows:
        if unknown := row.keys() - set(columns):
            raise ValueError(f"{name} has no column {sorted(unknown)[0]}")
    return Sheet(
        name=name,
        columns=tuple(columns),
        rows=tuple(tuple(row.get(column) for column in columns) for row in rows),
    )


def instant(name: str, at: datetime | None, *, day_only: bool = False) -> dict[str, Cell]:
    """An instant in two columns: ISO 8601 in UTC, and as clocks in the UK showed it.

    `day_only`: both are the UK day, for of the time of day nothing is known.
    """
    if at is None:
        return {f"{name}_utc": None, f"{name}_uk": None}
    local = to_utc(at).astimezone(UK)
    if day_only:
        day = local.date().isoformat()
        return {f"{name}_utc": day, f"{name}_uk": day}
    return {
        f"{name}_utc": to_utc(at).isoformat().replace("+00:00", "Z"),
        # The zone tells the two hours apart that a night in October has twice.
        f"{name}_uk": f"{local:%Y-%m-%d %H:%M %Z}",
    }


def as_csv(one: Sheet) -> str:
    """A sheet as RFC 4180 has it, with a header row; no text in it is a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(one.columns)
    writer.writerows([_in_csv(cell) for cell in row] for row in one.rows)
    return text.getvalue()


def as_json(one: Sheet) -> str:
    """A sheet as one document: its name, and an object a row with the columns as keys."""
    rows = [
        {column: _in_json(cell) for column, cell in zip(one.columns, row, strict=True)}
        for row in one.rows
    ]
    document = {"sheet": one.name, "rows": rows}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def defused(text: str) -> str:
    """Text that a spreadsheet takes for text: an apostrophe stands before what begins a formula.

    Blanks before the sign do not hide it, nor does its full-width form.
    """
    if text[:1] in _FORMULA and text:
        return f"'{text}"
    first = unicodedata.normalize("NFKC", text.lstrip()[:1])
    return f"'{text}" if first and first in _FORMULA else text


def _in_csv(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case str():
            return defused(storable(cell))
        case _:
            # A number is no text from outside: −25.7 stays one.
            return str(cell)


def _in_json(cell: Cell) -> str | int | float | None:
    match cell:
        case Decimal():
            return int(cell) if cell == cell.to_integral_value() else float(cell)
        case str():
            return storable(cell)
        case _:
            return cell
