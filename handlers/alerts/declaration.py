"""A seat has declared."""

from bot.chat.command import alert
from bot.chat.events import Declared
from bot.chat.post import Post, PostKind
from bot.liveblog.markup import Block, BlockKind, Span
from handlers import voice


@alert(Declared)
def declaration(event: Declared) -> Post:
    """Who won, by how much, and what changed."""
    contest, figure = event.contest, event.declaration
    counted = figure.value.result
    votes = () if counted is None else counted.votes
    rows = tuple(
        Block(
            kind=BlockKind.ITEM,
            spans=(
                Span(
                    text=f"{line.candidacy.name} ({line.candidacy.party.short}) "
                    f"{voice.number(line.votes)}"
                ),
            ),
        )
        for line in votes
    )
    return Post(
        kind=PostKind.DECLARATION,
        heading=f"{contest.name}: {voice.headline(contest, figure.value)}",
        at=figure.at,
        body=voice.paragraphs(*voice.declared(contest, figure.value)) + rows,
        source=figure.source,
        contests=(contest.name,),
        key_event=True,
        edited=event.corrected,
        withdrawn=event.withdrawn,
    )
