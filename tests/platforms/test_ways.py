"""Entries in the way that a channel wants them, as they stand in Slack, Discord and a terminal.

What stands in Slack and Discord was posted by the real clients to their stand-in servers.
"""

import io
from dataclasses import replace
from datetime import time

from bot.chat.ask import Channel, Follow
from bot.chat.manner import Manner
from bot.chat.quiet import Quiet
from bot.clocks import StoppedClock
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from tests.platforms.test_fidelity import Desk, Place, is_edited
from tests.platforms.test_fidelity import desk as desk
from tests.platforms.test_fidelity import place as place
from tests.rooms import at, following, open_room

ENTRIES, ALL = frozenset({Follow.ENTRIES}), frozenset()
LONG = "and the returning officer at the Rawlett School asks for the boxes to be brought in at once"


async def becomes(desk: Desk, words: str) -> list[str]:
    """It is another time, and what waits for it is sent; what then stands."""
    desk.clock.moment = at(words)
    await desk.rooms.gathering.release()
    return await desk.deliver()


async def test_a_heading_comes_alone_and_changes_when_it_does(desk: Desk, place: Place) -> None:
    await desk.rooms.channels.follow(place.channel, ENTRIES, ALL, Manner(headlines=True))
    desk.blog.post("close", "Tamworth looks close", "A long text about it.")
    (close,) = await desk.read()
    assert "Tamworth looks close" in close
    assert "A long text" not in close

    desk.blog.edit("close", "Tamworth looks close", "Another text.")
    await desk.read()
    assert desk.place.requests() == (1, 0)
    desk.blog.edit("close", "Tamworth looks very close", "Another text.")
    (close,) = await desk.read()
    assert "very close" in close
    assert is_edited(close)
    assert desk.place.requests() == (1, 1)


async def test_a_round_up_comes_on_the_half_hour_and_is_kept_true(desk: Desk, place: Place) -> None:
    await desk.rooms.channels.follow(place.channel, ENTRIES, ALL, Manner(every=30))
    desk.blog.post("boxes", "Boxes arrive in Sheffield", "A text.")
    desk.blog.post("close", "Tamworth looks close", "A text.")
    assert await desk.read() == []

    (told,) = await becomes(desk, "00:30")
    assert "2 entries, 00:10" in told
    assert "Boxes arrive in Sheffield" in told
    assert "Tamworth looks close" in told
    assert "A text" not in told

    desk.blog.edit("boxes", "Boxes arrive in Shefford")
    (told,) = await desk.read()
    assert "Shefford" in told
    assert "Sheffield" not in told
    assert desk.place.requests() == (1, 1)


async def test_quiet_hours_end_in_one_message(desk: Desk, place: Place) -> None:
    await desk.rooms.channels.quieten(place.channel, Quiet(begins=time(0), ends=time(6)))
    desk.blog.post("boxes", "Boxes arrive in Shefford")
    assert await desk.read() == []
    (told,) = await becomes(desk, "06:00")
    assert "While it was quiet here: 1 entry, 00:10" in told
    assert "Boxes arrive in Shefford" in told


async def test_a_full_round_up_fits_into_its_messages_whole(desk: Desk, place: Place) -> None:
    await desk.rooms.channels.follow(place.channel, ENTRIES, ALL, Manner(every=30))
    for number in range(20):
        desk.blog.post(f"{'n' * 100}-{number}", f"Entry {number:02} {LONG}")
    await desk.look()
    told = "".join(await becomes(desk, "00:30"))
    for number in range(20):
        assert f"Entry {number:02} {LONG}" in told
    assert desk.place.requests() == (2, 0)


async def test_a_round_up_is_read_in_a_terminal(sqlite_url: str) -> None:
    clock, out = StoppedClock(at("00:10")), io.StringIO()
    platform = TerminalPlatform(
        console=make_console(file=out, width=80),
        log=MessageLog(),
        clock=clock,
        completions=tuple,
        interactive=False,
        stdin=0,
    )
    here = Channel(platform="terminal", id="terminal")
    wants = replace(following(here, ENTRIES), manner=Manner(every=30))
    async with open_room(sqlite_url, clock=clock, channels=[wants], platform=platform) as room:
        room.blog.post("boxes", clock.now(), "Boxes arrive in Shefford", "A text.")
        await room.look()
        await room.deliver()
        assert "Shefford" not in out.getvalue()
        await room.move_to(at("00:30"))
        await room.deliver()
        room.blog.post("boxes", clock.now(), "Boxes arrive in Ampthill")
        await room.look()
        await room.deliver()
    first, second = out.getvalue().split("Shefford")
    assert "1 entry, 00:10" in first
    assert "Ampthill" in second
