"""Who drains a lane: one at a time, until they leave, or die."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

from bot.courier.drain import SEND_SECONDS
from bot.deadline import uptime
from bot.errors import Fault, LeaseLostError
from bot.lanes import Absent, Delivery, Failed, Later, Sent
from bot.store import Store
from bot.store.leases import LEASE_SECONDS, RENEW_BELOW
from tests.conftest import select
from tests.courier.queueing import NOW, change, channel, lane_of, say, say_all, serve
from tests.store.entries import announcement, version

HERE = channel("here")


@pytest.fixture
async def other(each_store: Store, database_url: str) -> AsyncIterator[Store]:
    """Another program on the same database; two entries wait here."""
    await serve(each_store, HERE)
    await say_all(each_store, "one", "two")
    opened = Store(database_url)
    await opened.open()
    yield opened
    await opened.close()


def run_out(url: str) -> None:
    """Let the time pass for which lanes were leased."""
    assert change(url, "UPDATE lane SET leased_until = '2023-10-19 00:00:00.000000'")


async def test_a_lane_is_drained_by_one_program_at_a_time(each_store: Store, other: Store) -> None:
    here = await lane_of(each_store, HERE)
    first = await each_store.outbox.advance(here, None, NOW)
    second = await other.outbox.advance(here, None, NOW)

    assert isinstance(first, Delivery)
    assert isinstance(second, Later)
    assert second.seconds is not None
    assert 0 < second.seconds <= LEASE_SECONDS


async def test_of_many_that_come_at_once_one_has_each_lane(
    each_store: Store, other: Store, database_url: str
) -> None:
    await serve(each_store, *(channel(f"c{n}") for n in range(8)))
    await say(each_store, "three")
    lanes = await each_store.outbox.waiting()
    third = Store(database_url)
    await third.open()

    steps = await asyncio.gather(
        *(
            store.outbox.advance(lane, None, NOW)
            for lane in lanes
            for store in (each_store, other, third)
        )
    )
    await third.close()

    begun = [step.lane.id for step in steps if isinstance(step, Delivery)]
    assert sorted(begun) == sorted(lane.id for lane in lanes)


async def test_a_lane_whose_holder_is_dead_is_taken_over_and_what_was_begun_is_looked_for(
    each_store: Store, other: Store, database_url: str
) -> None:
    here = await lane_of(each_store, HERE)
    await each_store.outbox.advance(here, None, NOW)

    run_out(database_url)
    step = await other.outbox.advance(here, None, NOW)

    assert isinstance(step, Delivery)
    assert (str(step.key), step.unsure) == ("entry:one#1", True)


@pytest.mark.parametrize("outcome", [Sent, Absent, Failed])
async def test_who_comes_late_is_told_and_changes_nothing(
    each_store: Store, other: Store, database_url: str, outcome: type
) -> None:
    here = await lane_of(each_store, HERE)
    first = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(first, Delivery)
    run_out(database_url)
    await other.outbox.advance(here, None, NOW)
    before = select(database_url, "SELECT * FROM item ORDER BY id")
    late = {
        Sent: Sent(item_id=first.item_id, message="late", at=NOW),
        Absent: Absent(item_id=first.item_id),
        Failed: Failed(item_id=first.item_id, why="No answer came."),
    }[outcome]

    for _ in range(2):
        with pytest.raises(LeaseLostError):
            await each_store.outbox.advance(here, late, NOW)

    assert select(database_url, "SELECT * FROM item ORDER BY id") == before
    (trouble,) = select(database_url, "SELECT trouble, failures FROM lane")
    assert trouble == (None, 0)


async def test_who_comes_late_may_not_go_on_once_the_other_is_done_either(
    each_store: Store, other: Store, database_url: str
) -> None:
    here = await lane_of(each_store, HERE)
    first = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(first, Delivery)
    run_out(database_url)
    step = await other.outbox.advance(here, None, NOW)
    while isinstance(step, Delivery):
        step = await other.outbox.advance(
            here, Sent(item_id=step.item_id, message="m", at=NOW), NOW
        )
    # The lane is nobody's now, and yet not that of who had it once.
    assert select(database_url, "SELECT owner FROM lane") == [(None,)]

    with pytest.raises(LeaseLostError):
        await each_store.outbox.advance(
            here, Sent(item_id=first.item_id, message="late", at=NOW), NOW
        )
    assert select(database_url, "SELECT DISTINCT message FROM item") == [("m",)]


async def test_who_was_asleep_while_nobody_came_goes_on(
    each_store: Store, other: Store, database_url: str
) -> None:
    here = await lane_of(each_store, HERE)
    first = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(first, Delivery)
    run_out(database_url)

    step = await each_store.outbox.advance(
        here, Sent(item_id=first.item_id, message="m", at=NOW), NOW
    )

    assert isinstance(step, Delivery)
    assert str(step.key) == "entry:two#1"


async def test_a_lane_that_is_empty_is_let_go(each_store: Store, database_url: str) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    here = await lane_of(each_store, HERE)
    step = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(step, Delivery)
    assert select(database_url, "SELECT owner IS NULL, leased_until IS NULL FROM lane") in (
        [(0, 0)],
        [(False, False)],
    )

    await each_store.outbox.advance(here, Sent(item_id=step.item_id, message="m", at=NOW), NOW)

    assert select(database_url, "SELECT owner, leased_until FROM lane") == [(None, None)]


# Of a file nobody else has a part.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_who_leaves_keeps_nobody_waiting(each_store: Store, other: Store) -> None:
    here = await lane_of(each_store, HERE)
    await each_store.outbox.advance(here, None, NOW)

    await other.outbox.leave()
    assert isinstance(await other.outbox.advance(here, None, NOW), Later)
    await each_store.outbox.leave()
    step = await other.outbox.advance(here, None, NOW)

    assert isinstance(step, Delivery)
    assert step.unsure


async def test_who_knows_that_nobody_else_is_there_takes_everything_over(
    each_store: Store, other: Store
) -> None:
    here = await lane_of(each_store, HERE)
    first = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(first, Delivery)

    await other.outbox.take_over()

    assert isinstance(await other.outbox.advance(here, None, NOW), Delivery)
    with pytest.raises(LeaseLostError):
        await each_store.outbox.advance(here, Absent(item_id=first.item_id), NOW)


async def test_there_is_always_time_left_to_post(each_store: Store, other: Store) -> None:
    assert LEASE_SECONDS > RENEW_BELOW > SEND_SECONDS
    began = uptime()
    step = await each_store.outbox.advance(await lane_of(each_store, HERE), None, NOW)

    assert isinstance(step, Delivery)
    # Counted from before the transaction: it is never thought longer than others are kept out.
    assert began + RENEW_BELOW < step.until <= uptime() + LEASE_SECONDS


# ── At the same time ─────────────────────────────────────────────────────────────────────────

at_once = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def another(url: str) -> Iterator[Connection]:
    """A transaction of another program."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


async def until_it_waits(url: str) -> None:
    """Until somebody waits for what another transaction has."""
    waits = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    async with asyncio.timeout(15):
        while select(url, waits) == [(0,)]:  # noqa: ASYNC110 - a database
            await asyncio.sleep(0.02)


@at_once
async def test_who_leaves_late_does_not_let_go_of_what_is_anothers_by_then(
    each_store: Store, other: Store, database_url: str
) -> None:
    await each_store.outbox.advance(await lane_of(each_store, HERE), None, NOW)
    with another(database_url) as connection:
        connection.execute(text("UPDATE lane SET owner = 'another', epoch = epoch + 1"))
        leaving = asyncio.create_task(each_store.outbox.leave())
        await until_it_waits(database_url)
    await leaving

    assert select(database_url, "SELECT owner FROM lane") == [("another",)]


@at_once
async def test_who_tells_of_a_failure_and_who_queues_news_do_not_wait_for_each_other(
    each_store: Store, database_url: str
) -> None:
    desk = channel("desk")
    await serve(each_store, desk, HERE)
    await say(each_store, "one")
    here = await lane_of(each_store, HERE)
    begun = await each_store.outbox.advance(here, None, NOW)
    assert isinstance(begun, Delivery)
    notice = replace(announcement(version("trouble", NOW)), channel=desk)
    gone = Failed(item_id=begun.item_id, why="Gone.", fault=Fault.CHANNEL, notice=notice)
    with another(database_url) as connection:
        # As whoever queues news for both, one after the other.
        lock = "SELECT id FROM lane WHERE channel = '{}' FOR NO KEY UPDATE"
        connection.execute(text(lock.format("desk")))
        failing = asyncio.create_task(each_store.outbox.advance(here, gone, NOW))
        await until_it_waits(database_url)
        await asyncio.to_thread(connection.execute, text(lock.format("here")))

    assert isinstance(await failing, Later)
    suspended = "SELECT channel FROM lane WHERE suspended_at IS NOT NULL"
    assert select(database_url, suspended) == [("here",)]
