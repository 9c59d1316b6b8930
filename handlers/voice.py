"""How numbers, times, parties and sources are said."""

import shlex
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bot.chat.ask import Channel, Follow
from bot.chat.manner import Manner
from bot.chat.reply import Origin
from bot.election.clock import ClockTime, say, uk_clock
from bot.election.contest import Candidacy, Contest, MilestoneKind, Party, Stage
from bot.election.figure import Figure
from bot.election.result import Declaration, Outcome, Result
from bot.election.turnout import Turnout, TurnoutDefinition, percent
from bot.liveblog.markup import Block, BlockKind, Span

_PARTIES = {
    "Lab": "Labour",
    "Con": "Conservatives",
    "LD": "Liberal Democrats",
    "Green": "Greens",
    "RUK": "Reform UK",
    "SNP": "SNP",
    "PC": "Plaid Cymru",
}
_MILESTONES = {
    MilestoneKind.POLLS_CLOSE: "polls close",
    MilestoneKind.BOXES: "ballot boxes",
    MilestoneKind.TURNOUT: "turnout",
    MilestoneKind.DECLARATION: "declaration",
}
_STAGES = {
    Stage.POLLING: "people are voting",
    Stage.POLLS_CLOSED: "polls have closed",
    Stage.BOXES_ARRIVED: "ballot boxes have arrived",
    Stage.COUNTING: "counting",
    Stage.VERIFIED: "verification is complete",
    Stage.RECOUNT: "recount",
    Stage.DECLARED: "declared",
}

_COMES_TO = {
    Stage.POLLING: "votes",
    Stage.POLLS_CLOSED: "closes its polls",
    Stage.BOXES_ARRIVED: "has its ballot boxes",
    Stage.COUNTING: "begins to count",
    Stage.VERIFIED: "is verified",
    Stage.RECOUNT: "goes to a recount",
    Stage.DECLARED: "declares",
}

REVIVE_ALL = (
    "What waits for a suspended channel is kept. Put the reason right, then let it go on, on the "
    "machine that runs Teller: teller lanes --revive-all"
)


def number(value: int) -> str:
    """A whole number with its thousands set off: 25,630."""
    return f"{value:,}"


def ordinal(value: int) -> str:
    """“1st”, “12th”, “22nd”."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{number(value)}{'th' if value % 100 in (11, 12, 13) else ending}"


def count(value: int, what: str) -> str:
    """So many of something whose plural takes an s: “1 candidate”, “9 candidates”."""
    return f"{number(value)} {what}" + ("" if value == 1 else "s")


def per_cent(value: Decimal | Fraction) -> str:
    """Per cent as given, or a fraction rounded once to one place: 35.9%."""
    return f"{percent(value) if isinstance(value, Fraction) else value}%"


def points(value: float, *, places: int = 1) -> str:
    """A change in percentage points with its sign: +22.1, −25.7."""
    rounded = round(value, places)
    return f"{rounded:+.{places}f}".replace("-", "−") if rounded else f"{0:.{places}f}"


def party(value: Party) -> str:
    """A party as newsrooms say it."""
    return _PARTIES.get(value.short, value.name)


def candidate(value: Candidacy) -> str:
    """A candidate with the party: “Andy Cooper (Conservatives)”."""
    return f"{value.name} ({party(value.party)})"


def milestone(kind: MilestoneKind) -> str:
    """A milestone in words."""
    return _MILESTONES[kind]


def stage(value: Stage) -> str:
    """How far a count has come, in words."""
    return _STAGES[value]


def comes_to(seat: str, value: Stage) -> str:
    """That a seat comes to a stage of its count: “Tamworth declares”."""
    return f"{seat} {_COMES_TO[value]}"


def expected(time: ClockTime) -> str:
    """A time as it is expected: “around 03:00”, “at 03:00”, “between 03:00 and 04:00”."""
    said = say(time)
    return said if time.approximate or time.earliest or time.until else f"at {said}"


def seats(contests: Sequence[Contest]) -> str:
    """Names in a row: “Tamworth and Mid Bedfordshire”; many become a number."""
    names = [contest.name for contest in contests]
    return f"{len(names)} seats" if len(names) > 4 else row(names)


def row(words: Sequence[str]) -> str:
    """Words in a row: “entries, reminders and declarations”."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def follows(kinds: Collection[Follow]) -> str:
    """What can be followed, in words: “entries and declarations”."""
    return row([kind.value for kind in Follow if kind in kinds])


def manner(value: Manner, only: str | None = None) -> str:
    """The way in which entries come: “key entries alone, only of Tamworth”; empty for as ever.

    `only` are the seats that they are narrowed to, in words.
    """
    said = []
    if value.key:
        said.append("key entries alone")
    if value.headlines and value.every is None:
        said.append("headings alone")
    if value.every is not None:
        said.append(f"as a round-up every {value.every} minutes")
    if only:
        said.append(f"only of {only}{' and of no seat' if value.general else ''}")
    if not value.pictures and not value.brief:
        said.append("without pictures")
    return ", ".join(said)


def entries(value: int) -> str:
    """So many entries: “1 entry”, “37 entries”."""
    return "1 entry" if value == 1 else f"{number(value)} entries"


def seconds(value: timedelta) -> str:
    """A short length of time to the second: “8 seconds”; a longer one as `span` has it."""
    whole = max(round(value.total_seconds()), 0)
    if whole >= 100:
        return span(value)
    return "1 second" if whole == 1 else f"{whole} seconds"


def span(value: timedelta) -> str:
    """A length of time: “12 minutes”, “1 hour”, “2 h 5 min”."""
    minutes = max(round(value.total_seconds() / 60), 0)
    if minutes == 0:
        return "less than a minute"
    if minutes < 60:
        return "1 minute" if minutes == 1 else f"{minutes} minutes"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        return f"{hours // 24:,} days"
    if rest:
        return f"{hours} h {rest} min"
    return "1 hour" if hours == 1 else f"{hours} hours"


def origin(figure: Figure[Any]) -> Origin:
    """Where a figure comes from, for the line under an answer."""
    return Origin(
        source=figure.source, at=figure.at, standing=figure.standing, day_only=figure.day_only
    )


def definition(turnout: Turnout) -> str:
    """Which definition a turnout follows, in words."""
    return {
        TurnoutDefinition.ALL_BALLOTS: "of all ballots",
        TurnoutDefinition.VALID_VOTES: "of valid votes",
        TurnoutDefinition.NOT_STATED: "as stated; its definition was not given",
    }[turnout.shown_definition]


def clock(instant: datetime) -> str:
    """An instant as UK clock time: 00:41."""
    return uk_clock(instant)


def paragraphs(*sentences: str) -> tuple[Block, ...]:
    """Plain sentences as the body of a post, a paragraph each."""
    return tuple(
        Block(kind=BlockKind.PARAGRAPH, spans=(Span(text=sentence),))
        for sentence in sentences
        if sentence
    )


def sentence(words: str) -> str:
    """Words with a full stop behind them, if they have no end of their own; empty ones stay so."""
    words = words.strip()
    return words if words.endswith((".", "!", "?", "…", "”")) or not words else f"{words}."


def reviving(channel: Channel) -> str:
    """The command that lets a suspended channel go on, as it is typed into a shell."""
    return f"teller lanes --revive {shlex.quote(str(channel))}"


def suspended(since: datetime, why: str | None) -> str:
    """That a channel takes nothing, since when, and why."""
    said = f"suspended since {clock(since)}, nothing is posted there"
    return f"{said}: {sentence(why[:200])}" if why else f"{said}."


def swung(value: float, *, losing: Party, to: Party) -> str:
    """A swing in points, in the direction in which it went: “23.9 points Greens to Labour”."""
    if value < 0:
        losing, to = to, losing
    return f"{abs(value):.1f} points {party(losing)} to {party(to)}"


def headline(contest: Contest, declaration: Declaration) -> str:
    """Who won, in one line: “Labour gain from Conservatives”."""
    winner = party(declaration.winner)
    if declaration.outcome is Outcome.HOLD:
        return f"{winner} hold"
    if declaration.outcome is Outcome.GAIN:
        return f"{winner} gain" + (f" from {party(contest.holder)}" if contest.holder else "")
    return f"{winner} win"


def declared_in_short(contest: Contest, declaration: Declaration) -> str:
    """Who won and by how much: “Labour gain from Conservatives, majority 1,316”."""
    by = majority(declaration)
    return headline(contest, declaration) + (f", {by}" if by else "")


def majority(declaration: Declaration) -> str:
    """By how much: “majority 1,316”, “majority 0, decided by lot”; empty where it is not known."""
    if declaration.majority is None:
        return ""
    lot = ", decided by lot" if declaration.by_lot else ""
    return f"majority {number(declaration.majority)}{lot}"


def declared(contest: Contest, declaration: Declaration) -> tuple[str, ...]:
    """The sentences that tell of a declaration: member, majority, swing."""
    lines = []
    if declaration.candidate:
        lines.append(f"{declaration.candidate} is elected.")
    if declaration.majority is not None:
        before = contest.previous
        was = ""
        if before is not None and before.majority is not None:
            notional = ", notional" if before.notional else ""
            was = f" ({number(before.majority)} last time{notional})"
        lines.append(f"Majority {number(declaration.majority)}{was}.")
    if declaration.by_lot:
        lines.append(f"Decided by lot{_level(declaration.result)}.")
    if (words := swing(contest, declaration)) is not None:
        lines.append(f"Swing {words}{_since(contest)}.")
    return tuple(lines)


def _level(counted: Result | None) -> str:
    """Who had the same votes; nothing where they are not known."""
    if counted is None:
        return ""
    names = row([one.name for one in counted.first])
    return f": {names} have {number(counted.winner.votes)} votes each"


def _since(contest: Contest) -> str:
    """What a change is measured from, behind it."""
    before = contest.previous
    if before is None:
        return ""
    return f" since {before.polling_day.year}{' (notional)' if before.notional else ''}"


def swing(contest: Contest, declaration: Declaration) -> str | None:
    """The swing from the runner-up to the winner; None where it cannot be known."""
    counted = declaration.result
    if counted is None or contest.holder is None:
        return None
    rival = counted.runner_up.candidacy.party
    value = counted.swing(contest, to=declaration.winner, losing=rival)
    return None if value is None else swung(value, losing=rival, to=declaration.winner)
