"""The sockets between rooms. Rooms know these, and not each other; `app` joins them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.chat.ask import Ask, Author, Channel, Follow, MessageRef
from bot.chat.chart import Chart, Picture
from bot.chat.command import Command
from bot.chat.events import Event
from bot.chat.form import Form, Values
from bot.chat.manner import PLAIN, Manner
from bot.chat.post import DeliveryKey, Post
from bot.chat.quiet import Quiet
from bot.chat.reply import Reply
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind, Stage
from bot.election.figure import Figure, Source
from bot.election.names import NameIndex
from bot.election.result import Declaration
from bot.election.standings import StateOfParties
from bot.election.turnout import Turnout
from bot.liveblog.claims import Claim
from bot.liveblog.entry import Entry, Reading
from bot.record.past import Past

Answer = Callable[[Ask], Awaitable[Reply]]
Word = Callable[[Event], Post]
# None where it cannot be drawn.
Draw = Callable[[Chart], Awaitable[Picture | None]]


class Clock(Protocol):
    """The night's time. In a replay it runs faster than the wall's."""

    def now(self) -> datetime:
        """The instant it is on the night, UTC."""

    def wall(self, instant: datetime) -> datetime:
        """When, on the wall's clock, the night reaches `instant` (UTC)."""

    async def sleep(self, seconds: float) -> None:
        """Wait for so many seconds of the night."""


class Desk(Protocol):
    """Who answers. Nothing of it raises, but for what is said."""

    async def answer(self, ask: Ask) -> Reply:
        """The answer to a question."""

    async def overhear(self, ask: Ask) -> Reply | None:
        """The answer to what was said to nobody; None where it is no question, or not listened to.

        For plain words in a channel, which are answered where somebody switched that on.
        """

    async def form(self, name: str, ask: Ask) -> Form | Reply:
        """A form as it opens for somebody in a channel; a reply where there is none for them."""

    async def submit(self, name: str, ask: Ask, values: Values) -> Reply:
        """Take what was filled in. Raises `FormError`, with a sentence for each field at fault."""

    def commands(self) -> Sequence[Command]:
        """Everything that can be asked, for platforms that list it."""

    async def seats(self, typed: str, most: int) -> Sequence[str]:
        """Names of seats that somebody may be typing, the likeliest first, tonight's before all."""

    async def home(self, ask: Ask) -> tuple[Reply, ...]:
        """The night at a glance, section by section, for the page of one's own with the bot."""


class Platform(Protocol):
    """Where people are. Sends, changes and finds posts; brings questions to a desk.

    `shared` says that several processes may run it at once, each bringing questions of its own; of
    one that is not, one process brings them, and all send. `pictures` says that it shows pictures,
    so that the answers and posts it gets have theirs drawn. `at_once` is how many of its channels
    it is sent to at a time, where nothing else is wanted.
    """

    name: str
    shared: bool
    pictures: bool
    at_once: int

    async def run(self, desk: Desk) -> None:
        """Bring questions and their answers until cancelled, or until people leave."""

    def changed(self) -> None:
        """What is known has changed: pages that stand open may be drawn anew."""

    async def direct(self, author: Author) -> Channel:
        """The channel where only this person and the bot are. Raises `DeliveryError`."""

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        """Post a new message. Raises `DeliveryError` where it may have to be tried again."""

    async def edit(self, ref: MessageRef, post: Post, key: DeliveryKey) -> MessageRef:
        """Change a message that stands (an edit, a correction, a withdrawal)."""

    async def find(self, channel: Channel, key: DeliveryKey) -> MessageRef | None:
        """The message that was posted under this key, if the platform has it."""


@runtime_checkable
class HasGroups(Protocol):
    """A platform that has to be asked who is in a group of people."""

    async def members(self, group: str) -> frozenset[str]:
        """The ids of who is in a group; none where that cannot be found out, which is logged."""


@runtime_checkable
class HasNames(Protocol):
    """A platform that does not say what people are called together with what they say."""

    async def called(self, person: str) -> str:
        """What somebody is called, by their id; empty where that cannot be found out."""


@runtime_checkable
class HasPins(Protocol):
    """A platform whose channels keep messages at hand that somebody has pinned."""

    async def pin(self, ref: MessageRef) -> None:
        """Pin a message that stands; nothing for one that is pinned already.

        Raises `DeliveryError` with what to do, where that may not be or cannot be done.
        """

    async def unpin(self, ref: MessageRef) -> None:
        """Take a message's pin away; nothing for one that has none.

        Raises `DeliveryError` where that may not be, or the message is gone.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server wants to be shown again, so that it can answer “not modified”.

    Two things no server said: `newest` is when the newest entry that is known was published
    (UTC), for servers that can be asked for what came since; `chosen` is how the blog was read
    until now, where that was found out, for its entries have other ids in another format.
    """

    etag: str | None = None
    last_modified: str | None = None
    content_digest: str | None = None
    newest: datetime | None = None
    chosen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """A WebSub hub (`url`) that a blog names, which knows the blog by its `topic`.

    `page` is the address that the blog was read at: what it links to is relative to that.
    """

    url: str
    topic: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One look at a source. `reading` is None where nothing changed since the last look.

    `wait` is the least number of seconds the server wants until the next look; `moved_to` is a
    permanent new address. `chosen` says how the blog is read and why so, where nobody named the
    format: “RSS, because …”. `hub` pushes what is new, where the page names one.
    """

    reading: Reading | None
    validators: Validators
    wait: float | None = None
    moved_to: str | None = None
    chosen: str | None = None
    hub: Hub | None = None


class Reader(Protocol):
    """Fetches and reads live blogs."""

    async def read(
        self,
        url: str,
        *,
        format: str,
        polling_day: date,
        validators: Validators,
        guarded: bool = False,
    ) -> Fetched:
        """Look at a blog once. Raises `SourceError` with a sentence for the desk.

        `guarded` means that the address came from a chat: only public servers are connected to.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Blog:
    """A live blog to follow: `format` as in the night file, `poll` in seconds.

    `from_chat` says that its address is not the night file's word, and may be anyone's.
    """

    url: str
    format: str = "auto"
    poll: float = 10.0
    name: str | None = None
    from_chat: bool = False

    @property
    def key(self) -> str:
        """What it is remembered by: its given name, which outlives a change of address."""
        return self.name or self.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A milestone of a contest and the time it is expected at, with who says so.

    Where the desk has said it, `suggested` is what somebody else has said since, if another.
    """

    contest: Contest
    kind: MilestoneKind
    time: Figure[ClockTime]
    suggested: Figure[ClockTime] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a blog's reading goes: last look, last entry, and what is wrong, if anything.

    `chosen` is how it is read and why so, where that was found out: “RSS, because …”. `next_read`
    is about when it is looked at again; `lag` how long after it was published its newest entry was
    here, of those that came since the first look. `pushed` says that a hub brings what is new.
    """

    blog: Blog
    title: str | None
    entries: int
    last_read: datetime | None
    last_entry: datetime | None
    trouble: str | None
    trouble_since: datetime | None = None
    chosen: str | None = None
    next_read: datetime | None = None
    lag: timedelta | None = None
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOnRecord:
    """An entry as it stands, with the blog's name and the contests that it names."""

    entry: Entry
    source: Source
    contests: frozenset[str]
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogFollowed:
    """A blog that a channel follows, of contests (ids; none means all), or has switched off."""

    blog: Blog
    title: str | None
    only: frozenset[str] = frozenset()
    wanted: bool = True
    manner: Manner = PLAIN

    @property
    def called(self) -> str:
        """What people call it."""
        return self.blog.name or self.title or self.blog.url


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOnRecord:
    """What a channel gets, and how delivery to it goes.

    `kinds` are what it follows, each of contests (ids; none means all); `ENTRIES` among them are
    those of the night file's blogs, which come in a `manner`. `waiting` messages are not sent yet,
    the oldest since `waiting_since`; `trouble` says why, where a platform did not take the next
    one. From `suspended_since` (UTC) on nothing is posted there until somebody lets it go on.

    While it is `quiet` entries wait; so many are `gathered` for the next round-up of them, which
    comes at an instant (UTC). A `board` stands there, or the state of the night comes every so many
    minutes (`state_every`).
    """

    channel: Channel
    kinds: Mapping[Follow, frozenset[str]] = field(default_factory=dict)
    blogs: tuple[BlogFollowed, ...] = ()
    listens: bool = False
    waiting: int = 0
    waiting_since: datetime | None = None
    last_sent: datetime | None = None
    trouble: str | None = None
    suspended_since: datetime | None = None
    manner: Manner = PLAIN
    quiet: Quiet | None = None
    gathered: int = 0
    next_round_up: datetime | None = None
    board: bool = False
    state_every: int | None = None

    @property
    def follows_anything(self) -> bool:
        """Whether it follows a blog, or a kind of message."""
        return bool(self.kinds) or any(one.wanted for one in self.blogs)

    @property
    def gets_anything(self) -> bool:
        """Whether anything is posted there by itself."""
        return self.follows_anything or self.board or self.state_every is not None


class EntryState(StrEnum):
    """What became of an entry of the journal. One that waits is for a second person to confirm.

    One that is questioned needs somebody to insist before.
    """

    STANDS = "stands"
    WAITING = "waiting"
    QUESTIONED = "questioned"
    REJECTED = "rejected"
    REPLACED = "replaced"
    UNDONE = "undone"

    @property
    def open(self) -> bool:
        """Whether somebody has still to say something of it."""
        return self in (EntryState.WAITING, EntryState.QUESTIONED)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """What somebody did at the desk (`at` UTC), in their words; `before` and `after` in ours.

    `action` is the command, `of` the number of the entry that this one is about.
    """

    id: int
    at: datetime
    author: Author
    channel: Channel
    action: str
    words: str
    state: EntryState
    contest_id: str | None = None
    before: str | None = None
    after: str | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsSourceHealth:
    """How looking at a results source goes, by its `name`; None is what has not been yet.

    `last` is the journal's entry of its last bulletin; `next_look` is about when it is looked at
    again.
    """

    name: str
    last_look: datetime | None = None
    next_look: datetime | None = None
    trouble: str | None = None
    trouble_since: datetime | None = None
    last: JournalEntry | None = None


class Newsroom(Protocol):
    """All that is known at one moment, and nothing from after it."""

    now: datetime
    past: Past

    async def names(self) -> NameIndex:
        """What seats are called: tonight's before all, then those of today, then older ones."""

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

    async def stated(self, contest: Contest) -> Sequence[Figure[Claim]]:
        """Every figure of the night that stands, whoever said it, in the order it was said."""

    async def state_of_parties(self) -> Figure[StateOfParties] | None:
        """How the parties stand over all seats that vote tonight; None where nobody has said so."""

    async def latest(self, count: int, contest: Contest | None = None) -> Sequence[EntryOnRecord]:
        """The newest entries that stand, newest first."""

    async def sources(self) -> Sequence[SourceHealth]:
        """The blogs that are read."""

    async def results_sources(self) -> Sequence[ResultsSourceHealth]:
        """The results sources that are looked at."""

    async def channels(self) -> Sequence[ChannelOnRecord]:
        """Every channel that anything was set for or sent to, in order of their first time."""

    async def journal(self, contest: Contest | None = None) -> Sequence[JournalEntry]:
        """What people did at the desk, of a contest or (None) at all, the first first."""


# When a reminder is due that waits for a stage of a count, and for no time: after every other.
# Years beyond it are more than some clocks can be asked for.
WHEN_IT_COMES = datetime(9000, 1, 1, tzinfo=UTC)


class NewsroomAt(Protocol):
    """Opens the night as it was known at an instant."""

    def __call__(self, at: datetime) -> Newsroom:
        """Nothing from after `at` is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was checked. `trouble` is what is wrong and what to do; None: all is well."""

    what: str
    trouble: str | None = None
