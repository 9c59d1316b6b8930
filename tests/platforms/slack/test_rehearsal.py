"""A recorded night played into a real channel, marked as a rehearsal."""

import pytest

from bot.chat.ask import Channel
from bot.errors import SettingsError
from bot.platforms.terminal.screen import make_console
from bot.rehearsal import bundled_recording, rehearse
from bot.settings import read_settings
from tests.platforms.slack.connected import words


async def test_the_bundled_night_is_rehearsed_in_slack(slack, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = read_settings(
        slack_bot_token=slack.bot_token,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
        database_url=f"sqlite:///{tmp_path}/real.db",
    )
    told: list[str] = []
    line = await rehearse(
        bundled_recording(),
        settings=settings,
        channels=[Channel(platform="slack", id="C1")],
        speed=2000,
        console=make_console(no_colour=True),
        told=told.append,
    )
    assert line.startswith("11 entries, 1 edit, 1 withdrawal")
    assert line.endswith("all delivered.")
    said = [words(message) for message in slack.channel("C1").messages]
    assert len(said) > 20
    assert all("Rehearsal: " in one for one in said)
    assert any("Low turnout in Tamworth" in one for one in said)
    assert any("Labour gain from Conservatives" in one for one in said)
    assert told[0].startswith("“Mid Bedfordshire and Tamworth by-elections: count night live” from")
    # The night that is real knows nothing of it.
    assert not (tmp_path / "real.db").exists()


async def test_a_platform_that_is_not_set_up_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match="discord is not set up"):
        await rehearse(
            bundled_recording(),
            settings=read_settings(),
            channels=[Channel(platform="discord", id="900000000000000001")],
            speed=2000,
            console=make_console(no_colour=True),
            told=lambda _: None,
        )
