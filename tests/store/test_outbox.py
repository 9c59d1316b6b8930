"""The outbox: lanes, items in order, each once, and what waits folded into what is true now."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.chat.ask import Channel, Following
from bot.election.contest import Contest
from bot.lanes import Absent, Delivery, Lane, Later, Sent
from bot.store import Store
from tests.courier.queueing import change
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, at, following, plan
from tests.store.entries import expected, update, version

NOW = at("00:41")
SPORT = Channel(platform="terminal", id="sport")


async def install(store: Store, *channels: Following) -> None:
    await store.night.install([plan(TAMWORTH), plan(MID_BEDFORDSHIRE)], channels, NOW)


async def say(
    store: Store,
    id: str,
    number: int = 1,
    *,
    withdrawn: bool = False,
    about: Sequence[Contest] = (),
) -> None:
    """An entry in one of its versions; it states something `about` some contests."""
    claims = tuple(expected("around 3am", contest) for contest in about)
    kept = version(
        id, NOW, number, heading=f"{id} {number}", claims=claims,
        withdrawn="taken down" if withdrawn else None,
    )  # fmt: skip
    await store.blogs.keep(update(NOW, kept, announce=True))


async def lane(store: Store, channel: Channel = NEWSROOM) -> Lane:
    return next(one for one in await store.outbox.waiting() if one.channel == channel)


async def send(store: Store, channel: Channel = NEWSROOM) -> list[str]:
    """Send everything that waits in a lane: keys, with a star where a message was changed."""
    waiting = [one for one in await store.outbox.waiting() if one.channel == channel]
    sent: list[str] = []
    for one in waiting:
        step = await store.outbox.advance(one, None, NOW)
        while not isinstance(step, Later):
            assert isinstance(step, Delivery)
            assert not step.unsure
            sent.append(f"{step.key}{'*' if step.standing else ''}")
            step = await store.outbox.advance(one, stands(step), NOW)
        assert step.seconds is None
    return sent


async def begin(store: Store, where: Lane) -> Delivery:
    """Take a lane over, and begin the next thing to do in it."""
    step = await store.outbox.advance(where, None, NOW)
    assert isinstance(step, Delivery)
    return step


def stands(delivery: Delivery) -> Sent:
    message = delivery.standing.id if delivery.standing else delivery.key.subject
    return Sent(item_id=delivery.item_id, message=message, at=NOW)


# ── Order ────────────────────────────────────────────────────────────────────────────────────


async def test_items_of_a_lane_leave_in_the_order_in_which_they_were_queued(
    each_store: Store,
) -> None:
    await install(each_store, following())
    for n in range(12):
        await say(each_store, f"entry-{n}")

    assert await send(each_store) == [f"entry:entry-{n}#1" for n in range(12)]
    assert await each_store.outbox.waiting() == []


async def test_every_channel_has_a_lane_of_its_own(each_store: Store) -> None:
    await install(each_store, following(), following(SPORT))
    await say(each_store, "one")

    assert await send(each_store, SPORT) == ["entry:one#1"]
    assert await send(each_store, NEWSROOM) == ["entry:one#1"]


async def test_the_lane_that_waits_longest_comes_first(each_store: Store) -> None:
    await install(each_store, following(), following(SPORT, only=[TAMWORTH]))
    await say(each_store, "one", about=[TAMWORTH])
    await send(each_store, NEWSROOM)
    await say(each_store, "two")

    assert [one.channel for one in await each_store.outbox.waiting()] == [SPORT, NEWSROOM]


async def test_an_item_that_was_begun_comes_first_and_is_unsure(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "two")
    here = await lane(each_store)

    begun = await begin(each_store, here)
    again = await begin(each_store, here)

    assert not begun.unsure
    assert again.unsure
    assert again.key == begun.key


async def test_an_item_that_is_absent_waits_as_if_it_had_never_been_begun(
    each_store: Store,
) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    here = await lane(each_store)
    await begin(each_store, here)
    begun = await begin(each_store, here)

    again = await each_store.outbox.advance(here, Absent(item_id=begun.item_id), NOW)

    assert isinstance(again, Delivery)
    assert (again.key, again.unsure) == (begun.key, False)


async def test_after_the_last_nothing_is_begun_and_the_lane_may_go_on_at_once(
    each_store: Store,
) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "two")
    here = await lane(each_store)
    begun = await begin(each_store, here)

    left = await each_store.outbox.advance(here, stands(begun), NOW, last=True)

    assert left == Later(seconds=0.0)
    assert await send(each_store) == ["entry:two#1"]


# ── Once ─────────────────────────────────────────────────────────────────────────────────────


async def test_the_same_version_is_queued_once(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    again = update(NOW, version("one", NOW), announce=True)

    await each_store.blogs.keep(replace(again, entries=(), announcements=again.announcements * 2))

    assert await send(each_store) == ["entry:one#1"]


async def test_a_version_older_than_what_was_queued_is_dropped(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one", 3)
    await say(each_store, "one", 2)
    assert await send(each_store) == ["entry:one#3"]

    await say(each_store, "one", 1)
    assert await send(each_store) == []
    assert [str(key) for key, _, _ in await each_store.outbox.queued()] == ["entry:one#3"]


# ── Folding ──────────────────────────────────────────────────────────────────────────────────


async def test_an_edit_of_something_unsent_is_sent_as_one_message(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "two")
    await say(each_store, "one", 2)
    await say(each_store, "one", 3)

    assert await send(each_store) == ["entry:one#3", "entry:two#1"]


async def test_an_edit_of_something_sent_changes_what_stands(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await send(each_store)
    await say(each_store, "one", 2)

    assert await send(each_store) == ["entry:one#2*"]


async def test_the_withdrawal_of_something_unsent_cancels_both(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "two")
    await say(each_store, "one", 2, withdrawn=True)

    assert await send(each_store) == ["entry:two#1"]
    assert await each_store.outbox.waiting() == []


async def test_the_withdrawal_of_something_sent_strikes_it(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await send(each_store)
    await say(each_store, "one", 2, withdrawn=True)

    assert await send(each_store) == ["entry:one#2*"]


async def test_what_was_cancelled_and_comes_back_is_sent(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "one", 2, withdrawn=True)
    assert await send(each_store) == []

    await say(each_store, "one", 3)

    assert await send(each_store) == ["entry:one#3"]


async def test_what_comes_back_before_it_was_cancelled_is_sent_once(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")
    await say(each_store, "one", 2, withdrawn=True)
    await say(each_store, "one", 3)

    assert await send(each_store) == ["entry:one#3"]


# ── Who gets it ──────────────────────────────────────────────────────────────────────────────


async def test_a_channel_for_some_contests_gets_what_names_them(each_store: Store) -> None:
    await install(each_store, following(), following(SPORT, only=[TAMWORTH]))
    await say(each_store, "welcome")
    await say(each_store, "tamworth", about=[TAMWORTH])
    await say(each_store, "mid-beds", about=[MID_BEDFORDSHIRE])
    await say(each_store, "both", about=[TAMWORTH, MID_BEDFORDSHIRE])

    assert await send(each_store, SPORT) == ["entry:tamworth#1", "entry:both#1"]
    assert len(await send(each_store, NEWSROOM)) == 4


async def test_an_edit_reaches_a_channel_that_has_the_entry_whatever_it_names_now(
    each_store: Store,
) -> None:
    await install(each_store, following(SPORT, only=[TAMWORTH]))
    await say(each_store, "one", about=[TAMWORTH])
    await send(each_store, SPORT)

    await say(each_store, "one", 2, about=[MID_BEDFORDSHIRE])

    assert await send(each_store, SPORT) == ["entry:one#2*"]


async def test_an_edit_that_first_names_a_contest_brings_the_entry_to_its_channel(
    each_store: Store,
) -> None:
    await install(each_store, following(SPORT, only=[TAMWORTH]))
    await say(each_store, "one")
    assert await send(each_store, SPORT) == []

    await say(each_store, "one", 2, about=[TAMWORTH])

    assert await send(each_store, SPORT) == ["entry:one#2"]


async def test_the_withdrawal_of_an_entry_that_a_new_channel_never_had_is_not_sent(
    each_store: Store,
) -> None:
    await install(each_store)
    await say(each_store, "one")
    await install(each_store, following())

    await say(each_store, "one", 2, withdrawn=True)

    assert await send(each_store) == []


async def test_what_waited_while_a_channel_was_removed_still_leaves(each_store: Store) -> None:
    await install(each_store, following())
    await say(each_store, "one")

    await install(each_store)

    assert await send(each_store) == ["entry:one#1"]


# ── What cannot be read ──────────────────────────────────────────────────────────────────────


async def test_an_item_that_cannot_be_read_is_set_aside_and_holds_up_nothing(
    each_store: Store, database_url: str
) -> None:
    await install(each_store, following(), following(SPORT))
    await say(each_store, "one")
    await say(each_store, "two")
    change(
        database_url,
        "UPDATE item SET post = '{}' WHERE subject = 'entry:one' AND lane_id = "
        "(SELECT id FROM lane WHERE channel = 'sport')",
    )

    here, there = await asyncio.gather(send(each_store, NEWSROOM), send(each_store, SPORT))

    assert here == ["entry:one#1", "entry:two#1"]
    assert there == ["entry:two#1"]
    set_aside = {one.channel: one.set_aside for one in await each_store.lanes.on_record()}
    assert set_aside == {NEWSROOM: 0, SPORT: 1}
