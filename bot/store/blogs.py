"""What is remembered of live blogs: entries version by version, and what they state."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.manner import PLAIN, Manner
from bot.election.figure import Source, Standing
from bot.liveblog.changes import Known
from bot.liveblog.claims import Claim
from bot.liveblog.entry import Entry
from bot.memory import BlogMemory, BlogStanding, BlogUpdate, EntryVersion, OvertakenError
from bot.ports import Blog, Validators
from bot.store.codec import dumps, loads
from bot.store.database import Database, new_id
from bot.store.on_record import blog_of
from bot.store.queueing import queue
from bot.store.tables import blog as blog_table
from bot.store.tables import entry as entry_table
from bot.store.tables import entry_version, figure
from bot.store.together import Together

# What a look tells of a blog where nothing in it is new, if nobody has looked since.
_QUIET = (
    update(blog_table)
    .where(blog_table.c.key == bindparam("blog_key"), blog_table.c.last_read == bindparam("since"))
    .values(
        {
            name: bindparam(f"new_{name}", type_=blog_table.c[name].type)
            for name in (
                *("url", "format", "from_chat", "etag", "last_modified", "content_digest"),
                *("last_read", "next_read", "moved_to", "chosen", "trouble", "trouble_since"),
            )
        }
    )
    .values(title=func.coalesce(bindparam("new_title", type_=Text()), blog_table.c.title))
)

# So many of the newest entries are looked through for those that are marked as key.
SEARCHED = 500


class BlogRows:
    """The relay's memory."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._quiet: Together[BlogUpdate, bool] = Together(self._keep_quiet)

    async def remembered(self, blog: Blog) -> BlogMemory:
        """What is known of a blog; nothing, for a new one."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(blog_table).where(blog_table.c.key == blog.key))
            ).first()
            if row is None:
                return BlogMemory(validators=Validators(), known={})
            entries = await connection.execute(
                select(entry_table).where(entry_table.c.blog_id == row.id)
            )
            known = {
                e.entry_id: Known(
                    id=e.entry_id,
                    digest=e.digest,
                    published=e.published,
                    modified=e.modified,
                    version=e.version,
                    withdrawn=e.withdrawn,
                    missing=e.missing,
                    id_derived=e.id_derived,
                    posted=e.posted,
                )
                for e in entries
            }
        # An address that changed makes what its server told us worthless.
        validators = Validators(
            etag=row.etag, last_modified=row.last_modified, content_digest=row.content_digest
        )
        return BlogMemory(
            validators=validators if row.url == blog.url else Validators(),
            known=known,
            title=row.title,
            looked_at=row.last_read,
            chosen=row.chosen,
            moved_to=row.moved_to if row.url == blog.url else None,
        )

    async def entry(self, blog: Blog, entry_id: str) -> Entry:
        """The last text of a known entry."""
        async with self._database.read() as connection:
            content = await connection.execute(
                select(entry_version.c.content)
                .join(entry_table, entry_table.c.id == entry_version.c.entry)
                .join(blog_table, blog_table.c.id == entry_table.c.blog_id)
                .where(blog_table.c.key == blog.key, entry_table.c.entry_id == entry_id)
                .order_by(entry_version.c.version.desc())
                .limit(1)
            )
            return loads(Entry, content.scalar_one())

    async def at(self, url: str) -> Blog | None:
        """The blog that is read at an address; None where there is none."""
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(blog_table).where(blog_table.c.url == url).order_by(blog_table.c.from_chat)
            )
            row = rows.first()
            return None if row is None else blog_of(row)

    async def standing(
        self, blog: Blog, count: int, only: frozenset[str], manner: Manner = PLAIN
    ) -> BlogStanding:
        """What stands of a blog, with its newest entries about these contests (none: about any).

        They are those that who has entries in a manner is to get.
        """
        stands = (
            (blog_table.c.key == blog.key)
            & entry_table.c.withdrawn.is_(False)
            & (entry_table.c.blog_id == blog_table.c.id)
        )
        query = (
            select(entry_version)
            .join(
                entry_table,
                (entry_table.c.id == entry_version.c.entry)
                & (entry_table.c.version == entry_version.c.version),
            )
            .where(stands)
            .order_by(entry_version.c.published.desc(), entry_version.c.id.desc())
        )
        if only:
            named = ("," + entry_version.c.contests + ",").like
            general = [entry_version.c.contests == ""] if manner.general else []
            query = query.where(or_(*general, *(named(f"%,{one},%") for one in sorted(only))))
        async with self._database.read() as connection:
            here = select(blog_table).where(blog_table.c.key == blog.key)
            row = (await connection.execute(here)).first()
            all_of_it = select(func.count(), func.max(entry_table.c.published)).where(stands)
            entries, last = (await connection.execute(all_of_it)).one()
            rows = list(await connection.execute(query.limit(SEARCHED if manner.key else count)))
        title = None if row is None else row.title
        found = [_version(one, blog.name or title or blog.url) for one in rows]
        found = [one for one in found if one.entry.marked or not manner.key]
        return BlogStanding(
            title=title,
            chosen=None if row is None else row.chosen,
            entries=entries,
            last_entry=last,
            newest=tuple(reversed(found[:count])),
        )

    @asynccontextmanager
    async def held(self, blog: Blog) -> AsyncIterator[None]:
        """Within it, no other process keeps anything of a blog; on SQLite there is none."""
        if self._database.url.get_backend_name() != "postgresql":
            yield
            return
        here = select(blog_table.c.id).where(blog_table.c.key == blog.key)
        async with self._database.read() as connection:
            await connection.execute(here.with_for_update())
            yield

    async def keep(self, update_: BlogUpdate) -> None:
        """Keep an update and queue its announcements, all of it or nothing.

        Raises `OvertakenError` where another process has kept one since.
        """
        if update_.is_quiet:
            if not await self._quiet.ask(update_):
                raise OvertakenError
            return
        try:
            await self._keep(update_)
        except IntegrityError as error:
            # Two were the first to see the blog, or an entry of it.
            raise OvertakenError(str(error.orig)) from error

    async def _keep_quiet(self, updates: Sequence[BlogUpdate]) -> list[bool]:
        """Keep looks that found nothing new; whether each was the next after what it knew."""

        async def work(connection: AsyncConnection) -> list[bool]:
            found = {}
            # In one order, so that two who each keep several do not wait for each other.
            for one in sorted(updates, key=lambda one: one.blog.key):
                values = {f"new_{name}": value for name, value in _values(one).items()}
                here = {"blog_key": one.blog.key, "since": one.since, "new_title": one.title}
                changed = await connection.execute(_QUIET, values | here)
                found[one.blog.key] = changed.rowcount == 1
            return [found[one.blog.key] for one in updates]

        return await self._database.write_in_one_go(work)

    async def _keep(self, update_: BlogUpdate) -> None:
        async def work(connection: AsyncConnection) -> None:
            blog_id = await _keep_blog(connection, update_)
            for kept in update_.entries:
                await _keep_version(connection, blog_id, kept, update_.at)
            noted: dict[str, dict[str, Any]] = {}
            for entry_id, count in update_.missing.items():
                noted.setdefault(entry_id, {})["missing"] = count
            for entry_id, modified in update_.confirmed.items():
                noted.setdefault(entry_id, {})["modified"] = modified
            for entry_id, values in noted.items():
                await connection.execute(
                    update(entry_table)
                    .where(entry_table.c.blog_id == blog_id, entry_table.c.entry_id == entry_id)
                    .values(values)
                )
            await queue(connection, update_.announcements, update_.at)

        changed = bool(update_.entries)
        await self._database.write_in_one_go(work, tell=changed, facts=changed)

    async def keep_failure(
        self, blog: Blog, at: datetime, sentence: str, next_read: datetime | None = None
    ) -> None:
        """Mark a blog as failing, with the reason; since when stays as it was."""
        async with self._database.write() as connection:
            blog_id = await _blog_id(connection, blog)
            await connection.execute(
                update(blog_table)
                .where(blog_table.c.id == blog_id, blog_table.c.trouble.is_(None))
                .values(trouble_since=at)
            )
            await connection.execute(
                update(blog_table)
                .where(blog_table.c.id == blog_id)
                .values(trouble=sentence, next_read=next_read)
            )


async def _blog_id(connection: AsyncConnection, blog: Blog) -> int:
    row = (
        await connection.execute(select(blog_table.c.id).where(blog_table.c.key == blog.key))
    ).first()
    if row is not None:
        return int(row.id)
    made = await connection.execute(
        insert(blog_table).values(
            key=blog.key,
            name=blog.name,
            url=blog.url,
            format=blog.format,
            from_chat=blog.from_chat,
        )
    )
    return new_id(made)


async def _keep_blog(connection: AsyncConnection, update_: BlogUpdate) -> int:
    blog_id = await _blog_id(connection, update_.blog)
    here = select(blog_table.c.last_read).where(blog_table.c.id == blog_id)
    last_read = (await connection.execute(here.with_for_update())).scalar()
    if update_.since is not None and last_read != update_.since:
        raise OvertakenError
    values: dict[str, Any] = {"last_read": update_.at}
    if not update_.pushed:
        values = _values(update_)
    if update_.title is not None:
        values["title"] = update_.title
    if update_.lag is not None:
        values["lag"] = update_.lag.total_seconds()
    await connection.execute(update(blog_table).where(blog_table.c.id == blog_id).values(values))
    return blog_id


def _values(update_: BlogUpdate) -> dict[str, Any]:
    """What a look at a blog tells of it; a hub says nothing of that."""
    return {
        "url": update_.blog.url,
        "format": update_.blog.format,
        "from_chat": update_.blog.from_chat,
        "etag": update_.validators.etag,
        "last_modified": update_.validators.last_modified,
        "content_digest": update_.validators.content_digest,
        "last_read": update_.at,
        "next_read": update_.next_read,
        "moved_to": update_.moved_to,
        "chosen": update_.chosen,
        "trouble": None,
        "trouble_since": None,
    }


def _version(row: Any, source: str) -> EntryVersion:  # noqa: ANN401 - a row
    entry = loads(Entry, row.content)
    return EntryVersion(
        entry=entry,
        version=row.version,
        source=Source(name=source, url=entry.url),
        contests=frozenset(word for word in row.contests.split(",") if word),
    )


async def _keep_version(
    connection: AsyncConnection, blog_id: int, kept: EntryVersion, at: datetime
) -> None:
    entry = kept.entry
    here = (entry_table.c.blog_id == blog_id) & (entry_table.c.entry_id == entry.id)
    state = {
        "version": kept.version,
        "digest": entry.digest,
        "published": entry.published,
        "modified": entry.modified,
        "withdrawn": kept.withdrawn is not None,
        "missing": kept.missing,
        "id_derived": entry.id_derived,
        "posted": kept.posted,
    }
    row_id = (await connection.execute(select(entry_table.c.id).where(here))).scalar()
    if row_id is None:
        made = await connection.execute(
            insert(entry_table).values(blog_id=blog_id, entry_id=entry.id, **state)
        )
        row_id = new_id(made)
    else:
        await connection.execute(update(entry_table).where(here).values(state))
    await connection.execute(
        insert(entry_version).values(
            entry=row_id,
            version=kept.version,
            known_at=at,
            published=entry.published,
            withdrawn=kept.withdrawn is not None,
            contests=",".join(sorted(kept.contests)),
            content=dumps(Entry, entry),
        )
    )
    await connection.execute(
        update(figure)
        .where(figure.c.entry == row_id, figure.c.superseded_at.is_(None))
        .values(superseded_at=at)
    )
    rows = [
        {
            "contest_id": claim.contest_id,
            "type": claim.type,
            "claim": dumps(Claim, claim),
            "standing": _standing(claim).value,
            "source_name": kept.source.name,
            "source_url": kept.source.url,
            "at": entry.published,
            "known_at": at,
            "entry": row_id,
        }
        for claim in kept.claims
    ]
    if rows:
        await connection.execute(insert(figure), rows)


def _standing(claim: Claim) -> Standing:
    return Standing.ESTIMATED if claim.type == "expected" else Standing.REPORTED
