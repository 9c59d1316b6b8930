"""What the bot can be asked."""

from bot.chat.catalogue import Catalogue
from bot.chat.command import Command, command
from bot.chat.reply import Reply, Table
from bot.ports import Newsroom


@command(
    "help",
    also=(
        "commands",
        "what can you do",
        "what can I ask",
        "what questions",
        "what do you know",
        "how do I use",
        "how does this work",
    ),
    examples=("help", "help turnout", "what can you do?"),
)
async def help_(newsroom: Newsroom, catalogue: Catalogue, topic: str) -> Reply:
    """Everything I can be asked, or how to ask one thing."""
    about = catalogue.match(topic) if topic else None
    if about is not None:
        return _one(about.command)
    return Reply(
        title="What you can ask",
        lines=("Plain words will do. A seat's name alone tells how it stands there.",),
        table=Table(
            columns=("", "", "for example"),
            rows=tuple((c.name, c.summary, c.examples[0]) for c in catalogue.commands),
        ),
        value=[c.name for c in catalogue.commands],
    )


def _one(about: Command) -> Reply:
    return Reply(
        title=about.name,
        lines=(about.summary, *(f"· {example}" for example in about.examples)),
        value=list(about.examples),
    )
