"""Boards as they were drawn last, and round-ups with their next time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Table, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, MessageRef
from bot.desk_memory import Board, Redraw, RoundUp
from bot.memory import Announcement
from bot.store.database import Database
from bot.store.queueing import queue
from bot.store.tables import FOLDED, SENT, STALE, TAKEN_AWAY, UNSENT, item, told
from bot.store.tables import board as board_table
from bot.store.tables import roundup as round_up_table


class BoardRows:
    """The memory of boards and round-ups, one of each a channel."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def boards(self) -> list[Board]:
        """Every board that is drawn, and those whose message is gone unnoticed."""
        async with self._database.read() as connection:
            return await _boards(connection, board_table.c.digest != "")

    async def board(self, channel: Channel) -> Board | None:
        """The last board of a channel, drawn or not."""
        async with self._database.read() as connection:
            found = await _boards(connection, _of(board_table, channel))
            return found[0] if found else None

    async def message(self, board: Board) -> MessageRef | None:
        """The message that a board stands in; None where it was not sent yet."""
        query = (
            select(item.c.message)
            .where(item.c.subject == board.key.subject, item.c.state == SENT)
            .order_by(item.c.version.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            message = (await connection.execute(query)).scalar()
        return None if message is None else MessageRef(channel=board.channel, id=message)

    async def draw(self, redraws: Sequence[Redraw], at: datetime) -> list[bool]:
        """Put boards in the place of others and queue what tells of them, all or nothing.

        False for one of which nothing was done: another has taken that place already.
        """
        # Whoever draws hears of what was put up or taken down elsewhere; not of its own drawing.
        tell = any(
            one.before is None or one.before.number != one.after.number or not one.after.digest
            for one in redraws
        )
        async with self._database.write(tell=tell) as connection:
            done = [await _drawn(connection, one) for one in redraws]
            told = [
                announcement
                for one, kept in zip(redraws, done, strict=True)
                if kept
                for announcement in one.told
            ]
            await queue(connection, told, at)
            return done

    async def round_ups(self) -> list[RoundUp]:
        """All that are wanted."""
        async with self._database.read() as connection:
            rows = list(await connection.execute(select(round_up_table)))
            subjects = [_subject(_channel(row)) for row in rows]
            found = await connection.execute(select(told).where(told.c.subject.in_(subjects)))
            last = {one.subject: one for one in found}
            return [
                RoundUp(
                    channel=_channel(row),
                    minutes=row.minutes,
                    next_at=row.next_at,
                    since=last[subject].at,
                    number=last[subject].version,
                )
                for row, subject in zip(rows, subjects, strict=True)
            ]

    async def want_round_up(
        self, channel: Channel, minutes: int, next_at: datetime, at: datetime
    ) -> None:
        """Keep that a channel wants one, every so many minutes from now on."""
        async with self._database.write(tell=True) as connection:
            values = {"minutes": minutes, "next_at": next_at}
            if await _made(connection, round_up_table, channel, values):
                await _tell(connection, channel, at, more=0)
            else:
                here = _of(round_up_table, channel)
                await connection.execute(update(round_up_table).where(here).values(values))

    async def forget_round_up(self, channel: Channel) -> bool:
        """Keep that it wants none; False where it wanted none."""
        async with self._database.write(tell=True) as connection:
            # What was told stays: a number is never given to a second message.
            gone = delete(round_up_table).where(_of(round_up_table, channel))
            return (await connection.execute(gone)).rowcount > 0

    async def round_up(
        self,
        before: RoundUp,
        next_at: datetime,
        announcement: Announcement | None,
        at: datetime,
    ) -> bool:
        """Move one on and queue it, if there is anything to queue, both or neither.

        False, and nothing done, where it was moved on, or forgotten, already.
        """
        async with self._database.write() as connection:
            moved = await connection.execute(
                update(round_up_table)
                .where(
                    _of(round_up_table, before.channel),
                    round_up_table.c.next_at == before.next_at,
                    round_up_table.c.minutes == before.minutes,
                )
                .values(next_at=next_at)
            )
            if not moved.rowcount:
                return False
            if announcement is not None:
                await _tell(connection, before.channel, at, more=1)
                await queue(connection, [announcement], at)
            return True


async def _drawn(connection: AsyncConnection, redraw: Redraw) -> bool:
    """Put one board in the place of another; False where that is taken."""
    before, after = redraw.before, redraw.after
    values = {
        "number": after.number,
        "version": after.version,
        "digest": after.digest,
        "drawn_at": after.drawn_at,
    }
    if before is None:
        return await _made(connection, board_table, after.channel, values)
    changed = await connection.execute(
        update(board_table)
        .where(
            _of(board_table, before.channel),
            board_table.c.number == before.number,
            board_table.c.version == before.version,
            board_table.c.digest == before.digest,
        )
        .values(values)
    )
    await _forget_old_versions(connection, before.key.subject)
    return changed.rowcount > 0


def _of(table: Table, channel: Channel) -> ColumnElement[bool]:
    return (table.c.platform == channel.platform) & (table.c.channel == channel.id)


def _channel(row: Row[Any]) -> Channel:
    return Channel(platform=row.platform, id=row.channel)


def _subject(channel: Channel) -> str:
    return f"roundup:{channel}"


async def _boards(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Board]:
    rows = await connection.execute(select(board_table).where(where).order_by(board_table.c.id))
    boards = [
        Board(
            channel=_channel(row),
            number=row.number,
            version=row.version,
            digest=row.digest,
            drawn_at=row.drawn_at,
        )
        for row in rows
    ]
    if not boards:
        return []
    found = await connection.execute(
        select(item.c.subject, item.c.state, func.max(item.c.sent_at).label("sent_at"))
        .where(
            item.c.subject.in_([one.key.subject for one in boards]),
            item.c.state.in_([*UNSENT, SENT, TAKEN_AWAY]),
        )
        .group_by(item.c.subject, item.c.state)
    )
    states: dict[str, dict[str, datetime | None]] = {}
    for row in found:
        states.setdefault(row.subject, {})[row.state] = row.sent_at
    marked = []
    for one in boards:
        here = states.get(one.key.subject, {})
        waits = not here.keys().isdisjoint(UNSENT)
        marked.append(replace(one, waits=waits, gone=TAKEN_AWAY in here, shown_at=here.get(SENT)))
    return marked


async def _made(
    connection: AsyncConnection, table: Table, channel: Channel, values: dict[str, Any]
) -> bool:
    """Make a channel's row; False where it has one."""
    place = {"platform": channel.platform, "channel": channel.id}
    if connection.dialect.name == "postgresql":
        # Another process may make it at this moment; then it is there once that one has ended.
        new = postgresql.insert(table).values(**place, **values).on_conflict_do_nothing()
        made = await connection.execute(new.returning(table.c.id))
        return made.scalar() is not None
    here = select(func.count()).select_from(table).where(_of(table, channel))
    if (await connection.execute(here)).scalar():
        return False
    await connection.execute(insert(table).values(**place, **values))
    return True


async def _tell(connection: AsyncConnection, channel: Channel, at: datetime, *, more: int) -> None:
    """Keep when a channel was told last, and how often by then."""
    subject = _subject(channel)
    here = told.c.subject == subject
    number = (await connection.execute(select(told.c.version).where(here))).scalar() or 0
    await connection.execute(delete(told).where(here))
    values = {"version": number + more, "content": "", "standing": True, "at": at}
    await connection.execute(insert(told).values(subject=subject, **values))


async def _forget_old_versions(connection: AsyncConnection, subject: str) -> None:
    """Delete what nothing depends on any more: a night has thousands of versions of a board.

    What stands is the last that was sent: it says which message it is.
    """
    sent = select(func.max(item.c.version)).where(item.c.subject == subject, item.c.state == SENT)
    newest = (await connection.execute(sent)).scalar()
    if newest is not None:
        old = (item.c.subject == subject) & (item.c.version < newest)
        done = item.c.state.in_([SENT, FOLDED, STALE])
        await connection.execute(delete(item).where(old, done))
