"""What was known and what was read, to what changed. A pure decision.

Rules: an edit is a change of the content digest; a copy that is older than what is known never
wins; an entry that is missing is withdrawn only by an explicit tombstone, or when it was absent
three readings in a row from inside the window that the page shows; a page that shows nothing
withdraws nothing. What a hub pushes may come late, twice, and before the page itself shows it: a
change is believed only with its time, and the page is given time to follow.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import le

from bot.liveblog.entry import Entry, Reading

ABSENCES_THAT_WITHDRAW = 3
# So many readings more may be without an entry that only a hub has told of: caches lag behind.
AHEAD_OF_ITS_PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is remembered of an entry.

    `missing` counts readings in a row that did not show it, from below nought where none has shown
    it yet; `posted` is false for one that was older than what channels were given at the first
    look.
    """

    id: str
    digest: str
    published: datetime
    modified: datetime | None = None
    version: int = 1
    withdrawn: bool = False
    missing: int = 0
    id_derived: bool = False
    posted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An entry that was not known."""

    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A known entry whose text changed, or that came back after a withdrawal."""

    entry: Entry
    known: Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """A known entry that no longer stands; `at` is when its blog says that it took it back."""

    known: Known
    reason: str
    at: datetime | None = None


Change = Published | Edited | Withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Changes, oldest entry first, and the new counts of absence (only those that differ).

    `confirmed` are newer modification times of entries whose text stayed: a copy from in between
    is stale from then on. `unsure` says that a partial reading has more that is new, of which only
    the blog itself can tell whether it stands.
    """

    changes: tuple[Change, ...] = ()
    missing: Mapping[str, int]
    confirmed: Mapping[str, datetime] = field(default_factory=dict)
    unsure: bool = False


def decide(known: Mapping[str, Known], reading: Reading | None) -> Decision:
    """Compare a reading with what is known.

    `reading` is None where the server said “not modified”: the page still looks as it did, so
    what was missing is missing once more.
    """
    if reading is None:
        return _absences({k.id: _once_more(k) for k in known.values() if k.missing}, known, [])
    if reading.partial:
        sure = [entry for entry in reading.entries if _is_sure(known.get(entry.id), entry)]
        decision = _compared(known, replace(reading, entries=tuple(sure)))
        return replace(decision, unsure=len(sure) < len(reading.entries))
    return _compared(known, reading)


def _is_sure(before: Known | None, entry: Entry) -> bool:
    """Whether an entry that came without those around it says enough to be compared.

    One without an id may be a known one under another heading, and a text without its time may be
    an older one.
    """
    if before is None:
        return not entry.id_derived
    return entry.modified is not None or _compare(before, entry) is None


def _compared(known: Mapping[str, Known], reading: Reading) -> Decision:
    changes: list[Change] = []
    shown: set[str] = set()
    confirmed: dict[str, datetime] = {}
    renamed = _renamed(known, reading)
    for entry in _oldest_first(reading.entries):
        before = known.get(entry.id) or renamed.get(entry.id)
        if before is not None and _is_as_it_was(before, entry):
            shown.add(before.id)
            continue
        shown.add(entry.id if before is None else before.id)
        change = _compare(before, entry)
        if change is not None:
            changes.append(change)
        elif before is not None and entry.modified and _is_newer(entry.modified, before):
            confirmed[before.id] = entry.modified
    whole = not reading.partial
    missing = _missing(known, reading, shown) if whole and not reading.explicit else {}
    # Shown again, or out of the window: either way its absences are no longer in a row.
    forgiven = {
        k.id: 0
        for k in known.values()
        if k.missing and k.id not in missing and (k.id in shown or (k.missing > 0 and whole))
    }
    decision = _absences({**forgiven, **missing}, known, changes)
    return replace(decision, confirmed=confirmed)


def _oldest_first(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Most pages show the newest on top; among entries of one minute only that order tells."""
    return entries if _runs_upwards(entries) else entries[::-1]


def _runs_upwards(entries: Sequence[Entry]) -> bool:
    """Whether a page shows the oldest entry on top: more of them follow on each other so."""
    instants = [entry.published for entry in entries]
    if _is_in_order(instants[::-1]):
        return False
    return len(_in_order(instants)) > len(_in_order(instants[::-1]))


def _is_in_order(instants: Sequence[datetime]) -> bool:
    return all(map(le, instants, instants[1:]))


def _in_order(instants: Sequence[datetime]) -> list[datetime]:
    """As many of these instants as follow on each other from older to newer, others left out.

    By patience sorting: https://en.wikipedia.org/wiki/Longest_increasing_subsequence.
    """
    if _is_in_order(instants):
        return list(instants)
    ends: list[datetime] = []
    numbers: list[int] = []
    before: list[int] = []
    for number, instant in enumerate(instants):
        length = bisect_right(ends, instant)
        before.append(numbers[length - 1] if length else -1)
        if length == len(ends):
            ends.append(instant)
            numbers.append(number)
        else:
            ends[length], numbers[length] = instant, number
    found: list[datetime] = []
    number = numbers[-1] if numbers else -1
    while number != -1:
        found.append(instants[number])
        number = before[number]
    return found[::-1]


def _is_as_it_was(before: Known, entry: Entry) -> bool:
    """Whether there is nothing to decide: so it is with nearly every entry of nearly every look."""
    return (
        entry.modified == before.modified
        and not entry.withdrawn
        and not before.withdrawn
        and entry.digest == before.digest
    )


def _compare(before: Known | None, entry: Entry) -> Change | None:
    if before is None:
        return None if entry.withdrawn else Published(entry=entry)
    if _is_stale(before, entry):
        return None
    if entry.withdrawn and before.withdrawn:
        return None
    if entry.withdrawn:
        return Withdrawn(known=before, reason="withdrawn by its blog", at=entry.modified)
    if before.withdrawn or entry.digest != before.digest:
        return Edited(entry=entry, known=before)
    return None


def _is_stale(before: Known, entry: Entry) -> bool:
    """An old mirror shows an earlier modification time than what is known."""
    return (
        before.modified is not None
        and entry.modified is not None
        and entry.modified < before.modified
    )


def _is_newer(modified: datetime, before: Known) -> bool:
    return before.modified is None or modified > before.modified


def _renamed(known: Mapping[str, Known], reading: Reading) -> dict[str, Known]:
    """Entries without an id of their own whose heading changed: matched by their time.

    Only where it cannot be wrong: one entry vanished and one appeared at that instant.
    """
    shown = {entry.id for entry in reading.entries}
    vanished: dict[datetime, list[Known]] = {}
    for k in known.values():
        if k.id_derived and not k.withdrawn and k.id not in shown:
            vanished.setdefault(k.published, []).append(k)
    appeared: dict[datetime, list[Entry]] = {}
    for entry in reading.entries:
        if entry.id_derived and entry.id not in known:
            appeared.setdefault(entry.published, []).append(entry)
    return {
        entries[0].id: vanished[at][0]
        for at, entries in appeared.items()
        if len(entries) == 1 and len(vanished.get(at, ())) == 1
    }


def _missing(known: Mapping[str, Known], reading: Reading, shown: set[str]) -> dict[str, int]:
    """Readings in a row that did not show an entry, for those inside the page's window.

    The window begins with the oldest entry shown: what is older has left the page, not the blog.
    It has no end, because the newest entry is the one most often taken back. An entry that is
    pinned, or stands out of order as if it were, stays on the page when those around it have
    left, and tells nothing of the window.
    """
    moving = [entry for entry in reading.entries if not entry.pinned and not entry.withdrawn]
    if not moving:
        return {}
    oldest = _in_order([entry.published for entry in _oldest_first(tuple(moving))])[0]
    return {
        k.id: _once_more(k)
        for k in known.values()
        if not k.withdrawn and k.id not in shown and k.published >= oldest
    }


def _once_more(absent: Known) -> int:
    return absent.missing + 1 or 1


def _absences(
    missing: dict[str, int], known: Mapping[str, Known], changes: list[Change]
) -> Decision:
    for entry_id, count in missing.items():
        if count >= ABSENCES_THAT_WITHDRAW and not known[entry_id].withdrawn:
            changes.append(Withdrawn(known=known[entry_id], reason="no longer on its page"))
    changes.sort(key=_order)
    return Decision(changes=tuple(changes), missing=missing)


def _order(change: Change) -> datetime:
    return change.known.published if isinstance(change, Withdrawn) else change.entry.published
