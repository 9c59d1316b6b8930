"""The rooms of one running Teller: told of changes, and run until the people in them leave."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

import structlog

from bot.announcer import Announcer
from bot.back_off import BackOff
from bot.boards import Boards
from bot.channels import Channels
from bot.courier import Courier, Dispatcher
from bot.desk import Desk
from bot.diary import Diary
from bot.differences import Differences
from bot.errors import TellerError
from bot.gathering import Gathering
from bot.hubs import Hubs
from bot.night import Night
from bot.platforms.pictures import Illustrated, Pictures
from bot.ports import Blog, Platform
from bot.pushes import Pushes
from bot.relay import Relay
from bot.results import Results
from bot.store import Store

if TYPE_CHECKING:
    from bot.courier.scaled import ScaledDispatcher

log = structlog.get_logger()

LAST_POSTS_SECONDS = 1.5
FIRST_BACK_OFF, LONGEST_BACK_OFF = 0.5, 5.0


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
    # What a room could not be told of: it is with what changes next.
    untold: list[frozenset[str] | None] = field(default_factory=list)
    # Set while these rooms run and another process leads.
    standing_by: asyncio.Event = field(default_factory=asyncio.Event)

    async def changed(self, touched: frozenset[str] | None = None) -> None:
        """What is known of these contests (None for any) has changed: tell, re-arm, deliver.

        Where another process leads, it hears of it, tells, and re-arms. A room that breaks keeps
        no other from hearing of it. Raises what it broke with.
        """
        try:
            if not self.standing_by.is_set() and (touched is None or touched):
                # In turn: two blogs that change at once must not tell the same thing twice.
                async with self.telling:
                    await self._look(touched)
        finally:
            self.dispatcher.wake()
            self.gathering.wake()
            redraw(self.platforms)

    async def _look(self, touched: frozenset[str] | None) -> None:
        parts = [one for one in (*self.untold, touched) if one is not None]
        every = frozenset(chain(*parts)) if len(parts) == len(self.untold) + 1 else None
        errors: list[Exception] = []
        for room in (self.announcer, self.differences, self.diary, self.boards):
            try:
                await room.look(every)
            except Exception as error:
                log.warning("rooms.broke", room=type(room).__name__, why=type(error).__name__)
                errors.append(error)
        self.untold[:] = [every] if errors else []
        if errors:
            raise errors[0]

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
                    talking.create_task(self._bring(platform))

    async def _bring(self, platform: Platform) -> None:
        """Bring questions from a platform until cancelled, or until people leave it.

        Raises `TellerError` where something inside has ended it: Teller would be deaf there.
        """
        try:
            await platform.run(
                Illustrated(self.desk, self.pictures) if platform.pictures else self.desk
            )
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            log.exception("platform.ended_from_within", platform=platform.name)
            raise TellerError(
                f"Nobody listens on {platform.name.capitalize()} any more, and nobody had asked "
                "for that; the log says where it ended. Start Teller again: it goes on where it "
                "was."
            ) from None

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
                            tasks.create_task(self._bring(platform))
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


def redraw(platforms: Sequence[Platform]) -> None:
    """Tell platforms that what is known has changed."""
    for platform in platforms:
        platform.changed()
