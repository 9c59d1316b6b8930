"""Figures that follow from others that are known, and how votes stand in a table."""

from bot.chat.reply import Table
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.result import Declaration, Result
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.ports import Newsroom
from handlers import voice


async def turnout_of(newsroom: Newsroom, contest: Contest) -> Figure[Turnout] | None:
    """The turnout that was stated; else what a complete result gives, of valid votes."""
    stated = await newsroom.turnout(contest)
    if stated is not None:
        return stated
    return turnout_declared(contest, await newsroom.declaration(contest))


def turnout_declared(
    contest: Contest, declared: Figure[Declaration] | None
) -> Figure[Turnout] | None:
    """The turnout that a complete result gives, of valid votes."""
    counted = None if declared is None else declared.value.result
    if declared is None or counted is None or counted.valid_votes is None:
        return None
    if contest.electorate is None or contest.electorate < counted.valid_votes:
        return None
    turnout = Turnout(
        electorate=contest.electorate,
        valid_votes=counted.valid_votes,
        rejected=counted.rejected,
        definition=TurnoutDefinition.VALID_VOTES,
    )
    return Figure(
        value=turnout,
        source=declared.source,
        at=declared.at,
        standing=declared.standing,
        day_only=declared.day_only,
    )


def votes_table(contest: Contest, counted: Result) -> Table:
    """Candidates with their votes, shares and changes, most votes first."""
    rows = []
    for line in counted.votes:
        party = line.candidacy.party
        share, change = counted.share_of(line), counted.change(contest, party)
        rows.append(
            (
                line.candidacy.name,
                party.short,
                voice.number(line.votes),
                "" if share is None else voice.per_cent(share),
                "" if change is None else voice.points(change),
            )
        )
    return Table(
        columns=("", "", "votes", "share", "change"), rows=tuple(rows), right=frozenset({2, 3, 4})
    )
