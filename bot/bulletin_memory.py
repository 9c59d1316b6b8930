"""What is remembered of bulletins, and the socket to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.chat.ask import Ask, Author
from bot.controls import Deed
from bot.election.bulletin import BulletinKind, Heard
from bot.election.contest import Candidacy
from bot.election.figure import Standing
from bot.election.standings import StateOfParties
from bot.memory import Announcement
from bot.ports import EntryState, JournalEntry

# The platform that results sources are authors on: whatever they say is journalled as theirs.
SOURCE = "source"
Announcing = Callable[[JournalEntry], Sequence[Announcement]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinTaken:
    """A bulletin of a source (`ask.author`) as it is kept: what it does, and what it counts as.

    It has no figures where its `state` is another than `STANDS`. `url` is where it stands.
    """

    ask: Ask
    kind: BulletinKind
    heard: Heard
    deed: Deed
    state: EntryState
    url: str | None = None


class BulletinRows(Protocol):
    """The memory of bulletins."""

    async def look_at(self, sources: Mapping[str, str]) -> None:
        """Keep that these sources are looked at from now on, and no others: names by their keys."""

    async def looked(
        self, source: str, at: datetime, next_look: datetime, trouble: str | None
    ) -> None:
        """Keep how a look at a source went (`trouble` None: well), and when the next one is."""

    async def heard(self, source: str, contest_id: str) -> Mapping[BulletinKind, Heard]:
        """The last bulletin of each kind that a source had of a contest."""

    async def fill_in(
        self, contest_id: str, candidacies: Sequence[Candidacy], source: str, at: datetime
    ) -> bool:
        """Keep who stands in a contest, in place of what a source said of it before.

        False, and nothing done, where that is known already or the night file says it itself.
        """

    async def keep_state(
        self, state: StateOfParties, author: Author, standing: Standing, at: datetime
    ) -> bool:
        """Keep how the parties stand; False, and nothing done, where a newer one is known."""

    async def keep(
        self, taken: BulletinTaken, announcing: Announcing, at: datetime
    ) -> JournalEntry:
        """Keep a bulletin, its figures and what is told of it, in one transaction."""

    async def retract(self, taken: BulletinTaken, at: datetime) -> JournalEntry | None:
        """End the results that a source has put in; None where there are none of it."""
