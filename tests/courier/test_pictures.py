"""A post goes out with its picture, and never later or less often for it."""

import asyncio
from dataclasses import replace
from importlib import import_module

import pytest

from bot.chat.chart import Chart, Picture
from bot.chat.post import Post
from bot.courier import drain
from bot.ports import Draw
from bot.store import Store
from tests.courier.queueing import channel, courier, lane_of, serve, tell_post
from tests.platforms.charts import DECLARED, SHARES, drawn
from tests.wire import RecordingPlatform

HERE = channel("here")


@pytest.fixture
def platform() -> RecordingPlatform:
    shows = RecordingPlatform()
    shows.pictures = True
    return shows


async def delivered(store: Store, platform: RecordingPlatform, draw: Draw | None) -> Post:
    """A declaration as it comes to a platform."""
    await serve(store, HERE)
    await tell_post(store, "declaration:tamworth", DECLARED)
    drained = await drain(await lane_of(store, HERE), courier(store.outbox, platform, draw=draw))
    assert drained.seconds is None
    (post,) = platform.standing.values()
    return post


async def test_a_declaration_comes_with_its_picture(store, platform):
    post = await delivered(store, platform, drawn)
    assert post == replace(DECLARED, picture=await drawn(SHARES))


async def test_a_platform_that_shows_no_pictures_has_none_drawn(store):
    async def nobody_asks(_chart: Chart) -> Picture:
        raise AssertionError

    assert await delivered(store, RecordingPlatform(), nobody_asks) == DECLARED


async def fails(_chart: Chart) -> Picture:
    raise OSError("no room for another process")


async def hangs(_chart: Chart) -> Picture:
    await asyncio.Event().wait()
    raise AssertionError


async def cannot(_chart: Chart) -> None:
    """There is nothing to draw with."""


@pytest.mark.parametrize("draw", [fails, hangs, cannot, None])
async def test_what_cannot_be_drawn_holds_no_declaration_up(store, platform, draw, monkeypatch):
    monkeypatch.setattr(import_module("bot.courier.drain"), "DRAW_SECONDS", 0.05)
    assert await delivered(store, platform, draw) == DECLARED
    assert [call.what for call in platform.calls] == ["send"]


async def test_what_may_stand_already_is_looked_for_before_anything_is_drawn(store, platform):
    charts: list[Chart] = []

    async def counts(chart: Chart) -> Picture:
        charts.append(chart)
        return await drawn(chart)

    await serve(store, HERE)
    await tell_post(store, "declaration:tamworth", DECLARED)
    platform.lost["here"] = [asyncio.CancelledError()]
    by = courier(store.outbox, platform, draw=counts)
    with pytest.raises(asyncio.CancelledError):
        await drain(await lane_of(store, HERE), by)
    await drain(await lane_of(store, HERE), by)
    assert [call.what for call in platform.calls] == ["send", "find"]
    assert charts == [SHARES]
