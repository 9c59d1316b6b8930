"""Who has which role: those of the settings, and those that people gave each other from chat."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from bot.chat.ask import Author, Role
from bot.chat.roles import NamedRole
from bot.desk_memory import RoleRows
from bot.errors import AskError
from bot.ports import Clock, HasGroups

log = structlog.get_logger()

LAST_OPERATOR = (
    "{} is the only operator, and with none everybody who manages a channel would be one. “allow” "
    "another operator first."
)


class Roles:
    """Gives and takes roles. What the `settings` give, chat does not take away.

    `groups` are the platforms that have to be asked who is in a group, by name.
    """

    def __init__(
        self,
        *,
        rows: RoleRows,
        settings: Sequence[NamedRole],
        clock: Clock,
        groups: Mapping[str, HasGroups] | None = None,
    ) -> None:
        self._rows = rows
        self._settings = tuple(settings)
        self._clock = clock
        self._groups = {} if groups is None else groups

    async def named(self) -> Sequence[NamedRole]:
        """Everybody who was given a role, those of the settings first."""
        return (*self._settings, *await self._rows.granted())

    async def known(self, author: Author) -> Author:
        """Somebody with those of the named groups that they are in; no others are asked for."""
        platform = self._groups.get(author.platform)
        if platform is None:
            return author
        named = {
            one.group
            for one in await self.named()
            if one.platform == author.platform
            and one.group is not None
            # Those of another workspace are none of theirs.
            and one.workspace == author.id.rpartition("/")[0]
        }
        theirs = [group for group in sorted(named) if author.id in await platform.members(group)]
        return replace(author, groups=author.groups.union(theirs)) if theirs else author

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
