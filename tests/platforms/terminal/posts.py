"""A few messages of one night, a stopped clock, and what a screen shows of them."""

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from rich.console import RenderableType

from bot.chat.ask import Ask
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.election.figure import Source, Standing
from bot.liveblog.entry import Picture
from bot.liveblog.markup import blocks
from bot.platforms.terminal.screen import make_console

BLOG = Source(name="The Telegraph live blog", url="https://news.example/live")
NOW = datetime(2023, 10, 19, 23, 55, tzinfo=UTC)

ENTRY = Post(
    kind=PostKind.ENTRY,
    heading="Low voter turnout in Tamworth",
    at=datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
    body=blocks(
        "<p>Just a third of voters came out to vote in the Tamworth by-election, with some"
        " 25,000 ballots submitted and turnout calculated at 35.9 per cent.</p>"
        "<p>It is lower than <a href='https://news.example/june'>in June</a>.</p>"
    ),
    pictures=(Picture(caption="Vote counting continues at The Rawlett School", credit="PA"),),
    source=BLOG,
    contests=("Tamworth",),
)
EDITED = replace(
    ENTRY,
    heading="Turnout in Tamworth is 35.9 per cent",
    edited=datetime(2023, 10, 19, 23, 52, tzinfo=UTC),
)
WITHDRAWN = replace(ENTRY, withdrawn="The Telegraph took it down.")
REMINDER = Post(
    kind=PostKind.REMINDER,
    heading="Tamworth: declaration expected in 15 minutes",
    at=datetime(2023, 10, 20, 1, 45, tzinfo=UTC),
    contests=("Tamworth",),
)
MOVED = Post(
    kind=PostKind.TIMETABLE,
    heading="Mid Bedfordshire: declaration now expected around 04:00",
    at=datetime(2023, 10, 20, 1, 50, tzinfo=UTC),
)
DECLARATION = Post(
    kind=PostKind.DECLARATION,
    heading="Tamworth: Labour gain from Conservative",
    at=datetime(2023, 10, 20, 1, 53, tzinfo=UTC),
    body=blocks("<p>Sarah Edwards (Labour) 11,719; majority 1,316.</p>"),
    source=Source(name="Returning officer, Tamworth"),
)
LATE = replace(REMINDER, late=timedelta(minutes=12))
POSTS = (ENTRY, EDITED, WITHDRAWN, REMINDER, MOVED, DECLARATION, LATE)

REPLY = Reply(
    title="Turnout in Tamworth: 35.9%",
    lines=("25,586 valid votes of 71,302 electors.",),
    table=Table(
        columns=("Candidate", "Votes"),
        rows=(("Sarah Edwards", "11,719"), ("Ian Cooper", "1,373")),
        right=frozenset({1}),
    ),
    origin=Origin(source=BLOG, at=ENTRY.at, standing=Standing.REPORTED),
    choices=(
        Choice(label="Tamworth", ask="turnout Tamworth"),
        Choice(label="Mid Bedfordshire", ask="turnout Mid Bedfordshire"),
    ),
)


def key(subject: str, version: int = 1) -> DeliveryKey:
    return DeliveryKey(subject=subject, version=version)


def plain(block: RenderableType, width: int = 80) -> str:
    """What is shown where output is no terminal."""
    out = io.StringIO()
    make_console(file=out, width=width).print(block)
    return out.getvalue()


def coloured(block: RenderableType, width: int = 80) -> str:
    """What is shown on a terminal, escape sequences and all."""
    out = io.StringIO()
    make_console(file=out, width=width, record=True).print(block)
    return out.getvalue()


@dataclass(frozen=True)
class StoppedClock:
    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def wall(self, instant: datetime) -> datetime:
        return instant

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("a terminal does not wait")


class Desk:
    """Answers every question with the same reply and remembers what was asked."""

    def __init__(self, reply: Reply = REPLY) -> None:
        self.asked: list[Ask] = []
        self._reply = reply

    async def answer(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        return self._reply

    @property
    def texts(self) -> list[str]:
        return [ask.text for ask in self.asked]
