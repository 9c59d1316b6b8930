"""What becomes of the versions of one subject in one lane: what is sent, folded, or dropped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from bot.store.tables import DEAD, FOLDED, IN_ROUND_UP, SENDING, SENT, STALE, TAKEN_AWAY, UNSENT


class Row(Protocol):
    """An item as its row has it."""

    @property
    def id(self) -> int:
        """Its number: items of a lane go out in this order."""

    @property
    def version(self) -> int:
        """Which version of its subject it is."""

    @property
    def state(self) -> str:
        """How far it has come."""

    @property
    def message(self) -> str | None:
        """What the platform calls the message that it stands in."""

    @property
    def part_of(self) -> str | None:
        """The round-up that it went out in."""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold(Generic[R]):
    """What is to be done: `deliver` this row, into the message `standing` where one stands.

    `unsure` says that it may stand already. `into` is the round-up to be worded anew. `marks` are
    the states of rows that are done with, by id. With nothing to deliver and no round-up, the
    subject is done with.
    """

    deliver: R | None = None
    standing: str | None = None
    unsure: bool = False
    into: str | None = None
    marks: dict[int, str] = field(default_factory=dict)


def fold(rows: Sequence[R], *, withdrawn: bool) -> Fold[R]:
    """Decide on all rows of one subject in one lane, of which some wait.

    `withdrawn` says whether the newest of those takes the subject back. A later version replaces
    an earlier unsent one, once it stands: until then the earlier one keeps its place in the lane.
    One that is no newer than what stands, or was set aside, is dropped; the withdrawal of what
    never stood cancels both; what somebody took away stays away.
    """
    unsent = [row for row in rows if row.state in UNSENT]
    newest = max(unsent, key=lambda row: row.version)
    settled = [row for row in rows if row.state in (SENT, TAKEN_AWAY, IN_ROUND_UP)]
    last = max(settled, key=lambda row: row.version, default=None)
    dead = max((row.version for row in rows if row.state == DEAD), default=0)
    if last is None:
        begun = [row for row in unsent if row.state == SENDING]
        if begun:
            # It may stand in this version: later ones then change it.
            return Fold(deliver=begun[0], unsure=True)
        if withdrawn or newest.version < dead:
            return Fold(marks={row.id: FOLDED for row in unsent})
        return Fold(deliver=newest)
    if newest.version <= max(last.version, dead):
        # What was queued before it went out in it; what came after is a stale copy.
        return Fold(marks={row.id: FOLDED if row.id < last.id else STALE for row in unsent})
    if last.state == TAKEN_AWAY:
        return Fold(marks={row.id: TAKEN_AWAY for row in unsent})
    if last.state == IN_ROUND_UP:
        return Fold(into=last.part_of)
    # To change a message twice leaves it as to change it once: one begun need not be looked for.
    return Fold(deliver=newest, standing=last.message)
