"""The journal of the desk: what people did, first to last, and the figures that come of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.bulletin_memory import SOURCE
from bot.chat.ask import Ask, Author, Channel
from bot.controls import Deed
from bot.desk_memory import Settled
from bot.election.figure import Standing
from bot.liveblog.claims import Claim
from bot.liveblog.statements import ExpectedClaim, VotesClaim
from bot.ports import EntryState, JournalEntry
from bot.store.codec import claim_from, dumps, loads
from bot.store.database import Database, new_id
from bot.store.tables import figure, journal

_OPEN = [state for state in EntryState if state.open]
_CLAIMS = tuple[Claim, ...]
# What “retract result” ends, and so on.
_TYPES = {"result": ("votes", "declared"), "turnout": ("turnout",)}


class JournalRows:
    """Rows of the journal. None is ever deleted, and of one that stands only its state changes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entry(self, number: int) -> tuple[JournalEntry, tuple[Claim, ...]] | None:
        """An entry and what it states; None where there is none of this number."""
        async with self._database.read() as connection:
            row = await _row(connection, number)
        return None if row is None else (entry_of(row), _claims(row))

    async def add(self, ask: Ask, deed: Deed, state: EntryState, at: datetime) -> JournalEntry:
        """Keep a deed in a state, and its figures where it stands, in one transaction."""
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            # Newer figures take the place of those that wait, also where they wait for nobody.
            await connection.execute(
                update(journal)
                .where(
                    journal.c.contest_id == deed.contest_id,
                    journal.c.action == deed.action,
                    journal.c.state.in_(_OPEN),
                )
                .values(state=EntryState.REPLACED)
            )
            values = {
                "action": deed.action,
                "contest_id": deed.contest_id,
                "before": deed.before,
                "after": deed.after,
                "claims": dumps(_CLAIMS, deed.claims),
                "state": state,
            }
            row = await add_row(connection, ask, at, values)
            if state is EntryState.STANDS:
                await put(connection, row, deed.standing, deed.said_at or at, at)
            return entry_of(row)

    async def settle(self, ask: Ask, settled: Settled, at: datetime) -> JournalEntry | None:
        """Move an entry on; None, and nothing done, where it is in none of the states any more."""
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            row = await _row(connection, settled.number)
            if row is None or row.state not in settled.states:
                return None
            if row.state == EntryState.STANDS and not await _is_provisional(connection, row.id):
                return None
            await connection.execute(
                update(journal).where(journal.c.id == row.id).values(state=settled.to)
            )
            if settled.to is EntryState.STANDS and settled.standing is not None:
                await put(connection, row, settled.standing, at, at)
            values = {
                "action": settled.action,
                "contest_id": row.contest_id,
                "before": row.state,
                "after": settled.to,
                "state": EntryState.STANDS,
                "of": row.id,
            }
            return entry_of(await add_row(connection, ask, at, values))

    async def retract(
        self, ask: Ask, contest_id: str, action: str, before: str, at: datetime
    ) -> JournalEntry | None:
        """End the figures of the desk that an action is about; None where there are none."""
        types = _TYPES[action.rpartition(" ")[2]]
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            ended = await end(
                connection,
                (figure.c.contest_id == contest_id) & figure.c.type.in_(types),
                at,
            )
            if not ended:
                return None
            values = {
                "action": action,
                "contest_id": contest_id,
                "before": before,
                "after": "taken back",
                "state": EntryState.STANDS,
            }
            return entry_of(await add_row(connection, ask, at, values))

    async def undo(self, ask: Ask, since: datetime, at: datetime) -> JournalEntry | None:
        """Take back the asker's last deed since an instant; None where there is none."""
        async with self._database.write(tell=True, facts=True) as connection:
            await self._database.in_turn(connection)
            last = await _last_of(connection, ask, since, at)
            if last is None:
                return None
            await _take_back(connection, last, at)
            values = {
                "action": "undo",
                "contest_id": last.contest_id,
                "before": last.after,
                "after": last.before,
                "state": EntryState.STANDS,
                "of": last.id,
            }
            return entry_of(await add_row(connection, ask, at, values))


async def read_journal(
    database: Database, contest_id: str | None, until: datetime
) -> Sequence[JournalEntry]:
    """What was done by an instant, of a contest or (None) at all, the first first."""
    query = select(journal).where(journal.c.at <= until).order_by(journal.c.id)
    if contest_id is not None:
        query = query.where(journal.c.contest_id == contest_id)
    async with database.read() as connection:
        return [entry_of(row) for row in await connection.execute(query)]


def entry_of(row: Row[Any]) -> JournalEntry:
    """The entry that a row holds."""
    return JournalEntry(
        id=row.id,
        at=row.at,
        author=Author(platform=row.platform, id=row.author, name=row.name),
        channel=Channel(platform=row.platform, id=row.channel),
        action=row.action,
        words=row.words,
        state=EntryState(row.state),
        contest_id=row.contest_id,
        before=row.before,
        after=row.after,
        of=row.of,
    )


async def _row(connection: AsyncConnection, number: int) -> Row[Any] | None:
    return (await connection.execute(select(journal).where(journal.c.id == number))).first()


async def add_row(
    connection: AsyncConnection, ask: Ask, at: datetime, values: dict[str, Any]
) -> Row[Any]:
    """Put a new row into the journal."""
    made = await connection.execute(
        insert(journal).values(
            at=at,
            platform=ask.author.platform,
            author=ask.author.id,
            name=ask.author.name,
            channel=ask.channel.id,
            words=ask.text,
            **values,
        )
    )
    added = await connection.execute(select(journal).where(journal.c.id == new_id(made)))
    return added.one()


def _claims(row: Row[Any]) -> tuple[Claim, ...]:
    claims: tuple[Claim, ...] = () if row.claims is None else loads(_CLAIMS, row.claims)
    return claims


async def put(
    connection: AsyncConnection,
    row: Row[Any],
    standing: Standing,
    said_at: datetime,
    at: datetime,
    source_url: str | None = None,
) -> None:
    """Let what an entry states be its author's word from now on: the desk's, or a source's."""
    for claim in _claims(row):
        await end(connection, _same_slot(claim, row), at, claim)
        await connection.execute(
            insert(figure).values(
                contest_id=claim.contest_id,
                type=claim.type,
                claim=dumps(type(claim), claim),
                standing=standing.value,
                source_name=row.name,
                source_url=source_url,
                at=said_at,
                known_at=at,
                journal=row.id,
            )
        )


def _same_slot(claim: Claim, row: Row[Any]) -> ColumnElement[bool]:
    """Figures that a new one of an entry takes the place of: of people, or of the same source.

    What a source says does not end what people, or another source, have said.
    """
    # New votes say who won: a winner that was recorded without them is out of date.
    types = ("votes", "declared") if isinstance(claim, VotesClaim) else (claim.type,)
    return (
        (figure.c.contest_id == claim.contest_id)
        & figure.c.type.in_(types)
        & said_by(row.platform, row.author, claim.contest_id)
    )


def said_by(platform: str, author: str, contest_id: str) -> ColumnElement[bool]:
    """Figures of a contest that a source has put in, or else that people have."""
    of_sources = journal.c.platform == SOURCE
    theirs = of_sources & (journal.c.author == author) if platform == SOURCE else ~of_sources
    return figure.c.journal.in_(
        select(journal.c.id).where(journal.c.contest_id == contest_id, theirs)
    )


async def _last_of(
    connection: AsyncConnection, ask: Ask, since: datetime, at: datetime
) -> Row[Any] | None:
    """The asker's last deed since an instant that nobody has built on since.

    What somebody else has confirmed is no longer the asker's to take back in a word.
    """
    later = journal.alias()
    built_on = (
        select(later.c.id)
        .where(
            later.c.of.in_([journal.c.id, journal.c.of]),
            later.c.id > journal.c.id,
            later.c.action != "undo",
            later.c.state == EntryState.STANDS,
        )
        .exists()
    )
    found = await connection.execute(
        select(journal)
        .where(
            journal.c.platform == ask.author.platform,
            journal.c.author == ask.author.id,
            journal.c.at >= since,
            journal.c.at <= at,
            journal.c.action != "undo",
            journal.c.state.in_([EntryState.STANDS, *_OPEN]),
            ~built_on,
        )
        .order_by(journal.c.id.desc())
        .limit(1)
    )
    return found.first()


async def _is_provisional(connection: AsyncConnection, number: int) -> bool:
    """Whether figures that an entry has put in are in force, and nobody has confirmed them."""
    found = await connection.execute(
        select(figure.c.id).where(
            figure.c.journal == number,
            figure.c.standing == Standing.PROVISIONAL,
            figure.c.superseded_at.is_(None),
        )
    )
    return found.first() is not None


async def _in_force(
    connection: AsyncConnection, which: ColumnElement[bool], claim: Claim | None
) -> list[int]:
    """The ids of figures of the desk that are in force; of an expected time those of its kind."""
    rows = await connection.execute(
        select(figure).where(which, figure.c.journal.is_not(None), figure.c.superseded_at.is_(None))
    )
    return [row.id for row in rows if _is_of(row, claim)]


async def end(
    connection: AsyncConnection,
    which: ColumnElement[bool],
    at: datetime,
    claim: Claim | None = None,
) -> int:
    """End figures that came by the journal; how many. An expected time ends its own kind."""
    ended = await _in_force(connection, which, claim)
    if ended:
        await connection.execute(
            update(figure).where(figure.c.id.in_(ended)).values(superseded_at=at)
        )
    return len(ended)


def _is_of(row: Row[Any], claim: Claim | None) -> bool:
    if not isinstance(claim, ExpectedClaim):
        return True
    other = claim_from(row.claim)
    return isinstance(other, ExpectedClaim) and other.kind is claim.kind


async def _take_back(connection: AsyncConnection, last: Row[Any], at: datetime) -> None:
    """What an entry did is undone: its figures end, and those that it ended come back.

    They come back as new rows, known from now on: in between they did not stand.
    """
    await connection.execute(
        update(journal).where(journal.c.id == last.id).values(state=EntryState.UNDONE)
    )
    if last.of is not None:
        await connection.execute(
            update(journal).where(journal.c.id == last.of).values(state=last.before)
        )
    await end(connection, figure.c.journal == (last.of or last.id), at)
    before = await connection.execute(
        select(figure)
        .where(
            figure.c.contest_id == last.contest_id,
            figure.c.journal.is_not(None),
            figure.c.superseded_at == last.at,
        )
        .order_by(figure.c.id)
    )
    for row in before:
        claim = claim_from(row.claim)
        author = await _row(connection, row.journal)
        if author is None:
            continue
        # Where somebody has recorded something else since, that stands.
        if not await _in_force(connection, _same_slot(claim, author), claim):
            again = {**row._mapping, "known_at": at, "superseded_at": None}
            del again["id"]
            await connection.execute(insert(figure).values(again))
