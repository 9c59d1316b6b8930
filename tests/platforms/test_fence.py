"""What is too late to post does not go on the wire, however late that is found out."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.deadline import in_time, uptime
from bot.errors import LeaseLostError
from bot.platforms.discord import open_discord
from bot.platforms.slack.opening import open_slack
from bot.ports import Platform
from tests.discord.server import StandInDiscord
from tests.slack.server import StandInSlack

POST = Post(kind=PostKind.ENTRY, heading="A heading", at=datetime(2023, 10, 20, tzinfo=UTC))
KEY = DeliveryKey(subject="entry:one", version=1)
LONG_AGO, IN_A_MINUTE = -1.0, 60.0


@asynccontextmanager
async def in_slack() -> AsyncIterator[tuple[StandInSlack, Platform, Channel]]:
    async with (
        StandInSlack() as slack,
        open_slack(
            bot_token=slack.bot_token,
            app_token=slack.app_token,
            signing_secret=None,
            api_url=slack.api_url,
            host="127.0.0.1",
            port=0,
        ) as platform,
    ):
        yield slack, platform, Channel(platform="slack", id="C1")


@asynccontextmanager
async def in_discord() -> AsyncIterator[tuple[StandInDiscord, Platform, Channel]]:
    async with (
        StandInDiscord() as discord,
        open_discord(token=discord.token, api_url=discord.api_url) as platform,
    ):
        yield discord, platform, Channel(platform="discord", id="900000000000000001")


@pytest.mark.parametrize("where", [in_slack, in_discord], ids=["slack", "discord"])
async def test_a_post_that_is_too_late_reaches_nobody(where) -> None:
    async with where() as (server, platform, channel):
        with in_time(uptime() + IN_A_MINUTE):
            standing = await platform.send(channel, POST, KEY)
        before = len(server.calls)
        later = MessageRef(channel=channel, id=standing.id)
        for late in (
            lambda: platform.send(channel, POST, DeliveryKey(subject="entry:two", version=1)),
            lambda: platform.edit(later, POST, DeliveryKey(subject="entry:one", version=2)),
            lambda: platform.find(channel, KEY),
        ):
            with in_time(uptime() + LONG_AGO), pytest.raises(LeaseLostError):
                await late()

        assert len(server.calls) == before
        # It is not held against whoever is in time.
        with in_time(uptime() + IN_A_MINUTE):
            assert await platform.find(channel, KEY) == standing
