"""How long a lane waits after a failure, and that it still does after a restart."""

from datetime import UTC, datetime

import pytest

from bot.chat.ask import Follow
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.errors import Fault
from bot.lanes import Delivery, Failed, Later, Sent
from bot.memory import Announcement
from bot.store import Store
from bot.store.failures import FIRST_BACK_OFF, LONGEST_BACK_OFF, back_off
from tests.conftest import select
from tests.courier.queueing import (
    NOW,
    OPERATOR,
    change,
    channel,
    lane_of,
    say_all,
    serve,
    standing,
    waits,
)

HERE, THERE, AWAY = channel("here"), channel("there"), channel("C01", "slack")


async def begin(store: Store, where: str = "here") -> Delivery:
    step = await store.outbox.advance(await lane_of(store, channel(where)), None, NOW)
    assert isinstance(step, Delivery)
    return step


@pytest.mark.parametrize(
    ("failures", "longest"),
    [(0, 0.5), (1, 1), (2, 2), (3, 4), (6, 32), (7, 60), (8, 60), (1000, 60), (10**9, 60)],
)
def test_each_wait_is_twice_the_last_to_a_limit_and_never_in_step(
    failures: int, longest: float
) -> None:
    assert (FIRST_BACK_OFF, LONGEST_BACK_OFF) == (0.5, 60)
    waits = [back_off(failures) for _ in range(200)]

    assert longest / 2 <= min(waits) <= max(waits) <= longest
    assert len(set(waits)) > 100


async def test_a_lane_waits_longer_after_each_failure_and_over_a_restart(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one")
    lane = await lane_of(each_store, HERE)
    seconds = []
    for _ in range(5):
        # Each is another program, with the same database.
        store = Store(database_url)
        await store.open()
        step = await store.outbox.advance(lane, None, NOW)
        assert isinstance(step, Delivery)
        left = await store.outbox.advance(lane, Failed(item_id=step.item_id, why="Not now."), NOW)
        assert isinstance(left, Later)
        assert left.seconds is not None
        seconds.append(left.seconds)
        # It is not tried sooner by another either.
        again = await each_store.outbox.advance(lane, None, NOW)
        assert isinstance(again, Later)
        assert again.seconds is not None
        assert again.seconds <= left.seconds
        record = await standing(each_store, HERE)
        assert record.trouble == "Not now."
        assert record.retry_at is not None
        assert record.retry_at > datetime.now(UTC)
        await store.close()
        assert select(database_url, "SELECT failures FROM lane") == [(len(seconds),)]
        pass_time(database_url)

    for number, one in enumerate(seconds):
        assert 0.25 * 2**number <= one <= 0.5 * 2**number


def pass_time(url: str) -> None:
    """Let the time pass that lanes wait."""
    change(url, "UPDATE lane SET retry_at = '2023-10-19 00:00:00.000000'")


@pytest.mark.parametrize("fault", [Fault.PASSING, Fault.PLATFORM])
async def test_the_wait_that_a_platform_asks_for_is_waited(each_store: Store, fault: Fault) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one")
    step = await begin(each_store)

    left = await each_store.outbox.advance(
        step.lane, Failed(item_id=step.item_id, why="Slow down.", fault=fault, wait=17.5), NOW
    )

    assert left == Later(seconds=17.5, everywhere=fault is Fault.PLATFORM)
    assert await each_store.outbox.waiting() == []
    assert await waits(each_store) == ["entry:one#1"]


async def test_a_lane_that_is_well_again_begins_anew(each_store: Store, database_url: str) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one", "two")
    for _ in range(4):
        step = await begin(each_store)
        refused = Failed(item_id=step.item_id, why="Not now.", refused=True)
        await each_store.outbox.advance(step.lane, refused, NOW)
        pass_time(database_url)
    step = await begin(each_store)
    step = await each_store.outbox.advance(
        step.lane, Sent(item_id=step.item_id, message="m", at=NOW), NOW
    )
    assert isinstance(step, Delivery)
    assert (await standing(each_store, HERE)).trouble is None

    left = await each_store.outbox.advance(
        step.lane, Failed(item_id=step.item_id, why="Not now."), NOW
    )

    assert isinstance(left, Later)
    assert left.seconds is not None
    assert left.seconds <= FIRST_BACK_OFF


async def test_what_the_platform_refuses_to_all_makes_all_its_lanes_wait_and_no_other(
    each_store: Store,
) -> None:
    await serve(each_store, HERE, THERE, AWAY)
    await say_all(each_store, "one")
    here, there = await begin(each_store), await lane_of(each_store, THERE)

    await each_store.outbox.advance(
        here.lane,
        Failed(item_id=here.item_id, why="The token is wrong.", fault=Fault.PLATFORM, wait=300),
        NOW,
    )

    left = await each_store.outbox.advance(there, None, NOW)
    assert isinstance(left, Later)
    assert left.seconds is not None
    assert 200 < left.seconds <= 300
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [AWAY]
    # It is the one that met it that has the trouble.
    assert (await standing(each_store, HERE)).trouble == "The token is wrong."
    assert (await standing(each_store, THERE)).trouble is None


async def test_a_lane_that_already_waits_longer_waits_no_shorter(each_store: Store) -> None:
    await serve(each_store, HERE, THERE)
    await say_all(each_store, "one")
    steps = [await begin(each_store), await begin(each_store, "there")]

    for step, wait in zip(steps, (300.0, 5.0), strict=True):
        failed = Failed(item_id=step.item_id, why="Wait.", fault=Fault.PLATFORM, wait=wait)
        await each_store.outbox.advance(step.lane, failed, NOW)

    left = await each_store.outbox.advance(steps[0].lane, None, NOW)
    assert isinstance(left, Later)
    assert left.seconds is not None
    assert left.seconds > 200


async def test_what_the_newsdesk_is_told_is_kept_with_the_failure_or_not_at_all(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one", "two")
    step = await begin(each_store)

    def refused(heading: str) -> Failed:
        notice = Announcement(
            kind=Follow.CHECKS,
            contests=frozenset(),
            key=DeliveryKey(subject="trouble:1", version=1),
            post=Post(kind=PostKind.NOTICE, heading=heading, at=NOW),
            channel=OPERATOR,
        )
        return Failed(item_id=step.item_id, why="No.", fault=Fault.MESSAGE, notice=notice)

    before = select(database_url, "SELECT state, reason FROM item ORDER BY id")
    with pytest.raises(ValueError, match="surrogates"):
        await each_store.outbox.advance(step.lane, refused("half a pair: \ud800"), NOW)
    assert select(database_url, "SELECT state, reason FROM item ORDER BY id") == before

    # The lane is still ours: it can be said again.
    again = await each_store.outbox.advance(step.lane, refused("No."), NOW)

    assert isinstance(again, Delivery)
    assert await waits(each_store) == ["entry:two#1", "trouble:1#1"]
    assert select(database_url, "SELECT state, reason FROM item ORDER BY id")[0] == ("dead", "No.")
