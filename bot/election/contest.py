"""A contest: one seat on one polling day, and who stands in it."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from bot.election.clock import UK, to_utc

CLOSE_OF_POLL = time(22, 0)
TONIGHT_LASTS = timedelta(days=2)
# Where more vote in one night nobody looks at each, and what costs something for each is left out.
MANY_SEATS = 20

_BALLOT_ID = re.compile(
    r"(?P<election>[a-z]+)(?:\.(?P<council>[a-z0-9-]+))?\.(?P<seat>(?!by\.)[a-z0-9-]+)\.(?P<by>by\.)?"
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
)


_SLUG_WORD = re.compile(r"[a-z0-9]+")
# Accents that stand apart from their letters, and apostrophes.
_NOT_IN_A_SLUG = re.compile("[\u0300-\u036f'\u2018\u2019`]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """A party as it stands on the ballot paper, with the short form that newsrooms use."""

    name: str
    short: str
    ec_id: str | None = None

    @property
    def independent(self) -> bool:
        """Whether it is no party at all: independents have nothing in common but the word."""
        return self.name.casefold() == "independent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidacy:
    """One name on one ballot paper."""

    name: str
    party: Party
    person_id: str | None = None

    @property
    def surname(self) -> str:
        """The last word of the name."""
        return self.name.split()[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousResult:
    """What the seat did last time: shares as fractions of the valid votes, by short party name.

    `notional` marks one that is worked out for boundaries that were not those of that day.
    `majority`, in votes, is None where only shares are known.
    """

    polling_day: date
    winner: Party
    majority: int | None
    shares: dict[str, float]
    turnout_percent: float | None = None
    source: str
    notional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """One seat (or ward) on one polling day, identified the Democracy Club way.

    `holder` is the party that held the seat at the vacancy or dissolution: hold and gain are
    measured against it.
    """

    id: str
    name: str
    polling_day: date
    venue: str | None = None
    electorate: int | None = None
    holder: Party | None = None
    former_member: str | None = None
    candidacies: tuple[Candidacy, ...] = ()
    previous: PreviousResult | None = None
    aliases: tuple[str, ...] = ()

    @property
    def close_of_poll(self) -> datetime:
        """22:00 UK time on polling day, as an instant in UTC."""
        return close_of_poll(self.polling_day)

    @property
    def by_election(self) -> bool:
        """Whether the seat votes on its own and not in a general election."""
        return ".by." in self.id

    def is_tonight(self, moment: datetime) -> bool:
        """Whether `moment` lies between the start of polling day and the end of two days after."""
        start, end = _tonight(self.polling_day)
        return start <= moment < end

    @property
    def ballot_paper(self) -> dict[str, Candidacy]:
        """Candidacies by the words that tell them apart: a name, with the party where two have it.

        Two people called Greg Smith stood in Mid Buckinghamshire in 2024.
        """
        names = Counter(one.name for one in self.candidacies)
        return {
            one.name if names[one.name] == 1 else f"{one.name} ({one.party.short})": one
            for one in self.candidacies
        }

    def called(self, candidacy: Candidacy) -> str:
        """The words for a candidacy in `ballot_paper`; its name, where it is not on it."""
        return next(
            (name for name, one in self.ballot_paper.items() if one == candidacy), candidacy.name
        )

    def candidacy_of(self, party_short: str) -> Candidacy | None:
        """The candidacy of a party, where it has exactly one."""
        found = [c for c in self.candidacies if c.party.short == party_short]
        return found[0] if len(found) == 1 else None


class MilestoneKind(StrEnum):
    """The moments of a count that people wait for."""

    POLLS_CLOSE = "polls_close"
    BOXES = "boxes"
    TURNOUT = "turnout"
    DECLARATION = "declaration"


class Stage(StrEnum):
    """How far a count has come, in the order of a night."""

    POLLING = "polling"
    POLLS_CLOSED = "polls_closed"
    BOXES_ARRIVED = "boxes_arrived"
    COUNTING = "counting"
    VERIFIED = "verified"
    RECOUNT = "recount"
    DECLARED = "declared"

    def reaches(self, wanted: "Stage") -> bool:
        """Whether a count that has come so far has been at `wanted`, or is past it.

        Not every count has a recount: it was at one only while that is the furthest it has come.
        """
        if wanted is Stage.RECOUNT:
            return self is wanted
        order = list(Stage)
        return order.index(self) >= order.index(wanted)


@lru_cache(maxsize=64)
def _tonight(polling_day: date) -> tuple[datetime, datetime]:
    """From when and until when a polling day's night is tonight, in UTC."""
    over = polling_day + TONIGHT_LASTS + timedelta(days=1)
    start, end = (to_utc(datetime.combine(day, time(0), UK)) for day in (polling_day, over))
    return start, end


def close_of_poll(polling_day: date) -> datetime:
    """22:00 UK time on a polling day, as an instant in UTC."""
    return to_utc(datetime.combine(polling_day, CLOSE_OF_POLL, UK))


def read_ballot_id(ballot_id: str) -> tuple[str, date]:
    """The seat's slug and the polling day in a Democracy Club ballot id.

    `parl.tamworth.by.2023-10-19` gives `("tamworth", date(2023, 10, 19))`.
    Raises `ValueError` where the text has another form or names no real day.
    """
    match = _BALLOT_ID.fullmatch(ballot_id)
    try:
        day = None if match is None else date.fromisoformat(match["day"])
    except ValueError:
        day = None
    if match is None or day is None:
        raise ValueError(
            f"“{ballot_id}” is not a ballot id; it looks like parl.tamworth.by.2023-10-19"
        )
    return match["seat"], day


def slug_from_name(name: str) -> str:
    """A seat's name as ballot ids have it: `Sheffield, Brightside` gives `sheffield-brightside`."""
    bare = unicodedata.normalize("NFKD", name.casefold().replace("&", " and "))
    return "-".join(_SLUG_WORD.findall(_NOT_IN_A_SLUG.sub("", bare)))


def name_from_slug(slug: str) -> str:
    """A readable name for a slug: `selby-and-ainsty` gives `Selby and Ainsty`."""
    small = {"and", "of", "the", "in", "upon", "on", "under"}
    words = slug.split("-")
    return " ".join(w if i and w in small else w.capitalize() for i, w in enumerate(words))
