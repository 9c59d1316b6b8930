"""`python -m tests.torture`: the long form, with a table at the end."""

import argparse
import asyncio
import secrets
import shlex
import sys
import tempfile
from pathlib import Path

from tests.torture.night import Night
from tests.torture.plan import RUN, Plan


def main() -> int:
    """Exit status 0 where nothing was lost, doubled, out of order or stale."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--steps", type=int)
    parser.add_argument("--versions", type=int)
    parser.add_argument("--database", help="instead of a SQLite file")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--command", action="append", help="of a process; may stand repeatedly")
    parser.add_argument("--stops", type=int, default=0, help="how often one is stopped and woken")
    parser.add_argument("--stop-seconds", type=float, default=0.0)
    parser.add_argument("--last-stand", type=float, default=10.0)
    parser.add_argument(
        "--without", default="", help="a guard that is switched off, as in tests/torture/without"
    )
    parser.add_argument("--keep", type=Path, help="a folder for the logs and the database")
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    asked = parser.parse_args()
    commands = tuple(tuple(shlex.split(one)) for one in asked.command or ())
    steps = asked.steps or max(18, round(asked.minutes * 10))
    plan = Plan(
        seed=asked.seed,
        kills=asked.kills,
        steps=steps,
        most_behind=8,
        versions=asked.versions or max(52, steps * 2),
        commands=commands or (RUN,) * asked.processes,
        sleeps=asked.stops,
        sleep_seconds=asked.stop_seconds,
        seconds=asked.minutes * 60,
        limit=asked.minutes * 120 + 120,
        last_stand=asked.last_stand,
        database_url=asked.database,
        without=asked.without,
        env=dict(each.split("=", 1) for each in asked.env),
    )
    print(f"seed {plan.seed}: {plan.kills} kills, {plan.steps} steps", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        where = asked.keep or Path(folder)
        where.mkdir(parents=True, exist_ok=True)
        night = Night(plan, where, lambda line: print(line, flush=True))
        outcome = asyncio.run(night.run())
    print(outcome)
    return 0 if outcome.verdict.good else 1


if __name__ == "__main__":
    sys.exit(main())
