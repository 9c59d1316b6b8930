"""Bulletins of results sources: journalled as theirs, with the figures that come of them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bulletin_memory import SOURCE, Announcing, BulletinTaken
from bot.chat.ask import Author
from bot.election.bulletin import BulletinKind, Heard
from bot.election.contest import Candidacy, Contest
from bot.election.figure import Figure, Source, Standing
from bot.election.standings import StateOfParties
from bot.liveblog.claims import Claim
from bot.ports import EntryState, JournalEntry
from bot.store import results_sources
from bot.store.codec import dumps, loads
from bot.store.database import Database
from bot.store.journal import add_row, end, entry_of, put, said_by
from bot.store.queueing import queue
from bot.store.tables import ballot_paper, contest, figure, state_of_parties
from bot.store.tables import heard as heard_table


class BulletinRows:
    """The memory of bulletins."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def look_at(self, sources: Mapping[str, str]) -> None:
        """Keep that these sources are looked at from now on, and no others: names by their keys."""
        await results_sources.look_at(self._database, sources)

    async def looked(
        self, source: str, at: datetime, next_look: datetime, trouble: str | None
    ) -> None:
        """Keep how a look at a source went (`trouble` None: well), and when the next one is."""
        await results_sources.looked(self._database, source, at, next_look, trouble)

    async def heard(self, source: str, contest_id: str) -> Mapping[BulletinKind, Heard]:
        """The last bulletin of each kind that a source had of a contest."""
        query = select(heard_table).where(
            heard_table.c.source == source, heard_table.c.contest_id == contest_id
        )
        async with self._database.read() as connection:
            return {
                BulletinKind(row.kind): Heard(revision=row.revision, digest=row.digest)
                for row in await connection.execute(query)
            }

    async def fill_in(
        self, contest_id: str, candidacies: Sequence[Candidacy], source: str, at: datetime
    ) -> bool:
        """Keep who stands in a contest, in place of what a source said of it before.

        False, and nothing done, where that is known already or the night file says it itself.
        """
        paper = dumps(tuple[Candidacy, ...], tuple(candidacies))
        here = ballot_paper.c.contest_id == contest_id
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            of_file = select(contest.c.facts).where(contest.c.id == contest_id)
            facts = (await connection.execute(of_file)).scalar()
            known = (
                await connection.execute(select(ballot_paper.c.candidacies).where(here))
            ).scalar()
            if facts is None or loads(Contest, facts).candidacies or known == paper:
                return False
            await connection.execute(delete(ballot_paper).where(here))
            await connection.execute(
                insert(ballot_paper).values(
                    contest_id=contest_id, candidacies=paper, source=source, at=at
                )
            )
            return True

    async def keep_state(
        self, state: StateOfParties, author: Author, standing: Standing, at: datetime
    ) -> bool:
        """Keep how the parties stand; False, and nothing done, where a newer one is known."""
        day = "" if state.polling_day is None else state.polling_day.isoformat()
        newer = select(state_of_parties.c.id).where(
            state_of_parties.c.source == author.id,
            state_of_parties.c.polling_day == day,
            state_of_parties.c.revision >= state.revision,
        )
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            if (await connection.execute(newer.limit(1))).first() is not None:
                return False
            await connection.execute(
                insert(state_of_parties).values(
                    source=author.id,
                    source_name=author.name,
                    polling_day=day,
                    revision=state.revision,
                    content=dumps(StateOfParties, state),
                    standing=standing.value,
                    at=at,
                )
            )
            return True

    async def keep(
        self, taken: BulletinTaken, announcing: Announcing, at: datetime
    ) -> JournalEntry:
        """Keep a bulletin, its figures and what is told of it, in one transaction."""
        deed = taken.deed
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            values = {
                "action": deed.action,
                "contest_id": deed.contest_id,
                "before": deed.before,
                "after": deed.after,
                "claims": dumps(tuple[Claim, ...], deed.claims),
                "state": taken.state,
            }
            row = await add_row(connection, taken.ask, at, values)
            if taken.state is EntryState.STANDS:
                said_at = deed.said_at or at
                await put(connection, row, deed.standing, said_at, at, taken.url)
            await _hear(connection, taken, at)
            entry = entry_of(row)
            await queue(connection, announcing(entry), at)
            return entry

    async def retract(self, taken: BulletinTaken, at: datetime) -> JournalEntry | None:
        """End the results that a source has put in; None where there are none of it."""
        deed, author = taken.deed, taken.ask.author
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            await _hear(connection, taken, at)
            theirs = said_by(SOURCE, author.id, deed.contest_id)
            results = figure.c.type.in_(("votes", "declared"))
            if not await end(connection, theirs & results, at):
                return None
            values: dict[str, Any] = {
                "action": deed.action,
                "contest_id": deed.contest_id,
                "before": deed.before,
                "after": deed.after,
                "state": EntryState.STANDS,
            }
            return entry_of(await add_row(connection, taken.ask, at, values))


async def read_state(
    database: Database, days: Sequence[date], now: datetime
) -> Figure[StateOfParties] | None:
    """How the parties stood on these polling days, as it was known at an instant."""
    query = (
        select(state_of_parties)
        .where(
            state_of_parties.c.polling_day.in_([day.isoformat() for day in days]),
            state_of_parties.c.at <= now,
        )
        .order_by(
            state_of_parties.c.polling_day.desc(),
            state_of_parties.c.revision.desc(),
            state_of_parties.c.id.desc(),
        )
        .limit(1)
    )
    async with database.read() as connection:
        row = (await connection.execute(query)).first()
    if row is None:
        return None
    return Figure(
        value=loads(StateOfParties, row.content),
        source=Source(name=row.source_name),
        at=row.at,
        standing=Standing(row.standing),
    )


async def _hear(connection: AsyncConnection, taken: BulletinTaken, at: datetime) -> None:
    """Remember that a bulletin was heard, in place of the one before of its kind."""
    key = {
        "source": taken.ask.author.id,
        "contest_id": taken.deed.contest_id,
        "kind": taken.kind.value,
    }
    here = [heard_table.c[name] == value for name, value in key.items()]
    await connection.execute(delete(heard_table).where(*here))
    await connection.execute(
        insert(heard_table).values(
            **key, revision=taken.heard.revision, digest=taken.heard.digest, at=at
        )
    )
