"""What was there at the start is not looked through again."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points

import pytest

from bot import garbage


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    gc.unfreeze()


class Ring:
    """Garbage that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


def test_what_stays_is_not_looked_at_and_what_comes_later_is_still_collected():
    early = weakref.ref(Ring())
    kept = Ring()
    garbage.settle()
    # Rubbish of the start is gone, and of the rest there is nothing to look at.
    assert early() is None
    assert gc.get_freeze_count() > 10_000
    assert not any(one is kept for one in gc.get_objects())

    late = weakref.ref(Ring())
    gc.collect()
    assert late() is None


def test_the_collector_rests_before_the_program_is_imported_and_settles_later():
    looked_at = "import bot.__main__, gc, sys; print('bot.cli' in sys.modules, flush=True); "
    run = "import atexit; atexit.register(lambda: print(gc.get_threshold())); bot.__main__.main()"
    started = subprocess.run(
        [sys.executable, "-c", looked_at + run, "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    before, _, resting = started.stdout.splitlines()
    assert before == "False"
    assert resting == str(garbage.AT_REST)
    garbage.settle()
    assert gc.get_threshold() == garbage.THRESHOLDS


def test_the_command_is_what_is_run_as_a_module():
    (command,) = entry_points(group="console_scripts", name="teller")
    assert command.load() is import_module("bot.__main__").main
