"""Notes on slips: to who follows checks, kept with the entries, true to their last version."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot import checks as checks_room
from bot.chat.ask import Channel, Follow
from bot.chat.post import PostKind
from bot.clocks import StoppedClock
from bot.election.figure import Source
from tests.nights.facts import MID_BEDFORDSHIRE
from tests.rooms import EVERYTHING, NEWSROOM, Room, at, following, open_room

SUBS = Channel(platform="terminal", id="subs")
MID_BEDS_ONLY = Channel(platform="terminal", id="mid-beds")
CHECKS = frozenset({Follow.CHECKS})
SLIP = "It is lower than the by-elections held in June in Selby and Ainsty and Uxbridge."
RIGHT = "It is lower than the by-elections held in July in Selby and Ainsty and Uxbridge."


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    channels = [
        following(NEWSROOM, EVERYTHING),
        following(SUBS, CHECKS),
        following(MID_BEDS_ONLY, CHECKS, only=[MID_BEDFORDSHIRE]),
    ]
    clock = StoppedClock(at("00:42"))
    async with open_room(database_url, clock=clock, channels=channels) as opened:
        yield opened


async def standing(room: Room, channel: Channel) -> list[tuple[str, str | None]]:
    """What stands in a channel: its words, and why it no longer holds."""
    await room.deliver()
    return [
        ("\n".join([post.heading, *(block.text for block in post.body)]), post.withdrawn)
        for ref, post in room.platform.standing.items()
        if ref.channel == channel
    ]


async def test_a_slip_is_told_to_who_follows_checks_and_to_nobody_else(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", SLIP)
    await room.look()
    ((words, withdrawn),) = await standing(room, SUBS)
    assert words.startswith("Check 00:41: Low turnout in Tamworth")
    assert SLIP in words
    assert "voted on 20 July 2023" in words
    assert "House of Commons Library" in words
    assert withdrawn is None
    assert [words.splitlines()[0] for words, _ in await standing(room, NEWSROOM)] == [
        "Low turnout in Tamworth"
    ]
    # An entry on Tamworth alone is not for who follows Mid Bedfordshire's.
    assert await standing(room, MID_BEDS_ONLY) == []


async def test_an_entry_without_a_slip_is_not_remarked_on(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", RIGHT)
    await room.look()
    assert await standing(room, SUBS) == []


async def test_a_slip_that_is_put_right_is_struck_where_it_was_told(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", SLIP)
    await room.look()
    await room.deliver()
    room.blog.post("low", at("00:50"), "Low turnout in Tamworth", RIGHT)
    await room.look()
    ((_, withdrawn),) = await standing(room, SUBS)
    assert withdrawn == checks_room.PUT_RIGHT


async def test_an_edit_of_an_entry_that_had_no_slip_tells_nobody(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", RIGHT)
    await room.look()
    room.blog.post("low", at("00:50"), "Very low turnout in Tamworth", RIGHT)
    await room.look()
    assert await standing(room, SUBS) == []


async def test_a_slip_that_comes_with_an_edit_is_told(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", RIGHT)
    await room.look()
    room.blog.post("low", at("00:50"), "Low turnout in Tamworth", SLIP)
    await room.look()
    ((words, withdrawn),) = await standing(room, SUBS)
    assert SLIP in words
    assert withdrawn is None


async def test_with_its_entry_a_note_goes(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", SLIP)
    await room.look()
    await room.deliver()
    room.blog.take_down("low")
    await room.look()
    ((_, withdrawn),) = await standing(room, SUBS)
    assert withdrawn == checks_room.WITHDRAWN


async def test_a_slip_put_right_before_it_was_told_is_never_told(room):
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", SLIP)
    await room.look()
    room.blog.post("low", at("00:42"), "Low turnout in Tamworth", RIGHT)
    await room.look()
    assert await standing(room, SUBS) == []


async def test_another_turnout_than_another_entry_gave_is_told_with_who_gave_it(room):
    room.blog.post("low", at("00:30"), "Turnout", "Turnout in Tamworth is 35.9 per cent.")
    await room.look()
    room.blog.post("again", at("00:41"), "Turnout", "Turnout in Tamworth is 39.5 per cent.")
    await room.look()
    ((words, _),) = await standing(room, SUBS)
    assert "It was 35.9% before. (By-elections live)" in words or "The Example" in words
    # A correction of the entry's own figure is no contradiction.
    room.blog.post("low", at("00:42"), "Turnout", "Turnout in Tamworth is 36.4 per cent.")
    await room.look()
    told = [post for key, post in await room.told(PostKind.CHECK) if ":low" in key.subject]
    assert all(post.withdrawn for post in told)


async def test_a_fault_of_ours_holds_up_no_entry(room, monkeypatch):
    def broken(*_):
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(checks_room, "check", broken)
    room.blog.post("low", at("00:41"), "Low turnout in Tamworth", SLIP)
    with capture_logs() as logs:
        await room.look()
    assert [words.splitlines()[0] for words, _ in await standing(room, NEWSROOM)] == [
        "Low turnout in Tamworth"
    ]
    assert "checks.broke" in [one["event"] for one in logs]
    assert await standing(room, SUBS) == []


def test_a_note_says_the_words_the_fact_and_the_source():
    from bot.chat.events import Checked
    from bot.liveblog.checks.slip import Slip
    from bot.liveblog.entry import Entry
    from handlers.alerts.check import check

    entry = Entry(id="1", published=at("00:41"), heading="")
    slip = Slip(words="Somerset and Frome", fact="There is no such seat.")
    event = Checked(entry=entry, source=Source(name="The Example"), slips=(slip,))
    post = check.word(event)
    assert post.kind is PostKind.CHECK
    assert post.heading == "Check 00:41: an entry without a heading"
    assert [block.text for block in post.body] == [
        "“Somerset and Frome”",
        "There is no such seat. (House of Commons Library)",
    ]
    cleared = check.word(replace(event, slips=(), cleared="the entry has been put right"))
    assert cleared.withdrawn == "the entry has been put right"
