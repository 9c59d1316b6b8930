"""A general election, over the whole country."""

from datetime import datetime, time

from bot.chat.ask import Ask
from bot.chat.command import command
from bot.chat.reply import Choice, Origin, Reply, Table
from bot.chat.seats import seats_named
from bot.election.clock import UK, say_day, to_utc
from bot.election.figure import Standing
from bot.election.occasion import read_occasion, said
from bot.election.turnout import TurnoutDefinition, percent
from bot.errors import AskError
from bot.ports import Newsroom
from bot.record.nation import General, general_election
from bot.record.record import LIBRARY
from handlers import voice

SHOWN = 8


@command(
    "uk",
    also=(
        "national",
        "nationally",
        "nationwide",
        "overall turnout",
        "national turnout",
        "across the country",
        "whole country",
        "how many seats did … win",
        "how many seats … won",
    ),
    examples=("uk turnout 2019", "national turnout in 2017", "who won the 2017 general election?"),
)
async def uk(newsroom: Newsroom, what: str, ask: Ask) -> Reply:
    """Turnout, seats and votes of a whole general election."""
    occasion, rest = read_occasion(ask.text)
    seats, _ = seats_named(rest, await newsroom.names())
    if seats:
        name = seats[0].name
        return Reply(
            title="Of the whole country, or of a seat?",
            choices=(
                Choice(label="The whole country", ask=f"uk {said(occasion)}".strip()),
                Choice(label=name, ask=f"turnout {name} {said(occasion)}".strip()),
            ),
            error=True,
        )
    days = newsroom.past.general_elections()
    if occasion.before:
        days = days[1:]
    fitting = [day for day in days if occasion.year in (None, day.year)]
    found = general_election(newsroom.past, fitting[0]) if fitting else None
    if found is None:
        years = voice.row([str(day.year) for day in reversed(newsroom.past.general_elections())])
        raise AskError(f"The record has the general elections of {years or 'no year yet'}.")
    return _reply(newsroom, found)


def _reply(newsroom: Newsroom, found: General) -> Reply:
    valid = found.turnout.fraction(TurnoutDefinition.VALID_VOTES)
    every = found.turnout.fraction(TurnoutDefinition.ALL_BALLOTS)
    exactly = None if valid is None else percent(valid, 2)
    of_all = "" if every is None else f"; {percent(every, 2)}% of all ballots"
    known = found.turnout.electorate or 0
    ranked = sorted(found.votes, key=lambda s: (-found.seats[s], -found.votes[s]))[:SHOWN]
    first = ranked[0]
    lines = [
        f"Turnout {exactly}% of valid votes{of_all}.",
        f"{voice.number(found.votes.total())} valid votes of {voice.number(known)} electors in "
        f"{found.declared} seats.",
        f"{voice.party(found.parties[first])} won {voice.count(found.seats[first], 'seat')}.",
    ]
    day = say_day(found.polling_day)
    return Reply(
        title=f"General election of {day}: UK turnout {found.turnout.shown()}%",
        lines=(*lines, *found.remarks),
        table=Table(
            columns=("", "seats", "votes", "share"),
            rows=tuple(
                (
                    voice.party(found.parties[short]),
                    voice.number(found.seats[short]),
                    voice.number(found.votes[short]),
                    voice.per_cent(found.share(short)),
                )
                for short in ranked
            ),
            right=frozenset({1, 2, 3}),
        ),
        origin=Origin(
            source=LIBRARY,
            at=to_utc(datetime.combine(found.polling_day, time(22), UK)),
            standing=Standing.OFFICIAL,
            day_only=True,
        ),
        value=None if exactly is None else float(exactly),
        details={
            "unit": "per cent",
            "definition": TurnoutDefinition.VALID_VOTES.value,
            "of_all_ballots": None if every is None else float(percent(every, 2)),
            "seats": dict(found.seats.most_common()),
        },
    )
