"""What an entry says otherwise than it is known: a note for the desk."""

from bot.chat.command import alert
from bot.chat.events import Checked
from bot.chat.post import Post, PostKind
from bot.liveblog.markup import Block, BlockKind, Span, Style
from handlers import voice

_QUOTED = frozenset({Style.EMPHASIS})


@alert(Checked)
def check(event: Checked) -> Post:
    """The words of the entry, what is known instead, and by whom."""
    entry = event.entry
    body: list[Block] = []
    for slip in event.slips:
        quoted = Span(text=f"“{slip.words}”", styles=_QUOTED)
        body.append(Block(kind=BlockKind.PARAGRAPH, spans=(quoted,)))
        body += voice.paragraphs(f"{slip.fact} ({slip.source.name})")
    first = entry.heading or "an entry without a heading"
    return Post(
        kind=PostKind.CHECK,
        heading=f"Check {voice.clock(entry.published)}: {first}",
        at=entry.published,
        body=tuple(body),
        source=event.source,
        contests=tuple(contest.name for contest in event.contests),
        edited=event.edited,
        withdrawn=event.cleared,
    )
