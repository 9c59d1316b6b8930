"""What ends a program: its work, somebody who stops it, or something inside."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.app import Rooms, open_rooms
from bot.clocks import WallClock
from bot.errors import TellerError
from bot.ports import Desk, Platform
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


class Staying(RecordingPlatform):
    """A platform that is there until it is left; `begun` is set once it is."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.begun = asyncio.Event()

    async def run(self, desk: Desk) -> None:
        self.begun.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def rooms_with(folder: Path, *platforms: Platform) -> AsyncIterator[Rooms]:
    async with open_rooms(
        night=NIGHT,
        database_url=f"sqlite:///{folder}/teller.db",
        clock=WallClock(),
        reader=MemoryBlog(),
        platforms=platforms,
    ) as rooms:
        yield rooms


async def test_a_platform_that_ends_by_itself_ends_the_program_and_leaves_it_not_deaf(
    tmp_path: Path,
) -> None:
    async with rooms_with(tmp_path, Ending("slack")) as rooms:
        with pytest.raises(ExceptionGroup) as ended:
            await rooms.run(rooms.talk())
    assert ended.group_contains(TellerError, match="Nobody listens on Slack any more")


async def test_whoever_leaves_a_platform_is_told_of_no_fault(tmp_path: Path) -> None:
    platform = Staying("slack")
    async with rooms_with(tmp_path, platform) as rooms:
        talking = asyncio.create_task(rooms.talk())
        await platform.begun.wait()
        talking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await talking


async def test_what_a_room_could_not_be_told_of_comes_with_what_changes_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, frozenset[str] | None]] = []

    async def stumbling(touched: frozenset[str] | None = None) -> None:
        heard.append(("announcer", touched))
        if len(heard) <= 2:
            raise ValueError("one seat is damaged")

    async def sound(touched: frozenset[str] | None = None) -> None:
        heard.append(("boards", touched))

    async with rooms_with(tmp_path) as rooms:
        monkeypatch.setattr(rooms.announcer, "look", stumbling)
        monkeypatch.setattr(rooms.boards, "look", sound)
        one, other = frozenset({"one"}), frozenset({"other"})
        with pytest.raises(ValueError, match="one seat is damaged"):
            await rooms.changed(one)
        await rooms.changed(other)
        await rooms.changed(other)
    assert heard == [
        ("announcer", one), ("boards", one),
        ("announcer", one | other), ("boards", one | other),
        ("announcer", other), ("boards", other),
    ]  # fmt: skip
