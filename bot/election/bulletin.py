"""A bulletin: what a results source says of one contest, in its own names and numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from bot.election.result import Outcome


class BulletinKind(StrEnum):
    """What a bulletin tells. A rush has the winner alone, a retraction takes all of it back."""

    RECOUNT = "recount"
    TURNOUT = "turnout"
    RUSH = "rush"
    RESULT = "result"
    RETRACTION = "retraction"


# Of several of one contest that are there at once, in this order.
_ORDER = {kind: number for number, kind in enumerate(BulletinKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinLine:
    """A candidate as a source has them: `short` is its own code for the party, if it has one."""

    name: str
    party: str
    short: str = ""
    ec_id: str | None = None
    person_id: str | None = None
    votes: int | None = None
    elected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """What a source, by its `source` name, says of one contest.

    The contest goes by its Democracy Club id where the source has it, else by the name of its
    `constituency` and the `polling_day`. Of two bulletins of a source the one of the higher
    `revision` counts, or, where they have a `digest`, each that says something else. `at` is when
    it was declared, UTC. `ballots` are all papers, `valid_votes` those that count; `turnout` is in
    per cent. `faults` are sentences on what the source has and cannot be; it is left out.
    """

    source: str
    kind: BulletinKind
    constituency: str
    contest_id: str | None = None
    polling_day: date | None = None
    election_type: str = ""
    revision: int = 0
    digest: str = ""
    at: datetime | None = None
    url: str | None = None
    electorate: int | None = None
    ballots: int | None = None
    valid_votes: int | None = None
    rejected: int | None = None
    turnout: Decimal | None = None
    majority: int | None = None
    outcome: Outcome | None = None
    lines: tuple[BulletinLine, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def elected(self) -> BulletinLine | None:
        """Whom the source has as elected, where that is one candidate."""
        found = [line for line in self.lines if line.elected]
        return found[0] if len(found) == 1 else None

    @property
    def words(self) -> str:
        """What it says, in one line, for the journal."""
        votes = [
            f"{line.name} ({line.short or line.party})"
            + ("" if line.votes is None else f" {line.votes:,}")
            + (" elected" if line.elected else "")
            for line in self.lines
        ]
        turnout = [
            words
            for words in (
                "" if self.ballots is None else f"{self.ballots:,} ballots",
                "" if self.valid_votes is None else f"{self.valid_votes:,} valid votes",
                "" if self.turnout is None else f"turnout {self.turnout}%",
            )
            if words
        ]
        number = f" {self.revision}" if self.revision else ""
        return f"{self.kind}{number}: {'; '.join([*votes, *turnout]) or self.constituency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """The last bulletin of a kind that a source had of a contest."""

    revision: int
    digest: str = ""


def is_news(bulletin: Bulletin, heard: Mapping[BulletinKind, Heard]) -> bool:
    """Whether a bulletin says more than what was `heard` of its source on its contest.

    A rush or a recount that comes after a result is late, whatever its revision; what a source took
    back it has to say anew.
    """
    kind = bulletin.kind
    last, back = heard.get(kind), heard.get(BulletinKind.RETRACTION)
    if kind is BulletinKind.RETRACTION:
        return last is None or bulletin.revision > last.revision
    result = heard.get(BulletinKind.RESULT)
    if result is not None and back is not None and back.revision > result.revision:
        result = None
    if result is not None and kind in (BulletinKind.RUSH, BulletinKind.RECOUNT):
        return False
    if last is None:
        return True
    if not bulletin.digest:
        return bulletin.revision > last.revision
    again = back is not None and last.revision < back.revision < bulletin.revision
    return bulletin.digest != last.digest or again


def newest(bulletins: Iterable[Bulletin]) -> list[Bulletin]:
    """Of each contest and kind the highest revision, and no rush where there is a result."""
    best: dict[tuple[str, date | None, BulletinKind], Bulletin] = {}
    for one in bulletins:
        key = (one.contest_id or one.constituency, one.polling_day, one.kind)
        if key not in best or one.revision >= best[key].revision:
            best[key] = one
    return sorted(
        (
            one
            for (contest, day, kind), one in best.items()
            if kind is not BulletinKind.RUSH or (contest, day, BulletinKind.RESULT) not in best
        ),
        key=lambda one: _ORDER[one.kind],
    )
