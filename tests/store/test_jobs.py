"""Jobs for lanes: one a lane, kept with what fills it, and none lost to those who run."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.lanes import Delivery, Sent
from bot.store import Store
from bot.store.database import Database
from bot.store.items import put
from bot.store.jobs import enqueue
from bot.store.lines import line
from tests.conftest import select
from tests.courier.queueing import NOW, channel, lane_of, say, serve

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

HERE, THERE = channel("here"), channel("there")
JOBS = (
    "SELECT queue_name, task_name, lock, queueing_lock, args->>'channel', status::text "
    "FROM procrastinate_jobs ORDER BY id"
)
WHEN = "SELECT scheduled_at FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"


@pytest.fixture
async def shared(each_store: Store) -> Store:
    await serve(each_store, HERE, THERE)
    return each_store


def sent(begun: Delivery) -> Sent:
    return Sent(item_id=begun.item_id, message="m1", at=NOW)


@asynccontextmanager
async def writing(url: str) -> AsyncIterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        await database.close()


def begin(url: str) -> None:
    select(url, "UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")


async def test_each_lane_that_is_filled_has_one_job(shared: Store, database_url: str) -> None:
    for n in range(3):
        await say(shared, f"entry-{n}")

    assert select(database_url, JOBS) == [
        ("terminal", "drain", f"lane:{n}", f"lane:{n}", name, "todo")
        for n, name in ((1, "here"), (2, "there"))
    ]


async def test_a_lane_that_is_drained_gets_another_job(shared: Store, database_url: str) -> None:
    await say(shared, "one")
    begin(database_url)
    await say(shared, "two")

    assert [row[-1] for row in select(database_url, JOBS)] == ["doing", "doing", "todo", "todo"]


async def test_a_job_is_kept_with_what_fills_its_lane_or_not_at_all(
    shared: Store, database_url: str
) -> None:
    async with writing(database_url) as database:
        try:
            async with database.write() as connection:
                await enqueue(connection, [1, 2])
                assert (await connection.execute(text("SELECT 1 FROM procrastinate_jobs"))).all()
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass

    assert select(database_url, JOBS) == []


async def test_a_job_for_later_comes_forward_and_never_goes_back(
    shared: Store, database_url: str
) -> None:
    now = datetime.now(UTC)
    soon, late = now + timedelta(minutes=1), now + timedelta(minutes=5)
    seen = []
    async with writing(database_url) as database:
        for at in (late, soon, late, None, late):
            async with database.write() as connection:
                await enqueue(connection, [1], at)
            seen += select(database_url, WHEN)

    assert seen == [(late,), (soon,), (soon,), (None,), (None,)]


async def test_workers_are_told_of_a_job_that_comes_forward_or_may_begin(
    shared: Store, database_url: str
) -> None:
    """procrastinate tells them of new jobs alone."""
    later = datetime.now(UTC) + timedelta(minutes=5)
    async with writing(database_url) as database, line(database.url) as listening:
        await listening.execute('LISTEN "procrastinate_queue_v1#terminal"')

        async def told() -> int:
            """How often they were told, up to now: what is said in turn is heard in turn."""
            select(database_url, "SELECT pg_notify('procrastinate_queue_v1#terminal', 'now')")
            async with asyncio.timeout(15):
                times = 0
                async for notice in listening.notifies():
                    if notice.payload == "now":
                        break
                    times += 1
            return times

        for at, lanes in ((later, [1, 2]), (None, [1])):
            async with database.write() as connection:
                await enqueue(connection, lanes, at)
            assert await told() == len(lanes)
        begin(database_url)
        async with database.write() as connection:
            await enqueue(connection, [1])
            await enqueue(connection, [2], later)
        assert await told() == 2
        # The first has another that may begin, the second one for later.
        select(database_url, "DELETE FROM procrastinate_jobs WHERE status = 'doing' RETURNING id")
        assert await told() == 1


async def test_a_lane_whose_platform_said_when_is_not_tried_before(
    shared: Store, database_url: str
) -> None:
    ((until,),) = select(
        database_url,
        "UPDATE lane SET retry_at = now() + interval '1 minute' WHERE id = 1 RETURNING retry_at",
    )
    select(database_url, "UPDATE lane SET suspended_at = now() WHERE id = 2 RETURNING id")
    await say(shared, "one")

    assert select(database_url, WHEN) == [(until,)]
    assert await shared.lanes.revive(HERE)
    assert await shared.lanes.revive(THERE)
    assert select(database_url, WHEN) == [(None,), (None,)]


async def test_a_lane_gets_a_job_that_should_have_one(shared: Store, database_url: str) -> None:
    await say(shared, "one")
    select(database_url, "DELETE FROM procrastinate_jobs WHERE lock = 'lane:2' RETURNING id")
    begin(database_url)

    assert await shared.jobs.fill(["slack"]) == 0
    assert await shared.jobs.fill(["terminal", "slack"]) == 1
    assert await shared.jobs.fill(["terminal", "slack"]) == 0
    assert [(row[2], row[-1]) for row in select(database_url, JOBS)] == [
        ("lane:1", "doing"),
        ("lane:2", "todo"),
    ]


async def test_several_who_replace_the_same_jobs_at_once_leave_one_a_lane(
    shared: Store, database_url: str
) -> None:
    await say(shared, "one")
    begin(database_url)
    await say(shared, "two")
    select(database_url, "DELETE FROM procrastinate_jobs WHERE id = 4 RETURNING id")
    others = [Store(database_url) for _ in range(3)]
    # The first has another job that waits, which stays; the second gets a new one.
    replaced = await asyncio.gather(
        *(one.jobs.replace([1, 2]) for one in (shared, *others) for _ in range(3))
    )
    await asyncio.gather(*(one.close() for one in others))

    assert sum(replaced) == 2
    assert [(row[2], row[-1]) for row in select(database_url, JOBS)] == [
        ("lane:1", "todo"),
        ("lane:2", "todo"),
    ]


async def test_who_finds_a_lane_empty_waits_for_those_who_fill_it(
    shared: Store, database_url: str
) -> None:
    """The job waits already: so nobody adds one, and who runs it has to see what is added."""
    await say(shared, "one")
    lane = await lane_of(shared, HERE)
    first = await shared.outbox.advance(lane, None, NOW)
    assert first.key.subject == "entry:one"
    async with writing(database_url) as database:
        async with database.write() as connection:
            await enqueue(connection, [lane.id])
            ends = asyncio.create_task(shared.outbox.advance(lane, sent(first), NOW))
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            async with asyncio.timeout(15):
                while select(database_url, waits) == [(0,)]:  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.01)
            assert not ends.done()
            post = Post(kind=PostKind.ENTRY, heading="two", at=NOW)
            await put(connection, DeliveryKey(subject="two", version=1), post, [lane.id], NOW)
        found = await ends

    assert found.key.subject == "two"


async def test_a_channel_that_two_make_at_once_has_one_lane(
    shared: Store, database_url: str
) -> None:
    other = Store(database_url)
    new = [Channel(platform="slack", id=f"C{n}") for n in range(5)]
    await asyncio.gather(
        *(store.subscriptions.listen(where, True) for where in new for store in (shared, other))
    )
    await other.close()

    assert select(database_url, "SELECT count(*) FROM lane WHERE listens") == [(5,)]
