"""Platforms, the post office and the metrics, opened as the settings have them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta

from aiohttp import web
from yarl import URL

from bot.app import PostOffice
from bot.count_desk import Eyes
from bot.courier.counts import Counts
from bot.lanes import LaneRows, Limits
from bot.metrics import serving_metrics
from bot.night import Night
from bot.ports import Clock, Platform
from bot.pushes import HubOffice
from bot.results_sources import ResultsSource
from bot.settings import Settings, reveal
from bot.slack_settings import keys
from bot.sources.democracy_club_api import DemocracyClub
from bot.sources.fetch import Fetcher
from bot.sources.hub_requests import HubRequests
from bot.sources.pa_folder import PaFolder
from bot.sources.reader import GuardianApi
from bot.web import listening
from bot.whereabouts import Whereabouts


def post_office(settings: Settings) -> PostOffice:
    """How messages go out."""
    age = timedelta(minutes=settings.round_up_minutes)
    return PostOffice(
        operator=settings.operator,
        limits=Limits(items=settings.round_up_items, age=age),
        at_once=settings.lanes_at_once,
    )


def eyes(settings: Settings) -> Eyes:
    """How many people it takes for a result to go out."""
    return Eyes(people=settings.confirm_people, pause=timedelta(seconds=settings.confirm_pause))


def fetcher_of(settings: Settings) -> Fetcher:
    """What blogs are read with, within the limits that are set."""
    return Fetcher(
        seconds=settings.fetch_seconds,
        bytes_limit=int(settings.fetch_megabytes * 1_000_000),
        allow=settings.fetch_allow,
    )


def guardian_api(settings: Settings) -> GuardianApi:
    """The way to the Guardian's Content API, with the key that there is for it."""
    return GuardianApi(key=reveal(settings.guardian_api_key))


@asynccontextmanager
async def open_results(settings: Settings, night: Night) -> AsyncIterator[list[ResultsSource]]:
    """PA Media's folder and Democracy Club, where they are set."""
    async with AsyncExitStack() as stack:
        sources: list[ResultsSource] = []
        if settings.pa_folder is not None:
            sources.append(PaFolder(settings.pa_folder))
        if settings.democracy_club_url is not None:
            key = reveal(settings.democracy_club_key)
            url = URL(settings.democracy_club_url)
            fetcher = Fetcher(
                seconds=settings.fetch_seconds,
                bytes_limit=int(settings.fetch_megabytes * 1_000_000),
                # Another attempt is a request that counts.
                retries=0,
                authorization={str(url.origin()): f"Token {key}"} if key else None,
            )
            await stack.enter_async_context(fetcher)
            ids = {
                planned.contest.id: planned.democracy_club
                for planned in night.contests
                if planned.democracy_club is not None
            }
            sources.append(DemocracyClub(fetcher, str(url), ids=ids, key=key is not None))
        yield sources


@asynccontextmanager
async def open_platforms(
    settings: Settings, whereabouts: Whereabouts, beside: Sequence[web.RouteDef] = ()
) -> AsyncIterator[list[Platform]]:
    """Slack and Discord where they are set; nothing is connected before they run or send.

    Where Slack listens on `HTTP_PORT`, what is to be served `beside` it is served by it.
    """
    async with AsyncExitStack() as stack:
        platforms: list[Platform] = []
        if settings.slack_bot_token is not None or settings.slack_client_id is not None:
            platforms.append(await stack.enter_async_context(_slack(settings, whereabouts, beside)))
        if settings.discord_token is not None:
            platforms.append(await stack.enter_async_context(_discord(settings, whereabouts)))
        yield platforms


@asynccontextmanager
async def measured(
    settings: Settings, office: PostOffice, counts: Counts, lanes: LaneRows, clock: Clock
) -> AsyncIterator[None]:
    """Serve what is counted while inside, where the settings give it a port."""
    if settings.metrics_port is None:
        yield
        return

    async def measure() -> None:
        counts.measure(await lanes.on_record(), clock.now())

    async with serving_metrics(
        office.registry, host=settings.http_host, port=settings.metrics_port, measure=measure
    ):
        yield


@asynccontextmanager
async def serving(settings: Settings, routes: Sequence[web.RouteDef]) -> AsyncIterator[None]:
    """Serve these routes on `HTTP_PORT` while inside, where Slack does not do it."""
    if not routes or _slack_listens(settings):
        yield
        return
    async with listening(settings.http_host, settings.http_port, routes):
        yield


def hub_office(settings: Settings, fetcher: Fetcher) -> HubOffice | None:
    """How hubs are asked to push; None where they could not reach this Teller."""
    if settings.public_url is None:
        return None
    return HubOffice(
        asker=HubRequests(fetcher),
        public_url=settings.public_url,
        bytes_limit=int(settings.fetch_megabytes * 1_000_000),
        seconds=settings.fetch_seconds,
    )


def _slack_listens(settings: Settings) -> bool:
    if settings.slack_client_id is not None:
        return True
    return settings.slack_bot_token is not None and settings.slack_app_token is None


@asynccontextmanager
async def _slack(
    settings: Settings, whereabouts: Whereabouts, beside: Sequence[web.RouteDef]
) -> AsyncIterator[Platform]:
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
            beside=beside,
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
            removed=whereabouts.out_of_workspace,
            returned=whereabouts.in_workspace,
            beside=beside,
        ) as platform:
            yield platform
    finally:
        await kept.close()


def _discord(settings: Settings, whereabouts: Whereabouts) -> AbstractAsyncContextManager[Platform]:
    # Imported here, as Slack's.
    from bot.platforms.discord import open_discord

    return open_discord(
        token=reveal(settings.discord_token) or "",
        api_url=settings.discord_api_url,
        gateway_url=settings.discord_gateway_url,
        shards=settings.discord_shards,
        message_content=settings.discord_message_content,
        crosspost=settings.discord_crosspost,
        guilds=settings.discord_guilds,
        removed=whereabouts.out_of_channels,
        returned=whereabouts.in_channels,
    )
