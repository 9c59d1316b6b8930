"""Reminders that somebody asked for."""

from datetime import timedelta

from bot.chat.command import alert
from bot.chat.events import AskedFor
from bot.chat.post import Post, PostKind
from bot.election.contest import Stage
from handlers import voice

_NONE = timedelta(0)


@alert(AskedFor)
def asked(event: AskedFor) -> Post:
    """What to be reminded of, by whom, and what it waits for."""
    if event.wanted is not None:
        return _come(event)
    seat = "" if event.contest is None or event.kind is None else event.contest.name
    heading, detail = event.words or "It is time", ""
    if event.kind is not None and seat:
        what = f"{seat}: {voice.milestone(event.kind)}"
        if event.over:
            waited, detail = f"{what} has come", "There is nothing left to wait for."
        elif event.told is not None:
            waited = f"{what} no longer expected at {voice.clock(event.told)}"
            detail = "Nobody says any more when."
            if event.expected is not None:
                detail = f"Now expected {voice.expected(event.expected)}."
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
        edited=event.changed,
        late=event.late,
    )


def _come(event: AskedFor) -> Post:
    """How far a count has come that somebody waited for, and the result where there is one."""
    contest, declared = event.contest, event.declaration
    known = declared or event.stage
    waited, told = "It has come", tuple[str, ...]()
    if contest is not None and declared is not None:
        waited = f"{contest.name}: {voice.headline(contest, declared.value)}"
        told = voice.declared(contest, declared.value)
        if event.wanted is Stage.RECOUNT:
            told = (*told, "I know of no recount that is to come.")
    elif contest is not None and event.stage is not None:
        waited = f"{contest.name}: {voice.stage(event.stage.value)}"
    if contest is not None and event.wanted is Stage.DECLARED and not _declared(event):
        waited = f"{contest.name} has not declared: what was said is taken back"
    return Post(
        kind=PostKind.REMINDER,
        heading=f"{event.words} ({waited})" if event.words else waited,
        at=event.due,
        body=voice.paragraphs(*told, f"{event.author} asked for this." if event.author else ""),
        source=None if known is None else known.source,
        contests=() if contest is None else (contest.name,),
        edited=event.changed,
        late=event.late,
    )


def _declared(event: AskedFor) -> bool:
    return event.stage is not None and event.stage.value is Stage.DECLARED
