"""The record as rows: what its files hold, line for line."""

from dataclasses import dataclass, field

# The marks of a boundary set are the years of its first general election.
BOUNDARIES = (2010, 2024)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatRow:
    """A constituency within one set of boundaries. `code` is the Office for National Statistics'.

    Five codes stand in both sets, so a seat is known by its boundaries and its code together.
    """

    boundaries: int
    code: str
    name: str
    country: str
    region: str
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by in the files: `2010/E14000986`."""
        return f"{self.boundaries}/{self.code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRow:
    """A party as candidates stood for it. `number` is its place in the file."""

    number: int
    short: str
    name: str
    ec_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidacyRow:
    """A candidate, the number of the party, and the votes.

    `change` is the Library's own change of share as a fraction, kept where the record does not
    reach what came before; `person` is the candidate's number at Democracy Club.
    """

    name: str
    party: int
    votes: int
    change: float | None = None
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestRow:
    """A contest as the record states it: numbers of people, papers and votes.

    `holder` is the short name of the party that held the seat; `declared` the UK clock time of the
    declaration, or empty. `valid` and `majority` are the stated ones, which may contradict the
    candidates' votes.
    """

    polling_day: str
    seat: str
    by_election: bool
    holder: str
    electorate: int
    valid: int
    rejected: int | None
    majority: int
    declared: str = ""
    candidacies: tuple[CandidacyRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotionalRow:
    """Votes of 2019 as if cast on the seats of 2024, by short party name."""

    seat: str
    electorate: int
    valid: int
    votes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OverlapRow:
    """Which part of an old seat's people live in a new seat, and of the new one's came from it."""

    old: str
    new: str
    of_old: float
    of_new: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """What the source says wrong of a contest, in a sentence. Nothing of it is put right here."""

    polling_day: str
    seat: str
    sentence: str


@dataclass(slots=True, kw_only=True)
class Rows:
    """All of them. `edition` is the newest polling day."""

    seats: list[SeatRow] = field(default_factory=list)
    parties: list[PartyRow] = field(default_factory=list)
    contests: list[ContestRow] = field(default_factory=list)
    notional: list[NotionalRow] = field(default_factory=list)
    overlaps: list[OverlapRow] = field(default_factory=list)
    faults: list[FaultRow] = field(default_factory=list)

    @property
    def edition(self) -> str:
        """How far it reaches: the newest polling day, as ISO 8601."""
        return max((contest.polling_day for contest in self.contests), default="")
