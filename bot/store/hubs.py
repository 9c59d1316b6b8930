"""Subscriptions at the hubs that push blogs, as rows.

What two processes may do at a time changes other columns of a row: the leader asks hubs, and
their answers come to any process.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.hub_memory import HubState, HubSubscription
from bot.ports import Blog, Hub
from bot.store.database import Database
from bot.store.on_record import blog_of
from bot.store.tables import blog as blog_table
from bot.store.tables import hub_subscription as table


class HubRows:
    """Rows of subscriptions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def on_record(self) -> Sequence[HubSubscription]:
        """All of them, the oldest first."""
        async with self._database.read() as connection:
            rows = await connection.execute(_query().order_by(table.c.id))
            return [_subscription(row) for row in rows]

    async def at(self, path: str) -> HubSubscription | None:
        """The one that is pushed to this path; None where there is none."""
        async with self._database.read() as connection:
            row = (await connection.execute(_query().where(table.c.path == path))).first()
            return None if row is None else _subscription(row)

    async def want(self, blog: Blog, hub: Hub, path: str, secret: str, at: datetime) -> None:
        """Have a blog pushed by this hub and by no other."""
        async with self._database.write(tell=True) as connection:
            await self._database.in_turn(connection)
            mine = table.c.blog_key == blog.key
            same = (table.c.hub == hub.url) & (table.c.topic == hub.topic)
            leaving = table.c.state == HubState.LEAVING.value
            await connection.execute(
                update(table)
                .where(mine, ~same, ~leaving)
                .values(state=HubState.LEAVING.value, due=at, tries=0)
            )
            again = {"state": HubState.ASKED.value, "due": at, "tries": 0, "page": hub.page}
            found = await connection.execute(select(table.c.id).where(mine, same))
            if found.first() is not None:
                await connection.execute(update(table).where(mine, same, leaving).values(again))
                return
            await connection.execute(
                insert(table).values(
                    blog_key=blog.key,
                    hub=hub.url,
                    topic=hub.topic,
                    path=path,
                    secret=secret,
                    **again,
                )
            )

    async def asking(self, subscription: HubSubscription, due: datetime) -> None:
        """Keep that its hub is asked once more, and when it is asked again without an answer."""
        asked: dict[str, object] = {"due": due, "tries": table.c.tries + 1}
        if subscription.state is HubState.DENIED:
            # It may confirm now.
            asked["state"] = HubState.ASKED.value
        await self._set(subscription, asked)

    async def failed(self, subscription: HubSubscription, trouble: str) -> None:
        """Keep why its hub did not take what it was asked."""
        await self._set(subscription, {"trouble": trouble})

    async def confirmed(
        self, subscription: HubSubscription, until: datetime, due: datetime
    ) -> None:
        """Keep that its hub pushes until an instant, and when to ask for more."""
        active = {"state": HubState.ACTIVE.value, "until": until, "tries": 0, "trouble": None}
        await self._set(subscription, active | {"due": due}, tell=True)

    async def denied(self, subscription: HubSubscription, trouble: str, due: datetime) -> None:
        """Keep that its hub will not push, and when to ask whether it changed its mind."""
        denied = {"state": HubState.DENIED.value, "until": None, "trouble": trouble}
        await self._set(subscription, denied | {"due": due}, tell=True)

    async def leave(self, subscription: HubSubscription, at: datetime) -> None:
        """Let it end: from now on its hub is asked to push no more."""
        await self._set(subscription, {"state": HubState.LEAVING.value, "due": at, "tries": 0})

    async def forget(self, subscription: HubSubscription) -> None:
        """Delete it."""
        async with self._database.write(tell=True) as connection:
            await connection.execute(delete(table).where(table.c.id == subscription.id))

    async def pushed(self, subscription: HubSubscription, at: datetime) -> None:
        """Keep when its hub pushed last; others hear of it where it can be relied on again."""
        await self._set(subscription, {"pushed_at": at}, tell=not subscription.is_reliable(at))

    async def missed(self, subscription: HubSubscription, at: datetime) -> None:
        """Keep when a look found what its hub had not pushed."""
        await self._set(subscription, {"missed_at": at})

    async def _set(
        self, subscription: HubSubscription, values: Mapping[str, object], *, tell: bool = False
    ) -> None:
        async with self._database.write(tell=tell) as connection:
            here = table.c.id == subscription.id
            await connection.execute(update(table).where(here).values(dict(values)))


async def reliable(connection: AsyncConnection, at: datetime) -> set[str]:
    """The keys of the blogs that a hub can be relied on to push."""
    rows = await connection.execute(_query().where(table.c.state == HubState.ACTIVE.value))
    found = (_subscription(row) for row in rows)
    return {one.blog.key for one in found if one.is_reliable(at)}


def _query() -> Select[Any]:
    columns = (blog_table.c.url, blog_table.c.format, blog_table.c.name, blog_table.c.from_chat)
    return select(table, *columns, blog_table.c.chosen).join(
        blog_table, blog_table.c.key == table.c.blog_key
    )


def _subscription(row: Row[Any]) -> HubSubscription:
    return HubSubscription(
        id=row.id,
        blog=blog_of(row),
        hub=Hub(url=row.hub, topic=row.topic, page=row.page),
        path=row.path,
        secret=row.secret,
        state=HubState(row.state),
        due=row.due,
        tries=row.tries,
        until=row.until,
        trouble=row.trouble,
        pushed_at=row.pushed_at,
        missed_at=row.missed_at,
        chosen=row.chosen,
    )
