"""`teller doctor`: everything that a night needs, looked at before it, with what to do."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from bot.election.contest import Contest
from bot.errors import RecordError, SourceError, StoreError, TellerError
from bot.night import Night, load_night
from bot.opening import guardian_api, open_results
from bot.ports import Blog, Fetched, Finding, Validators
from bot.settings import Settings, reveal
from bot.slack_settings import keys
from bot.sources.fetch import Fetcher
from bot.sources.places import place
from bot.sources.reader import BlogReader
from bot.store import Store, missing
from handlers import voice

NO_CHANNEL = (
    'no [[channel]] of the night file is on = "{}": questions are answered, and what is followed '
    "from chat comes, but nothing of the file's is relayed there"
)

T = TypeVar("T")


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Night file, database, blogs and platforms, one after the other."""
    night: Night | None = None
    if settings.night_file is None:
        trouble = "none is set, so only the bundled night is known; set NIGHT_FILE or --night"
        yield Finding(what="night file", trouble=trouble)
    else:
        try:
            night = load_night(settings.night_file)
            yield Finding(what=f"night file {settings.night_file}: {len(night.contests)} contests")
        except TellerError as error:
            yield Finding(what="night file", trouble=str(error))
    yield _record(settings)
    yield await _database(settings)
    for finding in (*await _suspended(settings), *await _refusing(settings)):
        yield finding
    async with Fetcher(
        seconds=settings.fetch_seconds, bytes_limit=int(settings.fetch_megabytes * 1_000_000)
    ) as fetcher:
        reader = BlogReader(fetcher, guardian_api=guardian_api(settings))
        if night is not None:
            for blog in night.blogs:
                yield await _blog(reader, blog, night.polling_day, settings.public_url)
    if night is not None:
        async for finding in _results(settings, night):
            yield finding
    async for finding in _slack(settings, night):
        yield finding
    async for finding in _discord(settings, night):
        yield finding


def _record(settings: Settings) -> Finding:
    try:
        rows = settings.record().rows
    except RecordError as error:
        return Finding(what="record", trouble=str(error))
    return Finding(what=f"record: {len(rows.contests):,} contests, the last on {rows.edition}")


async def _database(settings: Settings) -> Finding:
    try:
        store = Store(settings.database_url)
        await store.open()
        await store.close()
    except StoreError as error:
        return Finding(what="database", trouble=str(error))
    return Finding(what="database")


async def _kept(settings: Settings, read: Callable[[Store], Awaitable[Sequence[T]]]) -> Sequence[T]:
    """What the database has; nothing where it cannot be used, for its own line says why."""
    if missing(settings.database_url):
        return []
    store = Store(settings.database_url)
    try:
        await store.open()
        return await read(store)
    except StoreError:
        return []
    finally:
        await store.close()


async def _suspended(settings: Settings) -> list[Finding]:
    """Every channel that takes nothing, and how it goes on."""
    lanes = await _kept(settings, lambda store: store.lanes.on_record())
    return [
        Finding(
            what=f"channel {lane.channel}",
            trouble=f"{voice.suspended(lane.suspended_at, lane.trouble)} Put that right, then "
            f"type: {voice.reviving(lane.channel)}",
        )
        for lane in lanes
        if lane.suspended_at is not None
    ]


async def _refusing(settings: Settings) -> list[Finding]:
    """Every hub that does not do what it is asked."""
    if settings.public_url is None:
        return []
    asked = await _kept(settings, lambda store: store.hubs.on_record())
    return [
        Finding(
            what=f"hub {place(one.hub.url)} of {one.blog.name or one.blog.url}",
            trouble=f"{one.trouble} The blog is read all the same. Look at whether PUBLIC_URL "
            "reaches HTTP_PORT from outside.",
        )
        for one in asked
        if one.trouble is not None
    ]


async def _blog(
    reader: BlogReader, blog: Blog, polling_day: date, public_url: str | None
) -> Finding:
    what = f"blog {blog.name or blog.url}"
    try:
        fetched = await reader.read(
            blog.url, format=blog.format, polling_day=polling_day, validators=Validators()
        )
    except SourceError as error:
        return Finding(what=what, trouble=str(error))
    reading = fetched.reading
    if reading is None or not reading.entries:
        return Finding(what=f"{what}: no entries yet")
    how = fetched.chosen or reading.format
    return Finding(
        what=f"{what}: {len(reading.entries)} entries, read as {how}{_hub(fetched, public_url)}"
    )


def _hub(fetched: Fetched, public_url: str | None) -> str:
    """What becomes of the hub that a blog names."""
    if fetched.hub is None:
        return ""
    if public_url is None:
        return "; its hub could push what is new, but knows no way to here: set PUBLIC_URL"
    return f"; {place(fetched.hub.url)} is asked to push what is new"


async def _results(settings: Settings, night: Night) -> AsyncIterator[Finding]:
    """Each results source, looked at once, as if at set-up."""
    bare = [replace(planned.contest, candidacies=()) for planned in night.contests]
    now = min(datetime.now(UTC), bare[0].close_of_poll - timedelta(hours=1))

    async def contests() -> Sequence[Contest]:
        return bare

    async with open_results(settings, night) as sources:
        for source in sources:
            try:
                look = await source.look(contests, now)
            except SourceError as error:
                yield Finding(what=f"results of {source.name}", trouble=str(error))
                continue
            found = len({one.constituency for one in (*look.bulletins, *look.papers)})
            yield Finding(what=f"results of {source.name}: {voice.count(found, 'seat')}")
            for remark in look.remarks:
                trouble = f"{remark.heading}. {' '.join(remark.sentences)}"
                yield Finding(what=f"results of {source.name}", trouble=trouble)


async def _slack(settings: Settings, night: Night | None) -> AsyncIterator[Finding]:
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        return
    from bot.platforms.slack.checks import check
    from bot.platforms.slack.opening import open_client

    app_token = reveal(settings.slack_app_token)
    if app_token is None and settings.slack_signing_secret is None:
        yield Finding(
            what="Slack events",
            trouble="set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP), or Teller "
            "hears nothing",
        )
    channels = _channels(night, "slack")
    if not channels:
        yield Finding(what="Slack channels", trouble=NO_CHANNEL.format("slack"))
    if settings.slack_client_id is not None:
        async for finding in _installed(settings, settings.slack_client_id, channels):
            yield finding
        return
    async with open_client(reveal(settings.slack_bot_token), settings.slack_api_url) as client:
        async for finding in check(client, app_token, channels):
            yield finding


async def _discord(settings: Settings, night: Night | None) -> AsyncIterator[Finding]:
    if settings.discord_token is None:
        return
    from bot.platforms.discord.checks import check
    from bot.platforms.discord.connection import addressed
    from bot.platforms.discord.rest import Rest

    channels = _channels(night, "discord")
    if not channels:
        yield Finding(what="Discord channels", trouble=NO_CHANNEL.format("discord"))
    listens = settings.discord_message_content
    with addressed(settings.discord_api_url, settings.discord_gateway_url):
        async with aclosing(Rest(reveal(settings.discord_token) or "")) as rest:
            async for finding in check(rest.client, channels, message_content=listens):
                yield finding


def _channels(night: Night | None, platform: str) -> list[str]:
    """The ids of the channels that the night file names on a platform."""
    following = night.following if night is not None else ()
    return [one.channel.id for one in following if one.channel.platform == platform]


async def _installed(
    settings: Settings, client_id: str, channels: Sequence[str]
) -> AsyncIterator[Finding]:
    """Every workspace that installed Teller."""
    from bot.platforms.slack.checks import check_installed
    from bot.platforms.slack.installations import SealedInstallations
    from bot.platforms.slack.installed import InstalledWorkspaces
    from bot.platforms.slack.manifest import INSTALL_PATH
    from bot.platforms.slack.opening import open_client
    from bot.store.slack_installations import SlackInstallations

    kept = SlackInstallations(settings.database_url, client_id)
    try:
        await kept.open()
    except StoreError:
        # The line on the database says what is wrong with it.
        return
    try:
        token_keys = keys(reveal(settings.slack_token_key) or "")
        installations = SealedInstallations(kept.installations, token_keys)
        async with open_client(None, settings.slack_api_url) as client:
            async for finding in check_installed(
                InstalledWorkspaces(client=client, installations=installations),
                await installations.teams(),
                reveal(settings.slack_app_token),
                channels,
                (settings.public_url or "").rstrip("/") + INSTALL_PATH,
            ):
                yield finding
    finally:
        await kept.close()
