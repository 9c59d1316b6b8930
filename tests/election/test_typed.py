"""Figures as reporters type them."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.contest import Candidacy
from bot.election.typed import TypedTurnout, read_result, read_turnout
from bot.errors import AskError
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH, TAMWORTH_VOTES

VOTES = TAMWORTH_VOTES


def votes(words: str) -> dict[str, int]:
    return {one.name: count for one, count in read_result(words, TAMWORTH).votes}


@pytest.mark.parametrize(
    ("words", "ballots", "electorate", "percent"),
    [
        ("25,630 of 71,302", 25_630, 71_302, None),
        ("25630 of 71302", 25_630, 71_302, None),
        ("25 630 out of 71 302", 25_630, 71_302, None),
        ("25,630 ballots", 25_630, None, None),
        (": 25,630", 25_630, None, None),
        ("35.9%", None, None, "35.9"),
        ("35.9 %", None, None, "35.9"),
        ("35.9 per cent", None, None, "35.9"),
        ("35.9", None, None, "35.9"),
        ("36%", None, None, "36"),
        ("25,630 of 71,302 (35.9%)", 25_630, 71_302, "35.9"),
        ("35.9% (25,630)", 25_630, None, "35.9"),
    ],
)
def test_a_turnout_is_read_as_it_is_typed(words, ballots, electorate, percent):
    assert read_turnout(words) == TypedTurnout(
        ballots=ballots,
        electorate=electorate,
        percent=None if percent is None else Decimal(percent),
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("25.6k", "“25.6k” is no exact count"),
        ("about 25,000", "“about 25,000” is no exact count"),
        ("25,63", "“25,63” is no exact count"),
        ("", "I read no turnout"),
        ("high", "I read no turnout in “high”"),
        ("1,000 of 2,000 of 3,000", "I read no turnout"),
        ("35.9% or 36.1%", "I read no turnout"),
        ("71,302 of 25,630", "71,302 ballots are more than 25,630 electors"),
        ("359%", "not possible"),
        ("9" * 400, "more than any seat has electors"),
    ],
)
def test_a_turnout_that_is_not_exact_is_asked_about(words, sentence):
    with pytest.raises(AskError, match=re.escape(sentence)):
        read_turnout(words)


@pytest.mark.parametrize(
    "words",
    [
        "Lab 11,719 Con 10,403",
        "Labour: 11719, Tories: 10403",
        "11,719 Lab; 10,403 Con",
        "Edwards 11 719\nAndy Cooper 10 403",
        "the Conservatives 10,403 and Sarah Edwards (Lab) 11,719 votes",
        "Con - 10,403 | Lab - 11,719",
        "SARAH EDWARDS = 11,719. Cooper Con = 10,403.",
    ],
)
def test_candidates_are_named_by_party_or_name_in_any_order(words):
    assert votes(words) == {"Sarah Edwards": 11_719, "Andy Cooper": 10_403}


def test_rejected_papers_are_no_candidate():
    typed = read_result("Lab 11,719 Con 10,403 rejected 44", TAMWORTH)
    assert typed.rejected == 44
    assert len(typed.votes) == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Lab 11.7k Con 10,403", "“11.7k” is no exact count"),
        ("Lab about 11,700 Con 10,403", "“about 11,700” is no exact count"),
        ("Lab 11.719 Con 10,403", "“11.719” is no exact count"),
        ("Lab 11,7 Con 10,403", "“11,7” is no exact count"),
        ("Lab 11,719 Cooper 10,403", "may be Andy Cooper (Con) or Ian Stuart Cooper (RUK)"),
        ("Lab 11,719 SNP 10,403", "Nobody called “SNP” stands in Tamworth"),
        ("Lab 11,719 Edwads 10,403", "Nobody called “Edwads” stands"),
        ("Lab 11,719 Labour 10,403", "Sarah Edwards is there twice"),
        ("Lab 11,719", "two candidates at least"),
        ("Lab 11,719 Con", "“Con” has no votes beside it"),
        ("Lab 11,719 10,403", "Whose are the 10,403 votes?"),
        ("Lab and Con", "I read no votes"),
        ("", "I read no votes"),
        ("Lab 99,999,999 Con 1", "more than any seat has electors"),
    ],
)
def test_what_may_mean_two_things_is_asked_about(words, sentence):
    with pytest.raises(AskError, match=re.escape(sentence)):
        votes(words)


def test_two_independents_are_told_apart_by_name():
    with pytest.raises(AskError, match="Prince A Love, Emperor of India"):
        read_result("Lab 13,872 Ind 1,865", MID_BEDFORDSHIRE)
    typed = read_result("Lab 13,872 Mackey 1,865", MID_BEDFORDSHIRE)
    assert [one.name for one, _ in typed.votes] == ["Alistair Strathern", "Gareth Mackey"]


@given(
    st.lists(st.integers(0, 90_000), min_size=9, max_size=9),
    st.permutations(TAMWORTH.candidacies),
    st.sampled_from([" ", ", ", "\n", "; "]),
    st.sampled_from(["{name} {votes:,}", "{name}: {votes}", "{name} ({party}) {votes:,}"]),
)
def test_every_result_that_is_written_out_is_read_back(
    counts: list[int], order: list[Candidacy], between: str, form: str
):
    written = between.join(
        form.format(name=one.name, party=one.party.short, votes=count)
        for one, count in zip(order, counts, strict=True)
    )
    assert list(votes(written).items()) == [
        (one.name, count) for one, count in zip(order, counts, strict=True)
    ]


@given(st.text(max_size=300), st.sampled_from(["", "Lab 1,000 ", " 12 Con"]))
def test_whatever_is_typed_is_read_or_asked_about(text: str, around: str):
    for words in (text + around, around + text):
        said: list[str] = []
        for read in (lambda typed: read_result(typed, TAMWORTH), read_turnout):
            try:
                read(words)
            except AskError as error:
                said.append(str(error))
        assert all(0 < len(sentence) < 900 for sentence in said)


def test_who_stands_is_listed_where_a_name_is_nobodys():
    alone = replace(TAMWORTH, candidacies=TAMWORTH.candidacies[:2])
    with pytest.raises(AskError, match=re.escape("Robert Bilcliff (UKIP), Andy Cooper (Con)")):
        read_result("Lab 5 Con 4", alone)


def test_a_small_word_that_is_somebodys_name_stands():
    """Somebody called A ON stood in Bath in 2024."""
    named = replace(TAMWORTH.candidacies[0], name="A ON")
    contest = replace(TAMWORTH, candidacies=(named, *TAMWORTH.candidacies[1:]))
    read = read_result("Lab 11,719, A ON 25 and Con 10,403", contest)
    assert [(one.name, count) for one, count in read.votes][1] == ("A ON", 25)


@pytest.mark.parametrize(
    "words",
    [
        "Lab 10,403 Con 10,403 lot Lab",
        "Lab 10,403 Con 10,403 rejected 44 decided by lot: Edwards",
        "Lab 10,403 Con 10,403 drawn by lot – Sarah Edwards, rejected 44",
        "Lab 10,403, lot Labour, Con 10,403",
        "lot Lab\nLab 10,403\nCon 10,403",
        "10,403 Lab, 10,403 Con, by lot Lab.",
        "Lab 10,403 Con 10,403 lot Lab rejected 44",
    ],
)
def test_who_was_drawn_by_lot_stands_anywhere(words):
    typed = read_result(words, TAMWORTH)
    assert typed.lot is not None
    assert typed.lot.name == "Sarah Edwards"
    assert [count for _, count in typed.votes] == [10_403, 10_403]


def test_a_candidate_called_lot_is_no_lot():
    lot = Candidacy(name="Ann Lot", party=TAMWORTH.candidacies[0].party)
    contest = replace(TAMWORTH, candidacies=(*TAMWORTH.candidacies, lot))
    typed = read_result("Edwards 10,403 Lot 900", contest)
    assert (typed.lot, typed.votes[1]) == (None, (lot, 900))
