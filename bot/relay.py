"""Source in, changes out: each blog is read, compared with what is known, and kept.

One look is one transaction: the entries, what they state, and a row in the outbox for each
channel that follows. Whatever dies in between, the next look finds the same difference again.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from bot.alternations import Alternations
from bot.back_off import jittered
from bot.blog_updates import BlogUpdates, Notes, after
from bot.election.contest import Contest
from bot.errors import SourceEndedError, SourceError
from bot.liveblog.changes import (
    Change,
    Edited,
    Withdrawn,
    decide,
)
from bot.liveblog.entry import Reading
from bot.memory import (
    Announcement,
    BlogMemory,
    Blogs,
    BlogUpdate,
    EntryVersion,
    OvertakenError,
)
from bot.pacing import MOST_EARLY, pause
from bot.ports import Blog, Clock, Fetched, NewsroomAt, Reader, Validators, Word

log = structlog.get_logger()

T = TypeVar("T")

# Thousands of blogs that are begun at a time ask the store for what it knows of them in turn.
REMEMBERED_AT_ONCE = 8
# What another process kept of a blog meanwhile makes a look void; it is repeated at once.
LOOKS = 4


class Outages(Protocol):
    """Who tells of blogs that cannot be read, or not be relied on."""

    async def failed(self, blog: Blog, title: str, failures: int, why: str, at: datetime) -> None:
        """A look has failed, the last of so many in a row."""

    async def ended(self, blog: Blog, title: str, why: str, at: datetime) -> None:
        """It is gone for good."""

    async def well(self, blog: Blog, title: str, at: datetime) -> None:
        """A look has gone well after others that had not, or for the first time since a start."""

    async def alternates(self, blog: Blog, title: str, heading: str, at: datetime) -> None:
        """An entry of it goes back and forth between two texts."""


class Pushes(Protocol):
    """Who has hubs push what is new of blogs."""

    def knows(self, blog: Blog) -> bool:
        """Whether it is known if a blog names a hub; a page that has not changed does not say."""

    def is_reliable(self, blog: Blog, at: datetime) -> bool:
        """Whether a hub can be relied on to push what is new of a blog."""

    async def looked(self, blog: Blog, fetched: Fetched, at: datetime, *, news: bool) -> None:
        """A look has gone well and was kept, with `news` that no hub had brought."""

    def changed(self) -> None:
        """Other blogs are read than before."""


class Relay:
    """Follows the night's blogs.

    `changed` is awaited after every look that changed something, with the ids of the contests
    of which something else may now be known (None for any). `notes` says what else is to be told
    of new entries and versions; it is kept with them. `outages` hears of looks that fail, `pushes`
    of those that go well.
    """

    def __init__(
        self,
        *,
        reader: Reader,
        blogs: Blogs,
        newsroom_at: NewsroomAt,
        word: Word,
        clock: Clock,
        changed: Callable[[frozenset[str] | None], Awaitable[None]],
        notes: Notes | None = None,
        outages: Outages | None = None,
        pushes: Pushes | None = None,
    ) -> None:
        self._reader = reader
        self._blogs = blogs
        self._clock = clock
        self._changed = changed
        self._outages = outages
        self._pushes = pushes
        self._updates = BlogUpdates(
            blogs=blogs, newsroom_at=newsroom_at, word=word, clock=clock, notes=notes
        )
        self._alternations = Alternations()
        self._memory: dict[str, BlogMemory] = {}
        self._remembering = asyncio.Semaphore(REMEMBERED_AT_ONCE)
        self._untold: dict[str, frozenset[str] | None] = {}
        self._running: tuple[asyncio.TaskGroup, date] | None = None
        self._reading: dict[str, asyncio.Task[None]] = {}
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._holding: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def run(self, blogs: Sequence[Blog], polling_day: date) -> None:
        """Read every blog until cancelled; one that fails never holds up another."""
        async with asyncio.TaskGroup() as readers:
            self._running = (readers, polling_day)
            for blog in blogs:
                self.start(blog)
            try:
                await asyncio.Event().wait()
            finally:
                self._running = None
                self._reading.clear()

    def start(self, blog: Blog) -> None:
        """Read a blog from now on, while the relay runs; nothing for one that is read already."""
        if self._running is not None and blog.key not in self._reading:
            readers, polling_day = self._running
            self._reading[blog.key] = readers.create_task(self._follow(blog, polling_day))
            self._others_are_read()

    def keep_to(self, blogs: Sequence[Blog]) -> None:
        """Read these blogs from now on and no others, while the relay runs."""
        wanted = {blog.key for blog in blogs}
        for key in [key for key in self._reading if key not in wanted]:
            self._reading.pop(key).cancel()
            self._others_are_read()
        for blog in blogs:
            self.start(blog)

    def stop(self, blog: Blog) -> None:
        """Read a blog no more."""
        if (reading := self._reading.pop(blog.key, None)) is not None:
            reading.cancel()
            self._others_are_read()

    def _others_are_read(self) -> None:
        if self._pushes is not None:
            self._pushes.changed()

    def reads(self, blog: Blog) -> bool:
        """Whether a blog is read; before and after the relay runs, as if all were."""
        return self._running is None or blog.key in self._reading

    def announcement(
        self, blog: Blog, kept: EntryVersion, contests: Sequence[Contest]
    ) -> Announcement:
        """How an entry as it stands is told to channels."""
        return self._updates.announcement(blog, kept, contests)

    def holding(self, blog: Blog) -> asyncio.Lock:
        """What of a blog is known does not change while this is held."""
        return self._holding[blog.key]

    async def look(self, blog: Blog, polling_day: date) -> float:
        """Look at a blog once and keep what changed; the seconds until the next look.

        Raises `SourceError` where it could not be read: then what is known stays as it is.
        """
        async with self._turns[blog.key]:
            return await _again(blog, lambda: self._look(blog, polling_day))

    async def push(self, blog: Blog, reading: Reading) -> bool:
        """Keep what is new in what a hub pushed of a blog; whether the blog has to be looked at.

        That is where it was not looked at yet, and where only it can tell whether something
        stands. A look that waits for its server does not hold it up. Raises `SourceError` where
        others kept something at the same moment.
        """
        async with self.holding(blog):
            return await _again(blog, lambda: self._push(blog, reading))

    async def _push(self, blog: Blog, reading: Reading) -> bool:
        memory = await self._remembered(blog)
        if not memory.known:
            return True
        decision = decide(memory.known, reading)
        if decision.changes or decision.missing or decision.confirmed:
            update = await self._updates.of(blog, memory, reading, decision)
            await self._keep(update, after(memory, update), decision.changes)
        return decision.unsure

    async def _look(self, blog: Blog, polling_day: date) -> float:
        memory = await self._remembered(blog)
        newest = max((k.published for k in memory.known.values()), default=None)
        # What claims to come from the future must not hide what is published now.
        asked = replace(
            memory.validators,
            newest=newest and min(newest, self._clock.now()),
            chosen=memory.chosen if memory.known else None,
        )
        if self._pushes is not None and not self._pushes.knows(blog):
            asked = replace(asked, etag=None, last_modified=None, content_digest=None)
        fetched, address = await self._fetch(blog, polling_day, asked, memory)
        async with self.holding(blog):
            if self._memory.get(blog.key, memory) is not memory:
                # Something was pushed meanwhile, and the page may be from before.
                raise OvertakenError
            wait = await self._compare(blog, memory, fetched, address)
        for fault in fetched.reading.faults if fetched.reading else ():
            log.debug("relay.entry_left_out", blog=blog.key, why=fault)
        return wait

    async def _remembered(self, blog: Blog) -> BlogMemory:
        if (memory := self._memory.get(blog.key)) is not None:
            return memory
        async with self._remembering:
            return await self._blogs.remembered(blog)

    async def _compare(
        self, blog: Blog, memory: BlogMemory, fetched: Fetched, address: str
    ) -> float:
        """Keep what changed by a look; the seconds until the next one."""
        decision = decide(memory.known, fetched.reading)
        update = replace(
            await self._updates.of(blog, memory, fetched.reading, decision),
            validators=fetched.validators,
            chosen=fetched.chosen or (memory.chosen if fetched.reading is None else None),
            moved_to=None if address == blog.url else address,
        )
        then = after(memory, update)
        new = bool(memory.known) and not all(isinstance(c, Withdrawn) for c in decision.changes)
        pushed = self._pushes is not None and self._pushes.is_reliable(blog, update.at) and not new
        asked, early = fetched.wait or 0.0, jittered(MOST_EARLY, 0.0, 1.0)
        wait = pause(blog.poll, then.newest, update.at, 0, asked, pushed=pushed, early=early)
        update = replace(update, next_read=update.at + timedelta(seconds=wait))
        await self._keep(update, then, decision.changes)
        if self._pushes is not None:
            await self._pushes.looked(blog, fetched, update.at, news=new)
        return wait

    async def _keep(self, update: BlogUpdate, then: BlogMemory, changes: Sequence[Change]) -> None:
        """Keep an update, `then` so much is known, and have it told."""
        blog, entries = update.blog, update.entries
        # Forgotten while it is kept: if that fails half-way, the store is asked again.
        self._memory.pop(blog.key, None)
        await self._blogs.keep(update)
        self._memory[blog.key] = then
        if entries:
            posted = sum(entry.posted for entry in entries)
            log.info("relay.changes", blog=blog.key, entries=len(entries), posted=posted)
            touched, before = _contests_touched(entries), self._untold.get(blog.key, frozenset())
            self._untold[blog.key] = None if touched is None or before is None else touched | before
        await self._watch(blog, changes)
        await self._tell(blog)

    async def _fetch(
        self, blog: Blog, polling_day: date, validators: Validators, memory: BlogMemory
    ) -> tuple[Fetched, str]:
        """Look at a blog where it now is, and say where that is for good.

        What it is known by stays as the night file has it. Where it cannot be read at the address
        that it had moved to, the next look is at its own.
        """
        address = memory.moved_to or blog.url
        try:
            fetched = await self._reader.read(
                address,
                format=blog.format,
                polling_day=polling_day,
                validators=validators,
                guarded=blog.from_chat,
            )
        except SourceError:
            self._memory[blog.key] = replace(self._memory.get(blog.key, memory), moved_to=None)
            raise
        return fetched, fetched.moved_to or address

    async def _watch(self, blog: Blog, changes: Sequence[Change]) -> None:
        """Have it told where an entry is edited back and forth."""
        for change in changes:
            if not isinstance(change, Edited):
                continue
            known, now = change.known, change.entry.digest
            if self._alternations.edited(blog.key, known.id, known.digest, now):
                log.warning("relay.alternates", blog=blog.key, entry=known.id)
                if self._outages is not None:
                    title, heading = self._called(blog), change.entry.heading
                    await self._outages.alternates(blog, title, heading, self._clock.now())

    async def _tell(self, blog: Blog) -> None:
        """Have others told of what changed; where that breaks, again after the next look."""
        if blog.key not in self._untold:
            return
        try:
            await self._changed(self._untold[blog.key])
        except Exception:
            log.exception("relay.telling_broke", blog=blog.key)
        else:
            del self._untold[blog.key]

    async def _follow(self, blog: Blog, polling_day: date) -> None:
        failures, healthy = 0, False
        while True:
            try:
                wait = await self.look(blog, polling_day)
                if not healthy:
                    await self._well(blog)
                failures, healthy = 0, True
            except SourceEndedError as error:
                log.warning("relay.source_ended", blog=blog.key, why=str(error))
                await self._mark(blog, str(error), ended=True)
                self._reading.pop(blog.key, None)
                self._others_are_read()
                return
            except SourceError as error:
                failures, healthy = failures + 1, False
                log.warning("relay.source_failed", blog=blog.key, why=str(error))
                wait = await self._mark(blog, str(error), failures)
            except Exception:
                # A fault of ours in one blog must not silence the others.
                failures, healthy = failures + 1, False
                log.exception("relay.broke", blog=blog.key)
                sentence = "I stumbled over it; the log says where. What is known stays."
                wait = await self._mark(blog, sentence, failures)
            await self._clock.sleep(wait)

    async def _mark(
        self, blog: Blog, sentence: str, failures: int = 0, *, ended: bool = False
    ) -> float:
        """Mark a blog as failing, and have it told where that is more than a hiccup.

        The seconds until it is tried again, where it has not ended.
        """
        now, title = self._clock.now(), self._called(blog)
        early = jittered(MOST_EARLY, 0.0, 1.0)
        wait = pause(blog.poll, None, now, failures, 0.0, early=early)
        try:
            again = None if ended else now + timedelta(seconds=wait)
            await self._blogs.keep_failure(blog, now, sentence, again)
            if self._outages is not None and ended:
                await self._outages.ended(blog, title, sentence, now)
            elif self._outages is not None:
                await self._outages.failed(blog, title, failures, sentence, now)
        except Exception:
            log.exception("relay.mark_not_kept", blog=blog.key)
        return wait

    async def _well(self, blog: Blog) -> None:
        try:
            if self._outages is not None:
                await self._outages.well(blog, self._called(blog), self._clock.now())
        except Exception:
            log.exception("relay.mark_not_kept", blog=blog.key)

    def _called(self, blog: Blog) -> str:
        memory = self._memory.get(blog.key)
        return blog.name or (memory.title if memory is not None else None) or blog.url


async def _again(blog: Blog, work: Callable[[], Awaitable[T]]) -> T:
    for _ in range(LOOKS):
        try:
            return await work()
        except OvertakenError:
            log.info("relay.overtaken", blog=blog.key)
    raise SourceError("Others read it at the same moment; it is looked at again soon.")


def _contests_touched(entries: Sequence[EntryVersion]) -> frozenset[str] | None:
    """The contests of which something else may now be known; None for any of them.

    A later version of an entry also takes back what the earlier one said, of whatever contest.
    """
    if any(entry.version > 1 for entry in entries):
        return None
    return frozenset(claim.contest_id for entry in entries for claim in entry.claims)
