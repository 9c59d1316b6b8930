"""A blog that cannot be read, is back, or is gone."""

from bot.chat.command import alert
from bot.chat.events import SourceBack, SourceEnded, SourceOut
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
