"""What is true at a moment of the night, and what each channel therefore has to show. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.nightplay.newsrooms import Message, State

TAMWORTH, MID_BEDFORDSHIRE = "Tamworth", "Mid Bedfordshire"
BOTH = (TAMWORTH, MID_BEDFORDSHIRE)
BOARD = "Tonight’s board"
_CHANGED = re.compile(r", last changed \d\d:\d\d\.$")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A channel: what it follows, and of which seats."""

    on: str
    id: str
    kinds: frozenset[str] = frozenset()
    seats: tuple[str, ...] = BOTH

    def __str__(self) -> str:
        return f"{self.on} {self.id}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A message that has to stand: its lines, heading first, and whether it says it was changed.

    `kind` is “reminders”, “declarations” or the channel that alone has it.
    """

    subject: str
    kind: str
    seats: tuple[str, ...]
    lines: tuple[str, ...]
    edited: bool = False

    def concerns(self, place: Place) -> bool:
        if self.kind == str(place):
            return True
        return self.kind in place.kinds and bool(set(self.seats) & set(place.seats))


@dataclass(kw_only=True)
class Truth:
    """All that is true by now. A board stands in the channels `boards`.

    `earlier` are boards as they were, and `versions` the messages by subject, newest last.
    """

    told: dict[str, Told] = field(default_factory=dict)
    board: dict[str, str] = field(default_factory=dict)
    declared: int = 0
    boards: frozenset[str] = frozenset()
    earlier: list[tuple[str, ...]] = field(default_factory=list)
    versions: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def tell(self, *told: Told) -> None:
        """These messages stand from now on; one of a known subject in place of what it said."""
        for one in told:
            self.told[one.subject] = one
            self.versions.setdefault(one.subject, []).append(one.lines)

    def draw(self, lines: Mapping[str, str], declared: int) -> None:
        """The board shows these lines, by seat, from now on."""
        self.board |= lines
        self.declared = declared
        now = self.board_lines()
        if not self.earlier or self.earlier[-1] != now:
            self.earlier.append(now)

    def board_lines(self) -> tuple[str, ...]:
        counted = f"{self.declared} of {len(BOTH)} declared"
        return (BOARD, counted, *(f"{seat}: {line}" for seat, line in self.board.items()))

    def expected(self, place: Place) -> list[Told]:
        """What has to stand in a channel, besides its board, in order."""
        return [one for one in self.told.values() if one.concerns(place)]


def faults(truth: Truth, place: Place, held: Sequence[Message]) -> list[str]:
    """What is wrong with one channel that holds these messages; a sentence each."""
    boards = [message for message in held if _is_board(message.now)]
    others = [message for message in held if not _is_board(message.now)]
    return [f"{place}: {fault}" for fault in (*_of_board(truth, place, boards),
                                              *_of_told(truth, place, others))]  # fmt: skip


def _of_board(truth: Truth, place: Place, boards: Sequence[Message]) -> Iterator[str]:
    wanted = int(str(place) in truth.boards)
    if len(boards) != wanted:
        yield f"{len(boards)} boards stand, not {wanted}"
        return
    for board in boards:
        shown = [_board_of(state) for state in board.states]
        if _unordered(shown[-1]) != _unordered(truth.board_lines()):
            yield f"the board shows {shown[-1]}, and true is {truth.board_lines()}"
        known = [_unordered(one) for one in truth.earlier]
        seen = [known.index(_unordered(one)) if _unordered(one) in known else -1 for one in shown]
        if -1 in seen:
            yield f"the board has shown {shown[seen.index(-1)]}, which never was"
        elif seen != sorted(seen):
            yield "the board has gone back to what was no longer true"


def _of_told(truth: Truth, place: Place, held: Sequence[Message]) -> Iterator[str]:
    expected = truth.expected(place)
    headings = [message.now.lines[0] for message in held]
    wanted = [one.lines[0] for one in expected]
    if headings != wanted:
        missing = [one for one in wanted if one not in headings]
        more = [one for one in headings if one not in wanted]
        what = f"lacks {missing} and has {more} besides" if missing or more else "another order"
        yield f"{what}: {headings}"
        return
    for one, message in zip(expected, held, strict=True):
        if message.now.lines != one.lines:
            yield f"{message.now.lines} stands, not {one.lines}"
        if message.now.edited is not one.edited:
            yield f"“{one.lines[0]}” does {'not ' * one.edited}say that it was changed"
        versions = truth.versions[one.subject]
        seen = [
            versions.index(state.lines) if state.lines in versions else -1
            for state in message.states
        ]
        if -1 in seen:
            yield f"{message.states[seen.index(-1)].lines} stood for a while, which never was true"
        elif seen != sorted(seen):
            yield f"“{one.lines[0]}” has gone back to what was no longer true"


def _is_board(state: State) -> bool:
    return state.lines[0].startswith(BOARD)


def _board_of(state: State) -> tuple[str, ...]:
    """The lines of a board without the moment at which it was drawn."""
    return tuple(_CHANGED.sub("", line) for line in state.lines)


def _unordered(board: tuple[str, ...]) -> tuple[str, ...]:
    return (*board[:2], *sorted(board[2:]))
