"""Posts in announcement channels, published to the servers that follow them."""

from dataclasses import replace

import pytest

from tests.discord.api import CROSSPOSTED
from tests.platforms.discord.connected import COUNT_NIGHT, connected
from tests.platforms.discord.test_platform import HERE, KEY, POST

PUBLISH = "POST /channels/{channel_id}/messages/{message_id}/crosspost"


async def published(discord, times: int = 1) -> None:
    await discord.until(lambda: len(discord.tried(PUBLISH)) >= times)


def is_published(message) -> bool:
    return bool(message["flags"] & CROSSPOSTED)


async def test_a_post_in_an_announcement_channel_is_published_once(discord):
    discord.channel(COUNT_NIGHT).announces = True
    async with connected(discord, crosspost=True) as platform:
        ref = await platform.send(HERE, POST, KEY)
        await published(discord)
        await platform.edit(ref, replace(POST, heading="Corrected"), replace(KEY, version=2))
    (message,) = discord.channel(COUNT_NIGHT).messages
    assert is_published(message)
    assert len(discord.tried(PUBLISH)) == 1


async def test_a_channel_of_another_kind_is_asked_once(discord):
    async with connected(discord, crosspost=True) as platform:
        await platform.send(HERE, POST, KEY)
        await published(discord)
        # The answer to it has come once a later request has been answered.
        await platform.find(HERE, KEY)
        await platform.send(HERE, POST, replace(KEY, subject="entry:other"))
        await platform.find(HERE, KEY)
    assert len(discord.channel(COUNT_NIGHT).messages) == 2
    assert len(discord.tried(PUBLISH)) == 1


@pytest.mark.parametrize("fault", [{"status": 500}, {"cut": "before"}])
async def test_a_post_stands_though_it_cannot_be_published(discord, fault):
    discord.channel(COUNT_NIGHT).announces = True
    async with connected(discord, crosspost=True) as platform:
        discord.fail(PUBLISH, times=5, **fault)
        await platform.send(HERE, POST, KEY)
        await published(discord)
    assert len(discord.channel(COUNT_NIGHT).messages) == 1


async def test_nothing_is_published_unasked(discord):
    discord.channel(COUNT_NIGHT).announces = True
    async with connected(discord) as platform:
        await platform.send(HERE, POST, KEY)
        await platform.find(HERE, KEY)
    assert discord.tried(PUBLISH) == []
