"""Blogs that cannot be read, or not be relied on: told once to who follows them."""

from datetime import datetime

import structlog

from bot.chat.ask import Follow
from bot.chat.events import SourceAlternates, SourceBack, SourceEnded, SourceOut
from bot.chat.post import DeliveryKey
from bot.memory import Announcement, TellingRows, Told
from bot.ports import Blog, Word

log = structlog.get_logger()

# So many looks in a row that fail are more than a hiccup.
FAILURES_TOLD = 5


class Outages:
    """What was told of each blog outlives a restart: nobody hears twice of the same outage."""

    def __init__(self, *, rows: TellingRows, word: Word) -> None:
        self._rows = rows
        self._word = word

    async def failed(self, blog: Blog, title: str, failures: int, why: str, at: datetime) -> None:
        """A look has failed, the last of so many in a row."""
        if failures < FAILURES_TOLD or await self._is_out(blog) is not None:
            return
        event = SourceOut(name=title, why=why, at=at)
        await self._tell(blog, Told(version=1, value=at), event, at)

    async def ended(self, blog: Blog, title: str, why: str, at: datetime) -> None:
        """Its server says that it is gone for good."""
        if await self._is_out(blog) is None:
            await self._tell(
                blog, Told(version=1, value=at), SourceEnded(name=title, why=why, at=at), at
            )

    async def well(self, blog: Blog, title: str, at: datetime) -> None:
        """A look has gone well after others that had not, or for the first time since a start."""
        since = await self._is_out(blog)
        if since is not None:
            event = SourceBack(name=title, since=since, at=at)
            await self._tell(blog, Told(version=2, value=since, standing=False), event, at)

    async def alternates(self, blog: Blog, title: str, heading: str, at: datetime) -> None:
        """An entry goes back and forth between two texts; told once a blog, whichever it is."""
        subject = f"alternates:{blog.key}"
        if await self._rows.told(subject, datetime) is None:
            event = SourceAlternates(name=title, heading=heading, at=at)
            await self._tell(blog, Told(version=1, value=at), event, at, subject)

    async def _is_out(self, blog: Blog) -> datetime | None:
        """Since when a blog is out, as channels were told; None where it is not."""
        told = await self._rows.told(_subject(blog), datetime)
        return told.value if told is not None and told.standing else None

    async def _tell(
        self,
        blog: Blog,
        told: Told[datetime],
        event: SourceOut | SourceBack | SourceEnded | SourceAlternates,
        at: datetime,
        subject: str | None = None,
    ) -> None:
        subject = subject or _subject(blog)
        log.info("outage.told", blog=blog.key, event_kind=type(event).__name__)
        announcement = Announcement(
            kind=Follow.ENTRIES,
            contests=frozenset(),
            key=DeliveryKey(
                subject=f"{subject}:{told.value.isoformat()}:{told.version}", version=1
            ),
            post=self._word(event),
            blog=blog,
        )
        await self._rows.tell(subject, datetime, told, [announcement], at)


def _subject(blog: Blog) -> str:
    return f"outage:{blog.key}"
