"""A night that is cut off, again and again, and goes on: nothing is lost and nothing is doubled."""

import asyncio
import random
import re
import sys
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

import pytest

from bot.chat.post import PostKind
from tests.electionnight.clock import FastClock
from tests.nights.blog import live_blog
from tests.processes import (
    ended,
    lines_in,
    log_beside,
    running,
    stop,
    until_lines,
    until_said,
    until_there,
)
from tests.rooms import at
from tests.test_night import ENTRIES, assert_whole_night, kept_up, standing_in, waiting_in

SPEED = "1500"
ROOT = Path(__file__).parents[1]
# Teller by a faster clock.
PYTHON, CLOCK = (sys.executable, "-W", "ignore", "-m"), "tests.electionnight.clock"
# The whole night is 32 lines in the log; what comes at once after a line, and the end, are left.
LINES = range(1, 25)
# What systemd, a shell and a person expect of a program that is told to stop.
# Two seconds where nothing else runs; machines that test are busy.
AT_MOST = 10.0


async def cut_off_twenty_times(memory: Path) -> str:
    """Play the night into a file, cut off wherever it happens to be; what is said at its end."""
    chance = random.Random(20231019)
    demo = ("demo", "--keep", memory.name, "--speed", SPEED)
    # The first time even before its memory is made.
    async with running(*demo, folder=memory.parent) as process:
        await until_there(memory, process)
        process.kill()
    ways = [SIGKILL] * 15 + [SIGTERM, SIGTERM, SIGINT, SIGINT]
    chance.shuffle(ways)
    for way, number in zip(ways, sorted(chance.sample(LINES, len(ways))), strict=True):
        # At least one line of its own: before that it may not have heard yet what to do when told.
        lines = max(number, 1 + lines_in(log_beside(memory)))
        async with running(*demo, folder=memory.parent) as process:
            await until_lines(log_beside(memory), lines, process)
            await asyncio.sleep(chance.uniform(0, 0.06))
            assert process.returncode is None, (await ended(process)).err
            end, seconds = await stop(process, way)
            if way is not SIGKILL:
                assert (end.status, end.err) == (0, "")
                assert seconds < AT_MOST
    async with running(*demo, folder=memory.parent) as process:
        end = await ended(process)
    assert (end.status, end.err) == (0, "")
    return end.out


async def test_a_night_that_is_cut_off_twenty_times_is_told_once(tmp_path):
    for number in range(3):
        memory = tmp_path / f"night-{number}.db"
        out = await cut_off_twenty_times(memory)
        if kept_up(memory):
            break
    # How many of the demo's own questions were left to this last run depends on the last kill.
    assert re.search(r"2 declarations, 1 check, \d answers?: all delivered\.\n\Z", out)
    assert_whole_night(standing_in(memory))
    assert await waiting_in(memory) == 0


@pytest.mark.parametrize("way", [SIGINT, SIGTERM])
async def test_a_service_that_is_told_to_stop_goes_on_where_it_was(tmp_path, way):
    memory = tmp_path / "teller.db"
    async with live_blog(at("00:20")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        async with running(*run, folder=tmp_path) as process:
            await until_lines(log_beside(memory), 4, process)
            end, seconds = await stop(process, way)
        assert end.status == 0
        assert seconds < AT_MOST
        assert "Traceback" not in end.err
        assert "Warning" not in end.err
        assert "Good morning, and welcome" in end.out
        # Meanwhile the blog goes on; then it keeps its reader waiting, and the stop comes then.
        blog.at = at("00:45")
        async with running(*run, folder=tmp_path) as process:
            await until_lines(log_beside(memory), 8, process)
            blog.answers.clear()
            await blog.next_look()
            end, seconds = await stop(process, way)
        assert end.status == 0
        assert seconds < AT_MOST
        assert "Traceback" not in end.err
        assert "Warning" not in end.err
    night = standing_in(memory)
    withdrawn = "In pictures: boxes are carried in (again)"
    assert night.told(PostKind.ENTRY) == [e for e in ENTRIES[:9] if e[1] != withdrawn]
    assert [p for p in night.of(PostKind.ENTRY) if p.edited or p.withdrawn] == []
    assert night.of(PostKind.DECLARATION) == []
    assert await waiting_in(memory) == 0


async def test_round_ups_that_are_cut_off_again_and_again_have_every_entry_once(tmp_path):
    chance = random.Random(1945)
    memory = tmp_path / "teller.db"
    clock = FastClock(tmp_path / "clock", start=at("00:04"), speed=200.0, anew=True)
    by_clock = {**clock.environment, "PYTHONPATH": str(ROOT)}
    async with live_blog(at("00:04")) as blog:
        night = blog.night_file(tmp_path)
        night.write_text(night.read_text() + "every = 5\n")
        run = {"folder": tmp_path, "env": by_clock, "program": (*PYTHON, CLOCK)}

        async def goes_on() -> None:
            while True:
                blog.at = min(clock.now(), at("00:45"))
                await asyncio.sleep(0.02)

        clock.begin()
        going_on = asyncio.create_task(goes_on())
        kills = 0
        while clock.now() < at("00:50"):
            lines = 1 + lines_in(log_beside(memory))
            async with running("run", "--night", str(night), **run) as process:
                # In the middle of one, as it is sent, or after it.
                with suppress(TimeoutError):
                    async with asyncio.timeout(3):
                        await until_lines(log_beside(memory), lines, process)
                await asyncio.sleep(chance.uniform(0, 0.03))
                assert process.returncode is None, (await ended(process)).err
                process.kill()
                kills += 1
        assert kills >= 3
        async with running("run", "--night", str(night), **run) as process:
            await until_said(process, "teller.ready")
            await clock.sleep(600)
            end, _ = await stop(process)
        going_on.cancel()
    assert end.status == 0
    told = [
        "".join(span.text for span in block.spans)
        for post in standing_in(memory).of(PostKind.ROUND_UP)
        for block in post.body
    ]
    # One was withdrawn, before it was told or after.
    withdrawn = "00:36 In pictures: boxes are carried in (again)"
    wanted = [f"{clock} {heading}" for clock, heading in ENTRIES[:9]]
    wanted.remove(withdrawn)
    assert [line for line in told if not line.startswith(withdrawn)] == wanted
    assert len(told) <= len(wanted) + 1
    assert standing_in(memory).of(PostKind.ENTRY) == []


async def test_a_service_that_is_killed_while_it_starts_starts_again(tmp_path):
    chance = random.Random(1)
    memory = tmp_path / "teller.db"
    async with live_blog(at("00:45")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        for _ in range(4):
            async with running(*run, folder=tmp_path) as process:
                await until_there(memory, process)
                await asyncio.sleep(chance.uniform(0, 0.2))
                process.kill()
        async with running(*run, folder=tmp_path) as process:
            await until_said(process, "teller.ready")
            await until_lines(log_beside(memory), 8, process)
            end, _ = await stop(process)
    assert end.status == 0
    assert len(standing_in(memory).of(PostKind.ENTRY)) == 8
