"""`teller run` as a process of its own, in Slack."""

from datetime import datetime
from pathlib import Path

from bot.platforms.slack.manifest import SCOPES
from tests.nights.blog import NIGHT, live_blog
from tests.processes import running
from tests.slack.server import StandInSlack

IN_SLACK = NIGHT.replace('on = "terminal"', 'on = "slack"').replace('id = "newsroom"', 'id = "C1"')
BEFORE_TURNOUT = datetime.fromisoformat("2023-10-20T00:30+01:00")
AFTER_TURNOUT = datetime.fromisoformat("2023-10-20T00:43+01:00")


async def test_a_run_relays_into_slack_answers_there_and_goes_on_after_a_kill(tmp_path: Path):
    async with StandInSlack(scopes=tuple(SCOPES)) as slack, live_blog(BEFORE_TURNOUT) as blog:
        (tmp_path / "night.toml").write_text(IN_SLACK.format(url=blog.url))
        env = {
            "SLACK_BOT_TOKEN": slack.bot_token,
            "SLACK_APP_TOKEN": slack.app_token,
            "SLACK_API_URL": slack.api_url,
        }
        channel = slack.channel("C1")

        def headings() -> list[str]:
            return [m["text"].split(". ")[0] for m in channel.messages if m.get("metadata")]

        async with running("run", "--night", "night.toml", folder=tmp_path, env=env) as first:
            await slack.connected(within=30)
            await slack.until(lambda: len(headings()) >= 6, within=30)
            first.kill()
            await first.wait()
        relayed = headings()

        blog.at = AFTER_TURNOUT
        async with running("run", "--night", "night.toml", folder=tmp_path, env=env) as second:
            await slack.until(lambda: any("Low turnout" in h for h in headings()), within=30)
            await slack.connected(within=30)
            asked = await slack.mention("turnout tamworth october 2023", channel="C1")
            await slack.until(lambda: channel.replies(asked.ts), within=30)
            second.terminate()
            assert await second.wait() == 0

        assert headings()[: len(relayed)] == relayed
        assert len(set(headings())) == len(headings())
        (answer,) = channel.replies(asked.ts)
        assert "35.9%" in answer["text"]
