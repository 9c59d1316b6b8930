"""A hello where Teller is brought in, and word of it where it is taken out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import discord
import simcord

from bot.app import read_catalogue
from bot.chat.ask import Channel
from bot.platforms.discord.connection import GatewayClient, Shards
from bot.platforms.discord.greeting import Greeting, hello
from tests.platforms.discord.talking import words

HIDDEN = discord.PermissionOverwrite(view_channel=False)
SILENT = discord.PermissionOverwrite(send_messages=False)


@asynccontextmanager
async def greeting() -> AsyncIterator[tuple[simcord.Env, list[Sequence[Channel]]]]:
    """Teller in no server yet, and the channels of those that it was taken out of."""
    left: list[Sequence[Channel]] = []

    async def removed(channels: Sequence[Channel]) -> None:
        left.append(channels)

    client = GatewayClient(shards=Shards(ids=(0,), count=1), message_content=False)
    Greeting(commands=read_catalogue().commands, removed=removed).listen(client)
    async with simcord.run(client) as env:
        yield env, left


async def join(env: simcord.Env, guild: simcord.GuildHandle) -> None:
    env.bot.dispatch("guild_join", env.bot.get_guild(guild.id))
    await env.settle()


async def test_hello_is_said_once_in_the_first_channel_that_all_see():
    async with greeting() as (env, _):
        guild = env.create_guild()
        default = guild.default_role
        closed = guild.create_text_channel("editors", overwrites={default: HIDDEN})
        mute = guild.create_text_channel("rules", overwrites={default: SILENT})
        general = guild.create_text_channel("general")
        guild.create_text_channel("later")
        await join(env, guild)
        (said,) = general.history()
        assert "Teller" in said.content
        assert closed.history() == mute.history() == []


async def test_hello_is_said_where_whoever_brought_teller_in_sees_it():
    async with greeting() as (env, _):
        guild = env.create_guild()
        inviter = guild.add_member(env.create_user("ida"))
        unseen = guild.create_text_channel("not-for-ida", overwrites={inviter: HIDDEN})
        seen = guild.create_text_channel("for-all")
        bot_add = discord.AuditLogAction.bot_add.value
        env.backend.record_audit_log(
            guild.id, bot_add, target_id=env.bot.user.id, user_id=inviter.id
        )
        await join(env, guild)
        assert len(seen.history()) == 1
        assert unseen.history() == []


def test_hello_names_three_things_to_try():
    reply = hello(read_catalogue().commands)
    said = "\n".join([reply.title, *reply.lines])
    assert [name for name in ("/status", "/follow", "/help") if name in said] == [
        "/status",
        "/follow",
        "/help",
    ]
    assert len(reply.choices) == 3


async def test_where_it_may_write_nowhere_it_says_nothing():
    async with greeting() as (env, _):
        guild = env.create_guild()
        only = guild.create_text_channel("rules", overwrites={guild.default_role: SILENT})
        await join(env, guild)
        assert only.history() == []


async def test_a_server_that_does_not_take_the_hello_ends_nothing():
    async with greeting() as (env, _):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        await join(env, guild)
        assert channel.history() == []
        await join(env, guild)
        assert "/status" in words(channel.history()[0])


async def test_who_takes_teller_out_is_told_to_the_core_with_the_channels():
    async with greeting() as (env, left):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        await env.bot.get_guild(guild.id).leave()
        await env.settle()
        (channels,) = left
        assert Channel(platform="discord", id=str(channel.id)) in channels
