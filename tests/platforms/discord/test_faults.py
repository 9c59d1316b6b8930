"""Whose fault it is that Discord did not take a post: one message's, a channel's, everybody's."""

import asyncio
from dataclasses import replace

import pytest

from bot.chat.ask import Author
from bot.errors import DeliveryError, Fault
from bot.platforms.discord import refusals
from tests.platforms.discord.connected import ADA, CHANGE, COUNT_NIGHT, HISTORY, SEND
from tests.platforms.discord.test_platform import HERE, KEY, LOGGING_IN, POST, standing

SECOND = replace(KEY, version=2)
PASSING, PLATFORM = Fault.PASSING, Fault.PLATFORM
CHANNEL, MESSAGE = Fault.CHANNEL, Fault.MESSAGE


async def failed(call) -> DeliveryError:
    """What a call raises."""
    with pytest.raises(DeliveryError) as caught:
        await call
    return caught.value


# ── What Discord answers ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        *((404, code, CHANNEL) for code in (10003, 10004)),
        *((403, code, CHANNEL) for code in (20012, 20024, 40007, 50001, 50003, 50007, 50009)),
        *((403, code, CHANNEL) for code in (50013, 50024, 50095, 50278, 60003)),
        *((400, code, CHANNEL) for code in (40058, 50008, 50024, 50033, 50083, 160005)),
        *((400, code, MESSAGE) for code in (0, 20009, 30015, 50006, 50035, 50109, 99999)),
        *((400, code, MESSAGE) for code in (200000, 200001, 240000)),
        *((403, 240000, MESSAGE), (413, 40005, MESSAGE), (400, 50045, MESSAGE)),
        *((400, code, PASSING) for code in (20016, 20028, 40003, 40004, 40062, 130000)),
        *((403, code, PASSING) for code in (40006, 40333)),
        # On no list: nothing is lost, and the lane does not try it for ever.
        *((403, 99999, CHANNEL), (404, 0, CHANNEL), (405, 0, CHANNEL)),
        *((401, 0, PLATFORM), (403, 40001, PLATFORM), (403, 40002, PLATFORM)),
    ],
)
async def test_a_refusal_is_the_fault_of_what_it_is_about(discord, platform, status, code, fault):
    ref = await platform.send(HERE, POST, KEY)
    for method, call in (
        (SEND, lambda: platform.send(HERE, POST, SECOND)),
        (CHANGE, lambda: platform.edit(ref, POST, SECOND)),
        (HISTORY, lambda: platform.find(HERE, KEY)),
    ):
        before = len(discord.tried(method))
        # What is wrong with a message is tried once more as text alone.
        times = 2 if fault is MESSAGE and method != HISTORY else 1
        discord.fail(method, status=status, code=code, times=times)
        error = await failed(call())
        assert (error.fault, error.refused) == (fault, True)
        assert error.wait == (refusals.RARELY if fault is PLATFORM else None)
        assert len(discord.tried(method)) - before == times
        assert discord.token not in str(error)


@pytest.mark.parametrize("code", [10003, 50001, 50007, 50013, 50083, 160005, 99999])
async def test_a_channels_trouble_says_what_to_do(discord, platform, code):
    discord.fail(SEND, status=403, code=code)
    error = await failed(platform.send(HERE, POST, KEY))
    said, _, advice = str(error).partition(f"({code}): ")
    assert said
    assert len(advice.split()) > 3


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": status} for status in (500, 502, 503, 504, 520)),
        # A page of HTML: something on the way.
        *({"status": status} for status in (400, 403, 404, 408)),
        {"cut": "before"},
        {"cut": "after"},
    ],
)
async def test_what_was_no_answer_of_discords_passes_and_is_looked_for(discord, platform, fault):
    discord.fail(SEND, **fault)
    error = await failed(platform.send(HERE, POST, KEY))
    assert (error.fault, error.refused) == (PASSING, False)
    assert len(discord.tried(SEND)) == 1


# ── Limits ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seconds", [0.25, 7.0, 3600.0])
@pytest.mark.parametrize(
    ("how", "fault"),
    [({}, PASSING), ({"everywhere": True}, PLATFORM), ({"via": False}, PLATFORM)],
)
async def test_a_limit_holds_up_whatever_it_limits(discord, platform, seconds, how, fault):
    ref = await platform.send(HERE, POST, KEY)
    for method, call in (
        (SEND, lambda: platform.send(HERE, POST, SECOND)),
        (CHANGE, lambda: platform.edit(ref, POST, SECOND)),
        (HISTORY, lambda: platform.find(HERE, KEY)),
    ):
        discord.fail(method, retry_after=seconds, **how)
        error = await failed(call())
        # A proxy says it in whole seconds.
        wait = seconds if how.get("via", True) else max(seconds, 1.0)
        assert (error.fault, error.wait, error.refused) == (fault, wait, True)


@pytest.mark.parametrize(
    ("headers", "everywhere"),
    [
        ({}, True),
        ({"Via": "1.1 google"}, False),
        ({"Via": "1.1 google", "X-RateLimit-Scope": "shared"}, False),
        ({"Via": "1.1 google", "X-RateLimit-Global": "true"}, True),
        # A proxy of one's own answers for a route too.
        ({"X-RateLimit-Scope": "user"}, False),
        ({"X-RateLimit-Scope": "global"}, True),
    ],
)
def test_the_headers_of_a_limit_say_what_it_limits(headers, everywhere):
    error = refusals.limited(headers)
    assert isinstance(error, refusals.LimitedEverywhereError) is everywhere
    assert error.retry_after > 0


async def test_a_limit_at_the_login_holds_up_everything(discord, platform):
    discord.fail(LOGGING_IN, retry_after=7.0)
    error = await failed(platform.send(HERE, POST, KEY))
    assert (error.fault, error.wait, error.refused) == (PLATFORM, 7.0, True)
    await platform.send(HERE, POST, KEY)


async def test_the_answer_to_the_last_post_that_a_channel_takes_comes_at_once(discord, platform):
    assert await platform.find(HERE, KEY) is None
    # discord.py alone would keep it back for 25 seconds: the courier would not wait for that.
    discord.limit, discord.per = 1, 25.0
    async with asyncio.timeout(20):
        ref = await platform.send(HERE, POST, KEY)
        assert await platform.edit(ref, POST, SECOND) == ref
        error = await failed(platform.send(HERE, POST, replace(KEY, version=3)))

    # What waits for its turn was not sent, and need not be looked for.
    assert (error.fault, error.refused) == (PASSING, True)
    assert error.wait is not None
    assert len(discord.tried(SEND)) == 1
    assert [message["id"] for message in standing(discord)] == [ref.id]


async def test_an_answer_that_is_late_is_in_doubt(discord, platform):
    held = asyncio.Event()
    discord.fail(SEND, hold=held)
    error = await failed(platform.send(HERE, POST, KEY))
    held.set()
    assert (error.fault, error.refused) == (PASSING, False)
    assert await platform.find(HERE, KEY) is not None


# ── What people do there ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("denied", ["see", "send", "embed"])
async def test_a_bot_that_may_not_post_any_more_suspends_its_channel(discord, platform, denied):
    await platform.send(HERE, POST, KEY)
    discord.channel(COUNT_NIGHT).denied.add(denied)
    error = await failed(platform.send(HERE, POST, SECOND))
    assert (error.fault, error.refused) == (CHANNEL, True)
    assert "let the bot" in str(error)


async def test_a_channel_that_was_deleted_is_told(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    del discord.world.channels[COUNT_NIGHT]
    for call in (platform.send(HERE, POST, SECOND), platform.edit(ref, POST, SECOND)):
        error = await failed(call)
        assert error.fault is CHANNEL
        assert "gone" in str(error)
    assert (await failed(platform.find(HERE, KEY))).fault is CHANNEL


async def test_who_cannot_be_written_to_is_told(discord, platform):
    nobody = Author(platform="discord", id="1", name="Nobody")
    assert (await failed(platform.direct(nobody))).fault is CHANNEL
    ada = await platform.direct(replace(nobody, id=ADA))
    discord.fail(SEND, status=403, code=50007)
    error = await failed(platform.send(ada, POST, KEY))
    assert error.fault is CHANNEL
    assert "privacy settings" in str(error)


async def test_a_token_that_was_taken_back_stops_every_channel(discord, platform):
    ref = await platform.send(HERE, POST, KEY)
    discord.world.token, token = "another", discord.world.token
    for call in (
        platform.send(HERE, POST, SECOND),
        platform.edit(ref, POST, SECOND),
        platform.find(HERE, KEY),
    ):
        error = await failed(call)
        assert (error.fault, error.wait, error.refused) == (PLATFORM, refusals.RARELY, True)
        assert "DISCORD_TOKEN" in str(error)
        assert token not in str(error)
