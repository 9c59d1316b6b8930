"""Settings from the environment or `.env`; all mistakes reported at once."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError


class Settings(BaseSettings):
    """Every setting, by the name that it has in the environment (there in capitals)."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="ignore", hide_input_in_errors=True
    )

    database_url: str = "sqlite:///teller.db"
    night_file: Path | None = None
    fetch_seconds: float = Field(default=20.0, gt=0, le=300)
    fetch_megabytes: float = Field(default=10.0, gt=0, le=1000)
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_api_url: str = "https://slack.com/api/"
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=3000, ge=1, le=65535)
    discord_token: SecretStr | None = None

    @field_validator("log_level", mode="before")
    @classmethod
    def _in_capitals(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value


def read_settings(**given: object) -> Settings:
    """The settings; `given` ones win over the environment.

    Raises `SettingsError` with one line for each fault. A value is never shown: it may be a
    secret.
    """
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except UnicodeDecodeError:
        raise SettingsError("The settings cannot be read: .env is not UTF-8 text.") from None
    except ValidationError as error:
        faults = [
            f"  {'.'.join(str(part) for part in fault['loc']).upper()}: {fault['msg']}"
            for fault in error.errors()
        ]
        raise SettingsError(
            "The settings (environment or .env) have faults; .env.example explains each:\n"
            + "\n".join(faults)
        ) from None
