"""What results sources say that the desk has to look at: notes for who follows checks."""

from bot.chat.command import alert
from bot.chat.events import BulletinDoubted, SourceNoted, SourcesDiffer
from bot.chat.post import Post, PostKind
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.liveblog.markup import Block, BlockKind, Span
from handlers import voice

_LINES_SHOWN = 15


@alert(BulletinDoubted)
def doubted(event: BulletinDoubted) -> Post:
    """What was said, what speaks against it, and what to do."""
    seat = event.contest.name
    if event.taken:
        heading = f"Look at {event.source.name} on {seat}: taken, with a doubt"
        ahead = f"It stands. If it is wrong: retract result {seat}, or record the right one."
    elif event.number is None:
        heading = f"Not taken, {event.source.name} on {seat}"
        ahead = f"Nothing has gone out. Record it by hand if it is right: record result {seat} …"
    else:
        heading = f"Not taken, {event.source.name} on {seat}"
        ahead = (
            f"Nothing has gone out. If it is right all the same: insist {event.number}, and then "
            f"confirm {event.number}."
        )
    doubts = [
        f"{doubt.sentence} Given: {doubt.given}; expected: {doubt.expected}."
        if doubt.given and doubt.expected
        else doubt.sentence
        for doubt in event.doubts[:_LINES_SHOWN]
    ]
    return Post(
        kind=PostKind.CHECK,
        heading=heading,
        at=event.at,
        body=voice.paragraphs(f"It says: {event.said}.", *doubts, ahead),
        source=event.source,
        contests=(seat,),
    )


@alert(SourcesDiffer)
def differ(event: SourcesDiffer) -> Post:
    """Two results side by side, and which one is used."""
    body: tuple[Block, ...] = ()
    for one in event.statements:
        said = f"{one.source.name}, {one.standing.value}, {voice.clock(one.at)}: "
        said += voice.declared_in_short(event.contest, one.value)
        body += (*voice.paragraphs(f"{said}."), *_votes(event, one))
    names = [one.source.name for one in event.statements]
    return Post(
        kind=PostKind.CHECK,
        heading=f"{event.contest.name}: {voice.row(names)} differ",
        at=event.at,
        body=(
            *body,
            *voice.paragraphs(f"What {event.used} says is used. Ask the returning officer."),
        ),
        contests=(event.contest.name,),
        withdrawn="they agree by now" if event.agree else None,
    )


@alert(SourceNoted)
def noted(event: SourceNoted) -> Post:
    """What the desk has to know of a source."""
    return Post(
        kind=PostKind.CHECK,
        heading=event.heading,
        at=event.at,
        body=voice.paragraphs(*map(voice.sentence, event.sentences)),
        contests=() if event.contest is None else (event.contest.name,),
    )


def _votes(event: SourcesDiffer, one: Figure[Declaration]) -> tuple[Block, ...]:
    """The votes that another has otherwise."""
    if one.value.result is None:
        return ()
    others = [
        {line.candidacy.name: line.votes for line in other.value.result.votes}
        for other in event.statements
        if other is not one and other.value.result is not None
    ]
    return tuple(
        Block(
            kind=BlockKind.ITEM,
            spans=(Span(text=f"{line.candidacy.name} {voice.number(line.votes)}"),),
        )
        for line in one.value.result.votes
        if any(votes.get(line.candidacy.name, line.votes) != line.votes for votes in others)
    )
