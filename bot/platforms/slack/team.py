"""A workspace as the pages and forms in it need it; who holds the tokens provides it."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.ask import Author, Channel


class Team(Protocol):
    """One workspace: the client that has its token, and the names of what is in it."""

    @property
    def id(self) -> str | None:
        """Slack's id of it; None where it is the only one, and needs none."""

    @property
    def client(self) -> AsyncWebClient:
        """Calls the Web API there."""

    def channel(self, channel_id: str) -> Channel:
        """The channel with an id of Slack's."""

    def author(self, user_id: str, name: str) -> Author:
        """The person with an id of Slack's."""


# The workspace with an id, None for one that does not say it. Raises `TellerError` where Teller is
# not installed there any more.
FindTeam = Callable[[str | None], Awaitable[Team]]
