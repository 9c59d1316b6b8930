"""How Teller comes to Slack, stays there, and leaves."""

import asyncio
import gc
import io

import aiohttp
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.chat.ask import Ask
from bot.chat.reply import Reply
from bot.errors import SettingsError
from bot.platforms.slack.opening import open_slack
from tests.platforms.slack.connected import (
    PING,
    SECRET,
    answering,
    free_port,
    heard,
    over_http,
    over_socket,
    replies_to,
    running,
    talking,
    words,
)
from tests.platforms.slack.fake_desk import Answering

# The HTTP client asks a second time by itself for what only reads.
DROPPED = {"cut": "before", "times": 2}


async def yes(ask: Ask) -> Reply:
    return Reply(title=f"You asked: {ask.text}")


async def greeted(slack, text="hello") -> None:
    """A question and its answer."""
    said = await slack.mention(text)
    await replies_to(slack, said.ts)


def logged(logs, event: str) -> list[str]:
    return [log.get("why", "") for log in logs if log["event"] == event]


# ── A socket ─────────────────────────────────────────────────────────────────────────────────


async def test_what_was_asked_while_deaf_is_answered_once(slack, client, desk):
    async with talking(slack, client, desk):
        await greeted(slack, "help")
        opened = slack.sockets.opened
        slack.reset()
        deaf = await slack.mention("turnout tamworth")
        direct = await slack.direct_message("turnout tamworth")
        chatter = await slack.user_says("C1", "U2", "Anyone there?")
        await slack.reconnected(opened)

        await replies_to(slack, deaf.ts)
        await slack.until(lambda: len(slack.direct("U1").messages) == 2)
        await greeted(slack, "help")

        assert len(slack.channel("C1").replies(deaf.ts)) == 1
        assert "35.9" in words(slack.channel("C1").replies(deaf.ts)[0])
        assert len(slack.direct("U1").messages) == 2
        assert direct.ts == slack.direct("U1").messages[0]["ts"]
        assert slack.channel("C1").replies(chatter.ts) == []
    assert desk.answered == 4


async def test_what_was_answered_before_the_reset_is_not_answered_again(slack, client, desk):
    async with talking(slack, client, desk):
        before = [await slack.mention("turnout tamworth") for _ in range(3)]
        for said in before:
            await replies_to(slack, said.ts)
        opened = slack.sockets.opened
        slack.reset()
        # History is gone through oldest first: with the last of it the others are done.
        deaf = await slack.mention("help")
        await slack.reconnected(opened)
        await replies_to(slack, deaf.ts)

        assert [len(slack.channel("C1").replies(said.ts)) for said in before] == [1, 1, 1]
    assert desk.answered == 4


async def test_what_was_asked_before_teller_came_is_left_alone(slack, client, desk):
    early = await slack.mention("turnout tamworth")
    async with talking(slack, client, desk):
        await greeted(slack, "help")
        opened = slack.sockets.opened
        slack.reset()
        # History is gone through oldest first: with the last of it the others are done.
        deaf = await slack.mention("help")
        await slack.reconnected(opened)
        await replies_to(slack, deaf.ts)
    assert slack.channel("C1").replies(early.ts) == []


@pytest.mark.parametrize("fault", [{"status": 503}, {"retry_after": 1}, DROPPED])
async def test_a_catch_up_that_fails_is_tried_again(slack, client, fault):
    async with talking(slack, client, Answering(yes)):
        await greeted(slack)
        opened = slack.sockets.opened
        slack.fail("conversations.history", **fault)
        with capture_logs() as logs:
            slack.reset()
            deaf = await slack.mention("turnout tamworth")
            await slack.reconnected(opened)
            await replies_to(slack, deaf.ts)
        assert len(logged(logs, "slack.catch_up_failed")) == 1


async def test_a_channel_whose_history_is_closed_hides_no_other(slack, client):
    slack.add_channel("C0", "closed")
    slack.fail(
        "conversations.history",
        times=99,
        error="missing_scope",
        when=lambda asked: asked["channel"] == "C0",
    )
    async with talking(slack, client, Answering(yes)):
        await greeted(slack)
        opened = slack.sockets.opened
        slack.reset()
        deaf = await slack.mention("turnout tamworth")
        await slack.reconnected(opened)
        await replies_to(slack, deaf.ts)


@pytest.mark.parametrize("reason", ["refresh_requested", "warning", "link_disabled"])
async def test_a_socket_that_slack_closes_is_opened_again(slack, client, reason):
    async with talking(slack, client, Answering(yes)):
        await greeted(slack)
        opened = slack.sockets.opened
        await slack.disconnect(reason)
        await slack.reconnected(opened)
        await greeted(slack)


async def test_slack_away_for_longer_than_teller_is_patient(slack, client):
    async with talking(slack, client, Answering(yes)):
        await greeted(slack)
        opened = slack.sockets.opened
        with capture_logs() as logs:
            await slack.restart(down=12 * PING)
            deaf = await slack.mention("still there?")
            await slack.reconnected(opened)
            await replies_to(slack, deaf.ts)
        assert logged(logs, "slack.not_connected")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ({"error": "invalid_auth"}, "invalid_auth"),
        ({"status": 503}, "503"),
        ({"cut": "before"}, "ServerDisconnectedError"),
    ],
)
async def test_a_start_that_slack_refuses_is_told_and_tried_again(slack, client, fault, why):
    slack.fail("apps.connections.open", **fault)
    with capture_logs() as logs:
        async with talking(slack, client, Answering(yes)):
            await greeted(slack)

    (told,) = logged(logs, "slack.not_connected")
    assert why in told
    assert slack.app_token not in told


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────


async def test_slack_makes_sure_of_the_address(slack, client):
    async with running(over_http(slack), client, Answering(yes)), asyncio.timeout(10):
        while not await slack.verify_url():
            pass


@pytest.mark.parametrize("forged", [{"secret": "another"}, {"age": 6 * 60}, {"age": -6 * 60}])
@pytest.mark.parametrize("kind", ["events_api", "slash_commands", "interactive"])
async def test_what_slack_did_not_sign_just_now_is_refused(slack, client, forged, kind):
    asked: list[Ask] = []

    async def answer(ask: Ask) -> Reply:
        asked.append(ask)
        return await yes(ask)

    async with talking(slack, client, Answering(answer), "http"):
        await greeted(slack, "once")
        await slack.slash("/teller", "twice")
        await slack.until(lambda: slack.channel("C1").ephemerals)
        known = {each.kind: each.payload for each in slack.delivered}
        payload = known.get(kind, {"type": "block_actions"})

        status, _, _ = await slack.route.post(kind, payload, **forged)

        assert status == 401
        assert [ask.text for ask in asked] == ["once", "twice"]


async def test_only_one_address_takes_events_and_not_without_end(slack, client):
    async with talking(slack, client, Answering(yes), "http"), aiohttp.ClientSession() as session:
        address = slack.route.url
        elsewhere = address.replace("/slack/events", "/")
        for method, url, body, status in (
            ("GET", address, b"", 405),
            ("POST", elsewhere, b"{}", 404),
            ("POST", address, b"", 401),
            ("POST", address, b" " * 2_000_000, 413),
        ):
            async with session.request(method, url, data=io.BytesIO(body)) as answer:
                assert answer.status == status


# ── Coming and going ─────────────────────────────────────────────────────────────────────────


async def test_teller_leaves_nothing_open(slack, client, mode):
    async with talking(slack, client, Answering(yes), mode):
        await greeted(slack)
    await slack.sockets.wait_for(lambda: not slack.sockets.connections, 5)
    if mode == "http":
        assert not await slack.verify_url()
    gc.collect()  # a session or a socket that was left open warns here, and a warning fails


async def test_teller_leaves_while_an_answer_is_on_its_way(slack, client, mode):
    asked = asyncio.Event()

    async def answer(ask: Ask) -> Reply:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody let it")

    async with talking(slack, client, Answering(answer), mode):
        said = await slack.mention("turnout Tamworth")
        await asked.wait()
    assert slack.channel("C1").replies(said.ts) == []
    gc.collect()


async def test_teller_leaves_while_it_is_kept_from_coming(slack, client):
    slack.fail("apps.connections.open", times=99, status=503)
    async with running(over_socket(slack), client, Answering(yes)):
        await slack.until(lambda: any(c.method == "apps.connections.open" for c in slack.calls))
    gc.collect()


async def test_an_app_token_means_a_socket_and_a_signing_secret_http(slack):
    where = {"api_url": slack.api_url, "host": "127.0.0.1", "port": free_port()}
    for app_token, secret in ((slack.app_token, SECRET), (None, SECRET)):
        async with open_slack(
            bot_token=slack.bot_token, app_token=app_token, signing_secret=secret, **where
        ) as platform:
            task = asyncio.create_task(platform.run(Answering(yes)))
            if app_token:
                await slack.connected()
            else:
                slack.deliver_to(f"http://127.0.0.1:{where['port']}/slack/events", SECRET)
                async with asyncio.timeout(10):
                    while not await slack.verify_url():
                        pass
            await greeted(slack)
            await slack.settled()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_what_others_serve_stands_beside_slacks_events(slack):
    async def pong(request: web.Request) -> web.Response:
        return web.Response(text="pong")

    port = free_port()
    async with open_slack(
        bot_token=slack.bot_token,
        app_token=None,
        signing_secret=SECRET,
        api_url=slack.api_url,
        host="127.0.0.1",
        port=port,
        beside=[web.get("/websub/here", pong)],
    ) as platform:
        slack.deliver_to(f"http://127.0.0.1:{port}/slack/events", SECRET)
        async with answering(platform, Answering(yes)), aiohttp.ClientSession() as session:
            await heard(slack, "http")
            async with session.get(f"http://127.0.0.1:{port}/websub/here") as response:
                assert await response.text() == "pong"
            await greeted(slack)
            await slack.settled()


async def test_no_way_in_is_a_mistake_in_the_settings(slack):
    with pytest.raises(SettingsError, match="SLACK_APP_TOKEN"):
        async with open_slack(
            bot_token=slack.bot_token,
            app_token=None,
            signing_secret=None,
            api_url=slack.api_url,
            host="127.0.0.1",
            port=1,
        ):
            raise AssertionError("it opened")
