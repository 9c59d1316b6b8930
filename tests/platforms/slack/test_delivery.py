"""Nothing lost and nothing twice: the courier with Slack at its other end."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from bot.chat.ask import Channel
from bot.courier import Dispatcher, drain
from bot.platforms.slack.platform import SlackPlatform
from bot.store import Store
from tests.courier.queueing import courier, lane_of, say, serve
from tests.platforms.slack.connected import words
from tests.slack.server import StandInSlack

HERE = Channel(platform="slack", id="C1")


@asynccontextmanager
async def delivering(store: Store, platform: SlackPlatform) -> AsyncIterator[Dispatcher]:
    dispatcher = Dispatcher(courier(store.outbox, platform))
    task = asyncio.create_task(dispatcher.run())
    yield dispatcher
    assert not task.done(), "the dispatcher ended by itself"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def headings(slack: StandInSlack, channel: str = "C1") -> list[str]:
    """The headings that stand in a channel, oldest first."""
    standing = slack.channel(channel).messages
    return [message["blocks"][0]["text"]["text"] for message in standing]


async def _drain(store: Store, platform: SlackPlatform) -> bool:
    """Drain the lane as if its time had come; whether it is empty now."""
    await store.lanes.revive(HERE)
    drained = await drain(await lane_of(store, HERE), courier(store.outbox, platform))
    return drained.seconds is None


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_post_whose_answer_was_lost_is_posted_once(slack, platform, store, cut):
    await serve(store, HERE)
    await say(store, "one")
    await say(store, "two")
    slack.fail("chat.postMessage", cut=cut)

    assert not await _drain(store, platform)
    await _drain(store, platform)

    assert headings(slack) == ["one 1", "two 1"]
    sent = 2 if cut == "after" else 3
    assert len(posted_to(slack, "C1")) == sent
    assert await store.outbox.waiting() == []


async def test_an_edit_after_a_lost_answer_changes_the_one_that_stands(slack, platform, store):
    await serve(store, HERE)
    await say(store, "one")
    slack.fail("chat.postMessage", cut="after")
    assert not await _drain(store, platform)
    await say(store, "one", 2)
    await _drain(store, platform)
    assert headings(slack) == ["one 2"]

    slack.fail("chat.update", cut="after")
    await say(store, "one", 3, withdrawn="it was wrong")
    assert not await _drain(store, platform)
    await _drain(store, platform)
    (message,) = slack.channel("C1").messages
    assert "it was wrong" in words(message)


async def test_a_lane_waits_as_long_as_slack_says_and_the_others_go_on(slack, platform, store):
    slack.add_channel("C2", "pictures")
    await serve(store, HERE, Channel(platform="slack", id="C2"))
    for name in ("one", "two"):
        await say(store, name)
    slack.fail("chat.postMessage", retry_after=1, when=lambda post: post["channel"] == "C1")

    async with delivering(store, platform) as dispatcher:
        await slack.until(lambda: len(slack.channel("C2").messages) == 2)
        assert headings(slack) == []
        assert await dispatcher.settle(10)

    assert headings(slack) == headings(slack, "C2") == ["one 1", "two 1"]
    refused, taken, _ = posted_to(slack, "C1")
    assert taken - refused >= 1.0
    # What was refused stands nowhere: nothing has to be looked for.
    assert "conversations.history" not in [call.method for call in slack.calls]


async def test_a_night_faster_than_slack_takes_it_arrives_in_order(slack, platform, store):
    slack.seconds_a_message = 0.4
    await serve(store, HERE)
    for number in range(3):
        await say(store, f"entry-{number}")

    async with delivering(store, platform) as dispatcher:
        assert await dispatcher.settle(20)

    assert headings(slack) == [f"entry-{number} 1" for number in range(3)]


async def test_slack_away_for_a_while_loses_nothing(slack, platform, store):
    await serve(store, HERE)
    async with delivering(store, platform) as dispatcher:
        await slack.stop()
        await say(store, "one")
        dispatcher.wake()
        assert not await dispatcher.settle(0.1)
        await slack.start()
        assert await dispatcher.settle(10)

    assert headings(slack) == ["one 1"]


def posted_to(slack, channel: str) -> Sequence[float]:
    """When it was tried to post to a channel."""
    return [
        call.at
        for call in slack.calls
        if call.method == "chat.postMessage" and call.arguments["channel"] == channel
    ]
