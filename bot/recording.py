"""A live blog as it changed, every version with its time, in one file; and read again from it.

A line of JSON for each look that found something new, behind a first line that says what was
recorded. Whatever was written before a cut stands: the file only grows.
"""

import asyncio
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import structlog

from bot.errors import RecordingError, SourceError
from bot.liveblog.entry import Entry, Reading
from bot.ports import Clock, Fetched, Reader, Validators
from bot.store.codec import dumps, loads

log = structlog.get_logger()

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one look found: entries that are new or other than before, and ids that are gone."""

    at: datetime
    entries: tuple[Entry, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """A blog over a night; `changes` in order of time, UTC."""

    url: str
    title: str
    polling_day: date
    changes: tuple[Change, ...]

    @property
    def begins(self) -> datetime:
        """The instant of the first look."""
        return self.changes[0].at

    @property
    def ends(self) -> datetime:
        """The instant of the last change."""
        return self.changes[-1].at

    def reading(self, at: datetime) -> Reading:
        """The blog as it stood at an instant."""
        standing: dict[str, Entry] = {}
        for change in self.changes[: bisect_right(self.changes, at, key=lambda c: c.at)]:
            for entry in change.entries:
                standing[entry.id] = entry
            for entry_id in change.gone:
                standing.pop(entry_id, None)
        return Reading(title=self.title, entries=tuple(standing.values()), format="recording")


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Looks at a blog again and again, and writes down what changed.

    `told` hears of each change: when, how many entries are new or changed, and how many are gone.
    """

    reader: Reader
    clock: Clock
    url: str
    format: str
    polling_day: date
    path: Path
    told: Callable[[Change], None]
    _known: dict[str, str] = field(default_factory=dict)
    _validators: Validators = field(default_factory=Validators)
    _begun: bool = False

    async def record(self, seconds: float) -> None:
        """Look every so many seconds until cancelled.

        Raises `SourceError` where the first look fails; later ones are tried again.
        """
        await self.look()
        while True:
            await self.clock.sleep(seconds)
            try:
                await self.look()
            except SourceError as error:
                log.warning("recording.not_read", why=str(error))

    async def look(self) -> None:
        """Look once, and write what changed."""
        fetched = await self.reader.read(
            self.url,
            format=self.format,
            polling_day=self.polling_day,
            validators=self._validators,
        )
        self._validators = fetched.validators
        if fetched.reading is None:
            return
        if not self._begun:
            await asyncio.to_thread(self._begin, fetched.reading.title)
        change = self._change(fetched.reading)
        if change.entries or change.gone:
            await asyncio.to_thread(self._append, _as_data(change))
            self.told(change)

    def _begin(self, title: str) -> None:
        """Write the first line, or read on where an earlier recording of the blog ended."""
        if self.path.exists() and self.path.stat().st_size:
            before = read_recording(self.path)
            if before.url != self.url:
                raise RecordingError(
                    f"{self.path} is a recording of {before.url}; give another file for {self.url}."
                )
            standing = before.reading(before.ends).entries
            self._known = {entry.id: dumps(Entry, entry) for entry in standing}
        else:
            self._append(
                {
                    "recording": FORMAT,
                    "url": self.url,
                    "title": title,
                    "polling_day": self.polling_day.isoformat(),
                }
            )
        self._begun = True

    def _change(self, reading: Reading) -> Change:
        now = {entry.id: dumps(Entry, entry) for entry in reading.entries}
        entries = [e for e in reading.entries if self._known.get(e.id) != now[e.id]]
        gone = [entry_id for entry_id in self._known if entry_id not in now]
        self._known = now
        return Change(at=self.clock.now(), entries=tuple(entries), gone=tuple(gone))

    def _append(self, line: dict[str, Any]) -> None:
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
        except OSError as error:
            raise RecordingError(f"{self.path} cannot be written: {error}.") from error


class RecordedReader:
    """Reads a recording as the blog stood at the clock's moment, without a server."""

    def __init__(self, recording: Recording, clock: Clock) -> None:
        self._recording = recording
        self._clock = clock

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """The blog of this moment."""
        return Fetched(reading=self._recording.reading(self._clock.now()), validators=validators)


def read_recording(path: Path) -> Recording:
    """A recording from its file. A last line that was cut off is left out.

    Raises `RecordingError` with a sentence where it is none, or broken.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path} cannot be read: {error}.") from error
    try:
        first = json.loads(lines[0]) if lines else {}
        if not isinstance(first, dict) or first.get("recording") != FORMAT:
            raise RecordingError(
                f"{path} is no recording that I read; “teller record URL --to FILE” makes one."
            )
        recording = Recording(
            url=str(first["url"]),
            title=str(first["title"]),
            polling_day=date.fromisoformat(first["polling_day"]),
            changes=tuple(_changes(lines[1:])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise RecordingError(f"{path} is a broken recording: {error}.") from error
    if not recording.changes:
        raise RecordingError(f"{path} holds no entry yet.")
    return recording


def _changes(lines: list[str]) -> Iterator[Change]:
    for line in lines:
        if not line.endswith("\n"):
            # It was being written when the recorder was cut off.
            return
        data = json.loads(line)
        yield Change(
            at=datetime.fromisoformat(data["at"]).astimezone(UTC),
            entries=tuple(loads(Entry, json.dumps(entry)) for entry in data["entries"]),
            gone=tuple(map(str, data["gone"])),
        )


def _as_data(change: Change) -> dict[str, Any]:
    return {
        "at": change.at.isoformat(),
        "entries": [json.loads(dumps(Entry, entry)) for entry in change.entries],
        "gone": list(change.gone),
    }
