"""A stand-in Discord for a test."""

from collections.abc import AsyncIterator

import pytest

from tests.discord.server import StandInDiscord


@pytest.fixture
async def discord() -> AsyncIterator[StandInDiscord]:
    """A server where nothing has happened yet; what the bot asks is what Discord describes."""
    async with StandInDiscord() as standing:
        yield standing
    assert standing.violations == []
