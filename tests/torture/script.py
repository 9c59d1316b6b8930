"""What a blog goes through on a night of torture: a script drawn by a seed, and what comes of it.

Its words say of themselves what they are (“note 7, take 2”), so that whatever shows them can be
read back. A note's takes are numbered with its withdrawals: after take 2, a withdrawal is the third
version, and a note that comes again is in take 4.
"""

import random
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from tests.torture.judge import Life, State

TAMWORTH, MID_BEDFORDSHIRE = "Tamworth", "Mid Bedfordshire"
SEATS = (TAMWORTH, MID_BEDFORDSHIRE)
BEGAN = datetime(2023, 10, 20, 0, 0, tzinfo=UTC)
RESULT = "result"
# The first take of a result has this majority and one more, the second two more.
MAJORITY = 1300

_NOTE = re.compile(r"note (\d+), take (\d+)", re.IGNORECASE)
_MAJORITY = re.compile(r"\b1,(3\d\d)\b")
_CORRECTION = re.compile(r"\bCorrection, ")
CORRECTION = "correction"


@dataclass(kw_only=True)
class Note:
    """An entry: when (in steps) each of its versions came, and which of them took it back."""

    number: int
    seat: str
    came: list[int] = field(default_factory=list)
    taken_back: set[int] = field(default_factory=set)
    declares: bool = False

    @property
    def subject(self) -> str:
        return f"note-{self.number}"

    def version(self, step: int) -> int:
        """The number of its version at a step; 0 before it came."""
        return sum(came <= step for came in self.came)

    def stands(self, step: int) -> bool:
        return (number := self.version(step)) > 0 and number not in self.taken_back


@dataclass(frozen=True, kw_only=True)
class Script:
    """Every note of the night; the blog shows them as they are at one step after another."""

    notes: tuple[Note, ...]
    steps: int

    @property
    def versions(self) -> int:
        """How many items every channel that follows all of it is given, at most."""
        return sum(len(note.came) for note in self.notes)

    def page(self, step: int, url: str) -> str:
        """The blog at a step, as Atom with tombstones, the newest entry on top."""
        entries = [
            _entry(note, step, url) if note.stands(step) else _grave(note, step)
            for note in reversed(self.notes)
            if note.version(step)
        ]
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n'
            '<feed xmlns="http://www.w3.org/2005/Atom" '
            'xmlns:at="http://purl.org/atompub/tombstones/1.0">\n'
            f"<title>Torture live</title><id>{url}</id>\n"
            f"<updated>{_stamp(_written(step))}</updated>\n" + "\n".join(entries) + "\n</feed>\n"
        )

    def expected(
        self, seats: Collection[str] = SEATS, *, results: bool, step: int | None = None
    ) -> dict[str, Life]:
        """What became, up to a step, of the subjects of a channel that follows these seats."""
        now = self.steps if step is None else step
        found: dict[str, Life] = {}
        for note in self.notes:
            versions = note.version(now)
            if not versions or note.seat not in seats:
                continue
            found[note.subject] = Life(
                versions=versions,
                taken_back=frozenset(number for number in note.taken_back if number <= versions),
                place=(note.number, self._latest_place(note)),
            )
            if results and note.declares:
                found[f"{RESULT}-{note.number}"] = Life(versions=versions)
                # Each other majority is told anew, once; of two that come at once, the later.
                for take in range(2, versions + 1):
                    found[f"{CORRECTION}-{take}"] = Life(versions=1, optional=True)
        return found

    def _latest_place(self, note: Note) -> int:
        """Behind which note its first message may stand at most.

        A note that was taken back before it was posted stands where it came again.
        """
        again = [note.came[number] for number in note.taken_back if number < len(note.came)]
        if not again:
            return note.number
        return max(other.number for other in self.notes if other.came[0] <= max(again))

    def read(self, words: str) -> State | None:
        """What a message shows, by its words; None where they are not of this script."""
        withdrawn = "withdrawn" in words.casefold()
        if note := _NOTE.search(words):
            return State(subject=f"note-{note[1]}", take=int(note[2]), withdrawn=withdrawn)
        if majority := _MAJORITY.search(words):
            declares = next((note.number for note in self.notes if note.declares), None)
            take = int(f"1{majority[1]}") - MAJORITY
            if _CORRECTION.search(words):
                return State(subject=f"{CORRECTION}-{take}", take=1, withdrawn=withdrawn)
            return State(subject=f"{RESULT}-{declares}", take=take, withdrawn=withdrawn)
        return None


def draw(seed: int, *, steps: int, versions: int) -> Script:
    """A script of so many steps and at least so many versions of notes, the same for a seed."""
    chance = random.Random(f"script {seed}")
    notes: list[Note] = []
    done = 0
    each, more = divmod(versions, steps)
    for step in range(steps):
        # A note changes once in a step at most, so that each of its versions can be seen.
        touched: set[int] = set()
        for _ in range(each + (step < more)):
            note = _next(chance, notes, step, touched)
            touched.add(note.number)
            done += 1
    assert done >= versions
    return Script(notes=tuple(notes), steps=steps)


def _next(chance: random.Random, notes: list[Note], step: int, touched: set[int]) -> Note:
    """Let one thing happen in a step: a new note, or another version of one that there is."""
    old = [note for note in notes if note.number not in touched]
    down = [note for note in old if not note.stands(step)]
    up = [note for note in old if note.stands(step)]
    match chance.choices(("new", "edit", "withdraw", "again"), (45, 33, 14, 8))[0]:
        case "edit" if up:
            # Those that declare are corrected more often than others.
            note = chance.choices(up, [4 if note.declares else 1 for note in up])[0]
        case "withdraw" if changed := [note for note in up if not note.declares]:
            # Often the last one: it may not have been posted yet.
            note = chance.choice([changed[-1], chance.choice(changed)])
            note.taken_back.add(len(note.came) + 1)
        case "again" if down:
            note = chance.choice(down)
        case _:
            seat = SEATS[chance.random() < 0.5]
            declared = any(one.declares for one in notes)
            note = Note(number=len(notes) + 1, seat=seat)
            note.declares = seat == TAMWORTH and len(notes) >= 3 and not declared
            notes.append(note)
    note.came.append(step)
    return note


def _entry(note: Note, step: int, url: str) -> str:
    take = note.version(step)
    heading = f"{note.seat}: note {note.number}, take {take}"
    body = f"<p>What there is to see of {note.seat}.</p>"
    if note.declares:
        majority = MAJORITY + take
        body = f"<p>Labour gains {note.seat} with a majority of {majority:,}.</p>"
    return (
        f"<entry><id>{_id(note)}</id><title>{escape(heading)}</title>"
        f'<link rel="alternate" href="{url}#{note.subject}"/>'
        f"<published>{_stamp(BEGAN + timedelta(seconds=note.number))}</published>"
        f"<updated>{_stamp(_written(note.came[take - 1]))}</updated>"
        f'<content type="html">{escape(body)}</content></entry>'
    )


def _grave(note: Note, step: int) -> str:
    when = _stamp(_written(note.came[note.version(step) - 1]))
    return f'<at:deleted-entry ref="{_id(note)}" when="{when}"/>'


def _id(note: Note) -> str:
    return f"tag:torture.example,2023:{note.subject}"


def _written(step: int) -> datetime:
    return BEGAN + timedelta(minutes=10, seconds=step)


def _stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
