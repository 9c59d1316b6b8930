"""The bundled night asked of in Discord: the real desk behind the real client."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import simcord

from bot import nights
from bot.app import open_rooms
from bot.asking import ScriptReader, play_to
from bot.clocks import StoppedClock
from bot.platforms.discord.commands import synchronise
from tests.platforms.discord.talking import CONTROLS, made, met, words
from tests.wire import RecordingPlatform

NOW = datetime.fromisoformat("2023-10-20T00:45+01:00")


@asynccontextmanager
async def at_the_count(folder: Path) -> AsyncIterator[tuple[simcord.Env, simcord.MemberActor]]:
    """Teller at 00:45 on the night, and an editor in a channel of its server."""
    clock = StoppedClock(nights.begins())
    async with open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{folder}/teller.db",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
        platforms=(RecordingPlatform("discord"),),
        following=(),
    ) as rooms:
        await play_to(NOW, rooms, clock)
        clock.moment = NOW
        client = made()
        async with simcord.run(client) as env:
            guild = env.create_guild("The newsroom")
            guild.create_text_channel("count-night")
            await synchronise(met(client, rooms.desk))
            editors = guild.create_role("Editors", permissions=CONTROLS)
            yield env, guild.add_member(env.create_user("edith"), roles=[editors])


async def test_a_night_is_asked_of_in_discord(tmp_path: Path):
    async with at_the_count(tmp_path) as (env, editor):
        channel = env.guild.channels["count-night"]
        offered = await editor.autocomplete(channel, "turnout", "contest", "tam")
        assert offered[0]["value"] == "Tamworth"
        turnout = await editor.slash(channel, "turnout", contest="Tamworth")
        assert "35.9" in words(turnout.response)

        which = await editor.slash(channel, "turnout", contest="")
        assert which.ephemeral
        await editor.click(which.response, label="Mid Bedfordshire")
        assert "Mid Bedfordshire" in words(which.response)

        form = await editor.slash(channel, "remind")
        assert form.modal["title"] == "Set a reminder"
        faulty = await editor.submit_modal(
            form, {"field:words": "file", "field:time": "soon", "field:whom": ["us"]}
        )
        assert faulty.ephemeral
        assert "soon" in words(faulty.response)
        again = await editor.click(faulty.response, label="Open the form again")
        done = await editor.submit_modal(
            again, {"field:words": "file", "field:time": "01:30", "field:whom": ["us"]}
        )
        assert "I remind this channel" in words(done.response)
        assert not done.ephemeral


async def test_ones_own_reminders_are_listed_in_a_channel_to_oneself(tmp_path: Path):
    async with at_the_count(tmp_path) as (env, editor):
        channel = env.guild.channels["count-night"]
        await editor.slash(channel, "remind", what="us at 01:30 to file")
        kept = await editor.slash(channel, "remind", what="me when Tamworth declares")
        assert "I remind you when Tamworth declares" in words(kept.response)

        listed = await editor.slash(channel, "reminders")
        assert listed.ephemeral
        assert "when Tamworth declares" in words(listed.response)
        gone = await editor.slash(channel, "forget", what="2")
        assert gone.ephemeral
        assert "Forgotten: when Tamworth declares" in words(gone.response)
        assert not (await editor.slash(channel, "reminders")).ephemeral


async def test_a_server_is_told_of_its_own_channels_alone(tmp_path: Path):
    async with at_the_count(tmp_path) as (env, editor):
        channel = env.guild.channels["count-night"]
        elsewhere = env.create_guild("Another newsroom")
        theirs = elsewhere.create_text_channel("secret-night")
        other = elsewhere.create_role("Editors", permissions=CONTROLS)
        stranger = elsewhere.add_member(env.create_user("eve"), roles=[other])
        await stranger.slash(theirs, "follow", what="declarations")
        await editor.slash(channel, "follow", what="reminders")

        here = words((await editor.slash(channel, "channels")).response)
        assert f"<#{channel.id}>" in here
        assert str(theirs.id) not in here
        there = words((await stranger.slash(theirs, "channels")).response)
        assert f"<#{theirs.id}>" in there
        assert str(channel.id) not in there
