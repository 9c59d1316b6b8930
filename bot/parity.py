"""The page that says how each command is asked on each platform: `python -m bot.parity`."""

import sys
from collections.abc import Sequence

from bot.app import read_catalogue
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

Whatever changes what a channel gets asks in Discord for *Manage Channels* there; Slack and the
terminal leave it to everybody who is in the channel. In direct messages everybody may: the channel
is their own.

## Forms

{forms}
"""
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
        "who manages the channel" if command.control else "everybody",
    )


if __name__ == "__main__":
    sys.stdout.write(page(read_catalogue()))
