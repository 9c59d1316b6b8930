"""What a bulletin states, and what speaks against it; and that no bulletin breaks the deciding."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bulletins import contest_of, decide, near_to, on_record, paper_of
from bot.election.bulletin import Bulletin, BulletinKind, BulletinLine
from bot.election.doubts import Severity
from bot.election.figure import Figure, Source, Standing
from bot.election.result import Outcome
from bot.election.turnout import Turnout
from bot.liveblog.statements import DeclaredClaim, StageClaim, TurnoutClaim, VotesClaim
from bot.record.past import Past
from bot.record.record import open_record
from bot.sources.pa import parse
from tests.nights.facts import CONTESTS, TAMWORTH
from tests.results import TAMWORTH as LINES
from tests.results import pa
from tests.rooms import at

PAST = Past(open_record(), at("02:47"))
RECORD = on_record(PAST, TAMWORTH)
NAMES = PAST.names(CONTESTS)


def one(kind: str = "FirstPastThePostResult", **changes: Any) -> Bulletin:
    found = parse(pa(kind, **changes))
    assert isinstance(found, tuple)
    return found[0]


def verdict(bulletin: Bulletin, contest=TAMWORTH, turnout=None):
    return decide(bulletin, contest, turnout, standing=Standing.REPORTED, record=RECORD)


def known(standing: Standing, **turnout: Any) -> Figure[Turnout]:
    return Figure(
        value=Turnout(electorate=71_302, **turnout),
        source=Source(name="Ann"),
        at=at("01:00"),
        standing=standing,
    )


def sentences(bulletin: Bulletin, **given: Any) -> str:
    return "\n".join(doubt.sentence for doubt in verdict(bulletin, **given).doubts)


def test_a_sound_result_is_votes_and_nothing_else():
    found = verdict(one())
    assert (found.action, found.after) == ("report result", "Labour gain, majority 1,316")
    (votes,) = found.claims
    assert isinstance(votes, VotesClaim)
    assert dict(votes.votes)["Ian Stuart Cooper"] == 1_373
    assert (found.doubts, found.taken) == ((), True)


def test_a_turnout_in_per_cent_counts_where_the_electorate_is_not_known():
    found = verdict(one(), replace(TAMWORTH, electorate=None))
    turnout = found.claims[-1]
    assert isinstance(turnout, TurnoutClaim)
    assert (turnout.percent, turnout.ballots) == (Decimal("35.88"), None)


def test_a_rush_is_a_winner_with_hold_or_gain():
    found = verdict(one("FirstPastThePostRush", lines=()))
    (claim,) = found.claims
    assert isinstance(claim, DeclaredClaim)
    assert (claim.party, claim.candidate, claim.outcome) == ("Lab", "Sarah Edwards", Outcome.GAIN)


def test_a_recount_is_a_stage():
    (claim,) = verdict(one("Recount")).claims
    assert isinstance(claim, StageClaim)


def test_a_tie_is_decided_by_lot_where_the_source_says_who():
    lines = [(*LINES[0][:-1], 11_000), (*LINES[1][:-1], 11_000), *LINES[2:]]
    drawn = verdict(one(lines=lines, elected="Edwards"))
    assert drawn.taken
    (claim,) = drawn.claims
    assert isinstance(claim, VotesClaim)
    assert (claim.lot, claim.votes[0]) == ("Sarah Edwards", ("Sarah Edwards", 11_000))
    assert drawn.after == "Labour gain, majority 0, decided by lot"
    assert "drawn by lot" in drawn.doubts[0].sentence


@pytest.mark.parametrize("elected", ["nobody", "Virk"])
def test_a_tie_is_not_taken_where_nobody_of_the_first_is_said_to_be_elected(elected):
    lines = [(*LINES[0][:-1], 11_000), (*LINES[1][:-1], 11_000), *LINES[2:]]
    found = verdict(one(lines=lines, elected=elected))
    assert (found.taken, found.claims, found.after) == (False, (), "a tie")
    assert any("Lots are drawn then" in doubt.sentence for doubt in found.doubts)


@pytest.mark.parametrize(
    ("standing", "taken"),
    [(Standing.OFFICIAL, False), (Standing.REPORTED, True), (Standing.PROVISIONAL, True)],
)
def test_only_a_turnout_of_more_standing_stops_a_result(standing, taken):
    turnout = known(standing, ballots=25_000)
    assert verdict(one(), turnout=turnout).taken is taken


def test_a_few_electors_more_are_no_doubt_and_many_are():
    assert sentences(one(electorate=71_500)) == ""
    assert "The electorate on record is 71,302." in sentences(one(electorate=75_000))


@pytest.mark.parametrize(
    ("name", "type", "found"),
    [
        ("Tamworth", "B", TAMWORTH.id),
        ("TAMWORTH", "B", TAMWORTH.id),
        ("Bedfordshire Mid", "B", "parl.mid-bedfordshire.by.2023-10-19"),
        ("Selby & Ainsty", "B", None),
        # Its mayor is another's business.
        ("Tamworth", "M", None),
        ("Tamworth in Arden", "B", None),
    ],
)
def test_a_seat_is_found_by_whatever_it_is_called(name, type, found):
    bulletin = replace(one(name=name), election_type=type)
    contest = contest_of(bulletin, CONTESTS, NAMES)
    assert (None if contest is None else contest.id) == found


def test_a_name_that_is_nobodys_is_near_to_one_of_the_nights():
    assert near_to(one(name="Tamwirth"), CONTESTS, NAMES) == [TAMWORTH]
    assert near_to(one(name="Testshire North"), CONTESTS, NAMES) == []


def test_a_ballot_paper_has_the_short_names_of_the_record():
    paper = paper_of(one(), PAST)
    assert [one.party.short for one in paper] == [
        "Lab", "Con", "RUK", "BF", "UKIP", "Green", "LD", "MRLP", "Ind",
    ]  # fmt: skip
    assert paper_of(one("FirstPastThePostRush", lines=()), PAST) == ()


counts = st.none() | st.integers(0, 10_000_000)
lines = st.builds(
    BulletinLine,
    name=st.sampled_from(["", "Sarah Edwards", "Andy Cooper", "Cooper", "Ian Cooper", "X", "’"]),
    party=st.sampled_from(["", "Labour", "Conservative", "Independent", "Independent Jim", "’"]),
    short=st.sampled_from(["", "Lab", "C", "Ind", "Lab Co-op"]),
    person_id=st.none() | st.just("7"),
    votes=counts,
    elected=st.booleans(),
)
any_bulletin = st.builds(
    Bulletin,
    source=st.just("PA Media"),
    kind=st.sampled_from(list(BulletinKind)),
    constituency=st.text(max_size=20),
    polling_day=st.none() | st.just(TAMWORTH.polling_day),
    at=st.none() | st.just(datetime(2023, 10, 20, 1, tzinfo=UTC)),
    electorate=counts,
    ballots=counts,
    valid_votes=counts,
    rejected=counts,
    turnout=st.none() | st.decimals(0, 100),
    majority=counts,
    outcome=st.none() | st.sampled_from(list(Outcome)),
    lines=st.lists(lines, max_size=5).map(tuple),
)


@given(bulletin=any_bulletin, electorate=st.sampled_from([None, 71_302]))
def test_no_bulletin_breaks_the_deciding(bulletin: Bulletin, electorate: int | None):
    contest = replace(TAMWORTH, electorate=electorate)
    found = verdict(bulletin, contest, known(Standing.OFFICIAL, ballots=25_630))
    contest_of(bulletin, CONTESTS, NAMES)
    near_to(bulletin, CONTESTS, NAMES)
    paper_of(bulletin, PAST)
    refused = any(doubt.severity is Severity.REFUSED for doubt in found.doubts)
    assert found.taken == (bool(found.claims) and not refused)
    for claim in found.claims:
        if isinstance(claim, VotesClaim) and found.taken and electorate:
            assert sum(votes for _, votes in claim.votes) <= electorate


def test_a_majority_beyond_the_record_is_taken_with_a_doubt():
    lines = [(*LINES[0][:-1], 39_000), (*LINES[1][:-1], 1_403), *LINES[2:]]
    found = verdict(one(lines=lines))
    assert found.taken
    assert "Really?" in "\n".join(doubt.sentence for doubt in found.doubts)
