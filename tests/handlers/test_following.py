from dataclasses import replace

import pytest

from bot.chat.ask import Channel, Follow
from bot.chat.wishes import EVERYTHING
from bot.clocks import StoppedClock
from bot.desk import LONGEST, Desk
from bot.ports import Blog, BlogFollowed, ChannelOnRecord
from handlers import voice
from tests.fakes import FakeChannels, FakeNewsroom
from tests.handlers.night import (
    CATALOGUE,
    HERE,
    KNOWN,
    LIVE,
    NOW,
    TITLES,
    answer,
    desk,
    question,
    uk,
)
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH

NONE: frozenset[str] = frozenset()
T, M = frozenset({TAMWORTH.id}), frozenset({MID_BEDFORDSHIRE.id})
DECLARATIONS, REMINDERS = frozenset({Follow.DECLARATIONS}), frozenset({Follow.REMINDERS})
SOMERTON = replace(TAMWORTH, id="parl.somerton-and-frome.by.2023-10-19", name="Somerton and Frome")
HAYES = replace(TAMWORTH, id="parl.hayes-and-harlington.by.2023-10-19", name="Hayes and Harlington")
CONTROLS = [
    f"follow {LIVE}",
    "follow declarations",
    "follow",
    "unfollow everything",
    "unfollow",
    "listen on",
    "listen off",
    "remind us at 01:30",
    "remind me in 20 minutes",
    "forget 1",
]


@pytest.fixture
def channels() -> FakeChannels:
    return FakeChannels(titles=TITLES)


# ── Follow ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "only"),
    [
        (f"follow {LIVE}", NONE),
        (f"Follow <{LIVE}>", NONE),
        (f"follow <{LIVE}|news.example/live>.", NONE),
        (f"please follow {LIVE}!", NONE),
        (f"subscribe to {LIVE}", NONE),
        (f"subscribe this channel to {LIVE} please", NONE),
        (f"can you follow the live blog at {LIVE}?", NONE),
        (f"follow ({LIVE})", NONE),
        (f"follow {LIVE} only Tamworth", T),
        (f"follow {LIVE}, only tamworth", T),
        (f"follow {LIVE} just Tamworth please", T),
        (f"follow {LIVE} only for Tamworth", T),
        (f"follow <{LIVE}> only Tamworth and Mid Beds", T | M),
        (f"follow {LIVE} only Tamworth, Mid Beds", T | M),
        (f"follow {LIVE} only Tamworth & Mid Beds", T | M),
        (f"follow {LIVE} only mid beds or tamworth", T | M),
        (f"follow {LIVE} for Tamworth", T),
        (f"follow Tamworth on {LIVE}", T),
    ],
)
async def test_a_blog_is_followed_in_the_words_people_use(channels, typed, only):
    reply = await answer(typed, channels=channels)
    assert not reply.error
    assert reply.command == "follow"
    assert reply.title.startswith("This channel now follows By-elections live")
    assert ("only of" in reply.title) is bool(only)
    (blog,) = channels.at(HERE).blogs
    assert (blog.blog.url, blog.only) == (LIVE, only)


@pytest.mark.parametrize(
    ("typed", "kinds", "only"),
    [
        ("follow declarations", DECLARATIONS, NONE),
        ("follow results please", DECLARATIONS, NONE),
        ("follow the declarations here", DECLARATIONS, NONE),
        ("follow only declarations", DECLARATIONS, NONE),
        ("only follow declarations", DECLARATIONS, NONE),
        ("follow reminders and declarations", REMINDERS | DECLARATIONS, NONE),
        ("subscribe us to reminders, declarations", REMINDERS | DECLARATIONS, NONE),
        ("follow entries", frozenset({Follow.ENTRIES}), NONE),
        ("follow checks", frozenset({Follow.CHECKS}), NONE),
        ("follow everything", EVERYTHING, NONE),
        ("FOLLOW EVERYTHING!", EVERYTHING, NONE),
        ("follow everything only Tamworth", EVERYTHING, T),
        ("follow Tamworth", EVERYTHING, T),
        ("follow only Tamworth", EVERYTHING, T),
        ("follow tamworth and mid beds", EVERYTHING, T | M),
        ("follow declarations in Tamworth", DECLARATIONS, T),
        ("follow declarations for mid beds only", DECLARATIONS, M),
        ("follow declarations only Mid Beds", DECLARATIONS, M),
        ("follow reminders from Tamworth, Mid Beds", REMINDERS, T | M),
    ],
)
async def test_kinds_of_messages_are_followed_in_the_words_people_use(channels, typed, kinds, only):
    reply = await answer(typed, channels=channels)
    assert not reply.error
    assert channels.at(HERE).kinds == dict.fromkeys(kinds, only)
    assert reply.value == sorted(kinds)


@pytest.mark.parametrize(
    ("typed", "seats"),
    [
        ("follow Somerton and Frome", [SOMERTON]),
        ("follow Hayes and Harlington and Somerton and Frome", [HAYES, SOMERTON]),
        ("follow everything only somerton and frome and tamworth", [SOMERTON, TAMWORTH]),
        ("follow declarations only Tamworth, Hayes and Harlington", [TAMWORTH, HAYES]),
    ],
)
async def test_a_seat_keeps_the_and_of_its_name(channels, typed, seats):
    facts = replace(KNOWN, contests=(TAMWORTH, SOMERTON, HAYES))
    reply = await answer(typed, facts, channels=channels)
    assert not reply.error
    assert set(channels.at(HERE).kinds.values()) == {frozenset(seat.id for seat in seats)}


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("follow the money", "“money”"),
        ("follow declarations in Narnia", "“Narnia”"),
        (f"follow {LIVE} only Narnia", "“Narnia”"),
        (f"follow {LIVE} only Tamworth and Narnia", "“Tamworth and Narnia”"),
        ("follow @ann", "“@ann”"),
    ],
)
async def test_words_that_are_not_known_are_shown_as_typed_and_nothing_changes(
    channels, typed, shown
):
    reply = await answer(typed, channels=channels)
    assert reply.error
    assert f"I do not know what {shown} is" in reply.title
    assert "Mid Bedfordshire and Tamworth" in reply.title
    assert channels.changes == 0


async def test_two_addresses_at_once_are_not_half_followed(channels):
    reply = await answer(f"follow {LIVE} https://other.example/", channels=channels)
    assert (reply.error, channels.changes) == (True, 0)
    assert "One live blog at a time" in reply.title


async def test_a_blog_that_cannot_be_read_is_told_and_not_followed(channels):
    reply = await answer("follow https://other.example/", channels=channels)
    assert reply.title == "https://other.example/ is no live blog that I can read."
    assert (reply.error, channels.changes) == (True, 0)


async def test_an_address_that_is_too_long_is_not_cut_and_followed(channels):
    for length, said in (
        (1_501, "That address is too long"),
        (LONGEST, "That is 2,025 characters"),
    ):
        reply = await answer("follow https://x.example/" + "a" * length, channels=channels)
        assert reply.title.startswith(said)
    assert channels.changes == 0


async def test_a_long_address_is_taken_whole():
    url = "https://news.example/" + "a" * 1_000
    channels = FakeChannels(titles={url: "Long"})
    await answer(f"follow {url} only Tamworth", channels=channels)
    (blog,) = channels.at(HERE).blogs
    assert (blog.blog.url, blog.only) == (url, T)


async def test_following_twice_is_said(channels):
    await answer(f"follow {LIVE}", channels=channels)
    reply = await answer(f"follow {LIVE}", channels=channels)
    assert reply.title == "This channel follows By-elections live already"


async def test_follow_alone_asks_what_and_each_choice_is_understood(channels):
    reply = await answer("follow", channels=channels)
    assert reply.error
    assert reply.choices[0].form == "follow"
    assert channels.changes == 0
    for choice in reply.choices:
        picked = await answer(choice.ask, channels=channels)
        assert not picked.error


@pytest.mark.parametrize("typed", ["don't follow declarations", f"do not follow {LIVE} any more"])
async def test_what_is_not_to_be_followed_is_not_followed(channels, typed):
    await answer("follow declarations", channels=channels)
    await answer(f"follow {LIVE}", channels=channels)
    before = channels.at(HERE)
    reply = await answer(typed, channels=channels)
    assert reply.command == "unfollow"
    here = channels.at(HERE)
    assert len(here.kinds) + len(here.blogs) == len(before.kinds) + len(before.blogs) - 1


# ── Unfollow, and what is followed ───────────────────────────────────────────────────────────

FILED = ChannelOnRecord(
    channel=HERE,
    kinds={Follow.ENTRIES: NONE, Follow.REMINDERS: T, Follow.DECLARATIONS: NONE},
    blogs=(BlogFollowed(blog=Blog(url=LIVE + "/2", from_chat=True), title="Second", only=T),),
)


@pytest.mark.parametrize(
    ("typed", "kinds", "wanted"),
    [
        ("unfollow reminders", {Follow.ENTRIES, Follow.DECLARATIONS}, ["Second"]),
        ("unsubscribe from reminders", {Follow.ENTRIES, Follow.DECLARATIONS}, ["Second"]),
        ("mute reminders and results", {Follow.ENTRIES}, ["Second"]),
        (f"unfollow {LIVE}/2", set(FILED.kinds), []),
        (f"unfollow <{LIVE}/2/#top>.", set(FILED.kinds), []),
        ("unfollow Second", set(FILED.kinds), []),
        ("stop following second", set(FILED.kinds), []),
        ("unfollow everything", set(), []),
        ("unfollow all", set(), []),
    ],
)
async def test_what_is_named_is_taken_back(typed, kinds, wanted):
    channels = FakeChannels(FILED)
    reply = await answer(typed, channels=channels)
    assert not reply.error
    assert reply.title.startswith("This channel no longer gets ")
    here = channels.at(HERE)
    assert set(here.kinds) == kinds
    assert [one.called for one in here.blogs if one.wanted] == wanted


@pytest.mark.parametrize("typed", [f"unfollow {LIVE}", "unfollow Count night live"])
async def test_one_blog_of_the_night_file_can_be_taken_back_alone(typed):
    channels = FakeChannels(FILED)
    assert not (await answer(typed, channels=channels)).error
    assert Follow.ENTRIES in channels.at(HERE).kinds
    assert [b.blog.url for b in channels.at(HERE).blogs if not b.wanted] == [LIVE]
    told = await answer("following", channels=channels)
    assert "· but not Count night live" in told.lines


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("unfollow checks", "checks"),
        ("unfollow https://other.example/", "https://other.example/"),
        ("unfollow the money", "money"),
    ],
)
async def test_what_is_not_followed_cannot_be_taken_back(typed, said):
    channels = FakeChannels(FILED)
    reply = await answer(typed, channels=channels)
    assert reply.title.startswith(f"This channel does not follow {said}")
    assert (reply.error, channels.changes) == (True, 0)


async def test_where_nothing_is_followed_there_is_nothing_to_take_back(channels):
    reply = await answer("unfollow everything", channels=channels)
    assert reply.title == "This channel follows nothing; there is nothing to take back."


async def test_unfollow_alone_asks_what_and_each_choice_takes_one_thing():
    reply = await answer("unfollow", channels=FakeChannels(FILED))
    assert reply.error
    assert len(reply.choices) == 4
    for choice in reply.choices:
        channels = FakeChannels(FILED)
        assert not (await answer(choice.ask, channels=channels)).error
        assert channels.at(HERE) != FILED


async def test_what_is_followed_is_listed_with_its_seats():
    reply = await answer("what do we follow?", channels=FakeChannels(FILED))
    assert (reply.command, reply.title) == ("following", "This channel gets")
    assert reply.lines == (
        "· entries of the night’s blogs",
        "· reminders, only of Tamworth",
        "· declarations",
        "· Second, only of Tamworth",
        "Besides, I answer when I am mentioned.",
    )
    assert reply.value == ["entries", "reminders", "declarations", LIVE + "/2"]


async def test_a_channel_that_follows_nothing_is_shown_the_way_to_it(channels):
    await answer("listen on", channels=channels)
    reply = await answer("following", channels=channels)
    assert reply.title == "This channel follows nothing"
    assert reply.lines[-1] == "Besides, plain words are answered here."
    assert reply.choices[0].form == "follow"


# ── Listen ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "on"),
    [
        ("listen", True),
        ("listen on", True),
        ("Listen here!", True),
        ("listen off", False),
        ("stop listening", False),
        ("please stop listening", False),
        ("don't listen", False),
        ("do not listen here", False),
        ("don’t listen on", False),
    ],
)
async def test_the_ear_of_a_channel_goes_on_and_off(typed, on):
    channels = FakeChannels(ChannelOnRecord(channel=HERE, listens=not on))
    assert not (await answer(typed, channels=channels)).error
    assert await channels.listens(HERE) is on


async def test_listen_to_something_else_changes_nothing(channels):
    reply = await answer("listen to the radio", channels=channels)
    assert (reply.error, channels.changes) == (True, 0)
    assert reply.title.startswith("I do not listen here.")


# ── Channels ─────────────────────────────────────────────────────────────────────────────────


def place(platform: str, id: str, **known) -> ChannelOnRecord:
    kinds = {Follow.DECLARATIONS: NONE}
    return ChannelOnRecord(channel=Channel(platform=platform, id=id), **({"kinds": kinds} | known))


PLACES = (
    place("slack", "T1/C1"),
    place("slack", "T1/C2", kinds={}, listens=True),
    place("slack", "T1/C3", kinds={}),
    place("slack", "T2/C1"),
    place("slack", "C9"),
    place("discord", "T1/7"),
    place("terminal", "newsroom"),
)


@pytest.mark.parametrize(
    ("platform", "id", "seen"),
    [
        ("slack", "T1/C1", ["slack:T1/C1", "slack:T1/C2"]),
        ("slack", "T1/D5", ["slack:T1/C1", "slack:T1/C2"]),
        ("slack", "T2/C1", ["slack:T2/C1"]),
        ("slack", "C1", ["slack:C9"]),
        ("slack", "T3/C1", []),
        ("discord", "T1/8", ["discord:T1/7"]),
        ("terminal", "newsroom", [str(p.channel) for p in PLACES if p.channel.id != "T1/C3"]),
        ("shell", "shell", [str(p.channel) for p in PLACES if p.channel.id != "T1/C3"]),
    ],
)
async def test_a_workspace_sees_its_own_channels_and_the_terminal_all(platform, id, seen):
    asker = Channel(platform=platform, id=id)
    reply = await desk(channels=FakeChannels(*PLACES)).answer(question("channels", channel=asker))
    assert reply.value == seen
    assert [str(one) for one in reply.places] == seen
    assert [line.partition(": ")[0] for line in reply.lines] == seen


async def test_what_waits_is_told_with_its_trouble():
    waiting = place(
        "slack",
        "C1",
        waiting=3,
        waiting_since=uk(0, 30),
        last_sent=uk(0, 40),
        trouble="Slack does not answer.",
    )
    reply = await answer("where do posts go?", channels=FakeChannels(waiting))
    assert reply.lines == (
        "slack:C1: declarations; last post 5 minutes ago; ⚠ 3 messages waiting since 00:30 "
        "(Slack does not answer.).",
    )


async def test_a_suspended_channel_is_told_with_why_and_what_to_do():
    stuck = place(
        "slack",
        "C1",
        waiting=3,
        waiting_since=uk(0, 30),
        trouble="Teller is not in that channel",
        suspended_since=uk(0, 31),
    )
    reply = await answer("channels", channels=FakeChannels(stuck))
    assert reply.lines == (
        "slack:C1: declarations; ⚠ 3 messages waiting since 00:30; ⚠ suspended since 00:31, "
        "nothing is posted there: Teller is not in that channel.",
        voice.REVIVE_ALL,
    )


async def test_many_channels_are_told_in_few_lines():
    many = [place("slack", f"T1/C{n}") for n in range(30)]
    reply = await desk(channels=FakeChannels(*many)).answer(
        question("channels", channel=many[0].channel)
    )
    assert (reply.title, len(reply.lines)) == ("30 channels served", 21)
    assert reply.lines[-1] == "And 10 more."


# ── Where nothing can be set ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("typed", CONTROLS)
async def test_from_a_shell_nothing_can_be_set(typed):
    shell = Desk(
        catalogue=CATALOGUE,
        newsroom_at=lambda at: FakeNewsroom(KNOWN, at),
        clock=StoppedClock(NOW),
    )
    reply = await shell.answer(question(typed))
    assert reply.error
    assert reply.title.startswith("That is set in a channel while Teller runs")
    taken = await shell.submit("follow", question(""), {"address": (LIVE,)})
    assert taken.title == reply.title


# ── The page at a glance ─────────────────────────────────────────────────────────────────────


async def test_the_page_at_a_glance_has_the_night_and_the_channels():
    sections = await desk(channels=FakeChannels(FILED)).home(question("whatever"))
    assert [section.command for section in sections][:2] == ["status", "channels"]
    assert sections[0].title == "0 of 2 declared"
    assert sections[1].title == "1 channel served"
    assert {"follow", "remind"} <= {choice.form for choice in sections[1].choices}
    assert not any(section.error for section in sections)
