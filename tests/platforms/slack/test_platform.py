"""Posts in Slack: sent, changed, found again, and none of them twice."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Channel, MessageRef
from bot.chat.post import DeliveryKey, Post, PostKind
from bot.election.figure import Source
from bot.errors import DeliveryError, Fault
from bot.liveblog.markup import Block, BlockKind, Span
from bot.platforms.slack.workspaces import with_token
from tests.courier.queueing import NOW
from tests.platforms.slack.connected import words

HERE = Channel(platform="slack", id="C1")
KEY = DeliveryKey(subject="entry:low-turnout", version=1)
POST = Post(
    kind=PostKind.ENTRY,
    heading="Low turnout in Tamworth",
    at=NOW,
    body=(
        Block(
            kind=BlockKind.PARAGRAPH,
            spans=(Span(text="35.9 per cent, says <!channel> https://x.example"),),
        ),
    ),
    source=Source(name="The Example", url="https://news.example/live"),
)


def asked(slack, *methods: str) -> list[str]:
    """Which of these methods were called, in order."""
    return [call.method for call in slack.calls if call.method in methods]


def accepted(slack) -> bool:
    """Whether Slack took everything that it was given."""
    return all(call.answer.get("ok", True) for call in slack.calls)


# ── Sent, changed, found ─────────────────────────────────────────────────────────────────────


async def test_a_post_is_sent_and_unfolds_no_address(slack, platform):
    ref = await platform.send(HERE, POST, KEY)

    (message,) = slack.channel("C1").messages
    assert ref == MessageRef(channel=HERE, id=message["ts"])
    assert "35.9 per cent" in words(message)
    assert message["unfurl_links"] is message["unfurl_media"] is False
    assert accepted(slack)


async def test_what_is_posted_is_not_worded_for_a_log(slack, client):
    worded = []

    class Words(str):
        def __repr__(self):
            worded.append(self)
            return super().__repr__()

    for one in (client, with_token(client, slack.bot_token)):
        await one.chat_postMessage(channel="C1", text=Words("35.9 per cent"))
    assert asked(slack, "chat.postMessage") == ["chat.postMessage"] * 2
    assert worded == []


async def test_a_post_is_found_by_subject_and_version(slack, platform):
    other = await platform.send(HERE, POST, replace(KEY, subject="entry:other"))
    ref = await platform.send(HERE, POST, KEY)
    await slack.user_says("C1", "U1", "Well!")

    assert await platform.find(HERE, KEY) == ref
    assert await platform.find(HERE, replace(KEY, subject="entry:other")) == other
    assert await platform.find(HERE, replace(KEY, version=2)) is None


async def test_an_edited_post_changes_where_it_stands_and_says_so(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    second = replace(KEY, version=2)
    edited = replace(POST, heading="Turnout is low in Tamworth", edited=NOW)

    assert await platform.edit(ref, edited, second) == ref

    (message,) = slack.channel("C1").messages
    assert "Turnout is low" in words(message)
    assert "✎ edited" in words(message)
    assert "unfurl_links" not in slack.calls[-1].arguments
    assert await platform.find(HERE, second) == ref
    assert await platform.find(HERE, KEY) is None
    assert accepted(slack)


async def test_a_withdrawn_post_is_struck_and_says_why(slack, platform):
    ref = await platform.send(HERE, POST, KEY)

    await platform.edit(
        ref, replace(POST, withdrawn="the live blog took it down"), replace(KEY, version=2)
    )

    (message,) = slack.channel("C1").messages
    assert "the live blog took it down" in words(message)
    assert '"strike": true' in words(message)
    assert "header" not in {block["type"] for block in message["blocks"]}
    assert accepted(slack)


async def test_a_post_is_found_behind_hundreds_of_messages(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    channel = slack.channel("C1")
    for number in range(250):
        slack.store(channel, {"user": "U1", "text": f"message {number}"})

    assert await platform.find(HERE, KEY) == ref
    assert asked(slack, "conversations.history") == ["conversations.history"] * 3


async def test_the_search_for_a_post_comes_to_an_end(slack, platform):
    channel = slack.channel("C1")
    for number in range(700):
        slack.store(channel, {"user": "U1", "text": f"message {number}"})

    assert await platform.find(HERE, KEY) is None
    assert len(asked(slack, "conversations.history")) == 5


# ── Refused ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_blocks_too_long"])
async def test_blocks_that_slack_does_not_take_go_out_as_plain_text_once(slack, platform, error):
    slack.fail("chat.postMessage", error=error)
    with capture_logs() as logs:
        ref = await platform.send(HERE, POST, KEY)

    (message,) = slack.channel("C1").messages
    assert message.get("blocks", []) == []
    assert "Low turnout in Tamworth" in message["text"]
    assert "<!channel>" not in message["text"]
    assert await platform.find(HERE, KEY) == ref
    assert [log["why"] for log in logs if log["event"] == "slack.invalid_blocks"] == [error]

    slack.fail("chat.update", error=error)
    await platform.edit(ref, replace(POST, edited=NOW), replace(KEY, version=2))
    assert "✎ edited" in message["text"]
    assert len(slack.channel("C1").messages) == 1


async def test_plain_text_that_is_refused_too_is_tried_no_more(slack, platform):
    slack.fail("chat.postMessage", error="invalid_blocks", times=2)
    with pytest.raises(DeliveryError, match="invalid_blocks") as caught:
        await platform.send(HERE, POST, KEY)
    assert caught.value.fault is Fault.MESSAGE
    assert len(asked(slack, "chat.postMessage")) == 2


@pytest.mark.parametrize(
    ("fault", "sentence", "wait"),
    [
        ({"retry_after": 7}, "ratelimited", 7.0),
        ({"error": "not_in_channel"}, "not_in_channel", None),
        ({"status": 503}, "503", None),
        ({"cut": "before"}, "could not be reached", None),
        ({"cut": "after"}, "could not be reached", None),
    ],
)
async def test_a_failure_says_what_it_was_and_how_long_to_wait(
    slack, platform, fault, sentence, wait
):
    ref = await platform.send(HERE, POST, KEY)
    # Slack's client repeats by itself what only reads.
    reading = {**fault, "times": 2} if "cut" in fault else fault
    for method, call, how in (
        ("chat.postMessage", lambda: platform.send(HERE, POST, KEY), fault),
        ("chat.update", lambda: platform.edit(ref, POST, KEY), fault),
        ("conversations.history", lambda: platform.find(HERE, KEY), reading),
    ):
        slack.fail(method, **how)
        with pytest.raises(DeliveryError, match=sentence) as caught:
            await call()
        assert caught.value.wait == wait


async def test_slack_away_is_a_failure_to_deliver(slack, platform):
    await slack.stop()
    with pytest.raises(DeliveryError, match="could not be reached"):
        await platform.send(HERE, POST, KEY)


# ── Out of reach ─────────────────────────────────────────────────────────────────────────────


async def test_what_somebody_took_away_stays_away(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    slack.remove(slack.channel("C1"), slack.channel("C1").message(ref.id))

    with pytest.raises(DeliveryError, match="took the message away") as caught:
        await platform.edit(ref, replace(POST, edited=NOW), replace(KEY, version=2))
    assert (caught.value.fault, caught.value.refused) == (Fault.TAKEN_AWAY, True)
    assert slack.channel("C1").messages == []


async def test_what_is_too_old_to_change_is_said_anew_once(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    slack.edit_window = -1.0
    withdrawn, second = replace(POST, withdrawn="it was wrong"), replace(KEY, version=2)

    slack.fail("chat.postMessage", cut="after")
    with pytest.raises(DeliveryError):
        await platform.edit(ref, withdrawn, second)
    again = await platform.edit(ref, withdrawn, second)

    first, anew = slack.channel("C1").messages
    assert (ref.id, again.id) == (first["ts"], anew["ts"])
    assert "it was wrong" in words(anew)


# ── Pinned ───────────────────────────────────────────────────────────────────────────────────


async def test_a_message_is_pinned_and_may_be_already(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    await platform.pin(ref)
    await platform.pin(ref)
    (message,) = slack.channel("C1").messages
    assert message["pinned_to"] == ["C1"]
    assert asked(slack, "pins.add") == ["pins.add", "pins.add"]


async def test_a_pin_is_taken_away_and_may_be_already(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    await platform.pin(ref)
    await platform.unpin(ref)
    await platform.unpin(ref)
    (message,) = slack.channel("C1").messages
    assert "pinned_to" not in message
    assert asked(slack, "pins.remove") == ["pins.remove", "pins.remove"]


async def test_without_the_scope_a_pin_says_what_to_do(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    scopes = slack.grants[slack.bot_token].scopes - {"pins:write"}
    slack.grant(slack.bot_token, scopes=scopes)
    with pytest.raises(DeliveryError, match="the app lacks the scope pins:write; add it under"):
        await platform.pin(ref)


async def test_where_a_setting_forbids_pins_it_is_said(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    slack.fail("pins.add", error="restricted_action")
    with pytest.raises(DeliveryError, match="Teller may not pin here; let it"):
        await platform.pin(ref)
