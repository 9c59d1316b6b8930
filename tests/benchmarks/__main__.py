"""`make bench`: one line a measurement, with its goal."""

import asyncio
import sys
import tempfile
from pathlib import Path

from bot import log
from tests.benchmarks import (
    asking,
    courier,
    discord,
    feeds,
    pushing,
    reading,
    record,
    sharing,
    slack,
    starting,
)

EVERY = (
    *("slack", "discord", "courier", "asking", "record", "reading", "pushing", "feeds"),
    "starting",
)


def main() -> None:
    """Measure everything, or what is named of it.

    Exit status 1 where a question in Slack was not answered, or more than once.
    """
    log.configure("WARNING")
    wanted = set(sys.argv[1:] or EVERY)
    whole = True
    with tempfile.TemporaryDirectory() as folder:
        # First, for it measures by how much the memory of this process grows.
        if "slack" in wanted:
            whole = asyncio.run(slack.measure(Path(folder)))
        if "discord" in wanted:
            asyncio.run(discord.measure(Path(folder)))
        if "courier" in wanted:
            asyncio.run(courier.measure(Path(folder)))
            asyncio.run(sharing.measure(Path(folder)))
        if "asking" in wanted:
            asyncio.run(asking.measure(Path(folder)))
        if "record" in wanted:
            asyncio.run(record.measure(Path(folder)))
        if "reading" in wanted:
            asyncio.run(reading.measure(Path(folder)))
        if "pushing" in wanted:
            asyncio.run(pushing.measure(Path(folder)))
        if "feeds" in wanted:
            asyncio.run(feeds.measure(Path(folder)))
        if "starting" in wanted:
            starting.measure(Path(folder))
    sys.exit(0 if whole else 1)


main()
