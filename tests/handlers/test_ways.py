"""In which way a channel gets entries, and when none come: in the words people use."""

from dataclasses import replace
from datetime import time

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.form import FormError
from bot.chat.manner import PLAIN, Manner
from bot.chat.quiet import Quiet
from bot.chat.wishes import EVERYTHING
from bot.ports import Blog, BlogFollowed, ChannelOnRecord
from tests.fakes import FakeChannels
from tests.handlers.night import HERE, KNOWN, LIVE, TITLES, answer, desk, question, uk
from tests.nights.facts import TAMWORTH

T, NONE = frozenset({TAMWORTH.id}), frozenset()
ENTRIES = frozenset({Follow.ENTRIES})
KEY, HEADLINES, HALF_HOURLY = Manner(key=True), Manner(headlines=True), Manner(every=30)


@pytest.fixture
def channels() -> FakeChannels:
    return FakeChannels(titles=TITLES)


@pytest.mark.parametrize(
    ("words", "manner", "only"),
    [
        ("key only", KEY, NONE),
        ("key entries", KEY, NONE),
        ("only key entries", KEY, NONE),
        ("key events only", KEY, NONE),
        ("pinned and key entries", KEY, NONE),
        ("only the key moments, only Tamworth", KEY, T),
        ("headlines", HEADLINES, NONE),
        ("headlines only", HEADLINES, NONE),
        ("just headlines please", HEADLINES, NONE),
        ("headings only, only Tamworth", HEADLINES, T),
        ("every 30m", HALF_HOURLY, NONE),
        ("every 30 minutes", HALF_HOURLY, NONE),
        ("every half hour", HALF_HOURLY, NONE),
        ("as a round-up every 30 mins", HALF_HOURLY, NONE),
        ("one message every 30 min", HALF_HOURLY, NONE),
        ("every hour", Manner(every=60), NONE),
        ("hourly", Manner(every=60), NONE),
        ("every two hours", Manner(every=120), NONE),
        ("only Tamworth and general entries", Manner(general=True), T),
        ("only Tamworth plus general", Manner(general=True), T),
        ("without pictures", Manner(pictures=False), NONE),
        ("but no photos", Manner(pictures=False), NONE),
        ("key headlines only Tamworth every 15m", Manner(key=True, headlines=True, every=15), T),
    ],
)
async def test_a_blog_comes_in_the_way_that_is_asked_for(channels, words, manner, only):
    reply = await answer(f"follow {LIVE} {words}", channels=channels)
    assert not reply.error
    (blog,) = channels.at(HERE).blogs
    assert (blog.manner, blog.only) == (manner, only)


@pytest.mark.parametrize(
    ("typed", "kinds", "only", "manner"),
    [
        ("follow key entries", ENTRIES, NONE, KEY),
        ("follow entries key only", ENTRIES, NONE, KEY),
        ("follow headlines", ENTRIES, NONE, HEADLINES),
        ("follow the headlines of Tamworth", ENTRIES, T, HEADLINES),
        ("follow entries every 30m", ENTRIES, NONE, HALF_HOURLY),
        ("follow key entries every 30m only Tamworth", ENTRIES, T, Manner(key=True, every=30)),
        ("follow everything headlines only", EVERYTHING, NONE, HEADLINES),
        ("follow entries only Tamworth and general", ENTRIES, T, Manner(general=True)),
        ("follow entries", ENTRIES, NONE, PLAIN),
    ],
)
async def test_entries_of_the_night_come_in_the_way_that_is_asked_for(
    channels, typed, kinds, only, manner
):
    reply = await answer(typed, channels=channels)
    assert not reply.error
    here = channels.at(HERE)
    assert here.kinds == dict.fromkeys(kinds, only)
    assert here.manner == manner


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("follow declarations every 30m", "That is about entries"),
        ("follow key reminders", "That is about entries"),
        (f"follow {LIVE} every minute", "every 5 to 180 minutes"),
        (f"follow {LIVE} every fortnight", "every 5 to 180 minutes"),
        ("follow entries every now and then", "every 5 to 180 minutes"),
        (f"follow {LIVE} every 10 hours", "every 5 to 180 minutes"),
    ],
)
async def test_what_cannot_be_is_told_and_changes_nothing(channels, typed, told):
    reply = await answer(typed, channels=channels)
    assert reply.error
    assert told in reply.title
    assert channels.changes == 0


async def test_to_follow_in_another_way_changes_the_way(channels):
    first = await answer(f"follow {LIVE} every 30m only Tamworth", channels=channels)
    assert first.title.endswith("as a round-up every 30 minutes, only of Tamworth")
    again = await answer(f"follow {LIVE} every 30m only Tamworth", channels=channels)
    assert again.title.endswith("already")
    other = await answer(f"follow {LIVE} headlines", channels=channels)
    assert other.title.endswith("By-elections live, headings alone")
    (blog,) = channels.at(HERE).blogs
    assert blog.manner == HEADLINES


async def test_the_form_takes_the_way_too(channels):
    front = desk(channels=channels)
    form = await front.form("follow", question("follow"))
    assert [option.value for option in form.fields[-1].options][:2] == ["key", "headlines"]
    filled = {"address": (LIVE,), "how": ("key", "every 30")}
    reply = await front.submit("follow", question("follow"), filled)
    assert "key entries alone, as a round-up every 30 minutes" in reply.title
    both = {"address": (LIVE,), "how": ("every 15", "every 30")}
    with pytest.raises(FormError, match="Choose one time"):
        await front.submit("follow", question("follow"), both)


async def test_a_blog_with_a_way_in_its_name_is_unfollowed_alone():
    named = BlogFollowed(blog=Blog(url=LIVE, from_chat=True), title="Key Headlines Live")
    here = ChannelOnRecord(channel=HERE, kinds={Follow.ENTRIES: NONE}, blogs=(named,))
    channels = FakeChannels(here)
    reply = await answer("unfollow Key Headlines Live", channels=channels)
    assert reply.title == "This channel no longer gets Key Headlines Live"
    assert (channels.at(HERE).blogs, channels.at(HERE).kinds) == ((), {Follow.ENTRIES: NONE})


# ── Quiet hours ──────────────────────────────────────────────────────────────────────────────

NIGHTLY = Quiet(begins=time(1), ends=time(6))


@pytest.mark.parametrize(
    "typed",
    [
        "quiet 01:00 to 06:00",
        "quiet hours from 1am till 6am",
        "quiet hours: 01:00-06:00 please",
        "be quiet from 1am until 6am",
        "Quiet from 01:00 to 06:00!",
    ],
)
async def test_quiet_hours_are_set_in_the_words_people_use(channels, typed):
    reply = await answer(typed, channels=channels)
    assert not reply.error
    assert reply.command == "quiet"
    assert reply.title == "It is quiet here from 01:00 to 06:00"
    assert "one message at 06:00" in reply.lines[0]
    assert channels.at(HERE).quiet == NIGHTLY


async def test_who_sets_them_while_they_are_is_told_until_when(channels):
    reply = await answer("quiet 01:00 to 06:00", KNOWN, uk(1, 30), channels=channels)
    assert reply.lines[0] == "It is quiet from now on, until 06:00."


async def test_quiet_hours_are_told_and_ended(channels):
    assert (await answer("quiet", channels=channels)).title == "No hours are quiet here"
    assert "sets them" in (await answer("quiet off", channels=channels)).title
    await answer("quiet 01:00 to 06:00", channels=channels)
    told = await answer("quiet hours", channels=channels)
    assert (told.title, told.value) == ("It is quiet here from 01:00 to 06:00", "01:00 to 06:00")
    ended = await answer("quiet off", channels=channels)
    assert ended.title == "No hours are quiet here any more"
    assert channels.at(HERE).quiet is None


@pytest.mark.parametrize("typed", ["quiet at night", "quiet 25:00 to 06:00", "quiet 1am"])
async def test_hours_that_are_none_are_told(channels, typed):
    reply = await answer(typed, channels=channels)
    assert reply.error
    assert "Write them like “quiet 01:00 to 06:00”" in reply.title
    assert channels.changes == 0


# ── What a channel gets ──────────────────────────────────────────────────────────────────────


async def test_following_and_channels_tell_all_of_it():
    here = ChannelOnRecord(
        channel=HERE,
        kinds={Follow.ENTRIES: T, Follow.DECLARATIONS: NONE},
        manner=Manner(key=True, general=True, every=30),
        quiet=NIGHTLY,
        gathered=2,
        next_round_up=uk(1, 0),
        board=True,
        state_every=15,
    )
    facts = replace(KNOWN, channels=(here,))
    reply = await answer("following", facts)
    assert reply.lines[:-1] == (
        "· entries of the night’s blogs, key entries alone, as a round-up every 30 minutes, "
        "only of Tamworth and of no seat",
        "· declarations",
        "· a board that stays true",
        "· the state of the night every 15 minutes",
        "· quiet from 01:00 to 06:00: entries wait till then",
        "· 2 entries wait for the round-up at 01:00",
    )
    (line,) = (await answer("channels", facts)).lines
    assert line.startswith(f"{HERE}: entries of the night’s blogs, key entries alone")
    assert "a board that stays true; the state of the night every 15 minutes; quiet from" in line


async def test_a_channel_with_a_board_alone_gets_something():
    alone = ChannelOnRecord(channel=Channel(platform="terminal", id="night"), board=True)
    facts = replace(KNOWN, channels=(replace(alone, channel=HERE),))
    assert (await answer("following", facts)).title == "This channel gets"
    assert (await answer("channels", facts)).title == "1 channel served"
