"""Which Slack workspaces installed Teller: slack_sdk's own stores, on Teller's database."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Any, cast

from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.installation_store.sqlalchemy import (
    AsyncSQLAlchemyInstallationStore,
    SQLAlchemyInstallationStore,
)
from slack_sdk.oauth.state_store.sqlalchemy import AsyncSQLAlchemyOAuthStateStore
from sqlalchemy import MetaData, Table, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.store.database import Database

STATE_SECONDS = 600
# What only whoever has the key may read; encrypted it is longer than slack_sdk's columns.
SECRETS = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)


class SlackInstallations:
    """The installations of one Slack app, and the states of those that are under way."""

    def __init__(self, database_url: str, client_id: str) -> None:
        self._database = Database(database_url)
        # The stores use two methods of an engine, and these are they.
        turns = cast(AsyncEngine, _Turns(self._database))
        self.installations = Installations(client_id, turns)
        self.states = States(STATE_SECONDS, turns)

    async def open(self) -> None:
        """Open the database and make the tables that are missing.

        Raises `StoreError` with a sentence, as the store itself does.
        """
        await self._database.open()
        try:
            async with self._database.write() as connection:
                # Outside Alembic: their form is slack_sdk's to say, and a Teller with one
                # workspace has no use for them.
                for metadata in (self.installations.metadata, self.states.metadata):
                    await connection.run_sync(metadata.create_all)
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Give the connections back."""
        await self._database.close()


class _Turns:
    """What slack_sdk's stores use of an engine: a connection to read with, and one to write with.

    An engine of its own would write beside the database's one writer, and read before it writes:
    SQLite answers that with “database is locked” at once.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def connect(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._database.read()

    def begin(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._database.write()


class Installations(AsyncSQLAlchemyInstallationStore):
    """A row for each workspace, by the id of its team. The secrets in it are kept as they come."""

    @classmethod
    def build_installations_table(cls, metadata: MetaData, table_name: str) -> Table:
        """slack_sdk's table, with room for what is encrypted."""
        table = SQLAlchemyInstallationStore.build_installations_table(metadata, table_name)
        return _roomy(table)

    @classmethod
    def build_bots_table(cls, metadata: MetaData, table_name: str) -> Table:
        """slack_sdk's table, with room for what is encrypted."""
        return _roomy(SQLAlchemyInstallationStore.build_bots_table(metadata, table_name))

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation instead of what was kept of the same workspace before."""
        await super().async_save(installation)
        installed = datetime.fromtimestamp(installation.installed_at, UTC).replace(tzinfo=None)
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                older = (
                    (table.c.client_id == self.client_id)
                    & (table.c.team_id == installation.team_id)
                    & (table.c.installed_at < installed)
                )
                await connection.execute(delete(table).where(older))

    async def async_bots(self) -> Sequence[Bot]:
        """The newest installation of every workspace, as it is kept, in the order of their ids."""
        ours = self.bots.c.client_id == self.client_id
        oldest_first = (self.bots.c.team_id, self.bots.c.installed_at)
        query = self.bots.select().where(ours).order_by(*oldest_first)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return list({row["team_id"]: _bot(row) for row in rows}.values())

    async def async_rewrite(self, change: Callable[[str], str]) -> int:
        """Put `change` of every secret in its place; how many are another than before."""
        changed = 0
        async with self.engine.begin() as connection:
            for table in (self.bots, self.installations):
                columns = [table.c[name] for name in SECRETS if name in table.c]
                ours = table.c.client_id == self.client_id
                for row in await connection.execute(select(table.c.id, *columns).where(ours)):
                    kept = {name: value for name, value in row._mapping.items() if name in SECRETS}
                    new = {
                        name: put
                        for name, value in kept.items()
                        if value is not None and (put := change(value)) != value
                    }
                    if new:
                        await connection.execute(
                            update(table).where(table.c.id == row.id).values(**new)
                        )
                        changed += len(new)
        return changed


class States(AsyncSQLAlchemyOAuthStateStore):
    """The states of installations under way: each good once, and for ten minutes."""

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """A new state; those that have expired go."""
        async with self.engine.begin() as connection:
            expired = self.oauth_states.c.expire_at <= _now()
            await connection.execute(delete(self.oauth_states).where(expired))
        return await super().async_issue(*args, **kwargs)

    async def async_consume(self, state: str) -> bool:
        """Whether a state was issued, not long ago, and is used for the first time.

        In one statement: slack_sdk looks first and deletes then, so that of two requests at once
        both would be let in.
        """
        known = (self.oauth_states.c.state == state) & (self.oauth_states.c.expire_at > _now())
        async with self.engine.begin() as connection:
            gone = await connection.execute(delete(self.oauth_states).where(known))
            return gone.rowcount > 0


def _roomy(table: Table) -> Table:
    for name in SECRETS:
        if name in table.c:
            table.c[name].type = Text()
    return table


def _bot(row: Any) -> Bot:  # noqa: ANN401 - a row
    return SQLAlchemyInstallationStore.build_bot_entity(row)


def _now() -> datetime:
    # As slack_sdk keeps instants: in UTC, without saying so.
    return datetime.now(UTC).replace(tzinfo=None)
