"""What every format does with the entries that it found: dates, identity, and what is left out."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from bot.election.clock import UK
from bot.liveblog.entry import Entry, derive_id
from bot.sources.text import opening, sound


@lru_cache(maxsize=4096)
def read_instant(text: str) -> datetime | None:
    """An ISO 8601 time in UTC; one without a zone is UK time. None for anything else."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is UTC:
            return moment
        return (moment if moment.tzinfo else moment.replace(tzinfo=UK)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class Sieve:
    """Takes entries in page order; keeps those that can stand and says why others cannot."""

    def __init__(self) -> None:
        self._kept: dict[str, Entry] = {}
        self._faults: list[str] = []

    def take(self, entry: Entry) -> None:
        """Keep an entry. One without an id gets one; of two with one id the newest stays.

        One that is only pictures is headed by what the first of them shows.
        """
        if entry.pictures and not entry.heading and not entry.body:
            first = entry.pictures[0]
            entry = replace(entry, heading=opening(first.caption or first.alt or ""))
        if not entry.id:
            derived = derive_id(entry.published, entry.heading)
            entry = replace(entry, id=derived, id_derived=True)
        if not (entry.heading or entry.body or entry.pictures or entry.withdrawn):
            self.leave_out("without text", entry.id)
            return
        other = self._kept.get(entry.id)
        if other is not None:
            self._faults.append(
                f"Two entries have one id, and only the newer is kept: {opening(entry.heading)}."
            )
            if _changed(entry) <= _changed(other):
                return
        self._kept[entry.id] = entry

    def leave_out(self, reason: str, name: str) -> None:
        """Note that an entry was left out: `reason` as in “without a date”."""
        self._faults.append(f"An entry {reason} was left out: {opening(name) or 'no name'}.")

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What stands, in page order."""
        return tuple(self._kept.values())

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for each entry that does not."""
        return tuple(self._faults)


def usable_ids(ids: Iterable[str], page: Iterable[str]) -> list[str]:
    """The ids that tell entries apart; "" for those that are only the page's own, repeated.

    A fragment is part of an id: `…/live#post-7` is an entry of `…/live`.
    """
    found = [sound(entry_id) for entry_id in ids]
    own = {address.rstrip("/#") for address in page if address}
    if len(found) > 1 and len(set(found)) == 1:
        return [""] * len(found)
    return ["" if entry_id.rstrip("/#") in own else entry_id for entry_id in found]


def _changed(entry: Entry) -> datetime:
    return entry.modified or entry.published
