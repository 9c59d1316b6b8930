"""Processes of the program without the second that each takes to import itself.

Run as a program of its own, it imports Teller once, and then forks a process for every line that
it reads: a real one, with a memory, sockets and a death of its own. In: lines of JSON with what a
process is to be given. Out: lines of JSON with what was started and how it ended.
"""

import asyncio
import json
import os
import random
import runpy
import select
import signal
import sys
import traceback
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

# Without bytecode: who is killed as it writes some may leave half of it to everybody.
PROGRAM = (sys.executable, "-P", "-B", "-W", "ignore", __file__)
# What `teller run` imports once it runs, in Slack and Discord, on either database.
RUNS_ON = (
    "bot.cli",
    "bot.service",
    "bot.platforms.slack.opening",
    "bot.platforms.discord.platform",
    "bot.platforms.discord.connection",
    "bot.store",
    "handlers",
    "aiosqlite",
    "psycopg",
    "procrastinate",
    "fastfeedparser",
    "alembic.command",
    "sqlalchemy.dialects.sqlite.aiosqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
)
ENDINGS = (signal.SIGINT, signal.SIGTERM)


class Process:
    """One process: `returncode` as asyncio's processes have it, None while it lives."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = asyncio.Event()

    async def wait(self) -> int:
        """Wait for its end: its status, below zero for the signal that killed it."""
        await self._ended.wait()
        assert self.returncode is not None
        return self.returncode

    def signal(self, number: signal.Signals) -> bool:
        """Send it a signal, at once; whether it still lived."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
                return True
        return False

    def ended(self, returncode: int) -> None:
        """What the nursery says of it."""
        self.returncode = returncode
        self._ended.set()


class Nursery:
    """Where processes come from."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._children: dict[int, Process] = {}
        self._born: asyncio.Queue[Process | None] = asyncio.Queue()
        self._turn = asyncio.Lock()

    async def start(
        self,
        *arguments: str,
        folder: Path,
        env: Mapping[str, str],
        log: Path,
        first: Path | None = None,
    ) -> Process:
        """A Teller that runs in a folder; `first` is a script that is run in it before."""
        told = {
            "arguments": arguments,
            "folder": str(folder),
            "env": dict(env),
            "log": str(log),
            "first": None if first is None else str(first),
        }
        async with self._turn:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
            born = await self._born.get()
        assert born is not None, "the nursery has ended; what it said last says why"
        return born

    async def listen(self) -> None:
        """Take what the nursery says, for as long as it lives."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            said = json.loads(line)
            if "started" in said:
                child = self._children[said["started"]] = Process(said["started"])
                self._born.put_nowait(child)
            else:
                self._children.pop(said["ended"]).ended(said["status"])
        self._born.put_nowait(None)


@asynccontextmanager
async def nursery(env: Mapping[str, str]) -> AsyncIterator[Nursery]:
    """A nursery; whatever came from it dies with it."""
    process = await asyncio.create_subprocess_exec(
        *PROGRAM, env=env, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    opened = Nursery(process)
    listening = asyncio.create_task(opened.listen())
    try:
        yield opened
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


# ── In the nursery itself ────────────────────────────────────────────────────────────────────


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)


def _nurse() -> None:
    """Fork a process for each line that comes in; kill them all when no more can come."""
    for name in RUNS_ON:
        import_module(name)
    ends, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    # Ctrl-C goes to all who sit at a terminal: it ends with whoever started it, and not before it
    # has seen to its processes.
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    alive: set[int] = set()
    unread = b""
    while True:
        readable, _, _ = select.select([0, ends], [], [])
        if ends in readable:
            os.read(ends, 4096)
            _bury(alive)
        if 0 in readable:
            more = os.read(0, 65_536)
            if not more:
                break
            *lines, unread = (unread + more).split(b"\n")
            for line in lines:
                alive.add(_fork(json.loads(line), ends, wake))
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _bury(alive: set[int]) -> None:
    for pid in tuple(alive):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            alive.discard(pid)
            _say(ended=pid, status=os.waitstatus_to_exitcode(status))


def _fork(told: dict[str, Any], *unneeded: int) -> int:
    if pid := os.fork():
        _say(started=pid)
        return pid
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for descriptor in unneeded:
            os.close(descriptor)
        _live(told)
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _live(told: dict[str, Any]) -> None:
    """Become the program, as if somebody had started it in a shell."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.argv = ["teller", *told["arguments"]]
    # Or all would wait as long as each other wherever they wait by chance.
    random.seed()
    if told["first"]:
        runpy.run_path(told["first"], run_name="__main__")
    import_module("bot.cli").main()


if __name__ == "__main__":
    _nurse()
