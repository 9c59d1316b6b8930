"""A stand-in Slack for a test, and the real clients for it."""

from collections.abc import AsyncIterator, Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import StandInSlack


@pytest.fixture
async def slack() -> AsyncIterator[StandInSlack]:
    """A workspace where nothing has happened yet, and events come again fast."""
    async with StandInSlack(redeliver_after=(0.0, 0.1)) as standing:
        yield standing
        await standing.settled()


@pytest.fixture
def client(slack: StandInSlack) -> AsyncWebClient:
    """Slack's own client with the bot's token, and without retries of its own."""
    return AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def client_with(slack: StandInSlack) -> Callable[[str], AsyncWebClient]:
    """The same with another token."""
    return lambda token: AsyncWebClient(token, base_url=slack.api_url, retry_handlers=[])
