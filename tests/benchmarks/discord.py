"""Teller in Discord next to a bare discord.py app; suggested seats; the memory of many servers."""

import asyncio
import json
import os
import random
import re
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product
from pathlib import Path
from time import perf_counter
from typing import Any

import discord
from discord import app_commands

from bot import nights
from bot.app import open_rooms
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Ask, Author, Channel
from bot.chat.reply import Reply
from bot.chat.seats import suggest
from bot.clocks import StoppedClock
from bot.election.contest import Contest
from bot.election.names import NameIndex
from bot.memory import PlannedContest
from bot.night import Night
from bot.platforms.discord import open_discord
from bot.platforms.discord.commands import CHOICES
from bot.ports import Desk
from tests.benchmarks.asking import AT
from tests.benchmarks.discord_server import SHARDS, channel_id
from tests.benchmarks.report import line, percentile
from tests.benchmarks.starting import NIGHT
from tests.platforms.discord.connected import running
from tests.processes import running as process_of

ASKED = (
    ("turnout", "Tamworth"),
    ("result", "Mid Bedfordshire"),
    ("when", "tamworth"),
    ("majority", "tamwroth"),
)
QUESTIONS, WARM_UP = 400, 40
CONTESTS, ALIASES, TYPED = 1_300, 4_000, 1_000
STARTS = "Ald Bram Carl Dun Ever Fal Glen Hart Ips Kel Lang Mar Nor Os Pen Rad Sel Tam"
ENDS = "worth ford bury ton ham wick ley field mouth stead by thorpe combe minster"
SERVERS, CHANNELS, RUNS = 1_000, 20, 3
TENTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StandIn:
    """The stand-in Discord in its process."""

    process: asyncio.subprocess.Process
    api: str
    gateway: str
    token: str

    async def do(self, what: str, **how: Any) -> Any:
        """What came of something that it was told to do."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, how]).encode() + b"\n")
        return await _said(self.process)


class Ready:
    """A desk that has worked its answers out before: what is left is the platform's own time."""

    def __init__(self, desk: Desk, answers: dict[str, Reply]) -> None:
        self._answers = answers
        self.commands = desk.commands
        self.seats = desk.seats

    async def answer(self, ask: Ask) -> Reply:
        return self._answers[ask.text]


async def measure(folder: Path) -> None:
    """Slash commands in turn with a bare app, suggestions, and the memory of many servers."""
    clock = StoppedClock(nights.begins())
    rooms = open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{folder}/discord.db",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
    )
    async with rooms as opened:
        await play_to(AT, opened, clock)
        await _turns(opened.desk)
        await _turns(await _ready(opened.desk), "answers ready")
    await _suggestions(folder)
    await _memory(folder)


@asynccontextmanager
async def a_discord(servers: int, channels: int) -> AsyncIterator[StandIn]:
    """A Discord with so many servers; it ends with us, for it reads our end of a pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.discord_server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        # What is measured are the apps, and not how requests are held against a description.
        env={**os.environ, "DISCORD_OPENAPI": os.devnull},
    )
    assert process.stdin is not None
    try:
        stand_in = StandIn(process=process, **await _said(process))
        await stand_in.do("servers", count=servers, channels=channels)
        yield stand_in
    finally:
        process.stdin.close()
        await process.wait()


async def _said(process: asyncio.subprocess.Process) -> Any:
    assert process.stdout is not None
    said = await process.stdout.readline()
    assert said, "the stand-in Discord ended"
    return json.loads(said)


@asynccontextmanager
async def bare(stand_in: StandIn) -> AsyncIterator[None]:
    """As little as a discord.py app can be: commands that answer with a few fixed words."""
    client = discord.Client(
        intents=discord.Intents(guilds=True),
        max_messages=None,
        member_cache_flags=discord.MemberCacheFlags.none(),
        chunk_guilds_at_startup=False,
        shard_id=1,
        shard_count=SHARDS,
    )
    tree = app_commands.CommandTree(client)

    async def fixed(interaction: discord.Interaction, contest: str) -> None:
        await interaction.response.send_message("The turnout in Tamworth is 35.9%.")

    for name, _ in ASKED:
        tree.add_command(app_commands.Command(name=name, description=name, callback=fixed))
    async with client:
        await client.login(stand_in.token)
        connected = asyncio.create_task(client.connect())
        try:
            yield
        finally:
            connected.cancel()
            await asyncio.gather(connected, return_exceptions=True)


async def _ready(desk: Desk) -> Desk:
    """That desk, with each answer worked out."""
    author = Author(platform="discord", id="1", name="Ada")
    channel = Channel(platform="discord", id=channel_id(0))
    texts = [f"{name} {seat}" for name, seat in ASKED]
    asks = [Ask(text=text, author=author, channel=channel) for text in texts]
    answers: Any = Ready(desk, {ask.text: await desk.answer(ask) for ask in asks})
    return answers


async def _turns(desk: Desk, how: str = "") -> None:
    """Teller and a bare app, each a shard of the same bot, asked in turn."""
    async with AsyncExitStack() as stack:
        stand_in = await stack.enter_async_context(a_discord(SHARDS, 1))
        platform = await stack.enter_async_context(
            open_discord(
                token=stand_in.token,
                api_url=stand_in.api,
                gateway_url=stand_in.gateway,
                shards=f"0/{SHARDS}",
            )
        )
        await stack.enter_async_context(running(platform, desk))
        await stack.enter_async_context(bare(stand_in))
        await stand_in.do("listen", sessions=SHARDS)
        await stand_in.do("turns", asked=ASKED, rounds=WARM_UP)
        ours, theirs = await stand_in.do("turns", asked=ASKED, rounds=QUESTIONS)
    for what, seconds in (
        (f"slash command to answer in Discord{f', {how}' if how else ''}", ours),
        ("  a bare discord.py app that says a few fixed words", theirs),
    ):
        p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
        line(what, f"p50 {p50:.2f} ms, p99 {p99:.2f} ms")
    ratio = percentile(ours, 0.5) / percentile(theirs, 0.5)
    line("  ratio of p50", f"{ratio:.2f} ×", "" if how else "≤ 1.5 ×")


async def _suggestions(folder: Path) -> None:
    """Seats suggested for what people have typed so far, by the desk and without it."""
    chance = random.Random(2023)
    contests = made_up(chance)
    asked = typed(chance, contests)
    night = Night(
        name="A general election",
        polling_day=contests[0].polling_day,
        contests=tuple(
            PlannedContest(contest=contest, expected=(), remind=()) for contest in contests
        ),
    )
    clock = StoppedClock(AT)
    async with open_rooms(
        night=night,
        database_url=f"sqlite:///{folder}/seats.db",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
    ) as rooms:
        whole = await _each(asked, lambda text: rooms.desk.seats(text, CHOICES))

    names = NameIndex(contests)

    async def alone(text: str) -> object:
        return suggest(text, names, AT, CHOICES)

    chosen = await _each(asked, alone)
    for what, seconds, goal in (
        (f"seats suggested among {CONTESTS:,} with {ALIASES:,} aliases", whole, "p99 ≤ 5 ms"),
        ("  the choice alone, without the read", chosen, ""),
    ):
        p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
        line(what, f"p50 {p50:.2f} ms, p99 {p99:.2f} ms", goal)


async def _each(asked: list[str], look: Callable[[str], Awaitable[object]]) -> list[float]:
    await look(asked[0])
    seconds = []
    for text in asked:
        began = perf_counter()
        await look(text)
        seconds.append(perf_counter() - began)
    return seconds


def made_up(chance: random.Random) -> list[Contest]:
    """Contests that are in no country, each with its aliases; a half of them on the night."""
    parts = STARTS.split(), ("", "ing"), ENDS.split()
    places = ["".join(chosen) for chosen in product(*parts)]
    forms = ("{}", "{} and {}", "North {}", "South {}", "{} East", "West {}shire", "Mid {}shire")
    names: dict[str, None] = {}
    while len(names) < CONTESTS:
        names[chance.choice(forms).format(*chance.sample(places, 2))] = None
    polling_day = AT.date() - timedelta(days=1)
    return [
        Contest(
            id=f"parl.made-up-{number}.2023-10-19",
            name=name,
            polling_day=polling_day - timedelta(days=number % 2 * 1_000),
            aliases=tuple(
                f"{chance.choice(places)} {kind}"
                for kind in islice(("Central", "Vale", "Borough", "Town"), _aliases(number))
            ),
        )
        for number, name in enumerate(names)
    ]


def _aliases(number: int) -> int:
    """How many aliases a contest has: all have 3, the first ones 4, so that the sum is right."""
    return ALIASES // CONTESTS + (number < ALIASES % CONTESTS)


def typed(chance: random.Random, contests: list[Contest]) -> list[str]:
    """The first 0 to 8 letters of names, every tenth with two letters in the wrong order."""
    found = []
    for number in range(TYPED):
        contest = chance.choice(contests)
        text = chance.choice((contest.name, *contest.aliases)).lower()[: number % 9]
        if number % TENTH == 0 and len(text) > 3:
            at = chance.randrange(1, len(text) - 1)
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        found.append(text)
    return found


async def _memory(folder: Path) -> None:
    """What a whole Teller holds, and held at its peak, with one server and with very many."""
    held: dict[int, list[dict[str, float]]] = {1: [], SERVERS + 1: []}
    for number in range(RUNS):
        for servers, megabytes in held.items():
            megabytes.append(await _held(folder, servers, number))
    for of, what in (("VmHWM", "at its peak"), ("VmRSS", "afterwards")):
        one, many = (statistics.median(run[of] for run in runs) for runs in held.values())
        line(f"memory {what}, in one server of Discord", f"{one:.0f} MB")
        line(f"  in {SERVERS:,} more of {CHANNELS} channels", f"{many:.0f} MB")
        line("  for each of these", f"{(many - one) * 1024 / SERVERS:.1f} kB")


async def _held(folder: Path, servers: int, number: int) -> dict[str, float]:
    """Megabytes once Teller has answered after it was told of all servers."""
    night = folder / "in-discord.toml"
    inside = NIGHT.replace('"terminal"', '"discord"').replace('"newsroom"', f'"{channel_id(0)}"')
    night.write_text(inside)
    async with a_discord(servers, CHANNELS) as stand_in:
        env = {
            "DISCORD_TOKEN": stand_in.token,
            "DISCORD_API_URL": stand_in.api,
            "DISCORD_GATEWAY_URL": stand_in.gateway,
            "DATABASE_URL": f"sqlite:///{folder}/servers-{servers}-{number}.db",
        }
        async with process_of("run", "--night", str(night), folder=folder, env=env) as process:
            await stand_in.do("listen", sessions=1)
            await stand_in.do("slash", server=servers - 1, name="turnout", seat="Tamworth")
            return _megabytes(process.pid)


def _megabytes(pid: int) -> dict[str, float]:
    status = Path(f"/proc/{pid}/status").read_text()
    return {of: int(kB) / 1024 for of, kB in re.findall(r"(VmHWM|VmRSS):\s+(\d+) kB", status)}
