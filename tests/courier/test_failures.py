"""What becomes of a message that was not taken, and of those after it, by whose fault it was."""

import asyncio
from importlib import import_module

import pytest
from prometheus_client import CollectorRegistry

from bot.chat.ask import Channel
from bot.chat.post import PostKind
from bot.courier import drain
from bot.errors import DeliveryError, Fault
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import (
    NOW,
    OPERATOR,
    channel,
    courier,
    empty,
    lane_of,
    say,
    say_all,
    serve,
    standing,
    try_again,
    waits,
)
from tests.wire import RecordingPlatform

HERE, THERE, AWAY = channel("here"), channel("there"), channel("C01", "slack")
GONE = DeliveryError("The channel is archived.", refused=True, fault=Fault.CHANNEL)
NEVER = DeliveryError("It takes that in no form.", refused=True, fault=Fault.MESSAGE)
TAKEN = DeliveryError("There is no such message.", refused=True, fault=Fault.TAKEN_AWAY)


async def notices(store: Store, where: Channel = OPERATOR) -> list[str]:
    """What the newsdesk is told, once it is sent there."""
    platform = RecordingPlatform(where.platform)
    for lane in await store.outbox.waiting():
        if lane.channel == where:
            await drain(lane, courier(store.outbox, platform))
    told = [post for post in platform.standing.values() if post.kind is PostKind.NOTICE]
    return [post.heading for post in told]


# ── A moment's trouble ───────────────────────────────────────────────────────────────────────


async def test_a_lane_that_waits_lets_others_go_on(each_store: Store) -> None:
    await serve(each_store, HERE, THERE)
    await say_all(each_store, "one", "two")
    platform = RecordingPlatform()
    platform.refusals["here"].append(DeliveryError("Slow down.", wait=30.0, refused=True))

    left = await empty(each_store, platform, "here")
    assert (left.delivered, left.seconds) == (0, 30.0)
    assert (await empty(each_store, platform, "there")).delivered == 2

    # It is not tried before its time.
    assert await each_store.outbox.waiting() == []
    assert platform.done("here") == []
    assert await notices(each_store) == []


async def test_a_fault_of_ours_is_as_if_nobody_knew_whether_it_arrived(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one", "two")
    platform = RecordingPlatform()
    platform.lost["here"].append(ZeroDivisionError("by xoxb-secret"))

    await empty(each_store, platform, operator=OPERATOR)
    # People read it in their channels.
    assert (await standing(each_store, HERE)).trouble == (
        "Teller broke off with a ZeroDivisionError; its log says where."
    )
    await try_again(each_store, database_url, platform, "here")

    assert platform.done() == [("send", "entry:one#1"), ("send", "entry:two#1")]
    assert await notices(each_store) == []


async def test_a_platform_that_never_answers_is_given_up_and_asked_what_stands(
    each_store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("bot.courier.drain"), "SEND_SECONDS", 0.05)
    await serve(each_store, HERE)
    await say(each_store, "one")

    class Silent(RecordingPlatform):
        async def send(self, channel, post, key):
            await super().send(channel, post, key)
            await asyncio.Event().wait()

    platform = Silent()
    left = await empty(each_store, platform)

    assert left.seconds is not None
    record = await standing(each_store, HERE)
    assert record.trouble is not None
    assert record.trouble.startswith("Terminal did not answer")
    await try_again(each_store, database_url, platform, "here")
    assert platform.headings("here") == ["one 1"]
    assert await waits(each_store) == []


# ── The platform ─────────────────────────────────────────────────────────────────────────────


async def test_a_platform_that_takes_nothing_waits_as_a_whole_and_others_go_on(
    each_store: Store,
) -> None:
    await serve(each_store, HERE, THERE, AWAY)
    await say_all(each_store, "one")
    platform, slack = RecordingPlatform(), RecordingPlatform("slack")
    platform.refusals["here"].append(
        DeliveryError("The token is wrong.", wait=300, refused=True, fault=Fault.PLATFORM)
    )

    assert (await empty(each_store, platform, "here")).seconds == 300
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [AWAY]
    assert (await empty(each_store, slack, AWAY)).delivered == 1
    assert platform.done() == []


async def test_a_lane_that_is_being_drained_stops_when_its_platform_takes_nothing(
    each_store: Store,
) -> None:
    await serve(each_store, HERE, THERE)
    await say_all(each_store, "one", "two", "three")
    refusal = DeliveryError("Too many.", wait=300, refused=True, fault=Fault.PLATFORM)

    class Limited(RecordingPlatform):
        async def send(self, channel, post, key):
            if channel == HERE and len(self.headings("here")) == 1:
                self.refusals["there"].append(refusal)
                await empty(each_store, self, "there")
            return await super().send(channel, post, key)

    platform = Limited()
    left = await empty(each_store, platform, "here")

    # What was under way is taken; then it waits with the others.
    assert platform.headings("here") == ["one 1", "two 1"]
    assert left.seconds is not None
    assert 200 < left.seconds <= 300


async def test_what_is_not_found_is_not_sent_while_its_platform_takes_nothing(
    each_store: Store,
) -> None:
    await serve(each_store, HERE, THERE)
    await say(each_store, "one")
    await each_store.outbox.advance(await lane_of(each_store, HERE), None, NOW)

    class Limited(RecordingPlatform):
        async def find(self, channel, key):
            self.refusals["there"].append(
                DeliveryError("Too many.", wait=300, refused=True, fault=Fault.PLATFORM)
            )
            await empty(each_store, self, "there")
            return await super().find(channel, key)

    platform = Limited()
    left = await empty(each_store, platform, "here")

    assert platform.done() == []
    assert left.seconds is not None
    assert 200 < left.seconds <= 300
    assert await waits(each_store) == ["entry:one#1"] * 2


# ── The channel ──────────────────────────────────────────────────────────────────────────────


async def test_a_channel_that_takes_nothing_is_suspended_and_its_posts_are_kept(
    each_store: Store,
) -> None:
    await serve(each_store, HERE, THERE)
    await say_all(each_store, "one", "two")
    platform = RecordingPlatform()
    platform.refusals["here"].append(GONE)

    left = await empty(each_store, platform, operator=OPERATOR)
    assert (left.delivered, left.seconds) == (0, None)
    await say(each_store, "three")
    await empty(each_store, platform, "there", operator=OPERATOR)

    record = await standing(each_store, HERE)
    assert record.suspended_at is not None
    assert (record.waiting, record.trouble) == (3, "The channel is archived.")
    assert platform.headings("there") == ["one 1", "two 1", "three 1"]
    # Not even when its time comes: a person has to let it go on.
    assert HERE not in [lane.channel for lane in await each_store.outbox.waiting()]
    assert await notices(each_store) == ["terminal:here suspended: The channel is archived."]

    assert await each_store.lanes.revive(HERE)
    assert (await empty(each_store, platform, operator=OPERATOR)).delivered == 3
    assert platform.headings("here") == ["one 1", "two 1", "three 1"]
    assert (await standing(each_store, HERE)).suspended_at is None
    assert await notices(each_store) == []


async def test_what_was_suspended_while_nobody_knew_is_looked_for_when_it_goes_on(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("It was archived meanwhile.", fault=Fault.CHANNEL))

    await empty(each_store, platform)
    await each_store.lanes.revive(HERE)
    await empty(each_store, platform)

    assert platform.done() == [("send", "entry:one#1")]


async def test_the_newsdesk_is_told_each_time_a_channel_is_suspended_anew(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"] += [GONE, GONE]

    for _ in range(2):
        await empty(each_store, platform, operator=OPERATOR)
        assert len(await notices(each_store)) == 1
        await each_store.lanes.revive(HERE)


@pytest.mark.parametrize("operator", [None, HERE], ids=["nobody", "the channel itself"])
@pytest.mark.parametrize("error", [GONE, NEVER], ids=["suspended", "set aside"])
async def test_nobody_is_told_where_it_would_not_arrive(
    each_store: Store, operator: Channel | None, error: DeliveryError
) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(error)

    await empty(each_store, platform, operator=operator)

    assert [str(key) for key, _, _ in await each_store.outbox.queued()] == ["entry:one#1"]


# ── The message ──────────────────────────────────────────────────────────────────────────────


async def test_a_message_that_is_never_taken_is_set_aside_and_its_lane_goes_on(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "one", "two", "three")
    platform = RecordingPlatform()
    platform.refusals["here"].append(NEVER)

    left = await empty(each_store, platform, operator=OPERATOR)

    assert (left.delivered, left.seconds) == (2, None)
    assert platform.headings("here") == ["two 1", "three 1"]
    record = await standing(each_store, HERE)
    assert (record.set_aside, record.waiting, record.trouble) == (1, 0, None)
    reasons = select(database_url, "SELECT reason, attempts FROM item WHERE state = 'dead'")
    assert reasons == [("It takes that in no form.", 1)]
    assert await notices(each_store) == ["terminal:here never got one 1: It takes that in no form."]


async def test_a_later_version_of_what_was_set_aside_is_tried(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say(each_store, "one")
    platform = RecordingPlatform()
    platform.refusals["here"].append(NEVER)
    await empty(each_store, platform)

    await say(each_store, "one", 2)
    await empty(each_store, platform)
    assert platform.headings("here") == ["one 2"]


async def test_an_edit_that_is_never_taken_leaves_what_stands_to_the_next(
    each_store: Store,
) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    await empty(each_store, platform)
    await say(each_store, "one", 2)
    platform.refusals["here"].append(NEVER)
    await empty(each_store, platform)
    assert platform.headings("here") == ["one 1"]

    await say(each_store, "one", 3, withdrawn="taken down")
    await empty(each_store, platform)

    assert [post.withdrawn for post in platform.standing.values()] == ["taken down"]


# ── Taken away ───────────────────────────────────────────────────────────────────────────────


async def test_what_somebody_took_away_is_not_posted_anew(each_store: Store) -> None:
    await serve(each_store, HERE)
    platform = RecordingPlatform()
    await say(each_store, "one")
    await empty(each_store, platform)
    platform.standing.clear()
    await say(each_store, "one", 2)
    await say(each_store, "two")
    platform.refusals["here"].append(TAKEN)

    left = await empty(each_store, platform, operator=OPERATOR)
    assert (left.delivered, left.seconds) == (1, None)
    for number, reason in ((3, None), (4, "taken down"), (5, None)):
        await say(each_store, "one", number, withdrawn=reason)
        await empty(each_store, platform, operator=OPERATOR)

    assert platform.headings("here") == ["two 1"]
    assert await waits(each_store) == []
    # People may take a message away; nobody has to be told.
    assert await notices(each_store) == []


# ── What is counted ──────────────────────────────────────────────────────────────────────────


async def test_what_becomes_of_messages_is_counted(each_store: Store) -> None:
    registry = CollectorRegistry()
    await serve(each_store, HERE)
    for name in ("one", "two", "three"):
        await say(each_store, name)
    await say(each_store, "three", 2)
    platform = RecordingPlatform()
    platform.lost["here"].append(DeliveryError("No answer came."))
    platform.refusals["here"].append(NEVER)
    by = courier(each_store.outbox, platform, registry=registry)

    for _ in range(2):
        await drain(await lane_of(each_store, HERE), by)
        await each_store.lanes.revive(HERE)

    def count(name: str) -> float | None:
        return registry.get_sample_value(f"teller_messages_{name}_total", {"platform": "terminal"})

    assert (count("dead"), count("retried"), count("adopted"), count("folded")) == (1, 1, 1, 1)
    assert count("sent") == 1
    assert NOW in [post.at for post in platform.standing.values()]
