"""The outbox: a lane a channel, items in order, each unique by (lane, subject, version)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.deadline import uptime
from bot.errors import LeaseLostError
from bot.lanes import (
    Absent,
    Delivery,
    Failed,
    Lane,
    Later,
    Limits,
    Next,
    Outcome,
    Sent,
    Worded,
)
from bot.store import failures, leases
from bot.store.backlog import backlog, post_of, reworded
from bot.store.database import Database
from bot.store.folding import Fold, fold
from bot.store.items import NEXT, mark, mark_begun, mark_sent, put
from bot.store.jobs import enqueue
from bot.store.leases import Lease
from bot.store.subscriptions import lane_of
from bot.store.tables import DEAD, IN_ROUND_UP, PENDING, STALE, UNSENT, WAITS, Instant, item, lane
from bot.store.together import Together

log = structlog.get_logger()

# By lane first, which takes the index alone: a lane may be long.
_firsts = select(item.c.lane_id, func.min(item.c.id).label("id")).where(WAITS)
_first = _firsts.group_by(item.c.lane_id).subquery("first")
_WAITING = (
    select(lane.c.id, lane.c.platform, lane.c.channel)
    .join(_first, _first.c.lane_id == lane.c.id)
    .where(
        lane.c.suspended_at.is_(None),
        or_(lane.c.retry_at.is_(None), lane.c.retry_at <= bindparam("now", type_=Instant())),
    )
    .order_by(_first.c.id)
)


@dataclass(slots=True)
class _Step:
    """One lane in a transaction that it shares with others, `now` of the night's clock.

    `result` is what comes of it; none while the lane goes on.
    """

    lane: Lane
    outcome: Outcome | None
    now: datetime
    last: bool = False
    result: Next | Exception | None = None
    lease: Lease | None = None
    folded: int = 0


@dataclass(slots=True)
class _Turn:
    """A transaction for several lanes: their rows, and when it began, on both clocks."""

    connection: AsyncConnection
    steps: Sequence[_Step]
    began: float
    now: datetime
    rows: dict[int, Row[*tuple[Any, ...]]] = field(default_factory=dict)

    def going(self) -> list[_Step]:
        """The steps of which nothing has come yet."""
        return [step for step in self.steps if step.result is None]


class OutboxRows:
    """The courier's memory. Steps of several lanes at the same time share one transaction."""

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self._database = database
        self._limits = limits or Limits()
        self._owner = uuid4().hex
        self._leases: dict[int, Lease] = {}
        self._steps: Together[_Step, Next] = Together(self._advance)

    async def waiting(self) -> list[Lane]:
        """Lanes with something to send that may be tried now, the longest waiting first."""
        async with self._database.read() as connection:
            now = await self._database.now(connection)
            rows = await connection.execute(_WAITING, {"now": now})
            return [
                Lane(id=id, channel=Channel(platform=platform, id=channel))
                for id, platform, channel in rows.all()
            ]

    async def advance(
        self, lane: Lane, outcome: Outcome | None, now: datetime, *, last: bool = False
    ) -> Next:
        """Keep what became of the last thing to do in a lane, and begin the next.

        With None the lane is taken over first; with `Later` it is let go. After the `last` nothing
        is begun, whatever waits. `now` is UTC, on the night's clock. Raises `LeaseLostError` where
        somebody else has the lane by now.
        """
        return await self._steps.ask(_Step(lane, outcome, now, last=last))

    async def leave(self) -> None:
        """Let go of every lane, so that others need not wait; what was begun stays begun."""
        if not self._database.shared:
            # Nobody waits: whoever comes next takes all of them over.
            self._leases.clear()
            return
        async with self._database.write() as connection:
            # Locked, so that none is another's by the time it is let go.
            ours = select(lane.c.id).where(lane.c.owner == self._owner).order_by(lane.c.id)
            found = await connection.execute(ours.with_for_update(key_share=True))
            ids = list(found.scalars())
            await leases.release(connection, ids)
            await enqueue(connection, ids)
        self._leases.clear()

    async def take_over(self) -> None:
        """End every lease: for who knows that nobody else is there."""
        async with self._database.write() as connection:
            held = lane.c.owner.is_not(None)
            await connection.execute(update(lane).where(held).values(owner=None, leased_until=None))

    async def queued(self) -> list[tuple[DeliveryKey, Post, bool]]:
        """Everything that was ever queued, and whether it still waits, in order."""
        async with self._database.read() as connection:
            rows = await connection.execute(select(item).order_by(item.c.id))
            return [
                (
                    DeliveryKey(subject=row.subject, version=row.version),
                    post_of(row.post),
                    row.state in UNSENT,
                )
                for row in rows
            ]

    async def _advance(self, asked: Sequence[_Step]) -> list[Next | Exception]:
        # Copies: what was decided in a transaction that failed is decided anew.
        steps = [_Step(step.lane, step.outcome, step.now, step.last) for step in asked]
        # Before the transaction: so what is left of a lease is never thought longer than it is.
        began = uptime()

        async def work(connection: AsyncConnection) -> None:
            now = await self._database.now(connection)
            turn = _Turn(connection, steps, began, now)
            lanes = [step.lane.id for step in steps]
            turn.rows = await leases.locked(connection, lanes + await _told(connection, steps))
            taken = self._check(turn)
            await self._settle(turn)
            await self._lease(turn, taken)
            while turn.going():
                await self._begin(turn)
            await self._release(turn)

        await self._database.write_in_one_go(work, brief=True)
        # What was decided holds from here on, and not if the transaction failed.
        for step in steps:
            if step.lease is not None and not isinstance(step.result, Later | LeaseLostError):
                self._leases[step.lane.id] = step.lease
            else:
                self._leases.pop(step.lane.id, None)
        return [step.result or Later() for step in steps]

    def _holds(self, row: Row[*tuple[Any, ...]] | None, lease: Lease | None) -> bool:
        return (
            row is not None
            and lease is not None
            and (row.owner, row.epoch) == (self._owner, lease.epoch)
        )

    def _check(self, turn: _Turn) -> list[_Step]:
        """Turn away who has lost a lane, or may not have it now; the steps that take one over."""
        taken = []
        for step in turn.steps:
            row = turn.rows.get(step.lane.id)
            if step.outcome is not None:
                step.lease = self._leases.get(step.lane.id)
                if not self._holds(row, step.lease):
                    step.result = LeaseLostError(str(step.lane.channel))
            elif row is None:
                step.result = Later()
            elif (closed := self._closed(row, turn)) is not None:
                step.result = closed
            else:
                taken.append(step)
        return taken

    def _closed(self, row: Row[*tuple[Any, ...]], turn: _Turn) -> Later | None:
        """Until when nothing may go out of a lane; None where something may at once."""
        if row.suspended_at is not None:
            return Later()
        seconds = leases.closed_for(row, self._owner, turn.now)
        return None if seconds is None else Later(seconds=seconds)

    async def _settle(self, turn: _Turn) -> None:
        """Keep what became of the last thing to do in each lane."""
        outcomes = [(step, step.outcome) for step in turn.going() if step.outcome is not None]
        await mark_sent(turn.connection, [one for _, one in outcomes if isinstance(one, Sent)])
        mended = []
        for step, outcome in outcomes:
            row = turn.rows[step.lane.id]
            match outcome:
                case Sent():
                    if row.trouble is not None:
                        mended.append(row.id)
                case Absent():
                    await mark(turn.connection, {outcome.item_id: PENDING})
                case Failed():
                    step.result = await failures.settle(
                        turn.connection, row, outcome, turn.now, step.now
                    )
                case Worded():
                    await self._word(turn, step, outcome)
            if step.result is None:
                # A limit on all of the platform holds for this lane too.
                step.result = self._closed(row, turn)
            if step.last and step.result is None:
                step.result = Later(seconds=0.0)
        await leases.well_again(turn.connection, mended)

    async def _word(self, turn: _Turn, step: _Step, worded: Worded) -> None:
        key = worded.backlog.key
        await turn.connection.execute(
            update(item)
            .where(item.c.id.in_(worded.backlog.item_ids))
            .values(state=IN_ROUND_UP, part_of=key.subject)
        )
        await put(turn.connection, key, worded.post, [step.lane.id], worded.at)

    async def _lease(self, turn: _Turn, taken: Sequence[_Step]) -> None:
        """Take lanes over, and keep those whose leases run out."""
        until = turn.began + leases.LEASE_SECONDS
        short = [
            step
            for step in turn.going()
            if step.lease is not None and step.lease.until - turn.began < leases.RENEW_BELOW
        ]
        await leases.take(turn.connection, [step.lane.id for step in taken], self._owner, turn.now)
        await leases.renew(turn.connection, [step.lane.id for step in short], turn.now)
        for step in taken:
            step.lease = Lease(epoch=turn.rows[step.lane.id].epoch + 1, until=until)
        for step in short:
            step.lease = Lease(epoch=turn.rows[step.lane.id].epoch, until=until)

    async def _begin(self, turn: _Turn) -> None:
        """Find the next thing to do in each lane; one whose subject came to nothing looks again."""
        by_lane = {step.lane.id: step for step in turn.going()}
        rows: defaultdict[int, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
        for row in (await turn.connection.execute(NEXT, {"lanes": list(by_lane)})).all():
            rows[row.lane_id].append(row)
        begun: list[int] = []
        marks: dict[int, str] = {}
        for lane_id, step in by_lane.items():
            if lane_id not in rows:
                step.result = Later(folded=step.folded)
                continue
            first = next(row for row in rows[lane_id] if row.id == row.first)
            if step.now - first.queued_at > self._limits.age:
                step.result = await backlog(turn.connection, step.lane, over=self._limits.items)
            if step.result is None:
                await self._decide(turn, step, rows[lane_id], begun, marks)
        await mark(turn.connection, marks)
        await mark_begun(turn.connection, begun, turn.now)

    async def _decide(
        self,
        turn: _Turn,
        step: _Step,
        rows: Sequence[Row[*tuple[Any, ...]]],
        begun: list[int],
        marks: dict[int, str],
    ) -> None:
        """What is next in a lane is the subject that `rows` are of."""
        newest = max((row for row in rows if row.state in UNSENT), key=lambda row: row.version)
        try:
            withdrawn = post_of(newest.post).withdrawn is not None
        except ValueError:
            # Written by a version that knew more, or damaged: it must not hold up what can be read.
            # The error itself shows what it says, which is no business of the log.
            log.error("outbox.unreadable", lane=step.lane.id, item=newest.id)
            marks[newest.id] = DEAD
            return
        decision = fold(rows, withdrawn=withdrawn)
        marks |= decision.marks
        step.folded += len(decision.marks)
        if STALE in decision.marks.values():
            log.info("outbox.stale_dropped", lane=step.lane.id, subject=newest.subject)
        if decision.into is not None:
            step.result = await reworded(turn.connection, step.lane, newest.subject, decision.into)
        elif decision.deliver is not None and step.lease is not None:
            row = decision.deliver
            if not decision.unsure:
                begun.append(row.id)
            step.result = _delivery(step, step.lease, decision, row)

    async def _release(self, turn: _Turn) -> None:
        """Let go of lanes that have nothing to do now, and have each looked at in its time."""
        idle = [step for step in turn.steps if isinstance(step.result, Later)]
        await leases.release(
            turn.connection, [step.lane.id for step in idle if step.lease is not None]
        )
        for step in idle:
            if isinstance(step.result, Later) and step.result.seconds is not None:
                at = turn.now + timedelta(seconds=step.result.seconds)
                await enqueue(turn.connection, [step.lane.id], at)


async def _told(connection: AsyncConnection, steps: Sequence[_Step]) -> list[int]:
    """The lanes that hear of what failed: locked with all others, so that none waits in a ring."""
    notices = [step.outcome.notice for step in steps if isinstance(step.outcome, Failed)]
    channels = {one.channel for one in notices if one is not None and one.channel is not None}
    return [await lane_of(connection, channel) for channel in sorted(channels, key=str)]


def _delivery(
    step: _Step, lease: Lease, decision: Fold[Row[*tuple[Any, ...]]], row: Row[*tuple[Any, ...]]
) -> Delivery:
    return Delivery(
        lane=step.lane,
        item_id=row.id,
        key=DeliveryKey(subject=row.subject, version=row.version),
        post=post_of(row.post),
        queued_at=row.queued_at,
        until=lease.until,
        standing=None
        if decision.standing is None
        else MessageRef(channel=step.lane.channel, id=decision.standing),
        unsure=decision.unsure,
        folded=step.folded,
    )
