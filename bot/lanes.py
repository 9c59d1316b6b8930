"""Lanes: a queue for each channel, what is next in it, and the courier's memory of both."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.chat.ask import Channel, MessageRef
from bot.chat.events import Waited
from bot.chat.post import DeliveryKey, Post
from bot.chat.quiet import Quiet
from bot.errors import Fault
from bot.memory import Announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A channel's queue; messages of one lane go out in order."""

    id: int
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneOnRecord:
    """How a lane stands. The instants are UTC.

    `waiting` messages are not sent yet, the oldest queued at `oldest`; `set_aside` will never be.
    `trouble` says why the next was not taken when it was last tried, and is tried again at
    `retry_at`; from `suspended_at` on it is not, until somebody revives the lane.
    """

    channel: Channel
    waiting: int = 0
    oldest: datetime | None = None
    last_sent: datetime | None = None
    set_aside: int = 0
    trouble: str | None = None
    retry_at: datetime | None = None
    suspended_at: datetime | None = None


class LaneRows(Protocol):
    """What people see of the lanes, and the one thing that they do with them."""

    async def on_record(self) -> Sequence[LaneOnRecord]:
        """Every lane, in order of their first time."""

    async def revive(self, channel: Channel) -> bool:
        """Let a suspended lane go on, or one that waits be tried at once; False for no such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """When a backlog becomes one message: over so many items, the oldest queued so long ago."""

    items: int = 10
    age: timedelta = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The next thing to do in a lane.

    `standing` is the message that an earlier version of the subject left on the platform.
    `unsure` means it was begun before and nobody knows whether it arrived: look first.
    `queued_at` is UTC, on the night's clock. `until` is the last moment, on the machine's own
    clock (`uptime`), at which it may be posted. `folded` items were done with on the way to it.
    """

    lane: Lane
    item_id: int
    key: DeliveryKey
    post: Post
    queued_at: datetime
    until: float
    standing: MessageRef | None = None
    unsure: bool = False
    folded: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Items of a lane that go out as one message instead of one each, and why.

    `posts` are to be worded, in order; `item_ids` are the items that are done with once they are.
    `key` is the one message's: a version above 1 changes the one that stands.
    """

    lane: Lane
    key: DeliveryKey
    item_ids: tuple[int, ...]
    posts: tuple[Post, ...]
    why: Waited = Waited.OUT_OF_REACH


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Entries that wait in a lane for one message, all in one `manner`, the oldest since (UTC).

    `quiet` are the hours in which entries wait there.
    """

    lane: Lane
    manner: str
    quiet: Quiet | None
    since: datetime


class GatheringRows(Protocol):
    """The memory of what waits for round-ups of entries."""

    async def gathered(self) -> list[Gathered]:
        """What waits, by lane and by manner."""

    async def release(
        self,
        due: Sequence[Gathered],
        why: Waited,
        word: Callable[[Sequence[Post]], Post],
        at: datetime,
    ) -> int:
        """Queue what waits in one lane as one message, or several where it is much; how many.

        What was withdrawn before it was said never is. All of it is in one transaction: an entry
        waits, or is part of what is queued.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Nothing can go out of the lane now; `seconds` from now it may, None where nothing waits.

    `everywhere` says that the other lanes of its platform have to wait as long.
    """

    seconds: float | None = None
    everywhere: bool = False
    folded: int = 0


Next = Delivery | Backlog | Later


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An item stands on the platform, as this message."""

    item_id: int
    message: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """An item that might have been sent is not on the platform."""

    item_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An item was not taken, or nobody knows; `why` is a sentence.

    `refused` says that it stands nowhere. `wait` is the seconds that the platform asks for.
    `notice` tells the newsdesk, and is kept or not with the failure.
    """

    item_id: int
    why: str
    fault: Fault = Fault.PASSING
    refused: bool = False
    wait: float | None = None
    notice: Announcement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A backlog has found its words: `post` waits in place of the items."""

    backlog: Backlog
    post: Post
    at: datetime


Outcome = Sent | Absent | Failed | Worded


class Outbox(Protocol):
    """The courier's memory."""

    async def waiting(self) -> list[Lane]:
        """Lanes with something to send that may be tried now, the longest waiting first."""

    async def advance(
        self, lane: Lane, outcome: Outcome | None, now: datetime, *, last: bool = False
    ) -> Next:
        """Keep what became of the last thing to do in a lane, and begin the next.

        With None the lane is taken over first; with `Later` it is let go. After the `last` nothing
        is begun, whatever waits. `now` is UTC, on the night's clock. Raises `LeaseLostError` where
        somebody else has the lane by now.
        """

    async def leave(self) -> None:
        """Let go of every lane, so that others need not wait; what was begun stays begun."""


class Jobs(Protocol):
    """What drains lanes where several processes share them: one job a lane waits, or runs."""

    @property
    def address(self) -> str:
        """Where the jobs are, as a worker connects to it."""

    async def fill(self, platforms: Collection[str]) -> int:
        """Give each lane of these platforms a job that has none, and should; how many there were.

        A job is lost where the database was away as its lane was looked at.
        """

    async def replace(self, jobs: Sequence[int]) -> int:
        """End jobs whose workers are gone, and let others have their lanes; how many it were."""

    async def wake(self, platform: str) -> None:
        """Have the workers of a platform look for jobs that have come due."""
