"""PUBLIC_URL: where hubs are served, and what the doctor says of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.clocks import StoppedClock
from bot.doctor import examine
from bot.errors import SettingsError
from bot.opening import hub_office, serving
from bot.ports import Blog, Hub
from bot.pushes import routes
from bot.settings import Settings, read_settings
from bot.sources.fetch import Fetcher
from bot.store import Store
from tests.hub import PUBLIC, a_feed, a_hub
from tests.platforms.slack.connected import free_port
from tests.rooms import at
from tests.store.entries import update, version

NIGHT = """
[night]
name = "A quiet night"
polling_day = 2023-10-19
[[contest]]
id = "parl.tamworth.by.2023-10-19"
[[blog]]
url = "{url}"
name = "The Example"
"""
TOKEN, SECRET = "xoxb-1", "a-signing-secret"


def settings(folder: Path, **given: object) -> Settings:
    return read_settings(database_url=f"sqlite:///{folder}/teller.db", **given)


async def pong(request: web.Request) -> web.Response:
    return web.Response(text=f"{request.method} {request.match_info['path']}")


async def answers(port: int) -> bool:
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{port}/websub/x") as response,
        ):
            return await response.text() == "POST x"
    except aiohttp.ClientConnectorError:
        return False


@pytest.mark.parametrize(
    ("given", "listens"),
    [
        ({}, True),
        ({"slack_bot_token": TOKEN, "slack_app_token": "xapp-1"}, True),
        ({"slack_bot_token": TOKEN, "slack_signing_secret": SECRET}, False),
    ],
)
async def test_hubs_are_served_where_slack_does_not_listen_there(
    folder: Path, given: dict[str, str], listens: bool
) -> None:
    port = free_port()
    async with serving(settings(folder, http_port=port, **given), routes(pong)):
        assert await answers(port) is listens


async def test_nothing_is_served_without_a_public_address(folder: Path) -> None:
    port = free_port()
    async with Fetcher() as fetcher, serving(settings(folder, http_port=port), ()):
        assert not await answers(port)
        assert hub_office(settings(folder), fetcher) is None


async def test_a_port_that_is_taken_is_a_mistake_in_the_settings(folder: Path) -> None:
    given = settings(folder, http_port=free_port())
    async with serving(given, routes(pong)):
        with pytest.raises(SettingsError, match=r"127\.0\.0\.1:\d+ .*HTTP_PORT"):
            async with serving(given, routes(pong)):
                """It does not come to this."""


async def test_the_doctor_says_what_becomes_of_a_hub(folder: Path) -> None:
    clock = StoppedClock(at("00:10"))
    async with a_hub() as hub, a_feed(clock, hub.root) as feed:
        feed.post("welcome", "Welcome")
        night = folder / "night.toml"
        night.write_text(NIGHT.format(url=f"{feed.root}/live"))

        async def said(**given: object) -> list[str]:
            asked = examine(settings(folder, night_file=night, **given))
            return [one.what async for one in asked if one.what.startswith("blog")]

        (alone,) = await said()
        how = "but knows no way to here: set PUBLIC_URL"
        assert alone.endswith(f"; its hub could push what is new, {how}")
        (asked,) = await said(public_url=PUBLIC)
        assert asked.endswith("; 127.0.0.1/hub is asked to push what is new")
        feed.hub = None
        (none,) = await said()
        assert none.endswith(" because it is a feed that begins with <feed>")


async def test_the_doctor_tells_of_a_hub_that_does_not_do_what_it_is_asked(folder: Path) -> None:
    given = settings(folder, public_url=PUBLIC)
    store = Store(given.database_url)
    await store.open()
    now = at("00:10")
    blog = Blog(url="https://news.example/live", name="The Example")
    await store.blogs.keep(replace(update(now, version("boxes", now)), blog=blog))
    found = Hub(url="https://hub.example/", topic=blog.url, page=blog.url)
    await store.hubs.want(blog, found, "path", "secret", now)
    (one,) = await store.hubs.on_record()
    await store.hubs.asking(one, now + timedelta(minutes=2))
    await store.hubs.failed(one, "hub.example does not take what I ask of it (500).")
    await store.close()

    (trouble,) = [one async for one in examine(given) if "hub" in one.what]
    assert trouble.what == "hub hub.example of The Example"
    assert (trouble.trouble or "").startswith("hub.example does not take what I ask of it (500).")
    assert "PUBLIC_URL" in (trouble.trouble or "")
    assert "secret" not in repr(one)
