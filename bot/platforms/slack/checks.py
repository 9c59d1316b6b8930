"""What `teller doctor` looks at in Slack, and what to do about each fault."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.manifest import SCOPES
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
    try:
        me = await client.auth_test()
    except SlackApiError as error:
        why = error.response.get("error", "")
        yield Finding(what="Slack token", trouble=_TOKENS.get(why, f"Slack says “{why}”"))
        return
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        trouble = f"Slack cannot be reached ({type(error).__name__}); check the network"
        yield Finding(what="Slack", trouble=trouble)
        return
    if not me.get("bot_id"):
        trouble = "this is a person's token; take the bot token, which begins with xoxb-"
        yield Finding(what="Slack token", trouble=trouble)
        return
    yield Finding(what=f"Slack token of {me['user']} in {me['team']}")
    yield _clock(me.headers.get("Date", ""))
    granted = {scope.strip() for scope in me.headers.get("x-oauth-scopes", "").split(",")}
    for scope, purpose in SCOPES.items():
        if scope not in granted:
            yield Finding(
                what=f"Slack scope {scope}",
                trouble=f"missing: without it Teller cannot {purpose}; add it under “OAuth & "
                "Permissions › Bot Token Scopes” and install the app again",
            )
    if granted >= SCOPES.keys():
        yield Finding(what=f"Slack scopes: all {len(SCOPES)}")
    if app_token is not None:
        yield await _socket_mode(client, app_token)
    for channel in channels:
        yield await _channel(client, channel)


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
    except SlackApiError as error:
        return Finding(
            what=what,
            trouble=f"Slack says “{error.response.get('error')}”; switch on Socket Mode and make "
            "an app-level token with the scope connections:write",
        )
    return Finding(what=what)


async def _channel(client: AsyncWebClient, channel: str) -> Finding:
    what = f"Slack channel {channel}"
    try:
        info = (await client.conversations_info(channel=channel))["channel"]
    except SlackApiError as error:
        why = error.response.get("error", "")
        return Finding(what=what, trouble=_CHANNELS.get(why, f"Slack says “{why}”"))
    what = f"Slack channel #{info.get('name', channel)}"
    if info.get("is_archived"):
        return Finding(what=what, trouble="it is archived; open it again or take it off the file")
    if not info.get("is_member"):
        return Finding(what=what, trouble="Teller is not in it; type /invite @Teller there")
    return Finding(what=what)
