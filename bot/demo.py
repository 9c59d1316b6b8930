"""The demo: the bundled night played in the terminal, its live blog served over real HTTP."""

import asyncio
import hashlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from aiohttp import web

from bot import nights
from bot.app import Rooms, open_rooms, phrases, read_catalogue
from bot.clocks import ReplayClock
from bot.election.clock import read_time, uk_clock
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import Screen
from bot.ports import Clock
from bot.replaying import caught_up, totals
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.store import Store
from bot.store.leadership import alone

PATH = "/live/by-elections"
# The blog is read every ten seconds of the night; a longer step could jump over an entry.
LONGEST_STEP = timedelta(seconds=20)
QUESTIONS = (
    ("00:32", "result mid beds"),
    ("00:47", "turnout tamworth"),
    ("00:50", "when does tamworth declare?"),
    ("03:24", "who won Mid Beds?"),
)
LAST_QUESTIONS_SECONDS = 1.0


@asynccontextmanager
async def serve_blog(script: nights.Script, clock: Clock) -> AsyncIterator[str]:
    """Serve the night's blog on loopback as it stands at the clock's moment; its address."""

    async def page(request: web.Request) -> web.StreamResponse:
        text = script.page(clock.now(), str(request.url.with_query(None)))
        tag = hashlib.sha256(text.encode()).hexdigest()[:16]
        if request.headers.get("If-None-Match") == f'"{tag}"':
            return web.Response(status=304, headers={"ETag": f'"{tag}"'})
        return web.Response(text=text, content_type="text/html", headers={"ETag": f'"{tag}"'})

    server = web.Application()
    server.router.add_get(PATH, page)
    runner = web.AppRunner(server, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}{PATH}"
    finally:
        await runner.cleanup()


async def play(
    *,
    speed: float,
    start: datetime | None,
    end: datetime | None = None,
    keep: Path | None,
    console: Screen,
    interactive: bool,
) -> str:
    """Play the night from `start` to `end`, or until somebody leaves; the line of totals.

    `keep` is the night's memory: a night that was cut off goes on there where it was. Without
    it, everything is forgotten at the end. A `start` that a kept night has passed is passed over.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        memory = keep or Path(folder) / "demo.db"
        database_url = f"sqlite:///{memory}"
        stack.enter_context(alone(database_url))
        night, script = nights.bundled_night(), nights.bundled_script()
        moments = (start, await _left_off(database_url))
        began = max(filter(None, moments), default=nights.begins())
        clock = ReplayClock(began, speed, longest_step=LONGEST_STEP)
        log = MessageLog(memory.with_name(memory.name + ".messages"))
        try:
            async with serve_blog(script, clock) as url, Fetcher() as fetcher:
                blog = replace(night.blogs[0], url=url)
                terminal = TerminalPlatform(
                    console=console,
                    log=log,
                    clock=clock,
                    completions=lambda: phrases(read_catalogue(), night),
                    interactive=interactive,
                    channel=night.following[0].channel.id,
                )
                async with open_rooms(
                    night=replace(night, blogs=(blog,)),
                    database_url=database_url,
                    clock=clock,
                    reader=BlogReader(fetcher),
                    platforms=(terminal,),
                    following=night.following,
                ) as rooms:
                    await rooms.store.outbox.take_over()
                    until = end or nights.ends(script)
                    await rooms.run(_evening(rooms, terminal, clock, until, interactive))
                    return await totals(rooms)
        finally:
            log.close()


async def _left_off(database_url: str) -> datetime | None:
    """The night's moment at which an earlier demo was cut off; None for a new one."""
    store = Store(database_url)
    await store.open()
    try:
        sources = await store.newsroom(datetime.now(UTC)).sources()
        return max((s.last_read for s in sources if s.last_read), default=None)
    finally:
        await store.close()


async def _evening(
    rooms: Rooms, terminal: TerminalPlatform, clock: ReplayClock, until: datetime, interactive: bool
) -> None:
    clock.begin()
    terminal.reopen()
    terminal.note(f"the count night of 19-20 October 2023, from {uk_clock(clock.now())}")
    if interactive:
        terminal.note("ask at any time: turnout tamworth · when mid beds · help · quit")
    talking = asyncio.create_task(rooms.talk())
    running = asyncio.create_task(_until_over(rooms, terminal, clock, until, interactive))
    try:
        if not interactive:
            # Standard input may have ended at once, and still the night is to be seen. Or it
            # never ends: then the night does, once it has answered what it was given.
            await running
            await asyncio.wait({talking}, timeout=LAST_QUESTIONS_SECONDS)
            if talking.done():
                await talking
            return
        await asyncio.wait({talking, running}, return_when=asyncio.FIRST_COMPLETED)
        if running.done() and not talking.done():
            await running
            terminal.note("the night is over; ask on, or type quit")
        await talking
    finally:
        for task in (talking, running):
            task.cancel()
        await asyncio.gather(talking, running, return_exceptions=True)


async def _until_over(
    rooms: Rooms, terminal: TerminalPlatform, clock: Clock, until: datetime, interactive: bool
) -> None:
    """Wait for the end of the night; where nobody can type, ask a few questions meanwhile."""
    for words, question in () if interactive else QUESTIONS:
        at = read_time(words, polling_day=nights.POLLING_DAY).at
        if not clock.now() <= at < until:
            continue
        await caught_up(rooms, clock, at)
        await terminal.ask(question, rooms.desk.answer)
    await caught_up(rooms, clock, until)
