"""The machinery of one night, built by hand around a real store and a blog in memory."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time

from prometheus_client import CollectorRegistry

import handlers
from bot.announcer import Announcer
from bot.boards import Boards
from bot.channels import Channels
from bot.chat.ask import Channel, Follow, Following
from bot.chat.catalogue import scan
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.checks import Checks
from bot.clocks import StoppedClock
from bot.count_desk import CountDesk, Eyes
from bot.courier import Courier, drain
from bot.courier.counts import Counts
from bot.desk import Desk
from bot.desk_notes import DeskNotes
from bot.diary import Diary
from bot.election.clock import UK, ClockTime, read_time, to_utc
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure, Source, Standing
from bot.gathering import Gathering
from bot.lanes import Limits
from bot.memory import PlannedContest, SubscriptionRows
from bot.ports import Blog, Clock, HasPins, Reader
from bot.relay import Relay
from bot.store import Store
from tests.nights.facts import MID_BEDFORDSHIRE, POLLING_DAY, TAMWORTH
from tests.wire import MemoryBlog, RecordingPlatform

BLOG = Blog(url="https://news.example/live", name="The Example")
NEWSROOM = Channel(platform="terminal", id="newsroom")
EVERYTHING = frozenset({Follow.ENTRIES, Follow.REMINDERS, Follow.DECLARATIONS})
THE_FILE = Source(name="the night's timetable")

CATALOGUE = scan(handlers)
word = CATALOGUE.word


def at(words: str, polling_day: date = POLLING_DAY) -> datetime:
    """The instant that words name on the night."""
    return read_time(words, polling_day=polling_day).at


def expects(
    contest: Contest, kind: MilestoneKind, words: str
) -> tuple[MilestoneKind, Figure[ClockTime]]:
    """An expected time as a night file has it."""
    start = to_utc(datetime.combine(contest.polling_day, time(0), UK))
    value = read_time(words, polling_day=contest.polling_day)
    return kind, Figure(value=value, source=THE_FILE, at=start, standing=Standing.ESTIMATED)


def plan(
    contest: Contest = TAMWORTH, remind: tuple[int, ...] = (60, 15, 0), **expected: str
) -> PlannedContest:
    """A contest of the night file, with the times it expects: `declaration="around 03:40"`."""
    return PlannedContest(
        contest=contest,
        expected=tuple(
            expects(contest, MilestoneKind(kind), words) for kind, words in expected.items()
        ),
        remind=remind,
    )


def following(
    channel: Channel = NEWSROOM,
    follows: frozenset[Follow] = EVERYTHING,
    only: Sequence[Contest] = (),
) -> Following:
    """A channel of the night file."""
    return Following(
        channel=channel, follows=follows, only=frozenset(contest.id for contest in only)
    )


PLANNED = (
    plan(TAMWORTH, declaration="around 03:40"),
    plan(MID_BEDFORDSHIRE, declaration="around 03:10"),
)


@dataclass(kw_only=True)
class Room:
    """A store with the night in it, and who works on it."""

    store: Store
    clock: Clock
    blog: MemoryBlog
    relay: Relay
    announcer: Announcer
    diary: Diary
    channels: Channels
    boards: Boards
    gathering: Gathering
    desk: Desk
    channels_with: Callable[[SubscriptionRows], Channels]
    platform: RecordingPlatform
    polling_day: date
    queued: list[datetime] = field(default_factory=list)
    redrawn: list[datetime] = field(default_factory=list)

    async def start(self) -> None:
        """What happens when the program starts."""
        await self.announcer.look()
        await self.diary.look()
        await self.boards.look()
        await self.gathering.release()

    async def look(self) -> None:
        """Read the blog once, and do everything that follows from it."""
        await self.relay.look(BLOG, self.polling_day)

    async def look_at(self, url: str) -> None:
        """Read the blog at an address once, as it is known there."""
        blog = await self.store.blogs.at(url)
        assert blog is not None
        await self.relay.look(blog, self.polling_day)

    async def move_to(self, moment: datetime) -> None:
        """Let it become another time, and what is due then ring."""
        assert isinstance(self.clock, StoppedClock)
        self.clock.moment = moment
        await self.diary.deliver_due(moment)
        await self.boards.draw()
        await self.gathering.release()

    async def told(self, *kinds: PostKind) -> list[tuple[DeliveryKey, Post]]:
        """What was queued, of some kinds, in order."""
        return [
            (key, post) for key, post, _ in await self.store.outbox.queued() if post.kind in kinds
        ]

    async def headings(self, *kinds: PostKind) -> list[str]:
        """The headings of what was queued, of some kinds, in order."""
        return [post.heading for _, post in await self.told(*kinds)]

    async def stands(self, channel: Channel) -> list[str]:
        """Send everything that waits; the headings that then stand in a channel."""
        await self.deliver()
        return [
            f"{post.heading}{' (withdrawn)' if post.withdrawn else ''}"
            for ref, post in self.platform.standing.items()
            if ref.channel == channel
        ]

    async def deliver(self) -> None:
        """Send everything that waits."""
        for lane in await self.store.outbox.waiting():
            courier = Courier(
                outbox=self.store.outbox,
                platforms={self.platform.name: self.platform},
                clock=self.clock,
                word=word,
                counts=Counts(CollectorRegistry()),
            )
            while (await drain(lane, courier)).seconds == 0:
                """It went to the back of the queue, and is the only one in it."""


@asynccontextmanager
async def open_room(
    url: str,
    *,
    clock: Clock,
    contests: Sequence[PlannedContest] = PLANNED,
    channels: Sequence[Following] | None = None,
    blog: MemoryBlog | None = None,
    platform: RecordingPlatform | None = None,
    reader: Reader | None = None,
    eyes: Eyes | None = None,
    operator: Channel | None = None,
) -> AsyncIterator[Room]:
    """A room on a database; opening another on the same one is a restart.

    `reader` reads in place of the one `blog`; `operator` is the channel that hears of trouble.
    """
    # Each message counts here: a long wait makes no round-up.
    store = Store(url, Limits(items=1_000))
    await store.open()
    try:
        channels = [following()] if channels is None else channels
        await store.night.install(contests, channels, clock.now())
        announcer = Announcer(
            rows=store.telling,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            notes=DeskNotes(word=word, operator=operator),
        )
        queued: list[datetime] = []
        redrawn: list[datetime] = []
        diary = Diary(
            rows=store.reminders,
            asked=store.asked,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            queued=lambda: queued.append(clock.now()),
        )

        async def changed(touched: frozenset[str] | None) -> None:
            await announcer.look(touched)
            await diary.look(touched)
            await boards.look(touched)

        blog = blog or MemoryBlog()
        relay = Relay(
            reader=reader or blog,
            blogs=store.blogs,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            changed=changed,
            notes=Checks(newsroom_at=store.newsroom, word=word).notes,
        )
        platform = platform or RecordingPlatform()
        polling_day = contests[0].contest.polling_day if contests else POLLING_DAY

        def channels_with(rows: SubscriptionRows) -> Channels:
            return Channels(
                rows=rows,
                lanes=store.lanes,
                asked=store.asked,
                blogs=store.blogs,
                relay=relay,
                diary=diary,
                newsroom_at=store.newsroom,
                platforms={platform.name: platform},
                clock=clock,
                polling_day=polling_day,
                queued=lambda: queued.append(clock.now()),
                changed=lambda: redrawn.append(clock.now()),
            )

        channels_here = channels_with(store.subscriptions)
        boards = Boards(
            rows=store.boards,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            here=channels_here.is_here,
            queued=lambda: queued.append(clock.now()),
            pins={platform.name: platform} if isinstance(platform, HasPins) else {},
        )
        yield Room(
            store=store,
            clock=clock,
            blog=blog,
            relay=relay,
            announcer=announcer,
            diary=diary,
            channels=channels_here,
            boards=boards,
            gathering=Gathering(
                rows=store.gathering,
                word=word,
                clock=clock,
                queued=lambda: queued.append(clock.now()),
            ),
            desk=Desk(
                catalogue=CATALOGUE,
                newsroom_at=store.newsroom,
                clock=clock,
                channels=channels_here,
                boards=boards,
                count_desk=CountDesk(rows=store.journal, clock=clock, changed=changed, eyes=eyes),
            ),
            channels_with=channels_with,
            platform=platform,
            polling_day=polling_day,
            queued=queued,
            redrawn=redrawn,
        )
        diary.stop()
    finally:
        await store.close()
