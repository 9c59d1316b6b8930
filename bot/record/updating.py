"""A newer record from newer tables: which table is which, and the folder it is written into."""

import csv
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bot.errors import RecordError
from bot.record.files import BUNDLED, read, write
from bot.record.making import ALIAS_COLUMNS, CANDIDACY_COLUMNS, CONTEST_COLUMNS, make
from bot.record.rows import FaultRow, Rows

_NOTIONAL_CELLS, _OVERLAP_CELLS = 16, 11


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What an update did. `faults` are what the source contradicts itself in, new ones alone.

    `seats` gives the name of the seat of each.
    """

    before: Rows
    after: Rows
    faults: tuple[tuple[str, FaultRow], ...]

    @property
    def changed(self) -> int:
        """How many contests are new or other than before."""
        known = {(row.polling_day, row.seat): row for row in self.before.contests}
        return sum(known.get((row.polling_day, row.seat)) != row for row in self.after.contests)


def update(tables: list[Path], folder: Path) -> Updated:
    """Write the record with the contests of newer tables into a folder, whole or not at all.

    It is made upon the record in that folder, else upon the bundled one. Raises `RecordError` with
    every fault of the tables, or where the folder cannot be written.
    """
    before = read(folder) if folder.exists() else read(BUNDLED)
    kinds: dict[str, list[Path]] = {}
    for path in tables:
        kinds.setdefault(_kind(path), []).append(path)
    for kind in ("aliases", "notional", "overlaps"):
        if len(kinds.get(kind, ())) > 1:
            raise RecordError(f"There are several tables of {kind}; give one at a time.")
    one = {kind: next(iter(kinds.get(kind, ())), None) for kind in kinds}
    after = make(
        kinds.get("contests", ()),
        kinds.get("candidacies", ()),
        aliases=one.get("aliases"),
        notional=one.get("notional"),
        overlaps=one.get("overlaps"),
        upon=before,
    )
    _replace(after, folder)
    names = {seat.key: seat.name for seat in after.seats}
    known = set(before.faults)
    return Updated(
        before=before,
        after=after,
        faults=tuple((names[f.seat], f) for f in after.faults if f not in known),
    )


def _kind(path: Path) -> str:
    """Which table a file is, by its first line. Raises `RecordError`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = next(csv.reader(file), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RecordError(f"{path} cannot be read: {error}.") from error
    for kind, columns in (
        ("contests", CONTEST_COLUMNS),
        ("candidacies", CANDIDACY_COLUMNS),
        ("aliases", ALIAS_COLUMNS),
    ):
        if set(columns) <= set(first):
            return kind
    cells = len(first)
    if cells == _NOTIONAL_CELLS:
        return "notional"
    if cells == _OVERLAP_CELLS:
        return "overlaps"
    raise RecordError(
        f"{path} is none of the record's tables. Its first line has {cells} cells: "
        f"{', '.join(first)[:200]}. docs/record.md shows what each begins with."
    )


def _replace(rows: Rows, folder: Path) -> None:
    """Write the files beside the folder and put them in its place."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        made.chmod(0o755)
        try:
            write(rows, made)
            old = made.with_name(f"{made.name}-old")
            if folder.exists():
                folder.rename(old)
            made.rename(folder)
            shutil.rmtree(old, ignore_errors=True)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    except OSError as error:
        raise RecordError(f"The record cannot be written into {folder}: {error}.") from error
