"""Reminders that people asked for, row by row."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.controls import Asked
from bot.election.contest import MilestoneKind, Stage
from bot.memory import Announcement
from bot.ports import WHEN_IT_COMES
from bot.store import Store
from tests.conftest import select
from tests.nights.facts import TAMWORTH
from tests.rooms import at

SPORT = Channel(platform="terminal", id="sport")
NOW, DUE = at("21:40"), at("23:00")
WHOLE = Asked(
    channel=SPORT,
    author="Ada Łukasiewicz",
    due=DUE,
    words="“call” the desk – ☎",
    contest_id=TAMWORTH.id,
    kind=MilestoneKind.DECLARATION,
    minutes=10,
)


def announcement(number: int, heading: str = "call the desk") -> Announcement:
    return Announcement(
        kind=Follow.REMINDERS,
        contests=frozenset(),
        key=DeliveryKey(subject=f"asked:{number}", version=1),
        post=Post(kind=PostKind.REMINDER, heading=heading, at=DUE),
        channel=SPORT,
    )


async def keep(store: Store, wanted: Asked = WHOLE) -> int:
    return await store.asked.keep(wanted, NOW)


async def test_what_is_kept_comes_back_whole(each_store: Store) -> None:
    number = await keep(each_store)

    (one,) = await each_store.asked.waiting()

    assert one.id == number
    assert one == Asked(**{**{f: getattr(WHOLE, f) for f in WHOLE.__slots__}, "id": number})


async def test_one_without_a_milestone_comes_back_whole(each_store: Store) -> None:
    await keep(each_store, Asked(channel=SPORT, author="Ada", due=DUE, words="eat"))

    (one,) = await each_store.asked.waiting()

    assert (one.kind, one.contest_id, one.words) == (None, None, "eat")


async def test_one_that_waits_for_a_stage_comes_back_whole_and_last(each_store: Store) -> None:
    wanted = Asked(
        channel=SPORT,
        author="Ada",
        due=WHEN_IT_COMES,
        words="file",
        contest_id=TAMWORTH.id,
        stage=Stage.RECOUNT,
    )
    number = await keep(each_store, wanted)
    other = await keep(each_store)

    first, second = await each_store.asked.waiting()

    assert (first.id, first.stage) == (other, None)
    assert second == replace(wanted, id=number)


async def test_it_is_delivered_once_whoever_tries(each_store: Store) -> None:
    number = await keep(each_store)

    tries = [each_store.asked.deliver(number, announcement(number), DUE) for _ in range(5)]

    assert sorted(await asyncio.gather(*tries)) == [False] * 4 + [True]
    assert len(await each_store.outbox.queued()) == 1
    assert [lane.channel for lane in await each_store.outbox.waiting()] == [SPORT]
    assert await each_store.asked.waiting() == []


async def test_one_that_cannot_be_queued_still_waits(each_store: Store) -> None:
    number = await keep(each_store)

    with pytest.raises(ValueError, match="surrogates"):
        await each_store.asked.deliver(number, announcement(number, "half a pair: \ud800"), DUE)

    assert [one.id for one in await each_store.asked.waiting()] == [number]
    assert await each_store.outbox.queued() == []


async def test_what_is_forgotten_is_not_delivered(each_store: Store) -> None:
    number = await keep(each_store)

    await each_store.asked.forget(number, NOW)

    assert await each_store.asked.waiting() == []
    assert not await each_store.asked.deliver(number, announcement(number), DUE)
    assert await each_store.outbox.queued() == []


async def test_what_was_sent_is_not_forgotten(store: Store, sqlite_url: str) -> None:
    number = await keep(store)
    await store.asked.deliver(number, announcement(number), DUE)

    await store.asked.forget(number, DUE)

    assert select(sqlite_url, "SELECT state FROM asked") == [("sent",)]


async def test_one_that_moves_is_due_then(each_store: Store) -> None:
    first, second = await keep(each_store), await keep(each_store)

    await each_store.asked.move(first, at("23:30"), NOW)

    assert [(one.id, one.due) for one in await each_store.asked.waiting()] == [
        (second, DUE), (first, at("23:30")),
    ]  # fmt: skip
