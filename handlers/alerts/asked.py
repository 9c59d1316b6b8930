"""Reminders that somebody asked for."""

from datetime import timedelta

from bot.chat.command import alert
from bot.chat.events import AskedFor
from bot.chat.post import Post, PostKind
from handlers import voice

_NONE = timedelta(0)


@alert(AskedFor)
def asked(event: AskedFor) -> Post:
    """What to be reminded of, by whom, and what it waits for."""
    seat = "" if event.contest is None else event.contest.name
    heading, detail = event.words or "It is time", ""
    if event.kind is not None and seat:
        what = f"{seat}: {voice.milestone(event.kind)}"
        if event.over:
            waited, detail = f"{what} has come", "There is nothing left to wait for."
        elif event.expected is not None and event.expected.at > event.due + (event.late or _NONE):
            left = event.expected.at - event.due - (event.late or _NONE)
            waited = f"{what} in {voice.span(left)}"
            detail = f"Expected {voice.expected(event.expected)}."
        else:
            waited = f"{what} about now"
        heading = f"{event.words} ({waited})" if event.words else waited
    return Post(
        kind=PostKind.REMINDER,
        heading=heading,
        at=event.due,
        body=voice.paragraphs(detail, f"{event.author} asked for this." if event.author else ""),
        contests=(seat,) if seat else (),
        late=event.late,
    )
