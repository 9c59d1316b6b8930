"""The composition root: builds the rooms, joins them, runs until told to stop."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from bot.announcer import Announcer
from bot.channels import Channels
from bot.chat.ask import Following
from bot.chat.catalogue import Catalogue, scan
from bot.courier import Dispatcher
from bot.desk import Desk
from bot.diary import Diary
from bot.election.contest import Contest
from bot.night import Night
from bot.ports import Clock, Platform, Reader
from bot.relay import Relay
from bot.store import Store

log = structlog.get_logger()

LAST_POSTS_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms of one running Teller, joined."""

    night: Night
    store: Store
    desk: Desk
    relay: Relay
    diary: Diary
    announcer: Announcer
    dispatcher: Dispatcher
    platforms: Sequence[Platform]
    telling: asyncio.Lock

    async def changed(self, touched: frozenset[str] | None = None) -> None:
        """What is known of these contests (None for any) has changed: tell, re-arm, deliver."""
        try:
            if touched is None or touched:
                # In turn: two blogs that change at once must not tell the same thing twice.
                async with self.telling:
                    await self.announcer.look(touched)
                    await self.diary.look(touched)
        finally:
            self.dispatcher.wake()
            redraw(self.platforms)

    async def run(self, people: Coroutine[None, None, None]) -> None:
        """Relay, remind and deliver for as long as `people` runs, and deliver what is left."""
        self.diary.start()
        try:
            await self.changed()
            async with asyncio.TaskGroup() as tasks:
                blogs = [*self.night.blogs, *await self.store.subscriptions.blogs_from_chat()]
                relaying = tasks.create_task(self.relay.run(blogs, self.night.polling_day))
                delivering = tasks.create_task(self.dispatcher.run())
                await people
                relaying.cancel()
                self.diary.stop()
                await self.dispatcher.settle(LAST_POSTS_SECONDS)
                delivering.cancel()
        finally:
            people.close()
            self.diary.stop()

    async def talk(self) -> None:
        """Bring questions from every platform until people have left them all."""
        async with asyncio.TaskGroup() as talking:
            for platform in self.platforms:
                talking.create_task(platform.run(self.desk))


@asynccontextmanager
async def open_rooms(
    *,
    night: Night,
    database_url: str,
    clock: Clock,
    reader: Reader,
    platforms: Sequence[Platform] = (),
    following: Sequence[Following] | None = None,
) -> AsyncIterator[Rooms]:
    """Build the rooms around a store that is brought up to date, with the night in it.

    `following` are the channels to serve from now on; None leaves those that the store has,
    for somebody who only asks.

    Raises `StoreError` where the database cannot be used.
    """
    catalogue = read_catalogue()
    store = Store(database_url)
    await store.open()
    try:
        await store.night.install(night.contests, following, clock.now())
        dispatcher = Dispatcher(
            outbox=store.outbox,
            platforms={platform.name: platform for platform in platforms},
            clock=clock,
        )
        announcer = Announcer(
            rows=store.telling, newsroom_at=store.newsroom, word=catalogue.word, clock=clock
        )
        diary = Diary(
            rows=store.reminders,
            asked=store.asked,
            newsroom_at=store.newsroom,
            word=catalogue.word,
            clock=clock,
            queued=dispatcher.wake,
        )

        async def changed(touched: frozenset[str] | None) -> None:
            await rooms.changed(touched)

        relay = Relay(
            reader=reader,
            blogs=store.blogs,
            newsroom_at=store.newsroom,
            word=catalogue.word,
            clock=clock,
            changed=changed,
        )
        channels = Channels(
            rows=store.subscriptions,
            asked=store.asked,
            blogs=store.blogs,
            relay=relay,
            diary=diary,
            newsroom_at=store.newsroom,
            platforms={platform.name: platform for platform in platforms},
            clock=clock,
            polling_day=night.polling_day,
            queued=dispatcher.wake,
            changed=lambda: redraw(platforms),
        )
        rooms = Rooms(
            night=night,
            store=store,
            desk=Desk(
                catalogue=catalogue, newsroom_at=store.newsroom, clock=clock, channels=channels
            ),
            relay=relay,
            diary=diary,
            announcer=announcer,
            dispatcher=dispatcher,
            platforms=tuple(platforms),
            telling=asyncio.Lock(),
        )
        yield rooms
    finally:
        await store.close()


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
