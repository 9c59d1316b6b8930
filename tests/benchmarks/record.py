"""The record: names among all there are, questions about any seat, its memory, and pictures."""

import asyncio
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot import nights
from bot.app import open_rooms
from bot.asking import ScriptReader
from bot.chat.ask import Ask, Author, Channel
from bot.chat.chart import Bar, Chart, Line
from bot.clocks import StoppedClock
from bot.election.names import NameIndex
from bot.election.spellings import fold
from bot.platforms.pictures import Pictures
from bot.record.past import Past
from bot.record.record import open_record
from tests.benchmarks.report import line, percentile

TODAY = datetime(2026, 11, 27, tzinfo=UTC)
AUTHOR = Author(platform="bench", id="1", name="bench")
CHANNEL = Channel(platform="bench", id="1")
ASKED = ("turnout", "result", "majority", "candidates")
QUESTIONS = 2_000
BARS = Chart(
    title="Turnout",
    unit="%",
    source="House of Commons Library",
    bars=tuple(Bar(label=f"Seat {n}", value=30.0 + n, said=f"{30 + n}%") for n in range(9)),
)
LINES = Chart(
    title="Shares",
    unit="%",
    source="House of Commons Library",
    lines=tuple(
        Line(label=f"Party {n}", values=(10.0, 20.0 + n, 15.0, None, 30.0)) for n in range(6)
    ),
    times=("2010", "2015", "2017", "2019", "2024"),
)
# The memory of a process that has read all of it and answered a question.
LOADED = """
import re, pathlib
from datetime import datetime, UTC
from bot import cli, app, service
from bot.record.past import Past
from bot.record.record import open_record
past = Past(open_record(), datetime.now(UTC))
past.names().resolve("tamworth"), past.names().resolve("tamwroth")
assert len(list(past.contests())) == 3315
print(re.search(r"VmRSS:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1])
"""


async def measure(folder: Path) -> None:
    """Names, questions, memory, pictures."""
    names = Past(open_record(), TODAY).names()
    _known_names(names)
    _mistyped_names(names)
    await _questions(folder)
    await asyncio.to_thread(_memory)
    await _pictures()


def _memory() -> None:
    command = [sys.executable, "-c", LOADED]
    held = subprocess.run(command, check=True, capture_output=True, text=True)
    megabytes = f"{int(held.stdout) / 1024:.0f} MB"
    line("memory with every contest of the record made", megabytes, "≤ 120 MB")


def _known_names(names: NameIndex) -> None:
    rows = open_record().rows.seats
    every = [spelling for seat in rows for spelling in (seat.name, *seat.aliases)]
    seconds = _each(every, names)
    p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    line(
        f"a name among {len(every):,} names and aliases",
        f"p50 {p50:.3f}, p99 {p99:.3f} ms",
        "≤ 1 ms",
    )


def _mistyped_names(names: NameIndex) -> None:
    """Each name with one letter dropped, doubled or swapped: how quick, and how right."""
    every = sorted({seat.name for seat in open_record().rows.seats})
    typed = [(name, wrong) for name in every for wrong in slips(name)]
    told = {"right": 0, "asked": 0, "wrong": 0, "lost": 0}
    seconds = []
    for name, wrong in typed:
        began = perf_counter()
        match = names.resolve(wrong)
        seconds.append(perf_counter() - began)
        found = [fold(contest.name) for contest in match.contests]
        if match.certain:
            told["right" if found[0] == fold(name) else "wrong"] += 1
        else:
            told["asked" if fold(name) in found else "lost"] += 1
    p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    line(f"  {len(typed):,} with a slip in them", f"p50 {p50:.3f}, p99 {p99:.3f} ms", "≤ 1 ms")
    shares = {what: count / len(typed) for what, count in told.items()}
    line("  right or asked back", f"{shares['right'] + shares['asked']:.3%}", "≥ 99%")
    line("  wrong", f"{shares['wrong']:.4%}", "< 0.1%")
    forms = [fold(name) for name in every]
    some = random.Random(1).sample(typed, 2_000)
    began = perf_counter()
    for _, wrong in some:
        process.extract(wrong, forms, scorer=OSA.normalized_similarity, limit=5)
    bare = (perf_counter() - began) / len(some) * 1000
    line("  next to rapidfuzz alone over the names without aliases", f"{p50 / bare:.1f} ×")


async def _questions(folder: Path) -> None:
    """Questions about any seat, by its name, through desk and store."""
    chance = random.Random(2)
    clock = StoppedClock(TODAY)
    async with open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{folder}/record.db",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
    ) as rooms:
        seats = sorted({seat.name for seat in open_record().rows.seats if seat.boundaries == 2024})
        began = perf_counter()
        await rooms.desk.answer(_ask("turnout Tamworth"))
        line(
            "the first question, with the names of all seats made ready",
            f"{(perf_counter() - began) * 1000:.0f} ms",
        )
        seconds = []
        for _ in range(QUESTIONS):
            ask = _ask(f"{chance.choice(ASKED)} {chance.choice(seats)}")
            start = perf_counter()
            reply = await rooms.desk.answer(ask)
            seconds.append(perf_counter() - start)
            assert not reply.error, (ask.text, reply.title)
    p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    line("  a question about any seat", f"p50 {p50:.2f}, p99 {p99:.2f} ms", "≤ 2 and 10 ms")


async def _pictures() -> None:
    pictures = Pictures(seconds=60)
    try:
        began = perf_counter()
        assert await pictures.draw(BARS) is not None
        line("the first picture, with its process", f"{perf_counter() - began:.2f} s", "≤ 1.5 s")
        seconds = []
        for number in range(20):
            began = perf_counter()
            chart = replace((BARS, LINES)[number % 2], title=f"{number}")
            assert await pictures.draw(chart) is not None
            seconds.append(perf_counter() - began)
        line("  each one after", f"p50 {percentile(seconds, 0.5) * 1000:.0f} ms", "≤ 400 ms")
    finally:
        pictures.close()


def slips(name: str) -> Iterator[str]:
    """A name with one letter dropped, doubled, or swapped with the next."""
    for at, letter in enumerate(name):
        if not letter.isalpha():
            continue
        yield name[:at] + name[at + 1 :]
        yield name[:at] + letter + name[at:]
        after = name[at + 1 : at + 2]
        if after.isalpha() and after != letter:
            yield name[:at] + after + letter + name[at + 2 :]


def _each(typed: list[str], names: NameIndex) -> list[float]:
    seconds = []
    for words in typed:
        began = perf_counter()
        names.resolve(words)
        seconds.append(perf_counter() - began)
    return seconds


def _ask(text: str) -> Ask:
    return Ask(text=text, author=AUTHOR, channel=CHANNEL)
