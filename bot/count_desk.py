"""The count desk: figures and times that people record, each kept with who said it and when.

A result needs two people, for it cannot be called back once it is on air. Everything can be taken
back by its author for a minute, and corrected at any time; the journal forgets nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.chat.ask import Ask
from bot.controls import Deed
from bot.desk_memory import JournalRows, Settled
from bot.election.figure import Standing
from bot.errors import AskError
from bot.liveblog.statements import Claim, DeclaredClaim, TurnoutClaim, VotesClaim
from bot.ports import Clock, EntryState, JournalEntry

log = structlog.get_logger()

UNDO_FOR = timedelta(minutes=1)
_OPEN = frozenset(state for state in EntryState if state.open)
_NO_MORE = {
    EntryState.STANDS: "was taken already",
    EntryState.REJECTED: "was rejected",
    EntryState.REPLACED: "was replaced by newer figures",
    EntryState.UNDONE: "was taken back",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How many `people` a result needs; one alone may confirm only after a `pause`."""

    people: int = 2
    pause: timedelta = timedelta(seconds=60)


class CountDesk:
    """Takes what people record; `changed` is told of the contests that it changes."""

    def __init__(
        self,
        *,
        rows: JournalRows,
        clock: Clock,
        changed: Callable[[frozenset[str]], Awaitable[None]],
        eyes: Eyes | None = None,
    ) -> None:
        self._rows = rows
        self._clock = clock
        self._changed = changed
        self._eyes = eyes or Eyes()

    async def take(self, ask: Ask, deed: Deed) -> JournalEntry:
        """Let it stand at once."""
        return await self._done(
            await self._rows.add(ask, deed, EntryState.STANDS, self._clock.now())
        )

    async def propose(self, ask: Ask, deed: Deed, *, questioned: bool) -> JournalEntry:
        """Keep it for a second person; where it is `questioned`, somebody has to insist first."""
        state = EntryState.QUESTIONED if questioned else EntryState.WAITING
        entry = await self._rows.add(ask, deed, state, self._clock.now())
        log.info("count_desk.proposed", number=entry.id, contest=entry.contest_id, state=state)
        return entry

    async def insist(self, ask: Ask, number: int) -> JournalEntry:
        """What was questioned is right: it waits for a second person, or stands if it needs none.

        Raises `AskError` where it does not wait for that.
        """
        entry, claims = await self._open(number)
        if entry.state is EntryState.WAITING:
            raise AskError(f"{number} is not in question; a second person can “confirm {number}”.")
        alone = not _needs_two(claims)
        settled = Settled(
            number=number,
            action="insist",
            states=frozenset({EntryState.QUESTIONED}),
            to=EntryState.STANDS if alone else EntryState.WAITING,
            standing=Standing.PROVISIONAL if alone else None,
        )
        return await self._settle(ask, settled)

    async def confirm(self, ask: Ask, number: int) -> JournalEntry:
        """A second person says that it is right: it stands, and is official.

        A turnout stands before, as provisional. Raises `AskError` where it does not wait for that,
        or for somebody else.
        """
        entry, _ = await self._open(number, turnouts=True)
        if entry.state is EntryState.QUESTIONED:
            raise AskError(
                f"{number} is in question: {entry.after}. If it is right all the same, say "
                f"“insist {number}” first."
            )
        if (entry.author.platform, entry.author.id) == (ask.author.platform, ask.author.id):
            self._alone(entry)
        settled = Settled(
            number=number,
            action="confirm",
            states=frozenset({entry.state}),
            to=EntryState.STANDS,
            standing=Standing.OFFICIAL,
        )
        return await self._settle(ask, settled)

    async def reject(self, ask: Ask, number: int) -> JournalEntry:
        """It is not right, and never stands. Raises `AskError` where it does not wait any more."""
        await self._open(number)
        settled = Settled(number=number, action="reject", states=_OPEN, to=EntryState.REJECTED)
        return await self._settle(ask, settled)

    async def retract(self, ask: Ask, contest_id: str, action: str, before: str) -> JournalEntry:
        """Take back what the desk has recorded of a contest: `action` is “retract result”.

        Raises `AskError` where it has recorded nothing of the kind.
        """
        entry = await self._rows.retract(ask, contest_id, action, before, self._clock.now())
        if entry is None:
            raise AskError(
                f"Nobody here has recorded a {action.rpartition(' ')[2]} there, so there is none "
                "to take back. What a blog says is corrected by recording what is right."
            )
        return await self._done(entry)

    async def undo(self, ask: Ask) -> JournalEntry:
        """Take back the last thing that the asker did, within a minute of it.

        Raises `AskError` where there is none.
        """
        now = self._clock.now()
        entry = await self._rows.undo(ask, now - UNDO_FOR, now)
        if entry is None:
            raise AskError(
                "You have done nothing in the last minute that I could take back. A figure is "
                "corrected by recording the right one; “retract result Tamworth” takes one back."
            )
        return await self._done(entry)

    async def _open(
        self, number: int, *, turnouts: bool = False
    ) -> tuple[JournalEntry, tuple[Claim, ...]]:
        """An entry that waits and what it states; with `turnouts` also one that stands so far."""
        found = await self._rows.entry(number)
        if found is None or not found[1]:
            raise AskError(f"Nothing waits under the number {number}; “journal” lists what does.")
        entry, claims = found
        stands = entry.state is EntryState.STANDS and turnouts
        if stands and all(isinstance(claim, TurnoutClaim) for claim in claims):
            return found
        if not entry.state.open:
            raise AskError(
                f"{number} {_NO_MORE[entry.state]}, so nothing is left to say of it. “journal” has "
                "the figures that wait."
            )
        return found

    def _alone(self, entry: JournalEntry) -> None:
        """Whether one person may confirm what they recorded. Raises `AskError`."""
        if self._eyes.people > 1:
            raise AskError(
                f"You recorded it yourself; somebody else has to say “confirm {entry.id}”."
            )
        waited = self._clock.now() - entry.at
        if waited < self._eyes.pause:
            left = int((self._eyes.pause - waited).total_seconds()) + 1
            raise AskError(
                f"Read it once more: you can confirm your own figures in {left} seconds."
            )

    async def _settle(self, ask: Ask, settled: Settled) -> JournalEntry:
        entry = await self._rows.settle(ask, settled, self._clock.now())
        if entry is None:
            raise AskError(
                f"{settled.number} waits for nobody any more: somebody has confirmed it, recorded "
                "something else or taken it back. “journal” says who."
            )
        return await self._done(entry)

    async def _done(self, entry: JournalEntry) -> JournalEntry:
        log.info("count_desk.done", action=entry.action, number=entry.id, contest=entry.contest_id)
        if entry.contest_id is not None:
            try:
                await self._changed(frozenset({entry.contest_id}))
            except Exception:
                # It is kept, whoever could not be told of it now, and must not be recorded again.
                log.exception("count_desk.telling_broke", number=entry.id)
        return entry


def _needs_two(claims: tuple[Claim, ...]) -> bool:
    return any(isinstance(claim, VotesClaim | DeclaredClaim) for claim in claims)
