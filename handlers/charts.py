"""Answers as pictures: what stands in a chart, and the same as a table."""

from collections import defaultdict
from collections.abc import Sequence

from bot.chat.chart import Bar, Chart, Line
from bot.chat.reply import Origin, Table
from bot.election.contest import Contest
from bot.election.figure import Figure
from bot.election.result import Declaration, Result
from bot.election.turnout import Turnout, percent
from bot.ports import Newsroom
from bot.record.record import LIBRARY, PastContest
from handlers import then, voice

# More bars or lines than these cannot be read on a phone; a party is shown from this share on.
MOST_BARS, MOST_LINES, LEAST_SHARE = 9, 6, 4.0
_OTHERS = "Others"


def turnouts(
    title: str, figures: Sequence[tuple[str, Contest, Figure[Turnout] | None]]
) -> tuple[Chart, Table]:
    """Turnouts as bars, each under its label; one that is not known is left out."""
    bars, rows = [], []
    for label, _, figure in figures:
        shown = None if figure is None else figure.value.shown()
        if figure is None or shown is None:
            continue
        bars.append(Bar(label=label, value=float(shown), said=f"{shown}%"))
        rows.append((label, f"{shown}%", voice.definition(figure.value)))
    sources = {figure.source.name for _, _, figure in figures if figure is not None}
    chart = Chart(title=title, unit="%", source=" and ".join(sorted(sources)), bars=tuple(bars))
    table = Table(columns=("", "turnout", ""), rows=tuple(rows), right=frozenset({1}))
    return chart, table


def result(
    title: str, contest: Contest, figure: Figure[Declaration], counted: Result
) -> tuple[Chart, Table]:
    """Shares of candidates as bars, those of their parties before as marks."""
    before = contest.previous
    bars, rows = [], []
    shown = counted.votes if len(counted.votes) <= MOST_BARS else counted.votes[: MOST_BARS - 1]
    for line in shown:
        party = line.candidacy.party
        share = counted.share_of(line)
        value = 0.0 if share is None else float(share) * 100
        was = None if before is None or party.independent else before.shares.get(party.short)
        told = f"{percent(share)}%" if share is not None else ""
        said = " · ".join(part for part in (told, voice.number(line.votes)) if part)
        bars.append(
            Bar(
                label=f"{line.candidacy.name} ({party.short})",
                value=value if share is not None else float(line.votes),
                said=said,
                party=party.short,
                before=None if was is None or share is None else was * 100,
            )
        )
        rows.append((line.candidacy.name, party.short, voice.number(line.votes), told))
    others = counted.votes[len(shown) :]
    if others:
        votes = sum(line.votes for line in others)
        whole = counted.valid_votes
        value = votes / whole * 100 if whole else float(votes)
        said = f"{value:.1f}% · {voice.number(votes)}" if whole else voice.number(votes)
        bars.append(Bar(label=f"{_OTHERS} ({len(others)})", value=value, said=said))
        rows.append((_OTHERS, "", voice.number(votes), f"{value:.1f}%" if whole else ""))
    since = "" if before is None else f"{before.polling_day.year}"
    if before is not None and before.notional:
        since = f"{since}, notional"
    chart = Chart(
        title=title,
        unit="%" if counted.valid_votes else " votes",
        source=figure.source.name,
        bars=tuple(bars),
        before=since,
    )
    table = Table(columns=("", "", "votes", "share"), rows=tuple(rows), right=frozenset({2, 3}))
    return chart, table


def history(newsroom: Newsroom, title: str, line: Sequence[PastContest]) -> tuple[Chart, Table]:
    """Shares of parties over the contests of a seat, the newest last, as lines."""
    shares: list[dict[str, float]] = []
    for past in line:
        total = past.result.valid_votes or 1
        cast: defaultdict[str, float] = defaultdict(float)
        for counted in past.result.votes:
            party = counted.candidacy.party
            if not party.independent:
                short = newsroom.past.called_now(party.short)
                cast[short] += counted.votes / total * 100
        shares.append(dict(cast))
    most: dict[str, float] = defaultdict(float)
    for of_contest in shares:
        for short, share in of_contest.items():
            most[short] = max(most[short], share)
    parties = sorted((p for p in most if most[p] >= LEAST_SHARE), key=lambda p: -most[p])
    parties = parties[:MOST_LINES]
    times = tuple(_time(past.contest) for past in line)
    chart = Chart(
        title=title,
        unit="%",
        source=LIBRARY.name,
        lines=tuple(
            Line(label=short, party=short, values=tuple(each.get(short) for each in shares))
            for short in parties
        ),
        times=times,
    )
    rows = tuple(
        (time, *(f"{each[p]:.1f}%" if p in each else "–" for p in parties))
        for time, each in zip(times, shares, strict=True)
    )
    right = frozenset(range(1, len(parties) + 1))
    return chart, Table(columns=("", *parties), rows=rows[::-1], right=right)


def newest(figures: Sequence[Figure[Turnout] | None]) -> Origin | None:
    """The origin of the newest of several figures."""
    known = [figure for figure in figures if figure is not None]
    return voice.origin(max(known, key=lambda figure: figure.at)) if known else None


def _time(contest: Contest) -> str:
    """“2019”, “Oct 2023”: for the foot of a chart."""
    return then.occasion_briefly(contest).removesuffix(" by-election")
