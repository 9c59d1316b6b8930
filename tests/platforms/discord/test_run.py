"""`teller run` as a process of its own, in Discord."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from tests.discord.server import StandInDiscord
from tests.nights.blog import NIGHT, live_blog
from tests.platforms.discord.connected import ADA, COUNT_NIGHT, answer_to
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
            asked = await discord.mention("turnout tamworth", channel=COUNT_NIGHT, user=ADA)
            answer = await answer_to(discord, asked)
            second.terminate()
            assert await second.wait() == 0

        assert posted[: len(relayed)] == relayed
        assert len(set(posted)) == len(posted)
        assert "35.9" in answer
        assert discord.violations == []


def test_discord_alone_does_not_load_the_client_of_slack():
    code = "import sys, bot.platforms.discord; sys.exit('slack_sdk' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=False)
    assert loaded.returncode == 0
