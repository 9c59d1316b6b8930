"""Results while Teller runs, opened as the settings have them: from a file to the channel."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import open_rooms
from bot.chat.post import PostKind
from bot.clocks import WallClock
from bot.doctor import examine
from bot.election.clock import UK
from bot.errors import SettingsError
from bot.night import read_night
from bot.opening import open_results, post_office
from bot.settings import read_settings
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from tests.results import as_json, ballot, feed, pa
from tests.wire import RecordingPlatform, posts

NIGHT = """
[night]
name = "By-elections"
polling_day = {day}

[[contest]]
id = "parl.tamworth.by.{day}"
electorate = 71302
holder = "Con"

[[contest]]
id = "parl.mid-bedfordshire.by.{day}"
democracy_club = "parl.mid-beds.by.{day}"

[[channel]]
on = "terminal"
id = "newsroom"
follows = ["declarations", "checks"]
"""


async def test_results_come_from_both_sources_while_teller_runs(
    folder: Path, database_url: str
) -> None:
    day = (datetime.now(UK) - timedelta(days=1)).date().isoformat()
    night = read_night(NIGHT.format(day=day))
    pages = {
        f"/api/next/ballots/parl.tamworth.by.{day}/": as_json(ballot(id=f"parl.tamworth.by.{day}")),
        f"/api/next/ballots/parl.mid-beds.by.{day}/": as_json(
            ballot(id=f"parl.mid-beds.by.{day}", votes=True, elected="Edwards")
        ),
        "/results/all.atom": feed(),
    }
    keys = set()

    async def answer(request: web.Request) -> web.Response:
        keys.add(request.headers.get("Authorization"))
        return web.Response(body=pages[request.path])

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    landing = folder / "pa"
    landing.mkdir()
    platform = RecordingPlatform()
    async with TestServer(app, host="127.0.0.1") as server, Fetcher() as fetcher:
        settings = read_settings(
            database_url=database_url,
            pa_folder=landing,
            democracy_club_url=str(server.make_url("/")),
            democracy_club_key="s3cret",
        )
        async with (
            open_results(settings, night) as results,
            open_rooms(
                night=night,
                database_url=settings.database_url,
                clock=WallClock(),
                reader=BlogReader(fetcher),
                platforms=(platform,),
                following=night.following,
                post_office=post_office(settings),
                results=results,
            ) as rooms,
        ):

            async def until_both_have_declared() -> None:
                (landing / "result_Tamworth_1.xml").write_bytes(
                    pa(day=day, declared=datetime.now(UTC).isoformat())
                )
                async with asyncio.timeout(30):
                    while len(posts(platform, [PostKind.DECLARATION])) < 2:  # noqa: ASYNC110 - a message has no event
                        await asyncio.sleep(0.05)

            await rooms.run(until_both_have_declared())
    declared = {post.heading: post for post in posts(platform, [PostKind.DECLARATION])}
    tamworth = declared["Tamworth: Labour gain from Conservatives"]
    assert tamworth.source is not None
    assert tamworth.source.name == "PA Media"
    (other,) = [post for heading, post in declared.items() if heading.startswith("Mid Bedford")]
    assert other.source is not None
    assert other.source.name == "Democracy Club"
    assert keys == {"Token s3cret"}


def test_a_key_without_an_address_is_a_fault(folder: Path) -> None:
    with pytest.raises(SettingsError, match="DEMOCRACY_CLUB_KEY: it is of no use without"):
        read_settings(democracy_club_key="s3cret")


def test_an_address_that_is_none_is_a_fault(folder: Path) -> None:
    with pytest.raises(SettingsError, match="DEMOCRACY_CLUB_URL"):
        read_settings(democracy_club_url="candidates.democracyclub.org.uk")


def test_another_id_at_democracy_club_has_to_be_one() -> None:
    night = NIGHT.format(day="2023-10-19").replace("parl.mid-beds.by.2023-10-19", "mid beds")
    with pytest.raises(SettingsError, match="“mid beds” is not a ballot id"):
        read_night(night)


async def test_nothing_is_asked_where_nothing_is_set(folder: Path) -> None:
    async with open_results(read_settings(), read_night(NIGHT.format(day="2023-10-19"))) as none:
        assert none == []


async def test_the_doctor_looks_at_both_sources(folder: Path) -> None:
    day = "2023-10-19"
    (folder / "night.toml").write_text(NIGHT.format(day=day))
    (folder / "pa").mkdir()
    (folder / "pa" / "result_Tamworth_1.xml").write_bytes(pa())

    async def answer(request: web.Request) -> web.Response:
        if "mid-beds" in request.path:
            return web.Response(status=404)
        return web.Response(body=as_json(ballot()))

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        given = {"night_file": folder / "night.toml", "pa_folder": folder / "pa"}
        url = str(server.make_url("/"))
        settings = read_settings(**given, democracy_club_url=url)
        found = [one async for one in examine(settings) if one.what.startswith("results")]
    assert [(one.what, one.trouble) for one in found] == [
        ("results of PA Media: 1 seat", None),
        ("results of Democracy Club: 1 seat", None),
    ]
    settings = read_settings(night_file=folder / "night.toml", pa_folder=folder / "nowhere")
    (wrong,) = [one async for one in examine(settings) if one.what.startswith("results")]
    assert "Look at PA_FOLDER" in str(wrong.trouble)
