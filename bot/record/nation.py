"""A general election as a whole: its turnout, and seats and votes by party."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from bot.election.contest import Party
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.record.past import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class General:
    """A general election, as far as its contests are on record, by short party names.

    `declared` is how many contests that is.
    """

    polling_day: date
    declared: int
    turnout: Turnout
    parties: dict[str, Party]
    seats: Counter[str]
    votes: Counter[str]
    remarks: tuple[str, ...]

    def share(self, short: str) -> Fraction:
        """A party's part of all valid votes."""
        return Fraction(self.votes[short], self.votes.total())


def general_election(past: Past, day: date) -> General | None:
    """The general election of a day; None where none is on record."""
    contests = list(past.contests(by_election=False, since=day, until=day))
    if not contests:
        return None
    seats: Counter[str] = Counter()
    votes: Counter[str] = Counter()
    parties: dict[str, Party] = {}
    for one in contests:
        seats[one.result.winner.candidacy.party.short] += 1
        for line in one.result.votes:
            votes[line.candidacy.party.short] += line.votes
            parties.setdefault(line.candidacy.party.short, line.candidacy.party)
    rejected = [one.result.rejected for one in contests]
    known = [number for number in rejected if number is not None]
    return General(
        polling_day=day,
        declared=len(contests),
        turnout=Turnout(
            electorate=sum(one.contest.electorate or 0 for one in contests),
            valid_votes=votes.total(),
            rejected=sum(known) if len(known) == len(rejected) else None,
            definition=TurnoutDefinition.VALID_VOTES,
        ),
        parties=parties,
        seats=seats,
        votes=votes,
        remarks=tuple(f"{one.contest.name}: {r}" for one in contests for r in one.remarks),
    )
