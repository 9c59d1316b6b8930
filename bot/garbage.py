"""Garbage in a program that runs all night: what was there at its start need not be looked at."""

import gc

# So many new objects between two looks at the youngest, and so many looks of each kind before one
# at the next older: a message that is sent leaves some hundred behind, none of them in a ring.
THRESHOLDS = 10_000, 20, 20
# While the program starts. Nearly all that is made then stays, and to look for what does not takes
# an eighth of the start.
AT_REST = 100_000, 50, 50


def rest() -> None:
    """Have the collector look seldom; for before most of the program is imported."""
    gc.set_threshold(*AT_REST)


def settle() -> None:
    """Tell the collector that the program has started, and that what there is now stays.

    Modules, the record and the night are some 150,000 objects. To look through all of them takes
    75 ms, for which everything stands still. See https://docs.python.org/3/library/gc.html on
    `freeze`.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
