"""The stand-in against a real slack-bolt app that listens on a request URL."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_bolt.app.async_server import AsyncSlackAppServer

from tests.slack.small_app import SECRET, an_app


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
async def listening(slack, log) -> AsyncIterator[str]:
    """The bot, listening on a request URL."""
    server = AsyncSlackAppServer(port=0, path="/slack/events", app=an_app(slack, log))
    runner = web.AppRunner(server.web_app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    await slack.settled()
    await runner.cleanup()


async def test_signed_http(slack, listening, log):
    route = slack.deliver_to(listening, SECRET)
    assert await slack.verify_url()
    assert (await slack.direct_message("majority?")).ack.ok
    await slack.until(lambda: slack.direct("U1").texts[-1] == "In private")
    ack = await slack.slash("/teller", "turnout")
    assert ack.payload == "Looking up turnout"
    await slack.until(lambda: slack.channel("C1").texts == ["35.9 per cent"])
    said = await slack.mention("more, please")
    await slack.until(lambda: slack.channel("C1").replies(said.ts))
    assert (await slack.press("more")).ok
    await slack.until(lambda: slack.modal("U1"))
    assert (await slack.submit({"clock": "03:00"})).ok
    event = slack.delivered[0].payload
    assert (await route.post("events_api", event, secret="forged"))[0] == 401
    assert (await route.post("events_api", event, age=301))[0] == 401


async def test_an_http_app_that_fails_is_asked_again(slack):
    asked = []

    async def failing(request):
        asked.append((request.headers.get("X-Slack-Retry-Num"), await request.json()))
        return web.Response(status=500 if len(asked) < 3 else 200)

    app = web.Application()
    app.router.add_post("/", failing)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/", SECRET)
    assert (await slack.user_says("C1", "U1", "hello?")).ack.ok
    assert [number for number, _ in asked] == [None, "1", "2"]
    assert len({payload["event_id"] for _, payload in asked}) == 1
    await runner.cleanup()
