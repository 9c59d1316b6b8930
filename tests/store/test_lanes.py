"""The lanes as people see them: what waits, what troubles them, and how they go on."""

from datetime import UTC, datetime, timedelta

from bot.chat.ask import Channel
from bot.errors import Fault
from bot.lanes import Delivery, Failed, Lane, LaneOnRecord, Sent
from bot.store import Store
from tests.nights.facts import TAMWORTH
from tests.rooms import at, following, plan
from tests.store.entries import update, version

SPORT, POLITICS = (Channel(platform="terminal", id=name) for name in ("sport", "politics"))


async def install(store: Store, *channels: Channel) -> None:
    everyone = [following(channel) for channel in channels]
    await store.night.install([plan(TAMWORTH)], everyone, at("00:00"))


async def say(store: Store, id: str, when: str) -> None:
    await store.blogs.keep(update(at(when), version(id, at(when)), announce=True))


async def record(store: Store, channel: Channel = SPORT) -> LaneOnRecord:
    (found,) = [one for one in await store.lanes.on_record() if one.channel == channel]
    return found


async def lane_of(store: Store, channel: Channel = SPORT) -> Lane:
    return next(one for one in await store.outbox.waiting() if one.channel == channel)


async def begun(store: Store, lane: Lane, when: str) -> Delivery:
    step = await store.outbox.advance(lane, None, at(when))
    assert isinstance(step, Delivery)
    return step


async def fails(store: Store, lane: Lane, when: str, fault: Fault, why: str, **facts) -> None:
    step = await begun(store, lane, when)
    failed = Failed(item_id=step.item_id, why=why, fault=fault, refused=True, **facts)
    await store.outbox.advance(lane, failed, at(when), last=True)


async def test_a_channel_that_nothing_happened_to_is_going(each_store: Store) -> None:
    await install(each_store, SPORT, POLITICS)
    assert await each_store.lanes.on_record() == [
        LaneOnRecord(channel=SPORT),
        LaneOnRecord(channel=POLITICS),
    ]


async def test_what_waits_is_counted_from_the_oldest_on(each_store: Store) -> None:
    await install(each_store, SPORT)
    await say(each_store, "one", "00:10")
    await say(each_store, "two", "00:20")
    lane = await lane_of(each_store)
    first = await begun(each_store, lane, "00:21")
    sent = Sent(item_id=first.item_id, message="m1", at=at("00:21"))
    await each_store.outbox.advance(lane, sent, at("00:21"), last=True)
    await say(each_store, "three", "00:30")

    here = await record(each_store)
    assert (here.waiting, here.oldest, here.last_sent) == (2, at("00:20"), at("00:21"))
    assert (here.set_aside, here.trouble, here.suspended_at) == (0, None, None)


async def test_a_message_that_no_platform_takes_is_set_aside_and_does_not_wait(
    each_store: Store,
) -> None:
    await install(each_store, SPORT)
    await say(each_store, "one", "00:10")
    await fails(each_store, await lane_of(each_store), "00:11", Fault.MESSAGE, "It is too odd.")

    here = await record(each_store)
    assert (here.set_aside, here.waiting, here.suspended_at) == (1, 0, None)


async def test_a_suspended_channel_says_since_when_and_why_until_it_is_revived(
    each_store: Store,
) -> None:
    await install(each_store, SPORT, POLITICS)
    await say(each_store, "one", "00:10")
    began = datetime.now(UTC)
    why = "Teller is not in that channel."
    await fails(each_store, await lane_of(each_store), "00:11", Fault.CHANNEL, why)

    here = await record(each_store)
    assert (here.waiting, here.trouble) == (1, why)
    assert here.suspended_at is not None
    # The database's own clock, which may be another machine's.
    assert abs(here.suspended_at - began) < timedelta(minutes=5)
    (seen,) = [one for one in await each_store.subscriptions.on_record() if one.channel == SPORT]
    assert (seen.suspended_since, seen.trouble) == (here.suspended_at, why)
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [POLITICS]

    assert await each_store.lanes.revive(SPORT)
    here = await record(each_store)
    assert (here.waiting, here.trouble, here.suspended_at, here.retry_at) == (1, None, None, None)
    assert {lane.channel for lane in await each_store.outbox.waiting()} == {SPORT, POLITICS}


async def test_a_channel_that_waits_for_another_try_is_tried_at_once(each_store: Store) -> None:
    await install(each_store, SPORT)
    await say(each_store, "one", "00:10")
    lane = await lane_of(each_store)
    await fails(each_store, lane, "00:11", Fault.PASSING, "It is busy.", wait=3_600.0)
    here = await record(each_store)
    assert here.trouble == "It is busy."
    assert here.retry_at is not None
    assert await each_store.outbox.waiting() == []

    assert await each_store.lanes.revive(SPORT)
    assert (await record(each_store)).retry_at is None
    assert await each_store.outbox.waiting() == [lane]


async def test_no_channel_is_made_by_reviving_one(each_store: Store) -> None:
    await install(each_store, SPORT)
    assert not await each_store.lanes.revive(POLITICS)
    assert [one.channel for one in await each_store.lanes.on_record()] == [SPORT]
