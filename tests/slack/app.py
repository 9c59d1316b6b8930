"""The app itself: who a token belongs to, how it connects and how it is installed."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from tests.slack.webapi import Call, SlackError, method
from tests.slack.workspace import Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack


@method("auth.test")
def who_am_i(slack: "StandInSlack", call: Call) -> Json:
    return {
        "url": "https://stand-in.slack.com/",
        "team": "Stand-in",
        "user": slack.users[slack.bot_user]["name"],
        "team_id": slack.grants[call.token or ""].team,
        "user_id": slack.bot_user,
        "bot_id": slack.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", "connections:write", token="app")
def connect(slack: "StandInSlack", _call: Call) -> Json:
    """The address of a new socket; the ticket in it is good for one."""
    return {"url": slack.sockets.ticket(slack.url)}


@method("oauth.v2.access", token="none")
def install(slack: "StandInSlack", call: Call) -> Json:
    """Change the code that the installing browser brought back into a token."""
    if call.get("client_id") != slack.client_id:
        raise SlackError("invalid_client_id")
    if call.get("client_secret") != slack.client_secret:
        raise SlackError("bad_client_secret")
    code = call.need("code")
    if slack.redirects.get(code, call.get("redirect_uri")) != call.get("redirect_uri"):
        raise SlackError("bad_redirect_uri")
    token = slack.oauth_codes.pop(code, None)
    if token is None:
        raise SlackError("invalid_code")
    if token not in slack.having(token).grants:
        slack.grant(token)
    slack = slack.having(token)
    slack.revoked.discard(token)
    grant = slack.grants[token]
    return {
        "access_token": token,
        "token_type": "bot",
        "scope": ",".join(sorted(grant.scopes)),
        "bot_user_id": slack.bot_user,
        "app_id": slack.app_id,
        "team": {"id": grant.team, "name": "Stand-in"},
        "enterprise": None,
        "is_enterprise_install": False,
        "authed_user": {"id": "U1"},
        **slack.installed,
    }


async def authorize(slack: "StandInSlack", request: web.Request) -> web.StreamResponse:
    """The page on which somebody lets the app in: they always do, in the `team` that is asked for.

    The browser is sent back with a code and the state that it came with.
    """
    asked = request.query
    team = asked.get("team") or slack.team
    into = next((each for each in slack.workspaces if each.team == team), None)
    if asked.get("client_id") != slack.client_id or into is None:
        raise web.HTTPBadRequest(text="invalid_client_id or team")
    into.grant(into.bot_token, scopes=asked["scope"].split(","))
    code = slack.oauth_code(into.bot_token)
    slack.redirects[code] = asked["redirect_uri"]
    back = urlencode({"code": code, "state": asked.get("state", "")})
    raise web.HTTPFound(f"{asked['redirect_uri']}?{back}")


@method("team.info", "team:read")
def team(slack: "StandInSlack", call: Call) -> Json:
    team_id = slack.grants[call.token or ""].team
    return {"team": {"id": team_id, "name": "Stand-in", "domain": "stand-in"}}


@method("bots.info", "users:read")
def bot(slack: "StandInSlack", call: Call) -> Json:
    if call.get("bot", slack.bot_id) != slack.bot_id:
        raise SlackError("bot_not_found")
    name = slack.users[slack.bot_user]["name"]
    return {
        "bot": {
            "id": slack.bot_id,
            "app_id": slack.app_id,
            "user_id": slack.bot_user,
            "name": name,
            "deleted": False,
        }
    }
