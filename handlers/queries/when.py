"""When a seat declares, and what comes before."""

from bot.chat.command import command
from bot.chat.reply import Origin, Reply, Table
from bot.election.clock import uk_day
from bot.election.contest import Contest, MilestoneKind
from bot.ports import Newsroom
from bot.record.record import PastContest
from handlers import then, voice


@command(
    "when",
    also=(
        "what time",
        "how long",
        "how much longer",
        "how soon",
        "timetable",
        "timing",
        "running late",
        "due",
        "eta",
        "expected time",
        "declaration time",
        "expected declaration",
        "is … expected",
    ),
    examples=("when Tamworth", "when does Tamworth declare?", "what time is the Mid Beds result"),
)
async def when(newsroom: Newsroom, contest: Contest) -> Reply:
    """When a seat is expected to declare, who says so, and the rest of its timetable."""
    declared = await newsroom.declaration(contest)
    past = then.past_of(newsroom, contest)
    if past is not None:
        return _over(newsroom, past)
    if declared is not None:
        return Reply(
            title=f"{contest.name} has declared",
            lines=(f"{voice.party(declared.value.winner)} won. Ask “result {contest.name}”.",),
            origin=voice.origin(declared),
            contest=contest.id,
        )
    timetable = await newsroom.timetable(contest)
    rows = tuple(
        (voice.milestone(one.kind), voice.expected(one.time.value), one.time.source.name)
        for one in timetable
    )
    table = Table(columns=("", "expected", "says"), rows=rows) if rows else None
    declaration = next((o for o in timetable if o.kind is MilestoneKind.DECLARATION), None)
    if declaration is None:
        return Reply(
            title=f"{contest.name}: nobody has said when it will declare",
            table=table,
            contest=contest.id,
        )
    time = declaration.time.value
    lines = []
    if time.at > newsroom.now:
        lines.append(f"That is {voice.span(time.at - newsroom.now)} from now. Only an estimate.")
    else:
        lines.append(f"That was {voice.span(newsroom.now - time.at)} ago; it has not declared.")
    if (other := declaration.suggested) is not None:
        lines.append(f"{other.source.name} says {voice.expected(other.value)}; the desk has not.")
    if contest.venue:
        lines.append(f"The count is at {contest.venue}.")
    return Reply(
        title=f"{contest.name}: declaration expected {voice.expected(time)}",
        lines=tuple(lines),
        table=table,
        origin=Origin(
            source=declaration.time.source,
            at=declaration.time.at,
            standing=declaration.time.standing,
        ),
        contest=contest.id,
        value=time.at.isoformat(),
        details={
            "until": None if time.until is None else time.until.isoformat(),
            "approximate": time.approximate,
        },
    )


def _over(newsroom: Newsroom, past: PastContest) -> Reply:
    """When a contest of the record was declared, as far as that is known."""
    title = then.title(newsroom, past.contest)
    won = past.figure_of_declaration()
    if past.declared is None:
        said = f"{title}: the hour of its declaration is not on record"
    else:
        day = uk_day(past.declared)
        said = f"{title}: declared at {voice.clock(past.declared)} on {day}"
    return Reply(
        title=said,
        lines=(
            voice.sentence(voice.headline(past.contest, won.value)),
            *then.remarks(newsroom, past),
        ),
        origin=voice.origin(won),
        contest=past.contest.id,
        value=None if past.declared is None else past.declared.isoformat(),
        details={"declared": past.declared is not None},
    )
