from pathlib import Path

import pytest

from bot.chat.ask import Channel
from bot.errors import SettingsError
from bot.settings import Settings, read_settings

TOKEN = "xoxb-1234-abcd"


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def refusal(**given: object) -> str:
    with pytest.raises(SettingsError) as error:
        read_settings(**given)
    return str(error.value)


def test_without_any_setting_there_are_defaults():
    settings = read_settings()
    assert settings.database_url == "sqlite:///teller.db"
    assert settings.night_file is None
    assert settings.log_level == "INFO"
    assert settings.slack_bot_token is None


def test_the_environment_wins_over_the_file_and_what_is_given_over_both(tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("LOG_LEVEL=debug\nFETCH_SECONDS=5\nNIGHT_FILE=a.toml\n")
    monkeypatch.setenv("FETCH_SECONDS", "6")
    monkeypatch.setenv("NIGHT_FILE", "b.toml")
    settings = read_settings(night_file=Path("c.toml"))
    assert settings.log_level == "DEBUG"
    assert settings.fetch_seconds == 6
    assert settings.night_file == Path("c.toml")


def test_an_empty_setting_is_none(monkeypatch):
    monkeypatch.setenv("NIGHT_FILE", "")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")
    settings = read_settings()
    assert (settings.night_file, settings.slack_bot_token) == (None, None)


def test_settings_of_other_programs_are_left_alone(tmp_path):
    (tmp_path / ".env").write_text("SOMETHING_ELSE=1\n")
    assert read_settings().log_level == "INFO"


def test_all_mistakes_are_told_at_once(monkeypatch):
    monkeypatch.setenv("FETCH_SECONDS", "soon")
    monkeypatch.setenv("FETCH_MEGABYTES", "0")
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    first, *lines = refusal().splitlines()
    assert ".env.example" in first
    assert {line.split(":")[0].strip() for line in lines} == {
        "FETCH_SECONDS",
        "FETCH_MEGABYTES",
        "LOG_LEVEL",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPERATOR_CHANNEL", "C0123456789"),
        ("OPERATOR_CHANNEL", "slack:#newsdesk"),
        ("OPERATOR_CHANNEL", "discord:newsdesk"),
        ("OPERATOR_CHANNEL", "terminal:terminal"),
        ("ROUND_UP_ITEMS", "0"),
        ("ROUND_UP_MINUTES", "0"),
        ("LANES_AT_ONCE", "0"),
        ("METRICS_PORT", "70000"),
        ("METRICS_PORT", "3000"),
    ],
)
def test_delivery_that_cannot_be_set_so_is_refused(monkeypatch, name, value):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv(name, value)
    said = refusal()
    assert f"  {name}: " in said
    assert name != "OPERATOR_CHANNEL" or "slack:C0123456789" in said


@pytest.mark.parametrize(
    ("given", "channel"),
    [
        ("slack:C0123456789", Channel(platform="slack", id="C0123456789")),
        ("slack:T0123/C0123456789", Channel(platform="slack", id="T0123/C0123456789")),
        ("discord:123456789012345678", Channel(platform="discord", id="123456789012345678")),
    ],
)
def test_the_operators_channel_is_named_with_its_platform(monkeypatch, given, channel):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("OPERATOR_CHANNEL", given)
    assert read_settings().operator == channel


def test_without_an_operators_channel_there_is_none():
    assert read_settings().operator is None


@pytest.mark.parametrize(
    ("channel", "sentence"),
    [
        ("discord:123456789012345678", "DISCORD_TOKEN is not set"),
        ("slack:C0123456789", "neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set"),
    ],
)
def test_an_operators_channel_where_nobody_speaks_is_refused(monkeypatch, channel, sentence):
    monkeypatch.setenv("OPERATOR_CHANNEL", channel)
    assert f"OPERATOR_CHANNEL: it is in {channel.partition(':')[0].title()}" in refusal()
    assert sentence in refusal()


def test_of_several_workspaces_the_operators_channel_names_its_own(monkeypatch):
    monkeypatch.setenv("OPERATOR_CHANNEL", "slack:C0123456789")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    assert "OPERATOR_CHANNEL: with SLACK_CLIENT_ID there are several workspaces" in refusal()


@pytest.mark.parametrize("value", ["nan", "inf", "-1", "0", "301", "ten"])
def test_a_wait_that_cannot_be_is_refused(monkeypatch, value):
    monkeypatch.setenv("FETCH_SECONDS", value)
    assert "FETCH_SECONDS" in refusal()


def test_a_value_is_never_shown(monkeypatch):
    monkeypatch.setenv("FETCH_SECONDS", TOKEN)
    monkeypatch.setenv("LOG_LEVEL", TOKEN)
    assert TOKEN not in refusal()


def test_a_secret_is_not_in_what_settings_say_of_themselves(monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", TOKEN)
    settings = read_settings()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == TOKEN
    assert TOKEN not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_a_file_that_is_not_utf_8_is_told_in_a_sentence(tmp_path):
    (tmp_path / ".env").write_bytes(b"SLACK_BOT_TOKEN=caf\xe9\n")
    assert ".env is not UTF-8 text" in refusal()


def test_who_has_which_role_is_named_at_commas(monkeypatch):
    monkeypatch.setenv("OPERATORS", "slack:U1, discord:123456789012345678")
    monkeypatch.setenv("DESK", "slack:S2,slack:T1/U3 , discord:role:123456789012345678,")
    assert [(f"{one.platform}:{one.who}", one.role.value) for one in read_settings().named] == [
        ("slack:U1", "operator"),
        ("discord:123456789012345678", "operator"),
        ("slack:group:S2", "desk"),
        ("slack:T1/U3", "desk"),
        ("discord:role:123456789012345678", "desk"),
    ]


def test_nobody_has_a_role_by_the_settings_unless_they_say_so():
    assert read_settings().named == ()


@pytest.mark.parametrize("value", ["ann", "@ann", "slack:C1", "U1", "discord:12", "terminal:ann"])
@pytest.mark.parametrize("name", ["DESK", "OPERATORS"])
def test_who_is_nobody_has_no_role(monkeypatch, name, value):
    monkeypatch.setenv(name, f"slack:U1,{value}")
    said = refusal()
    assert f"  {name}: " in said
    assert "number 2 of those named is nobody" in said
    assert f" {value} " not in said


def test_of_several_workspaces_people_are_named_with_their_own(monkeypatch):
    monkeypatch.setenv("DESK", "slack:T1/U1,slack:U2")
    monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
    assert (
        "DESK: with SLACK_CLIENT_ID there are several workspaces: name that of slack:U2"
        in refusal()
    )
