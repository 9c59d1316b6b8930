"""Every contest of the record, through the handlers, against what its candidacies come to."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from bot.chat.reply import Reply
from bot.election.parties import Sides
from bot.record.record import open_record
from bot.record.rows import CandidacyRow, ContestRow
from handlers.queries.majority import majority
from handlers.queries.result import result
from handlers.queries.swing import swing
from handlers.queries.turnout import turnout
from tests.fakes import Facts, FakeNewsroom
from tests.handlers.night import UNKNOWN, answer

TODAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
RECORD = open_record()
ROWS = RECORD.rows
NEWSROOM = FakeNewsroom(Facts(contests=()), TODAY)
NOTIONAL = {row.seat: row for row in ROWS.notional}
CONTESTS = list(zip(RECORD.ids, ROWS.contests, strict=True))


def short(one: CandidacyRow) -> str:
    return ROWS.parties[one.party].short


def rounded(value: Fraction, places: int) -> float:
    """Half up, once."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


@dataclass(frozen=True, kw_only=True)
class Worked:
    """What a contest comes to: percent, votes, and points of swing from the second to the first."""

    turnout: Fraction
    majority: int
    winner: str
    shares: dict[str, Fraction]
    swing: float | None


def worked() -> Iterator[tuple[str, Worked]]:
    """Every contest, from nothing but numbers of votes and electors, in order of time."""
    general: dict[str, dict[str, Fraction]] = {}
    for contest_id, row in CONTESTS:
        valid = sum(one.votes for one in row.candidacies)
        shares: Counter[str] = Counter()
        names = Counter(one.name for one in row.candidacies)
        for one in row.candidacies:
            shares[short(one)] += Fraction(one.votes, valid)
        ranked = sorted(row.candidacies, key=lambda one: -one.votes)
        yield (
            contest_id,
            Worked(
                turnout=Fraction(valid * 100, row.electorate),
                majority=ranked[0].votes - ranked[1].votes,
                winner=short(ranked[0]),
                shares={
                    one.name if names[one.name] == 1 else f"{one.name} ({short(one)})": Fraction(
                        one.votes, valid
                    )
                    for one in row.candidacies
                },
                swing=swing_between(ranked[0], ranked[1], shares, before(row, general, valid)),
            ),
        )
        if not row.by_election:
            general[row.seat] = dict(shares)


def before(
    row: ContestRow, general: dict[str, dict[str, Fraction]], valid: int
) -> Callable[[CandidacyRow], Fraction | None]:
    """A party's share at the general election before, as the record gives it."""
    if row.seat in general:
        known = general[row.seat]
    elif row.seat in NOTIONAL:
        notional = NOTIONAL[row.seat]
        known = {party: Fraction(votes, notional.valid) for party, votes in notional.votes}
    else:
        known = {
            short(one): Fraction(one.votes, valid) - Fraction(str(one.change))
            for one in row.candidacies
            if one.change is not None
        }

    def of(one: CandidacyRow) -> Fraction | None:
        party = ROWS.parties[one.party]
        if party.name == "Independent":
            return None
        if party.short in known:
            return known[party.short]
        # A party that has changed its name since, by its number at the Electoral Commission.
        older = {p.short for p in ROWS.parties if party.ec_id and p.ec_id == party.ec_id}
        return next((known[name] for name in older if name in known), None)

    return of


def swing_between(
    first: CandidacyRow,
    second: CandidacyRow,
    shares: Counter[str],
    of: Callable[[CandidacyRow], Fraction | None],
) -> float | None:
    was, were = of(first), of(second)
    if was is None or were is None:
        return None
    return float((shares[short(first)] - was) - (shares[short(second)] - were)) * 50


def test_there_are_3315_of_them():
    assert len(CONTESTS) == 3_315


async def test_every_contest_is_answered_for_turnout_majority_result_and_swing():
    wrong = []

    def expect(what: str, reply: Reply, value: object) -> None:
        if reply.value != value or reply.error or not reply.lines or reply.contest != contest_id:
            wrong.append((contest_id, what, reply.value, value))

    for contest_id, figures in worked():
        past = NEWSROOM.past.contest(contest_id)
        assert past is not None
        contest = past.contest
        said = await turnout.run(NEWSROOM, contest)
        expect("turnout", said, rounded(figures.turnout, 1))
        assert said.details["of_valid_votes"] == rounded(figures.turnout, 2), contest_id
        expect("majority", await majority.run(NEWSROOM, contest), figures.majority)
        said = await result.run(NEWSROOM, contest)
        expect("result", said, figures.winner)
        assert said.details["shares"] == {
            name: rounded(share * 100, 2) for name, share in figures.shares.items()
        }, contest_id
        said = await swing.run(NEWSROOM, contest, Sides())
        expect("swing", said, None if figures.swing is None else round(figures.swing, 2))
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "value", "details"),
    [
        ("turnout tamworth 2023", 35.9, {"of_valid_votes": 35.88, "of_all_ballots": 35.95}),
        ("turnout mid beds 2023", 44.0, {"of_valid_votes": 43.98, "of_all_ballots": 44.09}),
        ("swing con to lab tamworth 2023", 23.89, {"from": "Con", "to": "Lab", "notional": False}),
        ("swing con to lab mid beds 2023", 20.52, {"from": "Con", "to": "Lab", "notional": False}),
        ("swing con to lab selby 2023", 23.66, {"from": "Con", "to": "Lab", "notional": False}),
    ],
)
async def test_the_figures_of_2023_to_the_last_digit(text, value, details):
    reply = await answer(text, UNKNOWN, TODAY)
    assert reply.value == value
    assert {key: reply.details[key] for key in details} == details


@pytest.mark.parametrize(
    ("year", "percent"),
    [(2010, 65.11), (2015, 66.22), (2017, 68.76), (2019, 67.31), (2024, 59.70)],
)
async def test_the_turnout_of_the_whole_country(year, percent):
    reply = await answer(f"uk turnout {year}", UNKNOWN, TODAY)
    assert (reply.value, reply.details["definition"]) == (percent, "valid votes")
    assert reply.origin is not None
    assert reply.origin.day_only
    assert sum(reply.details["seats"].values()) == 650


async def test_what_the_record_has_wrong_is_said_by_every_answer_about_the_contest():
    commands = "turnout", "majority", "result", "swing", "candidates", "when", "status", "holder"
    checked = 0
    for fault in ROWS.faults:
        past = RECORD.contest(RECORD.id_of[fault.polling_day, fault.seat])
        assert past is not None
        kind = "by-election" if past.contest.by_election else "general election"
        when = f"{past.contest.polling_day:%B %Y} {kind}"
        for command in (*commands, "electorate", "history", "compare turnout"):
            reply = await answer(f"{command} {past.contest.name} {when}", UNKNOWN, TODAY)
            assert any(fault.sentence in line for line in reply.lines), (command, fault)
            checked += 1
    assert checked == 11 * len(ROWS.faults)
