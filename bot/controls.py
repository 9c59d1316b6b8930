"""What chat can change: the sockets that commands reach it by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.ask import Ask, Author, Channel, Follow
from bot.chat.manner import PLAIN, Manner
from bot.chat.quiet import Quiet
from bot.chat.roles import NamedRole
from bot.election.contest import MilestoneKind, Stage
from bot.election.figure import Standing
from bot.liveblog.claims import Claim
from bot.ports import Blog, BlogFollowed, JournalEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class BlogFound:
    """What stands behind an address: `entries` that stand now, the newest of them at `last_entry`.

    `posted` of them were given to the channel that has begun to follow it; `before` is the way in
    which the channel followed it already, None where it did not. `chosen` is how the blog is read
    and why so, where that was found out.
    """

    followed: BlogFollowed
    entries: int
    last_entry: datetime | None
    posted: int = 0
    before: BlogFollowed | None = None
    chosen: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A reminder that somebody asked for: at an instant, or `minutes` before a milestone.

    `words` are what to be reminded of, `due` is UTC, `author` the person who asked. One that waits
    for a `stage` of a contest's count comes when that is known; it is due `WHEN_IT_COMES`.
    """

    channel: Channel
    author: str
    due: datetime
    words: str = ""
    contest_id: str | None = None
    kind: MilestoneKind | None = None
    stage: Stage | None = None
    minutes: int = 0
    id: int = 0


class Channels(Protocol):
    """Changes what a channel gets."""

    async def follow_blog(
        self, channel: Channel, url: str, only: frozenset[str], manner: Manner = PLAIN
    ) -> BlogFound:
        """Look at a blog and follow it. Raises `SourceError`; then nothing has changed."""

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        """Give the channel no new entries of a blog."""

    async def follow(
        self,
        channel: Channel,
        kinds: frozenset[Follow],
        only: frozenset[str],
        manner: Manner = PLAIN,
    ) -> None:
        """Give the channel these kinds of messages, of contests (ids; none means all).

        Entries among them come in a manner from now on.
        """

    async def unfollow(self, channel: Channel, kinds: frozenset[Follow]) -> None:
        """Give the channel none of these kinds any more."""

    async def listen(self, channel: Channel, on: bool) -> None:
        """Answer plain words in a channel, or leave them alone."""

    async def quieten(self, channel: Channel, quiet: Quiet | None) -> None:
        """Let entries wait in these hours of every day; None for never."""

    async def listens(self, channel: Channel) -> bool:
        """Whether plain words in a channel are answered."""

    async def direct(self, author: Author) -> Channel:
        """The channel where only this person and the bot are. Raises `TellerError`."""

    async def remind(self, wanted: Asked) -> Asked:
        """Keep a reminder that somebody asked for; what is kept has its id."""

    async def reminders(self, channel: Channel) -> Sequence[Asked]:
        """The reminders that somebody asked for and that are still to come, soonest first."""

    async def forget(self, channel: Channel, reminder_id: int) -> Asked | None:
        """Forget one of them; None where the channel has none with this number."""


class Boards(Protocol):
    """The board of each channel, and the state of the night every so many minutes."""

    async def post(self, channel: Channel) -> bool:
        """Post a new board, drawn anew from now on; whether it takes the place of another.

        Raises `AskError` where no seat votes tonight.
        """

    async def pin(self, channel: Channel) -> None:
        """Pin the board of a channel, and take away the pins of earlier ones there.

        Raises `AskError` where none stands, or the platform has no pins, and `DeliveryError` where
        it may not be pinned.
        """

    async def stop(self, channel: Channel) -> bool:
        """Draw the board of a channel no more; False where none is drawn."""

    async def round_up(self, channel: Channel, minutes: int) -> datetime:
        """Post the state of the night every so many minutes; when the first may come (UTC)."""

    async def stop_round_up(self, channel: Channel) -> bool:
        """Post it no more; False where it was not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What somebody wants done about a contest: what is `claims` from now on, with its standing.

    `before` and `after` say in words what it changes, for the journal and for whoever confirms.
    `said_at` (UTC) is when it was so, where that is not now.
    """

    action: str
    contest_id: str
    claims: tuple[Claim, ...]
    standing: Standing
    after: str
    before: str | None = None
    said_at: datetime | None = None


class CountDesk(Protocol):
    """Where figures and times go in, each with who said it; `number` is that of a journal entry.

    All raise `AskError`, with what is wrong and what to do, and then nothing has changed.
    """

    async def take(self, ask: Ask, deed: Deed) -> JournalEntry:
        """Let it stand at once."""

    async def propose(self, ask: Ask, deed: Deed, *, questioned: bool) -> JournalEntry:
        """Keep it for a second person; where it is `questioned`, somebody has to insist first.

        An earlier proposal of the same for the same contest is replaced, and cannot be confirmed.
        """

    async def insist(self, ask: Ask, number: int) -> JournalEntry:
        """What was questioned is right: it waits for a second person, or stands."""

    async def confirm(self, ask: Ask, number: int) -> JournalEntry:
        """A second person says that it is right: it stands, and is official."""

    async def reject(self, ask: Ask, number: int) -> JournalEntry:
        """It is not right, and never stands."""

    async def retract(self, ask: Ask, contest_id: str, action: str, before: str) -> JournalEntry:
        """Take back what the desk has recorded of a contest: `action` is “retract result”."""

    async def undo(self, ask: Ask) -> JournalEntry:
        """Take back the last thing that the asker did, within a minute of it."""


class Roles(Protocol):
    """Who was given a role, in the settings or from chat."""

    async def named(self) -> Sequence[NamedRole]:
        """Everybody who was, those of the settings first."""

    async def known(self, author: Author) -> Author:
        """Somebody with those of the named groups that they are in."""

    async def allow(self, whom: NamedRole, by: Author) -> NamedRole | None:
        """Give somebody a role in place of the one that chat gave them, which is returned.

        Raises `AskError` where nobody would be an operator any more.
        """

    async def disallow(self, whom: NamedRole) -> NamedRole:
        """Take back what chat gave somebody, whatever it is.

        Raises `AskError` where that is nothing, and where nobody would be an operator any more.
        """
