"""Who may do what."""

from bot.chat.ask import Ask, Role
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.chat.roles import AT_THE_MACHINE, Asker, NamedRole
from bot.controls import Roles
from bot.ports import Newsroom
from handlers import voice

SHOWN = 20
MOST_BUTTONS = 8
CALLED = {Role.DESK: "of the desk", Role.OPERATOR: "an operator", Role.EVERYONE: "everybody"}
ABOUT = (
    "The desk sets what channels get and records figures; operators give roles and let Teller "
    "listen. Everybody may ask, and be reminded alone."
)
NO_OPERATOR = "Nobody is named as an operator: until somebody is, who manages a channel is one."
MANAGES = "Besides, who manages a channel is of the desk there."


@command("roles", also=("list roles", "permissions"), examples=("roles",), role=Role.DESK)
async def roles(newsroom: Newsroom, roles: Roles, asker: Asker, ask: Ask) -> Reply:
    """Who was given a role, and by whom."""
    named = await roles.named()
    seen = [one for one in named if is_seen(one, ask)]
    lines = [f"· {one.called} is {CALLED[one.role]}, {_by(one)}." for one in seen[:SHOWN]]
    if len(seen) > SHOWN:
        lines.append(f"And {len(seen) - SHOWN} more.")
    if len(named) > len(seen):
        lines.append(f"Elsewhere {voice.number(len(named) - len(seen))} more have a role.")
    if not any(one.role is Role.OPERATOR for one in named):
        lines.append(NO_OPERATOR)
    else:
        lines.append(MANAGES)
    given = [one for one in seen if one.by is not None]
    choices = tuple(
        Choice(label=f"Disallow {one.called}", ask=f"disallow {one.platform}:{one.who}")
        for one in (given if asker.role is Role.OPERATOR else ())[:MOST_BUTTONS]
    )
    title = f"You are {CALLED[asker.role]}; {voice.number(len(named))} named in all"
    return Reply(
        title=title,
        lines=(ABOUT, *lines),
        choices=choices,
        value=[f"{one.platform}:{one.who} {one.role}" for one in seen],
        private=True,
    )


def is_seen(one: NamedRole, ask: Ask) -> bool:
    """A workspace sees its own people, and whoever sits at the machine sees them all."""
    if ask.channel.platform in AT_THE_MACHINE:
        return True
    if one.platform != ask.channel.platform:
        return False
    return one.workspace == ask.author.id.rpartition("/")[0]


def _by(one: NamedRole) -> str:
    return "by the settings" if one.by is None else f"allowed by {one.by}"
