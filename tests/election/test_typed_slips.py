"""What is typed in a hurry, pasted, or meant to do harm: read exactly, or asked about."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.election.contest import Candidacy
from bot.election.typed import TypedTurnout, read_result, read_turnout
from bot.errors import AskError
from handlers import voice
from tests.nights.facts import CON, GREEN, LAB, LD, MID_BEDFORDSHIRE, TAMWORTH

TWO = {"Sarah Edwards": 11_719, "Andy Cooper": 10_403}


def votes(words, contest=TAMWORTH):
    return {one.name: count for one, count in read_result(words, contest).votes}


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("35.9% of 71,302", {"electorate": 71_302, "percent": Decimal("35.9")}),
        ("35.9% of an electorate of 71,302", {"electorate": 71_302, "percent": Decimal("35.9")}),
        ("of 25,630 in", {"ballots": 25_630}),
        ("25,630/71,302", {"ballots": 25_630, "electorate": 71_302}),
        ("25,630 ballots, electorate 71,302", {"ballots": 25_630, "electorate": 71_302}),
        ("35 ballots", {"ballots": 35}),
        ("35%", {"percent": Decimal("35")}),
    ],
)
def test_a_turnout_says_what_each_number_is(words, read):
    assert read_turnout(words) == TypedTurnout(**read)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("about 35.9%", "“about 35.9%” is no exact count"),
        ("~36%", "“~36%” is no exact count"),
        ("over 35%", "“over 35%” is no exact count"),
        ("35-36%", "“35-36” are two numbers"),
        ("25,630ish", "“25,630ish” is no exact count"),
        ("25,630 or so", "“25,630 or so” is no exact count"),
        ("25,630+", "“25,630+” is no exact count"),
        ("25’630", "“25’630” may be one number or two"),
        ("25,630 71,302", "Which of 25,630 and 71,302 is what?"),
        ("25,630 not 71,302", "“not” beside it"),
        ("was 25,630 now 25,640", "“now” beside it"),
        ("35", "write “35%” or “35 ballots”"),
        ("35,9%", "write “35.9%”"),
        ("35.9 of 71,302", "write “35.9%”"),
        ("-25,630", "“-25,630” is below nought"),
        ("−25,630", "“−25,630” is below nought"),
        ("0 of 0", "An electorate of 0 is not possible"),
        ("٢٥٦٣٠", "write numbers with 0 to 9"),
        ("25,630²", "write numbers with 0 to 9"),
        ("5" * 2_001, "over 2,000 characters"),
    ],
)
def test_a_turnout_that_may_mean_two_things_is_asked_about(words, sentence):
    with pytest.raises(AskError, match=re.escape(sentence)):
        read_turnout(words)


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("Lab,11719,Con,10403", TWO),
        ("Lab,11,719,Con,10,403", TWO),
        ("Labour Party\t11,719\nConservative and Unionist Party\t10,403", TWO),
        ("Labour and Co-operative Party: 11\u202f719; The Conservatives: 10\u2009403", TWO),
        ("EDWARDS, Sarah 11719 COOPER, Andy 10403", TWO),
        ("Ms Edwards 11,719, Mr Andy Cooper 10,403", TWO),
        ("11,719 Labour\n10,403 Tories", TWO),
        ("Cooper (Con) 10,403 (Lab) 11,719", TWO),
        ("Ref 1,373 LD 417", {"Ian Stuart Cooper": 1_373, "Sunny Virk": 417}),
    ],
)
def test_what_is_pasted_is_read(words, read):
    assert votes(words) == read


@pytest.mark.parametrize(
    "words",
    [
        "Lab 11,719 Con 10,403, 44 rejected",
        "11,719 Lab 10,403 Con, rejected 44",
        "11,719 Lab 10,403 Con 44 spoilt papers",
        "Spoilt ballots: 44; Lab 11,719; Con 10,403",
        "Lab 11,719 Con 10,403 rejected ballot papers 44",
    ],
)
def test_rejected_papers_stand_before_or_behind_their_number(words):
    typed = read_result(words, TAMWORTH)
    assert typed.rejected == 44
    assert {one.name: count for one, count in typed.votes} == TWO


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("Lab 11,719 Con -10,403", "“-10,403” is below nought"),
        ("Lab ~11,700 Con 10,403", "“~11,700” is no exact count"),
        ("Lab 11,700+ Con 10,403", "“11,700+” is no exact count"),
        ("Lab 11,700? Con 10,403", "“11,700?” is no exact count"),
        ("Lab 11,719-11,720 Con 10,403", "“11,719-11,720” are two numbers"),
        ("Lab eleven thousand Con 10,403", "“eleven” is no number that I take"),
        ("Lab 11,719 (45.8%) Con 10,403", "Shares are worked out"),
        ("Lab 11,719 Con 10,403 majority 1,316", "“majority” is no candidate"),
        ("Lab 11,719 Con 10,403 turnout 35", "record turnout Tamworth"),
        ("Lab Con 10,403 Green 417", "“Lab Con” names two parties"),
        ("Lab, Con 10,403 Green 417", "“Lab, Con” names two parties"),
        ("Andy Cooper (Lab) 10,403 Green 417", "stands for Conservative, not for Labour"),
        ("Lab 5 Con 4 rejected 44 rejected 45", "is there twice, with 44 and with 45"),
        ("UK 5 Con 4", "Nobody called “UK” stands"),
        ("Edwadrs 5 Con 4", "Did you mean Sarah Edwards (Lab)?"),
        ("Lab 5 Others 34", "Nobody called “Others” stands"),
        ("Lab 11,719 403 Con 4", "Whose are the 403 votes?"),
        ("Lab ٥ Con 4", "write numbers with 0 to 9"),
    ],
)
def test_no_word_and_no_number_is_read_past(words, sentence):
    with pytest.raises(AskError, match=re.escape(sentence)):
        votes(words)


def test_two_people_of_one_name_are_told_apart_by_their_parties():
    both = replace(
        TAMWORTH,
        candidacies=(
            Candidacy(name="Ann Other", party=LAB),
            Candidacy(name="Ann Other", party=CON),
            Candidacy(name="Damian Green", party=LD),
            Candidacy(name="Sue Howarth", party=GREEN),
        ),
    )
    typed = read_result("Ann Other (Lab) 7, Ann Other (Con) 6", both)
    assert [(one.party, count) for one, count in typed.votes] == [(LAB, 7), (CON, 6)]
    with pytest.raises(AskError, match="Write the name and the party"):
        read_result("Ann Other 7, Damian Green 6", both)
    with pytest.raises(AskError, match=re.escape("Damian Green (LD) or Sue Howarth (Green)")):
        read_result("Lab 7, Green 6", both)


counts = st.integers(0, 90_000)


@pytest.mark.parametrize("contest", [TAMWORTH, MID_BEDFORDSHIRE])
@given(data=st.data())
def test_a_result_as_it_is_shown_is_read_back(contest, data):
    order = data.draw(st.permutations(contest.candidacies))
    numbers = data.draw(st.lists(counts, min_size=len(order), max_size=len(order)))
    rejected = data.draw(st.none() | st.integers(0, 900))
    between = data.draw(st.sampled_from([" ", "\n", ", ", "; ", " | "]))
    shown = data.draw(st.sampled_from(["{name}: {votes}", "{votes} {name}", "{name} = {votes}"]))
    lines = [
        shown.format(name=voice.candidate(one), votes=voice.number(count))
        for one, count in zip(order, numbers, strict=True)
    ]
    if rejected is not None:
        lines.append(shown.format(name="rejected", votes=voice.number(rejected)))
    typed = read_result(between.join(lines), contest)
    assert typed.rejected == rejected
    assert typed.votes == tuple(zip(order, numbers, strict=True))


PIECES = [
    "Lab", "Con 5", "11,719", "\u202e", "\u200b", "\x00", "\x1b[31m", "🗳️", "٣", "½", "%", "of", "-",
    "−", "(", ")", "\n", "rejected", "Cooper", "11.7k", "9" * 400, "ا", "\ud800",
]  # fmt: skip
HOSTILE = st.lists(st.text(max_size=12) | st.sampled_from(PIECES), max_size=30).map(" ".join)


@given(HOSTILE)
@example("9," * 999)
@example("Lab " * 499 + "5")
@example("(" * 1_999)
@example("🗳️" * 900)
@example("\u202e" * 3_000 + "5")
@example("a" * 500_000)
def test_hostile_words_get_a_sentence_that_can_be_shown(words):
    for read in (read_turnout, lambda typed: read_result(typed, MID_BEDFORDSHIRE)):
        try:
            read(words)
        except AskError as error:
            sentence = str(error)
            assert 0 < len(sentence) < 1_000
            assert sentence.isprintable()
            assert sentence.endswith((".", "?"))


@given(HOSTILE)
def test_every_number_of_a_result_is_in_what_was_read(words):
    try:
        typed = read_result(words, TAMWORTH)
    except AskError:
        return
    read = [str(count) for _, count in typed.votes] + (
        [] if typed.rejected is None else [str(typed.rejected)]
    )
    written = re.findall("[0-9]", words)
    # “007” is seven, and no other digit is lost.
    assert sorted("".join(read).replace("0", "")) == sorted(c for c in written if c != "0")
