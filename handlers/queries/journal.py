"""Who did what at the desk."""

from collections.abc import Sequence

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Reply, Table
from bot.chat.seats import seats_in
from bot.chat.wishes import behind
from bot.election.contest import Contest
from bot.ports import EntryState, JournalEntry, Newsroom
from handlers import voice

SHOWN = 12
_AFTER = {
    EntryState.WAITING: "waits to be confirmed",
    EntryState.QUESTIONED: "is questioned",
    EntryState.REJECTED: "was rejected",
    EntryState.REPLACED: "was replaced",
    EntryState.UNDONE: "was undone",
}


@command(
    "journal",
    also=("who recorded", "who changed"),
    examples=("journal", "journal Tamworth"),
    control=True,
)
async def journal(newsroom: Newsroom, ask: Ask) -> Reply:
    """Who recorded what and when, from which figure to which."""
    contests = await newsroom.contests()
    seats, _ = seats_in(behind(ask.text, "journal", "recorded", "changed"), contests)
    contest = seats[0] if len(seats) == 1 else None
    entries = await newsroom.journal(contest)
    about = "" if contest is None else f" of {contest.name}"
    if not entries:
        return Reply(title=f"Nobody has recorded anything{about} yet", value=[])
    shown = entries[-SHOWN:]
    more = len(entries) - len(shown)
    return Reply(
        title=f"The desk's journal{about}: {voice.entries(len(entries))}",
        lines=(f"{more} earlier ones are not shown.",) if more else (),
        table=Table(
            columns=("", "at", "who", "what", ""),
            rows=tuple(_row(entry, contests, named=contest is None) for entry in shown),
            right=frozenset({0}),
        ),
        contest=None if contest is None else contest.id,
        value=[entry.id for entry in entries],
    )


def _row(entry: JournalEntry, contests: Sequence[Contest], *, named: bool) -> tuple[str, ...]:
    name = next((c.name for c in contests if c.id == entry.contest_id), "")
    about = f" {entry.of}" if entry.of is not None else f", {name}" if named and name else ""
    change = " → ".join(part for part in (entry.before, entry.after) if part)
    state = _AFTER.get(entry.state, "")
    return (
        str(entry.id),
        voice.clock(entry.at),
        entry.author.name,
        f"{entry.action}{about}",
        f"{change} ({state})" if state and change else change or state,
    )
