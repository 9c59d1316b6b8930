"""What ends a program: its work, somebody who stops it, or something inside."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from bot.app import open_rooms
from bot.clocks import WallClock
from bot.errors import TellerError
from bot.ports import Desk
from bot.running import run_until_stopped
from tests.test_leading import NIGHT
from tests.wire import MemoryBlog, RecordingPlatform


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_stops_it_is_told_of_no_fault(number: signal.Signals) -> None:
    async def work() -> int:
        os.kill(os.getpid(), number)
        await asyncio.sleep(30)
        return 1

    assert run_until_stopped(work()) is None


def test_what_is_cancelled_though_nobody_stops_it_is_a_fault() -> None:
    async def work() -> int:
        raise asyncio.CancelledError

    with pytest.raises(TellerError, match="ended from within"):
        run_until_stopped(work())


def test_the_outcome_of_the_work_is_given_back() -> None:
    assert run_until_stopped(asyncio.sleep(0, 42)) == 42


class Ending(RecordingPlatform):
    """A platform whose client gives up by itself."""

    async def run(self, desk: Desk) -> None:
        raise asyncio.CancelledError


async def test_a_platform_that_ends_by_itself_ends_the_program_and_leaves_it_not_deaf(
    tmp_path: Path,
) -> None:
    async with open_rooms(
        night=NIGHT,
        database_url=f"sqlite:///{tmp_path}/teller.db",
        clock=WallClock(),
        reader=MemoryBlog(),
        platforms=[Ending("slack")],
    ) as rooms:
        with pytest.raises(ExceptionGroup) as ended:
            await rooms.run(rooms.talk())
    assert ended.group_contains(TellerError, match="Nobody listens on Slack any more")


async def test_whoever_leaves_a_platform_is_told_of_no_fault(tmp_path: Path) -> None:
    async with open_rooms(
        night=NIGHT,
        database_url=f"sqlite:///{tmp_path}/teller.db",
        clock=WallClock(),
        reader=MemoryBlog(),
        platforms=[RecordingPlatform("slack")],
    ) as rooms:
        talking = asyncio.create_task(rooms.talk())
        await asyncio.sleep(0)
        talking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await talking
