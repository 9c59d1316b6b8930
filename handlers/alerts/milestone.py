"""Reminders, and moves of the timetable."""

from bot.chat.command import alert
from bot.chat.events import EstimateMoved, MilestoneDue
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice
from bot.election.contest import MilestoneKind
from handlers import voice

# More buttons than these nobody reads.
MOST_ASKED_ABOUT = 3
_NOW = {
    MilestoneKind.POLLS_CLOSE: "Polls have closed in {seats}",
    MilestoneKind.BOXES: "{seats}: first ballot boxes expected about now",
    MilestoneKind.TURNOUT: "{seats}: turnout expected about now",
    MilestoneKind.DECLARATION: "{seats}: declaration expected about now",
}
_BEFORE = {
    MilestoneKind.POLLS_CLOSE: "Polls close in {seats} in {span}",
    MilestoneKind.BOXES: "{seats}: first ballot boxes expected in {span}",
    MilestoneKind.TURNOUT: "{seats}: turnout expected in {span}",
    MilestoneKind.DECLARATION: "{seats}: declaration expected in {span}",
}


@alert(MilestoneDue)
def milestone(event: MilestoneDue) -> Post:
    """A reminder: what is expected, when, and where."""
    seats = voice.seats(event.contests)
    left = event.expected.at - event.due
    if event.minutes < 0:
        heading = f"{seats}: declaration overdue"
        detail = f"It was expected {voice.expected(event.expected)}; any word?"
    elif event.minutes == 0:
        heading = _NOW[event.kind].format(seats=seats)
        detail = ""
    else:
        # A late reminder counts from the moment it comes, not from when it was due.
        left -= event.late or left * 0
        heading = _BEFORE[event.kind].format(seats=seats, span=voice.span(left))
        detail = f"Expected {voice.expected(event.expected)}."
        if event.kind is MilestoneKind.POLLS_CLOSE:
            detail = f"At {voice.clock(event.expected.at)}."
    # Where to go is said with the declaration alone, and in time to get there.
    ahead = event.kind is MilestoneKind.DECLARATION and event.minutes > 0
    where = [f"{c.name} counts at {c.venue}." for c in event.contests if c.venue and ahead]
    return Post(
        kind=PostKind.REMINDER,
        heading=heading,
        at=event.due,
        body=voice.paragraphs(detail, *where),
        contests=tuple(contest.name for contest in event.contests),
        late=event.late,
        choices=_any_word(event) if event.minutes < 0 else (),
    )


def _any_word(event: MilestoneDue) -> tuple[Choice, ...]:
    """What somebody at the desk may know of counts that are overdue."""
    seats = event.contests[:MOST_ASKED_ABOUT]
    several = len(event.contests) > 1
    of = {contest.id: f"{contest.name}: " if several else "" for contest in seats}
    return tuple(
        choice
        for contest in seats
        for choice in (
            Choice(label=f"{of[contest.id]}half an hour more", ask=f"delay {contest.name} 30m"),
            Choice(label=f"{of[contest.id]}a recount", ask=f"record recount {contest.name}"),
            Choice(label=f"{of[contest.id]}result …", ask="record", form="record"),
        )
    )


@alert(EstimateMoved)
def moved(event: EstimateMoved) -> Post:
    """A milestone is expected at another time than channels were told."""
    what = voice.milestone(event.kind)
    was = f" It was expected {voice.expected(event.before)}." if event.before else ""
    return Post(
        kind=PostKind.TIMETABLE,
        heading=f"{event.contest.name}: {what} now expected {voice.expected(event.expected)}",
        at=event.at,
        body=voice.paragraphs(f"Says {event.source.name}.{was} Reminders have moved with it."),
        source=event.source,
        contests=(event.contest.name,),
    )
