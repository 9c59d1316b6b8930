"""The workspaces that Teller is in, and which of them a channel is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.ask import Author, Channel
from bot.platforms.slack.team import Team

PLATFORM = "slack"


class Workspaces(Protocol):
    """One workspace, or all that installed Teller."""

    @property
    def client(self) -> AsyncWebClient:
        """Calls what belongs to the app itself, with the app's own token."""

    def app(self, signing_secret: str = "") -> AsyncApp:
        """A bolt app that lets the events of these workspaces in."""

    def routes(self) -> Sequence[web.RouteDef]:
        """The pages that people open in a browser."""

    async def team(self, team_id: str | None) -> Team:
        """The workspace with an id, None for one that does not say it. Raises `DeliveryError`."""

    async def teams(self) -> Sequence[Team]:
        """Every workspace that can be spoken to."""

    async def place(self, id_: str) -> tuple[Team, str]:
        """Where a channel or a person is, and their id there. Raises `DeliveryError`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """A `Team`. With an `id` of its own, the ids of what is in it begin with that and a slash."""

    client: AsyncWebClient
    id: str | None = None

    def channel(self, channel_id: str) -> Channel:
        """The channel with an id of Slack's."""
        return Channel(platform=PLATFORM, id=self._within(channel_id))

    def author(self, user_id: str, name: str) -> Author:
        """The person with an id of Slack's, who does not say who manages a channel."""
        return Author(platform=PLATFORM, id=self._within(user_id), name=name, everybody=True)

    def _within(self, id_: str) -> str:
        return id_ if self.id is None else f"{self.id}/{id_}"


class OneWorkspace:
    """One workspace by its bot token, which `client` has."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self._workspace = Workspace(client=client)

    def app(self, signing_secret: str = "") -> AsyncApp:
        """A bolt app for this workspace alone."""
        return AsyncApp(client=self.client, signing_secret=signing_secret)

    def routes(self) -> Sequence[web.RouteDef]:
        """None: there is nothing to install."""
        return ()

    async def team(self, team_id: str | None) -> Team:
        """This one, whatever it is called."""
        return self._workspace

    async def teams(self) -> Sequence[Team]:
        """This one."""
        return (self._workspace,)

    async def place(self, id_: str) -> tuple[Team, str]:
        """In this one, by the same id."""
        return self._workspace, id_


def with_token(client: AsyncWebClient, token: str) -> AsyncWebClient:
    """A client with another token on the same session, and without retries as well."""
    return AsyncWebClient(
        token=token,
        base_url=client.base_url,
        session=client.session,
        retry_handlers=[],
        timeout=client.timeout,
        logger=client.logger,
    )
