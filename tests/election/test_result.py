import math
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.contest import Candidacy, Contest
from bot.election.result import (
    CandidateVotes,
    Declaration,
    Outcome,
    Result,
    outcome,
    result_of,
)
from tests.nights.facts import (
    CON,
    GREEN,
    INDEPENDENT,
    LAB,
    LD,
    MID_BEDFORDSHIRE,
    REFORM,
    TAMWORTH,
    TAMWORTH_VOTES,
    UKIP,
)

VOTES = TAMWORTH_VOTES
MID_BEDS_VOTES = {
    "Alistair Strathern": 13_872,
    "Festus Akinbusoye": 12_680,
    "Emma Holland-Lindsay": 9_420,
    "Gareth Mackey": 1_865,
    "Dave Holland": 1_487,
    "Cade Sibley": 732,
    "Ann Kelly": 249,
    "Antonio Vitiello": 107,
    "Sid Cordle": 101,
    "Alan Victor": 93,
    "Alberto Thomas": 63,
    "Prince A Love, Emperor of India": 27,
    "Chris Rooney": 24,
}


def counted(contest: Contest, votes: dict[str, int], *, complete: bool = True) -> Result:
    by_name = {c.name: c for c in contest.candidacies}
    return Result(
        contest_id=contest.id,
        votes=tuple(CandidateVotes(candidacy=by_name[n], votes=v) for n, v in votes.items()),
        complete=complete,
    )


RESULT = counted(TAMWORTH, VOTES)
MID_BEDS_RESULT = counted(MID_BEDFORDSHIRE, MID_BEDS_VOTES)
FIRST_THREE = counted(TAMWORTH, dict(list(VOTES.items())[:3]), complete=False)


def two(con: int, lab: int, others: int = 0) -> Result:
    votes = {"Andy Cooper": con, "Sarah Edwards": lab, "Sunny Virk": others}
    return counted(TAMWORTH, votes)


@pytest.mark.parametrize(
    ("result", "winner", "runner_up", "majority", "valid"),
    [
        (RESULT, "Sarah Edwards", "Andy Cooper", 1_316, 25_586),
        (MID_BEDS_RESULT, "Alistair Strathern", "Festus Akinbusoye", 1_192, 40_720),
    ],
)
def test_a_majority_is_computed_and_never_typed(result, winner, runner_up, majority, valid):
    assert result.winner.candidacy.name == winner
    assert result.runner_up.candidacy.name == runner_up
    assert result.majority == majority
    assert result.valid_votes == valid


def test_votes_are_put_in_order():
    shuffled = counted(TAMWORTH, dict(reversed(VOTES.items())))
    assert [line.votes for line in shuffled.votes] == sorted(VOTES.values(), reverse=True)


@pytest.mark.parametrize(
    ("result", "contest", "swing"),
    [(RESULT, TAMWORTH, 23.89), (MID_BEDS_RESULT, MID_BEDFORDSHIRE, 20.52)],
)
def test_swing_from_conservatives_to_labour(result, contest, swing):
    assert round(result.swing(contest, to=LAB, losing=CON), 2) == swing
    assert round(result.swing(contest, to=CON, losing=LAB), 2) == -swing


def test_change_of_a_share():
    assert RESULT.share(LAB) == Fraction(11_719, 25_586)
    assert round(RESULT.change(TAMWORTH, LAB), 2) == 22.12
    assert round(RESULT.change(TAMWORTH, CON), 2) == -25.66


def test_a_party_that_did_not_stand_last_time_has_no_change():
    assert RESULT.share(REFORM) == Fraction(1_373, 25_586)
    assert RESULT.change(TAMWORTH, REFORM) is None
    assert RESULT.swing(TAMWORTH, to=LAB, losing=REFORM) is None


def test_a_party_that_does_not_stand_has_no_change():
    three = two(10_403, 11_719, 417)
    assert three.share(GREEN) is None
    assert three.change(TAMWORTH, GREEN) is None
    assert three.swing(TAMWORTH, to=LAB, losing=UKIP) is None


def test_independents_are_not_one_party():
    assert MID_BEDS_RESULT.change(MID_BEDFORDSHIRE, INDEPENDENT) is None
    shares = {line.candidacy.name: MID_BEDS_RESULT.share_of(line) for line in MID_BEDS_RESULT.votes}
    assert shares["Gareth Mackey"] == Fraction(1_865, 40_720)
    assert shares["Prince A Love, Emperor of India"] == Fraction(27, 40_720)


def test_without_a_previous_result_there_is_no_change():
    fresh = replace(TAMWORTH, previous=None)
    assert RESULT.change(fresh, LAB) is None
    assert RESULT.swing(fresh, to=LAB, losing=CON) is None


def test_an_incomplete_result_has_a_majority_but_no_shares():
    assert FIRST_THREE.majority == 1_316
    assert FIRST_THREE.valid_votes is None
    assert FIRST_THREE.share(LAB) is None
    assert FIRST_THREE.share_of(FIRST_THREE.winner) is None
    assert FIRST_THREE.change(TAMWORTH, LAB) is None
    assert FIRST_THREE.swing(TAMWORTH, to=LAB, losing=CON) is None


def test_no_votes_at_all_give_no_shares():
    assert two(0, 0).share(LAB) is None


votes = st.integers(min_value=0, max_value=120_000)


@given(st.lists(votes, min_size=2, max_size=9).filter(any))
def test_shares_add_up_to_one(numbers):
    names = [c.name for c in TAMWORTH.candidacies]
    result = counted(TAMWORTH, dict(zip(names, numbers, strict=False)))
    assert sum(result.share_of(line) for line in result.votes) == 1
    assert result.valid_votes == sum(numbers)


@given(votes, votes, votes)
def test_swing_there_is_swing_back_with_the_other_sign(con, lab, others):
    result = two(con + 1, lab, others)
    there = result.swing(TAMWORTH, to=LAB, losing=CON)
    back = result.swing(TAMWORTH, to=CON, losing=LAB)
    assert math.isclose(there, -back, abs_tol=1e-9)


@given(votes, votes, votes)
def test_a_majority_is_never_below_nought(con, lab, others):
    result = two(con, lab, others)
    assert result.majority >= 0
    assert result.tied == (result.majority == 0)


def test_a_tie_has_no_majority():
    tie = two(10_403, 10_403, 417)
    assert tie.tied
    assert tie.majority == 0
    assert not RESULT.tied


def test_who_was_drawn_by_lot_comes_first():
    tie = two(10_403, 10_403, 417)
    assert tie.undecided
    for lot in tie.first:
        drawn = replace(tie, lot=lot)
        assert (drawn.winner.candidacy, drawn.undecided, drawn.majority) == (lot, False, 0)
        assert drawn.runner_up.candidacy in set(tie.first) - {lot}


def test_lots_are_drawn_between_those_who_come_first_alone():
    tie = two(10_403, 10_403, 417)
    last = tie.votes[-1].candidacy
    for result, lot in ((tie, last), (RESULT, RESULT.winner.candidacy)):
        with pytest.raises(ValueError, match="lots are drawn"):
            replace(result, lot=lot)


@pytest.mark.parametrize(
    ("winner", "expected"), [(LAB, Outcome.GAIN), (CON, Outcome.HOLD), (LD, Outcome.GAIN)]
)
def test_hold_and_gain_are_measured_against_the_holder(winner, expected):
    assert outcome(TAMWORTH, winner) is expected


def test_the_holder_counts_and_not_the_winner_of_the_last_election():
    defected = replace(TAMWORTH, holder=LAB)
    assert outcome(defected, LAB) is Outcome.HOLD
    assert outcome(defected, CON) is Outcome.GAIN


def test_without_a_holder_there_is_neither_hold_nor_gain():
    assert outcome(replace(TAMWORTH, holder=None), LAB) is None


LINE = CandidateVotes(candidacy=TAMWORTH.candidacies[0], votes=1)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ((), "two candidates at least"),
        ((LINE,), "two candidates at least"),
        ((LINE, LINE), "stands twice"),
        (
            (LINE, CandidateVotes(candidacy=Candidacy(name="Ann Other", party=LD), votes=-1)),
            "below nought",
        ),
    ],
)
def test_impossible_results_are_refused(lines, says):
    with pytest.raises(ValueError, match=says):
        Result(contest_id=TAMWORTH.id, votes=lines)


def test_a_computed_majority_wins_over_a_stated_one():
    assert Declaration(winner=LAB, stated_majority=1_361, result=RESULT).majority == 1_316
    assert Declaration(winner=LAB, stated_majority=1_361).majority == 1_361
    assert Declaration(winner=LAB).majority is None


TWINS = replace(
    TAMWORTH,
    candidacies=(
        Candidacy(name="Sarah Edwards", party=LAB),
        Candidacy(name="Greg Smith", party=CON),
        Candidacy(name="Greg Smith", party=INDEPENDENT),
    ),
)


def test_candidates_of_one_name_are_told_apart_on_the_ballot_paper() -> None:
    names = ["Sarah Edwards", "Greg Smith (Con)", "Greg Smith (Ind)"]
    assert list(TWINS.ballot_paper) == names
    assert [TWINS.called(one) for one in TWINS.candidacies] == names


@pytest.mark.parametrize(
    ("votes", "majority", "complete"),
    [
        ([("Sarah Edwards", 30), ("Greg Smith (Ind)", 10)], 20, False),
        ([("Sarah Edwards", 30), ("Greg Smith (Con)", 20), ("Greg Smith (Ind)", 10)], 10, True),
        # Nobody knows which of the two it was; somebody who does not stand; one line; one twice.
        ([("Sarah Edwards", 30), ("Greg Smith", 20), ("Greg Smith", 10)], None, None),
        ([("Sarah Edwards", 30), ("Greg Smith (Con)", 20), ("Sara Edwards", 40)], None, None),
        ([("Sarah Edwards", 30), ("Greg Smith (Con)", 20), ("Pat Smith", 20)], None, None),
        ([("Sarah Edwards", 30), ("Greg Smith (Con)", 20), ("Pat Smith", 19)], 10, False),
        ([("Sarah Edwards", 30)], None, None),
        ([("Sarah Edwards", 30), ("Sarah Edwards", 30)], None, None),
    ],
)
def test_a_result_is_what_the_votes_of_known_candidates_give(
    votes: list[tuple[str, int]], majority: int | None, complete: bool | None
) -> None:
    result = result_of(TWINS, votes)
    found = (None, None) if result is None else (result.majority, result.complete)
    assert found == (majority, complete)


@pytest.mark.parametrize(
    ("lot", "winner"),
    [
        ("Greg Smith (Ind)", "Greg Smith"),
        ("Sarah Edwards", "Sarah Edwards"),
        # Of nobody on the paper, and of one who was not among the first: nobody was drawn.
        ("Greg Smith", None),
        ("Greg Smith (Con)", None),
        (None, None),
    ],
)
def test_a_lot_decides_between_the_first_and_is_nothing_to_others(
    lot: str | None, winner: str | None
) -> None:
    votes = [("Sarah Edwards", 30), ("Greg Smith (Ind)", 30), ("Greg Smith (Con)", 10)]
    result = result_of(TWINS, votes, lot)
    assert result is not None
    assert (None if result.undecided else result.winner.candidacy.name) == winner
