"""Post: a message that the bot sends by itself, on no platform, and that can change later."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.chat.chart import Chart, Picture
from bot.chat.choice import Choice
from bot.election.figure import Source
from bot.liveblog.entry import Picture as EntryPicture
from bot.liveblog.markup import Block


class PostKind(StrEnum):
    """What a post is; each looks different at a glance."""

    ENTRY = "entry"
    REMINDER = "reminder"
    TIMETABLE = "timetable"
    DECLARATION = "declaration"
    # What was missed, in one message; and what the newsdesk itself has to know.
    ROUND_UP = "round-up"
    NOTICE = "notice"
    # What an entry says otherwise than it is known.
    CHECK = "check"
    # How every seat stands, in one message that stays true; and what has changed of late.
    BOARD = "board"
    STATE = "state of the night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A message with its marks.

    `at` is the instant that it speaks of (UTC). `edited` is when its text last changed,
    `withdrawn` says why it no longer stands, `late` by how much it comes too late.
    `contests` are the names of the seats it concerns, `choices` what may be pressed under it.
    `chart` is what it shows as a picture; `picture` is that drawn, which it gets on its way to a
    platform that shows pictures, and which is never stored.
    """

    kind: PostKind
    heading: str
    at: datetime
    body: tuple[Block, ...] = ()
    pictures: tuple[EntryPicture, ...] = ()
    source: Source | None = None
    contests: tuple[str, ...] = ()
    key_event: bool = False
    edited: datetime | None = None
    withdrawn: str | None = None
    late: timedelta | None = None
    choices: tuple[Choice, ...] = ()
    chart: Chart | None = None
    picture: Picture | None = None

    @property
    def digest(self) -> str:
        """A hash of what it says, but for when and for its marks; never empty."""
        words = "\n".join([self.heading, *(block.text for block in self.body)])
        return hashlib.sha256(words.encode()).hexdigest()

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What may be pressed under it as it is shown: nothing that asks for the picture above."""
        if self.picture is None:
            return self.choices
        return tuple(choice for choice in self.choices if not choice.pictured)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryKey:
    """What makes a message of one channel the same message: its subject, in one version."""

    subject: str
    version: int

    def __str__(self) -> str:
        return f"{self.subject}#{self.version}"
