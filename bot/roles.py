"""Who has which role: those of the settings, and those that people gave each other from chat."""

from collections.abc import Sequence

import structlog

from bot.chat.ask import Author, Role
from bot.chat.roles import NamedRole
from bot.errors import AskError
from bot.memory import RoleRows
from bot.ports import Clock

log = structlog.get_logger()

LAST_OPERATOR = (
    "{} is the only operator, and with none everybody who manages a channel would be one. “allow” "
    "another operator first."
)


class Roles:
    """Gives and takes roles. What the `settings` give, chat does not take away."""

    def __init__(self, *, rows: RoleRows, settings: Sequence[NamedRole], clock: Clock) -> None:
        self._rows = rows
        self._settings = tuple(settings)
        self._clock = clock

    async def named(self) -> Sequence[NamedRole]:
        """Everybody who was given a role, those of the settings first."""
        return (*self._settings, *await self._rows.granted())

    async def allow(self, whom: NamedRole, by: Author) -> NamedRole | None:
        """Give somebody a role in place of the one that chat gave them, which is returned.

        Raises `AskError` where nobody would be an operator any more.
        """
        done = await self._rows.grant(whom, by, self._clock.now(), leave_one=self._leave_one)
        if not done.done:
            raise AskError(LAST_OPERATOR.format(whom.called))
        log.info("role.given", who=f"{whom.platform}:{whom.who}", role=whom.role.value, by=by.id)
        return done.before

    async def disallow(self, whom: NamedRole) -> NamedRole:
        """Take back what chat gave somebody, whatever it is.

        Raises `AskError` where that is nothing, and where nobody would be an operator any more.
        """
        done = await self._rows.revoke(whom, leave_one=self._leave_one)
        if not done.done and done.before is not None:
            raise AskError(LAST_OPERATOR.format(done.before.called))
        if done.before is None:
            if any((one.platform, one.who) == (whom.platform, whom.who) for one in self._settings):
                raise AskError(
                    f"{whom.called} has a role by the settings: take it out of DESK or OPERATORS "
                    "there, and start Teller again."
                )
            raise AskError(f"Nobody gave {whom.called} a role. “roles” lists who has one.")
        log.info("role.taken", who=f"{whom.platform}:{whom.who}", role=done.before.role.value)
        return done.before

    @property
    def _leave_one(self) -> bool:
        """Whether an operator has to be left among those of chat, as the settings name none."""
        return not any(one.role is Role.OPERATOR for one in self._settings)
