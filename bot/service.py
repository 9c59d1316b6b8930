"""`teller run`: follow a night until told to stop."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot import nights
from bot.app import Rooms, open_rooms, phrases, read_catalogue
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock, WallClock
from bot.night import Night, load_night
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from bot.ports import Platform
from bot.settings import Settings, reveal
from bot.slack_settings import keys
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.store.database import read_url

log = structlog.get_logger()

TERMINAL = Channel(platform=TerminalPlatform.name, id="terminal")
EVERYTHING = frozenset({Follow.ENTRIES, Follow.REMINDERS, Follow.DECLARATIONS})


async def serve(settings: Settings, *, no_colour: bool) -> None:
    """Relay, remind and answer until cancelled, or until whoever sits at the terminal leaves."""
    clock = WallClock()
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    async with AsyncExitStack() as stack:
        history = MessageLog(_beside(settings.database_url, ".messages"))
        messages = stack.enter_context(closing(history))
        night = await _night(settings)
        platforms: list[Platform] = []
        if settings.slack_bot_token is not None or settings.slack_client_id is not None:
            platforms.append(await stack.enter_async_context(_slack(settings)))
        if settings.discord_token is not None:
            platforms.append(await stack.enter_async_context(_discord(settings)))
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
        fetcher = await stack.enter_async_context(
            Fetcher(
                seconds=settings.fetch_seconds,
                bytes_limit=int(settings.fetch_megabytes * 1_000_000),
                allow=settings.fetch_allow,
            )
        )
        rooms = await stack.enter_async_context(
            open_rooms(
                night=night,
                database_url=settings.database_url,
                clock=clock,
                reader=BlogReader(fetcher),
                platforms=platforms,
                following=night.following,
            )
        )
        log.info("teller.ready", night=night.name, contests=len(night.contests))
        await rooms.run(_until_left(rooms, interactive=interactive))


@asynccontextmanager
async def _slack(settings: Settings) -> AsyncIterator[Platform]:
    # Imported here: a bot without Slack must not carry its client in its memory.
    from bot.platforms.slack.opening import open_installed, open_slack

    if settings.slack_client_id is None:
        async with open_slack(
            bot_token=reveal(settings.slack_bot_token) or "",
            app_token=reveal(settings.slack_app_token),
            signing_secret=reveal(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            host=settings.http_host,
            port=settings.http_port,
        ) as platform:
            yield platform
        return
    from bot.store.slack_installations import SlackInstallations

    kept = SlackInstallations(settings.database_url, settings.slack_client_id)
    await kept.open()
    try:
        async with open_installed(
            client_id=settings.slack_client_id,
            client_secret=reveal(settings.slack_client_secret) or "",
            token_keys=keys(reveal(settings.slack_token_key) or ""),
            public_url=settings.public_url or "",
            kept=kept.installations,
            states=kept.states,
            app_token=reveal(settings.slack_app_token),
            signing_secret=reveal(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            host=settings.http_host,
            port=settings.http_port,
        ) as platform:
            yield platform
    finally:
        await kept.close()


def _discord(settings: Settings) -> AbstractAsyncContextManager[Platform]:
    # Imported here, as Slack's.
    from bot.platforms.discord import open_discord

    return open_discord(
        token=reveal(settings.discord_token) or "",
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        shards=settings.discord_shards,
        message_content=settings.discord_message_content,
        guilds=settings.discord_guilds,
    )


async def _until_left(rooms: Rooms, *, interactive: bool) -> None:
    await rooms.talk()
    if not interactive:
        # The end of standard input is nobody leaving: a service has none.
        await asyncio.Event().wait()


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
    async with open_rooms(
        night=night, database_url=database_url, clock=clock, reader=reader, following=()
    ) as rooms:
        await play_to(datetime.now(UTC), rooms, clock)


def _beside(database_url: str, ending: str) -> Path | None:
    """A file of the terminal's own beside a SQLite database; None beside any other."""
    address = read_url(database_url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return None
    return Path(address.database + ending)
