"""What each channel follows, and whether it listens, as chat changes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, Follow
from bot.chat.manner import PLAIN, Manner, read_manner
from bot.chat.post import PostKind
from bot.chat.quiet import Quiet
from bot.memory import Announcement
from bot.ports import Blog, ChannelOnRecord
from bot.store import leaving
from bot.store.database import Database
from bot.store.items import put
from bot.store.jobs import enqueue
from bot.store.on_record import OF_ONE_BLOG, blog_of, channels_on_record, ids
from bot.store.tables import blog as blog_table
from bot.store.tables import item, lane, subscription


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A row: something that a lane follows, or will not have (`wanted` is false)."""

    lane_id: int
    only: frozenset[str] = frozenset()
    wanted: bool = True
    since: datetime | None = None
    manner: Manner = PLAIN

    def takes(self, announcement: Announcement) -> bool:
        """Whether an announcement that the lane has no version of belongs in it."""
        if not self.wanted or not self.manner.takes(announcement.post):
            return False
        if self.only and not self.only & announcement.contests and not self._general(announcement):
            return False
        if self.manner.key and announcement.became_key:
            return True
        # An edit of what was there before the channel came is not news to it.
        return announcement.news and (
            self.since is None or announcement.key.version == 1 or announcement.post.at > self.since
        )

    def _general(self, announcement: Announcement) -> bool:
        """Whether it is an entry that names no seat, and the lane is to have those too."""
        is_entry = announcement.post.kind is PostKind.ENTRY
        return self.manner.general and is_entry and not announcement.contests


async def wishes(
    connection: AsyncConnection, announcements: Iterable[Announcement]
) -> dict[str, dict[int, Wish]]:
    """What is followed that decides on announcements: by what, then by lane; who is away, too."""
    deciding: set[str] = {leaving.AWAY}
    for announcement in announcements:
        if announcement.channel is not None or announcement.about is not None:
            continue
        deciding.add(announcement.kind)
        if announcement.blog is not None:
            deciding.add(OF_ONE_BLOG + announcement.blog.key)
    found: dict[str, dict[int, Wish]] = {}
    here = subscription.c.what.in_(sorted(deciding))
    query = select(subscription).where(here).order_by(subscription.c.lane_id)
    for row in (await connection.execute(query)).all():
        wish = Wish(
            lane_id=row.lane_id,
            only=ids(row.only),
            wanted=row.wanted,
            since=row.since,
            manner=read_manner(row.manner),
        )
        found.setdefault(row.what, {})[row.lane_id] = wish
    return found


def takers(announcement: Announcement, followed: dict[str, dict[int, Wish]]) -> list[Wish]:
    """The wishes of lanes that want an announcement of which they have no version yet."""
    if not announcement.news and not announcement.became_key:
        return []
    by_lane: dict[int, Wish] = {}
    blog = announcement.blog
    if blog is None or not blog.from_chat:
        by_lane |= followed.get(announcement.kind, {})
    if blog is not None:
        of_one = followed.get(OF_ONE_BLOG + blog.key, {})
        if announcement.kind is not Follow.CHECKS:
            # What was said of this one blog goes before what was said of them all.
            by_lane |= of_one
        elif blog.from_chat:
            # A note quotes its blog: it is for who follows that blog, and checks too.
            checks = followed.get(Follow.CHECKS, {})
            by_lane = {
                id: checks[id] for id, wish in of_one.items() if wish.wanted and id in checks
            }
    return [wish for _, wish in sorted(by_lane.items()) if wish.takes(announcement)]


class SubscriptionRows:
    """The channels' memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(
        self,
        channel: Channel,
        kinds: Iterable[Follow],
        only: frozenset[str],
        manner: Manner = PLAIN,
    ) -> None:
        """Let a channel have these kinds of messages, of contests (ids; none means all).

        What was narrowed to some contests, and now is to others, is to both. Entries among them
        come in a manner from now on.
        """
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            for kind in sorted(kinds):
                before = await _only(connection, lane_id, kind)
                seats = before | only if only else only
                await _set(connection, lane_id, kind, seats, manner=manner_of(kind, manner))

    async def unfollow(self, channel: Channel, kinds: Iterable[Follow]) -> None:
        """Let a channel have none of these kinds."""
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            await connection.execute(
                delete(subscription).where(
                    subscription.c.lane_id == lane_id, subscription.c.what.in_(sorted(kinds))
                )
            )

    async def follow_blog(
        self,
        channel: Channel,
        blog: Blog,
        only: frozenset[str],
        newest: Sequence[Announcement],
        since: datetime | None,
        at: datetime,
        manner: Manner = PLAIN,
    ) -> int:
        """Let a channel have a blog from now on, and queue its newest entries, oldest first.

        `since` is the instant of the last entry that stands, whatever it is about. Returns how
        many of those the channel did not have yet.
        """
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            what = OF_ONE_BLOG + blog.key
            await _set(connection, lane_id, what, only, since=since, manner=manner)
            have = await connection.execute(
                select(item.c.subject).where(
                    item.c.lane_id == lane_id,
                    item.c.subject.in_([one.key.subject for one in newest]),
                )
            )
            known = set(have.scalars())
            new = [one for one in newest if one.key.subject not in known]
            if new:
                await enqueue(connection, [lane_id])
            for one in new:
                post = manner.shaped(one.post)
                await put(connection, one.key, post, [lane_id], at, manner=str(manner))
            return len(new)

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        """Let a channel have no new entries of a blog."""
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            what = OF_ONE_BLOG + blog.key
            if blog.from_chat:
                await connection.execute(
                    delete(subscription).where(
                        subscription.c.lane_id == lane_id, subscription.c.what == what
                    )
                )
            else:
                # The channel may follow all blogs of the night file: this one is an exception.
                await _set(connection, lane_id, what, frozenset(), wanted=False)

    async def listen(self, channel: Channel, on: bool) -> None:
        """Keep whether plain words in a channel are answered."""
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            await connection.execute(update(lane).where(lane.c.id == lane_id).values(listens=on))

    async def quieten(self, channel: Channel, quiet: Quiet | None) -> None:
        """Keep when entries wait; None for never."""
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            said = hours(quiet)
            await connection.execute(update(lane).where(lane.c.id == lane_id).values(quiet=said))

    async def listens(self, channel: Channel) -> bool:
        """Whether plain words in a channel are answered."""
        here = (lane.c.platform == channel.platform) & (lane.c.channel == channel.id)
        async with self._database.read() as connection:
            return bool((await connection.execute(select(lane.c.listens).where(here))).scalar())

    async def blogs_from_chat(self) -> list[Blog]:
        """Blogs that chat brought and that some channel follows."""
        async with self._database.read() as connection:
            followed = (OF_ONE_BLOG + blog_table.c.key).in_(leaving.followed())
            rows = await connection.execute(
                select(blog_table).where(blog_table.c.from_chat, followed)
            )
            return [blog_of(row) for row in rows]

    async def away(self) -> list[Channel]:
        """Channels that Teller was taken out of."""
        async with self._database.read() as connection:
            return await leaving.channels_away(connection)

    async def close(self, channels: Iterable[Channel], at: datetime) -> None:
        """Drop what waits for channels, and queue nothing; what they follow is kept."""
        async with self._database.write(tell=True) as connection:
            await leaving.close(connection, channels, at)

    async def forget(self, channels: Iterable[Channel], at: datetime) -> None:
        """Delete all that channels had and got."""
        async with self._database.write(tell=True) as connection:
            await leaving.forget(connection, channels, at)

    async def reopen(self, channels: Iterable[Channel]) -> None:
        """Queue for channels again what they follow."""
        async with self._database.write(tell=True) as connection:
            await leaving.reopen(connection, channels)

    async def on_record(self) -> list[ChannelOnRecord]:
        """Every channel that is not away, what it gets, and how delivery to it goes."""
        async with self._database.read() as connection:
            return await channels_on_record(connection)


async def lane_of(connection: AsyncConnection, channel: Channel) -> int:
    """The id of a channel's lane, made where there is none."""
    here = (lane.c.platform == channel.platform) & (lane.c.channel == channel.id)
    found = (await connection.execute(select(lane.c.id).where(here))).scalar()
    if found is not None:
        return int(found)
    await make_lanes(connection, [channel])
    return int((await connection.execute(select(lane.c.id).where(here))).scalar_one())


async def make_lanes(connection: AsyncConnection, channels: Iterable[Channel]) -> None:
    """Make lanes for channels that had none."""
    new = [
        {"platform": channel.platform, "channel": channel.id, "listens": False}
        for channel in channels
    ]
    if connection.dialect.name == "postgresql":
        # Another process may make one at this moment; then it is there once that one has ended.
        await connection.execute(postgresql.insert(lane).on_conflict_do_nothing(), new)
    else:
        await connection.execute(insert(lane), new)


async def _set(
    connection: AsyncConnection,
    lane_id: int,
    what: str,
    only: frozenset[str],
    *,
    wanted: bool = True,
    since: datetime | None = None,
    manner: Manner = PLAIN,
) -> None:
    values = {
        "only": ",".join(sorted(only)),
        "wanted": wanted,
        "since": since,
        "manner": str(manner),
    }
    changed = await connection.execute(
        update(subscription)
        .where(subscription.c.lane_id == lane_id, subscription.c.what == what)
        .values(values)
    )
    if not changed.rowcount:
        await connection.execute(insert(subscription).values(lane_id=lane_id, what=what, **values))


async def _only(connection: AsyncConnection, lane_id: int, what: str) -> frozenset[str]:
    """The contests that something a lane follows was narrowed to."""
    here = (subscription.c.lane_id == lane_id) & (subscription.c.what == what)
    only = await connection.execute(select(subscription.c.only).where(here))
    return ids(only.scalar() or "")


def manner_of(kind: Follow, manner: Manner) -> Manner:
    """How a kind of messages comes, where entries come in a manner: all others come plain."""
    return manner if kind is Follow.ENTRIES else PLAIN


def hours(quiet: Quiet | None) -> str:
    """Quiet hours as a lane has them; empty for none."""
    return "" if quiet is None else str(quiet)
