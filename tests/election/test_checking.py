"""What speaks against figures before they are taken."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.checking import (
    Known,
    Reach,
    doubt_of_swing,
    doubts_of_result,
    doubts_of_turnout,
)
from bot.election.result import CandidateVotes, Outcome, Result, outcome
from bot.election.turnout import Turnout
from tests.election.test_typed import VOTES
from tests.nights.facts import CON, LAB, TAMWORTH

BALLOTS = sum(VOTES.values()) + 44


def result(votes: dict[str, int] = VOTES, rejected: int | None = None) -> Result:
    by_name = {one.name: one for one in TAMWORTH.candidacies}
    return Result(
        contest_id=TAMWORTH.id,
        votes=tuple(CandidateVotes(candidacy=by_name[n], votes=v) for n, v in votes.items()),
        rejected=rejected,
        complete=len(votes) == len(TAMWORTH.candidacies),
    )


def against(counted: Result, **known: object) -> list[str]:
    return [one.sentence for one in doubts_of_result(counted, TAMWORTH, Known(**known))]


@pytest.mark.parametrize("rejected", [None, 44])
def test_the_result_of_tamworth_is_not_questioned(rejected):
    assert against(result(rejected=rejected), ballots=BALLOTS, winner=LAB, majority=1_316) == []
    assert against(result()) == []


def test_votes_that_do_not_add_up_are_questioned_with_both_sums():
    swapped = {**VOTES, "Sarah Edwards": 11_179}
    (doubt,) = doubts_of_result(result(swapped, 44), TAMWORTH, Known(ballots=BALLOTS))
    assert (doubt.given, doubt.expected) == ("25,090", "25,630")
    assert "540 too few" in doubt.sentence
    assert "swapped" in doubt.sentence


def test_a_sum_is_not_of_two_swapped_figures_unless_nine_divides_it():
    wrong = {**VOTES, "Sarah Edwards": 11_819}
    (sentence,) = against(result(wrong), ballots=BALLOTS)
    assert "56 too many" in sentence
    assert "swapped" not in sentence


def test_two_lines_swapped_make_another_winner_than_the_blogs():
    swapped = {**VOTES, "Sarah Edwards": 10_403, "Andy Cooper": 11_719}
    (sentence,) = against(result(swapped), ballots=BALLOTS, winner=LAB, source="The Example")
    assert sentence.startswith("The Example has Labour as the winner")


def test_candidates_without_votes_are_named():
    (sentence,) = against(result({"Sarah Edwards": 11_719, "Andy Cooper": 10_403}), ballots=BALLOTS)
    assert "Howling Laud Hope (MRLP)" in sentence


def test_more_votes_than_electors_are_questioned():
    assert "more than 71,302 electors" in against(result({**VOTES, "Sunny Virk": 60_000}))[0]


def test_another_majority_than_a_source_has_is_questioned():
    (sentence,) = against(result(), winner=LAB, majority=1_361, source="The Example")
    assert "1,361" in sentence
    assert "1,316" in sentence


def test_a_wild_share_is_questioned():
    wild = dict.fromkeys(VOTES, 100) | {"Sarah Edwards": 24_000}
    assert any("Really?" in sentence for sentence in against(result(wild)))


def test_a_swing_beyond_the_record_is_questioned():
    reach = Reach(value=28.4, where="Somewhere in 2014")
    assert doubt_of_swing(23.9, reach) is None
    assert doubt_of_swing(23.9, None) is None
    doubt = doubt_of_swing(30.1, reach)
    assert doubt is not None
    assert "30.1" in doubt.sentence


@pytest.mark.parametrize(
    ("turnout", "before", "doubts"),
    [
        (Turnout(ballots=25_630, electorate=71_302), None, 0),
        (Turnout(stated=Decimal("35.9"), electorate=71_302), None, 0),
        (Turnout(ballots=25_630, electorate=71_302, stated=Decimal("35.9")), None, 0),
        (Turnout(ballots=25_630, electorate=71_302, stated=Decimal("39.5")), None, 1),
        (Turnout(ballots=25_630, electorate=70_302), None, 1),
        (Turnout(stated=Decimal("3.59"), electorate=71_302), None, 2),
        (Turnout(stated=Decimal("95"), electorate=71_302), None, 1),
        (Turnout(stated=Decimal("35.9")), Turnout(stated=Decimal("36.0")), 0),
        (Turnout(stated=Decimal("35.9")), Turnout(stated=Decimal("39.5")), 1),
    ],
)
def test_turnouts_are_questioned_where_they_are_wild_or_contradict(turnout, before, doubts):
    assert len(doubts_of_turnout(turnout, TAMWORTH, before)) == doubts


results = st.lists(st.integers(0, 7_000), min_size=9, max_size=9).filter(
    lambda counts: sum(counts) > 0
)


@given(results)
def test_swing_is_antisymmetric_and_shares_add_up(counts):
    counted = result(dict(zip(VOTES, counts, strict=True)))
    assert sum(counted.share_of(line) or Fraction(0) for line in counted.votes) == 1
    one = counted.swing(TAMWORTH, to=LAB, losing=CON)
    other = counted.swing(TAMWORTH, to=CON, losing=LAB)
    assert one is not None
    assert other is not None
    assert one == pytest.approx(-other)


@given(results)
def test_hold_and_gain_are_against_the_holder_at_the_moment(counts):
    winner = result(dict(zip(VOTES, counts, strict=True))).winner.candidacy.party
    held = outcome(TAMWORTH, winner) is Outcome.HOLD
    assert held == (winner == CON)
    assert outcome(replace(TAMWORTH, holder=winner), winner) is Outcome.HOLD


@given(results, st.integers(0, 71_302), st.one_of(st.none(), st.integers(0, 500)))
def test_nothing_that_does_not_add_up_passes_in_silence(counts, ballots, rejected):
    counted = result(dict(zip(VOTES, counts, strict=True)), rejected)
    papers = sum(counts) + (rejected or 0)
    fits = papers == ballots if rejected is not None else ballots * 0.97 <= papers <= ballots
    if not fits:
        assert doubts_of_result(counted, TAMWORTH, Known(ballots=ballots))
