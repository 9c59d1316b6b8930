"""A seat has declared; and what of it turned out to be wrong."""

from bot.chat.chart import Chart
from bot.chat.command import alert
from bot.chat.events import Declared, Overruled
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice
from bot.election.contest import MANY_SEATS, Contest
from bot.election.figure import Standing
from bot.election.result import CandidateVotes, Declaration, Result
from bot.liveblog.markup import Block, BlockKind, Span
from bot.record.ranking import Measure
from handlers import charts, voice
from handlers.counts import turnout_declared

_MOST = {
    Measure.OVERTURNED: "The largest majority overturned",
    Measure.SWING: "The largest swing",
    Measure.MAJORITY: "The largest majority",
}
_SAID = {
    Standing.OFFICIAL: "Official.",
    Standing.PROVISIONAL: "Provisional: nobody has confirmed it yet.",
}


@alert(Declared)
def declaration(event: Declared) -> Post:
    """Who won, by how much, what changed, and how the night stands."""
    contest, figure = event.contest, event.declaration
    counted = figure.value.result
    votes = () if counted is None else counted.votes
    rows = tuple(
        Block(kind=BlockKind.ITEM, spans=(Span(text=_votes_of(contest, counted, line)),))
        for line in votes
        if counted is not None
    )
    sentences = [
        *_corrected(event),
        *voice.declared(contest, figure.value),
        *_turnout(event),
        *_broken(event),
        *_standing(event),
    ]
    return Post(
        kind=PostKind.DECLARATION,
        heading=f"{contest.name}: {voice.headline(contest, figure.value)}",
        at=figure.at,
        body=voice.paragraphs(*sentences) + rows + voice.paragraphs(*_night(event)),
        source=figure.source,
        contests=(contest.name,),
        key_event=True,
        edited=event.corrected,
        withdrawn=event.withdrawn,
        choices=_to_look_at(contest, counted),
        chart=_drawn(event),
    )


def _to_look_at(contest: Contest, counted: Result | None) -> tuple[Choice, ...]:
    """What people would rather look at than read, for whoever presses it."""
    if counted is None:
        return ()
    return (
        Choice(label="Picture", ask=f"chart result {contest.name}", pictured=True),
        Choice(label="What it did before", ask=f"history {contest.name}"),
    )


def _drawn(event: Declared) -> Chart | None:
    """The result as a chart, on a night of so few seats that each can be looked at."""
    contest, figure = event.contest, event.declaration
    counted = figure.value.result
    if counted is None or not counted.votes or event.withdrawn is not None:
        return None
    # There a picture comes when it is asked for: drawing hundreds would keep all else waiting.
    if event.of > MANY_SEATS:
        return None
    what = "votes" if counted.valid_votes is None else "share of the vote"
    chart, _ = charts.result(f"{contest.name}: {what}", contest, figure, counted)
    return chart


@alert(Overruled)
def overruled(event: Overruled) -> Post:
    """The winner or the majority that was told is another, or the result is taken back."""
    contest, now = event.contest, event.now
    was = voice.declared_in_short(contest, event.before)
    if now is None:
        heading = f"Taken back, {contest.name}: {was}"
        sentence = "That result does not stand any more, and no other is known."
    else:
        says = voice.declared_in_short(contest, now.value)
        heading = f"{'Stands again' if says == was else 'Correction'}, {contest.name}: {says}"
        sentence = "It had been taken back." if says == was else f"Not as told before: {was}."
    return Post(
        kind=PostKind.DECLARATION,
        heading=heading,
        at=event.at,
        body=voice.paragraphs(sentence),
        source=event.source,
        contests=(contest.name,),
        key_event=True,
    )


def _corrected(event: Declared) -> tuple[str, ...]:
    """What is otherwise than it was told, with what it was; nothing where figures only came."""
    if event.before is None or event.corrected is None or event.withdrawn is not None:
        return ()
    contest, before, now = event.contest, event.before, event.declaration.value
    changes = []
    if before.winner != now.winner:
        changes.append(f"{voice.headline(contest, now)}, was {voice.headline(contest, before)}")
    if None not in (before.majority, now.majority) and before.majority != now.majority:
        changes.append(
            f"majority {voice.number(now.majority or 0)}, was {voice.number(before.majority or 0)}"
        )
    changes += _votes(before, now)
    clock = voice.clock(event.corrected)
    if changes:
        return (f"Corrected {clock}: {'; '.join(changes)}.",)
    return (f"Updated {clock}.",) if before != now else ()


def _votes(before: Declaration, now: Declaration) -> list[str]:
    """Candidates whose votes are others than before."""
    if before.result is None or now.result is None:
        return []
    had = {line.candidacy.name: line.votes for line in before.result.votes}
    return [
        f"{line.candidacy.name} {voice.number(line.votes)}, was {voice.number(had[name])}"
        for line in now.result.votes
        if (name := line.candidacy.name) in had and had[name] != line.votes
    ]


def _votes_of(contest: Contest, counted: Result, line: CandidateVotes) -> str:
    """A candidate's votes, with the share and its change where they are known.

    A line each, and no table: five columns are more than a telephone shows.
    """
    party = line.candidacy.party
    said = f"{line.candidacy.name} ({party.short}) {voice.number(line.votes)}"
    share, change = counted.share_of(line), counted.change(contest, party)
    if share is None:
        return said
    moved = "" if change is None else f" ({voice.points(change)})"
    return f"{said}, {voice.per_cent(share)}{moved}"


def _broken(event: Declared) -> tuple[str, ...]:
    """The records that this breaks, as far as the record reaches."""
    if event.withdrawn is not None:
        return ()
    kind = "by-election" if event.contest.by_election else "general election"
    return tuple(
        f"{_MOST[one.measure]} at a {kind} since {one.first}; until now it was "
        f"{_value(one.measure, one.before.value)}, {one.before.past.contest.name} in "
        f"{one.before.past.contest.polling_day.year}."
        for one in event.broken
    )


def _value(measure: Measure, value: float) -> str:
    return f"{value:.1f} points" if measure is Measure.SWING else voice.number(int(value))


def _turnout(event: Declared) -> tuple[str, ...]:
    figure = event.turnout or turnout_declared(event.contest, event.declaration)
    shown = None if figure is None else figure.value.shown()
    return () if shown is None else (f"Turnout {voice.per_cent(shown)}.",)


def _standing(event: Declared) -> tuple[str, ...]:
    """How sure it is, where somebody has said so."""
    said = _SAID.get(event.declaration.standing)
    return () if said is None else (said,)


def _night(event: Declared) -> tuple[str, ...]:
    """How the night stands, where there is more than one seat."""
    if event.of < 2 or event.withdrawn is not None:
        return ()
    said = f"{event.declared} of {event.of} declared"
    if event.next is None:
        return (f"{said}.",)
    time = event.next.expected
    due = "" if time is None else f", expected {voice.expected(time)}"
    return (f"{said}. Next: {event.next.contest.name}{due}.",)
