"""One process leads: never two at once, and never none for long."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store.leadership import Leadership, alone
from tests.conftest import select

PATIENCE = 15.0
WHO_LEADS = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 2115101698 AND granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


class Leaders:
    """Who leads now, and whether two ever did at once."""

    def __init__(self) -> None:
        self.now: list[str] = []
        self.most = 0
        self.changed = asyncio.Condition()

    async def lead(self, name: str) -> None:
        async with self.changed:
            self.now.append(name)
            self.most = max(self.most, len(self.now))
            self.changed.notify_all()
        try:
            await asyncio.Event().wait()
        finally:
            # It takes a while to leave: nobody may begin meanwhile.
            await asyncio.sleep(0)
            self.now.remove(name)

    async def until(self, *names: str) -> str:
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: bool(set(self.now) & set(names)))
        return self.now[0]


@asynccontextmanager
async def contending(
    url: str, leaders: Leaders, *names: str
) -> AsyncIterator[dict[str, asyncio.Task[None]]]:
    tasks = {
        name: asyncio.create_task(Leadership(url).lead(lambda name=name: leaders.lead(name)))
        for name in names
    }
    try:
        yield tasks
    finally:
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)


async def test_when_one_leaves_another_leads_and_never_two(postgresql: str) -> None:
    leaders = Leaders()
    names = {"one", "two", "three"}
    async with contending(postgresql, leaders, *names) as tasks:
        while names:
            first = await leaders.until(*names)
            names.discard(first)
            tasks[first].cancel()

    assert leaders.most == 1


async def test_who_loses_the_database_stops_at_once_and_somebody_leads_again(
    postgresql: str,
) -> None:
    leaders = Leaders()
    async with contending(postgresql, leaders, "one", "two"):
        for _ in range(3):
            await leaders.until("one", "two")
            ((pid,),) = select(postgresql, WHO_LEADS)
            select(postgresql, f"SELECT pg_terminate_backend({pid})")
            async with asyncio.timeout(PATIENCE):
                while select(postgresql, WHO_LEADS) in ([], [(pid,)]):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        await leaders.until("one", "two")

    assert leaders.most == 1


async def test_what_ends_the_work_of_a_leader_is_raised(postgresql: str) -> None:
    async def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await Leadership(postgresql).lead(broken)
    # The lead was given back.
    leaders = Leaders()
    async with contending(postgresql, leaders, "next"):
        await leaders.until("next")


# ── A file ───────────────────────────────────────────────────────────────────────────────────


async def test_a_process_on_a_file_leads(sqlite_url: str) -> None:
    done = []

    async def work() -> None:
        done.append("work")

    await Leadership(sqlite_url).lead(work)

    assert done == ["work"]


def test_a_second_process_on_a_file_is_refused_with_the_first_ones_number(
    sqlite_url: str, tmp_path: Path
) -> None:
    with alone(sqlite_url):
        with pytest.raises(StoreError) as caught, alone(sqlite_url):
            pass
        assert str(caught.value).startswith(
            f"Another Teller runs on {tmp_path}/teller.db already (process {os.getpid()})."
        )
        with alone(f"sqlite:///{tmp_path}/another.db"):
            pass
    with alone(sqlite_url):
        pass


def test_a_file_in_no_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with (
        pytest.raises(StoreError, match=r"cannot be used: .* cannot be written \(No such file"),
        alone(f"sqlite:///{tmp_path}/nowhere/teller.db"),
    ):
        pass


def test_a_disk_that_takes_nothing_is_told_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "teller.db.lock").symlink_to("/dev/full")

    with (
        pytest.raises(StoreError, match=r"cannot be used: .* cannot be written \("),
        alone(f"sqlite:///{tmp_path}/teller.db"),
    ):
        pass


def test_any_number_of_processes_share_a_server(postgresql: str) -> None:
    with alone(postgresql), alone(postgresql):
        pass
