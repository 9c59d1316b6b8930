"""Plain words in a channel that Teller listens in, over sockets and over signed HTTP."""

import pytest

from tests.platforms.slack.connected import ask_something_else, replies_to, words
from tests.platforms.slack.on_duty import on_duty, refused

ASKED = "turnout Tamworth"


@pytest.fixture
async def duty(slack, client, tmp_path, mode):
    async with on_duty(slack, client, tmp_path, mode) as opened:
        yield opened


async def told(slack, text: str, channel: str = "C1") -> str:
    """What was answered to a mention."""
    said = await slack.mention(text, channel=channel)
    (reply,) = await replies_to(slack, said.ts, channel)
    return words(reply)


async def test_a_plain_question_is_answered_where_that_was_switched_on(slack, duty):
    slack.add_channel("C2", "elsewhere")
    assert "I listen here now" in await told(slack, "listen on")
    elsewhere = await slack.user_says("C2", "U2", ASKED)
    chatter = await slack.user_says("C1", "U1", "The turnout in Tamworth will be awful, I bet")
    said = await slack.user_says("C1", "U2", ASKED)

    (answer,) = await replies_to(slack, said.ts)
    assert "Tamworth" in words(answer)
    await ask_something_else(slack)
    assert slack.channel("C1").replies(chatter.ts) == []
    assert slack.channel("C2").replies(elsewhere.ts) == []
    assert slack.channel("C1").ephemerals == []

    assert "I no longer listen here" in await told(slack, "listen off")
    after = await slack.user_says("C1", "U2", ASKED)
    await ask_something_else(slack)
    assert slack.channel("C1").replies(after.ts) == []
    assert refused(slack) == []


async def test_what_was_overheard_in_a_thread_is_answered_in_it(slack, duty):
    await told(slack, "listen on")
    head = await slack.user_says("C1", "U1", "Any news?")
    said = await slack.user_says("C1", "U2", ASKED, head.ts)
    await slack.until(lambda: len(slack.channel("C1").replies(head.ts)) == 2)
    assert slack.channel("C1").replies(said.ts) == []


async def test_whatever_comes_twice_is_answered_once(slack, duty):
    await told(slack, "listen on")
    plain = await slack.user_says("C1", "U2", ASKED)
    mention = await slack.mention(ASKED)
    await replies_to(slack, plain.ts)
    await replies_to(slack, mention.ts)

    for first in list(slack.delivered):
        assert (await slack.once(first.kind, first.payload, 1, "http_timeout")).ok

    await ask_something_else(slack)
    for said in (plain, mention):
        assert len(slack.channel("C1").replies(said.ts)) == 1
    assert mention.acks.keys() == {"app_mention", "message"}


async def test_no_bot_is_overheard(slack, duty):
    await told(slack, "listen on")
    channel, answered = slack.channel("C1"), duty.rooms.desk.answered
    for said in (
        {"user": "U0OTHER", "bot_id": "B0OTHER", "text": ASKED},
        {"user": slack.bot_user, "bot_id": slack.bot_id, "text": ASKED},
        {"subtype": "bot_message", "bot_id": "B0OTHER", "text": ASKED},
        {"user": "U1", "subtype": "channel_topic", "text": ASKED},
    ):
        assert (await slack.event(slack.message_event(channel, slack.store(channel, said)))).ok
    chatter = await slack.user_says("C1", "U2", "Morning")
    await slack.user_edits("C1", chatter.ts, ASKED)

    await ask_something_else(slack)
    assert duty.rooms.desk.answered == answered + 1


async def test_what_was_said_plainly_while_deaf_is_answered_once(slack, client, tmp_path):
    slack.add_channel("C2", "elsewhere")
    async with on_duty(slack, client, tmp_path):
        await told(slack, "listen on")
        opened = slack.sockets.opened
        slack.reset()
        deaf = await slack.user_says("C1", "U2", ASKED)
        chatter = await slack.user_says("C1", "U2", "What a night")
        elsewhere = await slack.user_says("C2", "U2", ASKED)
        await slack.reconnected(opened)
        await replies_to(slack, deaf.ts)

        opened = slack.sockets.opened
        slack.reset()
        await slack.reconnected(opened)
        channel = slack.channel("C1")
        await slack.event(slack.message_event(channel, deaf.message))
        await ask_something_else(slack)
        assert len(channel.replies(deaf.ts)) == 1
        assert channel.replies(chatter.ts) == []
        assert slack.channel("C2").replies(elsewhere.ts) == []
