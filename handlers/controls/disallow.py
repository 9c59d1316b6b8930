"""Taking a role back."""

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.controls import Roles
from bot.ports import Newsroom
from handlers.controls.allow import one_of
from handlers.controls.roles import CALLED


@command(
    "disallow",
    also=("dismiss", "take role", "not allow", "no longer allow"),
    examples=("disallow slack:U0123456789",),
    control=True,
    role=Role.OPERATOR,
)
async def disallow(newsroom: Newsroom, roles: Roles, ask: Ask) -> Reply:
    """Take back the role that somebody was given from chat."""
    whom, _ = one_of(ask, "disallow", "dismiss", "take role", "allow")
    before = await roles.disallow(whom)
    called = before.name or whom.called
    return Reply(title=f"{called} is no longer {CALLED[before.role]}", value=before.role.value)
