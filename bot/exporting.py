"""`teller export`: the night that a database holds, written into a folder."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bot.election.clock import say_day
from bot.errors import ExportError
from bot.export.calendar import calendar
from bot.export.night import OnRecord, sheets
from bot.export.sheet import Sheet, as_csv, as_json
from bot.ports import Newsroom
from bot.record.record import Record
from bot.store import Store, missing
from handlers import voice

CALENDAR = "timetable.ics"
# More than any night has: the newest entries are asked for by their number.
ALL_ENTRIES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is written: the sheets, and the calendar with its number of events."""

    sheets: tuple[Sheet, ...]
    calendar: str
    events: int

    def files(self) -> dict[str, str]:
        """Every file by its name."""
        return {
            **{f"{one.name}.csv": as_csv(one) for one in self.sheets},
            **{f"{one.name}.json": as_json(one) for one in self.sheets},
            CALENDAR: self.calendar,
        }

    def summary(self, folder: Path) -> str:
        """What was written, in one line."""
        rows = {one.name: len(one.rows) for one in self.sheets}
        parts = [
            voice.count(rows["night"], "contest"),
            voice.count(rows["figures"], "figure"),
            f"{voice.count(rows['results'], 'line')} of results",
            f"{voice.count(rows['journal'], 'line')} of the journal",
            voice.entries(rows["entries"]),
            f"{voice.count(self.events, 'time')} in the calendar",
        ]
        return f"Wrote {len(self.files())} files into {folder}: {voice.row(parts)}."


async def gather(database_url: str, now: datetime, *, record: Record | None = None) -> Export:
    """What a database holds of its night, as of `now` (UTC); `record` as in `Store`.

    Raises `ExportError` where there is no database, or nothing in it; `StoreError` where it cannot
    be used. A file that is not there is not made.
    """
    if missing(database_url):
        raise ExportError(
            "There is no database yet, and so no night to write: “teller run” makes it in the "
            "folder it runs in, and DATABASE_URL names another."
        )
    store = Store(database_url, record=record)
    await store.open()
    try:
        return await _gathered(store.newsroom(now))
    finally:
        await store.close()


async def _gathered(newsroom: Newsroom) -> Export:
    contests = await newsroom.contests()
    if not contests:
        raise ExportError(
            "The database holds no night yet: “teller run --night night.toml” puts one into it."
        )
    night = [
        OnRecord(
            contest=contest,
            timetable=await newsroom.timetable(contest),
            stated=await newsroom.stated(contest),
            declaration=await newsroom.declaration(contest),
        )
        for contest in contests
    ]
    entries = reversed(await newsroom.latest(ALL_ENTRIES))
    timetable = [expected for one in night for expected in one.timetable]
    day = say_day(max(contest.polling_day for contest in contests))
    return Export(
        sheets=sheets(night, await newsroom.journal(), entries),
        calendar=calendar(timetable, f"Count night of {day}"),
        events=len(timetable),
    )


def write(files: Mapping[str, str], folder: Path, *, force: bool) -> None:
    """Write files into a folder, which is made where it is not there; each whole or not at all.

    Raises `ExportError`, and writes nothing, where the folder cannot be used, or has one of the
    files and there is no `force`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        there = [name for name in files if os.path.lexists(folder / name)]
        if there and not force:
            raise ExportError(
                f"{folder} has {_names(there)} already, and nothing was written. Say --force to "
                "write over it, or name another folder with --to."
            )
        _replace(files, folder)
    except FileExistsError as error:
        raise ExportError(f"{folder} is a file; name a folder with --to.") from error
    except OSError as error:
        raise ExportError(
            f"{folder} cannot be written into: {error.strerror or error}. Name another folder "
            "with --to."
        ) from error


def _replace(files: Mapping[str, str], folder: Path) -> None:
    """Every file beside its place first: a full disk leaves those of before as they were."""
    ready: list[tuple[Path, Path]] = []
    try:
        for name, text in files.items():
            new = folder / f".{name}.new"
            ready.append((new, folder / name))
            new.write_bytes(text.encode())
        for new, place in ready:
            new.replace(place)
    finally:
        for new, _ in ready:
            with suppress(OSError):
                new.unlink(missing_ok=True)


def _names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more of its files"
