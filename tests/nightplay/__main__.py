"""`python -m tests.nightplay`: whole nights with the real process, killed again and again."""

import argparse
import asyncio
import secrets
import sys
import tempfile
from pathlib import Path

from tests.nightplay.killing import play


def main() -> int:
    """Exit status 0 where every channel was true at every step of every night."""
    parser = argparse.ArgumentParser(prog="python -m tests.nightplay", description=__doc__)
    parser.add_argument("--nights", type=int, default=4)
    parser.add_argument("--kills", type=int, default=60, help="in each night")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--steps", action="store_true", help="tell of each step")
    asked = parser.parse_args()
    for seed in range(asked.seed, asked.seed + asked.nights):
        with tempfile.TemporaryDirectory() as folder:
            try:
                told = asyncio.run(play(seed, asked.kills, Path(folder), _say(asked.steps)))
            except AssertionError as fault:
                print(f"seed {seed}: {fault}")
                return 1
        print(told, flush=True)
        if told.ended_by_itself or told.refused:
            print("refused:", told.refused, *told.ended_by_itself, sep="\n")
            return 1
    return 0


def _say(steps: bool):
    return (lambda line: print(line, flush=True)) if steps else (lambda _line: None)


if __name__ == "__main__":
    sys.exit(main())
