"""What `teller doctor` looks at in Slack, and what to do about each fault."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import TellerError
from bot.platforms.slack.manifest import OPTIONAL, SCOPES
from bot.platforms.slack.workspaces import Workspaces
from bot.ports import Finding

MOST_SECONDS_OFF = 5

_TOKENS = {
    "invalid_auth": "the token is not valid; copy it again from “OAuth & Permissions”",
    "not_authed": "the token is empty",
    "token_revoked": "the token was revoked; install the app again",
    "account_inactive": "the app was removed from the workspace; install it again",
}
_CHANNELS = {
    "channel_not_found": "no such channel, or a private one without Teller; check the id",
    "missing_scope": "the scope for it is missing; see the line on scopes",
}


async def check(
    client: AsyncWebClient, app_token: str | None, channels: Sequence[str]
) -> AsyncIterator[Finding]:
    """Token, scopes, Socket Mode, and each channel by its id."""
    token = [finding async for finding in _token(client)]
    for finding in token:
        yield finding
    if token[0].trouble is not None:
        return
    if app_token is not None:
        yield await _socket_mode(client, app_token)
    for channel in channels:
        yield await _channel(client, channel)


async def check_installed(
    workspaces: Workspaces,
    teams: Sequence[str],
    app_token: str | None,
    channels: Sequence[str],
    install_url: str,
) -> AsyncIterator[Finding]:
    """Socket Mode, the token and scopes of every workspace, and each channel by its id.

    `teams` are the ids of the workspaces that have installed Teller.
    """
    if app_token is not None:
        yield await _socket_mode(workspaces.client, app_token)
    if not teams:
        trouble = f"none has installed Teller yet; open {install_url} in a browser"
        yield Finding(what="Slack workspaces", trouble=trouble)
    for team_id in teams:
        try:
            team = await workspaces.team(team_id)
        except TellerError as error:
            yield Finding(what=f"Slack workspace {team_id}", trouble=str(error))
            continue
        async for finding in _token(team.client, team_id):
            yield finding
    for channel in channels:
        try:
            team, where = await workspaces.place(channel)
        except TellerError as error:
            yield Finding(what=f"Slack channel {channel}", trouble=str(error))
            continue
        yield await _channel(team.client, where, channel)


async def _token(client: AsyncWebClient, team_id: str | None = None) -> AsyncIterator[Finding]:
    """Whether a token is good, and for what. The first finding says whether it is at all."""
    which = "Slack token" if team_id is None else f"Slack token for {team_id}"
    try:
        me = await client.auth_test()
    except SlackApiError as error:
        why = error.response.get("error", "")
        yield Finding(what=which, trouble=_TOKENS.get(why, f"Slack says “{why}”"))
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        trouble = f"Slack cannot be reached ({type(error).__name__}); check the network"
        yield Finding(what="Slack", trouble=trouble)
        return
    if not me.get("bot_id"):
        trouble = "this is a person's token; take the bot token, which begins with xoxb-"
        yield Finding(what=which, trouble=trouble)
        return
    yield Finding(what=f"{which} of {me['user']} in {me['team']}")
    yield _clock(me.headers.get("Date", ""))
    granted = {scope.strip() for scope in me.headers.get("x-oauth-scopes", "").split(",")}
    for scope, purpose in SCOPES.items():
        if scope not in granted:
            yield Finding(
                what=f"Slack scope {scope}" + (f" in {team_id}" if team_id else ""),
                trouble=f"missing: without it Teller cannot {purpose}; add it under “OAuth & "
                "Permissions › Bot Token Scopes” and install the app again",
            )
    for scope, purpose in OPTIONAL.items():
        if scope not in granted:
            yield Finding(what=f"Slack scope {scope}, optional: without it Teller cannot {purpose}")
    if granted >= SCOPES.keys():
        yield Finding(what=f"Slack scopes: all {len(SCOPES)}")


def _clock(date: str) -> Finding:
    """Slack refuses, and reminders miss, where a machine's clock is wrong."""
    try:
        off = abs((datetime.now(UTC) - parsedate_to_datetime(date)).total_seconds())
    except ValueError:
        return Finding(what="clock: Slack did not say what time it is")
    if off > MOST_SECONDS_OFF:
        trouble = f"it is {off:.0f} seconds off Slack's; switch on the system's time service"
        return Finding(what="clock", trouble=trouble)
    return Finding(what="clock")


async def _socket_mode(client: AsyncWebClient, app_token: str) -> Finding:
    what = "Slack Socket Mode"
    if not app_token.startswith("xapp-"):
        trouble = "SLACK_APP_TOKEN has to be an app-level token, which begins with xapp-"
        return Finding(what=what, trouble=trouble)
    try:
        await client.apps_connections_open(app_token=app_token)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(what=what, trouble=f"Slack cannot be reached ({type(error).__name__})")
    except SlackApiError as error:
        return Finding(
            what=what,
            trouble=f"Slack says “{error.response.get('error')}”; switch on Socket Mode and make "
            "an app-level token with the scope connections:write",
        )
    return Finding(what=what)


async def _channel(client: AsyncWebClient, channel: str, known_as: str | None = None) -> Finding:
    what = f"Slack channel {known_as or channel}"
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        why = error.response.get("error", "")
        return Finding(what=what, trouble=_CHANNELS.get(why, f"Slack says “{why}”"))
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        return Finding(what=what, trouble=f"Slack cannot be reached ({type(error).__name__})")
    name = f"#{info.get('name', channel)}"
    what = f"Slack channel {name}" + (f" ({known_as})" if known_as else "")
    if info.get("is_archived"):
        return Finding(what=what, trouble="it is archived; open it again or take it off the file")
    if not info.get("is_member"):
        return Finding(what=what, trouble="Teller is not in it; type /invite @Teller there")
    return Finding(what=what)
