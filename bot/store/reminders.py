"""The diary's memory: a reminder is a row, and what happened to it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, insert, select, update

from bot.election.clock import ClockTime
from bot.election.contest import MilestoneKind
from bot.memory import Announcement, ArmedReminder, Reminder, SentReminder
from bot.store.codec import dumps, loads
from bot.store.database import Database
from bot.store.queueing import queue
from bot.store.tables import reminder as table

ARMED, SENT, LEFT_OUT, CANCELLED = "armed", "sent", "left out", "cancelled"


class ReminderRows:
    """Rows of reminders; those that were sent or left out never come back."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def arm(self, wanted: Mapping[str, Sequence[Reminder]], at: datetime) -> None:
        """Make the armed reminders of contests exactly these; those that went out stay out.

        A reminder is the same when contest, milestone, minutes and expected instant are. One
        that is new and already past is left out at once, with that reason.
        """
        async with self._database.write() as connection:
            rows = await connection.execute(
                select(table).where(table.c.contest_id.in_(list(wanted)))
            )
            have = {(row.contest_id, row.kind, row.minutes, row.expected_at): row for row in rows}
            new = []
            for one in (one for reminders in wanted.values() for one in reminders):
                key = (one.contest_id, one.kind.value, one.minutes, one.expected.at)
                row = have.pop(key, None)
                if row is not None and row.state not in (ARMED, CANCELLED):
                    continue
                expected = dumps(ClockTime, one.expected)
                if row is not None and row.state == ARMED and row.due == one.due:
                    # “Between 3 and 4” begins when “around 3” is: the row then says the new words.
                    if row.expected != expected:
                        await connection.execute(
                            update(table).where(table.c.id == row.id).values(expected=expected)
                        )
                    continue
                past = one.due <= at
                values = {
                    "expected": expected,
                    "due": one.due,
                    "state": LEFT_OUT if past else ARMED,
                    "reason": "already past when it became known" if past else None,
                    "changed_at": at,
                }
                if row is not None:
                    await connection.execute(
                        update(table).where(table.c.id == row.id).values(values)
                    )
                    continue
                contest_id, kind, minutes, expected_at = key
                new.append(
                    {
                        "contest_id": contest_id,
                        "kind": kind,
                        "minutes": minutes,
                        "expected_at": expected_at,
                        **values,
                    }
                )
            if new:
                await connection.execute(insert(table), new)
            if gone := [row.id for row in have.values() if row.state == ARMED]:
                await connection.execute(
                    update(table)
                    .where(table.c.id.in_(gone))
                    .values(
                        state=CANCELLED, reason="the time moved, or it has happened", changed_at=at
                    )
                )

    async def armed(self, by: datetime) -> list[ArmedReminder]:
        """All that wait and are due by an instant (UTC), soonest first."""
        due = (table.c.state == ARMED) & (table.c.due <= by)
        async with self._database.read() as connection:
            rows = await connection.execute(
                select(table).where(due).order_by(table.c.due, table.c.id)
            )
            return [ArmedReminder(id=row.id, reminder=_reminder(row)) for row in rows]

    async def dues(self) -> set[datetime]:
        """The instants (UTC) at which any that wait are due."""
        query = select(table.c.due).where(table.c.state == ARMED).distinct()
        async with self._database.read() as connection:
            return set((await connection.execute(query)).scalars())

    async def deliver(
        self, reminder_ids: Sequence[int], announcement: Announcement, at: datetime
    ) -> bool:
        """Mark them sent in one message, and queue that, in one transaction.

        False, and nothing done, where none of them was armed any more.
        """
        async with self._database.write() as connection:
            claimed = await connection.execute(
                update(table)
                .where(table.c.id.in_(reminder_ids), table.c.state == ARMED)
                .values(state=SENT, changed_at=at, message=reminder_ids[0])
            )
            if not claimed.rowcount:
                return False
            await queue(connection, [announcement], at)
            return True

    async def sent(self, contests: Collection[str]) -> list[SentReminder]:
        """The messages that went out of any of these contests, by their ids, the first first."""
        went_out = table.c.state == SENT
        messages = select(table.c.message).where(went_out, table.c.contest_id.in_(list(contests)))
        query = select(table).where(went_out, table.c.message.in_(messages))
        async with self._database.read() as connection:
            rows = list(await connection.execute(query.order_by(table.c.message, table.c.id)))
        return [
            SentReminder(
                message=message,
                reminders=tuple(_reminder(row) for row in shared),
                sent_at=shared[0].changed_at,
                version=shared[0].version,
                digest=shared[0].digest,
            )
            for message, group in groupby(rows, key=lambda row: int(row.message))
            if (shared := list(group))
        ]

    async def change(
        self, sent: SentReminder, digest: str, announcement: Announcement, at: datetime
    ) -> None:
        """Keep what a message says in its next version, and queue that, in one transaction."""
        async with self._database.write() as connection:
            await connection.execute(
                update(table)
                .where(table.c.message == sent.message)
                .values(version=announcement.key.version, digest=digest)
            )
            await queue(connection, [announcement], at)

    async def leave_out(self, reminder_id: int, reason: str, at: datetime) -> None:
        """Mark it as not sent, with the reason."""
        async with self._database.write() as connection:
            await connection.execute(
                update(table)
                .where(table.c.id == reminder_id, table.c.state == ARMED)
                .values(state=LEFT_OUT, reason=reason, changed_at=at)
            )

    async def counts(self) -> dict[str, int]:
        """How many reminders are in each state."""
        async with self._database.read() as connection:
            states = list(await connection.execute(select(table.c.state)))
            return {state: sum(row.state == state for row in states) for (state,) in states}


def _reminder(row: Row[Any]) -> Reminder:
    return Reminder(
        contest_id=row.contest_id,
        kind=MilestoneKind(row.kind),
        minutes=row.minutes,
        expected=loads(ClockTime, row.expected),
        due=row.due,
    )
