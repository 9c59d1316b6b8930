"""Nothing lost and nothing twice: the courier with Discord at its other end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from bot.chat.ask import Channel
from bot.courier import Dispatcher, drain
from bot.platforms.discord.platform import DiscordPlatform
from bot.platforms.discord.rest import once
from bot.store import Store
from tests.courier.queueing import courier, lane_of, say, serve
from tests.discord.server import StandInDiscord
from tests.platforms.discord.connected import (
    CHANGE,
    COUNT_NIGHT,
    HISTORY,
    PICTURES,
    SEND,
    connected,
    words,
)
from tests.waiting import until

HERE = Channel(platform="discord", id=COUNT_NIGHT)


@asynccontextmanager
async def delivering(store: Store, platform: DiscordPlatform) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(courier(store.outbox, platform))
    task = asyncio.create_task(dispatcher.run())
    yield dispatcher
    assert not task.done(), "the dispatcher ended by itself"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def headings(discord: StandInDiscord, channel: str = COUNT_NIGHT) -> list[str]:
    """The headings that stand in a channel, oldest first."""
    return [message["content"] for message in discord.channel(channel).messages]


async def _drain(store: Store, platform: DiscordPlatform) -> bool:
    """Drain the lane as if its time had come; whether it is empty now."""
    await store.lanes.revive(HERE)
    drained = await drain(await lane_of(store, HERE), courier(store.outbox, platform))
    return drained.seconds is None


@pytest.mark.parametrize(
    "fault",
    [
        {"cut": "before"},
        {"cut": "after"},
        *({"status": status, "late": late} for status in (500, 502, 503) for late in (True, False)),
    ],
)
@pytest.mark.parametrize("minutes", [0, 60])
async def test_a_post_whose_answer_was_lost_is_posted_once(
    discord, platform, store, fault, minutes
):
    await serve(store, HERE)
    await say(store, "one")
    await say(store, "two")
    discord.fail(SEND, **fault)

    assert not await _drain(store, platform)
    # After an hour, Discord has forgotten the nonce.
    discord.world.nonce_window -= minutes * 60
    await _drain(store, platform)

    assert headings(discord) == ["one 1", "two 1"]
    stood = fault.get("cut") == "after" or fault.get("late")
    assert len(discord.tried(SEND)) == (2 if stood else 3)
    assert await store.outbox.waiting() == []


async def test_teller_killed_while_it_posts_goes_on_without_doubles(discord, store):
    await serve(store, HERE)
    for number in range(6):
        await say(store, f"entry-{number}")
    for lost in range(6):
        # Each time another Teller, which knows only what is in the store.
        async with connected(discord) as platform:
            if lost < 5:
                discord.fail(SEND, cut="after" if lost % 2 else "before")
                assert not await _drain(store, platform)
            else:
                assert await _drain(store, platform)

    assert headings(discord) == [f"entry-{number} 1" for number in range(6)]
    assert await store.outbox.waiting() == []


@pytest.mark.parametrize("minutes", [0, 60])
async def test_teller_stopped_before_it_hears_that_it_has_posted(discord, store, minutes):
    await serve(store, HERE)
    await say(store, "one")
    held = asyncio.Event()
    discord.fail(SEND, hold=held)
    async with connected(discord) as platform:
        posting = asyncio.create_task(_drain(store, platform))
        await until(lambda: headings(discord))
        posting.cancel()
        await asyncio.gather(posting, return_exceptions=True)
    held.set()

    discord.world.nonce_window -= minutes * 60
    async with connected(discord) as platform:
        await _drain(store, platform)
    assert headings(discord) == ["one 1"]
    assert await store.outbox.waiting() == []


async def test_an_edit_after_a_lost_answer_changes_the_one_that_stands(discord, platform, store):
    await serve(store, HERE)
    await say(store, "one")
    discord.fail(SEND, cut="after")
    assert not await _drain(store, platform)
    await say(store, "one", 2)
    await _drain(store, platform)
    assert headings(discord) == ["one 2"]

    discord.fail(CHANGE, cut="after")
    await say(store, "one", 3, withdrawn="it was wrong")
    assert not await _drain(store, platform)
    await _drain(store, platform)
    (message,) = discord.channel(COUNT_NIGHT).messages
    assert "it was wrong" in words(message)


async def test_a_lane_waits_as_long_as_discord_says_and_the_others_go_on(discord, platform, store):
    discord.world.add_channel(PICTURES, "pictures")
    await serve(store, HERE, Channel(platform="discord", id=PICTURES))
    for name in ("one", "two"):
        await say(store, name)
    here = {"channel_id": COUNT_NIGHT}
    discord.fail(SEND, retry_after=1.0, when=lambda path: path == here)

    async with delivering(store, platform) as dispatcher:
        await discord.until(lambda: len(headings(discord, PICTURES)) == 2)
        assert headings(discord) == []
        assert await dispatcher.settle(10)

    assert headings(discord) == headings(discord, PICTURES) == ["one 1", "two 1"]
    refused, taken, _ = discord.tried(SEND, **here)
    assert taken.at - refused.at >= 1.0
    # What was refused stands nowhere: nothing has to be looked for.
    assert discord.tried(HISTORY) == []


async def test_a_night_faster_than_discord_takes_it_arrives_in_order(discord, platform, store):
    discord.limit, discord.per = 2, 0.3
    await serve(store, HERE)
    for number in range(7):
        await say(store, f"entry-{number}")

    async with delivering(store, platform) as dispatcher:
        assert await dispatcher.settle(20)

    assert headings(discord) == [f"entry-{number} 1" for number in range(7)]
    assert {call.status for call in discord.tried(SEND)} == {200}


async def test_discord_away_for_a_while_loses_nothing(discord, platform, store):
    await serve(store, HERE)
    async with delivering(store, platform) as dispatcher:
        await discord.stop()
        await say(store, "one")
        dispatcher.wake()
        assert not await dispatcher.settle(0.1)
        await discord.start()
        assert await dispatcher.settle(10)

    assert headings(discord) == ["one 1"]


async def test_a_message_that_somebody_took_away_holds_nothing_up(discord, platform, store):
    await serve(store, HERE)
    await say(store, "one")
    await _drain(store, platform)
    discord.channel(COUNT_NIGHT).messages.clear()
    await say(store, "one", 2)
    await say(store, "two")
    await _drain(store, platform)

    assert headings(discord) == ["two 1"]
    assert await store.outbox.waiting() == []


@pytest.mark.parametrize("number", [54, 10054])
async def test_a_reset_is_not_followed_by_a_second_try_of_the_library(number):
    # discord.py sends again after a reset by the numbers that it has on macOS and Windows.
    class Resetting(aiohttp.TCPConnector):
        async def connect(self, *_args, **_named):
            raise OSError(number, "connection reset by peer")

    async with aiohttp.ClientSession(connector=Resetting(), trace_configs=[once()]) as session:
        with pytest.raises(aiohttp.ServerDisconnectedError):
            await session.post("http://127.0.0.1:9/")
