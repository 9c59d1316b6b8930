"""`teller run` as a process of its own, in Discord."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.conftest import select
from tests.discord.server import StandInDiscord
from tests.nights.blog import NIGHT, live_blog
from tests.platforms.discord.connected import ADA, COUNT_NIGHT, answer_to, words
from tests.processes import running

IN_DISCORD = NIGHT.replace('on = "terminal"', 'on = "discord"').replace(
    'id = "newsroom"', f'id = "{COUNT_NIGHT}"'
)
BEFORE_TURNOUT = datetime.fromisoformat("2023-10-20T00:30+01:00")
AFTER_TURNOUT = datetime.fromisoformat("2023-10-20T00:43+01:00")


async def test_a_run_relays_into_discord_answers_there_and_goes_on_after_a_kill(tmp_path: Path):
    async with StandInDiscord() as discord, live_blog(BEFORE_TURNOUT) as blog:
        (tmp_path / "night.toml").write_text(IN_DISCORD.format(url=blog.url))
        env = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway.url,
        }
        channel = discord.channel(COUNT_NIGHT)

        def headings() -> list[str]:
            return [m["content"] for m in channel.messages if m["embeds"]]

        async with running("run", "--night", "night.toml", folder=tmp_path, env=env) as first:
            await discord.until(lambda: len(headings()) >= 6, within=30)
            first.kill()
            await first.wait()
        relayed = headings()

        blog.at = AFTER_TURNOUT
        async with running("run", "--night", "night.toml", folder=tmp_path, env=env) as second:
            await discord.until(lambda: any("Low turnout" in h for h in headings()), within=30)
            posted = headings()
            await discord.gateway.connected()
            asked = await discord.mention(
                "turnout tamworth october 2023", channel=COUNT_NIGHT, user=ADA
            )
            answer = await answer_to(discord, asked)
            second.terminate()
            assert await second.wait() == 0

        assert posted[: len(relayed)] == relayed
        assert len(set(posted)) == len(posted)
        assert "35.9" in answer
        assert discord.violations == []


@pytest.mark.parametrize("forget", [False, True])
async def test_a_run_that_is_taken_out_of_a_server_posts_nothing_there_until_it_is_back(
    tmp_path: Path, forget: bool
):
    async with StandInDiscord() as discord, live_blog(BEFORE_TURNOUT) as blog:
        (tmp_path / "night.toml").write_text(IN_DISCORD.format(url=blog.url))
        env = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway.url,
            "FORGET_WHEN_REMOVED": str(forget).lower(),
        }
        channel = discord.channel(COUNT_NIGHT)
        (guild,) = discord.world.guilds.values()
        database = f"sqlite:///{tmp_path / 'teller.db'}"

        def follows() -> set[str]:
            return {what for (what,) in select(database, "SELECT what FROM subscription")}

        def known() -> int:
            return int(select(database, "SELECT count(*) FROM entry")[0][0])

        async with running("run", "--night", "night.toml", folder=tmp_path, env=env) as process:
            await discord.until(lambda: len(channel.messages) >= 6, within=30)
            await discord.gateway.connected()
            await discord.left(guild)
            await comes_true(lambda: "away" in follows())
            assert ("entries" in follows()) is not forget

            before, posted = known(), len(channel.messages)
            blog.at = AFTER_TURNOUT
            await comes_true(lambda: known() > before)
            discord.world.guilds[guild.id] = guild
            await discord.joined(guild)
            await discord.until(lambda: len(channel.messages) > posted)
            assert ("entries" in follows(), "away" in follows()) == (not forget, False)
            # The hello, and nothing of what was told meanwhile.
            assert "I am Teller" in words(channel.messages[posted])
            assert not any("Low turnout" in words(each) for each in channel.messages)
            process.terminate()
            assert await process.wait() == 0


async def comes_true(done: Callable[[], bool]) -> None:
    """Wait until a process has done something that its database shows."""
    async with asyncio.timeout(30):
        while not done():  # noqa: ASYNC110 - nothing else tells of it
            await asyncio.sleep(0.05)


def test_discord_alone_does_not_load_the_client_of_slack():
    code = "import sys, bot.platforms.discord; sys.exit('slack_sdk' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False)
    assert loaded.returncode == 0
