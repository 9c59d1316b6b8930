"""What each channel gets, as people change it from chat."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import urldefrag

import structlog

from bot.chat.ask import Author, Channel, Follow
from bot.chat.manner import PLAIN, Manner
from bot.chat.quiet import Quiet
from bot.controls import Asked, BlogFound
from bot.desk_memory import AskedRows
from bot.diary import Diary
from bot.errors import AskError, SourceError
from bot.lanes import LaneRows
from bot.memory import Blogs, SubscriptionRows
from bot.ports import Blog, BlogFollowed, Clock, NewsroomAt, Platform
from bot.relay import Relay

log = structlog.get_logger()

# Of a blog that a channel begins to follow it gets so many entries, the newest; then what is new.
NEWEST = 3
BLOGS_FROM_CHAT = 50
REMINDERS_OF_A_CHANNEL = 50
# What was found is said before the first entry comes.
BEFORE_THE_FIRST = 1.0


class Channels:
    """Follows, reminders and the ear of each channel, and whether Teller is in it at all.

    Whoever asks for something in a channel shows that it is.

    `queued` is called when something went into the outbox, `changed` when a channel gets something
    else than before.
    """

    def __init__(
        self,
        *,
        rows: SubscriptionRows,
        lanes: LaneRows,
        asked: AskedRows,
        blogs: Blogs,
        relay: Relay,
        diary: Diary,
        newsroom_at: NewsroomAt,
        platforms: Mapping[str, Platform],
        clock: Clock,
        polling_day: date,
        queued: Callable[[], None],
        changed: Callable[[], None],
    ) -> None:
        self._rows = rows
        self._lanes = lanes
        self._asked = asked
        self._blogs = blogs
        self._relay = relay
        self._diary = diary
        self._newsroom_at = newsroom_at
        self._platforms = platforms
        self._clock = clock
        self._polling_day = polling_day
        self._queued = queued
        self._changed = changed

    async def follow_blog(
        self,
        channel: Channel,
        url: str,
        only: frozenset[str],
        manner: Manner = PLAIN,
        *,
        newest: int = NEWEST,
    ) -> BlogFound:
        """Look at a blog and follow it. Raises `SourceError`; then nothing has changed.

        So many of the `newest` entries come at once, however those after them do.
        """
        await self.is_here(channel)
        url = urldefrag(url).url
        blog = await self._blogs.at(url) or Blog(url=url, from_chat=True)
        if not self._relay.reads(blog):
            # The night file of another night had it: now nobody but chat asks for it.
            blog = replace(blog, from_chat=True)
        if blog.from_chat:
            read = await self._rows.blogs_from_chat()
            if blog not in read and len(read) >= BLOGS_FROM_CHAT:
                raise SourceError(
                    f"I read {BLOGS_FROM_CHAT} blogs for channels already, and that is the most. "
                    "Unfollow one that is over, or put this one into the night file."
                )
        before = await self._followed(channel, blog)
        await self._relay.look(blog, self._polling_day)
        now = self._clock.now()
        contests = await self._newsroom_at(now).contests()
        async with self._relay.holding(blog), self._blogs.held(blog):
            stands = await self._blogs.standing(blog, newest, only, manner)
            announced = [self._relay.announcement(blog, one, contests) for one in stands.newest]
            posted = await self._rows.follow_blog(
                channel, blog, only, announced, stands.last_entry, now, manner
            )
        self._relay.start(blog)
        self._changed()
        asyncio.get_running_loop().call_later(BEFORE_THE_FIRST, self._queued)
        log.info("channel.follows", channel=str(channel), blog=blog.key)
        return BlogFound(
            followed=BlogFollowed(blog=blog, title=stands.title, only=only, manner=manner),
            entries=stands.entries,
            last_entry=stands.last_entry,
            posted=posted,
            before=before,
            chosen=stands.chosen,
        )

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        """Give the channel no new entries of a blog; one that nobody follows is not read on."""
        await self._rows.unfollow_blog(channel, blog)
        self._changed()
        log.info("channel.unfollows", channel=str(channel), blog=blog.key)
        if blog.from_chat:
            await self._read_on(blog)

    async def follow(
        self,
        channel: Channel,
        kinds: frozenset[Follow],
        only: frozenset[str],
        manner: Manner = PLAIN,
    ) -> None:
        """Give the channel these kinds of messages, of contests (ids; none means all).

        Entries among them come in a manner from now on.
        """
        await self.is_here(channel)
        await self._rows.follow(channel, kinds, only, manner)
        self._changed()

    async def unfollow(self, channel: Channel, kinds: frozenset[Follow]) -> None:
        """Give the channel none of these kinds any more."""
        await self._rows.unfollow(channel, kinds)
        self._changed()

    async def listen(self, channel: Channel, on: bool) -> None:
        """Answer plain words in a channel, or leave them alone."""
        await self.is_here(channel)
        await self._rows.listen(channel, on)
        self._changed()

    async def quieten(self, channel: Channel, quiet: Quiet | None) -> None:
        """Let entries wait in these hours of every day; None for never."""
        await self.is_here(channel)
        await self._rows.quieten(channel, quiet)
        self._changed()
        log.info("channel.quiet", channel=str(channel), hours=str(quiet))

    async def listens(self, channel: Channel) -> bool:
        """Whether plain words in a channel are answered."""
        return await self._rows.listens(channel)

    async def direct(self, author: Author) -> Channel:
        """The channel where only this person and the bot are. Raises `TellerError`."""
        platform = self._platforms.get(author.platform)
        if platform is None:
            raise AskError("I cannot write to you alone here.")
        return await platform.direct(author)

    async def remind(self, wanted: Asked) -> Asked:
        """Keep a reminder that somebody asked for; what is kept has its number."""
        await self.is_here(wanted.channel)
        if len(await self.reminders(wanted.channel)) >= REMINDERS_OF_A_CHANNEL:
            raise AskError(
                f"{REMINDERS_OF_A_CHANNEL} reminders wait here, and that is the most. "
                "“reminders” lists them; “forget 3” takes one away."
            )
        number = await self._asked.keep(wanted, self._clock.now())
        await self._diary.look(frozenset())
        return replace(wanted, id=number)

    async def reminders(self, channel: Channel) -> Sequence[Asked]:
        """The reminders that somebody asked for and that are still to come, soonest first."""
        return [one for one in await self._asked.waiting() if one.channel == channel]

    async def forget(self, channel: Channel, reminder_id: int) -> Asked | None:
        """Forget one of them; None where the channel has none with this number."""
        for one in await self.reminders(channel):
            if one.id == reminder_id:
                await self._asked.forget(one.id, self._clock.now())
                return one
        return None

    async def is_here(self, channel: Channel) -> None:
        """Somebody asks for something in a channel: Teller is in it, and may try to post again."""
        await self.come_back(channel.__eq__)
        for one in await self._rows.on_record():
            if one.channel == channel and one.suspended_since is not None:
                await self._lanes.revive(channel)
                self._queued()
                log.info("channel.revived", channel=str(channel))

    async def leave(self, where: Callable[[Channel], bool], *, forget: bool) -> None:
        """Nothing waits for these channels nor is queued any more: Teller was taken out of them.

        What they follow is kept for when it comes back, or all that they had is forgotten.
        """
        left = [one.channel for one in await self._rows.on_record() if where(one.channel)]
        if not left:
            return
        read = await self._rows.blogs_from_chat()
        end = self._rows.forget if forget else self._rows.close
        await end(left, self._clock.now())
        self._changed()
        log.warning("channel.left", channels=len(left), forgotten=forget)
        for blog in read:
            await self._read_on(blog)

    async def come_back(self, where: Callable[[Channel], bool]) -> None:
        """Teller is in these channels: those that it was taken out of get what they followed."""
        back = [channel for channel in await self._rows.away() if where(channel)]
        if not back:
            return
        await self._rows.reopen(back)
        self._changed()
        log.info("channel.back", channels=len(back))
        for blog in await self._rows.blogs_from_chat():
            self._relay.start(blog)

    async def _read_on(self, blog: Blog) -> None:
        """Read a blog that chat brought on, if any channel follows it."""
        if blog not in await self._rows.blogs_from_chat():
            self._relay.stop(blog)
            if blog in await self._rows.blogs_from_chat():
                # Another channel began to follow it while this one was looked up.
                self._relay.start(blog)

    async def _followed(self, channel: Channel, blog: Blog) -> BlogFollowed | None:
        """How a channel follows a blog; None where it does not."""
        for place in await self._rows.on_record():
            if place.channel != channel:
                continue
            for one in place.blogs:
                if one.blog.key == blog.key:
                    return one if one.wanted else None
            if not blog.from_chat and Follow.ENTRIES in place.kinds:
                only = place.kinds[Follow.ENTRIES]
                return BlogFollowed(blog=blog, title=None, only=only, manner=place.manner)
        return None
