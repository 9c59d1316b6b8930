import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.doctor import examine
from bot.platforms.slack.manifest import OPTIONAL, SCOPES, manifest
from bot.ports import Finding
from bot.settings import Settings, read_settings
from tests.slack.server import StandInSlack

NIGHT = """
[night]
name = "A night"
polling_day = 2023-10-19
[[contest]]
id = "parl.tamworth.by.2023-10-19"
[[channel]]
on = "slack"
id = "{channel}"
"""


@pytest.fixture
async def slack() -> AsyncIterator[StandInSlack]:
    async with StandInSlack(scopes=tuple(SCOPES)) as server:
        yield server


def settings(slack: StandInSlack, folder: Path, channel: str = "C1", **given: str) -> Settings:
    night = folder / "night.toml"
    night.write_text(NIGHT.format(channel=channel))
    usual = {
        "night_file": night,
        "database_url": f"sqlite:///{folder}/teller.db",
        "slack_bot_token": slack.bot_token,
        "slack_app_token": slack.app_token,
        "slack_api_url": slack.api_url,
    }
    return read_settings(**{**usual, **given})


async def faults(settings: Settings) -> list[Finding]:
    return [finding async for finding in examine(settings) if finding.trouble is not None]


async def test_the_doctor_finds_nothing_where_all_is_well(slack, tmp_path):
    assert await faults(settings(slack, tmp_path)) == []


async def test_the_doctor_names_the_one_scope_that_was_forgotten(slack, tmp_path):
    slack.grant(slack.bot_token, scopes=sorted(SCOPES.keys() - {"chat:write"}))
    (found,) = await faults(settings(slack, tmp_path))
    assert found.what == "Slack scope chat:write"
    assert "install the app again" in found.trouble


async def test_a_scope_that_teller_goes_on_without_is_told_and_no_fault(slack, tmp_path):
    scope = "usergroups:read"

    async def told() -> list[str]:
        asked = settings(slack, tmp_path)
        return [one.what async for one in examine(asked) if scope in one.what and not one.trouble]

    (said,) = await told()
    assert "optional: without it Teller cannot see who is in a user group" in said
    slack.grant(slack.bot_token, scopes=sorted(SCOPES | OPTIONAL))
    assert await told() == []


@pytest.mark.parametrize(
    ("given", "what", "says"),
    [
        ({"slack_bot_token": "xoxb-wrong"}, "Slack token", "copy it again"),
        ({"slack_app_token": "xoxb-not-an-app"}, "Slack Socket Mode", "begins with xapp-"),
        ({"slack_app_token": "xapp-wrong"}, "Slack Socket Mode", "connections:write"),
        ({"channel": "C404"}, "Slack channel C404", "check the id"),
    ],
)
async def test_the_doctor_says_what_to_do(slack, tmp_path, given, what, says):
    (found,) = await faults(settings(slack, tmp_path, **given))
    assert found.what == what
    assert says in found.trouble


async def test_the_doctor_sees_a_channel_that_teller_was_not_invited_to(slack, tmp_path):
    slack.add_channel("C2", "elsewhere", with_bot=False)
    (found,) = await faults(settings(slack, tmp_path, channel="C2"))
    assert "/invite @Teller" in found.trouble


async def test_the_doctor_sees_an_archived_channel(slack, tmp_path):
    slack.channel("C1").archived = True
    (found,) = await faults(settings(slack, tmp_path))
    assert "archived" in found.trouble


async def test_the_doctor_says_so_where_slack_cannot_be_reached(slack, tmp_path):
    asked = settings(slack, tmp_path)
    await slack.stop()
    (found,) = await faults(asked)
    assert "check the network" in found.trouble


def test_the_manifest_asks_for_exactly_the_scopes_that_are_used():
    written = json.loads(json.dumps(manifest()))
    assert written["oauth_config"]["scopes"]["bot"] == sorted(SCOPES | OPTIONAL)
    assert written["settings"]["socket_mode_enabled"] is True
    assert "request_url" not in json.dumps(written)


def test_the_manifest_for_http_names_the_public_address_everywhere():
    written = manifest("https://teller.example/")
    address = "https://teller.example/slack/events"
    assert written["settings"]["socket_mode_enabled"] is False
    assert written["settings"]["event_subscriptions"]["request_url"] == address
    assert written["settings"]["interactivity"]["request_url"] == address
    assert written["features"]["slash_commands"][0]["url"] == address
