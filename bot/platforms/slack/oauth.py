"""How a workspace installs Teller: two pages, and Slack's own in between."""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import (
    AsyncCallbackOptions,
    AsyncFailureArgs,
    AsyncSuccessArgs,
)
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.platforms.slack.manifest import INSTALL_PATH, OPTIONAL, REDIRECT_PATH, SCOPES

log = structlog.get_logger()

# A code and a state stand in the address: no page may tell it on, nor be kept.
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'",
}
AGAIN = f'<a href="{INSTALL_PATH.rpartition("/")[2]}">Begin again</a>.'
WHY_NOT = {
    "access_denied": "Nothing was installed: the installation was cancelled.",
    "invalid_browser": "Nothing was installed: this page belongs to an installation that was "
    "begun in another browser, or too long ago.",
    "invalid_state": "Nothing was installed: this installation was begun too long ago, or has "
    "been finished already.",
    "missing_code": "Nothing was installed: Slack sent no code to install with.",
    "invalid_code": "Nothing was installed: Slack does not take the code that came with this "
    "page; it is good once, and for ten minutes.",
}
LATER = "Nothing was installed: something went wrong on the way, and may not the next time."
ORGANISATION = (
    "Nothing was installed: Teller can be installed in a workspace, and not in a whole "
    "organisation at once; install it in each workspace that wants it."
)
ROTATING = (
    "Nothing was installed: this app lets its tokens expire, and Teller does not renew them; "
    "whoever runs it has to make the app from the manifest that “teller manifest” prints."
)


class NotTakenError(BoltError):
    """An installation that Teller does not support; its text is a sentence for a person."""


class InstallFlow(AsyncOAuthFlow):
    """bolt's flow with Teller's own pages, for installations in one workspace each.

    `installed` is told the id of each.
    """

    def __init__(self, *, installed: Callable[[str], Awaitable[None]], **given: Any) -> None:  # noqa: ANN401 - bolt's own
        super().__init__(**given)
        self._installed = installed

    async def build_authorize_url(self, state: str, request: AsyncBoltRequest) -> str:
        """Slack's page; in the workspace that the address names, if it is an id and no more."""
        (team,) = request.query.get("team", [""])[:1]
        known = team if re.fullmatch(r"T[A-Z0-9]{1,30}", team) else None
        url: str = self.settings.authorize_url_generator.generate(state=state, team=known)
        return url

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """The page that leads to Slack's."""
        link = f'<a href="{escape(url)}">Add Teller to Slack</a>'
        return _html(f"{link}, in a workspace where you may install apps.")

    async def store_installation(
        self, request: AsyncBoltRequest, installation: Installation
    ) -> None:
        """Keep it. Raises `NotTakenError` for an organisation, and for tokens that expire."""
        if installation.is_enterprise_install or installation.team_id is None:
            raise NotTakenError(ORGANISATION)
        if installation.bot_refresh_token is not None:
            raise NotTakenError(ROTATING)
        await super().store_installation(request, installation)
        await self._installed(installation.team_id)


def install_flow(
    *,
    client: AsyncWebClient,
    client_id: str,
    client_secret: str,
    public_url: str,
    installations: AsyncInstallationStore,
    states: AsyncOAuthStateStore,
    installed: Callable[[str], Awaitable[None]],
) -> AsyncOAuthFlow:
    """The flow of an app with these credentials; `public_url` is what browsers know Teller by.

    `installed` is told the id of each workspace that installs it.
    """
    settings = AsyncOAuthSettings(
        client_id=client_id,
        client_secret=client_secret,
        scopes=sorted(SCOPES | OPTIONAL),
        user_scopes=[],
        redirect_uri=public_url.rstrip("/") + REDIRECT_PATH,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(success=_installed, failure=_not_installed),
        authorization_url=urljoin(client.base_url, "/oauth/v2/authorize"),
        installation_store=installations,
        installation_store_bot_only=True,
        state_store=states,
    )
    return InstallFlow(client=client, logger=_discreet(), settings=settings, installed=installed)


def pages(flow: AsyncOAuthFlow) -> Sequence[web.RouteDef]:
    """The two pages, at the paths that the manifest names."""
    # Nobody asks for their heads alone, and one would use up a state.
    return (
        web.get(INSTALL_PATH, _page(flow.handle_installation), allow_head=False),
        web.get(REDIRECT_PATH, _page(flow.handle_callback), allow_head=False),
    )


def _page(
    answer: Callable[[AsyncBoltRequest], Awaitable[BoltResponse]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def handle(request: web.Request) -> web.Response:
        try:
            response = await answer(await to_bolt_request(request))
        except Exception as error:
            # Slack or the database is away: the page says so, and the service goes on.
            log.warning("slack.not_installed", why=f"{type(error).__name__}: {error}")
            response = _response(HTTPStatus.BAD_GATEWAY, f"{LATER} {AGAIN}")
        shown = await to_aiohttp_response(response)
        shown.headers.update({name: HEADERS[name] for name in HEADERS if name != "Content-Type"})
        return shown

    return handle


async def _installed(args: AsyncSuccessArgs) -> BoltResponse:
    installation = args.installation
    log.info("slack.installed", team=installation.team_id)
    name = escape(installation.team_name or "your workspace")
    team = escape(installation.team_id or "T…")
    return _done(
        args,
        HTTPStatus.OK,
        f"Teller is installed in {name}: type /invite @Teller in a channel, which a night file "
        f"names {team}/C… with the channel’s own id behind the slash.",
    )


async def _not_installed(args: AsyncFailureArgs) -> BoltResponse:
    why = "not_taken" if isinstance(args.error, NotTakenError) else args.reason
    log.warning("slack.not_installed", why=why)
    if isinstance(args.error, NotTakenError):
        return _done(args, HTTPStatus.BAD_REQUEST, escape(str(args.error)))
    unknown = f"Nothing was installed: Slack says “{escape(args.reason)}”."
    sentence = WHY_NOT.get(args.reason, unknown)
    return _done(args, HTTPStatus(args.suggested_status_code), f"{sentence} {AGAIN}")


def _done(args: AsyncSuccessArgs | AsyncFailureArgs, status: HTTPStatus, body: str) -> BoltResponse:
    """The last page of an installation, which ends what the browser remembers of it."""
    response = _response(status, body)
    response.headers["set-cookie"] = [args.settings.state_utils.build_set_cookie_for_deletion()]
    return response


def _response(status: HTTPStatus, body: str) -> BoltResponse:
    return BoltResponse(
        status=status, headers={"Content-Type": HEADERS["Content-Type"]}, body=_html(body)
    )


def _html(body: str) -> str:
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Teller</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<body style="font: 1.2em sans-serif; margin: 4em auto; max-width: 36em"><p>{body}</p>'
        "</body></html>"
    )


def _discreet() -> logging.Logger:
    """Words of bolt in the log, without the code that it names where Slack refuses one."""
    logger = logging.Logger("slack.oauth", logging.WARNING)
    logger.parent = logging.getLogger()
    logger.addFilter(_without_code)
    return logger


def _without_code(record: logging.LogRecord) -> bool:
    record.msg = re.sub(r"(with code:) \S+", r"\1 …", str(record.msg))
    return True
