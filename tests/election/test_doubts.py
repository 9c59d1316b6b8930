"""What the checks catch of the figures of 19 October 2023, and what they let pass."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.checking import (
    Known,
    Reach,
    Severity,
    doubts_of_result,
    doubts_of_turnout,
)
from bot.election.misprints import digits_swapped
from bot.election.result import Result
from bot.election.turnout import Turnout, TurnoutDefinition
from bot.record.past import Past
from bot.record.record import open_record
from tests.election.test_result import MID_BEDS_VOTES, VOTES, counted
from tests.nights.facts import CON, LAB, LD, MID_BEDFORDSHIRE, TAMWORTH

REFUSED, QUESTIONED = Severity.REFUSED, Severity.QUESTIONED
CONTESTS = [(TAMWORTH, VOTES, 25_630), (MID_BEDFORDSHIRE, MID_BEDS_VOTES, 40_822)]


def swapped(votes, one, other):
    return {**votes, one: votes[other], other: votes[one]}


def with_rejected(result: Result, rejected: int) -> Result:
    return replace(result, rejected=rejected)


@pytest.mark.parametrize(("contest", "votes", "ballots"), CONTESTS)
def test_the_results_of_the_night_pass(contest, votes, ballots):
    result = counted(contest, votes)
    known = Known(ballots=ballots, winner=LAB, majority=result.majority)
    assert doubts_of_result(result, contest, known) == []
    rejected = with_rejected(result, ballots - result.valid_votes)
    assert doubts_of_result(rejected, contest, known) == []


@pytest.mark.parametrize(
    ("contest", "votes", "one", "other"),
    [
        (TAMWORTH, VOTES, "Andy Cooper", "Sue Howarth"),
        (TAMWORTH, VOTES, "Andy Cooper", "Ian Stuart Cooper"),
        (TAMWORTH, VOTES, "Sarah Edwards", "Howling Laud Hope"),
        (MID_BEDFORDSHIRE, MID_BEDS_VOTES, "Festus Akinbusoye", "Dave Holland"),
        (MID_BEDFORDSHIRE, MID_BEDS_VOTES, "Festus Akinbusoye", "Cade Sibley"),
    ],
)
def test_two_lines_swapped_are_seen_by_last_times_shares(contest, votes, one, other):
    doubts = doubts_of_result(counted(contest, swapped(votes, one, other)), contest, Known())
    (doubt,) = [doubt for doubt in doubts if "Are the two swapped?" in doubt.sentence]
    assert doubt.severity is QUESTIONED
    assert {one, other} == set(doubt.what.split(" and "))
    assert f"{votes[one]:,}" in doubt.expected


@pytest.mark.parametrize(
    ("contest", "votes", "con", "lab"),
    [
        (TAMWORTH, VOTES, "Andy Cooper", "Sarah Edwards"),
        (MID_BEDFORDSHIRE, MID_BEDS_VOTES, "Festus Akinbusoye", "Alistair Strathern"),
    ],
)
def test_the_first_two_swapped_are_seen_only_beside_what_others_say(contest, votes, con, lab):
    # A Conservative hold was nearer to last time: no share gives it away.
    wrong = counted(contest, swapped(votes, con, lab))
    assert doubts_of_result(wrong, contest, Known()) == []
    (doubt,) = doubts_of_result(wrong, contest, Known(winner=LAB, source="The Example"))
    assert (doubt.given, doubt.expected) == ("Con", "Lab")
    assert "swapped" in doubt.sentence


def test_without_last_time_nothing_can_be_nearer_to_it():
    wrong = counted(TAMWORTH, swapped(VOTES, "Andy Cooper", "Sue Howarth"))
    assert doubts_of_result(wrong, replace(TAMWORTH, previous=None), Known()) == []


@pytest.mark.parametrize(
    ("name", "wrong"), [("Sarah Edwards", 17_119), ("Andy Cooper", 14_003), ("Sue Howarth", 471)]
)
def test_two_swapped_digits_are_named_where_only_they_fit(name, wrong):
    result = with_rejected(counted(TAMWORTH, {**VOTES, name: wrong}), 44)
    first = doubts_of_result(result, TAMWORTH, Known(ballots=25_630))[0]
    assert first.severity is REFUSED
    assert f"{name} has {wrong:,}, and {VOTES[name]:,} would fit" in first.sentence


def test_a_sum_short_by_more_than_rejected_papers_explain_is_questioned():
    result = counted(TAMWORTH, {**VOTES, "Sarah Edwards": 11_179})
    (doubt,) = doubts_of_result(result, TAMWORTH, Known(ballots=25_630))
    assert doubt.severity is QUESTIONED
    assert "584 too few" in doubt.sentence


def test_more_votes_than_ballots_are_refused_though_candidates_are_missing():
    result = counted(TAMWORTH, {"Sarah Edwards": 17_719, "Andy Cooper": 10_403}, complete=False)
    doubts = doubts_of_result(result, TAMWORTH, Known(ballots=25_630))
    assert [doubt.severity for doubt in doubts] == [REFUSED, REFUSED]
    assert doubts[1].given == "28,122"


def test_a_tie_does_not_say_who_has_won():
    result = counted(TAMWORTH, {**VOTES, "Andy Cooper": 11_719})
    first = doubts_of_result(result, TAMWORTH, Known())[0]
    assert first.severity is REFUSED
    assert "Lots are drawn" in first.sentence


def test_what_cannot_be_comes_before_what_is_wild():
    wild = dict.fromkeys(VOTES, 100) | {"Sunny Virk": 60_000, "Sue Howarth": 20_000}
    found = [one.severity for one in doubts_of_result(counted(TAMWORTH, wild), TAMWORTH, Known())]
    assert set(found) == {REFUSED, QUESTIONED}
    assert found == sorted(found, key=lambda severity: severity is QUESTIONED)


def test_rejected_papers_do_not_fill_every_gap():
    few = {**VOTES, "Sarah Edwards": 10_719}
    result = with_rejected(counted(TAMWORTH, few), 1_044)
    (doubt,) = doubts_of_result(result, TAMWORTH, Known(ballots=25_630))
    assert doubt.what == "rejected"


def test_a_result_that_is_not_the_turnout_that_was_said_is_questioned():
    result = counted(TAMWORTH, VOTES)
    said = Known(turnout=Turnout(stated=Decimal("35.9")))
    assert doubts_of_result(result, TAMWORTH, said) == []
    other = Known(turnout=Turnout(stated=Decimal("39.5")))
    (doubt,) = doubts_of_result(result, TAMWORTH, other)
    assert (doubt.given, doubt.expected) == ("35.9%", "39.5%")


@pytest.mark.parametrize(
    ("known", "what"),
    [
        ({"largest_swing": Reach(value=23.8, where="Dudley West in 1994")}, ["swing"]),
        ({"largest_swing": Reach(value=24.0, where="Dudley West in 1994")}, []),
        ({"largest_majority": Reach(value=1_315, where="Somewhere")}, ["majority"]),
        ({"largest_majority": Reach(value=1_316, where="Somewhere")}, []),
        ({"largest_overturned": Reach(value=19_633, where="Somewhere")}, ["majority overturned"]),
        ({"largest_overturned": Reach(value=24_239, where="Somewhere")}, []),
    ],
)
def test_what_would_be_the_largest_on_record_is_questioned(known, what):
    doubts = doubts_of_result(counted(TAMWORTH, VOTES), TAMWORTH, Known(**known))
    assert [doubt.what for doubt in doubts] == what
    assert all(doubt.severity is QUESTIONED for doubt in doubts)


def test_a_majority_that_was_not_the_holders_is_not_overturned():
    bound = Known(largest_overturned=Reach(value=1, where="Somewhere"))
    result = counted(TAMWORTH, VOTES)
    for contest in (replace(TAMWORTH, holder=LAB), replace(TAMWORTH, holder=LD)):
        assert doubts_of_result(result, contest, bound) == []


@pytest.mark.parametrize(
    ("turnout", "before", "severities"),
    [
        # 36% is the same, in whole numbers.
        ({"ballots": 25_630, "stated": Decimal(36)}, None, []),
        ({"ballots": 25_630, "stated": Decimal("36.0")}, None, [REFUSED]),
        ({"ballots": 25_360}, {"ballots": 25_630}, [QUESTIONED]),
        ({"ballots": 25_640}, {"ballots": 25_630}, []),
        ({"ballots": 25_360}, {"ballots": 25_630, "ballots_approximate": True}, []),
        ({"ballots": 25_500}, {"valid_votes": 25_586}, [REFUSED]),
        ({"ballots": 25_630}, {"valid_votes": 25_586}, []),
        # By one definition it is what was said.
        (
            {"stated": Decimal("35.9")},
            {"valid_votes": 24_880, "rejected": 750, "definition": TurnoutDefinition.VALID_VOTES},
            [],
        ),
    ],
)
def test_a_turnout_is_held_against_what_was_known(turnout, before, severities):
    electors = TAMWORTH.electorate
    known = None if before is None else Turnout(electorate=electors, **before)
    doubts = doubts_of_turnout(Turnout(electorate=electors, **turnout), TAMWORTH, known)
    assert [doubt.severity for doubt in doubts] == severities


@given(st.integers(0, 99_999))
def test_swapped_digits_differ_by_a_multiple_of_nine_and_swap_back(number):
    for other in digits_swapped(number):
        assert other != number
        assert (other - number) % 9 == 0
        assert sorted(str(other)) == sorted(str(number))
        # A number that ends in a nought may come from one that cannot be written.
        assert number in digits_swapped(other)


papers = st.integers(0, 7_000)


@given(st.lists(papers, min_size=9, max_size=9), st.integers(1, 64_000), st.integers(0, 500))
def test_no_sum_that_is_wrong_passes_in_silence(numbers, ballots, rejected):
    result = counted(TAMWORTH, dict(zip(VOTES, numbers, strict=True)))
    known = Known(ballots=ballots)
    total = sum(numbers)
    if not ballots * 0.99 <= total <= ballots:
        assert doubts_of_result(result, TAMWORTH, known)
    if total + rejected != ballots:
        sure = doubts_of_result(with_rejected(result, rejected), TAMWORTH, known)
        assert sure[0].severity is REFUSED
    for doubt in doubts_of_result(result, TAMWORTH, known):
        assert doubt.sentence.endswith((".", "?"))


@given(st.sets(st.sampled_from(list(VOTES)), min_size=2, max_size=8))
def test_every_candidate_without_votes_is_named(some):
    result = counted(TAMWORTH, {name: VOTES[name] for name in some}, complete=False)
    first = doubts_of_result(result, TAMWORTH, Known())[0]
    for one in TAMWORTH.candidacies:
        assert (one.name in first.sentence) == (one.name not in some)


def test_hardly_any_real_result_is_questioned_and_none_is_refused():
    past = Past(open_record(), datetime(2026, 11, 1, tzinfo=UTC))
    asked = total = 0
    for one in past.contests():
        known = Known(ballots=one.turnout.all_ballots, winner=one.result.winner.candidacy.party)
        doubts = doubts_of_result(one.result, one.contest, known)
        assert all(doubt.severity is QUESTIONED for doubt in doubts), one.contest.id
        total += 1
        asked += bool(doubts)
    assert total > 3_000
    assert asked < total / 50


def test_hold_and_swing_are_those_of_the_result():
    # The holder's party, not who is typed first: the checks work nothing out on their own.
    result = counted(TAMWORTH, VOTES)
    bound = Known(largest_swing=Reach(value=0, where="nowhere"))
    (doubt,) = doubts_of_result(result, TAMWORTH, bound)
    swing = result.swing(TAMWORTH, to=LAB, losing=CON)
    assert doubt.given == f"{swing:.1f}"
