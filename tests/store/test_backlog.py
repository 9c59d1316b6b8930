"""Which items of a backlog become one message, and what the courier is given to word it."""

from datetime import timedelta

import pytest

from bot.chat.post import DeliveryKey, Post, PostKind
from bot.lanes import Backlog, Delivery, Later, Limits, Next, Sent, Worded
from bot.store import Store
from bot.store.database import Database
from bot.store.outbox import OutboxRows
from tests.conftest import select
from tests.courier.queueing import NOW, channel, lane_of, say, say_all, serve, tell, waits

HERE, THERE = channel("here"), channel("there")
LATER = NOW + timedelta(minutes=6)
ENTRIES = [f"entry-{n}" for n in range(11)]


async def step(store: Store, outcome: object = None) -> Next:
    lane = next(lane for lane in await store.outbox.waiting() if lane.channel == HERE)
    return await store.outbox.advance(lane, outcome, LATER)


async def missed(store: Store) -> Backlog:
    found = await step(store)
    assert isinstance(found, Backlog)
    return found


def worded(backlog: Backlog, heading: str = "missed") -> Worded:
    post = Post(kind=PostKind.ROUND_UP, heading=heading, at=LATER)
    return Worded(backlog=backlog, post=post, at=LATER)


async def test_the_posts_are_given_in_order_each_in_its_last_version(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES)
    await say(each_store, "entry-1", 2)
    await say(each_store, "entry-2", 2, withdrawn="taken down")

    found = await missed(each_store)

    assert [post.heading for post in found.posts] == [
        "entry-0 1", "entry-1 2", *(f"entry-{n} 1" for n in range(3, 11)),
    ]  # fmt: skip
    assert found.key.version == 1
    assert found.key.subject.startswith("round-up:")
    # Every version that is said in it is done with, and the one that was taken back is not in it.
    assert len(found.item_ids) == 11


async def test_once_it_has_words_it_waits_in_place_of_the_items(
    each_store: Store, database_url: str
) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES)
    found = await missed(each_store)

    delivery = await step(each_store, worded(found))

    assert isinstance(delivery, Delivery)
    assert (delivery.key, delivery.post.heading) == (found.key, "missed")
    assert await waits(each_store) == [str(found.key)]
    parts = "SELECT DISTINCT state, part_of FROM item WHERE subject LIKE 'entry:%'"
    assert select(database_url, parts) == [("in round-up", found.key.subject)]
    assert isinstance(
        await step(each_store, Sent(item_id=delivery.item_id, message="m1", at=LATER)), Later
    )


async def test_what_may_have_been_sent_already_is_not_said_in_it(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, "begun")
    lane = await lane_of(each_store, HERE)
    begun = await each_store.outbox.advance(lane, None, NOW)
    assert isinstance(begun, Delivery)
    await say_all(each_store, *ENTRIES)

    found = await missed(each_store)
    assert "begun 1" not in [post.heading for post in found.posts]

    # And it is looked for, like any other.
    look = await step(each_store, worded(found))
    assert isinstance(look, Delivery)
    assert (look.key, look.unsure) == (begun.key, True)


@pytest.mark.parametrize("said", [1, 0], ids=["one piece of news", "none"])
async def test_where_there_is_nothing_to_round_up_items_go_one_by_one(
    each_store: Store, said: int
) -> None:
    await serve(each_store, HERE)
    for n in range(11):
        await tell(each_store, f"declared:{n}", PostKind.DECLARATION)
    await say_all(each_store, *ENTRIES[:said])

    found = await step(each_store)

    assert isinstance(found, Delivery)
    assert found.key == DeliveryKey(subject="declared:0", version=1)


async def test_a_change_of_what_is_in_it_gives_it_a_new_version(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES)
    found = await missed(each_store)
    delivery = await step(each_store, worded(found))
    assert isinstance(delivery, Delivery)
    await step(each_store, Sent(item_id=delivery.item_id, message="m1", at=LATER))
    await say(each_store, "entry-3", 2, withdrawn="taken down")

    again = await missed(each_store)

    assert again.key == DeliveryKey(subject=found.key.subject, version=2)
    assert [post.heading for post in again.posts if post.withdrawn] == ["entry-3 2"]
    assert len(again.posts) == 11
    edit = await step(each_store, worded(again, "corrected"))
    assert isinstance(edit, Delivery)
    assert edit.standing is not None
    assert (edit.standing.id, edit.post.heading) == ("m1", "corrected")


async def test_each_channel_has_its_own(each_store: Store) -> None:
    await serve(each_store, HERE)
    await say_all(each_store, *ENTRIES)
    await serve(each_store, HERE, THERE)
    await say(each_store, "new")
    found = await missed(each_store)
    there = await each_store.outbox.advance(await lane_of(each_store, THERE), None, LATER)

    assert len(found.posts) == 12
    assert isinstance(there, Delivery)


async def test_what_is_many_and_old_is_set(sqlite_url: str, store: Store) -> None:
    await serve(store, HERE)
    await say_all(store, "one", "two", "three")
    database = Database(sqlite_url)
    outbox = OutboxRows(database, Limits(items=2, age=timedelta(minutes=1)))
    lane = await lane_of(store, HERE)

    young = await outbox.advance(lane, None, NOW + timedelta(minutes=1))
    assert isinstance(young, Delivery)
    old = await outbox.advance(lane, None, NOW + timedelta(minutes=1, seconds=1))
    await database.close()

    assert isinstance(old, Backlog)
    assert [post.heading for post in old.posts] == ["two 1", "three 1"]
