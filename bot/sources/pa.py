"""PA Media's election results: rush, result, recount and state of parties, a file each.

The form is as its clients' published readers have it: the root names the kind and has `revision`
and `declarationTime`; `Election` its day and type; `Constituency` the seat and its figures, and
each `Candidate` a `Party` with its votes. `turnout` is a number of valid votes.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation

from bot.election.bulletin import Bulletin, BulletinKind, BulletinLine
from bot.election.clock import UK
from bot.election.result import Outcome
from bot.election.standings import PartyStanding, StateOfParties
from bot.election.written_numbers import MOST_VOTES, quoted
from bot.errors import SourceError
from bot.liveblog.markup import storable
from bot.sources.xml import Element, read_xml

PA_MEDIA = "PA Media"
_KINDS = {
    "FirstPastThePostRush": BulletinKind.RUSH,
    "FirstPastThePostResult": BulletinKind.RESULT,
    "Recount": BulletinKind.RECOUNT,
    "FirstPastThePostRecount": BulletinKind.RECOUNT,
}
_STATE = "FirstPastThePostStateOfParties"
_LONGEST_NAME, _MOST_REVISION = 200, 10_000


def parse(content: bytes) -> tuple[Bulletin, ...] | StateOfParties:
    """What one file says. Raises `SourceError`, and nothing else, where it is none of PA's.

    A file of another kind (nominations, a council's) says nothing here.
    """
    root = read_xml(content)
    if root.name == _STATE:
        return _state(root)
    kind = _KINDS.get(root.name)
    if kind is None:
        return ()
    election = root.first("Election")
    seats = [] if election is None else list(election.all("Constituency"))
    if election is None or not seats:
        raise SourceError(f"This {kind} names no constituency. Ask PA Media for it anew.")
    return tuple(_bulletin(root, election, seat, kind) for seat in seats)


def _bulletin(root: Element, election: Element, seat: Element, kind: BulletinKind) -> Bulletin:
    numbers = _Numbers()
    name = _words(seat.get("name"))
    if not name:
        raise SourceError(f"This {kind} does not name its constituency. Ask PA Media for it anew.")
    counted = kind is BulletinKind.RESULT
    lines = tuple(_lines(seat, numbers)) if kind is not BulletinKind.RECOUNT else ()
    if counted and any(line.votes is None for line in lines):
        numbers.faults.append("A candidate has no votes that can be read.")
    return Bulletin(
        source=PA_MEDIA,
        kind=kind,
        constituency=name,
        polling_day=_day(election.get("date")),
        election_type=election.get("type")[:1],
        revision=_revision(root),
        at=_instant(root.get("declarationTime")),
        electorate=numbers.count(seat, "electorate"),
        valid_votes=numbers.count(seat, "turnout") if counted else None,
        turnout=numbers.per_cent(seat, "percentageTurnout") if counted else None,
        majority=numbers.count(seat, "majority") if counted else None,
        outcome=_outcome(seat.get("gainOrHold")),
        lines=lines or tuple(_winner(seat, kind)),
        faults=tuple(numbers.faults),
    )


def _lines(seat: Element, numbers: "_Numbers") -> Iterator[BulletinLine]:
    for one in seat.all("Candidate"):
        party = one.first("Party") or Element(name="Party")
        name = _words(f"{one.get('firstName')} {one.get('surname')}")
        yield BulletinLine(
            name=name or _words(one.get("ballotName")) or _words(party.get("name")),
            party=_words(party.get("name")),
            short=_words(party.get("abbreviation")),
            votes=numbers.count(party, "votes"),
            elected=one.get("elected") == "*",
        )


def _winner(seat: Element, kind: BulletinKind) -> Iterator[BulletinLine]:
    """The party that won, of a rush that names no candidates."""
    short = _words(seat.get("winningPartyAbbreviation") or seat.get("winningParty"))
    party = _words(seat.get("winningPartyName")) or short
    if kind is BulletinKind.RUSH and party:
        yield BulletinLine(name="", party=party, short=short, elected=True)


def _state(root: Element) -> StateOfParties:
    numbers = _Numbers()
    election = root.first("Election") or Element(name="Election")
    parties = root.first("Parties") or Element(name="Parties")
    included = root.first("ConstituenciesIncluded") or Element(name="ConstituenciesIncluded")
    of = numbers.count(root, "totalNumberOfConstituencies")
    if not of:
        raise SourceError("This state of parties does not say of how many seats it is.")
    return StateOfParties(
        polling_day=_day(election.get("date")),
        revision=_revision(root),
        results=numbers.count(root, "numberOfResults") or 0,
        of=of,
        parties=tuple(
            PartyStanding(
                name=_words(one.get("name")),
                short=_words(one.get("abbreviation")),
                seats=numbers.count(one, "totalSeats") or 0,
                gains=numbers.count(one, "gains") or 0,
                losses=numbers.count(one, "losses") or 0,
                votes=numbers.count(one, "totalVotes", most=MOST_VOTES * 10) or 0,
                share=numbers.per_cent(one, "percentageShare"),
            )
            for one in parties.all("Party")
        ),
        constituencies=tuple(_words(one.get("name")) for one in included.all("Constituency")),
    )


class _Numbers:
    """Reads numbers, and notes those that cannot be."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def count(self, element: Element, name: str, most: int = MOST_VOTES) -> int | None:
        """A whole number; None where there is none, or none that could be."""
        written = element.get(name)
        if not written:
            return None
        if written.isascii() and written.isdigit() and len(written) <= len(str(most)):
            return int(written)
        self._fault(name, written)
        return None

    def per_cent(self, element: Element, name: str) -> Decimal | None:
        """Per cent, from 0 to 100; None where there is none, or none that could be."""
        written = element.get(name)
        try:
            value = Decimal(written[:20]) if written else None
        except InvalidOperation:
            value = Decimal(-1)
        if value is None or (value.is_finite() and 0 <= value <= 100):
            return value
        self._fault(name, written)
        return None

    def _fault(self, name: str, written: str) -> None:
        self.faults.append(f"“{quoted(written)}” as {name} cannot be.")


def _revision(root: Element) -> int:
    written = root.get("revision")
    if not (written.isascii() and written.isdigit() and len(written) < 6):
        return 1
    return min(int(written), _MOST_REVISION)


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written[:10])
    except ValueError:
        return None


def _instant(written: str) -> datetime | None:
    """An instant, UTC; one without a zone is of UK clocks."""
    try:
        instant = datetime.fromisoformat(written)
        instant = instant.replace(tzinfo=UK) if instant.tzinfo is None else instant
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _outcome(written: str) -> Outcome | None:
    return {"gain": Outcome.GAIN, "hold": Outcome.HOLD}.get(written.casefold())


def _words(written: str) -> str:
    """A name as it can be kept and shown."""
    return " ".join(storable(written).split())[:_LONGEST_NAME]
