"""`teller run`: follow a night until told to stop."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from aiohttp import web

from bot import garbage, nights
from bot.app import Rooms, open_rooms, phrases, read_catalogue
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock, WallClock
from bot.night import Night, load_night
from bot.opening import (
    eyes,
    fetcher_of,
    guardian_api,
    hub_office,
    measured,
    open_platforms,
    open_results,
    post_office,
    serving,
)
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from bot.pushes import routes as pushed_to
from bot.settings import Settings
from bot.sources.reader import BlogReader
from bot.store.database import read_url
from bot.store.leadership import alone, in_turn
from bot.whereabouts import Whereabouts

log = structlog.get_logger()

TERMINAL = Channel(platform=TerminalPlatform.name, id="terminal")
EVERYTHING = frozenset({Follow.ENTRIES, Follow.REMINDERS, Follow.DECLARATIONS})


async def serve(settings: Settings, *, no_colour: bool) -> None:
    """Relay, remind and answer until cancelled, or until whoever sits at the terminal leaves."""
    clock = WallClock()
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    async with AsyncExitStack() as stack:
        stack.enter_context(alone(settings.database_url))
        history = MessageLog(_beside(settings.database_url, ".messages"))
        messages = stack.enter_context(closing(history))
        night = await _night(settings)
        office = post_office(settings)
        whereabouts = Whereabouts(forget=settings.forget_when_removed)
        routes = _for_hubs(settings, lambda: rooms)
        platforms = await stack.enter_async_context(open_platforms(settings, whereabouts, routes))
        if interactive or not platforms or _names_the_terminal(night):
            night = _with_the_terminal(night)
            platforms.append(
                TerminalPlatform(
                    console=make_console(no_colour=no_colour),
                    log=messages,
                    clock=clock,
                    completions=lambda: phrases(read_catalogue(), night),
                    interactive=interactive,
                    history_file=_beside(settings.database_url, ".history"),
                )
            )
        fetcher = await stack.enter_async_context(fetcher_of(settings))
        rooms = await stack.enter_async_context(
            open_rooms(
                night=night,
                database_url=settings.database_url,
                clock=clock,
                reader=BlogReader(fetcher, guardian_api=guardian_api(settings)),
                platforms=platforms,
                following=night.following,
                eyes=eyes(settings),
                post_office=office,
                record=settings.record(),
                named=settings.named,
                hub_office=hub_office(settings, fetcher),
                results=await stack.enter_async_context(open_results(settings, night)),
            )
        )
        whereabouts.channels = rooms.channels
        if not rooms.store.leadership.contested:
            # Whoever had a lane is gone: nobody else has the file.
            await rooms.store.outbox.take_over()
        await stack.enter_async_context(
            measured(settings, office, rooms.courier.counts, rooms.store.lanes, clock)
        )
        await stack.enter_async_context(serving(settings, routes))
        log.info("teller.ready", night=night.name, contests=len(night.contests))
        garbage.settle()
        await rooms.run(_until_left(rooms, interactive=interactive))


async def _until_left(rooms: Rooms, *, interactive: bool) -> None:
    await rooms.talk()
    if not interactive:
        # The end of standard input is nobody leaving: a service has none.
        await asyncio.Event().wait()


def _for_hubs(settings: Settings, rooms: Callable[[], Rooms]) -> Sequence[web.RouteDef]:
    """Where hubs come to, once there are rooms; nowhere without a public address."""
    if settings.public_url is None:
        return ()

    async def answer(request: web.Request) -> web.Response:
        pushes = rooms().pushes
        return web.Response(status=503) if pushes is None else await pushes.answer(request)

    return pushed_to(answer)


async def _night(settings: Settings) -> Night:
    """The night to follow."""
    if settings.night_file is not None:
        night = load_night(settings.night_file)
    else:
        night = replace(nights.bundled_night(), following=())
        log.warning("teller.no_night_file", knows="the bundled night of 19 October 2023 only")
        await _learn_bundled(night, settings.database_url)
        night = replace(night, blogs=())
    return night


def _names_the_terminal(night: Night) -> bool:
    return any(one.channel.platform == TERMINAL.platform for one in night.following)


def _with_the_terminal(night: Night) -> Night:
    if _names_the_terminal(night):
        return night
    here = Following(channel=TERMINAL, follows=EVERYTHING)
    return replace(night, following=(*night.following, here))


async def _learn_bundled(night: Night, database_url: str) -> None:
    """Read the bundled night's blog into the database, so that questions on it are answered."""
    clock = StoppedClock(nights.begins())
    reader = ScriptReader(nights.bundled_script(), clock)
    async with (
        in_turn(database_url),
        open_rooms(
            night=night, database_url=database_url, clock=clock, reader=reader, following=()
        ) as rooms,
    ):
        await play_to(datetime.now(UTC), rooms, clock)


def _beside(database_url: str, ending: str) -> Path | None:
    """A file of the terminal's own beside a SQLite database; None beside any other."""
    address = read_url(database_url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database + ending)
