"""`python -m tests.electionnight`: the whole night, with a table at the end."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from bot.election.clock import read_time
from tests.electionnight.counts import NIGHT, counts, has_expected_times, some
from tests.electionnight.night import Night, Plan


def main() -> int:
    """Exit status 0 where every alert arrived once and in order, and no limit was passed."""
    parser = argparse.ArgumentParser(prog="python -m tests.electionnight", description=__doc__)
    parser.add_argument("--speed", type=float, default=60.0)
    parser.add_argument("--channels", type=int, default=100, help="on each platform")
    parser.add_argument("--boards", type=int, default=10, help="on each platform")
    parser.add_argument("--desks", type=int, default=6)
    parser.add_argument("--start", default="21:55", help="on UK clocks")
    parser.add_argument("--results", type=int, default=650, help="how many are put in from then on")
    parser.add_argument("--keep", type=Path, help="a folder for the log and the database")
    asked = parser.parse_args()
    every, start = counts(), read_time(asked.start, polling_day=NIGHT).at
    plan = Plan(
        counts=every,
        declared=some(every, asked.results, start),
        channels=asked.channels,
        boards=asked.boards,
        desks=asked.desks,
        speed=asked.speed,
        start=start,
    )
    if not has_expected_times():
        print("The expected times of 2015 are not here: they are derived from the declarations.")
    with tempfile.TemporaryDirectory() as folder:
        where = asked.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        outcome = asyncio.run(Night(plan, where, lambda line: print(line, flush=True)).run())
    print(outcome)
    return 0 if outcome.good else 1


if __name__ == "__main__":
    sys.exit(main())
