"""Who won."""

from bot.chat.command import command
from bot.chat.reply import Origin, Reply
from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure
from bot.election.result import Declaration
from bot.election.turnout import percent
from bot.ports import Newsroom
from bot.record.record import PastContest
from handlers import then, voice
from handlers.counts import votes_table


@command(
    "result",
    also=(
        "results",
        "who won",
        "who is winning",
        "who got in",
        "winner",
        "won",
        "new MP",
        "who is new MP",
        "how did … vote",
        "share did … get",
        "what share did … get",
        "has declared",
        "has … declared",
        "have … declared",
        "is … declared",
        "did … declare",
        "did … win",
        "did … hold",
        "did … gain",
        "did … lose",
        "did … take",
        "who took",
        "who taken",
        "who came",
        "official result",
        "is … official",
        "come in yet",
        "how many voted for",
        "have … taken",
        "has … taken",
        "have … lost",
        "is … in yet",
        "been called",
        "a gain",
        "a … gain",
        "a hold",
        "a … hold",
        "how did vote go",
        "votes",
        "score",
    ),
    examples=("result Mid Beds", "who won Tamworth?", "is there a result in Mid Bedfordshire yet"),
    several="compare",
    everywhere="uk",
)
async def result(newsroom: Newsroom, contest: Contest) -> Reply:
    """Who won, by how much, hold or gain, with the votes where they are known."""
    figure = await newsroom.declaration(contest)
    if figure is None:
        return await _not_declared(newsroom, contest)
    declaration = figure.value
    past = then.past_of(newsroom, contest)
    return Reply(
        title=f"{then.title(newsroom, contest)}: {voice.headline(contest, declaration)}",
        lines=(*voice.declared(contest, declaration), *_besides(newsroom, contest, past)),
        table=None if declaration.result is None else votes_table(contest, declaration.result),
        origin=voice.origin(figure),
        contest=contest.id,
        value=declaration.winner.short,
        details=_details(contest, figure),
    )


def _besides(newsroom: Newsroom, contest: Contest, past: PastContest | None) -> tuple[str, ...]:
    """What its changes are measured from, by-elections since then, and the remarks."""
    if past is None:
        return ()
    lines = []
    if contest.previous is not None:
        lines.append(f"Changes are since {then.since(contest.previous)}.")
    if not contest.by_election:
        lines += [
            f"{then.opening(one, past)}: "
            f"{voice.headline(one.contest, one.figure_of_declaration().value)}."
            for one in newsroom.past.meanwhile(past)
        ]
    lines += [then.hands(newsroom, past), *then.remarks(newsroom, past)]
    return tuple(line for line in lines if line)


async def _not_declared(newsroom: Newsroom, contest: Contest) -> Reply:
    timetable = await newsroom.timetable(contest)
    expected = next((o.time for o in timetable if o.kind is MilestoneKind.DECLARATION), None)
    stage = await newsroom.stage(contest)
    lines = []
    if expected is not None:
        lines.append(f"The declaration is expected {voice.expected(expected.value)}.")
    if newsroom.now < contest.close_of_poll:
        lines.append(f"Polls close at {voice.clock(contest.close_of_poll)}.")
    elif stage is not None:
        lines.append(f"Last word: {voice.stage(stage.value)}.")
    return Reply(
        title=f"{contest.name} has not declared",
        lines=tuple(lines),
        origin=None
        if expected is None
        else Origin(source=expected.source, at=expected.at, standing=expected.standing),
        contest=contest.id,
        details={"expected": None if expected is None else expected.value.at.isoformat()},
    )


def _details(contest: Contest, figure: Figure[Declaration]) -> dict[str, object]:
    declaration = figure.value
    counted = declaration.result
    return {
        "candidate": declaration.candidate,
        "outcome": declaration.outcome,
        "majority": declaration.majority,
        "by_lot": declaration.by_lot,
        "unit": "votes",
        "definition": "the winner's party; votes by candidate, shares in per cent of valid votes",
        "shares": None
        if counted is None
        else {
            contest.called(line.candidacy): None if share is None else float(percent(share, 2))
            for line in counted.votes
            for share in (counted.share_of(line),)
        },
        "votes": None
        if counted is None
        else {contest.called(line.candidacy): line.votes for line in counted.votes},
    }
