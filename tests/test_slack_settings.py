"""Slack's settings: what goes together, and what is said where it does not."""

import json

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet

from bot.cli import cli
from bot.errors import SettingsError
from bot.settings import Settings, read_settings
from bot.slack_settings import keys

KEY, OTHER_KEY = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SEVERAL = {
    "slack_client_id": "1.1",
    "slack_client_secret": "client-secret",
    "slack_token_key": KEY,
    "public_url": "https://teller.example",
    "slack_app_token": "xapp-1",
}


@pytest.fixture(autouse=True)
def _nothing_is_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def faults(**given: str | None) -> dict[str, str]:
    """What is wrong with the settings, by name; none of it shows a value."""
    settings = {name: value for name, value in {**SEVERAL, **given}.items() if value is not None}
    with pytest.raises(SettingsError) as caught:
        read_settings(**settings)
    for value in settings.values():
        assert value not in str(caught.value)
    lines = str(caught.value).splitlines()[1:]
    return {name.strip(): why for name, _, why in (line.partition(": ") for line in lines)}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"slack_signing_secret": "s"},
        {"slack_token_key": f"{OTHER_KEY}, {KEY}"},
        {"public_url": "https://teller.example/bot/"},
    ],
)
def test_several_workspaces_need_five_settings(more):
    assert read_settings(**{**SEVERAL, **more}).slack_client_id == "1.1"


@pytest.mark.parametrize(
    ("given", "name", "says"),
    [
        ({"slack_client_id": None}, "SLACK_CLIENT_ID", "both or neither"),
        ({"slack_client_secret": None}, "SLACK_CLIENT_SECRET", "both or neither"),
        ({"slack_bot_token": "xoxb-one"}, "SLACK_BOT_TOKEN", "unset one of them"),
        ({"slack_token_key": None}, "SLACK_TOKEN_KEY", "Fernet.generate_key()"),
        ({"slack_token_key": "short-key-00"}, "SLACK_TOKEN_KEY", "Fernet.generate_key()"),
        ({"slack_token_key": f"{KEY},nonsense!"}, "SLACK_TOKEN_KEY", "key 2 of 2"),
        ({"public_url": None}, "PUBLIC_URL", "missing"),
        ({"public_url": "http://teller.example"}, "PUBLIC_URL", "https://"),
        ({"slack_app_token": None}, "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"),
    ],
)
def test_what_is_missing_or_contradicts_is_a_sentence(given, name, says):
    found = faults(**given)
    assert list(found) == [name]
    assert says in found[name]


def test_all_that_is_missing_is_told_at_once():
    nothing = dict.fromkeys(SEVERAL) | {"slack_client_id": "id-of-an-app"}
    assert faults(**nothing).keys() == {name.upper() for name in SEVERAL} - {"SLACK_CLIENT_ID"}


def test_a_key_without_workspaces_is_told():
    only = dict.fromkeys(SEVERAL) | {"slack_token_key": KEY}
    assert list(faults(**only)) == ["SLACK_TOKEN_KEY"]


def test_a_public_address_stands_by_itself():
    assert read_settings(public_url="https://teller.example").public_url is not None


def test_the_sentence_makes_a_key_that_is_one():
    assert keys(f"{KEY} ,{OTHER_KEY}") == [KEY, OTHER_KEY]
    assert read_settings(**SEVERAL).slack_token_key.get_secret_value() == KEY


def test_the_manifest_for_several_workspaces_is_printed():
    told = CliRunner().invoke(cli, ["manifest", "--install", "https://teller.example"])
    assert json.loads(told.output)["oauth_config"]["redirect_urls"] == [
        "https://teller.example/slack/oauth_redirect"
    ]
    refused = CliRunner().invoke(cli, ["manifest", "--install", "http://teller.example"])
    assert refused.exit_code == 2
