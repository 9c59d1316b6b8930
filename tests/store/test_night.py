"""What the night file says, and what a restart with another file makes of it."""

from dataclasses import replace

from bot.chat.ask import Channel, Follow
from bot.election.contest import Contest
from bot.memory import PlannedContest
from bot.store import Store
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, THE_FILE, at, following, plan
from tests.store.entries import SOURCE, announcement, expected, update, version

START = at("21:40")
OTHER = Channel(platform="terminal", id="other")


async def install(store: Store, *planned: PlannedContest, when: str = "21:40") -> None:
    await store.night.install(planned, [following()], at(when))


async def expected_at(store: Store, when: str, contest: Contest = TAMWORTH) -> tuple[str, str]:
    """The words of the time expected, and who says so."""
    (one,) = await store.newsroom(at(when)).timetable(contest)
    return one.time.value.words, one.time.source.name


async def blog_says(store: Store, words: str, when: str) -> None:
    entry = version(f"at-{when}", at(when), claims=(expected(words),))
    await store.blogs.keep(update(at(when), entry))


async def test_contests_come_in_the_order_of_the_file(each_store: Store) -> None:
    await install(each_store, plan(TAMWORTH, remind=(90, 5)), plan(MID_BEDFORDSHIRE))

    newsroom = each_store.newsroom(START)

    # With what the record calls them besides.
    contests = [replace(contest, aliases=()) for contest in await newsroom.contests()]
    assert contests == [TAMWORTH, replace(MID_BEDFORDSHIRE, aliases=())]
    assert await newsroom.offsets(TAMWORTH) == (90, 5)
    assert await newsroom.offsets(MID_BEDFORDSHIRE) == (60, 15, 0)


async def test_a_file_that_did_not_change_leaves_newer_word_from_a_blog(each_store: Store) -> None:
    await install(each_store, plan(declaration="around 03:40"))
    await blog_says(each_store, "around 3am", "00:14")

    await install(each_store, plan(declaration="around 03:40"), when="01:00")

    assert await expected_at(each_store, "01:00") == ("around 3am", SOURCE.name)


async def test_a_file_that_changed_counts_as_said_now(each_store: Store) -> None:
    await install(each_store, plan(declaration="around 03:40"))
    await blog_says(each_store, "around 3am", "00:14")

    await install(each_store, plan(declaration="around 04:30"), when="01:00")

    assert await expected_at(each_store, "01:00") == ("around 04:30", THE_FILE.name)
    assert await expected_at(each_store, "00:59") == ("around 3am", SOURCE.name)


async def test_word_from_a_blog_after_a_changed_file_beats_it(each_store: Store) -> None:
    await install(each_store, plan(declaration="around 03:40"))
    await install(each_store, plan(declaration="around 04:30"), when="01:00")

    await blog_says(each_store, "around 5am", "01:20")
    await install(each_store, plan(declaration="around 04:30"), when="02:00")

    assert await expected_at(each_store, "02:00") == ("around 5am", SOURCE.name)


async def test_a_time_that_the_file_no_longer_has_ends(each_store: Store) -> None:
    await install(each_store, plan(declaration="around 03:40"))

    await install(each_store, plan(), when="01:00")

    assert await each_store.newsroom(at("01:00")).timetable(TAMWORTH) == []
    assert await expected_at(each_store, "00:30") == ("around 03:40", THE_FILE.name)


async def test_a_channel_that_was_removed_follows_nothing_more(each_store: Store) -> None:
    await each_store.night.install([plan()], [following(), following(OTHER)], START)
    await each_store.night.install([plan()], [following()], START)

    await each_store.blogs.keep(update(START, version("one", START), announce=True))

    assert [lane.channel for lane in await each_store.outbox.waiting()] == [NEWSROOM]


async def test_what_a_removed_channel_has_is_kept_true(each_store: Store) -> None:
    await each_store.night.install([plan()], [following()], START)
    await each_store.blogs.keep(update(START, version("one", START), announce=True))

    await each_store.night.install([plan()], [], START)
    await each_store.blogs.keep(update(START, version("one", START, 2), announce=True))
    await each_store.blogs.keep(update(START, version("two", START), announce=True))

    keys = [str(key) for key, _, _ in await each_store.outbox.queued()]
    assert keys == ["entry:one#1", "entry:one#2"]


async def test_a_channel_that_comes_back_follows_again(each_store: Store) -> None:
    for channels in ([following()], [], [following()]):
        await each_store.night.install([plan()], channels, START)

    await each_store.blogs.keep(update(START, version("one", START), announce=True))

    assert len(await each_store.outbox.queued()) == 1


async def test_whoever_only_asks_leaves_the_channels_as_they_are(each_store: Store) -> None:
    await each_store.night.install([plan()], [following()], START)
    await each_store.night.install([plan()], None, START)

    await each_store.blogs.keep(update(START, version("one", START), announce=True))

    assert len(await each_store.outbox.queued()) == 1


async def test_a_channel_gets_what_it_follows_and_no_more(each_store: Store) -> None:
    reminders_only = following(OTHER, follows=frozenset({Follow.REMINDERS}))
    await each_store.night.install([plan()], [following(), reminders_only], START)

    await each_store.blogs.keep(update(START, version("one", START), announce=True))
    entry = announcement(version("two", START))
    assert entry.kind is Follow.ENTRIES

    assert [lane.channel for lane in await each_store.outbox.waiting()] == [NEWSROOM]
