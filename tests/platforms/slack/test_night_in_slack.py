"""The bundled night as it stands in a Slack channel in the morning."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from bot import nights
from bot.app import Rooms, open_rooms
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Channel, Follow, Following
from bot.clocks import StoppedClock
from bot.election.clock import uk_clock
from bot.liveblog.changes import ABSENCES_THAT_WITHDRAW
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from tests.nights.blog import live_blog
from tests.platforms.slack.connected import over_socket, replies_to, talking, words
from tests.platforms.slack.on_duty import on_duty, posted, wrapped
from tests.rooms import at
from tests.test_night import DECLARATIONS, ENTRIES

BOXES = "Ballot boxes reach the count in Mid Bedfordshire"
WITHDRAWN = "In pictures: boxes are carried in (again)"
SEARCHED = "conversations.history"


@asynccontextmanager
async def a_night(slack, client, database) -> AsyncIterator[tuple[Rooms, StoppedClock]]:
    """The bundled night for one channel, with its messages on their way as they come."""
    clock = StoppedClock(nights.begins())
    channel = Channel(platform="slack", id="C1")
    async with open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{database}",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
        platforms=[SlackPlatform(workspaces=OneWorkspace(client), connection=over_socket(slack))],
        following=[Following(channel=channel, follows=frozenset(Follow))],
    ) as rooms:
        delivering = asyncio.create_task(rooms.dispatcher.run())
        yield rooms, clock
        delivering.cancel()
        await asyncio.gather(delivering, return_exceptions=True)


async def play_on(rooms: Rooms, clock: StoppedClock, to: str | None = None) -> None:
    """Let the night go on, a step of its blog at a time, and each be delivered."""
    script = nights.bundled_script()
    end = at(to) if to else nights.ends(script)
    for moment in sorted({step.at for step in script.steps if step.at <= end} | {end}):
        if moment > clock.moment:
            await play_to(moment, rooms, clock)
            assert await rooms.dispatcher.settle(10)


def heading(message: dict[str, Any]) -> str:
    first = message["blocks"][0]
    return first["text"]["text"] if first["type"] == "header" else ""


def entry(slack, words_of_it: str) -> dict[str, Any]:
    (found,) = [m for m in posted(slack) if words_of_it in words(m)]
    return found


def assert_whole_night(slack) -> None:
    """Every entry once, oldest first, in its last version; what changed says so."""
    standing = posted(slack)
    told = [(message, heading(message)) for message in standing]
    entries = [name for _, name in ENTRIES]
    seen = [
        next((n for n in entries if shown.endswith(n) or (n == WITHDRAWN and n in words(m))), None)
        for m, shown in told
    ]
    assert [name for name in seen if name] == entries

    boxes = entry(slack, BOXES)
    assert "✎ edited" in words(boxes)
    assert "Shefford" in words(boxes)
    assert "Sheffield" not in words(boxes)
    assert [m["ts"] for m in standing if "✎ edited" in words(m)] == [boxes["ts"]]

    struck = entry(slack, WITHDRAWN)
    assert "✗ *withdrawn*" in words(struck)
    assert '"strike": true' in words(struck)
    assert heading(struck) == ""

    declared = [m for m, shown in told if shown.startswith("🗳️ ")]
    assert [heading(m).removeprefix("🗳️ ") for m in declared] == [name for _, name in DECLARATIONS]
    assert all(message["attachments"][0]["color"].startswith("#") for message in declared)


def assert_slack_took_it_all(slack) -> None:
    """No Block Kit that Slack refused, nothing else that it did not like."""
    assert [call.answer["error"] for call in slack.calls if not call.answer.get("ok", True)] == []


async def test_the_night_stands_in_the_channel(slack, client, tmp_path):
    async with a_night(slack, client, tmp_path / "night.db") as (rooms, clock):
        await play_on(rooms, clock)
        assert await rooms.store.outbox.waiting() == []

    assert_whole_night(slack)
    assert_slack_took_it_all(slack)
    assert SEARCHED not in {call.method for call in slack.calls}


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_the_night_stands_in_the_channel_though_answers_are_lost(
    slack, client, tmp_path, cut
):
    async with a_night(slack, client, tmp_path / "night.db") as (rooms, clock):
        for moment in ("00:07", "00:12", "00:40", "03:18", None):
            slack.fail("chat.postMessage", cut=cut)
            await play_on(rooms, clock, moment)

    assert_whole_night(slack)
    assert_slack_took_it_all(slack)
    assert SEARCHED in {call.method for call in slack.calls}


async def test_a_restart_in_the_night_goes_on_where_it_was(slack, client, tmp_path):
    database = tmp_path / "night.db"
    for moment in ("00:08", "00:16", "00:36", "03:17", None):
        async with a_night(slack, client, database) as (rooms, clock):
            await play_on(rooms, clock, moment)

    assert_whole_night(slack)


async def test_the_night_stands_in_a_channel_that_followed_from_chat(slack, client, tmp_path, mode):
    async with live_blog(at("00:05")) as blog, on_duty(slack, client, tmp_path, mode) as duty:
        blog.at = duty.clock.moment = at("00:05")
        for text in (f"follow {wrapped(blog.url)}", "follow declarations"):
            said = await slack.mention(text)
            await replies_to(slack, said.ts)
        steps = nights.bundled_script().steps
        for step in steps:
            # An entry that is gone is looked for again before it is believed.
            times = ABSENCES_THAT_WITHDRAW if step.heading is None else 1
            await duty.look(blog, uk_clock(step.at), times)

    assert_whole_night(slack)
    assert_slack_took_it_all(slack)


async def test_questions_are_answered_while_the_night_goes_on(slack, client, tmp_path):
    async with (
        a_night(slack, client, tmp_path / "night.db") as (rooms, clock),
        talking(slack, client, rooms.desk),
    ):
        await play_on(rooms, clock, "00:41")
        early = await slack.mention("result Tamworth")
        (not_yet,) = await replies_to(slack, early.ts)
        await play_on(rooms, clock)
        late = await slack.mention("result Tamworth")
        (declared,) = await replies_to(slack, late.ts)

        assert "Labour" not in not_yet["text"]
        assert "Sarah Edwards" in words(declared)
        assert clock.moment - at("03:21") == timedelta(minutes=5)
