"""The composition root: builds the rooms, joins them, runs until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import structlog
from prometheus_client import CollectorRegistry

from bot.announcer import Announcer
from bot.back_off import BackOff
from bot.boards import Boards
from bot.channels import Channels
from bot.chat.ask import Channel, Following
from bot.chat.catalogue import Catalogue, scan
from bot.chat.events import Event
from bot.chat.post import Post
from bot.chat.roles import NamedRole
from bot.checks import Checks
from bot.count_desk import CountDesk, Eyes
from bot.courier import Courier, Dispatcher
from bot.courier.counts import Counts
from bot.courier.dispatcher import LANES_AT_ONCE
from bot.desk import Desk
from bot.desk_notes import DeskNotes
from bot.diary import Diary
from bot.differences import Differences
from bot.election.contest import Contest
from bot.gathering import Gathering
from bot.hubs import Hubs
from bot.lanes import Limits
from bot.night import Night
from bot.outages import Outages
from bot.platforms.pictures import Illustrated, Pictures
from bot.ports import Blog, Clock, HasGroups, HasNames, Platform, Reader, Word
from bot.ports import Desk as DeskPort
from bot.pushes import HubOffice, Pushes
from bot.record.record import Record
from bot.relay import Relay
from bot.remarks import Remarks
from bot.results import Results
from bot.results_sources import ResultsSource
from bot.roles import Roles
from bot.store import Store

if TYPE_CHECKING:
    from bot.courier.scaled import ScaledDispatcher

log = structlog.get_logger()

LAST_POSTS_SECONDS = 1.5
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """How messages go out: so many lanes of each platform at once, backlogs as one message.

    `operator` is the channel that hears of trouble, `registry` where things are counted.
    """

    operator: Channel | None = None
    limits: Limits = field(default_factory=Limits)
    at_once: int = LANES_AT_ONCE
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms of one running Teller, joined."""

    night: Night
    store: Store
    desk: Desk
    channels: Channels
    relay: Relay
    diary: Diary
    announcer: Announcer
    differences: Differences
    results: Results
    boards: Boards
    gathering: Gathering
    courier: Courier
    dispatcher: "Dispatcher | ScaledDispatcher"
    platforms: Sequence[Platform]
    pictures: Pictures
    hubs: Hubs | None = None
    pushes: Pushes | None = None
    telling: asyncio.Lock = field(default_factory=asyncio.Lock)
    # Set while these rooms run and another process leads.
    standing_by: asyncio.Event = field(default_factory=asyncio.Event)

    async def changed(self, touched: frozenset[str] | None = None) -> None:
        """What is known of these contests (None for any) has changed: tell, re-arm, deliver.

        Where another process leads, it hears of it, tells, and re-arms.
        """
        try:
            if not self.standing_by.is_set() and (touched is None or touched):
                # In turn: two blogs that change at once must not tell the same thing twice.
                async with self.telling:
                    await self.announcer.look(touched)
                    await self.differences.look(touched)
                    await self.diary.look(touched)
                    await self.boards.look(touched)
        finally:
            self.dispatcher.wake()
            self.gathering.wake()
            redraw(self.platforms)

    async def run(self, people: Coroutine[None, None, None]) -> None:
        """Relay, remind and deliver for as long as `people` runs, and deliver what is left.

        Of several processes on one database one relays and reminds; all deliver.
        """
        leadership, led = self.store.leadership, asyncio.Event()
        try:
            async with asyncio.TaskGroup() as tasks:
                self.standing_by.set()
                leading = tasks.create_task(leadership.lead(partial(self._lead, led)))
                hearing = tasks.create_task(self.store.notices.listen(self._heard))
                if not leadership.contested:
                    # What fell due while nobody was there comes before anything else.
                    await led.wait()
                delivering = tasks.create_task(self.dispatcher.run())
                await people
                leading.cancel()
                hearing.cancel()
                self.diary.stop()
                await self.dispatcher.settle(LAST_POSTS_SECONDS)
                delivering.cancel()
        finally:
            if self.pushes is not None:
                await self.pushes.close()
            people.close()
            self.standing_by.clear()
            self.diary.stop()

    async def talk(self) -> None:
        """Bring questions from every platform until people have left them all.

        Those that one process alone may bring questions from are the leader's.
        """
        contested = self.store.leadership.contested
        async with asyncio.TaskGroup() as talking:
            for platform in self.platforms:
                if platform.shared or not contested:
                    talking.create_task(platform.run(self._desk_for(platform)))

    def _desk_for(self, platform: Platform) -> DeskPort:
        return Illustrated(self.desk, self.pictures) if platform.pictures else self.desk

    async def _lead(self, led: asyncio.Event) -> None:
        """Relay, remind, draw boards and round up until cancelled."""
        self.standing_by.clear()
        try:
            self.diary.start()
            blogs = await self._catch_up()
            led.set()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self.boards.run())
                if self.hubs is not None:
                    tasks.create_task(self.hubs.run(self.relay.reads))
                tasks.create_task(self.gathering.run())
                tasks.create_task(self.results.run())
                if self.store.leadership.contested:
                    for platform in self.platforms:
                        if not platform.shared:
                            tasks.create_task(platform.run(self._desk_for(platform)))
                await self.relay.run(blogs, self.night.polling_day)
        finally:
            self.standing_by.set()
            self.diary.stop()

    async def _catch_up(self) -> list[Blog]:
        """Tell what came to be known while nobody led; the blogs to read."""
        back_off = BackOff(FIRST_BACK_OFF, LONGEST_BACK_OFF)
        while True:
            try:
                await self.changed()
                return await self._blogs()
            except Exception:
                if not self.store.leadership.contested:
                    raise
                # A server that comes back takes a while to be of use.
                log.exception("teller.not_caught_up")
            await back_off.pause()

    async def _blogs(self) -> list[Blog]:
        return [*self.night.blogs, *await self.store.subscriptions.blogs_from_chat()]

    async def _heard(self) -> None:
        """Another process has changed something."""
        if self.standing_by.is_set():
            redraw(self.platforms)
            return
        self.relay.keep_to(await self._blogs())
        if self.hubs is not None:
            self.hubs.changed()
        await self.changed()


@asynccontextmanager
async def open_rooms(
    *,
    night: Night,
    database_url: str,
    clock: Clock,
    reader: Reader,
    platforms: Sequence[Platform] = (),
    following: Sequence[Following] | None = None,
    post_office: PostOffice | None = None,
    record: Record | None = None,
    mark: str = "",
    eyes: Eyes | None = None,
    named: Sequence[NamedRole] = (),
    hub_office: HubOffice | None = None,
    results: Sequence[ResultsSource] = (),
) -> AsyncIterator[Rooms]:
    """Build the rooms around a store that is brought up to date, with the night in it.

    `following` are the channels to serve from now on; None leaves those that the store has,
    for somebody who only asks. `record` is what was known before; None for the bundled one. `mark`
    stands before every heading, as of a rehearsal. `eyes` is how many people a result needs;
    `named` have their roles by the settings; `results` are where results come from. Without a
    `hub_office` no hub is asked to push.

    Raises `StoreError` where the database cannot be used.
    """
    catalogue = read_catalogue()
    word = partial(_marked, mark, catalogue.word) if mark else catalogue.word
    post_office = post_office or PostOffice()
    store = Store(database_url, post_office.limits, record=record)
    pictures = Pictures()
    await store.open()
    try:
        await store.night.install(night.contests, following, clock.now())
        courier = open_courier(store, platforms, clock, word, post_office)
        dispatcher = dispatching(store, courier, post_office)
        announcer = Announcer(
            rows=store.telling, newsroom_at=store.night_at, word=word, clock=clock
        )
        diary = Diary(
            rows=store.reminders,
            asked=store.asked,
            newsroom_at=store.night_at,
            word=word,
            clock=clock,
            queued=dispatcher.wake,
        )

        gathering = Gathering(rows=store.gathering, word=word, clock=clock, queued=dispatcher.wake)

        async def changed(touched: frozenset[str] | None) -> None:
            await rooms.changed(touched)

        hubs = None if hub_office is None else hub_office.hubs(store.hubs, clock)

        def set_in_chat() -> None:
            gathering.wake()
            redraw(platforms)

        relay = Relay(
            reader=reader,
            blogs=store.blogs,
            newsroom_at=store.newsroom,
            word=word,
            clock=clock,
            changed=changed,
            notes=Checks(newsroom_at=store.newsroom, word=word).notes,
            outages=Outages(rows=store.telling, word=word),
            pushes=hubs,
        )
        channels = Channels(
            rows=store.subscriptions,
            lanes=store.lanes,
            asked=store.asked,
            blogs=store.blogs,
            relay=relay,
            diary=diary,
            newsroom_at=store.newsroom,
            platforms={platform.name: platform for platform in platforms},
            clock=clock,
            polling_day=night.polling_day,
            queued=dispatcher.wake,
            changed=set_in_chat,
        )
        boards = Boards(
            rows=store.boards,
            newsroom_at=store.night_at,
            word=word,
            clock=clock,
            here=channels.is_here,
            queued=dispatcher.wake,
        )
        notes = DeskNotes(word=word, operator=post_office.operator)
        rooms = Rooms(
            night=night,
            store=store,
            desk=Desk(
                catalogue=catalogue,
                newsroom_at=store.newsroom,
                clock=clock,
                channels=channels,
                boards=boards,
                count_desk=CountDesk(rows=store.journal, clock=clock, changed=changed, eyes=eyes),
                roles=Roles(
                    rows=store.roles,
                    settings=named,
                    clock=clock,
                    groups={one.name: one for one in platforms if isinstance(one, HasGroups)},
                ),
                names={one.name: one for one in platforms if isinstance(one, HasNames)},
            ),
            channels=channels,
            relay=relay,
            diary=diary,
            announcer=announcer,
            differences=Differences(
                rows=store.telling,
                newsroom_at=store.night_at,
                notes=notes,
                clock=clock,
                names=frozenset(source.name for source in results),
            ),
            results=Results(
                sources=results,
                rows=store.bulletins,
                remarks=Remarks(
                    rows=store.telling, newsroom_at=store.night_at, notes=notes, clock=clock
                ),
                newsroom_at=store.night_at,
                notes=notes,
                clock=clock,
                changed=changed,
            ),
            boards=boards,
            gathering=gathering,
            courier=courier,
            dispatcher=dispatcher,
            platforms=tuple(platforms),
            pictures=pictures,
            hubs=hubs,
            pushes=None
            if hub_office is None or hubs is None
            else hub_office.pushes(store.hubs, hubs, relay, clock, night.polling_day),
        )
        yield rooms
    finally:
        pictures.close()
        await store.close()


def _marked(mark: str, word: Word, event: Event) -> Post:
    """A post with a mark before its heading."""
    post = word(event)
    return replace(post, heading=f"{mark}: {post.heading}" if post.heading else mark)


def open_courier(
    store: Store,
    platforms: Sequence[Platform],
    clock: Clock,
    word: Word,
    post_office: PostOffice,
) -> Courier:
    """What it takes to deliver what a store has."""
    return Courier(
        outbox=store.outbox,
        platforms={platform.name: platform for platform in platforms},
        clock=clock,
        word=word,
        counts=Counts(post_office.registry),
        operator=post_office.operator,
    )


def dispatching(
    store: Store, courier: Courier, post_office: PostOffice
) -> "Dispatcher | ScaledDispatcher":
    """Who delivers: in this process alone on SQLite, together with others on PostgreSQL."""
    if not store.leadership.contested:
        return Dispatcher(courier, at_once=post_office.at_once)
    # Imported here: a newsroom with one process need not have procrastinate at all.
    from bot.courier.scaled import ScaledDispatcher

    return ScaledDispatcher(courier, store.jobs, at_once=post_office.at_once)


def redraw(platforms: Sequence[Platform]) -> None:
    """Tell platforms that what is known has changed."""
    for platform in platforms:
        platform.changed()


def read_catalogue() -> Catalogue:
    """Every command and alert that `handlers` holds."""
    import handlers

    return scan(handlers)


def phrases(catalogue: Catalogue, night: Night) -> list[str]:
    """What can be typed: every command, and every command about a seat with every seat."""
    words = [command.name for command in catalogue.commands]
    about = [c.name for c in catalogue.commands if any(p.kind is Contest for p in c.parameters)]
    seats = [planned.contest.name for planned in night.contests]
    return words + [f"{name} {seat}" for name in about for seat in seats]
