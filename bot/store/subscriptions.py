"""What each channel follows, and whether it listens: by the night file, and as chat changes it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, Follow, Following
from bot.memory import Announcement
from bot.ports import Blog, BlogFollowed, ChannelOnRecord
from bot.store import leaving
from bot.store.database import Database, new_id
from bot.store.items import put
from bot.store.jobs import enqueue
from bot.store.tables import UNSENT, item, lane, subscription
from bot.store.tables import blog as blog_table

_OF_ONE_BLOG = "blog:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A row: something that a lane follows, or will not have (`wanted` is false)."""

    lane_id: int
    only: frozenset[str]
    wanted: bool
    since: datetime | None

    def takes(self, announcement: Announcement) -> bool:
        """Whether an announcement that the lane has no version of belongs in it."""
        if not self.wanted or (self.only and not self.only & announcement.contests):
            return False
        # An edit of what was there before the channel came is not news to it.
        return (
            self.since is None or announcement.key.version == 1 or announcement.post.at > self.since
        )


async def wishes(connection: AsyncConnection) -> dict[str, dict[int, Wish]]:
    """Everything that is followed: by what, then by lane."""
    found: dict[str, dict[int, Wish]] = {}
    for row in await connection.execute(select(subscription).order_by(subscription.c.lane_id)):
        wish = Wish(lane_id=row.lane_id, only=_ids(row.only), wanted=row.wanted, since=row.since)
        found.setdefault(row.what, {})[row.lane_id] = wish
    return found


def takers(announcement: Announcement, followed: dict[str, dict[int, Wish]]) -> list[int]:
    """The lanes that want an announcement of which they have no version yet."""
    if not announcement.news:
        return []
    by_lane: dict[int, Wish] = {}
    blog = announcement.blog
    if blog is None or not blog.from_chat:
        by_lane |= followed.get(announcement.kind, {})
    if blog is not None:
        of_one = followed.get(_OF_ONE_BLOG + blog.key, {})
        if announcement.kind is not Follow.CHECKS:
            # What was said of this one blog goes before what was said of them all.
            by_lane |= of_one
        elif blog.from_chat:
            # A note quotes its blog: it is for who follows that blog, and checks too.
            checks = followed.get(Follow.CHECKS, {})
            by_lane = {
                id: checks[id] for id, wish in of_one.items() if wish.wanted and id in checks
            }
    return [lane_id for lane_id, wish in sorted(by_lane.items()) if wish.takes(announcement)]


class SubscriptionRows:
    """The channels' memory."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def follow(self, channel: Channel, kinds: Iterable[Follow], only: frozenset[str]) -> None:
        """Let a channel have these kinds of messages, of contests (ids; none means all).

        What was narrowed to some contests, and now is to others, is to both.
        """
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            for kind in sorted(kinds):
                before = await _only(connection, lane_id, kind)
                await _set(connection, lane_id, kind, before | only if only else only)

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
    ) -> int:
        """Let a channel have a blog from now on, and queue its newest entries, oldest first.

        `since` is the instant of the last entry that stands, whatever it is about. Returns how
        many of those the channel did not have yet.
        """
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            await _set(connection, lane_id, _OF_ONE_BLOG + blog.key, only, since=since)
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
                await put(connection, one.key, one.post, [lane_id], at)
            return len(new)

    async def unfollow_blog(self, channel: Channel, blog: Blog) -> None:
        """Let a channel have no new entries of a blog."""
        async with self._database.write(tell=True) as connection:
            lane_id = await lane_of(connection, channel)
            what = _OF_ONE_BLOG + blog.key
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

    async def listens(self, channel: Channel) -> bool:
        """Whether plain words in a channel are answered."""
        here = (lane.c.platform == channel.platform) & (lane.c.channel == channel.id)
        async with self._database.read() as connection:
            return bool((await connection.execute(select(lane.c.listens).where(here))).scalar())

    async def blogs_from_chat(self) -> list[Blog]:
        """Blogs that chat brought and that some channel follows."""
        async with self._database.read() as connection:
            followed = (_OF_ONE_BLOG + blog_table.c.key).in_(leaving.followed())
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
            here = lane.c.id.not_in(leaving.lanes_away())
            lanes = list(await connection.execute(select(lane).where(here).order_by(lane.c.id)))
            blogs = {
                row.key: (blog_of(row), row.title)
                for row in await connection.execute(select(blog_table))
            }
            kinds: dict[int, dict[Follow, frozenset[str]]] = {}
            followed: dict[int, list[BlogFollowed]] = {}
            said = select(subscription).where(subscription.c.what != leaving.AWAY)
            for row in await connection.execute(said.order_by(subscription.c.id)):
                only = _ids(row.only)
                if not row.what.startswith(_OF_ONE_BLOG):
                    kinds.setdefault(row.lane_id, {})[Follow(row.what)] = only
                elif row.what.removeprefix(_OF_ONE_BLOG) in blogs:
                    blog, title = blogs[row.what.removeprefix(_OF_ONE_BLOG)]
                    one = BlogFollowed(blog=blog, title=title, only=only, wanted=row.wanted)
                    followed.setdefault(row.lane_id, []).append(one)
            sent = await _by_lane(connection, select(item.c.lane_id, func.max(item.c.sent_at)))
            unsent = item.c.state.in_(UNSENT)
            waits = select(item.c.lane_id, func.count(), func.min(item.c.queued_at)).where(unsent)
            waiting = await _by_lane(connection, waits)
            # The oldest that was tried says why the others wait.
            tried = select(item.c.lane_id, item.c.reason).where(unsent, item.c.reason.is_not(None))
            reasons: dict[int, str] = {}
            for row in await connection.execute(tried.order_by(item.c.id)):
                reasons.setdefault(row.lane_id, row.reason)
        return [
            ChannelOnRecord(
                channel=Channel(platform=row.platform, id=row.channel),
                kinds=kinds.get(row.id, {}),
                blogs=tuple(followed.get(row.id, ())),
                listens=row.listens,
                waiting=waiting[row.id][1] if row.id in waiting else 0,
                waiting_since=waiting[row.id][2] if row.id in waiting else None,
                last_sent=sent[row.id][1] if row.id in sent else None,
                trouble=row.trouble or reasons.get(row.id),
                suspended_since=row.suspended_at,
            )
            for row in lanes
        ]


async def follow_the_file(connection: AsyncConnection, following: Sequence[Following]) -> None:
    """Let channels have what the night file says of them.

    What chat has changed since stands until the file says something else of the channel; one
    that the file no longer has follows nothing of it. What it got stays true there.
    """
    await leaving.sweep(connection)
    said = {one.channel: _words(one) for one in following}
    for row in list(await connection.execute(select(lane).where(lane.c.file.is_not(None)))):
        if Channel(platform=row.platform, id=row.channel) not in said:
            await _let_go(connection, row.id)
            await connection.execute(update(lane).where(lane.c.id == row.id).values(file=None))
    for one in following:
        lane_id = await lane_of(connection, one.channel)
        here = lane.c.id == lane_id
        before = (await connection.execute(select(lane.c.file).where(here))).scalar()
        if before == said[one.channel]:
            continue
        await _let_go(connection, lane_id)
        for kind in sorted(one.follows):
            await _set(connection, lane_id, kind, one.only)
        await connection.execute(update(lane).where(here).values(file=said[one.channel]))


async def lane_of(connection: AsyncConnection, channel: Channel) -> int:
    """The id of a channel's lane, made where there is none."""
    place = {"platform": channel.platform, "channel": channel.id}
    here = (lane.c.platform == channel.platform) & (lane.c.channel == channel.id)
    found = (await connection.execute(select(lane.c.id).where(here))).scalar()
    if found is not None:
        return int(found)
    if connection.dialect.name == "postgresql":
        # Another process may make it at this moment; then it is there once that one has ended.
        new = postgresql.insert(lane).values(**place, listens=False).on_conflict_do_nothing()
        await connection.execute(new)
        return int((await connection.execute(select(lane.c.id).where(here))).scalar_one())
    made = await connection.execute(insert(lane).values(**place, listens=False))
    return new_id(made)


def blog_of(row: Any) -> Blog:  # noqa: ANN401 - a row
    """The blog that a row of its table holds."""
    return Blog(url=row.url, format=row.format, name=row.name, from_chat=row.from_chat)


async def _set(
    connection: AsyncConnection,
    lane_id: int,
    what: str,
    only: frozenset[str],
    *,
    wanted: bool = True,
    since: datetime | None = None,
) -> None:
    values = {"only": ",".join(sorted(only)), "wanted": wanted, "since": since}
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
    return _ids(only.scalar() or "")


async def _let_go(connection: AsyncConnection, lane_id: int) -> None:
    """End what the file said, with the exceptions to it; the blogs that chat brought stay."""
    said = subscription.c.what.in_(list(Follow)) | ~subscription.c.wanted
    await connection.execute(delete(subscription).where(subscription.c.lane_id == lane_id, said))


async def _by_lane(connection: AsyncConnection, query: Any) -> dict[int, Any]:  # noqa: ANN401 - a query, and its rows
    rows = await connection.execute(query.group_by(item.c.lane_id))
    return {row.lane_id: row for row in rows}


def _words(following: Following) -> str:
    return f"{','.join(sorted(following.follows))} {','.join(sorted(following.only))}"


def _ids(text: str) -> frozenset[str]:
    return frozenset(word for word in text.split(",") if word)
