"""Democracy Club: who stands on a ballot, its votes and turnout, and what was taken back.

The API (“next”, at /api/next/) is as its own serializers have it: `ballots/{ballot_paper_id}/`, and
`results/{ballot_paper_id}/` with the same figures; result sets of v0.9 are read too. What is taken
back comes in the Atom feed (/results/all.atom) as an entry of its own with `<retraction>1`.
People type these figures in, so each has to be possible beside the others to be taken.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from hashlib import sha256

from bot.election.bulletin import Bulletin, BulletinKind, BulletinLine
from bot.election.turnout import percent
from bot.election.written_numbers import MOST_VOTES, quoted
from bot.errors import SourceError
from bot.liveblog.markup import storable
from bot.sources.values import Node, name, node, nodes, string
from bot.sources.xml import Element, read_xml

DEMOCRACY_CLUB = "Democracy Club"
_LONGEST_NAME, _MOST_LINES = 200, 1_000
# A number of papers up to this may be meant per cent.
_AS_PERCENT = 100
# Of the votes: more rejected papers, or a turnout that differs by more, is a slip.
_MOST_REJECTED, _MOST_OFF = Fraction(1, 10), Fraction(3, 100)
# Points by which a turnout may differ from what its own numbers give.
_FAR = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A ballot as Democracy Club has it; `faults` are sentences on figures that cannot be."""

    contest_id: str
    lines: tuple[BulletinLine, ...] = ()
    winners: int = 1
    cancelled: bool = False
    replaced_by: str = ""
    electorate: int | None = None
    ballots: int | None = None
    rejected: int | None = None
    turnout: Decimal | None = None
    faults: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether every candidate has votes."""
        return len(self.lines) > 1 and all(line.votes is not None for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultEvent:
    """An entry of the feed: somebody has won, or it is taken back that they have."""

    number: int
    at: datetime
    retraction: bool
    election: str
    polling_day: date | None
    constituency: str
    person_id: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A page of the feed, its entries oldest first, and the address of the page before it."""

    events: tuple[ResultEvent, ...]
    older: str | None = None


def parse_ballot(content: bytes) -> Ballot:
    """A ballot, or its result. Raises `SourceError`, and nothing else, where it is none."""
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError):
        raise SourceError(
            "That is no JSON. Check DEMOCRACY_CLUB_URL; what is known stays."
        ) from None
    if not isinstance(whole, dict):
        raise SourceError("That is no ballot. Check DEMOCRACY_CLUB_URL; what is known stays.")
    contest_id = _words(name(whole, "ballot_paper_id")) or _words(
        name(node(whole, "ballot"), "ballot_paper_id")
    )
    if not contest_id:
        raise SourceError("That is a ballot without an id. Check DEMOCRACY_CLUB_URL.")
    candidacies = nodes(whole, "candidacies") or nodes(whole, "candidate_results")
    faults: list[str] = []
    lines = tuple(
        line for one in candidacies[:_MOST_LINES] if (line := _line(one, faults)) is not None
    )
    figures = node(whole, "results") or whole
    elected = sum(line.elected for line in lines)
    winners = whole.get("winner_count")
    ballot = Ballot(
        contest_id=contest_id,
        lines=lines,
        winners=winners if type(winners) is int and winners > 0 else max(elected, 1),
        cancelled=whole.get("cancelled") is True,
        replaced_by=_words(name(whole, "replaced_by")),
    )
    return _with_figures(ballot, figures, faults)


def parse_feed(content: bytes) -> Feed:
    """A page of the feed. Raises `SourceError`, and nothing else, where it is none."""
    root = read_xml(content)
    if root.name != "feed":
        raise SourceError("That is no Atom feed. Check DEMOCRACY_CLUB_URL; what is known stays.")
    events = (event for entry in root.all("entry") if (event := _event(entry)) is not None)
    older = (link.get("href") for link in root.all("link") if link.get("rel") == "next")
    return Feed(
        events=tuple(sorted(events, key=lambda event: event.number)), older=next(older, None)
    )


def bulletins(ballot: Ballot, events: Sequence[ResultEvent], url: str) -> Iterator[Bulletin]:
    """What a ballot says beside the feed's entries on it, oldest first.

    Where the last of them takes a winner back that the ballot still has, or it has none, only that
    is said: its votes are what was wrong.
    """
    if ballot.winners != 1:
        return
    last = events[-1] if events else None
    said = Bulletin(
        source=DEMOCRACY_CLUB,
        kind=BulletinKind.TURNOUT,
        constituency=ballot.contest_id,
        contest_id=ballot.contest_id,
        revision=0 if last is None else last.number,
        at=None if last is None else last.at,
        url=url,
        electorate=ballot.electorate,
        ballots=ballot.ballots,
        rejected=ballot.rejected,
        turnout=ballot.turnout,
        lines=ballot.lines,
        faults=ballot.faults,
    )
    winner = said.elected
    if last is not None and last.retraction and winner in (None, _person(ballot, last.person_id)):
        yield _of_kind(said, BulletinKind.RETRACTION, lines=())
    elif ballot.counted:
        yield _of_kind(said, BulletinKind.RESULT, lines=ballot.lines)
    elif winner is not None:
        yield _of_kind(said, BulletinKind.RUSH, lines=(winner,))
    elif ballot.ballots is not None or ballot.turnout is not None or ballot.faults:
        yield _of_kind(said, BulletinKind.TURNOUT, lines=())


def _of_kind(said: Bulletin, kind: BulletinKind, *, lines: tuple[BulletinLine, ...]) -> Bulletin:
    told = replace(said, kind=kind, lines=lines)
    content = "\n".join([replace(told, revision=0).words, str(told.electorate), *told.faults])
    return replace(told, digest=sha256(content.encode()).hexdigest()[:16])


def _person(ballot: Ballot, person_id: str) -> BulletinLine | None:
    return next((line for line in ballot.lines if line.person_id == person_id), None)


def _line(candidacy: Node, faults: list[str]) -> BulletinLine | None:
    membership = node(candidacy, "membership")
    person = node(candidacy, "person") or node(membership, "person")
    party = node(candidacy, "party") or node(membership, "on_behalf_of")
    called = _words(name(person, "name"))
    if not called or candidacy.get("deselected") is True:
        return None
    result = node(candidacy, "result")
    votes = candidacy.get("num_ballots", result.get("num_ballots"))
    marks = (
        candidacy.get("elected"), candidacy.get("is_winner"), result.get("elected"),
        membership.get("elected"),
    )  # fmt: skip
    return BulletinLine(
        name=called,
        party=_words(name(party, "name")) or _words(string(candidacy, "party_name")),
        ec_id=_words(name(party, "ec_id")) or None,
        person_id=_words(name(person, "id")) or None,
        votes=_count(votes, f"votes of {called}", faults),
        elected=True in marks,
    )


def _with_figures(ballot: Ballot, figures: Node, faults: list[str]) -> Ballot:
    """A ballot with those of its figures that can be, and a sentence on each that cannot."""
    votes = sum(line.votes or 0 for line in ballot.lines) if ballot.counted else None
    if ballot.winners != 1:
        votes = None
    electorate = _count(figures.get("total_electorate"), "electorate", faults) or None
    if electorate is not None and electorate < max(votes or 0, _AS_PERCENT):
        faults.append(f"An electorate of {electorate:,} is too small.")
        electorate = None
    rejected = _count(figures.get("num_spoilt_ballots"), "spoilt ballots", faults)
    if rejected and votes and rejected > votes * _MOST_REJECTED:
        faults.append(f"{rejected:,} spoilt ballots beside {votes:,} votes cannot be.")
        rejected = None
    ballots = _count(figures.get("num_turnout_reported"), "turnout", faults)
    why = None if ballots is None else _why_not(ballots, votes, rejected, electorate)
    if why:
        faults.append(why)
        ballots = None
    if votes is not None and rejected is not None:
        ballots = votes + rejected
    elif ballots == votes:
        # Papers that count are no turnout of all papers.
        ballots = None
    turnout = _per_cent(figures.get("turnout_percentage"), faults)
    papers = ballots or votes
    if turnout is not None and papers and electorate:
        counted = percent(Fraction(papers, electorate))
        if abs(counted - turnout) > _FAR:
            faults.append(
                f"A turnout of {turnout}% is given, and {papers:,} of {electorate:,} are "
                f"{counted}%."
            )
            turnout = None
    return replace(
        ballot,
        electorate=electorate,
        ballots=ballots,
        rejected=rejected,
        turnout=turnout,
        faults=tuple(faults),
    )


def _why_not(ballots: int, votes: int | None, rejected: int | None, electorate: int | None) -> str:
    """What speaks against a number of ballots; empty where nothing does."""
    if ballots <= _AS_PERCENT:
        return f"{ballots} ballots are no turnout; it may be per cent."
    if electorate is not None and ballots > electorate:
        return f"{ballots:,} ballots are more than {electorate:,} electors."
    if votes is None:
        return ""
    if ballots < votes:
        return f"{ballots:,} ballots are fewer than the {votes:,} votes."
    if ballots > (votes + (rejected or 0)) * (1 + _MOST_OFF):
        return f"{ballots:,} ballots are far more than the {votes:,} votes."
    return ""


def _count(value: object, what: str, faults: list[str]) -> int | None:
    """A whole number; None where there is none, or none that could be."""
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value) if len(value) < 20 else -1
    if type(value) is int and 0 <= value <= MOST_VOTES:
        return value
    faults.append(f"“{quoted(_words(str(value)[:_LONGEST_NAME]))}” as {what} cannot be.")
    return None


def _per_cent(value: object, faults: list[str]) -> Decimal | None:
    """Per cent above 0; None where there is none, or none that could be."""
    if value is None or value == "":
        return None
    try:
        written = value.strip().removesuffix("%") if isinstance(value, str) else str(value)
        found = Decimal(written[:20]) if not isinstance(value, bool) else Decimal(-1)
    except InvalidOperation:
        found = Decimal(-1)
    if found.is_finite() and 0 < found <= 100:
        return found
    faults.append(f"“{quoted(_words(str(value)[:_LONGEST_NAME]))}” as turnout in % cannot be.")
    return None


def _event(entry: Element) -> ResultEvent | None:
    """An entry with all that is needed of it; None for one without."""
    number = entry.text_of("id").rpartition("#")[2]
    try:
        at = datetime.fromisoformat(entry.text_of("published") or entry.text_of("updated"))
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    try:
        day = date.fromisoformat(entry.text_of("election_date")[:10])
    except ValueError:
        day = None
    return ResultEvent(
        number=int(number),
        at=at,
        retraction=entry.text_of("retraction") in ("1", "True", "true"),
        election=_words(entry.text_of("election_slug")),
        polling_day=day,
        constituency=_words(entry.text_of("post_name")),
        person_id=_words(entry.text_of("winner_person_id")),
        person=_words(entry.text_of("winner_person_name")),
    )


def _words(written: str) -> str:
    """A name as it can be kept and shown."""
    return " ".join(storable(written).split())[:_LONGEST_NAME]
