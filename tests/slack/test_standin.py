"""The stand-in against a real slack-bolt app in Socket Mode."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.slack.server import StandInSlack
from tests.slack.small_app import FORM, an_app


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
async def handler(slack, log) -> AsyncIterator[AsyncSocketModeHandler]:
    """The bot, connected by Socket Mode."""
    app = an_app(slack, log)
    handler = AsyncSocketModeHandler(app, slack.app_token, web_client=app.client, ping_interval=0.2)
    await handler.connect_async()
    await slack.connected()
    yield handler
    await slack.settled()
    await handler.close_async()


async def test_a_mention_is_one_message_and_two_events(slack, handler, log):
    said = await slack.mention("turnout Tamworth")
    assert said.acks.keys() == {"message", "app_mention"}
    assert said.ack.ok
    assert said.ack.seconds < 1
    assert log == ["<@U0TELLER> turnout Tamworth"] * 2
    await slack.until(lambda: len(slack.channel("C1").messages) == 2)
    (answer,) = slack.channel("C1").replies(said.ts)
    assert answer["text"] == "Turnout"
    events = [each.payload["event"] for each in slack.delivered[:2]]
    assert events[0]["client_msg_id"] == events[1]["client_msg_id"]
    assert events[0]["ts"] == events[1]["ts"] == said.ts


async def test_direct_messages_and_the_apps_own(slack, handler, log):
    await slack.direct_message("majority?")
    await slack.until(lambda: slack.direct("U1").texts == ["majority?", "In private"])
    await slack.settled()
    # The bot is told of its own message, and bolt keeps it from the listeners.
    assert slack.delivered[-1].payload["event"]["bot_id"] == slack.bot_id
    assert log == ["majority?"]


async def test_a_command_is_answered_twice(slack, handler):
    ack = await slack.slash("/teller", "turnout tamworth")
    assert ack.payload == {"text": "Looking up turnout tamworth"}
    assert slack.channel("C1").ephemerals[0]["text"] == "Looking up turnout tamworth"
    await slack.until(lambda: slack.channel("C1").texts == ["35.9 per cent"])


async def test_a_button_opens_a_form_that_is_filled_in_and_saved(slack, handler, log):
    said = await slack.mention("turnout")
    await slack.until(lambda: slack.channel("C1").replies(said.ts))
    assert (await slack.press("more")).ok
    await slack.until(lambda: slack.modal("U1"))
    with pytest.raises(ValueError, match="when"):
        await slack.submit()
    refused = await slack.submit({"clock": "never"})
    assert refused.payload == {"response_action": "errors", "errors": {"when": "When?"}}
    assert slack.modal("U1") is not None
    assert (await slack.submit({"when": "around 3am"})).payload is None
    assert slack.modal("U1") is None
    assert log[-1] == "around 3am"


async def test_the_home_tab_and_a_shortcut(slack, handler, log):
    assert (await slack.open_home("U2")).ok
    await slack.until(lambda: slack.home("U2"))
    said = await slack.user_says("C1", "U2", "Hold in Tamworth?")
    assert (await slack.message_shortcut("check", said.ts)).ok
    assert log[-2:] == ["Hold in Tamworth?"] * 2


async def test_what_nobody_answers_is_told(slack, handler):
    ack = await slack.global_shortcut("unknown")
    assert (ack.ok, ack.reason) == (False, "timeout")


async def test_a_response_url_is_good_five_times_and_half_an_hour(slack, handler):
    ack = await slack.slash("/teller", "turnout")
    await slack.until(lambda: slack.channel("C1").texts)
    url = ack.sent["response_url"]
    send = AsyncWebhookClient(url).send
    assert (await send(text="Corrected", replace_original=True)).body == "ok"
    assert slack.channel("C1").ephemerals[0]["text"] == "Corrected"
    assert (await send(delete_original=True)).body == "ok"
    assert slack.channel("C1").ephemerals == []
    assert (await send(blocks=[{"type": "unheard"}])).body == "invalid_blocks"
    assert (await send(text="5")).body == "ok"
    assert (await send(text="6")).body == "used_url"
    slack.response_urls[url.rpartition("/")[2]].at -= 1801
    assert (await send(text="late")).body == "expired_url"


async def test_an_event_without_acknowledgement_comes_again(slack):
    seen = []
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(base_url=slack.api_url)
        url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            saying = asyncio.create_task(slack.user_says("C1", "U1", "hello?"))
            for attempt in range(2):
                seen.append(await socket.receive_json())
                if attempt == 1:
                    await socket.send_json({"envelope_id": seen[1]["envelope_id"]})
            said = await saying
        assert said.ack.ok
        assert [each["retry_attempt"] for each in seen] == [0, 1]
        assert seen[1]["retry_reason"] == "timeout"
        assert seen[0]["payload"]["event_id"] == seen[1]["payload"]["event_id"]
        assert seen[0]["envelope_id"] != seen[1]["envelope_id"]
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_an_app_that_works_before_it_acknowledges_hears_twice(log):
    async with StandInSlack(ack_within=0.3, redeliver_after=(0.0,)) as slack:
        app = an_app(slack, log, process_before_response=True)
        handler = AsyncSocketModeHandler(app, slack.app_token, web_client=app.client)
        await handler.connect_async()
        await slack.connected()
        said = await slack.mention("patience")
        assert said.acks["message"].ok
        assert (said.ack.ok, said.ack.attempts) == (False, 2)
        asked = [d for d in slack.delivered if d.payload["event"]["type"] == "app_mention"]
        assert [each.attempt for each in asked] == [0, 1]
        assert asked[0].payload["event_id"] == asked[1].payload["event_id"]
        await slack.until(lambda: len(slack.channel("C1").replies(said.ts)) == 2)
        await slack.settled()
        await handler.close_async()


async def test_nobody_connected(slack):
    said = await slack.mention("anyone?")
    assert (said.ack.ok, said.ack.reason) == (False, "not_connected")
    assert slack.channel("C1").texts == ["<@U0TELLER> anyone?"]


@pytest.mark.parametrize("end", ["reset", "restart", "refresh_requested", "warning"])
async def test_the_app_comes_back(slack, handler, log, end):
    opened = slack.sockets.opened
    if end == "reset":
        slack.reset()
    elif end == "restart":
        await slack.restart()
    else:
        await slack.disconnect(end)
    await slack.reconnected(opened)
    assert (await slack.direct_message("still there?")).ack.ok
    assert log == ["still there?"]


async def test_several_sockets_take_turns(slack, handler, log):
    app = an_app(slack, log)
    second = AsyncSocketModeHandler(app, slack.app_token, web_client=app.client)
    await second.connect_async()
    await slack.connected(2)
    for number in range(4):
        assert (await slack.user_says("C1", "U1", str(number))).ack.ok
    assert log == ["0", "1", "2", "3"]
    await second.close_async()


async def test_views_conflicts_and_triggers(slack, client):
    async def refusal(call):
        with pytest.raises(SlackApiError) as caught:
            await call
        return caught.value.response["error"]

    trigger = (await slack.global_shortcut("unheard")).sent["trigger_id"]
    opened = (await client.views_open(trigger_id=trigger, view=FORM))["view"]
    again = client.views_open(trigger_id=trigger, view=FORM)
    assert await refusal(again) == "exchanged_trigger_id"
    await client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    late = client.views_update(view_id=opened["id"], hash=opened["hash"], view=FORM)
    assert await refusal(late) == "hash_conflict"
    wide = {**FORM, "title": {"type": "plain_text", "text": "x" * 25}}
    assert await refusal(client.views_update(view_id=opened["id"], view=wide)) == (
        "invalid_arguments"
    )
    trigger = (await slack.global_shortcut("unheard")).sent["trigger_id"]
    slack.triggers[trigger].at -= 3.1
    assert await refusal(client.views_open(trigger_id=trigger, view=FORM)) == ("expired_trigger_id")


async def test_views_are_pushed_upon_another_and_three_at_most(slack, client):
    async def trigger() -> str:
        return (await slack.global_shortcut("unheard")).sent["trigger_id"]

    async def refusal(call):
        with pytest.raises(SlackApiError) as caught:
            await call
        return caught.value.response["error"]

    nothing_below = client.views_push(trigger_id=await trigger(), view=FORM)
    assert await refusal(nothing_below) == "invalid_trigger_id"
    first = (await client.views_open(trigger_id=await trigger(), view=FORM))["view"]
    second = (await client.views_push(trigger_id=await trigger(), view=FORM))["view"]
    assert (second["previous_view_id"], second["root_view_id"]) == (first["id"], first["id"])
    await client.views_push(trigger_id=await trigger(), view=FORM)
    fourth = client.views_push(trigger_id=await trigger(), view=FORM)
    assert await refusal(fourth) == "push_limit_reached"
