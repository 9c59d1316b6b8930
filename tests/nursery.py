"""Real processes of the program, without the second that each takes to import itself.

Run as a program of its own, it imports Teller once, and forks a process whenever it is asked to: a
real one, with a memory, sockets, signals and a death of its own. It is asked over a socket, by a
byte that brings the process's three standard streams and a socket of its own. Over that one comes a
line of JSON with what the process is to be given, and a line goes back when it has started, and
one when it has ended.
"""

import asyncio
import atexit
import gc
import json
import os
import random
import runpy
import select
import signal
import socket
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

# Without bytecode: who is killed as it writes some may leave half of it to everybody.
PROGRAM = (sys.executable, "-P", "-B", "-W", "ignore", __file__)
# What `teller run` imports once it runs, in Slack and Discord, on either database.
RUNS_ON = (
    "bot.cli",
    "bot.asking",
    "bot.demo",
    "bot.service",
    "bot.platforms.terminal",
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
# Of a socket: that of the process, and its three streams.
HANDED_OVER = 4


class Process:
    """One process, used as those of asyncio are."""

    def __init__(self, pid: int, said: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        # As asyncio's processes have it: None while it lives, below zero for a signal.
        self.returncode: int | None = None
        self.stdout: asyncio.StreamReader | None = None
        self.stderr: asyncio.StreamReader | None = None
        self._stdin: int | None = None
        self._writer = writer
        self._watching = asyncio.create_task(self._watch(said))

    async def _watch(self, said: asyncio.StreamReader) -> None:
        line = await said.readline()
        # Where the nursery is gone too, whatever came from it was killed.
        self.returncode = json.loads(line)["ended"] if line else -signal.SIGKILL
        self._writer.close()

    async def listen(self, stdin: int | None, stdout: int, stderr: int) -> None:
        """Take the other ends of its standard streams."""
        self._stdin = stdin
        self.stdout, self.stderr = await _reader(stdout), await _reader(stderr)

    async def wait(self) -> int:
        """Wait for its end: its status."""
        await asyncio.shield(self._watching)
        assert self.returncode is not None
        return self.returncode

    async def communicate(self, typed: bytes | None = None) -> tuple[bytes, bytes]:
        """Give it all that it is to read, and read all that it says, to its end."""
        assert self.stdout is not None
        assert self.stderr is not None
        if self._stdin is not None:
            os.write(self._stdin, typed or b"")
            os.close(self._stdin)
            self._stdin = None
        out, err = await asyncio.gather(self.stdout.read(), self.stderr.read())
        await self.wait()
        return out, err

    def send_signal(self, number: signal.Signals) -> bool:
        """Send it a signal, at once; whether it still lived."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)
                return True
        return False

    def terminate(self) -> None:
        """Tell it to stop."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it where it is."""
        self.send_signal(signal.SIGKILL)


class Nursery:
    """Where processes come from; whatever came from it dies with it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._asks, theirs = socket.socketpair()
        with theirs:
            fd = theirs.fileno()
            self._program = subprocess.Popen((*PROGRAM, str(fd)), env=env, pass_fds=[fd])

    async def born(
        self,
        *arguments: str,
        folder: Path,
        env: Mapping[str, str],
        streams: Sequence[int],
        noisy: bool = False,
        first: Path | None = None,
    ) -> Process:
        """A Teller that runs in a folder, with these descriptors for its standard streams.

        They are its own from then on, and closed here. `noisy` has it show all warnings; `first`
        is a script that is run in it before.
        """
        told = {
            "arguments": arguments,
            "folder": str(folder),
            "env": dict(env),
            "noisy": noisy,
            "first": None if first is None else str(first),
        }
        mine, its = socket.socketpair()
        mine.sendall(json.dumps(told).encode() + b"\n")
        handed = (its.detach(), *streams)
        try:
            socket.send_fds(self._asks, [b"!"], handed)
        finally:
            for descriptor in handed:
                os.close(descriptor)
        said, writer = await asyncio.open_connection(sock=mine)
        line = await said.readline()
        assert line, "the nursery has ended; what it said last says why"
        return Process(json.loads(line)["started"], said, writer)

    async def start(
        self,
        *arguments: str,
        folder: Path,
        env: Mapping[str, str],
        log: Path,
        first: Path | None = None,
    ) -> Process:
        """A Teller that reads nothing and writes all that it says to the end of a file."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        streams = (nothing, said, os.dup(said))
        return await self.born(*arguments, folder=folder, env=env, streams=streams, first=first)

    async def piped(
        self, *arguments: str, folder: Path, env: Mapping[str, str], stdin: int | None = None
    ) -> Process:
        """A Teller between pipes; `stdin` as for asyncio's processes, and nothing without it."""
        ours: int | None = None
        if stdin == asyncio.subprocess.PIPE:
            stdin, ours = os.pipe()
        elif stdin is None or stdin == asyncio.subprocess.DEVNULL:
            stdin = os.open(os.devnull, os.O_RDONLY)
        else:
            stdin = os.dup(stdin)
        (out, its_out), (err, its_err) = os.pipe(), os.pipe()
        streams = (stdin, its_out, its_err)
        process = await self.born(*arguments, folder=folder, env=env, streams=streams, noisy=True)
        await process.listen(ours, out, err)
        return process

    def close(self) -> None:
        """End it, and all that came from it."""
        self._asks.close()
        self._program.wait()


@cache
def shared(**env: str) -> Nursery:
    """One for all of a test run, which ends with it."""
    opened = Nursery(env)
    atexit.register(opened.close)
    return opened


@asynccontextmanager
async def nursery(env: Mapping[str, str]) -> AsyncIterator[Nursery]:
    """One of one's own."""
    opened = Nursery(env)
    try:
        yield opened
    finally:
        await asyncio.to_thread(opened.close)


async def _reader(descriptor: int) -> asyncio.StreamReader:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", 0)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader


# ── In the nursery itself ────────────────────────────────────────────────────────────────────


def _nurse(asked: socket.socket) -> None:
    """Fork a process whenever asked to; kill them all when nobody can ask any more."""
    for name in RUNS_ON:
        import_module(name)
    # What all share is not to be copied for each as its collector looks at it.
    gc.collect()
    gc.freeze()
    ends, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    # Ctrl-C goes to all who sit at a terminal: it ends with whoever started it, and not before it
    # has seen to its processes.
    for number in ENDINGS:
        signal.signal(number, signal.SIG_IGN)
    alive: dict[int, socket.socket] = {}
    while True:
        readable, _, _ = select.select([asked, ends], [], [])
        if ends in readable:
            os.read(ends, 4096)
            _bury(alive)
        if asked in readable:
            byte, handed, _, _ = socket.recv_fds(asked, 1, HANDED_OVER)
            if not byte:
                break
            whose = socket.socket(fileno=handed[0])
            told = json.loads(whose.makefile("r").readline())
            if pid := os.fork():
                _say(whose, started=pid)
                alive[pid] = whose
                for descriptor in handed[1:]:
                    os.close(descriptor)
            else:
                for descriptor in (asked, whose, *alive.values()):
                    descriptor.close()
                for descriptor in (ends, wake):
                    os.close(descriptor)
                _live(told, handed[1:])
                return
    for pid in alive:
        os.kill(pid, signal.SIGKILL)


def _say(whose: socket.socket, **said: int) -> None:
    # Who asked for it may be gone.
    with suppress(OSError):
        whose.sendall(json.dumps(said).encode() + b"\n")


def _bury(alive: dict[int, socket.socket]) -> None:
    for pid in tuple(alive):
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            whose = alive.pop(pid)
            _say(whose, ended=os.waitstatus_to_exitcode(status))
            whose.close()


def _live(told: dict[str, Any], streams: Sequence[int]) -> None:
    """Become the program, as if somebody had started it in a shell."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # Python's own were made for what stood there before.
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, "utf-8", "backslashreplace", closefd=False)
    os.chdir(told["folder"])
    os.environ.clear()
    os.environ.update(told["env"])
    sys.argv = ["teller", *told["arguments"]]
    if told["noisy"]:
        warnings.resetwarnings()
        warnings.simplefilter("default")
    # Or all would wait as long as each other wherever they wait by chance.
    random.seed()
    if told["first"]:
        runpy.run_path(told["first"], run_name="__main__")
    import_module("bot.__main__").main()


if __name__ == "__main__":
    _nurse(socket.socket(fileno=int(sys.argv[1])))
