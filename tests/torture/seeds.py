"""Where the short forms take their seed from."""

import os

USUAL = 20231019


def seed() -> int:
    """That of TORTURE_SEED, else always the same; a failure says which it was."""
    return int(os.environ.get("TORTURE_SEED", USUAL))
