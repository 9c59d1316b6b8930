"""Slack opened: one workspace by its token, or every workspace that installed Teller."""

import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import SettingsError
from bot.platforms.fence import Fenced
from bot.platforms.slack.connection import (
    Connection,
    HttpConnection,
    Routes,
    SocketConnection,
    SocketWithPages,
)
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace

if TYPE_CHECKING:
    from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

    from bot.platforms.slack.installations import Kept
    from bot.platforms.slack.installed import Told

# With a level of its own: slack_sdk asks for this one, and words each request for a log that nobody
# keeps where it finds none.
_logger = logging.getLogger("slack_sdk.web")
_logger.setLevel(logging.WARNING)
# In seconds. The courier gives a call eight, and then does not hear any more why it failed.
TIMEOUT = 7
NO_WAY_IN = (
    "{} is set, but nothing says how Slack's events come in: set SLACK_APP_TOKEN (xapp-…, Socket "
    "Mode) or SLACK_SIGNING_SECRET (HTTP)."
)


@asynccontextmanager
async def open_slack(
    *,
    bot_token: str,
    app_token: str | None,
    signing_secret: str | None,
    api_url: str,
    host: str,
    port: int,
    beside: Routes = (),
) -> AsyncIterator[SlackPlatform]:
    """One workspace: over a socket where there is an app token, else over HTTP, `beside` others.

    Raises `SettingsError` where neither secret is set.
    """
    connection: Connection
    if app_token is not None:
        connection = SocketConnection(app_token=app_token)
    elif signing_secret is not None:
        connection = HttpConnection(
            signing_secret=signing_secret, host=host, port=port, beside=beside
        )
    else:
        raise SettingsError(NO_WAY_IN.format("SLACK_BOT_TOKEN"))
    async with open_client(bot_token, api_url) as client:
        yield SlackPlatform(workspaces=OneWorkspace(client), connection=connection)


@asynccontextmanager
async def open_installed(
    *,
    client_id: str,
    client_secret: str,
    token_keys: Sequence[str],
    public_url: str,
    kept: "Kept",
    states: "AsyncOAuthStateStore",
    app_token: str | None,
    signing_secret: str | None,
    api_url: str,
    host: str,
    port: int,
    removed: "Told",
    returned: "Told",
    beside: Routes = (),
) -> AsyncIterator[SlackPlatform]:
    """Every workspace that installed the app with these credentials, or does so from now on.

    `kept` and `states` remember them; `token_keys` are Fernet keys, the first of which encrypts.
    Events come as with `open_slack`; the pages to install from are served at `host` and `port`
    either way, `beside` what others serve there. `removed` is told the id of each workspace that
    takes Teller away, `returned` of each that installs it.

    Raises `SettingsError` where neither secret is set.
    """
    # Imported here: one workspace by its token needs no cryptography.
    from bot.platforms.slack.installations import SealedInstallations
    from bot.platforms.slack.installed import InstalledWorkspaces
    from bot.platforms.slack.oauth import install_flow

    connection: Connection
    if app_token is not None:
        socket = SocketConnection(app_token=app_token)
        connection = SocketWithPages(socket=socket, host=host, port=port, beside=beside)
    elif signing_secret is not None:
        connection = HttpConnection(
            signing_secret=signing_secret, host=host, port=port, beside=beside
        )
    else:
        raise SettingsError(NO_WAY_IN.format("SLACK_CLIENT_ID"))
    installations = SealedInstallations(kept, token_keys)
    await installations.reseal()
    async with open_client(None, api_url) as client:
        flow = install_flow(
            client=client,
            client_id=client_id,
            client_secret=client_secret,
            public_url=public_url,
            installations=installations,
            states=states,
            installed=returned,
        )
        workspaces = InstalledWorkspaces(
            client=client, installations=installations, flow=flow, removed=removed
        )
        yield SlackPlatform(workspaces=workspaces, connection=connection)


@asynccontextmanager
async def open_client(bot_token: str | None, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """A client on one shared session, which never repeats a request by itself.

    A post whose answer was lost may stand in the channel: the courier looks before it posts again.
    """
    async with aiohttp.ClientSession(
        # The courier says how much goes out at once, and no answer waits for a connection.
        connector=Fenced(limit=0),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT),
    ) as session:
        yield AsyncWebClient(
            token=bot_token,
            base_url=api_url,
            session=session,
            retry_handlers=[],
            timeout=TIMEOUT,
            logger=_logger,
        )
