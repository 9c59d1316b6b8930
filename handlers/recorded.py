"""A turnout or a result that somebody records: read, checked, shown back."""

from dataclasses import replace

from bot.chat.ask import Ask
from bot.chat.reply import Choice, Reply, Table
from bot.controls import CountDesk, Deed
from bot.election.checking import (
    Doubt,
    Known,
    doubts_of_result,
    doubts_of_turnout,
)
from bot.election.contest import Candidacy, Contest
from bot.election.figure import Standing
from bot.election.result import CandidateVotes, Declaration, Result, outcome
from bot.election.turnout import Turnout
from bot.election.typed import read_result, read_turnout
from bot.errors import AskError
from bot.liveblog.statements import TurnoutClaim, VotesClaim
from bot.ports import JournalEntry, Newsroom
from bot.record.ranking import Measure, reach
from handlers import voice
from handlers.counts import votes_table
from handlers.offers import UNDO, confirm_or_reject, insist_or_reject

LONGEST_WORDS = 200


async def take_turnout(
    newsroom: Newsroom, count_desk: CountDesk, ask: Ask, contest: Contest, figures: str
) -> Reply:
    """Take a turnout, or question it. Raises `AskError` where it cannot be read, or be."""
    typed = read_turnout(figures)
    try:
        turnout = Turnout(
            electorate=typed.electorate or contest.electorate,
            ballots=typed.ballots,
            stated=typed.percent,
        )
    except ValueError as error:
        raise AskError(f"That cannot be: {error}.") from None
    before = await newsroom.turnout(contest)
    doubts = doubts_of_turnout(turnout, contest, None if before is None else before.value)
    said = _said_turnout(turnout)
    deed = Deed(
        action="record turnout",
        contest_id=contest.id,
        claims=(
            TurnoutClaim(
                contest_id=contest.id,
                ballots=typed.ballots,
                percent=typed.percent,
                words=ask.text[:LONGEST_WORDS],
            ),
        ),
        standing=Standing.PROVISIONAL,
        before=None if before is None else _said_turnout(before.value),
        after=said,
    )
    if doubts:
        entry = await count_desk.propose(ask, deed, questioned=True)
        return _questioned(contest, said, doubts, entry)
    entry = await count_desk.take(ask, deed)
    over = before is not None and before.standing.rank > Standing.PROVISIONAL.rank
    return Reply(
        title=f"Recorded: {contest.name}, {said}",
        lines=(
            f"Provisional, until somebody else says “confirm turnout {contest.name}”.",
            *((f"Until then {before.source.name} is quoted.",) if over and before else ()),
        ),
        choices=(Choice(label="Confirm", ask=f"confirm turnout {contest.name}"), UNDO),
        contest=contest.id,
        value=None if turnout.shown() is None else str(turnout.shown()),
        details={"number": entry.id},
    )


async def take_result(
    newsroom: Newsroom, count_desk: CountDesk, ask: Ask, contest: Contest, figures: str
) -> Reply:
    """Show a result back, for a second person. Raises `AskError` where it cannot be read."""
    if not contest.candidacies:
        raise AskError(
            f"I do not know who stands in {contest.name}, so I can check no result. Put the "
            "candidates into the night file."
        )
    typed = read_result(figures, contest)
    result = _drawn(
        Result(
            contest_id=contest.id,
            votes=tuple(CandidateVotes(candidacy=one, votes=votes) for one, votes in typed.votes),
            rejected=typed.rejected,
            complete=len(typed.votes) == len(contest.candidacies),
        ),
        typed.lot,
    )
    winner = result.winner.candidacy
    declaration = Declaration(
        winner=winner.party,
        candidate=winner.name,
        outcome=outcome(contest, winner.party),
        result=result,
    )
    before = await newsroom.declaration(contest)
    doubts = doubts_of_result(result, contest, await _known(newsroom, contest))
    said = voice.declared_in_short(contest, declaration)
    deed = Deed(
        action="record result",
        contest_id=contest.id,
        claims=_claims(contest, result, ask.text),
        standing=Standing.PROVISIONAL,
        before=None if before is None else voice.declared_in_short(contest, before.value),
        after=said,
    )
    entry = await count_desk.propose(ask, deed, questioned=bool(doubts))
    if doubts:
        return _questioned(contest, said, doubts, entry)
    number = entry.id
    return Reply(
        title=f"Is this right? {contest.name}: {said}",
        lines=(
            *voice.declared(contest, declaration),
            f"Nothing has gone out. Somebody else has to say “confirm {number}”; “reject {number}” "
            "drops it.",
        ),
        table=votes_table(contest, result),
        choices=confirm_or_reject(number),
        contest=contest.id,
        value=number,
    )


def _drawn(result: Result, lot: Candidacy | None) -> Result:
    """A result with who was drawn by lot. Raises `AskError` where a tie needs it, or none does."""
    if lot is None and not result.tied:
        return result
    names = voice.row([one.name for one in result.first])
    if not result.tied:
        raise AskError(
            f"Lots are drawn only after a tie, and {names} has most votes. Record it without “lot”."
        )
    level = f"{names} have {voice.number(result.winner.votes)} votes each"
    if lot is None:
        raise AskError(
            f"{level}. A tie is decided by lot: say at the end who was drawn, like "
            f"“… lot {result.winner.candidacy.name}”."
        )
    if lot not in result.first:
        raise AskError(f"{lot.name} cannot have been drawn by lot: {level}.")
    return replace(result, lot=lot)


async def _known(newsroom: Newsroom, contest: Contest) -> Known:
    """What others have said of a contest."""
    turnout = await newsroom.turnout(contest)
    declared = await newsroom.declaration(contest)
    exact = turnout is not None and not turnout.value.ballots_approximate
    return Known(
        ballots=turnout.value.ballots if turnout is not None and exact else None,
        turnout=None if turnout is None else turnout.value,
        winner=None if declared is None else declared.value.winner,
        majority=None if declared is None else declared.value.majority,
        source="" if declared is None else declared.source.name,
        largest_swing=reach(newsroom.past, contest, Measure.SWING),
        largest_majority=reach(newsroom.past, contest, Measure.MAJORITY),
        largest_overturned=reach(newsroom.past, contest, Measure.OVERTURNED),
    )


def _claims(contest: Contest, result: Result, text: str) -> tuple[VotesClaim | TurnoutClaim, ...]:
    words = text[:LONGEST_WORDS]
    votes = VotesClaim(
        contest_id=contest.id,
        votes=tuple((contest.called(line.candidacy), line.votes) for line in result.votes),
        words=words,
        lot=None if result.lot is None else contest.called(result.lot),
    )
    valid = result.valid_votes
    if valid is None or result.rejected is None:
        return (votes,)
    ballots = valid + result.rejected
    return (votes, TurnoutClaim(contest_id=contest.id, ballots=ballots, words=words))


def _questioned(contest: Contest, said: str, doubts: list[Doubt], entry: JournalEntry) -> Reply:
    """What was given beside what was expected, and the two ways on."""
    rows = tuple((one.what, one.given, one.expected) for one in doubts if one.what)
    number = entry.id
    return Reply(
        title=f"{contest.name}: this needs a second look. {said}",
        lines=(
            *(doubt.sentence for doubt in doubts),
            "Nothing has gone out. Record it anew if it is wrong; if it is right, say "
            f"“insist {number}”.",
        ),
        table=Table(columns=("", "given", "expected"), rows=rows, right=frozenset({1, 2}))
        if rows
        else None,
        choices=insist_or_reject(number),
        contest=contest.id,
        value=number,
    )


def _said_turnout(turnout: Turnout) -> str:
    shown = turnout.shown()
    per_cent = "" if shown is None else f"turnout {voice.per_cent(shown)}"
    if turnout.ballots is None:
        return per_cent
    counted = f"{voice.number(turnout.ballots)} ballots"
    if turnout.electorate is not None:
        counted += f" of {voice.number(turnout.electorate)}"
    return f"{per_cent} ({counted})" if per_cent else counted
