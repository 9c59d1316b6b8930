"""What people say to Teller in Slack, and what it answers, over sockets and over signed HTTP."""

import asyncio

from bot.chat.ask import Ask
from bot.chat.reply import Reply
from tests.platforms.slack.connected import (
    ask_something_else,
    marked_up,
    replies_to,
    talking,
    words,
)
from tests.platforms.slack.fake_desk import Answering


class HeldDesk:
    """A desk that takes its time: it answers once it is let."""

    def __init__(self, desk):
        self._desk = desk
        self.let = asyncio.Event()

    async def answer(self, ask: Ask) -> Reply:
        await self.let.wait()
        return await self._desk.answer(ask)


# ── Questions ────────────────────────────────────────────────────────────────────────────────


async def test_a_mention_is_answered_in_its_thread(slack, teller):
    said = await slack.mention("turnout Tamworth")

    (answer,) = await replies_to(slack, said.ts)
    assert "35.9" in words(answer)
    assert answer["unfurl_links"] is answer["unfurl_media"] is False


async def test_a_mention_in_a_thread_is_answered_in_that_thread(slack, teller):
    head = await slack.user_says("C1", "U2", "What about Tamworth?")
    said = await slack.mention("turnout Tamworth", thread_ts=head.ts)

    await slack.until(lambda: len(slack.channel("C1").replies(head.ts)) == 2)
    assert "35.9" in words(slack.channel("C1").replies(head.ts)[1])
    assert slack.channel("C1").replies(said.ts) == []


async def test_a_direct_message_is_answered_beside_it(slack, teller):
    await slack.direct_message("turnout tamworth")

    direct = slack.direct("U1")
    await slack.until(lambda: len(direct.messages) == 2)
    assert "35.9" in words(direct.messages[1])
    assert "thread_ts" not in direct.messages[1]


async def test_a_question_with_a_file_is_still_a_question(slack, teller):
    direct = slack.direct("U1")
    said = {"user": "U1", "text": "turnout tamworth", "subtype": "file_share"}
    await slack.event(slack.message_event(direct, slack.store(direct, said)))

    await slack.until(lambda: len(direct.messages) == 2)
    assert "35.9" in words(direct.messages[1])


async def test_what_slack_escapes_reaches_the_desk_as_it_was_typed(slack, client, mode):
    asked: list[str] = []

    async def answer(ask: Ask) -> Reply:
        asked.append(ask.text)
        return Reply(title="Yes")

    async with talking(slack, client, Answering(answer), mode):
        said = await slack.mention("turnout Arbroath &amp; Broughty Ferry &lt;3")
        await replies_to(slack, said.ts)

    assert asked == ["turnout Arbroath & Broughty Ferry <3"]


async def test_what_is_private_is_answered_to_the_asker_alone(slack, client, mode):
    async def answer(ask: Ask) -> Reply:
        return Reply(title="Since 00:15: 4 entries", private=True)

    async with talking(slack, client, Answering(answer), mode):
        said = await slack.mention("catch up since 00:15", user="U2")
        channel = slack.channel("C1")
        await slack.until(lambda: channel.ephemerals)

    (whispered,) = channel.ephemerals
    assert "4 entries" in words(whispered)
    assert whispered["for"] == "U2"
    assert channel.replies(said.ts) == []


async def test_an_error_is_told_to_the_asker_alone(slack, teller):
    await slack.mention("sing a song", user="U2")

    channel = slack.channel("C1")
    await slack.until(lambda: channel.ephemerals)
    assert channel.ephemerals[0]["for"] == "U2"
    assert "I do not know how to answer" in channel.ephemerals[0]["text"]
    assert len(channel.messages) == 1


# ── Once, and only to people ─────────────────────────────────────────────────────────────────


async def test_an_event_that_comes_again_is_answered_once(slack, desk, teller):
    said = await slack.mention("turnout Tamworth")
    await replies_to(slack, said.ts)

    for first in list(slack.delivered):
        if first.payload["event"]["ts"] == said.ts:
            again = await slack.once(first.kind, first.payload, 1, "http_timeout")
            assert again.ok

    await ask_something_else(slack)
    assert len(slack.channel("C1").replies(said.ts)) == 1
    assert desk.answered == 2


async def test_a_mention_that_comes_as_two_events_is_answered_once(slack, desk, teller):
    said = await slack.mention("turnout Tamworth")
    assert said.acks.keys() == {"app_mention", "message"}
    await replies_to(slack, said.ts)

    await ask_something_else(slack)
    assert len(slack.channel("C1").replies(said.ts)) == 1
    assert desk.answered == 2


async def test_bots_edits_and_joins_are_left_alone(slack, desk, teller):
    direct = slack.direct("U1")
    text = f"<@{slack.bot_user}> turnout tamworth"
    for said in (
        {"user": "U0OTHER", "bot_id": "B0OTHER", "text": text},
        {"user": slack.bot_user, "bot_id": slack.bot_id, "text": text},
        {"subtype": "bot_message", "bot_id": "B0OTHER", "text": text},
        {"user": "U1", "subtype": "channel_join", "text": text},
        {"user": "U1", "subtype": "channel_topic", "text": text},
    ):
        event = slack.message_event(direct, slack.store(direct, said))
        assert (await slack.event(event)).ok
        assert (await slack.event({**event, "type": "app_mention", "channel": "C1"})).ok
    chatter = await slack.user_says("C1", "U2", "Turnout in Tamworth, anyone?")
    await slack.user_edits("C1", chatter.ts, text)

    await ask_something_else(slack)
    assert desk.answered == 1


async def test_nobody_is_pinged_by_an_answer(slack, teller):
    hostile = "<!channel> <!here> <@U2> <!subteam^S1>"
    said = await slack.mention(f"{hostile} turnout tamworth")
    await slack.direct_message(f"sing {hostile}")
    await slack.slash("/teller", f"&lt;!channel&gt; sing {hostile}")

    direct, channel = slack.direct("U1"), slack.channel("C1")
    await slack.until(lambda: len(direct.messages) == 2 and channel.ephemerals)
    await slack.until(lambda: channel.replies(said.ts) or len(channel.ephemerals) == 2)
    for answer in (direct.messages[1], *channel.ephemerals, *channel.replies(said.ts)):
        assert "<!channel" not in marked_up(answer)
        assert "<!here" not in marked_up(answer)
        assert "<@" not in marked_up(answer)


# ── In time ──────────────────────────────────────────────────────────────────────────────────


async def test_a_slow_answer_is_acknowledged_at_once(slack, client, desk, mode):
    held = HeldDesk(desk)
    async with talking(slack, client, Answering(held.answer), mode):
        said = await slack.mention("turnout Tamworth")
        command = await slack.slash("/teller", "turnout Tamworth")
        direct = await slack.direct_message("turnout Tamworth")
        for ack in (said.ack, command, direct.ack):
            assert (ack.ok, ack.attempts) == (True, 1)
        assert slack.channel("C1").replies(said.ts) == slack.channel("C1").ephemerals == []

        held.let.set()

        await replies_to(slack, said.ts)
        await slack.until(lambda: slack.channel("C1").ephemerals)
        await slack.until(lambda: len(slack.direct("U1").messages) == 2)
    assert desk.answered == 3


async def test_an_answer_that_is_refused_takes_no_other_with_it(slack, teller):
    slack.fail("chat.postMessage", error="internal_error")
    lost = await slack.mention("turnout Tamworth")
    assert lost.ack.ok

    await slack.until(lambda: any(c.method == "chat.postMessage" for c in slack.calls))
    await ask_something_else(slack)
    assert slack.channel("C1").replies(lost.ts) == []


async def test_an_answer_waits_as_long_as_slack_says(slack, teller):
    slack.fail("chat.postMessage", retry_after=1)
    slack.fail("chat.postEphemeral", retry_after=1)
    said = await slack.mention("turnout Tamworth")
    await slack.mention("sing a song")

    (answer,) = await replies_to(slack, said.ts)
    assert "35.9" in words(answer)
    await slack.until(lambda: slack.channel("C1").ephemerals)


async def test_an_answer_in_blocks_that_slack_does_not_take_is_plain_text(slack, teller):
    slack.fail("chat.postMessage", error="invalid_blocks")
    said = await slack.mention("turnout Tamworth")

    (answer,) = await replies_to(slack, said.ts)
    assert not answer.get("blocks")
    assert "35.9" in answer["text"]
