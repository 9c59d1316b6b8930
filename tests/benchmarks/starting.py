"""From the command to ready, and memory at rest, as a whole process."""

import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.report import line, percentile

NIGHT = """
[night]
name = "A quiet night"
polling_day = 2023-10-19
[[contest]]
id = "parl.tamworth.by.2023-10-19"
[[channel]]
on = "terminal"
id = "newsroom"
"""
CHANNEL = """
[[channel]]
on = "terminal"
id = "newsroom-{}"
"""
MANY = 1_000


def measure(folder: Path) -> None:
    """Start `teller run` several times, with and without somebody at the terminal."""
    night = folder / "night.toml"
    night.write_text(NIGHT)
    started = [_start(folder, night, number) for number in range(6)]
    ready = percentile([seconds for seconds, _ in started[1:]], 0.5)
    memory = percentile([megabytes for _, megabytes in started[1:]], 0.5)
    bare = percentile([_bare() for _ in range(3)], 0.5)
    night.write_text(NIGHT + "".join(CHANNEL.format(n) for n in range(MANY)))
    many = percentile([_start(folder, night, 10 + number)[0] for number in range(3)], 0.5)
    night.write_text(NIGHT)
    line("start to ready", f"{ready:.2f} s", "≤ 1.0 s")
    line("  next to starting Python with the same libraries", f"{ready / bare:.2f} ×")
    line(f"  with {MANY:,} channels more, next to one", f"{many / ready:.2f} ×", "≤ 2 ×")
    line("memory at rest, as a service", f"{memory:.0f} MB")
    line("memory at rest, with an input line", f"{_at_a_terminal(folder, night):.0f} MB", "≤ 80 MB")


def _environment(folder: Path, number: int) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": f"sqlite:///{folder}/start-{number}.db", "TERM": "xterm"}


def _start(folder: Path, night: Path, number: int) -> tuple[float, float]:
    """Seconds to the line that says ready, and megabytes a second later."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--night", str(night)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=_environment(folder, number),
        text=True,
    )
    with process:
        assert process.stderr is not None
        for said in process.stderr:
            if "teller.ready" in said:
                break
        ready = time.perf_counter() - began
        time.sleep(1)
        memory = _megabytes(process.pid)
        process.terminate()
    return ready, memory


def _at_a_terminal(folder: Path, night: Path) -> float:
    inside, outside = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run", "--night", str(night)],
        stdin=outside,
        stdout=outside,
        stderr=subprocess.DEVNULL,
        env=_environment(folder, 99),
    )
    with process:
        os.close(outside)
        shown = b""
        while "›".encode() not in shown:
            shown += os.read(inside, 4096)
        time.sleep(1)
        memory = _megabytes(process.pid)
        process.terminate()
    os.close(inside)
    return memory


def _bare() -> float:
    began = time.perf_counter()
    libraries = "aiohttp, sqlalchemy.ext.asyncio, pydantic_settings, structlog, rich.console, click"
    subprocess.run([sys.executable, "-c", f"import {libraries}"], check=True)
    return time.perf_counter() - began


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024
