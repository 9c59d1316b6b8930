"""Figures that wait: confirmed by a second person, insisted on, or rejected."""

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply
from bot.chat.wishes import behind
from bot.controls import CountDesk
from bot.errors import AskError
from bot.ports import EntryState, JournalEntry, Newsroom
from handlers.offers import UNDO, confirm_or_reject
from handlers.one_seat import one_number, one_seat


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
        # A turnout stands before it is confirmed; a result waits.
        waiting = [
            entry
            for entry in await newsroom.journal(contest)
            if entry.action == f"record {what}"
            and (entry.state.open or (what == "turnout" and entry.state is EntryState.STANDS))
        ]
        if not waiting:
            raise AskError(
                f"No {what} of {contest.name} waits to be confirmed. “record {what} "
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
        choices=(UNDO,),
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
    if entry.after != EntryState.WAITING:
        return Reply(
            title=f"Taken: {name}, {proposal.after or 'as recorded'}",
            lines=("It is provisional until somebody confirms it.",),
            choices=(UNDO,),
            contest=entry.contest_id,
            value=number,
        )
    return Reply(
        title=f"{name}: {number} waits for a second person",
        lines=(f"{ask.author.name} insists on it. Somebody else says “confirm {number}”.",),
        choices=confirm_or_reject(number),
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
        choices=(UNDO,),
        contest=entry.contest_id,
        value=number,
    )


async def _about(newsroom: Newsroom, entry: JournalEntry) -> JournalEntry:
    """The entry that one is about."""
    return next((one for one in await newsroom.journal() if one.id == entry.of), entry)


async def _name(newsroom: Newsroom, entry: JournalEntry) -> str:
    names = {contest.id: contest.name for contest in await newsroom.contests()}
    return names.get(entry.contest_id or "", "the count")
