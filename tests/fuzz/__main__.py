"""`make fuzz`: whatever a server sends, a parser gives a reading or a sentence.

The first byte says which parser reads the rest. Arguments are libFuzzer's; what breaks a parser is
kept in a file, which is given as the only argument to try it again.
"""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bot"]):
    from bot.sources.reader import PARSERS

from tests.sources.test_any_bytes import WHOLE, check

# One look: so many seconds and megabytes at most, on a machine that does other things too.
LIMITS = ["-max_total_time=300", "-timeout=20", "-rss_limit_mb=2048", "-max_len=65536"]
FORMATS = sorted(PARSERS)


def read(content: bytes) -> None:
    """Read what the fuzzer made up; anything but a reading or a sentence is a find."""
    if content:
        check(PARSERS[FORMATS[content[0] % len(FORMATS)]], content[1:])


def main() -> None:
    """Fuzz until the time is up; exit status 0 if nothing was found."""
    with tempfile.TemporaryDirectory() as corpus:
        for number, page in enumerate(WHOLE):
            for chosen in range(len(FORMATS)):
                Path(corpus, f"{number}-{chosen}").write_bytes(bytes([chosen]) + page)
        again = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:], *([] if again else [corpus])], read)
        atheris.Fuzz()


main()
