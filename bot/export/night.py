"""The night as sheets: contests, figures, results, the journal and the blogs' entries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from bot.election.contest import Contest, MilestoneKind
from bot.election.figure import Figure
from bot.election.result import CandidateVotes, Declaration, Result
from bot.election.turnout import percent
from bot.export.sheet import Cell, Sheet, instant, sheet
from bot.liveblog.claims import (
    Claim,
    DeclaredClaim,
    ExpectedClaim,
    MajorityDefendedClaim,
    StageClaim,
    TurnoutClaim,
    VenueClaim,
    VotesClaim,
)
from bot.liveblog.markup import plain_text
from bot.ports import EntryOnRecord, Expected, JournalEntry
from handlers import voice

Row = dict[str, Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """All that a database knows of one contest."""

    contest: Contest
    timetable: Sequence[Expected]
    stated: Sequence[Figure[Claim]]
    declaration: Figure[Declaration] | None


_SEAT = ("contest", "seat")
_SAID = ("source", "source_url", "stated_utc", "stated_uk", "standing")
_NIGHT = (
    *_SEAT, "polling_day", "venue", "electorate", "holder", "former_member", "candidates",
    "previous_day", "previous_winner", "previous_majority", "previous_turnout_percent",
    *(f"{kind}_{column}" for kind in MilestoneKind for column in ("utc", "uk", "words", "source")),
)  # fmt: skip
_FIGURES = (*_SEAT, "figure", "of", "value", "unit", "value_uk", "approximate", "words", *_SAID)
_RESULTS = (
    *_SEAT, "place", "candidate", "party", "party_short", "votes", "share_percent",
    "change_points", "elected", "majority", "by_lot", "outcome", "complete", *_SAID,
)  # fmt: skip
_JOURNAL = (
    "number", "at_utc", "at_uk", "name", "platform", "author", "channel", "action", *_SEAT,
    "words", "before", "after", "state", "of",
)  # fmt: skip
_ENTRIES = (
    "blog", "entry", "published_utc", "published_uk", "modified_utc", "modified_uk", "heading",
    "text", "author", "url", "seats", "key_event", "version",
)  # fmt: skip


def sheets(
    night: Sequence[OnRecord],
    journal: Sequence[JournalEntry],
    entries: Iterable[EntryOnRecord],
) -> tuple[Sheet, ...]:
    """The sheets of a night, each in the order in which things happened or stand."""
    contests = {one.contest.id: one.contest for one in night}
    return (
        sheet("night", _NIGHT, [_contest(one) for one in night]),
        sheet("figures", _FIGURES, [row for one in night for row in _figures(one)]),
        sheet("results", _RESULTS, [row for one in night for row in _results(one)]),
        sheet("journal", _JOURNAL, [_done(one, contests) for one in journal]),
        sheet("entries", _ENTRIES, [_entry(one, contests) for one in entries]),
    )


def _seat(contest: Contest) -> Row:
    return {"contest": contest.id, "seat": contest.name}


def _contest(one: OnRecord) -> Row:
    contest, before = one.contest, one.contest.previous
    row: Row = {
        **_seat(contest),
        "polling_day": contest.polling_day.isoformat(),
        "venue": contest.venue,
        "electorate": contest.electorate,
        "holder": None if contest.holder is None else contest.holder.name,
        "former_member": contest.former_member,
        "candidates": len(contest.candidacies) or None,
    }
    if before is not None:
        row |= {
            "previous_day": before.polling_day.isoformat(),
            "previous_winner": before.winner.name,
            "previous_majority": before.majority,
            "previous_turnout_percent": _rounded(before.turnout_percent),
        }
    for expected in one.timetable:
        kind, time = expected.kind.value, expected.time.value
        row |= instant(kind, time.at)
        row |= {f"{kind}_words": voice.expected(time), f"{kind}_source": expected.time.source.name}
    return row


def _said(figure: Figure[Claim] | Figure[Declaration]) -> Row:
    return {
        "source": figure.source.name,
        "source_url": figure.source.url,
        **instant("stated", figure.at, day_only=figure.day_only),
        "standing": figure.standing.value,
    }


def _figures(one: OnRecord) -> Iterator[Row]:
    for figure in one.stated:
        for row in _values(figure.value):
            words = figure.value.words
            yield {**_seat(one.contest), "words": words, **row, **_said(figure)}


def _values(claim: Claim) -> Iterator[Row]:
    """What a claim states, a number or a word a row."""
    match claim:
        case TurnoutClaim():
            if claim.percent is not None:
                yield {"figure": "turnout", "value": claim.percent, "unit": "per cent"}
            if claim.ballots is not None:
                yield {
                    "figure": "ballots",
                    "value": claim.ballots,
                    "unit": "ballots",
                    "approximate": claim.approximate,
                }
        case MajorityDefendedClaim():
            yield {"figure": "majority defended", "value": claim.votes, "unit": "votes"}
        case StageClaim():
            yield {"figure": "stage", "value": claim.stage.value}
        case ExpectedClaim():
            yield from _time("expected", claim.kind, claim.time.at, claim.time.approximate)
            if claim.time.until is not None:
                yield from _time(
                    "expected until", claim.kind, claim.time.until, claim.time.approximate
                )
        case DeclaredClaim():
            yield {"figure": "winner", "of": claim.candidate, "value": claim.party, "unit": "party"}
            if claim.outcome is not None:
                yield {"figure": "outcome", "value": claim.outcome.value}
            if claim.majority is not None:
                yield {"figure": "majority", "value": claim.majority, "unit": "votes"}
        case VenueClaim():
            yield {"figure": "venue", "value": claim.venue}
        case VotesClaim():
            for name, votes in claim.votes:
                yield {"figure": "votes", "of": name, "value": votes, "unit": "votes"}
            if claim.lot is not None:
                yield {"figure": "drawn by lot", "value": claim.lot}


def _time(figure: str, kind: MilestoneKind, at: datetime, approximate: bool) -> Iterator[Row]:
    both = instant("value", at)
    yield {
        "figure": figure,
        "of": kind.value,
        "value": both["value_utc"],
        "value_uk": both["value_uk"],
        "unit": "time",
        "approximate": approximate,
    }


def _results(one: OnRecord) -> Iterator[Row]:
    if one.declaration is None:
        return
    declared, contest = one.declaration.value, one.contest
    whole: Row = {
        **_seat(contest),
        "majority": declared.majority,
        "by_lot": declared.by_lot,
        "outcome": None if declared.outcome is None else declared.outcome.value,
        "complete": declared.result is not None and declared.result.complete,
        **_said(one.declaration),
    }
    if declared.result is None:
        party = declared.winner
        yield {
            **whole,
            "place": 1,
            "candidate": declared.candidate,
            "party": party.name,
            "party_short": party.short,
            "elected": True,
        }
        return
    for place, line in enumerate(declared.result.votes, start=1):
        yield {**whole, "place": place, **_line(line, declared, declared.result, contest)}


def _line(line: CandidateVotes, declared: Declaration, result: Result, contest: Contest) -> Row:
    candidacy, share = line.candidacy, result.share_of(line)
    change = result.change(contest, candidacy.party)
    return {
        "candidate": candidacy.name,
        "party": candidacy.party.name,
        "party_short": candidacy.party.short,
        "votes": line.votes,
        "share_percent": None if share is None else percent(share),
        "change_points": _rounded(change),
        "elected": candidacy.name == declared.candidate and candidacy.party == declared.winner,
    }


def _done(one: JournalEntry, contests: Mapping[str, Contest]) -> Row:
    contest = contests.get(one.contest_id or "")
    return {
        "number": one.id,
        **instant("at", one.at),
        "name": one.author.name,
        "platform": one.author.platform,
        "author": one.author.id,
        "channel": str(one.channel),
        "action": one.action,
        "contest": one.contest_id,
        "seat": None if contest is None else contest.name,
        "words": one.words,
        "before": one.before,
        "after": one.after,
        "state": one.state,
        "of": one.of,
    }


def _entry(one: EntryOnRecord, contests: Mapping[str, Contest]) -> Row:
    entry = one.entry
    return {
        "blog": one.source.name,
        "entry": entry.id,
        **instant("published", entry.published),
        **instant("modified", entry.modified),
        "heading": entry.heading,
        "text": plain_text(entry.body),
        "author": entry.author,
        "url": entry.url,
        "seats": "; ".join(c.name for c in contests.values() if c.id in one.contests) or None,
        "key_event": entry.key_event,
        "version": one.version,
    }


def _rounded(value: float | None) -> Decimal | None:
    """One place, rounded half up, as everything of the house is."""
    return None if value is None else percent(Fraction(str(value)) / 100)
