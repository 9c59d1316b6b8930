"""The sockets between rooms. Rooms know these, and not each other; `app` joins them."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from bot.chat.ask import Ask, Channel, MessageRef
from bot.chat.events import Event
from bot.chat.post import DeliveryKey, Post
from bot.chat.reply import Reply
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.figure import Figure, Source
from bot.election.result import Declaration
from bot.election.turnout import Turnout
from bot.liveblog.entry import Entry, Reading

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A milestone of a contest and the time it is expected at, with who says so."""

    contest: Contest
    kind: MilestoneKind
    time: Figure[ClockTime]


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


class NewsroomAt(Protocol):
    """Opens the night as it was known at an instant."""

    def __call__(self, at: datetime) -> Newsroom:
        """Nothing from after `at` is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked. `trouble` is what is wrong and what to do; None: all is well."""

    what: str
    trouble: str | None = None
