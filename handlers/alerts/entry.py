"""An entry of a blog: new, edited or withdrawn."""

from bot.chat.command import alert
from bot.chat.events import EntryPosted
from bot.chat.post import Post, PostKind
from bot.liveblog.markup import blocks


@alert(EntryPosted)
def entry(event: EntryPosted) -> Post:
    """The entry as its blog has it, with the seats that it names."""
    told = event.entry
    return Post(
        kind=PostKind.ENTRY,
        heading=told.heading,
        at=told.published,
        body=blocks(told.body),
        pictures=told.pictures,
        source=event.source,
        contests=tuple(contest.name for contest in event.contests),
        key_event=told.marked,
        edited=event.edited,
        withdrawn=event.withdrawn,
    )
