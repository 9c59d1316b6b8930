"""A blog that cannot be read, is back, is gone, or cannot make up its mind."""

from bot.chat.command import alert
from bot.chat.events import SourceAlternates, SourceBack, SourceEnded, SourceOut
from bot.chat.post import Post, PostKind
from handlers import voice


@alert(SourceOut)
def out(event: SourceOut) -> Post:
    """That it is tried again, and what that means meanwhile."""
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.name} cannot be read",
        at=event.at,
        body=voice.paragraphs(
            voice.sentence(event.why),
            "It is tried again all the time. What was posted stays; new entries and corrections "
            "come once it can be read.",
        ),
    )


@alert(SourceBack)
def back(event: SourceBack) -> Post:
    """For how long it was away."""
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.name} can be read again",
        at=event.at,
        body=voice.paragraphs(
            f"It could not since {voice.clock(event.since)}, for "
            f"{voice.span(event.at - event.since)}. What came meanwhile follows."
        ),
    )


@alert(SourceEnded)
def ended(event: SourceEnded) -> Post:
    """That it is not looked at any more."""
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.name} has ended",
        at=event.at,
        body=voice.paragraphs(
            voice.sentence(event.why),
            "If it goes on elsewhere, follow it there.",
        ),
    )


@alert(SourceAlternates)
def alternates(event: SourceAlternates) -> Post:
    """What may be behind it, and that it is no reason to worry about what stands here."""
    return Post(
        kind=PostKind.NOTICE,
        heading=f"{event.name} goes back and forth",
        at=event.at,
        body=voice.paragraphs(
            f"“{event.heading}” keeps changing between the same two texts, as where two servers "
            "of a blog disagree. Its message here changes with it; nothing is posted twice.",
            "Ask the blog which text is the right one before you use it.",
        ),
    )
