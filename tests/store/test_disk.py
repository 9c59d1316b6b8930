"""A disk without room, a file that somebody holds, a file that is broken: said in a sentence."""

import asyncio
import resource
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import select
from tests.nights.blog import live_blog
from tests.processes import (
    PATIENCE,
    TELLER,
    Ended,
    Process,
    environment,
    log_beside,
    running,
    stop,
    teller,
    until_lines,
    until_said,
)
from tests.rooms import at

# Python's own files are left alone: half of one would be read by the next program.
NO_CACHE = {"PYTHONDONTWRITEBYTECODE": "1"}
FULL, ROOM = 1, resource.RLIM_INFINITY
_LIMITED = (
    "import os, resource, sys; "
    "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY)); "
    "os.execv(sys.argv[2], sys.argv[2:])"
)


def room(process: Process, size: int) -> None:
    """Let no file of a process be written past so many bytes, as on a disk that is full."""
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def teller_with(size: int, *arguments: str, folder: Path) -> Ended:
    """Run a command to its end on a disk where no file can be longer."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LIMITED, str(size), *TELLER, *arguments,
        cwd=folder, env=environment(**NO_CACHE), stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode is not None
    return Ended(status=process.returncode, out=out.decode(), err=err.decode())


def sentence(end: Ended) -> str:
    """What a person is told at the end: one sentence, and no stack trace."""
    assert end.status == 1
    assert "Traceback" not in end.err
    assert "Warning" not in end.err
    return end.err.splitlines()[-1]


@pytest.fixture
async def made(tmp_path: Path) -> Path:
    """The database of a night that was begun, without a process."""
    async with live_blog(at("00:20")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        async with running(*run, folder=tmp_path, env=NO_CACHE) as process:
            await until_lines(log_beside(tmp_path / "teller.db"), 4, process)
            await stop(process)
    return tmp_path / "teller.db"


def spoil(path: Path, keep: int) -> bytes:
    """Put nonsense into a file, but for its first bytes; what it then holds."""
    whole = content(path)
    broken = whole[:keep] + bytes(n * 31 % 251 for n in range(len(whole) - keep))
    path.write_bytes(broken)
    return broken


def content(path: Path) -> bytes:
    return path.read_bytes()


# ── At the start ─────────────────────────────────────────────────────────────────────────────


# Where it ends while its tables are made, while the night is put into them, or just after.
@pytest.mark.parametrize("size", [40_000, 165_000, 180_000])
async def test_without_room_for_a_database_it_says_so_and_makes_no_half_of_one(
    tmp_path: Path, size: int
) -> None:
    async with live_blog(at("00:20")) as blog:
        night = str(blog.night_file(tmp_path))
        end = await teller_with(size, "run", "--night", night, folder=tmp_path)
        assert "cannot be used" in sentence(end)
        assert "disk I/O error" in sentence(end)

        # With room there, it begins as if nothing had been.
        async with running("run", "--night", night, folder=tmp_path) as process:
            await until_lines(log_beside(tmp_path / "teller.db"), 4, process)
            end, _ = await stop(process)
    assert end.status == 0


@pytest.mark.parametrize("size", [5_000, 20_000])
async def test_without_room_to_go_on_it_says_so_and_what_was_kept_stays(
    made: Path, size: int
) -> None:
    before = select(f"sqlite:///{made}", "SELECT id, state FROM item ORDER BY id")

    night = str(made.with_name("night.toml"))
    end = await teller_with(size, "run", "--night", night, folder=made.parent)

    assert "teller.db cannot be used: disk I/O error" in sentence(end)
    assert select(f"sqlite:///{made}", "SELECT id, state FROM item ORDER BY id") == before
    assert select(f"sqlite:///{made}", "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("keep", [0, 2 * 4096], ids=["from the first byte", "after its head"])
async def test_a_broken_file_is_refused_and_left_as_it_is(made: Path, keep: int) -> None:
    broken = spoil(made, keep)

    night = str(made.with_name("night.toml"))
    said = sentence(await teller("run", "--night", night, folder=made.parent))

    assert "teller.db cannot be used" in said
    assert "not a database" in said or "malformed" in said
    assert content(made) == broken


async def test_a_file_that_another_program_holds_is_refused_after_a_while(made: Path) -> None:
    with closing(sqlite3.connect(made, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        night = str(made.with_name("night.toml"))
        said = sentence(await teller("run", "--night", night, folder=made.parent))

    assert "teller.db cannot be used: database is locked" in said


# ── At run time ──────────────────────────────────────────────────────────────────────────────


async def test_a_disk_that_is_full_for_a_while_loses_nothing(tmp_path: Path) -> None:
    memory = tmp_path / "teller.db"
    async with live_blog(at("00:20")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        async with running(*run, folder=tmp_path, env=NO_CACHE) as process:
            await until_lines(log_beside(memory), 4, process)
            room(process, FULL)
            blog.at = at("00:45")
            said = await until_said(process, "relay.broke")
            assert "disk I/O error" in said or "OperationalError" in said
            assert process.returncode is None

            room(process, ROOM)
            await until_lines(log_beside(memory), 8, process)
            end, _ = await stop(process)
    assert end.status == 0
    assert select(f"sqlite:///{memory}", "SELECT DISTINCT state FROM item") == [("sent",)]


async def test_a_database_that_another_program_holds_for_long_loses_nothing(
    tmp_path: Path,
) -> None:
    memory = tmp_path / "teller.db"
    async with live_blog(at("00:20")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        async with running(*run, folder=tmp_path, env=NO_CACHE) as process:
            await until_lines(log_beside(memory), 4, process)
            with closing(sqlite3.connect(memory, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                blog.at = at("00:45")
                said = await until_said(process, "relay.broke")
                assert "locked" in said or "OperationalError" in said
                assert process.returncode is None
                other.execute("ROLLBACK")
            await until_lines(log_beside(memory), 8, process)
            end, _ = await stop(process)
    assert end.status == 0
    assert select(f"sqlite:///{memory}", "SELECT DISTINCT state FROM item") == [("sent",)]


async def test_a_disk_that_is_full_at_the_end_does_not_spoil_it(tmp_path: Path) -> None:
    memory = tmp_path / "teller.db"
    async with live_blog(at("00:20")) as blog:
        run = ("run", "--night", str(blog.night_file(tmp_path)))
        async with running(*run, folder=tmp_path, env=NO_CACHE) as process:
            await until_lines(log_beside(memory), 4, process)
            room(process, FULL)
            end, _ = await stop(process)
    assert end.status == 0
    assert select(f"sqlite:///{memory}", "PRAGMA integrity_check") == [("ok",)]
