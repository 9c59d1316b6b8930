"""The board of a channel, and the state of the night every so many minutes."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from bot.chat.command import alert
from bot.chat.events import BoardDrawn, NightMoved, SeatTonight
from bot.chat.post import Post, PostKind
from bot.election.contest import Stage
from bot.election.figure import Figure, Standing
from bot.election.result import Declaration
from bot.liveblog.markup import Block, BlockKind, Span, Style
from handlers import voice
from handlers.counts import turnout_declared

# So many lines of so many characters in all fit into one message on every platform; of a state of
# the night fewer, for that is short.
MOST, ROOM, LONGEST = 45, 3_400, 220
MOST_CHANGES, ROOM_OF_CHANGES = 20, 1_800
NEXT = 3
_STRONG = frozenset({Style.STRONG})
_PLAIN = frozenset(" ,.%–")


@alert(BoardDrawn)
def board(event: BoardDrawn) -> Post:
    """Every seat of the night in a line, in order of its time; of too many the next and newest."""
    lines = {seat.contest.id: _line(seat, event.at) for seat in event.seats}
    shown = _shown(event.seats, lines)
    left_out = len(event.seats) - len(shown)
    more = (f"… and {voice.number(left_out)} more: ask “status”.",) if left_out else ()
    return Post(
        kind=PostKind.BOARD,
        heading="Tonight’s board" if event.ended is None else "Tonight’s board, ended",
        at=event.changed or event.at,
        body=(
            *voice.paragraphs(_ended(event), _counted(event)),
            *(lines[seat.contest.id] for seat in shown),
            *voice.paragraphs(*more),
        ),
    )


@alert(NightMoved)
def moved(event: NightMoved) -> Post:
    """What was declared, turnouts, and what moved since the last one; then what comes next."""
    told = [
        Block(kind=BlockKind.ITEM, spans=(Span(text=_cut(line)),))
        for before, now in event.changes
        for line in _changes(before, now)
    ]
    shown = _fitting(told, MOST_CHANGES, ROOM_OF_CHANGES)
    left_out = len(told) - shown
    more = (f"… and {voice.number(left_out)} more: ask “status”.",) if left_out else ()
    done = sum(seat.declaration is not None for seat in event.seats)
    return Post(
        kind=PostKind.STATE,
        heading=f"{done} of {len(event.seats)} declared",
        at=event.at,
        body=(
            *voice.paragraphs(f"Since {voice.clock(event.since)}:"),
            *told[:shown],
            *voice.paragraphs(*more, _next(event.seats)),
        ),
    )


def _ended(event: BoardDrawn) -> str:
    if event.ended is None:
        return ""
    if event.below:
        return f"A newer board stands below; this one is as of {voice.clock(event.ended)}."
    return f"This board was stopped at {voice.clock(event.ended)}, and is as of then."


def _counted(event: BoardDrawn) -> str:
    if not event.seats:
        return ""
    done = sum(seat.declaration is not None for seat in event.seats)
    changed = "" if event.changed is None else f", last changed {voice.clock(event.changed)}"
    return f"{done} of {len(event.seats)} declared{changed}."


def _line(seat: SeatTonight, now: datetime) -> Block:
    said = _cut("; ".join(_said(seat, now)))
    name = Span(text=seat.contest.name[:LONGEST], styles=_STRONG)
    return Block(kind=BlockKind.ITEM, spans=(name, Span(text=f": {said}")))


def _said(seat: SeatTonight, now: datetime) -> Iterator[str]:
    """How a seat stands, in short: its state, what is expected, its figures."""
    if seat.declaration is not None:
        yield from _result(seat)
        return
    yield _state(seat, now)
    yield "time not known" if seat.expected is None else f"expected {voice.expected(seat.expected)}"
    if (turnout := _turnout(seat)) is not None:
        yield f"turnout {turnout}"


def _result(seat: SeatTonight) -> Iterator[str]:
    """Who won, by how much, and what changed."""
    figure = seat.declaration
    if figure is None:
        return
    yield f"{voice.headline(seat.contest, figure.value)}{_doubt(figure)}"
    if by := voice.majority(figure.value):
        yield by
    if (swing := voice.swing(seat.contest, figure.value)) is not None:
        yield f"swing {swing}"
    if (turnout := _turnout(seat)) is not None:
        yield f"turnout {turnout}"


def _state(seat: SeatTonight, now: datetime) -> str:
    if seat.stage not in (None, Stage.POLLING, Stage.POLLS_CLOSED):
        return voice.stage(seat.stage)
    close = seat.contest.close_of_poll
    return f"polls open until {voice.clock(close)}" if now < close else "polls have closed"


def _turnout(seat: SeatTonight) -> str | None:
    figure = seat.turnout or turnout_declared(seat.contest, seat.declaration)
    shown = None if figure is None else figure.value.shown()
    return None if figure is None or shown is None else f"{voice.per_cent(shown)}{_doubt(figure)}"


def _doubt(figure: Figure[Any]) -> str:
    """What nobody has confirmed says so: people read a board as what is known."""
    return " (provisional)" if figure.standing is Standing.PROVISIONAL else ""


def _changes(before: SeatTonight, now: SeatTonight) -> Iterator[str]:
    """What is otherwise of a seat than it was, a line each."""
    name = now.contest.name
    was, result = _value(before), _value(now)
    if result is not None:
        if was is None:
            yield f"{name}: {'; '.join(_result(now))}"
        elif result != was:
            yield f"{name}, corrected: {'; '.join(_result(now))}"
        elif _turnout(now) != _turnout(before) and (turnout := _turnout(now)) is not None:
            yield f"{name}: turnout {turnout}"
        return
    if was is not None:
        yield f"{name}: taken back, {voice.headline(before.contest, was)}"
    if now.stage is not None and now.stage != before.stage and now.stage is not Stage.DECLARED:
        yield f"{name}: {voice.stage(now.stage)}"
    if _turnout(now) != _turnout(before):
        yield f"{name}: turnout {_turnout(now) or 'not known any more'}"
    if now.expected is not None and _time(now) != _time(before):
        earlier = "" if before.expected is None else f", was {voice.expected(before.expected)}"
        yield f"{name}: declaration now expected {voice.expected(now.expected)}{earlier}"


def _next(seats: Sequence[SeatTonight]) -> str:
    waiting = sorted((seat for seat in seats if seat.declaration is None), key=_when)
    if not waiting:
        return "All have declared."
    named = [
        seat.contest.name + ("" if seat.expected is None else f" {voice.expected(seat.expected)}")
        for seat in waiting[:NEXT]
    ]
    return f"Next: {voice.row(named)}."


def _value(seat: SeatTonight) -> Declaration | None:
    return None if seat.declaration is None else seat.declaration.value


def _time(seat: SeatTonight) -> str | None:
    return None if seat.expected is None else voice.expected(seat.expected)


def _when(seat: SeatTonight) -> tuple[bool, float, str]:
    """Seats in order of their expected time; those without one last, by name."""
    at = None if seat.expected is None else seat.expected.at
    if at is None and seat.declaration is not None:
        at = seat.declaration.at
    return at is None, 0.0 if at is None else at.timestamp(), seat.contest.name


def _shown(seats: Sequence[SeatTonight], lines: dict[str, Block]) -> list[SeatTonight]:
    """The seats that are shown, in order: all, or those that come next and that declared last."""
    ordered = sorted(seats, key=_when)
    waiting = [seat for seat in ordered if seat.declaration is None]
    declared = [(seat.declaration.at, n) for n, seat in enumerate(ordered) if seat.declaration]
    newest = [ordered[n] for _, n in sorted(declared, reverse=True)]
    chosen: list[SeatTonight] = []
    # In turn, so that neither the next nor the newest crowd the others out.
    for n in range(max(len(waiting), len(newest))):
        chosen += [*waiting[n : n + 1], *newest[n : n + 1]]
    kept = chosen[: _fitting([lines[seat.contest.id] for seat in chosen], MOST, ROOM)]
    return sorted(kept, key=_when)


def _fitting(lines: Sequence[Block], most: int, room: int) -> int:
    """How many of the first lines fit."""
    for number, line in enumerate(lines[:most]):
        room -= sum(1 if (c.isascii() and c.isalnum()) or c in _PLAIN else 2 for c in line.text)
        if room < 0:
            return number
    return min(len(lines), most)


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1].rstrip()}…"
