"""Source in, changes out: each blog is read, compared with what is known, and kept.

One look is one transaction: the entries, what they state, and a row in the outbox for each
channel that follows. Whatever dies in between, the next look finds the same difference again.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Protocol, TypeVar

import structlog

from bot.alternations import Alternations
from bot.chat.ask import Follow
from bot.chat.events import EntryPosted
from bot.chat.post import DeliveryKey
from bot.election.contest import Contest
from bot.election.figure import Source
from bot.errors import SourceEndedError, SourceError
from bot.liveblog.changes import (
    AHEAD_OF_ITS_PAGE,
    Change,
    Decision,
    Edited,
    Known,
    Published,
    Withdrawn,
    decide,
)
from bot.liveblog.claims import Claim, contests_named, read_claims
from bot.liveblog.entry import Entry, Reading
from bot.memory import (
    Announcement,
    BlogMemory,
    Blogs,
    BlogUpdate,
    EntryVersion,
    OvertakenError,
)
from bot.pacing import JITTER, pause
from bot.ports import Blog, Clock, Fetched, NewsroomAt, Reader, Validators, Word

log = structlog.get_logger()

T = TypeVar("T")

# A blog that is met in mid-flow must not flood its channels: of what it shows at the first look
# only so many entries are posted, the newest; older ones are known and answered from.
FIRST_LOOK_POSTS = 20
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


Notes = Callable[
    [Blog, Sequence[EntryVersion], Sequence[Contest], datetime], Awaitable[Sequence[Announcement]]
]


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
        self._newsroom_at = newsroom_at
        self._word = word
        self._clock = clock
        self._changed = changed
        self._notes = notes
        self._outages = outages
        self._pushes = pushes
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
            update = await self._update(blog, memory, reading, decision)
            await self._keep(update, _after(memory, update), decision.changes)
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
            await self._update(blog, memory, fetched.reading, decision),
            validators=fetched.validators,
            chosen=fetched.chosen or (memory.chosen if fetched.reading is None else None),
            moved_to=None if address == blog.url else address,
        )
        after = _after(memory, update)
        new = bool(memory.known) and not all(isinstance(c, Withdrawn) for c in decision.changes)
        pushed = self._pushes is not None and self._pushes.is_reliable(blog, update.at) and not new
        wait = pause(blog.poll, after.newest, update.at, 0, fetched.wait or 0.0, pushed=pushed)
        update = replace(update, next_read=update.at + timedelta(seconds=wait))
        await self._keep(update, after, decision.changes)
        if self._pushes is not None:
            await self._pushes.looked(blog, fetched, update.at, news=new)
        return wait

    async def _update(
        self, blog: Blog, memory: BlogMemory, reading: Reading | None, decision: Decision
    ) -> BlogUpdate:
        """What becomes of a blog by a decision, with what is told of it."""
        title = (reading and reading.title) or memory.title
        now, pushed = self._clock.now(), reading is not None and reading.partial
        # Nearly every look finds nothing new, and has nothing to ask of the store.
        contests = await self._newsroom_at(now).contests() if decision.changes else ()
        entries = [
            await self._version(blog, change, blog.name or title or blog.url, contests)
            for change in decision.changes
        ]
        if pushed:
            entries = [replace(entry, missing=_ahead(memory, entry)) for entry in entries]
        if not memory.known:
            entries = [
                replace(entry, posted=number < FIRST_LOOK_POSTS)
                for number, entry in enumerate(reversed(entries))
            ][::-1]
        posted = [entry for entry in entries if entry.posted]
        # A channel that began to follow may have been given one that was too old to post.
        told = [entry for entry in entries if entry.posted or entry.version > 1]
        return BlogUpdate(
            blog=blog,
            at=now,
            validators=memory.validators,
            title=title,
            entries=tuple(entries),
            missing=decision.missing,
            confirmed=decision.confirmed,
            announcements=(
                *(self.announcement(blog, entry, contests) for entry in told),
                *(await self._notes(blog, posted, contests, now) if self._notes else ()),
            ),
            since=memory.looked_at,
            chosen=memory.chosen,
            moved_to=memory.moved_to,
            lag=_lag(posted, now) if memory.known else None,
            pushed=pushed,
        )

    async def _keep(self, update: BlogUpdate, after: BlogMemory, changes: Sequence[Change]) -> None:
        """Keep an update, after which so much is known, and have it told."""
        blog, entries = update.blog, update.entries
        # Forgotten while it is kept: if that fails half-way, the store is asked again.
        self._memory.pop(blog.key, None)
        await self._blogs.keep(update)
        self._memory[blog.key] = after
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
            await self._clock.sleep(wait * random.uniform(*JITTER))  # noqa: S311 - jitter

    async def _mark(
        self, blog: Blog, sentence: str, failures: int = 0, *, ended: bool = False
    ) -> float:
        """Mark a blog as failing, and have it told where that is more than a hiccup.

        The seconds until it is tried again, where it has not ended.
        """
        now, title = self._clock.now(), self._called(blog)
        wait = pause(blog.poll, None, now, failures, 0.0)
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

    async def _version(
        self, blog: Blog, change: Change, source: str, contests: Sequence[Contest]
    ) -> EntryVersion:
        became_key = False
        if isinstance(change, Published):
            entry, version, withdrawn = change.entry, 1, None
        elif isinstance(change, Edited):
            # An entry without an id of its own keeps the one that it is known by.
            entry = replace(change.entry, id=change.known.id)
            version, withdrawn = change.known.version + 1, None
            before = await self._blogs.entry(blog, entry.id) if entry.marked else entry
            became_key = entry.marked and not before.marked
        else:
            entry = await self._blogs.entry(blog, change.known.id)
            # From then on older copies are stale: they do not bring it back.
            entry = replace(entry, modified=change.at or entry.modified)
            version, withdrawn = change.known.version + 1, change.reason
        posted = isinstance(change, Published) or change.known.posted
        # In a thread: a long text takes tenths of a second, and nothing else may wait for it.
        claims, named = await asyncio.to_thread(_read, entry, contests)
        return EntryVersion(
            entry=entry,
            version=version,
            source=Source(name=source, url=entry.url),
            withdrawn=withdrawn,
            claims=() if withdrawn else claims,
            contests=named,
            posted=posted,
            became_key=became_key,
        )

    def announcement(
        self, blog: Blog, kept: EntryVersion, contests: Sequence[Contest]
    ) -> Announcement:
        """How an entry as it stands is told to channels."""
        changed_at = kept.entry.modified or self._clock.now()
        event = EntryPosted(
            entry=kept.entry,
            source=kept.source,
            contests=tuple(c for c in contests if c.id in kept.contests),
            edited=changed_at if kept.version > 1 and not kept.withdrawn else None,
            withdrawn=kept.withdrawn,
        )
        return Announcement(
            kind=Follow.ENTRIES,
            contests=kept.contests,
            key=DeliveryKey(subject=f"entry:{blog.key}:{kept.entry.id}", version=kept.version),
            post=self._word(event),
            blog=blog,
            news=kept.posted,
            became_key=kept.became_key,
        )


async def _again(blog: Blog, work: Callable[[], Awaitable[T]]) -> T:
    for _ in range(LOOKS):
        try:
            return await work()
        except OvertakenError:
            log.info("relay.overtaken", blog=blog.key)
    raise SourceError("Others read it at the same moment; it is looked at again soon.")


def _read(entry: Entry, contests: Sequence[Contest]) -> tuple[tuple[Claim, ...], frozenset[str]]:
    """What an entry states, and the contests that it names."""
    return read_claims(entry, contests), contests_named(entry, contests)


def _ahead(memory: BlogMemory, pushed: EntryVersion) -> int:
    """How many readings may be without what a hub pushed, below nought; 0 for what they showed."""
    known = memory.known.get(pushed.entry.id)
    return -AHEAD_OF_ITS_PAGE if known is None else min(known.missing, 0)


def _lag(posted: Sequence[EntryVersion], now: datetime) -> timedelta | None:
    """How long ago the newest entry that is new was published."""
    new = [entry.entry.published for entry in posted if entry.version == 1]
    return max(now - max(new), timedelta(0)) if new else None


def _contests_touched(entries: Sequence[EntryVersion]) -> frozenset[str] | None:
    """The contests of which something else may now be known; None for any of them.

    A later version of an entry also takes back what the earlier one said, of whatever contest.
    """
    if any(entry.version > 1 for entry in entries):
        return None
    return frozenset(claim.contest_id for entry in entries for claim in entry.claims)


def _after(memory: BlogMemory, update: BlogUpdate) -> BlogMemory:
    """What is known once an update is kept, without asking the store for all of it again."""
    known = dict(memory.known)
    for entry_id, missing in update.missing.items():
        known[entry_id] = replace(known[entry_id], missing=missing)
    for entry_id, modified in update.confirmed.items():
        known[entry_id] = replace(known[entry_id], modified=modified)
    for kept in update.entries:
        known[kept.entry.id] = Known(
            id=kept.entry.id,
            digest=kept.entry.digest,
            published=kept.entry.published,
            modified=kept.entry.modified,
            version=kept.version,
            withdrawn=kept.withdrawn is not None,
            missing=kept.missing,
            id_derived=kept.entry.id_derived,
            posted=kept.posted,
        )
    return BlogMemory(
        validators=update.validators,
        known=known,
        title=update.title,
        looked_at=update.at,
        chosen=update.chosen,
        moved_to=update.moved_to,
    )
