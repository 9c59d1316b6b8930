"""A hello where Teller is brought in, and word of it where it is taken out."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import discord
import simcord

from bot.app import read_catalogue
from bot.chat.ask import Channel
from bot.platforms.discord.audience import kept
from bot.platforms.discord.connection import GatewayClient, Shards
from bot.platforms.discord.greeting import Greeting, hello
from tests.discord.server import StandInDiscord
from tests.discord.world import Guild
from tests.platforms.discord.connected import (
    COUNT_NIGHT,
    answered,
    connected,
    running,
)
from tests.platforms.discord.talking import FullDesk, words
from tests.waiting import until

HIDDEN = discord.PermissionOverwrite(view_channel=False)
SILENT = discord.PermissionOverwrite(send_messages=False)


@asynccontextmanager
async def greeting() -> AsyncIterator[tuple[simcord.Env, list[Sequence[Channel]]]]:
    """Teller in no server yet, and the channels of those that it was taken out of."""
    left: list[Sequence[Channel]] = []

    async def removed(channels: Sequence[Channel]) -> None:
        left.append(channels)

    client = GatewayClient(shards=Shards(ids=(0,), count=1), message_content=False)
    commands = read_catalogue().commands
    Greeting(commands=commands, removed=removed, returned=kept).listen(client)
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
        other = env.create_guild()
        there = other.create_text_channel("general")
        await join(env, other)
        assert "/status" in words(there.history()[0])


async def test_who_takes_teller_out_is_told_to_the_core_with_the_channels():
    async with greeting() as (env, left):
        guild = env.create_guild()
        channel = guild.create_text_channel("general")
        await env.bot.get_guild(guild.id).leave()
        await env.settle()
        (channels,) = left
        assert Channel(platform="discord", id=str(channel.id)) in channels


# ── At a gateway ─────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def told(discord: StandInDiscord) -> AsyncIterator[tuple[list[set[str]], list[set[str]]]]:
    """Teller connected: the channels it was told out of, and those it was told it is in."""
    out: list[set[str]] = []
    there: list[set[str]] = []

    async def removed(channels: Sequence[Channel]) -> None:
        out.append({channel.id for channel in channels})

    async def returned(channels: Sequence[Channel]) -> None:
        there.append({channel.id for channel in channels})

    seams = {"removed": removed, "returned": returned}
    async with connected(discord, told=seams) as platform, running(platform, FullDesk()):
        await discord.gateway.connected()
        yield out, there


def server(discord: StandInDiscord, id: str = "800000000000000002") -> Guild:
    """A server with a channel, which the gateway has not told of."""
    guild = discord.world.add_guild(id, "Sport")
    discord.world.add_channel(f"9{id[1:]}", "general", guild)
    return guild


def greeted(discord: StandInDiscord, guild: Guild) -> int:
    (channel,) = guild.channels.values()
    return len(channel.messages)


async def test_a_server_joined_right_after_the_start_is_greeted_and_no_other(discord):
    before = server(discord)
    async with told(discord) as (_, there):
        new = server(discord, "800000000000000003")
        await discord.joined(new)
        await discord.until(lambda: greeted(discord, new))
        await until(lambda: len(there) == 3)
        await answered(discord, "turnout")
    assert greeted(discord, before) == 0
    assert greeted(discord, new) == 1
    assert {COUNT_NIGHT} in there


async def test_a_server_joined_while_nothing_was_heard_is_greeted(discord):
    async with told(discord) as (_, there):
        await until(lambda: there)
        new = server(discord)
        await discord.gateway.invalidate()
        await discord.until(lambda: greeted(discord, new))
        await answered(discord, "turnout")
    assert greeted(discord, new) == 1
    assert len(discord.channel(COUNT_NIGHT).messages) == 2


async def test_a_server_that_cannot_be_reached_for_a_while_is_neither_left_nor_greeted(discord):
    guild = server(discord)
    async with told(discord) as (out, there):
        await until(lambda: len(there) == 2)
        await discord.unavailable(guild)
        await discord.available(guild)
        await until(lambda: len(there) == 3)
        await answered(discord, "turnout")
    assert out == []
    assert greeted(discord, guild) == 0


async def test_a_server_that_took_teller_out_is_told_and_greeted_when_it_takes_it_in_again(discord):
    guild = server(discord)
    async with told(discord) as (out, there):
        await until(lambda: len(there) == 2)
        await discord.left(guild)
        await until(lambda: out)
        assert out == [set(guild.channels)]
        discord.world.guilds[guild.id] = guild
        await discord.joined(guild)
        await discord.until(lambda: greeted(discord, guild))
        await answered(discord, "turnout")
    assert greeted(discord, guild) == 1
    assert there[2:] == out


async def test_who_takes_teller_out_while_nothing_is_heard_is_noticed_once(discord):
    guild = server(discord)
    async with told(discord) as (out, there):
        await until(lambda: len(there) == 2)
        del discord.world.guilds[guild.id]
        for sessions in (2, 3):
            await discord.gateway.invalidate()
            await discord.gateway.wait_for(lambda n=sessions: len(discord.gateway.identified) == n)
            await discord.gateway.connected()
            await until(lambda: out)
            await answered(discord, "turnout")
    assert out == [set(guild.channels)]
