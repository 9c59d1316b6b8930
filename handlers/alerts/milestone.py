"""Reminders, and moves of the timetable."""

from collections.abc import Sequence

from bot.chat.command import alert
from bot.chat.events import EstimateMoved, Meanwhile, MilestoneDue
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice
from bot.election.contest import Contest, MilestoneKind
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
    """A reminder: what is expected, when, and where; and what is otherwise since it went out."""
    otherwise = {one.contest.id for one in event.meanwhile}
    waiting = tuple(contest for contest in event.contests if contest.id not in otherwise)
    heading, *details = _still_true(event, waiting) if waiting else [_true_no_more(event)]
    return Post(
        kind=PostKind.REMINDER,
        heading=heading,
        at=event.due,
        body=voice.paragraphs(*details, *map(_by_now, event.meanwhile)),
        contests=tuple(contest.name for contest in event.contests),
        edited=event.changed,
        late=event.late,
        choices=_any_word(waiting) if event.minutes < 0 else (),
    )


def _still_true(event: MilestoneDue, waiting: Sequence[Contest]) -> list[str]:
    """The heading, and the sentences, on the contests that wait as they were said to."""
    seats = voice.seats(waiting)
    left = event.expected.at - event.due
    if event.minutes < 0:
        detail = f"It was expected {voice.expected(event.expected)}; any word?"
        return [f"{seats}: declaration overdue", detail]
    if event.minutes == 0:
        return [_NOW[event.kind].format(seats=seats)]
    # A late reminder counts from the moment it comes, not from when it was due.
    left -= event.late or left * 0
    detail = f"Expected {voice.expected(event.expected)}."
    if event.kind is MilestoneKind.POLLS_CLOSE:
        detail = f"At {voice.clock(event.expected.at)}."
    # Where to go is said with the declaration alone, and in time to get there.
    ahead = event.kind is MilestoneKind.DECLARATION
    where = [f"{c.name} counts at {c.venue}." for c in waiting if c.venue and ahead]
    return [_BEFORE[event.kind].format(seats=seats, span=voice.span(left)), detail, *where]


def _true_no_more(event: MilestoneDue) -> str:
    """The heading where none of its contests waits as it was said to."""
    seats = voice.seats(event.contests)
    if event.minutes < 0:
        return f"{seats}: declaration no longer overdue"
    what = voice.milestone(event.kind)
    return f"{seats}: {what} no longer expected {voice.expected(event.expected)}"


def _by_now(one: Meanwhile) -> str:
    """What is true of a contest by now."""
    if one.declaration is not None:
        won = voice.headline(one.contest, one.declaration.value)
        return f"{one.contest.name} has declared: {won}."
    if one.over:
        return f"{one.contest.name} has declared."
    if one.expected is None:
        return f"{one.contest.name}: nobody says any more when."
    return f"{one.contest.name}: now expected {voice.expected(one.expected)}."


def _any_word(overdue: Sequence[Contest]) -> tuple[Choice, ...]:
    """What somebody at the desk may know of counts that are overdue."""
    seats = overdue[:MOST_ASKED_ABOUT]
    several = len(overdue) > 1
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
