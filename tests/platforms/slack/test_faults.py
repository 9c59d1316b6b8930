"""Whose fault it is that Slack did not take a post: one message's, a channel's, everybody's."""

from dataclasses import replace

import pytest

from bot.chat.ask import Author, Channel
from bot.errors import DeliveryError, Fault
from bot.platforms.slack import refusals
from tests.platforms.slack.test_platform import HERE, KEY, POST, asked
from tests.slack.workspace import SCOPES

SECOND = replace(KEY, version=2)
PASSING, PLATFORM = Fault.PASSING, Fault.PLATFORM
CHANNEL, MESSAGE = Fault.CHANNEL, Fault.MESSAGE
SEND, CHANGE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"


async def failed(call) -> DeliveryError:
    """What a call raises."""
    with pytest.raises(DeliveryError) as caught:
        await call
    return caught.value


async def in_every_way(slack, platform, *, times: int = 1, **fault):
    """The failures to post, to change and to find, each met so; one by one."""
    ref = await platform.send(HERE, POST, KEY)
    for method, call in (
        (SEND, lambda: platform.send(HERE, POST, SECOND)),
        (CHANGE, lambda: platform.edit(ref, POST, SECOND)),
        (HISTORY, lambda: platform.find(HERE, KEY)),
    ):
        # Slack's client repeats by itself what only reads; only a message is tried in two forms.
        repeated = 2 if "cut" in fault and method == HISTORY else 1
        tries = repeated if method == HISTORY else times
        before = len(asked(slack, method))
        slack.fail(method, times=tries, **fault)
        yield await failed(call())
        assert len(asked(slack, method)) - before == tries


# ── What Slack answers ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "error",
    [
        *("channel_not_found", "not_in_channel", "is_archived", "is_inactive"),
        *("restricted_action", "restricted_action_read_only_channel"),
        *("restricted_action_thread_only_channel", "restricted_action_non_threadable_channel"),
        *("no_permission", "access_denied", "ekm_access_denied", "team_not_found"),
        *("messages_tab_disabled", "cannot_dm_bot", "user_not_found", "user_disabled"),
        # On no list: nothing is lost, and the lane does not try it for ever.
        *("invalid_arguments", "as_user_not_supported", "something_new"),
    ],
)
async def test_a_channels_trouble_suspends_it_and_says_what_to_do(slack, platform, error):
    async for failure in in_every_way(slack, platform, error=error):
        assert (failure.fault, failure.wait, failure.refused) == (CHANNEL, None, True)
        _, _, advice = str(failure).partition(f"“{error}”: ")
        assert len(advice.split()) > 3


@pytest.mark.parametrize(
    "error",
    [
        *("invalid_blocks", "invalid_blocks_format", "invalid_attachments"),
        *("msg_blocks_too_long", "block_mismatch", "msg_too_long", "no_text"),
        *("too_many_attachments", "invalid_metadata_format", "metadata_too_large"),
    ],
)
async def test_a_message_that_is_invalid_in_both_its_forms_is_set_aside(slack, platform, error):
    async for failure in in_every_way(slack, platform, times=2, error=error):
        assert (failure.fault, failure.wait, failure.refused) == (MESSAGE, None, True)
        assert error in str(failure)


@pytest.mark.parametrize(
    "error",
    [
        *("invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive"),
        *("not_allowed_token_type", "missing_scope", "team_access_not_granted", "accesslimited"),
    ],
)
async def test_a_token_that_is_refused_stops_every_channel(slack, platform, error):
    async for failure in in_every_way(slack, platform, error=error):
        assert (failure.fault, failure.refused) == (PLATFORM, True)
        assert failure.wait == refusals.RARELY
        _, _, advice = str(failure).partition(f"“{error}”: ")
        assert len(advice.split()) > 3
        assert slack.bot_token not in str(failure)


@pytest.mark.parametrize(
    ("error", "wait", "refused"),
    [
        *((error, None, True) for error in ("ratelimited", "rate_limited")),
        *((error, None, False) for error in ("fatal_error", "internal_error")),
        *((error, None, False) for error in ("service_unavailable", "update_failed")),
        ("request_timeout", None, True),
        ("external_channel_migrating", 60.0, True),
        ("org_login_required", refusals.RARELY, True),
        ("team_added_to_org", refusals.RARELY, True),
    ],
)
async def test_a_moments_trouble_is_tried_again(slack, platform, error, wait, refused):
    async for failure in in_every_way(slack, platform, error=error):
        assert (failure.fault, failure.wait, failure.refused) == (PASSING, wait, refused)


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": status} for status in (500, 502, 503, 504)),
        # A page of HTML: something on the way.
        *({"status": status} for status in (403, 404, 407)),
        {"cut": "before"},
        {"cut": "after"},
    ],
)
async def test_what_was_no_answer_of_slacks_passes_and_is_looked_for(slack, platform, fault):
    async for failure in in_every_way(slack, platform, **fault):
        assert (failure.fault, failure.wait, failure.refused) == (PASSING, None, False)


@pytest.mark.parametrize("seconds", [1, 30, 3600])
async def test_a_limit_holds_up_its_channel_alone(slack, platform, seconds):
    async for failure in in_every_way(slack, platform, retry_after=seconds):
        assert (failure.fault, failure.wait, failure.refused) == (PASSING, seconds, True)


# ── What people do there ─────────────────────────────────────────────────────────────────────


async def test_an_archived_channel_is_told(slack, platform):
    ref = await platform.send(HERE, POST, KEY)
    slack.channel("C1").archived = True
    for call in (platform.send(HERE, POST, SECOND), platform.edit(ref, POST, SECOND)):
        failure = await failed(call)
        assert failure.fault is CHANNEL
        assert "unarchive it" in str(failure)


@pytest.mark.parametrize("kind", ["channel", "group"])
async def test_a_bot_that_was_kicked_out_is_told(slack, platform, kind):
    slack.grant(slack.bot_token, scopes=SCOPES - {"chat:write.public"})
    there = slack.add_channel("C2", "pictures", kind=kind)
    channel = Channel(platform="slack", id="C2")
    await platform.send(channel, POST, KEY)
    there.members.discard(slack.bot_user)
    failure = await failed(platform.send(channel, POST, SECOND))
    assert failure.fault is CHANNEL
    assert "/invite @Teller" in str(failure)


async def test_who_cannot_be_written_to_is_told(slack, platform):
    nobody = Author(platform="slack", id="U404", name="Nobody")
    assert (await failed(platform.direct(nobody))).fault is CHANNEL


async def test_a_token_that_was_revoked_stops_every_channel(slack, platform):
    await platform.send(HERE, POST, KEY)
    slack.revoked.add(slack.bot_token)
    for call in (platform.send(HERE, POST, SECOND), platform.find(HERE, KEY)):
        failure = await failed(call)
        assert (failure.fault, failure.wait) == (PLATFORM, refusals.RARELY)


@pytest.mark.parametrize(
    ("scope", "fault"), [("chat:write", PLATFORM), ("channels:history", CHANNEL)]
)
async def test_a_scope_that_is_missing_stops_what_needs_it(slack, platform, scope, fault):
    slack.grant(slack.bot_token, scopes=SCOPES - {scope})
    writing = scope == "chat:write"
    failure = await failed(platform.send(HERE, POST, KEY) if writing else platform.find(HERE, KEY))
    assert failure.fault is fault
    assert scope in str(failure)
