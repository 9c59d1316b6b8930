"""`make bench`: one line a measurement, with its goal."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot import log
from tests.benchmarks import asking, reading, starting


def main() -> None:
    """Measure everything, or what is named: asking, reading, starting."""
    log.configure("WARNING")
    wanted = set(sys.argv[1:]) or {"asking", "reading", "starting"}
    with tempfile.TemporaryDirectory() as folder:
        if "asking" in wanted:
            asyncio.run(asking.measure(Path(folder)))
        if "reading" in wanted:
            asyncio.run(reading.measure(Path(folder)))
        if "starting" in wanted:
            starting.measure(Path(folder))


main()
