"""Lanes that several processes share: each message once and in order, whoever dies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from procrastinate.exceptions import ConnectorException

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post
from bot.courier.connector import Connector
from bot.courier.drain import AT_ONCE
from bot.courier.scaled import Pace, ScaledDispatcher
from bot.errors import DeliveryError, Fault, LeaseLostError, TellerError
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import NOW, channel, courier, lane_of, say, say_all, serve
from tests.wire import RecordingPlatform

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

HERE, THERE = channel("here"), channel("there")
# Nothing is looked for: who is not told of a job does not see it within the test.
TOLD_ONLY = Pace(look=600.0, round=600.0)
PATIENCE = 15.0


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = Store(url)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def dispatching(
    store: Store, *platforms: RecordingPlatform, pace: Pace = TOLD_ONLY, at_once: int = 32
) -> AsyncIterator[ScaledDispatcher]:
    dispatcher = ScaledDispatcher(
        courier(store.outbox, *platforms), store.jobs, at_once=at_once, pace=pace
    )
    task = asyncio.create_task(dispatcher.run())
    try:
        yield dispatcher
        assert not task.done(), "the dispatcher ended by itself"
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_heading(platform: RecordingPlatform, where: str, heading: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while heading not in platform.headings(where):  # noqa: ASYNC110 - a list
            await asyncio.sleep(0.01)


async def until_idle(url: str) -> None:
    """Wait until a worker listens, and no lane has a job."""
    jobs = "SELECT count(*) FROM procrastinate_jobs"
    listens = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%procrastinate%'"
    async with asyncio.timeout(PATIENCE):
        while select(url, jobs) != [(0,)] or select(url, listens) == [(0,)]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_waits_and_what_comes_is_sent_in_order_by_one_or_another(
    database_url: str,
) -> None:
    channels = [channel(f"c{n}") for n in range(6)]
    platform = RecordingPlatform()
    async with opened(database_url) as one, opened(database_url) as other:
        await serve(one, *channels)
        await say_all(one, *(f"entry-{n}" for n in range(5)))
        async with dispatching(one, platform) as first, dispatching(other, platform):
            for n in range(5, 10):
                await say(one, f"entry-{n}")
            assert await first.settle(PATIENCE)
            # The other may still be about to note that its last job is done.
            await until_idle(database_url)

    for where in channels:
        assert platform.headings(where.id) == [f"entry-{n} 1" for n in range(10)]
    assert len(platform.done()) == 60
    assert select(database_url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


async def test_a_long_backlog_goes_on_without_anybody_looking_for_it(database_url: str) -> None:
    platform = RecordingPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say_all(store, *(f"entry-{n}" for n in range(AT_ONCE * 5)))
        async with dispatching(store, platform) as dispatcher:
            assert await dispatcher.settle(PATIENCE)

    assert platform.headings("here") == [f"entry-{n} 1" for n in range(AT_ONCE * 5)]


async def test_what_is_queued_while_its_lane_is_drained_is_told_of(database_url: str) -> None:
    platform = RecordingPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        async with dispatching(store, platform):
            await until_idle(database_url)
            for n in range(30):
                await say(store, f"entry-{n}")
            await until_heading(platform, "here", "entry-29 1")

    assert platform.headings("here") == [f"entry-{n} 1" for n in range(30)]


async def test_a_message_that_was_refused_is_tried_again_in_time(database_url: str) -> None:
    platform = RecordingPlatform()
    platform.refusals["here"] += [DeliveryError("Not now.", wait=0.7, refused=True)]
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        async with dispatching(store, platform):
            await until_heading(platform, "here", "one 1")

    assert platform.done() == [("send", "entry:one#1")]


async def test_a_revived_lane_goes_on_though_its_job_waits_for_later(database_url: str) -> None:
    platform = RecordingPlatform()
    platform.refusals["here"] += [DeliveryError("In an hour.", wait=3600, refused=True)]
    waits_for_later = "SELECT count(*) FROM procrastinate_jobs WHERE scheduled_at IS NOT NULL"
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        async with dispatching(store, platform):
            async with asyncio.timeout(PATIENCE):
                while select(database_url, waits_for_later) != [(1,)]:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            assert await store.lanes.revive(HERE)
            await until_heading(platform, "here", "one 1")


# ── The dead ─────────────────────────────────────────────────────────────────────────────────


def begin_as_the_dead(url: str) -> None:
    """Let a worker that is long dead have every job that waits."""
    select(
        url,
        """
        WITH dead AS (
            INSERT INTO procrastinate_workers (last_heartbeat)
            VALUES (now() - interval '1 minute') RETURNING id)
        UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
        WHERE status = 'todo' RETURNING procrastinate_jobs.id
        """,
    )


@pytest.mark.parametrize("another", [False, True], ids=["alone", "with another job of its lane"])
async def test_the_job_of_a_dead_worker_is_done_by_others(database_url: str, another: bool) -> None:
    platform = RecordingPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        begin_as_the_dead(database_url)
        if another:
            await say(store, "two")
        pace = replace(TOLD_ONLY, round=0.1)
        async with (
            opened(database_url) as other,
            dispatching(store, platform, pace=pace),
            dispatching(other, platform, pace=pace),
        ):
            await until_heading(platform, "here", "two 1" if another else "one 1")
            await until_idle(database_url)

    assert platform.headings("here") == ["one 1", "two 1"][: 1 + another]


async def test_what_a_dead_worker_had_begun_is_looked_for(database_url: str) -> None:
    platform = RecordingPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        async with opened(database_url) as dead:
            begun = await dead.outbox.advance(await lane_of(dead, HERE), None, NOW)
            await platform.send(HERE, begun.post, begun.key)
            begin_as_the_dead(database_url)
        select(database_url, "UPDATE lane SET leased_until = now() RETURNING id")
        async with dispatching(store, platform, pace=replace(TOLD_ONLY, round=0.1)):
            async with asyncio.timeout(PATIENCE):
                while await store.outbox.waiting():  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.02)

    assert [call.what for call in platform.calls] == ["send", "find"]


async def test_a_lane_whose_job_was_lost_gets_another(database_url: str) -> None:
    platform = RecordingPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        select(database_url, "DELETE FROM procrastinate_jobs RETURNING id")
        async with dispatching(store, platform, pace=replace(TOLD_ONLY, round=0.1)):
            await until_heading(platform, "here", "one 1")


class AsleepPlatform(RecordingPlatform):
    """Posts too late, once."""

    def __init__(self) -> None:
        super().__init__()
        self.asleep = True

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        if self.asleep:
            self.asleep = False
            raise LeaseLostError("it is too late to post: the program was asleep")
        return await super().send(channel, post, key)


async def test_a_lane_that_was_left_in_sleep_is_taken_up_again(database_url: str) -> None:
    platform = AsleepPlatform()
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        async with dispatching(store, platform, pace=replace(TOLD_ONLY, round=0.1)):
            await until_heading(platform, "here", "one 1")

    assert platform.done() == [("send", "entry:one#1")]


class SlowPlatform(RecordingPlatform):
    """Takes a message only once it is let, and knows how many came at once."""

    def __init__(self) -> None:
        super().__init__()
        self.come = asyncio.Event()
        self.let = asyncio.Event()
        self.at_once = self.most = 0

    async def send(self, channel: Channel, post: Post, key: DeliveryKey) -> MessageRef:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        self.come.set()
        await self.let.wait()
        self.at_once -= 1
        return await super().send(channel, post, key)


async def test_a_job_that_comes_back_while_it_runs_waits_for_its_end(database_url: str) -> None:
    platform = SlowPlatform()
    running = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        async with dispatching(store, platform):
            async with asyncio.timeout(PATIENCE):
                await platform.come.wait()
            # Somebody took this worker for dead, and gives its job to the next: which is itself.
            await store.jobs.replace([id for (id,) in select(database_url, ALL_JOBS)])
            async with asyncio.timeout(PATIENCE):
                while select(database_url, running) != [(1,)]:  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.02)
            platform.let.set()
            await until_heading(platform, "here", "one 1")
            await until_idle(database_url)

    assert platform.most == 1
    assert platform.done() == [("send", "entry:one#1")]


ALL_JOBS = "SELECT id FROM procrastinate_jobs"


# ── Trouble ──────────────────────────────────────────────────────────────────────────────────


async def test_workers_come_back_after_the_database_was_away(database_url: str) -> None:
    platform = RecordingPlatform()
    everybody_else = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    async with opened(database_url) as store:
        await serve(store, HERE)
        async with dispatching(store, platform, pace=replace(TOLD_ONLY, round=0.2, heartbeat=0.2)):
            await until_idle(database_url)
            assert select(database_url, everybody_else)
            async with opened(database_url) as writer:
                await say(writer, "one")
            await until_heading(platform, "here", "one 1")
            await until_idle(database_url)
            async with opened(database_url) as writer:
                await say(writer, "two")
            await until_heading(platform, "here", "two 1")


async def test_a_connection_that_breaks_is_noticed_and_a_wrong_query_is_not(
    database_url: str,
) -> None:
    """A worker goes on without its heartbeat where that has failed."""
    async with opened(database_url) as store:
        connector = Connector(store.jobs.address)
        await connector.open_async()
        try:
            with pytest.raises(ConnectorException):
                await connector.execute_query_async("SELECT 1 / 0")
            assert not connector.broken.is_set()
            with pytest.raises(ConnectorException):
                await connector.execute_query_async("SELECT pg_terminate_backend(pg_backend_pid())")
            assert connector.broken.is_set()
        finally:
            await connector.close_async()


async def test_what_is_said_last_is_heard_once_more(database_url: str) -> None:
    """A worker that looks for jobs forgets what it hears meanwhile."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(*, channel: str, payload: str) -> None:
        heard.put_nowait(payload)

    listens = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%jobs%'"
    async with opened(database_url) as store:
        connector = Connector(store.jobs.address)
        await connector.open_async()
        listening = asyncio.create_task(connector.listen_notify(hear, ["jobs"]))
        try:
            async with asyncio.timeout(PATIENCE):
                while select(database_url, listens) == [(0,)]:  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.02)
                select(database_url, "SELECT pg_notify('jobs', 'one'), pg_notify('jobs', 'two')")
                assert [await heard.get() for _ in range(3)] == ["one", "two", "two"]
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await connector.close_async()


async def test_a_platform_that_is_gone_for_good_ends_it(database_url: str) -> None:
    platform = RecordingPlatform()
    platform.refusals["here"].append(TellerError("The terminal is gone."))
    async with opened(database_url) as store:
        await serve(store, HERE)
        await say(store, "one")
        dispatcher = ScaledDispatcher(courier(store.outbox, platform), store.jobs, pace=TOLD_ONLY)
        with pytest.raises(TellerError, match="The terminal is gone"):
            async with asyncio.timeout(PATIENCE):
                await dispatcher.run()


async def test_a_suspended_lane_has_no_job(database_url: str) -> None:
    platform = RecordingPlatform()
    platform.refusals["here"].append(
        DeliveryError("The channel is archived.", refused=True, fault=Fault.CHANNEL)
    )
    async with opened(database_url) as store:
        await serve(store, HERE, THERE)
        await say(store, "one")
        async with dispatching(store, platform, pace=replace(TOLD_ONLY, round=0.1)):
            await until_heading(platform, "there", "one 1")
            await until_idle(database_url)
            await say(store, "two")
            await until_heading(platform, "there", "two 1")

    assert platform.headings("here") == []
    assert select(database_url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]
