"""Every workspace that installed Teller: its token, its events, and when it goes."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp, AsyncBoltContext
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_sdk.web.async_client import AsyncWebClient

from bot.errors import DeliveryError, Fault, StoreError
from bot.platforms.slack.installations import SealedInstallations
from bot.platforms.slack.oauth import pages
from bot.platforms.slack.team import Team
from bot.platforms.slack.workspaces import Workspace, with_token

log = structlog.get_logger()

# Is told the id of a workspace.
Told = Callable[[str], Awaitable[None]]
NOT_INSTALLED = (
    "Teller is not installed in this workspace any more; whoever runs it has the address to "
    "install it from."
)


async def kept(_team: str) -> None:
    """What Teller knows of a workspace's channels stays as it is, whether it is in it or not."""


class InstalledWorkspaces:
    """Every workspace whose people installed Teller. `client` has no token and no retries.

    `flow` is how more of them do; None for somebody who only looks at those that are there.
    `removed` is told the id of each that takes Teller away.
    """

    def __init__(
        self,
        *,
        client: AsyncWebClient,
        installations: SealedInstallations,
        flow: AsyncOAuthFlow | None = None,
        removed: Told = kept,
    ) -> None:
        self.client = client
        self._installations = installations
        self._flow = flow
        self._removed = removed
        self._known: dict[str, Workspace] = {}
        self._leaving = asyncio.Lock()

    def app(self, signing_secret: str = "") -> AsyncApp:
        """A bolt app for all of them, which forgets those that take Teller away."""
        app = AsyncApp(
            client=self.client,
            signing_secret=signing_secret,
            authorize=_Authorize(self._installations),  # type: ignore[arg-type]  # None is a no
            # Both, for bolt would make others from the environment.
            oauth_settings=None if self._flow is None else self._flow.settings,
            oauth_flow=self._flow,
            user_facing_authorize_error_message=NOT_INSTALLED,
        )
        app.event("app_uninstalled")(self._on_gone)
        app.event("tokens_revoked")(self._on_gone)
        return app

    def routes(self) -> Sequence[web.RouteDef]:
        """The pages to install from."""
        return () if self._flow is None else pages(self._flow)

    async def team(self, team_id: str | None) -> Team:
        """The workspace with an id.

        Looked for each time, for another process may have seen it go or come back; the client is
        kept for as long as the token is the same.

        Raises `DeliveryError` where Teller is not installed there, or its token cannot be read.
        """
        try:
            bot = await self._installations.async_find_bot(team_id=team_id)
        except StoreError as error:
            raise DeliveryError(str(error), refused=True, fault=Fault.CHANNEL) from error
        if bot is None or team_id is None:
            self._known.pop(team_id or "", None)
            raise DeliveryError(
                f"Teller is not installed in the Slack workspace {team_id}; open /slack/install "
                "to install it there, or take its channels off the night file.",
                refused=True,
                fault=Fault.CHANNEL,
            )
        known = self._known.get(team_id)
        if known is None or known.client.token != bot.bot_token:
            client = with_token(self.client, bot.bot_token)
            known = self._known[team_id] = Workspace(client=client, id=team_id)
        return known

    async def teams(self) -> Sequence[Team]:
        """Every workspace whose token can be read; the others are logged."""
        found = []
        for team_id in await self._installations.teams():
            try:
                found.append(await self.team(team_id))
            except DeliveryError as error:
                log.warning("slack.no_workspace", team=team_id, why=str(error))
        return found

    async def place(self, id_: str) -> tuple[Team, str]:
        """Where “T0123/C0456” is, and its id there.

        Raises `DeliveryError` for an id without a workspace too: one token would do for one only.
        """
        team_id, slash, within = id_.partition("/")
        if not slash:
            raise DeliveryError(
                f"{id_} does not say in which workspace it is: with SLACK_CLIENT_ID a channel is "
                f"named like T0123456789/{id_}.",
                refused=True,
                fault=Fault.CHANNEL,
            )
        return await self.team(team_id), within

    async def _on_gone(
        self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext
    ) -> None:
        """Somebody took Teller out of a workspace, or its token away."""
        team_id = context.team_id
        if event["type"] == "tokens_revoked" and not event.get("tokens", {}).get("bot"):
            log.debug("slack.person_left", team=team_id)
            return
        # Slack tells of one goodbye by two events, often at once.
        async with self._leaving:
            installed = await self._installations.installed_at(team_id)
            if team_id is None or installed is None:
                log.debug("slack.gone_already", team=team_id)
                return
            if installed > body.get("event_time", installed) + 1:
                # An event that Slack sends once more must not undo what was installed anew since.
                log.info("slack.uninstalled_before", team=team_id)
                return
            # First: an event that nothing comes of is sent again while the workspace is known.
            await self._removed(team_id)
            await self._installations.async_delete_all(enterprise_id=None, team_id=team_id)
            self._known.pop(team_id, None)
            log.warning("slack.uninstalled", team=team_id, by=event["type"])


class _Authorize(AsyncAuthorize):
    """Lets an event in where its workspace is installed, with that workspace's token.

    bolt's own asks Slack at each event who the token is, and drops the event where Slack does not
    say; the installation has it already.
    """

    def __init__(self, installations: SealedInstallations) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # bolt has no types here
        self._installations = installations

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **actor: str | None,
    ) -> AuthorizeResult | None:
        bot = await self._installations.async_find_bot(team_id=team_id)
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=team_id,
            bot_user_id=bot.bot_user_id,
            bot_id=bot.bot_id,
            bot_token=bot.bot_token,
            bot_scopes=bot.bot_scopes,
            user_id=user_id,
        )
