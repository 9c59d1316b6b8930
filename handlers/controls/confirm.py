"""Figures that wait: confirmed by a second person, insisted on, or rejected."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Choice, Reply
from bot.chat.wishes import behind
from bot.controls import CountDesk, Deed
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.errors import AskError
from bot.liveblog.statements import TurnoutClaim
from bot.ports import JournalEntry, Newsroom
from handlers.one_seat import one_number, one_seat

OPEN = frozenset({"waiting", "questioned"})
UNDO = (Choice(label="Undo", ask="undo"),)


@command(
    "confirm",
    also=("confirmed",),
    examples=("confirm 12", "confirm result Tamworth", "confirm turnout Tamworth"),
    control=True,
)
async def confirm(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Say that figures somebody else recorded are right: they are official, and go out."""
    words = behind(ask.text, "confirmed", "confirm")
    if any(letter.isalpha() for letter in words):
        contest, rest = await one_seat(newsroom, words, "confirm result Tamworth")
        what = "turnout" if "turnout" in rest.casefold() else "result"
        waiting = [e for e in await newsroom.journal(contest) if e.state in OPEN]
        waiting = [entry for entry in waiting if entry.action.endswith(what)]
        if not waiting and what == "turnout":
            return await _turnout(newsroom, count_desk, ask, contest)
        if not waiting:
            raise AskError(
                f"No result of {contest.name} waits to be confirmed. “record result "
                f"{contest.name} …” puts one in."
            )
        number = waiting[-1].id
    else:
        number = one_number(words, "confirm 12")
    entry = await count_desk.confirm(ask, number)
    proposal = await _about(newsroom, entry)
    return Reply(
        title=f"Confirmed: {await _name(newsroom, entry)}, {proposal.after or 'as recorded'}",
        lines=(f"Recorded by {proposal.author.name}, confirmed by {ask.author.name}.",),
        choices=UNDO,
        contest=entry.contest_id,
        value=number,
    )


@command("insist", examples=("insist 12",), control=True)
async def insist(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Say that figures which were questioned are right all the same."""
    number = one_number(behind(ask.text, "insist"), "insist 12")
    entry = await count_desk.insist(ask, number)
    proposal = await _about(newsroom, entry)
    name = await _name(newsroom, entry)
    if entry.after != "waiting":
        return Reply(
            title=f"Taken: {name}, {proposal.after or 'as recorded'}",
            lines=("It is provisional until somebody confirms it.",),
            choices=UNDO,
            contest=entry.contest_id,
            value=number,
        )
    return Reply(
        title=f"{name}: {number} waits for a second person",
        lines=(f"{ask.author.name} insists on it. Somebody else says “confirm {number}”.",),
        choices=(
            Choice(label="Confirm", ask=f"confirm {number}"),
            Choice(label="Reject", ask=f"reject {number}"),
        ),
        contest=entry.contest_id,
        value=number,
    )


@command("reject", also=("rejected",), examples=("reject 12",), control=True)
async def reject(newsroom: Newsroom, count_desk: CountDesk, ask: Ask) -> Reply:
    """Say that figures which wait are wrong: they never go out."""
    number = one_number(behind(ask.text, "rejected", "reject"), "reject 12")
    entry = await count_desk.reject(ask, number)
    return Reply(
        title=f"Rejected: {await _name(newsroom, entry)}, number {number}",
        lines=("Nothing of it went out. “undo” lets it wait again, within a minute.",),
        choices=UNDO,
        contest=entry.contest_id,
        value=number,
    )


async def _about(newsroom: Newsroom, entry: JournalEntry) -> JournalEntry:
    """The entry that one is about."""
    return next((one for one in await newsroom.journal() if one.id == entry.of), entry)


async def _name(newsroom: Newsroom, entry: JournalEntry) -> str:
    names = {contest.id: contest.name for contest in await newsroom.contests()}
    return names.get(entry.contest_id or "", "the count")


async def _turnout(newsroom: Newsroom, count_desk: CountDesk, ask: Ask, contest: Contest) -> Reply:
    """A turnout that somebody recorded becomes official."""
    figure = await newsroom.turnout(contest)
    recorded = [e for e in await newsroom.journal(contest) if e.action == "record turnout"]
    if figure is None or figure.standing is not Standing.PROVISIONAL or not recorded:
        raise AskError(
            f"No turnout of {contest.name} that somebody recorded stands and waits for a second "
            f"word. “record turnout {contest.name} 25,630” puts one in."
        )
    last = recorded[-1]
    if (last.author.platform, last.author.id) == (ask.author.platform, ask.author.id):
        raise AskError("You recorded it yourself; somebody else has to confirm it.")
    turnout = figure.value
    claim = TurnoutClaim(
        contest_id=contest.id, ballots=turnout.ballots, percent=turnout.stated, words=ask.text[:200]
    )
    said = last.after or "turnout"
    deed = Deed(
        action="confirm turnout",
        contest_id=contest.id,
        claims=(claim,),
        standing=Standing.OFFICIAL,
        before=f"{said}, provisional",
        after=f"{said}, official",
    )
    await count_desk.take(ask, deed)
    return Reply(
        title=f"Confirmed: {contest.name}, {said}",
        lines=(f"Recorded by {last.author.name}, confirmed by {ask.author.name}.",),
        choices=UNDO,
        contest=contest.id,
    )
