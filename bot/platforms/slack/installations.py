"""Installations with their secrets encrypted, by a key that stands outside the database."""

from collections.abc import Callable, Sequence
from copy import copy
from typing import Protocol, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.bot import Bot
from slack_sdk.oauth.installation_store.models.installation import Installation

from bot.errors import StoreError

_SECRETS = (
    "bot_token",
    "bot_refresh_token",
    "user_token",
    "user_refresh_token",
    "incoming_webhook_url",
)

Entity = TypeVar("Entity", Bot, Installation)


class Kept(Protocol):
    """Where installations are kept; what is secret in them comes encrypted, and goes so."""

    async def async_save(self, installation: Installation) -> None:
        """Keep it instead of an older one of the same workspace."""

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep the bot's part of one."""

    async def async_find_bot(self, *, enterprise_id: str | None, team_id: str | None) -> Bot | None:
        """The newest of a workspace."""

    async def async_find_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> Installation | None:
        """The newest of a workspace, or of a person in it."""

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        """Forget the bot's part."""

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget the rest."""

    async def async_bots(self) -> Sequence[Bot]:
        """The newest of every workspace."""

    async def async_rewrite(self, change: Callable[[str], str]) -> int:
        """Change every secret; how many are another than before."""


class SealedInstallations(AsyncInstallationStore):
    """The installations of workspaces, each by the id of its team alone.

    Ids of teams are unique by themselves, and not every event of a workspace inside an
    organisation names the organisation. `keys` are Fernet keys: the first encrypts, all decrypt.
    """

    def __init__(self, kept: Kept, keys: Sequence[str]) -> None:
        self._kept = kept
        self._first = Fernet(keys[0])
        self._keys = MultiFernet([Fernet(key) for key in keys])

    async def async_save(self, installation: Installation) -> None:
        """Keep an installation."""
        await self._kept.async_save(self._sealed(installation))

    async def async_save_bot(self, bot: Bot) -> None:
        """Keep the bot's part of one."""
        await self._kept.async_save_bot(self._sealed(bot))

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None = None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """A workspace's bot; None where it is not installed.

        Raises `StoreError` where none of the keys reads its token.
        """
        if team_id is None:
            return None
        return self._open(await self._kept.async_find_bot(enterprise_id=None, team_id=team_id))

    async def async_find_installation(
        self,
        *,
        enterprise_id: str | None = None,
        team_id: str | None,
        user_id: str | None = None,
        is_enterprise_install: bool | None = False,
    ) -> Installation | None:
        """A workspace's installation; raises as `async_find_bot` does."""
        if team_id is None:
            return None
        return self._open(
            await self._kept.async_find_installation(
                enterprise_id=None, team_id=team_id, user_id=user_id
            )
        )

    async def async_delete_bot(
        self, *, enterprise_id: str | None = None, team_id: str | None
    ) -> None:
        """Forget a workspace's bot."""
        await self._kept.async_delete_bot(enterprise_id=None, team_id=team_id)

    async def async_delete_installation(
        self, *, enterprise_id: str | None = None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """Forget a workspace's installation."""
        await self._kept.async_delete_installation(
            enterprise_id=None, team_id=team_id, user_id=user_id
        )

    async def teams(self) -> Sequence[str]:
        """The ids of all workspaces, whether or not a key reads their tokens."""
        return [bot.team_id for bot in await self._kept.async_bots() if bot.team_id is not None]

    async def installed_at(self, team_id: str | None) -> float | None:
        """When a workspace was installed, in Unix time; None where it is not."""
        bot = await self._kept.async_find_bot(enterprise_id=None, team_id=team_id)
        return None if bot is None else bot.installed_at

    async def reseal(self) -> int:
        """Encrypt with the first key what an older one encrypted; how many secrets that were.

        What no key reads stays as it is: the key may come back.
        """
        return await self._kept.async_rewrite(self._by_the_first)

    def _by_the_first(self, secret: str) -> str:
        try:
            self._first.decrypt(secret)
        except InvalidToken:
            try:
                return self._keys.rotate(secret).decode()
            except InvalidToken:
                pass
        return secret

    def _sealed(self, plain: Entity) -> Entity:
        sealed = copy(plain)
        sealed.enterprise_id = None
        for name in _SECRETS:
            if secret := getattr(plain, name, None):
                setattr(sealed, name, self._keys.encrypt(secret.encode()).decode())
        return sealed

    def _open(self, sealed: Entity | None) -> Entity | None:
        if sealed is None:
            return None
        for name in _SECRETS:
            if secret := getattr(sealed, name, None):
                try:
                    setattr(sealed, name, self._keys.decrypt(secret).decode())
                except InvalidToken:
                    raise StoreError(
                        f"The token of the Slack workspace {sealed.team_id} cannot be read with "
                        "SLACK_TOKEN_KEY: put the key that it was kept with back into it, behind "
                        "a comma, or install Teller there again."
                    ) from None
        return sealed
