"""Slack as a platform."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError
from bot.platforms.slack.connection import Connection, HttpConnection, SocketConnection
from bot.platforms.slack.platform import SlackPlatform

TIMEOUT = 30


@asynccontextmanager
async def open_slack(
    *,
    bot_token: str,
    app_token: str | None,
    signing_secret: str | None,
    api_url: str,
    host: str,
    port: int,
) -> AsyncIterator[SlackPlatform]:
    """One workspace: over a socket where there is an app token, else over HTTP.

    Raises `SettingsError` where neither secret is set.
    """
    async with open_client(bot_token, api_url) as client:
        connection: Connection
        if app_token is not None:
            connection = SocketConnection(client=client, app_token=app_token)
        elif signing_secret is not None:
            connection = HttpConnection(
                client=client, signing_secret=signing_secret, host=host, port=port
            )
        else:
            raise SettingsError(
                "SLACK_BOT_TOKEN is set, but nothing says how Slack's events come in: set "
                "SLACK_APP_TOKEN (xapp-…, Socket Mode) or SLACK_SIGNING_SECRET (HTTP)."
            )
        yield SlackPlatform(client=client, connection=connection)


@asynccontextmanager
async def open_client(bot_token: str, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """A client on one shared session, which never repeats a request by itself.

    A post whose answer was lost may stand in the channel: the courier looks before it posts again.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        yield AsyncWebClient(
            token=bot_token, base_url=api_url, session=session, retry_handlers=[], timeout=TIMEOUT
        )
