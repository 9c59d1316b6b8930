"""Roles that people gave each other, as rows: one of each person, or of each role of a platform's.

Who loses an operator's role, and is the last to have one, keeps it: that is looked at in the same
transaction, and in turn with other processes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.chat.ask import Author, Role
from bot.chat.roles import NamedRole
from bot.desk_memory import RoleChange
from bot.store.database import Database
from bot.store.tables import role_grant


class RoleRows:
    """Rows of roles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def granted(self) -> list[NamedRole]:
        """Everybody who was given a role, the first first."""
        async with self._database.read() as connection:
            return await _all(connection)

    async def grant(
        self, whom: NamedRole, by: Author, at: datetime, *, leave_one: bool
    ) -> RoleChange:
        """Give somebody a role in place of the one they have."""
        async with self._database.write() as connection:
            await self._database.in_turn(connection)
            granted = await _all(connection)
            before = _theirs(granted, whom)
            lost = before is not None and before.role is Role.OPERATOR is not whom.role
            if leave_one and lost and _operators(granted) == 1:
                return RoleChange(before=before, done=False)
            await connection.execute(delete(role_grant).where(_is(whom)))
            await connection.execute(
                insert(role_grant).values(
                    platform=whom.platform,
                    who=whom.who,
                    name=whom.name,
                    role=whom.role.value,
                    by=f"{by.platform}:{by.id}",
                    at=at,
                )
            )
            return RoleChange(before=before, done=True)

    async def revoke(self, whom: NamedRole, *, leave_one: bool) -> RoleChange:
        """Take somebody's role away; nothing is done where they have none."""
        async with self._database.write() as connection:
            await self._database.in_turn(connection)
            granted = await _all(connection)
            before = _theirs(granted, whom)
            if before is None:
                return RoleChange(before=None, done=False)
            if leave_one and before.role is Role.OPERATOR and _operators(granted) == 1:
                return RoleChange(before=before, done=False)
            await connection.execute(delete(role_grant).where(_is(whom)))
            return RoleChange(before=before, done=True)


async def _all(connection: AsyncConnection) -> list[NamedRole]:
    rows = await connection.execute(select(role_grant).order_by(role_grant.c.id))
    return [_named(row) for row in rows]


def _named(row: Row[Any]) -> NamedRole:
    return NamedRole(
        platform=row.platform, who=row.who, role=Role(row.role), name=row.name, by=row.by
    )


def _is(whom: NamedRole) -> ColumnElement[bool]:
    return and_(role_grant.c.platform == whom.platform, role_grant.c.who == whom.who)


def _theirs(granted: list[NamedRole], whom: NamedRole) -> NamedRole | None:
    same = (one for one in granted if (one.platform, one.who) == (whom.platform, whom.who))
    return next(same, None)


def _operators(granted: list[NamedRole]) -> int:
    return sum(one.role is Role.OPERATOR for one in granted)
