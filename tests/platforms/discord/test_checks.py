"""What the doctor finds in Discord."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import discord
import pytest
import simcord

from bot.platforms.discord.checks import check
from bot.platforms.discord.connection import GatewayClient, Shards
from bot.platforms.discord.invite import NAMES, OPTIONAL, PERMISSIONS, invite_url, permissions
from bot.ports import Finding


@asynccontextmanager
async def checking() -> AsyncIterator[tuple[simcord.Env, simcord.GuildHandle]]:
    client = GatewayClient(shards=Shards(ids=(0,), count=1), message_content=False)
    async with simcord.run(client) as env:
        yield env, env.create_guild("The newsroom")


async def findings(env: simcord.Env, *channels: str, **options: bool) -> list[Finding]:
    async def log_in() -> discord.Client:
        return env.bot

    return [finding async for finding in check(log_in, channels, **options)]


async def test_all_is_well():
    async with checking() as (env, guild):
        channel = guild.create_text_channel("count-night")
        found = await findings(env, str(channel.id))
        assert [finding.trouble for finding in found] == [None, None, None]
        assert found[2].what == "Discord channel #count-night in The newsroom"


async def test_a_token_that_discord_does_not_know():
    async def log_in() -> discord.Client:
        raise discord.LoginFailure("Improper token has been passed.")

    (found,) = [finding async for finding in check(log_in, ["1"])]
    assert found.what == "Discord token"
    assert "DISCORD_TOKEN" in (found.trouble or "")


async def test_a_network_without_discord():
    async def log_in() -> discord.Client:
        raise aiohttp.ClientConnectionError

    (found,) = [finding async for finding in check(log_in, ["1"])]
    assert "cannot be reached" in (found.trouble or "")


async def test_message_content_that_was_not_granted():
    async with checking() as (env, _):
        _, intents = await findings(env, message_content=True)
        assert "Message Content Intent" in (intents.trouble or "")
        _, unasked = await findings(env)
        assert unasked.trouble is None


@pytest.mark.parametrize("name", ["view_channel", "send_messages", "embed_links"])
async def test_each_missing_permission_by_its_name(name: str):
    async with checking() as (env, guild):
        denied = discord.PermissionOverwrite(**{name: False})
        channel = guild.create_text_channel("closed", overwrites={guild.default_role: denied})
        *_, found = await findings(env, str(channel.id))
        assert f"“{NAMES[name]}”" in (found.trouble or "")


@pytest.mark.parametrize("name", ["view_channel", "send_messages", "embed_links"])
async def test_a_permission_that_is_not_missing_is_not_named(name: str):
    async with checking() as (env, guild):
        denied = discord.PermissionOverwrite(**{name: False})
        channel = guild.create_text_channel("closed", overwrites={guild.default_role: denied})
        *_, found = await findings(env, str(channel.id))
        others = {called for other, called in NAMES.items() if other != name}
        assert not any(f"“{called}”" in (found.trouble or "") for called in others)


@pytest.mark.parametrize(
    ("name", "in_channel", "in_thread"),
    [("send_messages", False, True), ("send_messages_in_threads", True, False)],
)
async def test_a_thread_needs_a_permission_of_its_own(name: str, in_channel: bool, in_thread: bool):
    async with checking() as (env, guild):
        denied = discord.PermissionOverwrite(**{name: False})
        channel = guild.create_text_channel("count-night", overwrites={guild.default_role: denied})
        opened = await env.bot.get_channel(channel.id).create_thread(
            name="Tamworth", type=discord.ChannelType.public_thread
        )
        *_, stands_in, thread = await findings(env, str(channel.id), str(opened.id))
        assert (stands_in.trouble is None) is in_channel
        assert (thread.trouble is None) is in_thread


async def test_a_channel_that_is_not_there():
    async with checking() as (env, _):
        *_, found = await findings(env, "123456789012345678")
        assert "no such channel" in (found.trouble or "")


async def test_a_name_where_an_id_belongs():
    async with checking() as (env, _):
        *_, found = await findings(env, "count-night")
        assert "Copy Channel ID" in (found.trouble or "")


async def test_a_category_takes_no_posts():
    async with checking() as (env, guild):
        category = guild.create_category("Elections")
        *_, found = await findings(env, str(category.id))
        assert "text channel" in (found.trouble or "")


async def test_a_channel_that_discord_does_not_tell_of_is_one_fault_among_others():
    async with checking() as (env, guild):
        first, second = guild.create_text_channel("a"), guild.create_text_channel("b")
        env.inject_error("GET", f"/channels/{first.id}", status=403, code=50001)
        *_, hidden, seen = await findings(env, str(first.id), str(second.id))
        assert "client_id=" in (hidden.trouble or "")
        assert seen.trouble is None


def test_the_invitation_asks_for_what_is_used_and_nothing_else():
    url = invite_url(123456789012345678)
    assert url.startswith("https://discord.com/oauth2/authorize?client_id=123456789012345678&")
    assert "scope=bot+applications.commands" in url
    assert f"permissions={permissions().value}" in url
    assert {name for name, granted in permissions() if granted} == {
        *PERMISSIONS,
        *OPTIONAL,
        # Discord's other name for one of them.
        *({"read_messages"} if "read_messages" in dict(permissions()) else set()),
    } - (set() if "view_channel" in dict(permissions()) else {"view_channel"})
    assert not permissions().administrator
    assert NAMES.keys() == PERMISSIONS.keys() | OPTIONAL.keys()


def test_what_is_no_application_id_is_no_invitation():
    with pytest.raises(ValueError, match="no application id"):
        invite_url("teller")
