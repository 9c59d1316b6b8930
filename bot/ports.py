"""The sockets between rooms. Rooms know these, and not each other; `app` joins them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, Protocol, TypeVar

from bot.chat.ask import Ask, Channel, Follow, MessageRef
from bot.chat.events import Event
from bot.chat.post import DeliveryKey, Post
from bot.chat.reply import Reply
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.figure import Figure, Source
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.liveblog.changes import Known
from bot.liveblog.claims import Claim
from bot.liveblog.entry import Entry, Reading

T = TypeVar("T")

Answer = Callable[[Ask], Awaitable[Reply]]
Word = Callable[[Event], Post]


class Clock(Protocol):
    """The night's time. In a replay it runs faster than the wall's."""

    def now(self) -> datetime:
        """The instant it is on the night, UTC."""

    def wall(self, instant: datetime) -> datetime:
        """When, on the wall's clock, the night reaches `instant` (UTC)."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the night."""


# ── Platforms ────────────────────────────────────────────────────────────────────────────────


class Platform(Protocol):
    """Where people are. Sends, changes and finds posts; brings questions to `answer`."""

    name: str

    async def run(self, answer: Answer) -> None:
        """Bring questions and their answers until cancelled, or until people leave."""

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Post a new message. Raises `DeliveryError` where it may have to be tried again."""

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Change a message that stands (an edit, a correction, a withdrawal)."""

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that was posted under this key, if the platform has it."""


# ── Sources ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server wants to be shown again, so that it can answer “not modified”."""

    etag: str | None = None
    last_modified: str | None = None
    content_digest: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One look at a source. `reading` is None where nothing changed since the last look.

    `wait` is the least number of seconds the server wants until the next look; `moved_to` is a
    permanent new address.
    """

    reading: Reading | None
    validators: Validators
    wait: float | None = None
    moved_to: str | None = None


class Reader(Protocol):
    """Fetches and reads live blogs."""

    async def read(
        self, url: str, *, format: str, polling_day: date, validators: Validators
    ) -> Fetched:
        """Look at a blog once. Raises `SourceError` with a sentence for the desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog:
    """A live blog to follow: `format` as in the night file, `poll` in seconds."""

    url: str
    format: str = "auto"
    poll: float = 10.0
    name: str | None = None

    @property
    def key(self) -> str:
        """What it is remembered by: its given name, which outlives a change of address."""
        return self.name or self.url


# ── What is remembered ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A post for every channel that follows this kind and these contests."""

    kind: Follow
    contests: frozenset[str]
    key: DeliveryKey
    post: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogMemory:
    """What is known of a blog: its validators, its entries by id, its title."""

    validators: Validators
    known: Mapping[str, Known]
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVersion:
    """An entry as it now stands, under the id it is known by, with what it states.

    `withdrawn` says why it no longer stands; the entry then holds its last text. `posted` is
    false for one that channels are not given: older than the first look at its blog.
    """

    entry: Entry
    version: int
    source: Source
    withdrawn: str | None = None
    claims: tuple[Claim, ...] = ()
    contests: frozenset[str] = frozenset()
    posted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogUpdate:
    """Everything one look at a blog changes; it is kept whole or not at all."""

    blog: Blog
    at: datetime
    validators: Validators
    title: str | None = None
    entries: tuple[EntryVersion, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    confirmed: Mapping[str, datetime] = field(default_factory=dict)
    announcements: tuple[Announcement, ...] = ()


class Blogs(Protocol):
    """The relay's memory."""

    async def remembered(self, blog: Blog) -> BlogMemory:
        """What is known of a blog; nothing, for a new one."""

    async def entry(self, blog: Blog, entry_id: str) -> Entry:
        """The last text of a known entry."""

    async def keep(self, update: BlogUpdate) -> None:
        """Keep an update and queue its announcements in one transaction."""

    async def keep_failure(self, blog: Blog, at: datetime, sentence: str) -> None:
        """Mark a blog as failing, with the reason."""


class NewsroomAt(Protocol):
    """Opens the night as it was known at an instant."""

    def __call__(self, at: datetime) -> "Newsroom":
        """Nothing from after `at` is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[T]):
    """What channels were last told of a subject that changes, and in which version.

    `standing` is false where it was taken back since.
    """

    version: int
    value: T
    standing: bool = True


class TellingRows(Protocol):
    """The announcer's memory."""

    async def told(self, subject: str, kind: type[T]) -> Told[T] | None:
        """What was last told of a subject, a value of `kind`; None for nothing."""

    async def tell(
        self,
        subject: str,
        kind: type[T],
        told: Told[T],
        announcement: Announcement | None,
        at: datetime,
    ) -> None:
        """Remember what is told and queue it in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A milestone of a contest and the time it is expected at, with who says so."""

    contest: Contest
    kind: MilestoneKind
    time: Figure[ClockTime]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContest:
    """A contest, the times the night file expects, and the minutes before them to remind at."""

    contest: Contest
    expected: tuple[tuple[MilestoneKind, Figure[ClockTime]], ...]
    remind: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A row of the diary: `minutes` before `expected`, due at an instant (UTC)."""

    contest_id: str
    kind: MilestoneKind
    minutes: int
    expected: ClockTime
    due: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmedReminder:
    """A reminder that has not gone out, with the id of its row."""

    id: int
    reminder: Reminder


class ReminderRows(Protocol):
    """The diary's memory: the row is the reminder, the scheduler only an alarm clock."""

    async def arm(self, contest_id: str, wanted: Sequence[Reminder], at: datetime) -> None:
        """Make the armed reminders of a contest exactly these; those that went out stay out."""

    async def armed(self) -> list[ArmedReminder]:
        """All that wait, soonest first."""

    async def deliver(
        self, reminder_ids: Sequence[int], announcement: Announcement, at: datetime
    ) -> bool:
        """Mark them sent and queue their one announcement in one transaction.

        False, and nothing done, where none of them was armed any more.
        """

    async def leave_out(self, reminder_id: int, reason: str, at: datetime) -> None:
        """Mark it as not sent, with the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A channel's queue; messages of one lane go out in order."""

    id: int
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The next thing to do in a lane.

    `standing` is the message that an earlier version of the subject left on the platform.
    `unsure` means it was begun before and nobody knows whether it arrived: look first.
    """

    item_id: int
    key: DeliveryKey
    post: Post
    standing: MessageRef | None
    unsure: bool


class Outbox(Protocol):
    """The courier's memory."""

    async def waiting(self) -> list[Lane]:
        """Lanes with something to send."""

    async def take(self, lane: Lane) -> Delivery | None:
        """Fold what waits and begin the next item of a lane; None when it is empty."""

    async def sent(self, delivery: Delivery, ref: MessageRef, at: datetime) -> None:
        """It stands on the platform."""

    async def unsure(self, delivery: Delivery, reason: str) -> None:
        """Nobody knows whether it arrived: it waits, and is looked for before it is sent."""

    async def absent(self, delivery: Delivery) -> None:
        """It was looked for and is not there: it waits as if it had never been begun."""


# ── The night, for questions ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a blog's reading goes: last look, last entry, and what is wrong, if anything."""

    blog: Blog
    title: str | None
    entries: int
    last_read: datetime | None
    last_entry: datetime | None
    trouble: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOnRecord:
    """An entry as it stands, with the blog's name and the contests that it names."""

    entry: Entry
    source: Source
    contests: frozenset[str]
    version: int


class Newsroom(Protocol):
    """All that is known at one moment, and nothing from after it."""

    now: datetime

    async def contests(self) -> Sequence[Contest]:
        """Every contest it knows: tonight's first, in the order of the night file."""

    async def offsets(self, contest: Contest) -> Sequence[int]:
        """Minutes before each milestone at which its channels are reminded."""

    async def turnout(self, contest: Contest) -> Figure[Turnout] | None:
        """The best turnout known; None where there is none yet."""

    async def declaration(self, contest: Contest) -> Figure[Declaration] | None:
        """The result as far as it is known; None where the contest is not declared."""

    async def majority_defended(self, contest: Contest) -> Figure[int] | None:
        """Votes by which the holder won last time, from the record or as reported."""

    async def stage(self, contest: Contest) -> Figure[Stage] | None:
        """How far the count has come; None where nothing was said of it."""

    async def timetable(self, contest: Contest) -> Sequence[Expected]:
        """The milestones of a contest with their expected times, soonest first."""

    async def latest(self, count: int, contest: Contest | None = None) -> Sequence[EntryOnRecord]:
        """The newest entries that stand, newest first."""

    async def sources(self) -> Sequence[SourceHealth]:
        """The blogs that are read."""
