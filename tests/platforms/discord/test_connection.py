"""How Teller comes to Discord, stays there, and leaves."""

import asyncio
import gc
from dataclasses import replace

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from structlog.testing import capture_logs

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey
from bot.errors import SettingsError
from bot.platforms.discord import open_discord
from bot.platforms.discord.connection import Gateway, Shards, addressed, read_shards
from tests.platforms.discord.connected import (
    ADA,
    BEA,
    COUNT_NIGHT,
    PAUSES,
    SEND,
    answer_to,
    answered,
    connected,
    listening,
    running,
)
from tests.platforms.discord.talking import FullDesk
from tests.platforms.discord.test_platform import POST
from tests.waiting import until

LOGGING_IN, GATEWAY = "GET /users/@me", "GET /gateway/bot"
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15


@pytest.fixture
def desk() -> FullDesk:
    """Says back what it was asked."""
    return FullDesk()


def told(logs, event="discord.not_connected") -> list[str]:
    return [log["why"] for log in logs if log["event"] == event]


def events(logs) -> set[str]:
    return {log["event"] for log in logs}


def asked(desk) -> list[str]:
    return [ask.text for ask in desk.asked]


# ── What comes over it ───────────────────────────────────────────────────────────────────────


async def test_a_mention_a_direct_message_and_a_slash_command_are_answered(discord, desk):
    async with listening(discord, desk):
        assert "You asked: turnout" in await answered(discord, "turnout")
        channel = await discord.direct_message("majority", user=BEA)
        await discord.until(lambda: len(channel.messages) == 2)
        await discord.until(lambda: discord.commands.get(None))
        interaction = await discord.slash("status", channel=COUNT_NIGHT, user=ADA)
        await discord.until(lambda: discord.interactions[interaction])
    assert asked(desk) == ["turnout", "majority", "status"]


async def test_teller_asks_to_hear_no_more_than_it_has_to(discord, desk):
    async with listening(discord, desk):
        await discord.says(COUNT_NIGHT, ADA, "Who won?")
        await answered(discord, "turnout")
    (session,) = discord.gateway.identified
    assert session["intents"] == GUILDS | GUILD_MESSAGES | DIRECT_MESSAGES
    assert desk.overheard == []


async def test_plain_words_are_heard_where_that_is_set_and_granted(discord, desk):
    async with listening(discord, desk, message_content=True):
        await discord.says(COUNT_NIGHT, ADA, "Who won?")
        await until(lambda: desk.overheard)
    assert discord.gateway.identified[0]["intents"] & CONTENT
    assert [ask.text for ask in desk.overheard] == ["Who won?"]


async def test_plain_words_that_are_not_granted_keep_nothing_else_away(discord, desk):
    discord.world.message_content = False
    with capture_logs() as logs:
        async with listening(discord, desk, message_content=True):
            await discord.says(COUNT_NIGHT, ADA, "Who won?")
            assert "turnout" in await answered(discord, "turnout")
    (why,) = told(logs)
    assert "Message Content Intent" in why
    assert "DISCORD_MESSAGE_CONTENT=false" in why
    assert desk.overheard == []


async def test_the_list_of_commands_is_sent_once(discord, desk):
    for _ in range(2):
        async with listening(discord, desk):
            await discord.until(
                lambda: discord.tried("GET /applications/{application_id}/commands")
            )
            await discord.until(lambda: discord.commands.get(None))
            await answered(discord, "turnout")
    assert len(discord.tried("PUT /applications/{application_id}/commands")) == 1


# ── What breaks it ───────────────────────────────────────────────────────────────────────────

BREAKS = {
    "a reset": lambda gateway: gateway.reset(),
    "going away (1001)": lambda gateway: gateway.close(1001),
    "unknown error (4000)": lambda gateway: gateway.close(4000),
    "session timed out (4009)": lambda gateway: gateway.close(4009),
    "a wish to reconnect": lambda gateway: gateway.ask_to_reconnect(),
    "a session invalid for now": lambda gateway: gateway.invalidate(resumable=True),
}


@pytest.mark.parametrize("how", BREAKS.values(), ids=BREAKS)
async def test_what_was_asked_while_deaf_is_answered_once_by_a_resumed_session(discord, desk, how):
    gateway = discord.gateway
    async with listening(discord, desk):
        await answered(discord, "before")
        if (breaking := how(gateway)) is not None:
            await breaking
        deaf = await discord.mention("meanwhile", channel=COUNT_NIGHT, user=ADA)
        await answer_to(discord, deaf)
        await gateway.wait_for(lambda: gateway.resumed)
        await gateway.connected()
        await answered(discord, "after")
    assert asked(desk) == ["before", "meanwhile", "after"]
    assert (len(gateway.identified), len(gateway.resumed)) == (1, 1)


@pytest.mark.parametrize("broken", ["twice", "while resuming"])
async def test_a_session_is_resumed_again(discord, desk, broken):
    gateway = discord.gateway
    async with listening(discord, desk):
        await answered(discord, "before")
        if broken == "while resuming":
            gateway.refusals.append(4000)
        gateway.reset()
        await gateway.wait_for(lambda: gateway.resumed)
        if broken == "twice":
            await gateway.connected()
            await gateway.close(1001)
        await gateway.wait_for(lambda: len(gateway.resumed) == 2)
        await gateway.connected()
        await answered(discord, "after")
    assert len(gateway.identified) == 1


async def test_a_session_that_is_gone_is_begun_anew(discord, desk):
    async with listening(discord, desk):
        await answered(discord, "before")
        await discord.gateway.invalidate()
        await discord.gateway.connected()
        await answered(discord, "after")
    assert len(discord.gateway.identified) == 2


async def test_a_session_that_is_refused_is_begun_again_after_a_while(discord, desk):
    discord.gateway.invalidations.extend([False] * 3)
    async with listening(discord, desk):
        await answered(discord, "turnout")
    assert len(discord.gateway.identified) == 4


async def test_sessions_are_begun_ever_more_slowly(discord, desk):
    discord.gateway.invalidations.extend([False] * 2)
    async with listening(discord, desk, pauses=replace(PAUSES, identify=(0.2, 0.4))):
        first, second, third = discord.gateway.identified_at
    assert second - first >= 0.1
    assert third - second >= 0.2


async def test_an_event_that_makes_no_sense_is_left_out(discord, desk):
    guild = next(iter(discord.world.guilds))
    with capture_logs() as logs:
        async with listening(discord, desk):
            await answered(discord, "before")
            for event in ("MESSAGE_CREATE", "MESSAGE_UPDATE", "GUILD_CREATE", "INTERACTION_CREATE"):
                for data in ({}, [], None, {"id": "x" * 30}, {"author": 1, "guild_id": []}):
                    await discord.gateway.tell(event, data, guild=guild)
            await discord.gateway.tell("NEVER_HEARD_OF", {"a": 1}, guild=guild)
            await answered(discord, "after")
    assert len(discord.gateway.identified) == 1
    left_out = [log["kind"] for log in logs if log["event"] == "discord.event_malformed"]
    assert {"MESSAGE_CREATE", "GUILD_CREATE", "INTERACTION_CREATE"} <= set(left_out)
    assert told(logs) == []


@pytest.mark.parametrize("frame", ["<html>", "[]", '"op"', '{"op": 10, "d": null}'])
async def test_a_frame_that_is_no_event_at_all_costs_a_connection(discord, desk, frame):
    with capture_logs() as logs:
        async with listening(discord, desk):
            await answered(discord, "before")
            await discord.gateway.send_raw(frame)
            await discord.gateway.wait_for(lambda: len(discord.gateway.identified) == 2)
            await discord.gateway.connected()
            await answered(discord, "after")
    assert len(told(logs)) == 1


async def test_a_flood_of_events_drowns_no_question(discord, desk):
    async with listening(discord, desk):
        for number in range(3000):
            await discord.says(COUNT_NIGHT, BEA, f"chatter {number}")
        assert "turnout" in await answered(discord, "turnout")
    assert asked(desk) == ["turnout"]
    assert len(discord.gateway.identified) == 1


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        (LOGGING_IN, {"status": 503}),
        (LOGGING_IN, {"cut": "before", "times": 2}),
        (LOGGING_IN, {"retry_after": 0.1, "via": False}),
        (GATEWAY, {"status": 503}),
    ],
)
async def test_a_start_that_discord_refuses_is_told_and_tried_again(discord, desk, method, fault):
    discord.fail(method, **fault)
    with capture_logs() as logs:
        async with listening(discord, desk):
            await answered(discord, "turnout")
    assert len(told(logs)) == 1


async def test_a_network_that_is_lost_and_comes_back(discord, desk):
    async with listening(discord, desk):
        await answered(discord, "before")
        opened = discord.gateway.opened
        await discord.stop()
        await discord.start()
        await discord.gateway.wait_for(lambda: discord.gateway.opened > opened)
        await discord.gateway.connected()
        await answered(discord, "after")


@pytest.mark.parametrize("refused_by", ["the API", "the gateway"])
async def test_a_token_that_discord_does_not_know_is_told_once_and_tried_rarely(
    discord, desk, refused_by
):
    right = discord.token
    if refused_by == "the API":
        discord.world.token = "another"
    else:
        discord.gateway.refusals.extend([4004] * 3)
    with capture_logs() as logs:
        async with connected(discord, token=right) as platform, running(platform, desk):
            await discord.until(lambda: len(discord.tried(LOGGING_IN)) == 3)
            discord.world.token = right
            await discord.gateway.connected()
            await answered(discord, "turnout")
    (why,) = told(logs)
    assert "DISCORD_TOKEN" in why
    assert right not in str(logs)


async def test_posts_go_out_while_the_gateway_is_shut(discord, desk):
    discord.fail(GATEWAY, status=503, times=1000)
    async with connected(discord) as platform, running(platform, desk):
        await discord.until(lambda: discord.tried(GATEWAY))
        channel = Channel(platform="discord", id=COUNT_NIGHT)
        await platform.send(channel, POST, DeliveryKey(subject="entry:one", version=1))
    assert len(discord.channel(COUNT_NIGHT).messages) == 1


async def test_an_answer_that_breaks_breaks_nothing_else(discord, desk):
    async def broken(_ask):
        raise RuntimeError("the desk is on fire")

    right, desk.answer = desk.answer, broken
    with capture_logs() as logs:
        async with listening(discord, desk):
            await discord.mention("one", channel=COUNT_NIGHT, user=ADA)
            await until(lambda: any(log["event"] == "discord.event_broke" for log in logs))
            desk.answer = right
            await answered(discord, "two")


async def test_somebody_who_cannot_listen_keeps_nothing_from_connecting(discord):
    class Deaf:
        async def meet(self, client):
            raise RuntimeError("no ears")

    gateway = Gateway(token=discord.token, pauses=PAUSES)
    with capture_logs() as logs:
        task = asyncio.create_task(gateway.run(Deaf()))
        await until(lambda: {"discord.audience_broke", "discord.connected"} <= events(logs))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# ── Shards ───────────────────────────────────────────────────────────────────────────────────


async def test_each_process_connects_its_own_shards(discord, desk):
    # A server's shard is its id without the last 22 bits, modulo how many there are.
    rooms = {}
    for shard in range(4):
        guild = discord.world.add_guild(str((1000 + shard) << 22), f"Newsroom {shard}")
        rooms[shard] = discord.world.add_channel(f"95000000000000000{shard}", "count", guild).id
    del discord.world.guilds["800000000000000001"]
    other = FullDesk()
    first, second = (Shards(ids=ids, count=4) for ids in ((0, 1), (2, 3)))
    async with (
        listening(discord, desk, sessions=2, shards=first),
        listening(discord, other, sessions=4, shards=second),
    ):
        assert discord.gateway.shards == [(0, 4), (1, 4), (2, 4), (3, 4)]
        for shard, room in rooms.items():
            await answered(discord, f"to {shard}", channel=room)
    assert asked(desk) == ["to 0", "to 1"]
    assert asked(other) == ["to 2", "to 3"]


def test_shards_are_written_as_a_range_of_all():
    assert read_shards("0-3/8") == Shards(ids=(0, 1, 2, 3), count=8)
    assert read_shards(" 5 / 8 ") == Shards(ids=(5,), count=8)


@pytest.mark.parametrize("wrong", ["", "8", "3-0/8", "0-8/8", "8/8", "-1/8", "0-3/0", "a-b/c"])
def test_shards_that_are_none_are_a_mistake_in_the_settings(wrong):
    with pytest.raises(SettingsError, match="0-3/8"):
        read_shards(wrong)


# ── Coming and going ─────────────────────────────────────────────────────────────────────────


async def test_a_gateway_that_is_set_is_gone_to_whatever_discord_says(discord, desk):
    discord.gateway.told_url = "ws://127.0.0.1:9/"
    async with listening(discord, desk):
        await answered(discord, "turnout")


async def test_the_channels_of_a_server_that_teller_is_thrown_out_of_are_told(discord, desk):
    gone: list[Channel] = []

    async def removed(channels):
        gone.extend(channels)

    where = {"api_url": discord.api_url, "gateway_url": discord.gateway.url}
    async with (
        open_discord(token=discord.token, **where, removed=removed) as platform,
        running(platform, desk),
    ):
        await discord.gateway.connected()
        await answered(discord, "turnout")
        (guild,) = discord.world.guilds
        await discord.gateway.tell("GUILD_DELETE", {"id": guild}, guild=guild)
        await until(lambda: gone)
    assert gone == [Channel(platform="discord", id=COUNT_NIGHT)]


async def test_discord_is_opened_by_its_settings(discord, desk):
    async with (
        open_discord(
            token=discord.token,
            api_url=discord.api_url,
            gateway_url=discord.gateway.url,
            shards="0/1",
            message_content=True,
            guilds=[800000000000000001],
        ) as platform,
        running(platform, desk),
    ):
        await discord.gateway.connected()
        await answered(discord, "turnout")
        await discord.until(lambda: discord.commands.get("800000000000000001"))
    assert discord.tried(SEND)
    assert discord.gateway.identified[0]["shard"] == [0, 1]
    assert discord.gateway.identified[0]["intents"] & CONTENT


def test_discords_addresses_are_put_back():
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    with addressed("http://127.0.0.1:1/api/v10/", "ws://127.0.0.1:1/"):
        assert Route("GET", "/x").url == "http://127.0.0.1:1/api/v10/x"
        assert str(DiscordWebSocket.DEFAULT_GATEWAY) == "ws://127.0.0.1:1/"
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)


async def test_teller_leaves_nothing_open(discord, desk):
    async with listening(discord, desk):
        await answered(discord, "turnout")
    await discord.gateway.wait_for(lambda: not discord.gateway.sockets)
    gc.collect()  # a session or a socket that was left open warns here, and a warning fails


async def test_teller_leaves_while_it_is_kept_from_coming(discord, desk):
    discord.fail(LOGGING_IN, times=1000, status=503)
    async with connected(discord) as platform, running(platform, desk):
        await discord.until(lambda: len(discord.tried(LOGGING_IN)) > 2)
    gc.collect()


async def test_teller_leaves_while_an_answer_is_on_its_way(discord, desk):
    desk.free.clear()
    async with listening(discord, desk):
        await discord.mention("turnout", channel=COUNT_NIGHT, user=ADA)
        await until(lambda: desk.asked)
    assert len(discord.channel(COUNT_NIGHT).messages) == 1
    gc.collect()
