"""How contests of the record are said: by their occasion, with their boundaries and remarks."""

from bot.chat.reply import Origin, Reply
from bot.election.clock import say_day, say_month
from bot.election.contest import Contest, PreviousResult
from bot.election.figure import Source, Standing
from bot.ports import Newsroom
from bot.record.past import Past
from bot.record.record import PastContest
from bot.record.rows import SeatRow
from handlers import voice


def of_the_night(contest: Contest) -> Origin:
    """Where what is known of a contest before anybody reports of it comes from."""
    return Origin(
        source=Source(name="the night's timetable"),
        at=contest.close_of_poll,
        standing=Standing.REPORTED,
        day_only=True,
    )


def past_of(newsroom: Newsroom, contest: Contest) -> PastContest | None:
    """The contest as the record has it, once its night is over; None of one that is to come."""
    return None if contest.is_tonight(newsroom.now) else newsroom.past.contest(contest.id)


def is_to_come(newsroom: Newsroom, contest: Contest) -> bool:
    """Whether a contest is tonight's, and the record does not have it yet."""
    return contest.is_tonight(newsroom.now) and newsroom.past.contest(contest.id) is None


def occasion(contest: Contest) -> str:
    """“by-election of 19 October 2023”."""
    kind = "by-election" if contest.by_election else "general election"
    return f"{kind} of {say_day(contest.polling_day)}"


def occasion_briefly(contest: Contest) -> str:
    """“Oct 2023 by-election”, “2024”: for a column."""
    if contest.by_election:
        return f"{say_month(contest.polling_day)[:3]} {contest.polling_day.year} by-election"
    return str(contest.polling_day.year)


def opening(one: PastContest, beside: PastContest) -> str:
    """What begins a line about a by-election beside another contest of its seat."""
    older = "" if one.seat == beside.seat else ", within its older boundaries"
    return f"By-election of {say_day(one.contest.polling_day)}{older}"


def seat(past: Past, row: SeatRow) -> str:
    """A seat by its name, and where an older one was called so, by its boundaries."""
    namesakes = [one for one in past.seats_called(row.name) if one.boundaries < row.boundaries]
    return f"{row.name} (boundaries of {row.boundaries})" if namesakes else row.name


def title(newsroom: Newsroom, contest: Contest) -> str:
    """A contest in the title of an answer: tonight's by its seat, one of before by its occasion."""
    past = past_of(newsroom, contest)
    if past is None:
        return contest.name
    return f"{seat(newsroom.past, past.seat)}, {occasion(contest)}"


def boundaries(newsroom: Newsroom, past: PastContest) -> str:
    """That a contest was fought within boundaries that are not those of now; else nothing."""
    into = newsroom.past.after(past.seat)
    if not into:
        return ""
    same = [one for one in into if one.seat.name == past.seat.name]
    since = max(one.seat.boundaries for one in into)
    there = f"; today's {seat(newsroom.past, same[0].seat)} is another seat" if same else ""
    return f"Within its boundaries of {past.seat.boundaries}, in force until {since}{there}."


def since(before: PreviousResult) -> str:
    """The occasion that a change is measured from: “the general election of 2019”."""
    named = f"the general election of {before.polling_day.year}"
    if not before.notional:
        return named
    if before.majority is None:
        return f"{named}, by the Library's own changes since"
    return f"{named}, by its notional result on these boundaries"


def hands(newsroom: Newsroom, past: PastContest) -> str:
    """That a by-election had changed whose seat it was before a general election; else nothing.

    The Library counts a general election's holds and gains from the one before.
    """
    holder = past.contest.holder
    taken = [
        one
        for one in newsroom.past.meanwhile(past)
        if holder is not None and one.result.winner.candidacy.party.short != holder.short
    ]
    if past.contest.by_election or not taken or holder is None:
        return ""
    last = taken[-1]
    winner = voice.party(last.result.winner.candidacy.party)
    before = past.contest.previous
    year = "the election before" if before is None else str(before.polling_day.year)
    notional = " as if on these boundaries" if before is not None and before.notional else ""
    called = "it" if last.seat == past.seat else f"{last.seat.name} within its older boundaries"
    return (
        f"Hold and gain are against {year}{notional}; {winner} had won {called} at the "
        f"{occasion(last.contest)}."
    )


def remarks(newsroom: Newsroom, past: PastContest | None) -> tuple[str, ...]:
    """What has to be said of a contest of the record besides: boundaries, faults of its source."""
    if past is None:
        return ()
    said = (boundaries(newsroom, past), *past.remarks)
    return tuple(line for line in said if line)


def ending(newsroom: Newsroom, past: PastContest) -> Reply:
    """How a contest of the record ended, in few words."""
    won = past.figure_of_declaration()
    winner = past.result.winner.candidacy
    when = "" if past.declared is None else f" Declared at {voice.clock(past.declared)}."
    return Reply(
        title=f"{title(newsroom, past.contest)}: {voice.headline(past.contest, won.value)}",
        lines=(
            f"{voice.candidate(winner)} won by {voice.number(past.result.majority)} votes; turnout "
            f"{past.turnout.shown()}% of valid votes.{when}",
            *remarks(newsroom, past),
        ),
        origin=voice.origin(won),
        contest=past.contest.id,
        value={"declared": 1, "out": []},
        details={"winner": winner.party.short, "majority": past.result.majority},
    )
