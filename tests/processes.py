"""Real Teller processes, started the way somebody starts them in a shell."""

import asyncio
import fcntl
import json
import os
import re
import signal
import struct
import sys
import termios
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import nursery

# What asyncio gives, and what comes from a nursery.
Process = asyncio.subprocess.Process | nursery.Process
TELLER = (sys.executable, "-W", "default", "-m", "bot")
PATIENCE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a process left behind."""

    status: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Its output in one line: where a line breaks is the terminal's business."""
        return " ".join(self.out.split())

    @property
    def data(self) -> dict[str, Any]:
        """Its output as JSON."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def environment(**settings: str) -> dict[str, str]:
    """The tests' own environment without anything that is a setting of Teller."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1", **settings}


@asynccontextmanager
async def running(
    *arguments: str,
    folder: Path,
    env: Mapping[str, str] | None = None,
    stdin: int | None = None,
    program: Sequence[str] | None = None,
) -> AsyncIterator[Process]:
    """A Teller that runs in a folder; it is killed at the end, if it still runs.

    It comes from a nursery, which has imported it; with a `program`, it is that one.
    """
    its = environment(**(env or {}))
    process: Process
    if program is None:
        home = nursery.shared(**environment())
        process = await home.piped(*arguments, folder=folder, env=its, stdin=stdin)
    else:
        process = await asyncio.create_subprocess_exec(
            *program,
            *arguments,
            cwd=folder,
            env=its,
            stdin=asyncio.subprocess.DEVNULL if stdin is None else stdin,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def teller(
    *arguments: str,
    folder: Path,
    env: Mapping[str, str] | None = None,
    typed: str | None = None,
    program: Sequence[str] | None = None,
) -> Ended:
    """Run a command to its end, with `typed` piped into it; `program` as for `running`."""
    stdin = None if typed is None else asyncio.subprocess.PIPE
    async with (
        asyncio.timeout(PATIENCE),
        running(*arguments, folder=folder, env=env, stdin=stdin, program=program) as process,
    ):
        return await ended(process, typed)


async def ended(process: Process, typed: str | None = None) -> Ended:
    """Wait for the end of a process."""
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate(None if typed is None else typed.encode())
    assert process.returncode is not None
    return Ended(status=process.returncode, out=out.decode(), err=err.decode())


async def stop(process: Process, number: signal.Signals = signal.SIGTERM) -> tuple[Ended, float]:
    """Tell a process to stop: how it ended, and after how many seconds."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    process.send_signal(number)
    end = await ended(process)
    return end, loop.time() - began


async def until_said(process: Process, words: str) -> str:
    """Read a process's log up to the line with `words`: everything read."""
    assert process.stderr is not None
    read = ""
    async with asyncio.timeout(PATIENCE):
        while words not in read:
            line = (await process.stderr.readline()).decode()
            assert line, f"it ended before it said “{words}”:\n{read}"
            read += line
    return read


async def until_lines(path: Path, lines: int, process: Process) -> None:
    """Wait until a file has so many lines, or the process that writes it has ended."""
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None and lines_in(path) < lines:  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.005)


async def until_there(path: Path, process: Process) -> None:
    """Wait until a process has made a file, or has ended."""
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None and not _there(path):  # noqa: ASYNC110 - a file
            await asyncio.sleep(0.001)


def log_beside(memory: Path) -> Path:
    """The file in which the terminal remembers what stands in its channel."""
    return memory.with_name(memory.name + ".messages")


def lines_in(path: Path) -> int:
    return path.read_bytes().count(b"\n") if _there(path) else 0


def _there(path: Path) -> bool:
    return path.exists()


class Terminal:
    """A Teller at a pseudo-terminal, with somebody in front of it."""

    def __init__(self, master: int, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._master = master
        self._shown = b""
        self._more = asyncio.Event()
        self._first_modes = termios.tcgetattr(master)
        asyncio.get_running_loop().add_reader(master, self._read)

    @property
    def shown(self) -> str:
        """Everything that was written to the terminal, escape sequences and all."""
        return self._shown.decode(errors="replace")

    @property
    def words(self) -> str:
        """What a person reads of it, in one line."""
        return " ".join(_ESCAPES.sub(" ", self.shown).split())

    @property
    def restored(self) -> bool:
        """Whether the terminal is as it was: it shows what is typed, Ctrl-C interrupts."""
        return termios.tcgetattr(self._master) == self._first_modes

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    async def until(self, *words: str) -> None:
        """Wait until the terminal shows all these words, in this order."""
        wanted = re.compile(".*".join(map(re.escape, words)))
        try:
            async with asyncio.timeout(PATIENCE):
                while not wanted.search(self.words):
                    await self._more.wait()
                    self._more.clear()
        except TimeoutError:
            raise AssertionError(f"{words} are not shown in: {self.words}") from None

    async def ended(self) -> int:
        """Wait for the end of the process: its exit status."""
        async with asyncio.timeout(PATIENCE):
            return await self.process.wait()

    def close(self) -> None:
        """Unplug the terminal."""
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def _read(self) -> None:
        try:
            chunk = os.read(self._master, 65_536)
        except OSError:
            # Whoever wrote to it has ended.
            asyncio.get_running_loop().remove_reader(self._master)
            return
        self._shown += chunk
        # An input line asks where the cursor is, and a terminal answers.
        for _ in range(chunk.count(b"\x1b[6n")):
            os.write(self._master, b"\x1b[1;1R")
        self._more.set()


# It takes the terminal for its own, so that Ctrl-C reaches it.
_AT_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "os.execv(sys.argv[1], sys.argv[1:])"
)
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[=>()][A-Z0-9]?)")


@asynccontextmanager
async def at_terminal(
    *arguments: str, folder: Path, env: Mapping[str, str] | None = None
) -> AsyncIterator[Terminal]:
    """A Teller at a terminal of 100 columns; it is killed at the end, if it still runs."""
    master, slave = os.openpty()
    # 40 lines of 100 columns.
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _AT_TERMINAL,
            *TELLER,
            *arguments,
            cwd=folder,
            env=environment(TERM="xterm-256color", **(env or {})),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
    finally:
        os.close(slave)
    terminal = Terminal(master, process)
    try:
        yield terminal
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        terminal.close()
