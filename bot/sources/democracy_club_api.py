"""Democracy Club asked: one request at a time, at its pace, and the likeliest news first.

Anybody may ask ten times a minute; with a key more often. The feed tells which ballots have a
winner, or have one no more; those are asked at once, and the others in turn, for votes and turnout
come without an entry in the feed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from urllib.parse import quote

import structlog

from bot.election.bulletin import Bulletin, BulletinKind
from bot.election.contest import Contest
from bot.election.figure import Standing
from bot.election.names import NameIndex
from bot.errors import SourceError, SourceMissingError
from bot.ports import Validators
from bot.results_sources import Contests, Look, Remark
from bot.sources.democracy_club import (
    DEMOCRACY_CLUB,
    Ballot,
    Feed,
    ResultEvent,
    bulletins,
    parse_ballot,
    parse_feed,
)
from bot.sources.fetch import Fetcher

log = structlog.get_logger()

# Seconds between requests: just under ten a minute, and what is decent with a key.
ANONYMOUS_PACE, KEY_PACE = 6.5, 1.0
FEED_EVERY = timedelta(seconds=60)
UNDECLARED_EVERY, DECLARED_EVERY = timedelta(seconds=60), timedelta(minutes=10)
PAPER_EVERY = timedelta(minutes=30)
# Pages of the feed that are read back to what is known, of 300 entries each.
MOST_PAGES = 10

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Asked:
    """What is known of one ballot: when it was asked for, and what it said."""

    at: datetime | None = None
    validators: Validators = field(default_factory=Validators)
    ballot: Ballot | None = None
    events: tuple[ResultEvent, ...] = ()
    due: bool = False


class DemocracyClub:
    """Asks for the ballots of the night's contests; `ids` has those that go by another id there."""

    name = DEMOCRACY_CLUB
    key = "democracy_club"
    standing = Standing.PROVISIONAL

    def __init__(
        self,
        fetcher: Fetcher,
        base: str,
        *,
        ids: Mapping[str, str] | None = None,
        key: bool = False,
    ) -> None:
        self._fetcher = fetcher
        self._base = base.rstrip("/")
        self._ids = dict(ids or {})
        self.poll = KEY_PACE if key else ANONYMOUS_PACE
        self._asked: dict[str, _Asked] = {}
        self._feed_at: datetime | None = None
        self._feed_validators = Validators()
        self._older: str | None = None
        self._pages = 0
        self._known = self._newest = 0

    async def look(self, contests: Contests, now: datetime) -> Look:
        """Ask for the one thing that is the likeliest news. Raises `SourceError`."""
        open_ = [one for one in await contests() if now < one.close_of_poll or one.is_tonight(now)]
        for one in open_:
            self._asked.setdefault(one.id, _Asked())
        closed = [one for one in open_ if one.close_of_poll <= now]
        if closed and (self._older or self._feed_at is None or now - self._feed_at >= FEED_EVERY):
            await self._read_feed(closed, now)
            return Look(wait=self.poll)
        contest = self._next(open_, now)
        if contest is None:
            return Look(wait=self.poll)
        return await self._read_ballot(contest, now)

    def _next(self, contests: Sequence[Contest], now: datetime) -> Contest | None:
        """The ballot to ask for now; None where none is due."""
        waits = [
            (not self._asked[one.id].due, self._asked[one.id].at or _BEGINNING, number)
            for number, one in enumerate(contests)
            if self._is_due(one, now)
        ]
        return contests[min(waits)[2]] if waits else None

    def _is_due(self, contest: Contest, now: datetime) -> bool:
        asked = self._asked[contest.id]
        if now < contest.close_of_poll:
            wanted = not contest.candidacies or asked.ballot is not None
            every = PAPER_EVERY
        else:
            wanted = True
            counted = asked.ballot is not None and asked.ballot.counted
            every = DECLARED_EVERY if counted else UNDECLARED_EVERY
        return wanted and (asked.due or asked.at is None or now - asked.at >= every)

    async def _read_ballot(self, contest: Contest, now: datetime) -> Look:
        asked = self._asked[contest.id]
        ballot_id = self._ids.get(contest.id, contest.id)
        url = f"{self._base}/api/next/ballots/{quote(ballot_id, safe='')}/"
        # Whatever comes of it, it is another's turn after that.
        asked.at, asked.due = now, False
        try:
            page = await self._fetcher.fetch(f"{url}?format=json", asked.validators)
        except SourceMissingError:
            return Look(remarks=(_no_ballot(contest, ballot_id),), wait=self.poll)
        if page.content is not None:
            ballot = parse_ballot(page.content)
            if ballot.contest_id != ballot_id:
                raise SourceError(f"{url} has the ballot {ballot.contest_id[:100]}.")
            asked.ballot, asked.validators = ballot, page.validators
        if asked.ballot is None:
            return Look(wait=self.poll)
        said = [_of(contest, one) for one in bulletins(asked.ballot, asked.events, url)]
        return Look(
            bulletins=tuple(said) if contest.close_of_poll <= now else (),
            papers=tuple(_papers(contest, asked.ballot, url)),
            remarks=tuple(_cancelled(contest, asked.ballot)),
            wait=self.poll,
        )

    async def _read_feed(self, contests: Sequence[Contest], now: datetime) -> None:
        """Read the newest page of the feed, or the one that is still to be read of older ones."""
        url, first = self._older or f"{self._base}/results/all.atom", self._older is None
        validators = self._feed_validators if first else Validators()
        # Where it fails, it is tried again in its time, from the newest page on.
        self._older = None
        self._feed_at = now
        page = await self._fetcher.fetch(url, validators)
        if page.content is None:
            return
        feed = parse_feed(page.content)
        if first:
            self._feed_validators, self._pages = page.validators, 0
        self._pages += 1
        self._heard(feed, contests)
        numbers = [event.number for event in feed.events]
        self._newest = max([self._newest, *numbers])
        older = feed.older or ""
        if (
            older.startswith(f"{self._base}/")
            and self._pages < MOST_PAGES
            and _reaches(feed, contests)
            and min(numbers, default=0) > self._known
        ):
            self._older = older
        else:
            self._known = self._newest

    def _heard(self, feed: Feed, contests: Sequence[Contest]) -> None:
        """Keep the entries on the night's contests; what is new makes its ballot due."""
        for contest_id, events in by_contest(feed.events, contests).items():
            asked = self._asked[contest_id]
            known = {event.number: event for event in (*asked.events, *events)}
            merged = tuple(known[number] for number in sorted(known))
            if merged != asked.events:
                asked.events, asked.due = merged, True


def by_contest(
    events: Iterable[ResultEvent], contests: Sequence[Contest]
) -> dict[str, list[ResultEvent]]:
    """Entries of the feed by the contests that they are about; those on others are left out.

    An entry names its election (`parl.2023-10-19`) and the seat. Pure.
    """
    indexes: dict[tuple[str, date | None], NameIndex] = {}
    found: dict[str, list[ResultEvent]] = {}
    for event in events:
        key = (event.election[: -len(".2023-10-19")], event.polling_day)
        if key not in indexes:
            prefix, day = key
            indexes[key] = NameIndex(
                one
                for one in contests
                if one.polling_day == day and one.id.startswith(f"{prefix}.")
            )
        match = indexes[key].called(event.constituency)
        if len(match.contests) == 1:
            found.setdefault(match.contests[0].id, []).append(event)
    return found


def _reaches(feed: Feed, contests: Sequence[Contest]) -> bool:
    """Whether what is older than a page may still be of the night."""
    begins = min((one.close_of_poll for one in contests), default=_BEGINNING)
    return all(event.at >= begins for event in feed.events)


def _of(contest: Contest, bulletin: Bulletin) -> Bulletin:
    """A bulletin under the id and the name that the contest has here."""
    return replace(bulletin, contest_id=contest.id, constituency=contest.name)


def _papers(contest: Contest, ballot: Ballot, url: str) -> Iterable[Bulletin]:
    """The ballot paper, for a contest of which nobody else has said who stands."""
    if ballot.winners == 1 and len(ballot.lines) > 1:
        yield Bulletin(
            source=DEMOCRACY_CLUB,
            kind=BulletinKind.RUSH,
            constituency=contest.name,
            contest_id=contest.id,
            url=url,
            lines=ballot.lines,
        )


def _cancelled(contest: Contest, ballot: Ballot) -> Iterable[Remark]:
    if ballot.cancelled or ballot.replaced_by:
        by = f", and replaced by {ballot.replaced_by}" if ballot.replaced_by else ""
        yield Remark(
            subject=f"cancelled:{contest.id}",
            heading=f"{DEMOCRACY_CLUB} has {contest.name} as cancelled",
            sentences=(
                f"Its ballot {ballot.contest_id} is marked as cancelled or uncontested{by}.",
                "Ask the returning officer; a new id goes into the night file.",
            ),
            contest_id=contest.id,
        )


def _no_ballot(contest: Contest, ballot_id: str) -> Remark:
    return Remark(
        subject=f"no-ballot:{ballot_id}",
        heading=f"{DEMOCRACY_CLUB} has no ballot {ballot_id}",
        sentences=(
            f"Nothing comes from there on {contest.name}.",
            "If it goes by another id there, write it into the night file: democracy_club = “…”.",
        ),
        contest_id=contest.id,
    )
