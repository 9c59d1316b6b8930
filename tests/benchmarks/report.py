"""How a measurement is said, and what memory is held."""

import re
import statistics
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter


def line(what: str, measured: str, goal: str = "") -> None:
    """Print one measurement, with its goal where it has one."""
    print(f"{what:<58} {measured:>26}   {f'goal {goal}' if goal else ''}".rstrip(), flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share (0 to 1) of all values lie."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


def paired(
    one: Callable[[], object], other: Callable[[], object], rounds: int
) -> tuple[float, ...]:
    """Median seconds of each of two calls that take turns, and the median of their ratios."""
    first, second = [], []
    for _ in range(rounds):
        first.append(_seconds(one))
        second.append(_seconds(other))
    ratios = [a / b for a, b in zip(first, second, strict=True)]
    return statistics.median(first), statistics.median(second), statistics.median(ratios)


def _seconds(call: Callable[[], object]) -> float:
    began = perf_counter()
    call()
    return perf_counter() - began


def forget_peak() -> None:
    """Let the peak of this process's memory be what it holds now."""
    # https://docs.kernel.org/filesystems/proc.html: “5” sets VmHWM back to what is held now.
    Path("/proc/self/clear_refs").write_text("5")


def megabytes(of: str) -> float:
    """What this process holds: “VmRSS” now, “VmHWM” at its peak."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{of}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024
