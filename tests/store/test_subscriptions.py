"""What channels follow, row by row; what a restart makes of it; and how delivery is told of."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Engine, event

from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.errors import DeliveryError
from bot.memory import Announcement
from bot.ports import Blog, ChannelOnRecord
from bot.store import Store
from tests.courier.queueing import courier
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import BLOG, EVERYTHING, NEWSROOM, at, following, plan
from tests.store.entries import announcement, update, version
from tests.wire import RecordingPlatform

NOW = at("01:00")
SPORT, POLITICS = (Channel(platform="terminal", id=name) for name in ("sport", "politics"))
FROM_CHAT = Blog(url="https://politics.example/live", from_chat=True)
NONE: frozenset[str] = frozenset()
ONLY_TAMWORTH = frozenset({TAMWORTH.id})
REMINDERS = frozenset({Follow.REMINDERS})


async def install(store: Store, *channels: Following) -> None:
    await store.night.install([plan(TAMWORTH), plan(MID_BEDFORDSHIRE)], channels, NOW)


async def read(store: Store, blog: Blog) -> None:
    """A blog is known, with nothing in it."""
    known = update(NOW)
    await store.blogs.keep(type(known)(blog=blog, at=NOW, validators=known.validators))


async def follow_blog(
    store: Store, channel: Channel, blog: Blog = FROM_CHAT, newest: Sequence[Announcement] = ()
) -> int:
    await read(store, blog)
    return await store.subscriptions.follow_blog(channel, blog, NONE, newest, None, NOW)


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that goes to a database meanwhile."""
    said: list[str] = []

    def hear(*arguments: object) -> None:
        said.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


async def record(store: Store, channel: Channel = SPORT) -> ChannelOnRecord:
    return next(one for one in await store.newsroom(NOW).channels() if one.channel == channel)


# ── At a restart ─────────────────────────────────────────────────────────────────────────────


async def test_what_chat_changed_stands_until_the_file_says_something_else(
    each_store: Store,
) -> None:
    await install(each_store, following(), following(SPORT))
    await each_store.subscriptions.unfollow(SPORT, REMINDERS)
    await each_store.subscriptions.follow(SPORT, {Follow.CHECKS}, ONLY_TAMWORTH)
    changed = (await record(each_store)).kinds

    await install(each_store, following(), following(SPORT))
    assert (await record(each_store)).kinds == changed
    assert Follow.REMINDERS not in changed
    assert changed[Follow.CHECKS] == ONLY_TAMWORTH

    # Of another channel the file may say what it likes.
    await install(each_store, following(follows=REMINDERS), following(SPORT))
    assert (await record(each_store)).kinds == changed

    await install(each_store, following(), following(SPORT, only=[TAMWORTH]))
    assert (await record(each_store)).kinds == dict.fromkeys(EVERYTHING, ONLY_TAMWORTH)


async def test_many_channels_take_no_more_statements_than_few(store: Store) -> None:
    def channels(number: int) -> list[Following]:
        return [following(Channel(platform="slack", id=f"C{n}")) for n in range(number)]

    await install(store, *channels(1))
    with statements() as of_few:
        await install(store, *channels(10))
    with statements() as of_many:
        await install(store, *channels(500))
    assert len(of_many) == len(of_few) > 0
    known = await store.newsroom(NOW).channels()
    assert len(known) == 500
    assert all(set(one.kinds) == EVERYTHING for one in known)


async def test_an_exception_ends_when_the_file_says_something_else(each_store: Store) -> None:
    await install(each_store, following(SPORT))
    await read(each_store, BLOG)
    await each_store.subscriptions.unfollow_blog(SPORT, BLOG)

    await install(each_store, following(SPORT))
    assert [one.wanted for one in (await record(each_store)).blogs] == [False]

    await install(each_store, following(SPORT, only=[TAMWORTH]))
    assert (await record(each_store)).blogs == ()


async def test_a_channel_that_the_file_drops_keeps_the_blogs_that_chat_brought(
    each_store: Store,
) -> None:
    await install(each_store, following(), following(SPORT))
    await follow_blog(each_store, SPORT)
    await each_store.subscriptions.listen(SPORT, True)

    await install(each_store, following())

    here = await record(each_store)
    assert here.kinds == {}
    assert [(one.blog, one.wanted) for one in here.blogs] == [(FROM_CHAT, True)]
    assert here.listens


async def test_a_channel_that_the_file_drops_and_has_again_follows_again(
    each_store: Store,
) -> None:
    for channels in ([following(SPORT)], [], [following(SPORT)]):
        await install(each_store, *channels)

    assert (await record(each_store)).kinds == dict.fromkeys(EVERYTHING, NONE)


async def test_what_only_chat_set_is_no_business_of_the_file(each_store: Store) -> None:
    await install(each_store, following())
    await each_store.subscriptions.follow(SPORT, REMINDERS, ONLY_TAMWORTH)

    await install(each_store)

    assert (await record(each_store)).kinds == {Follow.REMINDERS: ONLY_TAMWORTH}
    assert (await record(each_store, NEWSROOM)).kinds == {}


async def test_everything_set_in_chat_outlives_the_program(database_url: str) -> None:
    async def said(store: Store) -> ChannelOnRecord:
        return await record(store)

    store = Store(database_url)
    await store.open()
    await install(store, following())
    await store.subscriptions.listen(SPORT, True)
    await store.subscriptions.follow(SPORT, REMINDERS, ONLY_TAMWORTH)
    await follow_blog(store, SPORT)
    before = await said(store)
    await store.close()

    again = Store(database_url)
    await again.open()
    await install(again, following())
    assert await said(again) == before
    assert before.listens
    assert await again.subscriptions.blogs_from_chat() == [FROM_CHAT]
    await again.close()


# ── Blogs ────────────────────────────────────────────────────────────────────────────────────


async def test_the_newest_are_queued_once_and_in_order(each_store: Store) -> None:
    newest = [announcement(version(f"e{n}", NOW)) for n in (3, 1, 2)]

    assert await follow_blog(each_store, SPORT, newest=newest[:2]) == 2
    assert await follow_blog(each_store, SPORT, newest=newest) == 1
    assert await follow_blog(each_store, POLITICS, newest=newest) == 3

    keys = [str(key) for key, _, _ in await each_store.outbox.queued()]
    assert keys == [f"entry:e{n}#1" for n in (3, 1, 2, 3, 1, 2)]


async def test_a_blog_from_chat_counts_while_anybody_follows_it(each_store: Store) -> None:
    for channel in (SPORT, POLITICS):
        await follow_blog(each_store, channel)
    await follow_blog(each_store, SPORT, BLOG)

    await each_store.subscriptions.unfollow_blog(SPORT, FROM_CHAT)
    assert await each_store.subscriptions.blogs_from_chat() == [FROM_CHAT]
    await each_store.subscriptions.unfollow_blog(POLITICS, FROM_CHAT)
    assert await each_store.subscriptions.blogs_from_chat() == []


async def test_channels_that_begin_at_once_all_do(each_store: Store) -> None:
    channels = [Channel(platform="terminal", id=f"c{n}") for n in range(8)]
    newest = [announcement(version("one", NOW))]

    await asyncio.gather(
        *(follow_blog(each_store, one, newest=newest) for one in channels * 2),
        *(each_store.subscriptions.listen(one, True) for one in channels),
        *(each_store.subscriptions.follow(one, REMINDERS, NONE) for one in channels),
    )

    found = await each_store.newsroom(NOW).channels()
    assert sorted(one.channel.id for one in found) == [one.id for one in channels]
    assert all(one.listens and one.kinds and one.blogs for one in found)
    assert {one.waiting for one in found} == {1}


# ── How delivery goes ────────────────────────────────────────────────────────────────────────


async def say(store: Store, id: str, when: str) -> None:
    moment = at(when)
    await store.blogs.keep(update(moment, version(id, moment), announce=True))


async def deliver(store: Store, platform: RecordingPlatform, when: str) -> None:
    for lane in await store.outbox.waiting():
        await drain(lane, courier(store.outbox, platform, clock=StoppedClock(at(when))))


async def test_a_channel_that_nothing_was_sent_to_has_no_last_post(each_store: Store) -> None:
    await install(each_store, following(SPORT))

    here = await record(each_store)

    assert (here.waiting, here.waiting_since, here.last_sent, here.trouble) == (0, None, None, None)


async def test_what_waits_is_counted_with_the_reason_of_a_refusal(each_store: Store) -> None:
    await install(each_store, following(SPORT), following(POLITICS))
    platform = RecordingPlatform()
    await say(each_store, "one", "00:10")
    await deliver(each_store, platform, "00:11")
    for n, when in enumerate(("00:20", "00:30", "00:40")):
        await say(each_store, f"more-{n}", when)
    platform.refusals["sport"].append(DeliveryError("The channel is archived.", refused=True))
    await deliver(each_store, platform, "00:41")

    here = await record(each_store)
    assert (here.waiting, here.waiting_since) == (3, at("00:20"))
    assert (here.last_sent, here.trouble) == (at("00:11"), "The channel is archived.")

    await each_store.lanes.revive(SPORT)
    await deliver(each_store, platform, "00:45")
    for channel, last in ((SPORT, "00:45"), (POLITICS, "00:41")):
        here = await record(each_store, channel)
        assert (here.waiting, here.waiting_since, here.trouble) == (0, None, None)
        assert here.last_sent == at(last)


async def test_where_nobody_knows_whether_it_arrived_the_reason_is_a_sentence(
    each_store: Store,
) -> None:
    await install(each_store, following(SPORT))
    platform = RecordingPlatform()
    await say(each_store, "one", "00:10")
    platform.lost["sport"].append(DeliveryError("No answer came."))
    await deliver(each_store, platform, "00:11")

    assert (await record(each_store)).trouble == "No answer came."


async def test_the_last_trouble_of_a_channel_is_told(each_store: Store) -> None:
    await install(each_store, following(SPORT))
    platform = RecordingPlatform()
    await say(each_store, "one", "00:10")
    for trouble in ("No answer came.", "It was refused."):
        platform.refusals["sport"].append(DeliveryError(trouble))
        await each_store.lanes.revive(SPORT)
        await deliver(each_store, platform, "00:11")

    assert (await record(each_store)).trouble == "It was refused."

    assert (await record(each_store)).trouble == "It was refused."
