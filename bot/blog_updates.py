"""What a decision on a blog becomes: versions of its entries, and what is told of them."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.chat.ask import Follow
from bot.chat.events import EntryPosted
from bot.chat.post import DeliveryKey
from bot.election.contest import Contest
from bot.election.figure import Source
from bot.liveblog.changes import (
    AHEAD_OF_ITS_PAGE,
    Change,
    Decision,
    Edited,
    Known,
    Published,
)
from bot.liveblog.claims import Claim, contests_named, read_claims
from bot.liveblog.entry import Entry, Reading
from bot.memory import Announcement, BlogMemory, Blogs, BlogUpdate, EntryVersion
from bot.ports import Blog, Clock, NewsroomAt, Word

# A blog that is met in mid-flow must not flood its channels: of what it shows at the first look
# only so many entries are posted, the newest; older ones are known and answered from.
FIRST_LOOK_POSTS = 20

Notes = Callable[
    [Blog, Sequence[EntryVersion], Sequence[Contest], datetime], Awaitable[Sequence[Announcement]]
]


class BlogUpdates:
    """Makes what is kept of a blog. `notes` says what else is to be told of what is new."""

    def __init__(
        self,
        *,
        blogs: Blogs,
        newsroom_at: NewsroomAt,
        word: Word,
        clock: Clock,
        notes: Notes | None,
    ) -> None:
        self._blogs = blogs
        self._newsroom_at = newsroom_at
        self._word = word
        self._clock = clock
        self._notes = notes

    async def of(
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


def after(memory: BlogMemory, update: BlogUpdate) -> BlogMemory:
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
