"""What rooms remember: the rows of the store as values, and the sockets to them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar

from bot.chat.ask import Channel, Follow
from bot.chat.manner import PLAIN, Manner
from bot.chat.post import DeliveryKey, Post
from bot.chat.quiet import Quiet
from bot.election.clock import ClockTime
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure, Source
from bot.liveblog.changes import Known
from bot.liveblog.claims import Claim
from bot.liveblog.entry import Entry
from bot.ports import Blog, ChannelOnRecord, Validators

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """A post for every channel that follows this kind and these contests.

    One of a `blog` also goes to who follows that blog alone, and one of a blog that chat brought
    to nobody else; a note on such a blog only to who follows both it and checks, and any other to
    who follows checks; one with a `channel` goes only there. One that is no `news` goes only to
    channels that have an earlier version of it, and one `about` another subject only to those that
    were told of that, whatever they follow now. An entry that `became_key` in this version is news
    to who has key entries alone, however old it is.
    """

    kind: Follow
    contests: frozenset[str]
    key: DeliveryKey
    post: Post
    blog: Blog | None = None
    channel: Channel | None = None
    news: bool = True
    about: str | None = None
    became_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogMemory:
    """What is known of a blog as of the last look: its validators, its entries by id, its title.

    `chosen` is how it is read and why so, where that was found out; `moved_to` its address, where
    its server says that it is another for good.
    """

    validators: Validators
    known: Mapping[str, Known]
    title: str | None = None
    looked_at: datetime | None = None
    chosen: str | None = None
    moved_to: str | None = None

    @property
    def newest(self) -> datetime | None:
        """When the newest entry that stands was published."""
        standing = (one.published for one in self.known.values() if not one.withdrawn)
        return max(standing, default=None)


class OvertakenError(Exception):
    """What a look at a blog was compared with was not the last word any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryVersion:
    """An entry as it now stands, under the id it is known by, with what it states.

    `withdrawn` says why it no longer stands; the entry then holds its last text. `posted` is
    false for one that channels are not given: older than the first look at its blog. `missing` as
    in `Known`. `became_key` says that its publisher marks it, and did not mark the version before.
    """

    entry: Entry
    version: int
    source: Source
    withdrawn: str | None = None
    claims: tuple[Claim, ...] = ()
    contests: frozenset[str] = frozenset()
    posted: bool = True
    missing: int = 0
    became_key: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogUpdate:
    """Everything one look at a blog changes; it is kept whole or not at all.

    `since` is the look that it was compared with; None where there was none. `moved_to` as in
    `BlogMemory`; `lag` is how long after it was published the newest entry that is new was here,
    and stays as it was where none is; `next_read` is about when it is looked at again. With
    `pushed` a hub brought it, and what is known of the blog's address and its looks stays.
    """

    blog: Blog
    at: datetime
    validators: Validators
    title: str | None = None
    entries: tuple[EntryVersion, ...] = ()
    missing: Mapping[str, int] = field(default_factory=dict)
    confirmed: Mapping[str, datetime] = field(default_factory=dict)
    announcements: tuple[Announcement, ...] = ()
    since: datetime | None = None
    chosen: str | None = None
    moved_to: str | None = None
    lag: timedelta | None = None
    next_read: datetime | None = None
    pushed: bool = False

    @property
    def is_quiet(self) -> bool:
        """Whether a look found nothing in the blog that was not known."""
        new = self.entries or self.missing or self.confirmed or self.announcements
        return not new and not self.pushed and self.since is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogStanding:
    """A blog as it stands: how many entries, when the last came, and the newest, oldest first."""

    title: str | None
    chosen: str | None
    entries: int
    last_entry: datetime | None
    newest: tuple[EntryVersion, ...]


class Blogs(Protocol):
    """The relay's memory."""

    async def remembered(self, blog: Blog) -> BlogMemory:
        """What is known of a blog; nothing, for a new one."""

    async def entry(self, blog: Blog, entry_id: str) -> Entry:
        """The last text of a known entry."""

    async def at(self, url: str) -> Blog | None:
        """The blog that is read at an address; None where there is none."""

    async def standing(
        self, blog: Blog, count: int, only: frozenset[str], manner: Manner = PLAIN
    ) -> BlogStanding:
        """What stands of a blog, with its newest entries about these contests (none: about any).

        They are those that who has entries in a manner is to get.
        """

    def held(self, blog: Blog) -> AbstractAsyncContextManager[None]:
        """Within it, no other process keeps anything of a blog."""

    async def keep(self, update: BlogUpdate) -> None:
        """Keep an update and queue its announcements in one transaction.

        Raises `OvertakenError` where another process has kept one since.
        """

    async def keep_failure(
        self, blog: Blog, at: datetime, sentence: str, next_read: datetime | None = None
    ) -> None:
        """Mark a blog as failing, with the reason, and when it is tried again; None for never."""


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

    async def told_of(self, subjects: Collection[str], kind: type[T]) -> Mapping[str, Told[T]]:
        """What was last told of each of these subjects that anything was told of."""

    async def note(self, told: Mapping[str, Told[T]], kind: type[T], at: datetime) -> None:
        """Remember what counts as told by its subject, in one transaction."""

    async def tell(
        self,
        subject: str,
        kind: type[T],
        told: Told[T],
        announcements: Sequence[Announcement],
        at: datetime,
    ) -> None:
        """Remember what is told and queue it in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedContest:
    """A contest, the times the night file expects, and the minutes before them to remind at.

    `democracy_club` is the id of its ballot at Democracy Club, where that is another than its own.
    """

    contest: Contest
    expected: tuple[tuple[MilestoneKind, Figure[ClockTime]], ...]
    remind: tuple[int, ...]
    democracy_club: str | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReminder:
    """A message of reminders that are alike, by the id of the first of them (`message`).

    It stands in a `version`, and says now what `digest` is of; empty for what it said at first.
    """

    message: int
    reminders: tuple[Reminder, ...]
    sent_at: datetime
    version: int
    digest: str


class SubscriptionRows(Protocol):
    """The channels' memory: what each follows, and whether it listens."""

    async def follow(
        self,
        channel: Channel,
        kinds: Iterable[Follow],
        only: frozenset[str],
        manner: Manner = PLAIN,
    ) -> None:
        """Let a channel have these kinds of messages, of contests (ids; none means all).

        Entries among them come in a manner from now on.
        """

    async def unfollow(self, channel: Channel, kinds: Iterable[Follow]) -> None:
        """Let a channel have none of these kinds."""

    async def follow_blog(
        self,
        channel: Channel,
        blog: Blog,
        only: frozenset[str],
        newest: Sequence[Announcement],
        since: datetime | None,
        at: datetime,
        manner: Manner = PLAIN,
    ) -> int:
        """Let a channel have a blog from now on, and queue its newest entries, oldest first.

        `since` is the instant of the last entry that stands, whatever it is about. Returns how
        many of those the channel did not have yet.
        """

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        """Let a channel have no new entries of a blog."""

    async def listen(self, channel: Channel, on: bool) -> None:
        """Keep whether plain words in a channel are answered."""

    async def quieten(self, channel: Channel, quiet: Quiet | None) -> None:
        """Keep when entries wait; None for never."""

    async def listens(self, channel: Channel) -> bool:
        """Whether plain words in a channel are answered."""

    async def blogs_from_chat(self) -> list[Blog]:
        """Blogs that chat brought and that some channel follows."""

    async def away(self) -> list[Channel]:
        """Channels that Teller was taken out of."""

    async def close(self, channels: Iterable[Channel], at: datetime) -> None:
        """Drop what waits for channels, and queue nothing; what they follow is kept."""

    async def forget(self, channels: Iterable[Channel], at: datetime) -> None:
        """Delete all that channels had and got."""

    async def reopen(self, channels: Iterable[Channel]) -> None:
        """Queue for channels again what they follow."""

    async def on_record(self) -> list[ChannelOnRecord]:
        """Every channel that is not away, what it gets, and how delivery to it goes."""


class ReminderRows(Protocol):
    """The diary's memory: the row is the reminder, the scheduler only an alarm clock."""

    async def arm(self, wanted: Mapping[str, Sequence[Reminder]], at: datetime) -> None:
        """Make the armed reminders of contests exactly these; those that went out stay out."""

    async def armed(self, by: datetime) -> list[ArmedReminder]:
        """All that wait and are due by an instant (UTC), soonest first."""

    async def dues(self) -> set[datetime]:
        """The instants (UTC) at which any that wait are due."""

    async def deliver(
        self, reminder_ids: Sequence[int], announcement: Announcement, at: datetime
    ) -> bool:
        """Mark them sent in one message, and queue that, in one transaction.

        False, and nothing done, where none of them was armed any more.
        """

    async def sent(self, contests: Collection[str]) -> list[SentReminder]:
        """The messages that went out of any of these contests, by their ids, the first first."""

    async def change(
        self, sent: SentReminder, digest: str, announcement: Announcement, at: datetime
    ) -> None:
        """Keep what a message says in its next version, and queue that, in one transaction."""

    async def leave_out(self, reminder_id: int, reason: str, at: datetime) -> None:
        """Mark it as not sent, with the reason."""
