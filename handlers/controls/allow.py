"""Giving somebody a role."""

import re
from dataclasses import replace

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.chat.roles import NamedRole, read_whom
from bot.chat.wishes import behind
from bot.controls import Roles
from bot.errors import AskError
from bot.ports import Newsroom
from handlers.controls.roles import CALLED

MENTION_THEM = (
    "Mention one person, as in “{command} @ann{role}”, or name them by their id: "
    "slack:U0123456789, or slack:S0123456789 for a user group; discord:123456789012345678, or "
    "discord:role:123456789012345678 for a role."
)
_ROLES = {
    "": Role.DESK,
    "desk": Role.DESK,
    "editor": Role.DESK,
    "operator": Role.OPERATOR,
    "operators": Role.OPERATOR,
}
_SMALL = re.compile(r"\b(?:as|an|a|to|be|the|on|in|at|of|role|please)\b|[,.;!?]", re.IGNORECASE)


@command(
    "allow",
    also=("appoint", "give role"),
    examples=("allow slack:U0123456789 desk", "allow discord:123456789012345678 operator"),
    control=True,
    role=Role.OPERATOR,
)
async def allow(newsroom: Newsroom, roles: Roles, ask: Ask) -> Reply:
    """Let somebody you mention, or name by id, do what the desk does, or operators."""
    whom, rest = one_of(ask, "allow", "appoint", "give role")
    said = " ".join(_SMALL.sub(" ", rest).casefold().split())
    if said not in _ROLES:
        raise AskError(f"I know no role “{said[:40]}”: say desk or operator.")
    given = replace(whom, role=_ROLES[said])
    before = await roles.allow(given, ask.author)
    now = CALLED[given.role]
    if before is not None and before.role is given.role:
        return Reply(title=f"{given.called} is {now} already", value=given.role.value)
    was = () if before is None else (f"Before, {CALLED[before.role]}.",)
    undo = f"disallow {given.platform}:{given.who}"
    return Reply(
        title=f"{given.called} is now {now}",
        lines=(*was, f"“{undo}” takes it back."),
        choices=(Choice(label="Disallow", ask=undo),),
        value=given.role.value,
    )


def one_of(ask: Ask, *commands: str) -> tuple[NamedRole, str]:
    """The one whom words mean, and all other words. Raises `AskError` for none and for several."""
    found, rest = read_whom(behind(ask.text, *commands), ask.author, ask.people)
    if len(found) == 1:
        return found[0], rest
    role = " desk" if commands[0] == "allow" else ""
    sentence = MENTION_THEM.format(command=commands[0], role=role)
    raise AskError(f"One at a time, please. {sentence}" if found else sentence)
