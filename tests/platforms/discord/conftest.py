"""Teller's platform in a stand-in Discord: the real client, over real sockets."""

from collections.abc import AsyncIterator

import pytest

from bot.platforms.discord.connection import addressed
from bot.platforms.discord.platform import DiscordPlatform
from tests.discord.server import StandInDiscord
from tests.platforms.discord.connected import connected


@pytest.fixture
async def discord() -> AsyncIterator[StandInDiscord]:
    """A server where nothing has happened yet; what is asked of it is what Discord describes."""
    async with StandInDiscord() as standing:
        with addressed(standing.api_url, standing.gateway.url):
            yield standing
    assert standing.violations == []


@pytest.fixture
async def platform(discord: StandInDiscord) -> AsyncIterator[DiscordPlatform]:
    """The platform, not listening."""
    async with connected(discord) as opened:
        yield opened
