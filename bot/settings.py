"""Settings from the environment or `.env`; all mistakes reported at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.chat.ask import Channel, Role
from bot.chat.roles import NamedRole, read_named
from bot.errors import SettingsError
from bot.record.files import BUNDLED
from bot.record.record import Record, open_record
from bot.slack_settings import slack_faults
from bot.sources.guard import Guard

CHANNEL = re.compile(r"slack:(?:[TE][A-Z0-9]+/)?[CGD][A-Z0-9]+|discord:[0-9]{15,20}")
_NOBODY = (
    "number {number} of those named is nobody; write a person as slack:U0123456789 or "
    "discord:123456789012345678, a user group of Slack's as slack:S0123456789, and a role of "
    "Discord's as discord:role:123456789012345678"
)
_NO_CHANNEL = (
    "it is no channel; write it with its platform, as in slack:C0123456789 or "
    "discord:123456789012345678"
)


class Settings(BaseSettings):
    """Every setting, by the name that it has in the environment (there in capitals)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = "sqlite:///teller.db"
    night_file: Path | None = None
    record_folder: Path = Path("teller-record")
    fetch_seconds: float = Field(default=20.0, gt=0, le=300)
    fetch_megabytes: float = Field(default=10.0, gt=0, le=1000)
    fetch_allow: Annotated[tuple[str, ...], NoDecode] = ()
    guardian_api_key: SecretStr | None = None
    pa_folder: Path | None = None
    democracy_club_url: str | None = Field(default=None, pattern=r"^https?://[^\s/]+")
    democracy_club_key: SecretStr | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_token_key: SecretStr | None = None
    public_url: str | None = None
    slack_api_url: str = "https://slack.com/api/"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=3000, ge=1, le=65535)
    operator_channel: str | None = None
    desk: Annotated[tuple[str, ...], NoDecode] = ()
    operators: Annotated[tuple[str, ...], NoDecode] = ()
    round_up_items: int = Field(default=10, ge=1, le=1000)
    round_up_minutes: float = Field(default=5.0, gt=0, le=1440)
    lanes_at_once: int | None = Field(default=None, ge=1, le=1000)
    confirm_people: int = Field(default=2, ge=1, le=2)
    confirm_pause: float = Field(default=60.0, ge=0, le=3600)
    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    forget_when_removed: bool = False
    discord_token: SecretStr | None = None
    discord_api_url: str = "https://discord.com/api/v10"
    discord_gateway_url: str | None = None
    discord_shards: str | None = None
    discord_message_content: bool = False
    discord_crosspost: bool = False
    discord_guilds: Annotated[tuple[int, ...], NoDecode] = ()

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("fetch_allow", "discord_guilds", "desk", "operators", mode="before")
    @classmethod
    def _at_commas(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("operator_channel")
    @classmethod
    def _a_channel(cls, value: str | None) -> str | None:
        if value is not None and not CHANNEL.fullmatch(value):
            raise PydanticCustomError("operator_channel", _NO_CHANNEL)
        return value

    @field_validator("desk", "operators")
    @classmethod
    def _somebody(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for number, one in enumerate(value, 1):
            if read_named(one, Role.DESK) is None:
                raise PydanticCustomError("nobody", _NOBODY, {"number": number})
        return value

    @property
    def named(self) -> tuple[NamedRole, ...]:
        """Everybody who has a role by the settings."""
        given = ((self.operators, Role.OPERATOR), (self.desk, Role.DESK))
        read = [read_named(one, role) for listed, role in given for one in listed]
        return tuple(one for one in read if one is not None)

    @property
    def operator(self) -> Channel | None:
        """The channel that hears of trouble; None for none."""
        if self.operator_channel is None:
            return None
        platform, _, channel = self.operator_channel.partition(":")
        return Channel(platform=platform, id=channel)

    def record(self) -> Record:
        """What every seat did: the record in its folder, else the bundled one."""
        return open_record(self.record_folder if self.record_folder.exists() else BUNDLED)

    @field_validator("fetch_allow")
    @classmethod
    def _hosts_or_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        try:
            Guard(value)
        except ValueError as error:
            raise PydanticCustomError("fetch_allow", "{why}", {"why": str(error)}) from None
        return value


def read_settings(**given: object) -> Settings:
    """The settings; `given` ones win over the environment.

    Raises `SettingsError` with one line for each fault. A value is never shown: it may be a
    secret.
    """
    try:
        settings = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except UnicodeDecodeError:
        raise SettingsError("The settings cannot be read: .env is not UTF-8 text.") from None
    except ValidationError as error:
        faults = [
            f"  {'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise _faulty(faults) from None
    if faults := [f"  {name}: {why}" for name, why in _contradictions(settings)]:
        raise _faulty(faults)
    return settings


def _contradictions(settings: Settings) -> Iterator[tuple[str, str]]:
    """Settings that are sound each, and not together."""
    yield from _unreachable(settings)
    for one in settings.named:
        if one.platform == "slack" and settings.slack_client_id is not None and not one.workspace:
            yield (
                "DESK" if one.role is Role.DESK else "OPERATORS",
                f"with SLACK_CLIENT_ID there are several workspaces: name that of {one.called} "
                "too, as in slack:T0123456789/U0123456789",
            )
    if settings.democracy_club_key is not None and settings.democracy_club_url is None:
        yield (
            "DEMOCRACY_CLUB_KEY",
            "it is of no use without DEMOCRACY_CLUB_URL (https://candidates.democracyclub.org.uk)",
        )
    if settings.metrics_port == settings.http_port:
        yield "METRICS_PORT", "it is HTTP_PORT already; give one of them another port"
    yield from slack_faults(
        bot_token=reveal(settings.slack_bot_token),
        app_token=reveal(settings.slack_app_token),
        signing_secret=reveal(settings.slack_signing_secret),
        client_id=settings.slack_client_id,
        client_secret=reveal(settings.slack_client_secret),
        token_key=reveal(settings.slack_token_key),
        public_url=settings.public_url,
    )


def _unreachable(settings: Settings) -> Iterator[tuple[str, str]]:
    """What is wrong with the operator channel, given the platforms that are set."""
    operator = settings.operator
    if operator is None:
        return
    one, several = settings.slack_bot_token is not None, settings.slack_client_id is not None
    if operator.platform == "discord" and settings.discord_token is None:
        yield "OPERATOR_CHANNEL", "it is in Discord, and DISCORD_TOKEN is not set"
    if operator.platform == "slack" and not one and not several:
        yield (
            "OPERATOR_CHANNEL",
            "it is in Slack, and neither SLACK_BOT_TOKEN nor SLACK_CLIENT_ID is set",
        )
    if operator.platform == "slack" and several and "/" not in operator.id:
        yield (
            "OPERATOR_CHANNEL",
            "with SLACK_CLIENT_ID there are several workspaces: name its own too, as in "
            "slack:T0123456789/C0123456789",
        )


def reveal(secret: SecretStr | None) -> str | None:
    """A secret as it is sent."""
    return None if secret is None else secret.get_secret_value()


def _faulty(faults: list[str]) -> SettingsError:
    return SettingsError(
        "The settings (environment or .env) have faults; .env.example explains each:\n"
        + "\n".join(faults)
    )
