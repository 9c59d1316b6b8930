"""What the desk remembers: reminders, roles, boards and its journal, and the sockets to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.ask import Ask, Author, Channel, MessageRef
from bot.chat.post import DeliveryKey
from bot.chat.roles import NamedRole
from bot.controls import Asked, Deed
from bot.election.figure import Standing
from bot.liveblog.claims import Claim
from bot.memory import Announcement
from bot.ports import EntryState, JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class SentAsked:
    """A reminder that was `asked` for and went out; `digest` is of what its `version` says."""

    asked: Asked
    sent_at: datetime
    version: int
    digest: str


class AskedRows(Protocol):
    """The memory of reminders that people asked for."""

    async def keep(self, wanted: Asked, at: datetime) -> int:
        """Keep a new one; its number."""

    async def waiting(self) -> list[Asked]:
        """All that are still to come, soonest first."""

    async def move(self, asked_id: int, due: datetime, at: datetime) -> None:
        """Its milestone is expected at another time."""

    async def deliver(
        self, asked_id: int, announcement: Announcement, at: datetime, digest: str = ""
    ) -> bool:
        """Mark it sent and queue it in one transaction; False where it does not wait any more.

        `digest` is of what it says, where that may have to change.
        """

    async def sent(self) -> list[SentAsked]:
        """Those that went out and may have to change, the first first."""

    async def change(
        self, sent: SentAsked, digest: str, announcement: Announcement, at: datetime
    ) -> None:
        """Keep what one says in its next version, and queue that, in one transaction."""

    async def forget(self, asked_id: int, at: datetime) -> None:
        """Mark it as not wanted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """What became of a role: what somebody had `before`, and whether anything was `done`."""

    before: NamedRole | None
    done: bool


class RoleRows(Protocol):
    """The memory of roles that people gave each other.

    With `leave_one`, nothing is done that would leave no operator where there is one.
    """

    async def granted(self) -> list[NamedRole]:
        """Everybody who was given a role, the first first."""

    async def grant(
        self, whom: NamedRole, by: Author, at: datetime, *, leave_one: bool
    ) -> RoleChange:
        """Give somebody a role in place of the one they have."""

    async def revoke(self, whom: NamedRole, *, leave_one: bool) -> RoleChange:
        """Take somebody's role away; nothing is done where they have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The board of a channel: its `number` there, and what it said last, in which version.

    The `digest` of one that is not drawn any more is empty. A version of one that `waits` was not
    sent yet; the last one that was is on its platform since `shown_at` (UTC). Somebody deleted the
    message of one that is `gone`.
    """

    channel: Channel
    number: int
    version: int
    digest: str
    drawn_at: datetime
    waits: bool = False
    gone: bool = False
    shown_at: datetime | None = None

    @property
    def key(self) -> DeliveryKey:
        """What its message is known by, in this version."""
        return DeliveryKey(subject=f"board:{self.channel}:{self.number}", version=self.version)

    @property
    def stands(self) -> bool:
        """Whether it is drawn anew when something changes."""
        return bool(self.digest) and not self.gone


@dataclass(frozen=True, slots=True, kw_only=True)
class Redraw:
    """A board that takes the place of another, None where there was none, and what tells of it."""

    before: Board | None
    after: Board
    told: Sequence[Announcement] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundUp:
    """A channel gets the state of the night every so many `minutes`, next at an instant (UTC).

    So far it had `number` of them, the last at `since`; that is when it began, where it had none.
    """

    channel: Channel
    minutes: int
    next_at: datetime
    since: datetime
    number: int


class BoardRows(Protocol):
    """The memory of boards and round-ups."""

    async def boards(self) -> list[Board]:
        """Every board that is drawn, and those whose message is gone unnoticed."""

    async def board(self, channel: Channel) -> Board | None:
        """The last board of a channel, drawn or not."""

    async def message(self, board: Board) -> MessageRef | None:
        """The message that a board stands in; None where it was not sent yet."""

    async def draw(self, redraws: Sequence[Redraw], at: datetime) -> list[bool]:
        """Put boards in the place of others and queue what tells of them, in one transaction.

        False for one of which nothing was done: another has taken that place already.
        """

    async def round_ups(self) -> list[RoundUp]:
        """All that are wanted."""

    async def want_round_up(
        self, channel: Channel, minutes: int, next_at: datetime, at: datetime
    ) -> None:
        """Keep that a channel wants one, every so many minutes from now on."""

    async def forget_round_up(self, channel: Channel) -> bool:
        """Keep that it wants none; False where it wanted none."""

    async def round_up(
        self,
        before: RoundUp,
        next_at: datetime,
        announcement: Announcement | None,
        at: datetime,
    ) -> bool:
        """Move one on and queue it, if there is anything to queue, in one transaction.

        False, and nothing done, where it was moved on, or forgotten, already.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """An entry of the journal goes from one of these states to another, by an `action`."""

    number: int
    action: str
    states: frozenset[EntryState]
    to: EntryState
    standing: Standing | None = None


class JournalRows(Protocol):
    """The count desk's memory."""

    async def entry(self, number: int) -> tuple[JournalEntry, tuple[Claim, ...]] | None:
        """An entry and what it states; None where there is none of this number."""

    async def add(self, ask: Ask, deed: Deed, state: EntryState, at: datetime) -> JournalEntry:
        """Keep a deed in a state, and its figures where it stands, in one transaction."""

    async def settle(self, ask: Ask, settled: Settled, at: datetime) -> JournalEntry | None:
        """Move an entry on; None, and nothing done, where it is in none of the states any more."""

    async def retract(
        self, ask: Ask, contest_id: str, action: str, before: str, at: datetime
    ) -> JournalEntry | None:
        """End the figures of the desk that an action is about; None where there are none."""

    async def undo(self, ask: Ask, since: datetime, at: datetime) -> JournalEntry | None:
        """Take back the asker's last deed since an instant; None where there is none."""
