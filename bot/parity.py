"""The page that says how each command is asked on each platform: `python -m bot.parity`."""

import sys
from collections.abc import Sequence

from bot.app import read_catalogue
from bot.chat.ask import Role
from bot.chat.catalogue import Catalogue
from bot.chat.command import Command
from bot.platforms.discord.commands import Slash, listed
from bot.platforms.slack.conversation import COMMAND

PAGE = """\
# What can be asked, and where

`.venv/bin/python -m bot.parity > docs/commands.md` writes this page, from the same declarations
that the platforms are given. A test fails where it is out of date, and where a command works on
one platform and not on another.

Here stands for each command how it is typed at the terminal, as Slack's slash command and as
Discord's. The terminal's words work after `@Teller` in Slack and Discord too, and alone in a direct
message; so does every other way to say the same.

{table}

Who is of the desk and who is an operator is named in the settings (`DESK`, `OPERATORS`), or from
chat with `allow`. Besides, who manages a channel is of the desk there: in Discord with *Manage
Channels*, in Slack, which does not say who manages, everybody until somebody of Slack was named for
the desk. As long as nobody is named as an operator, they are operators too. Whoever sits at the
terminal of `teller run` always is one. `remind us` and what else concerns the reminders of a whole
channel is the desk's.

## Forms

{forms}
"""
WHO = {Role.EVERYONE: "everybody", Role.DESK: "the desk", Role.OPERATOR: "operators"}
FORMS = """\
{named} can be filled in as well. In Slack a button or a shortcut opens the form; in Discord a
button, or the slash command without words. At the terminal they are typed."""


def page(catalogue: Catalogue) -> str:
    """The whole page, as markdown."""
    named = " and ".join(f"`{name}`" for name in sorted(d.name for d in catalogue.dialogs))
    forms = FORMS.format(named=named) if named else "There are none."
    return PAGE.format(table=table(catalogue.commands), forms=forms)


def table(commands: Sequence[Command]) -> str:
    """A row for each command: how it is asked on each platform, and by whom."""
    rows = [
        ("command", "terminal", "Slack", "Discord", "who"),
        ("---",) * 5,
        *(_row(slash) for slash in sorted(listed(commands), key=lambda one: one.command.name)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(slash: Slash) -> tuple[str, ...]:
    command = slash.command
    example = command.examples[0]
    return (
        f"`{command.name}`",
        f"`{example}`",
        f"`{COMMAND} {example}`",
        f"`{slash.usage}`",
        WHO[command.needs],
    )


if __name__ == "__main__":
    sys.stdout.write(page(read_catalogue()))
