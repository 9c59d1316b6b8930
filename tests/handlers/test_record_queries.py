"""What is answered about the contests of the record, asked long after, and about the night's."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bot.chat.reply import Reply
from bot.election.contest import Candidacy
from bot.election.figure import Standing
from bot.election.result import Declaration
from bot.election.turnout import Turnout, TurnoutDefinition
from tests.fakes import Facts
from tests.handlers.night import (
    BLOG,
    DECLARED,
    FIRST_TWO,
    KNOWN,
    RUSH,
    UNKNOWN,
    answer,
    counted,
    reported,
    uk,
)
from tests.nights.facts import CON, LAB, MID_BEDFORDSHIRE, TAMWORTH

TODAY = datetime(2026, 11, 27, 12, tzinfo=UTC)
TAMWORTH_2024 = "parl.tamworth.2024-07-04"


async def today(text: str, facts: Facts = UNKNOWN) -> Reply:
    return await answer(text, facts, TODAY)


# ── which contest of a seat ──────────────────────────────────────────────────────────────────


async def test_asked_today_the_turnout_is_of_july_2024_with_the_by_election_beside_it():
    reply = await today("turnout Tamworth")
    assert reply.title == (
        "Tamworth (boundaries of 2024), general election of 4 July 2024: turnout 58.3%"
    )
    assert reply.contest == TAMWORTH_2024
    assert reply.lines == (
        "43,788 valid votes and 116 rejected ballots of 75,055 electors.",
        "Turnout of valid votes, 58.34%; of all ballots it is 58.50%.",
        "In 2019 it was 64.6% of valid votes, by the notional result on these boundaries.",
        "By-election of 19 October 2023, within its older boundaries: 35.9% of valid votes.",
    )


async def test_an_old_seat_is_told_apart_from_the_one_that_is_called_so_now():
    reply = await today("turnout Tamworth by-election")
    assert reply.title == "Tamworth, by-election of 19 October 2023: turnout 35.9%"
    assert (
        "Within its boundaries of 2010, in force until 2024; today's Tamworth (boundaries of 2024) "
        "is another seat." in reply.lines
    )


async def test_a_by_election_has_a_day_and_no_hour():
    for command in ("turnout", "majority", "result", "swing", "when", "status", "electorate"):
        reply = await today(f"{command} Tamworth by-election")
        assert reply.origin is not None
        assert reply.origin.day_only
        assert reply.origin.standing is Standing.OFFICIAL
    general = (await today("turnout Tamworth")).origin
    assert general is not None
    assert not general.day_only


async def test_a_by_election_had_changed_hands_since_the_general_election_that_is_counted_from():
    told = (
        "Hold and gain are against 2019 as if on these boundaries; Labour had won Mid Bedfordshire "
        "within its older boundaries at the by-election of 19 October 2023."
    )
    for command in ("result", "majority", "holder"):
        reply = await today(f"{command} Mid Beds")
        assert told in reply.lines
    reply = await today("result Mid Beds")
    assert reply.title.endswith("Conservatives hold")
    # Nothing had changed hands here.
    assert not any("Hold and gain" in line for line in (await today("result Bath")).lines)


async def test_when_says_the_hour_where_it_is_on_record():
    reply = await today("when Tamworth")
    assert reply.title.endswith("declared at 06:32 on Friday 5 July 2024")
    assert reply.value == "2024-07-05T05:32:00+00:00"
    reply = await today("when Tamworth by-election")
    assert reply.title.endswith("the hour of its declaration is not on record")
    assert reply.value is None


async def test_candidates_of_a_contest_of_the_record():
    reply = await today("candidates Hartlepool by-election")
    assert reply.title == "Hartlepool, by-election of 6 May 2021: 16 candidates"
    assert reply.origin is not None


# ── turnout, like with like ──────────────────────────────────────────────────────────────────


def turning_out(turnout: Turnout) -> Facts:
    return replace(KNOWN, turnouts={TAMWORTH.id: reported(turnout)})


async def test_on_the_night_turnout_is_told_beside_the_by_elections_before():
    reply = await answer("turnout Tamworth")
    (beside,) = (line for line in reply.lines if line.startswith("Lower"))
    lower, higher = beside.split("; ")
    for name in ("Uxbridge and South Ruislip", "Selby and Ainsty", "Somerton and Frome"):
        assert name in lower
    assert lower.endswith("in July")
    assert higher == "higher than West Lancashire (31.3%) in February."
    assert "In 2019 it was 64.3% of valid votes." in reply.lines


async def test_all_ballots_are_compared_with_all_ballots():
    ballots = Turnout(electorate=71_302, ballots=25_630)
    reply = await answer("turnout Tamworth", turning_out(ballots))
    assert "In 2019 it was 64.6% of all ballots." in reply.lines
    assert "All of these are of all ballots." in reply.lines
    valid = Turnout(electorate=71_302, valid_votes=25_586, definition=TurnoutDefinition.VALID_VOTES)
    reply = await answer("turnout Tamworth", turning_out(valid))
    assert "In 2019 it was 64.3% of valid votes." in reply.lines
    assert "All of these are of valid votes." in reply.lines


async def test_between_two_definitions_it_is_about_the_same():
    # Rutherglen and Hamilton West was 37.1% of valid votes and 37.2% of all ballots.
    reply = await answer("turnout Tamworth", turning_out(Turnout(stated=Decimal("37.15"))))
    assert any("about the same as Rutherglen" in line for line in reply.lines)


async def test_the_other_seat_of_the_night_stands_beside_it():
    both = {
        TAMWORTH.id: reported(Turnout(stated=Decimal("35.9"))),
        MID_BEDFORDSHIRE.id: reported(Turnout(electorate=92_578, valid_votes=40_720)),
    }
    reply = await answer("turnout Tamworth", replace(KNOWN, turnouts=both))
    assert any(line.startswith("Lower than Mid Bedfordshire (44.0%)") for line in reply.lines)


async def test_a_complete_result_gives_a_turnout_where_nobody_stated_one():
    facts = replace(DECLARED, turnouts={})
    reply = await answer("turnout Tamworth", facts, uk(3, 20))
    assert reply.title == "Tamworth: turnout 35.9%"
    assert reply.lines[0] == "25,586 valid votes of 71,302 electors."
    assert (reply.details["definition"], reply.details["of_valid_votes"]) == ("valid votes", 35.88)
    assert reply.origin is not None
    assert (reply.origin.source, reply.origin.at) == (BLOG, uk(3, 16))
    some = replace(KNOWN, turnouts={}, declarations={TAMWORTH.id: reported(FIRST_TWO)})
    assert (await answer("turnout Tamworth", some, uk(3, 20))).value is None


# ── swing ────────────────────────────────────────────────────────────────────────────────────


async def test_no_swing_before_the_declaration():
    reply = await answer("swing Tamworth")
    assert reply.title == "Tamworth has not declared: there is no swing yet"
    assert (reply.contest, reply.value, reply.error) == (TAMWORTH.id, None, False)


async def test_no_swing_of_a_winner_without_votes_or_of_some_votes():
    facts = replace(KNOWN, declarations={TAMWORTH.id: reported(RUSH)})
    assert "only a winner" in (await answer("swing Tamworth", facts)).title
    facts = replace(KNOWN, declarations={TAMWORTH.id: reported(FIRST_TWO)})
    reply = await answer("swing Tamworth", facts)
    assert reply.lines[0].startswith("Only some candidates' votes are known")


async def test_the_swing_of_the_night():
    reply = await answer("swing Tamworth", DECLARED, uk(3, 20))
    assert reply.title == "Tamworth: swing 23.9 points Conservatives to Labour"
    assert reply.value == 23.89
    assert reply.origin is not None
    assert reply.origin.source == BLOG


async def test_the_other_way_round_it_is_the_same_swing():
    reply = await today("swing Lab to Con Tamworth by-election")
    assert reply.title.endswith("swing 23.9 points Conservatives to Labour")
    assert (reply.value, reply.details["from"], reply.details["to"]) == (-23.89, "Lab", "Con")


async def test_a_swing_between_others_than_the_first_two():
    reply = await today("swing Con to LD Tamworth by-election")
    assert (reply.details["from"], reply.details["to"]) == ("Con", "LD")
    assert "Conservatives to Liberal Democrats" in reply.title


async def test_a_notional_swing_says_so():
    reply = await today("swing Tamworth")
    assert reply.details["notional"] is True
    assert any("by its notional result on these boundaries" in line for line in reply.lines)
    assert any(
        line.startswith("By-election of 19 October 2023") and "23.9 points" in line
        for line in reply.lines
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("swing SNP to Lab Tamworth by-election", "No SNP candidate stood"),
        ("swing Clacton by-election 2014", "did not stand at the general election of 2010"),
        ("swing Rochdale by-election", "Independents have no swing"),
        ("swing Lab to Lab Tamworth by-election", "between two parties"),
    ],
)
async def test_where_there_is_no_swing_it_says_why(text, why):
    reply = await today(text)
    assert reply.value is None
    assert why in " ".join(reply.lines)


# ── what is needed ───────────────────────────────────────────────────────────────────────────


async def test_what_a_challenger_needs_before_the_declaration():
    reply = await answer("needs Tamworth")
    assert reply.title == "Tamworth: Labour needs a swing of 21.3 points from Conservatives"
    assert "9,818 of their voters would have to change over." in reply.lines
    assert (reply.value, reply.details["votes_to_change_over"]) == (21.32, 9_818)


async def test_what_another_one_needs():
    reply = await answer("what do the Lib Dems need in Mid Beds?")
    assert reply.title.startswith("Mid Bedfordshire: Liberal Democrats need a swing of 23.6 points")
    assert (reply.table, reply.details["votes_to_change_over"]) == (None, None)


async def test_six_votes_are_a_swing_too():
    reply = await today("needs Runcorn")
    assert "Labour needs a swing of 0.01 points from Reform UK" in reply.title
    assert "4 of their voters would have to change over." in reply.lines


async def test_once_declared_the_result_is_what_it_is_measured_from():
    reply = await answer("needs Tamworth", DECLARED, uk(3, 20))
    assert reply.title.startswith("Tamworth: Conservatives need a swing of 2.6 points from Labour")


async def test_a_party_without_a_share_needs_what_nobody_can_say():
    reply = await answer("what does the SNP need in Tamworth")
    assert "SNP has no share" in reply.title


async def test_nothing_before_is_on_record():
    nowhere = replace(TAMWORTH, id="parl.narnia.by.2023-10-19", name="Narnia", previous=None)
    facts = Facts(contests=(nowhere,))
    assert "is not known" in (await answer("needs Narnia", facts)).title
    assert "nothing of it is on record" in (await answer("history Narnia", facts)).title
    assert "no swing yet" in (await answer("swing Narnia", facts)).title
    bare = replace(nowhere, electorate=None, holder=None)
    assert "no electorate" in (await answer("electorate Narnia", Facts(contests=(bare,)))).title
    assert "not known" in (await answer("holder Narnia", Facts(contests=(bare,)))).title


# ── holder, electorate, history ──────────────────────────────────────────────────────────────


async def test_the_holder_on_the_night_and_after_the_declaration():
    reply = await answer("who holds Tamworth?")
    assert reply.title == "Tamworth: Conservatives (Chris Pincher) held the seat"
    assert "won the general election of 12 December 2019 by 19,634 votes." in reply.lines[0]
    reply = await answer("who holds Tamworth?", DECLARED, uk(3, 20))
    assert reply.title == "Tamworth: Labour (Sarah Edwards), as of tonight"
    assert reply.value == "Lab"


async def test_the_electorate_and_what_it_was():
    reply = await answer("electorate Tamworth")
    assert reply.title == "Tamworth: 71,302 electors"
    assert reply.lines == ("71,572 at the general election of 12 December 2019.",)
    assert (reply.value, reply.details["unit"]) == (71_302, "electors")


async def test_a_seats_history_goes_back_over_its_boundaries():
    reply = await today("history Tamworth")
    assert reply.title == "Tamworth (boundaries of 2024): 6 contests since 2010"
    assert reply.table is not None
    assert [row[0] for row in reply.table.rows] == [
        "2024", "Oct 2023 by-election *", "2019 *", "2017 *", "2015 *", "2010 *",
    ]  # fmt: skip
    assert "Last changed hands at the by-election of 19 October 2023" in reply.lines[0]
    assert "Of its people 97% lived in the older Tamworth." in reply.lines


async def test_a_seat_that_is_no_more_says_what_became_of_it():
    reply = await today("history Selby and Ainsty")
    assert reply.contest == "parl.selby-and-ainsty.by.2023-07-20"
    (told,) = (line for line in reply.lines if line.startswith("Within its boundaries of 2010"))
    assert "are in Selby" in told


async def test_seats_that_were_given_new_codes_have_their_past():
    reply = await today("history Ayr, Carrick and Cumnock")
    assert reply.table is not None
    assert len(reply.table.rows) == 5
    assert (await today("swing Ayr, Carrick and Cumnock")).details["notional"] is True


# ── comparing and ranking ────────────────────────────────────────────────────────────────────


async def test_seats_are_compared_in_the_order_in_which_they_were_named():
    reply = await answer('compare turnout Tamworth Selby Uxbridge "West Lancs"')
    assert reply.table is not None
    assert [row[:3] for row in reply.table.rows] == [
        ("Tamworth", "tonight", "35.9%"),
        ("Selby and Ainsty", "Jul 2023 by-election", "44.7%"),
        ("Uxbridge and South Ruislip", "Jul 2023 by-election", "46.1%"),
        ("West Lancashire", "Feb 2023 by-election", "31.3%"),
    ]
    assert reply.lines[0].startswith("Not like with like")
    assert reply.details["unit"] == "per cent"


async def test_what_is_not_known_yet_is_a_dash():
    reply = await answer("compare majority Tamworth Selby")
    assert reply.table is not None
    assert [row[2] for row in reply.table.rows] == ["–", "4,161"]
    assert reply.value[0]["value"] is None


async def test_results_and_swings_beside_one_another():
    reply = await answer("compare result Selby Uxbridge")
    assert reply.table is not None
    assert reply.table.rows[0] == (
        "Selby and Ainsty", "Jul 2023 by-election", "Lab", "46.0%", "Con", "34.3%", "4,161",
    )  # fmt: skip
    reply = await answer("compare swing Con to Lab Selby Uxbridge")
    assert reply.table is not None
    assert [row[2:] for row in reply.table.rows] == [
        ("23.7", "Con to Lab", "2019"),
        ("6.7", "Con to Lab", "2019"),
    ]


async def test_a_seat_that_may_be_two_is_asked_back_with_the_others():
    reply = await answer('compare turnout Tamworth "Hull"')
    assert reply.error
    assert reply.title == "Which seat is “Hull”?"
    again = await answer(reply.choices[0].ask)
    assert not again.error
    assert len(again.details["contests"]) == 2


async def test_both_seats_of_a_name_are_told_apart_in_a_comparison():
    reply = await today("compare turnout Tamworth 2023 and 2024")
    assert "Tamworth is here within its boundaries of 2010 and 2024." in reply.lines


async def test_the_largest_majority_overturned_is_another_one_once_the_night_is_over():
    then, now = (
        await answer("largest majority overturned"),
        await today("largest majority overturned"),
    )
    assert then.value[0] == {
        "contest": "parl.tiverton-and-honiton.by.2022-06-23", "value": 24_239, "to": "LD",
    }  # fmt: skip
    assert now.value[0] == {"contest": MID_BEDFORDSHIRE.id, "value": 24_664, "to": "Lab"}


async def test_on_the_night_it_is_said_that_tonight_is_not_among_them():
    said = "Not among these: Mid Bedfordshire and Tamworth; tonight is not on record yet."
    assert said in (await answer("largest majority overturned")).lines
    assert said not in (await today("largest majority overturned")).lines
    told = "It votes tonight, which is not on record yet."
    assert told in (await answer("history Tamworth")).lines
    assert told not in (await today("history Tamworth")).lines


# Places counted by hand in the tables that `highest` and `lowest` answer with.
@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "lowest turnout by-elections since 2019",
            "Not on record yet: Tamworth tonight, 35.9% (reported), would be 7th of 21.",
        ),
        (
            "largest majority overturned",
            "Not on record yet: Tamworth tonight, 19,634 (reported), would be 5th of 16.",
        ),
        (
            "smallest majority by-elections since 2019",
            "Not on record yet: Tamworth tonight, 1,316 (reported), would be 4th of 21.",
        ),
        (
            "biggest swing by-elections since 2019",
            "Not on record yet: Tamworth tonight, 23.9 points (reported), would be 5th of 19.",
        ),
    ],
)
async def test_a_figure_of_tonight_has_its_place_in_a_ranking(question, told):
    reply = await answer(question, DECLARED, uk(3, 20))
    assert told in reply.lines
    assert "Not among these: Mid Bedfordshire; tonight is not on record yet." in reply.lines


async def test_a_declared_seat_has_its_result_of_tonight_beside_its_history():
    reply = await answer("history Tamworth", DECLARED, uk(3, 20))
    assert (
        "Tonight: Labour gain from Conservatives (reported), which is not on record yet."
        in reply.lines
    )


async def test_a_ranking_in_which_nothing_fits():
    reply = await answer("lowest turnout by-elections since 2023 in Wales")
    assert reply.title.startswith("No contest on record fits")
    assert not reply.error


# ── people, the country, and Teller itself ───────────────────────────────────────────────────


async def test_where_somebody_stands_tonight():
    reply = await answer("where is Festus Akinbusoye standing?")
    assert reply.title == "Festus Akinbusoye stands in Mid Bedfordshire tonight (Conservatives)"
    assert reply.contest == MID_BEDFORDSHIRE.id


async def test_people_of_one_name_who_stood_in_one_seat_are_told_apart():
    reply = await today("where is Greg Smith")
    assert reply.title.startswith("Greg Smith: Mid Buckinghamshire")
    assert reply.lines[0].startswith("More than one person of this name has stood")
    assert reply.table is not None
    first, second, *older = reply.table.rows
    assert (first[2], first[-2:]) == ("Con", ("elected", "A"))
    assert (second[2], second[-2:]) == ("Green", ("5.", "B"))
    assert {row[-1] for row in older} == {"?"}


async def test_people_of_one_name_in_two_seats_are_told_apart_by_their_numbers():
    reply = await today("where did Khalid Mahmood stand")
    assert reply.table is not None
    assert {(row[0], row[-1]) for row in reply.table.rows if row[1] == "2024"} == {
        ("Bradford West", "A"),
        ("Birmingham Perry Barr", "B"),
    }


async def test_of_one_person_whose_number_is_known_nothing_is_doubted():
    reply = await today("where did Sarah Edwards stand in 2024")
    assert (reply.lines, len(reply.table.columns)) == ((), 5)


async def test_where_somebody_has_stood():
    reply = await today("where did Nigel Farage stand in 2015?")
    assert reply.title == (
        "Nigel Farage: South Thanet, general election of 7 May 2015 "
        "(UK Independence Party), not elected"
    )
    assert reply.table is not None
    assert reply.table.rows == (("South Thanet", "2015", "UKIP", "16,026", "2."),)


async def test_a_surname_alone_is_asked_back():
    reply = await answer("where is Cooper standing")
    assert (reply.title, reply.error) == ("Whom do you mean?", True)
    assert {choice.label for choice in reply.choices} >= {"Andy Cooper", "Ian Stuart Cooper"}


async def test_nobody_of_that_name():
    assert (await answer("where is Zaphod Beeblebrox standing")).title.startswith("Nobody called")


async def test_a_candidates_name_stands_for_the_seat():
    reply = await answer("how many votes did Keir Mather get?")
    assert (reply.command, reply.contest) == ("result", "parl.selby-and-ainsty.by.2023-07-20")


async def test_two_of_one_name_on_one_day_are_asked_back():
    twice = replace(MID_BEDFORDSHIRE, candidacies=(Candidacy(name="Sarah Edwards", party=LAB),))
    facts = Facts(contests=(twice, TAMWORTH))
    reply = await answer("did Sarah Edwards win", facts)
    assert reply.error
    assert {choice.label for choice in reply.choices} == {"Tamworth", "Mid Bedfordshire"}


async def test_about_names_the_version_the_record_and_whose_it_is():
    reply = await today("about")
    assert reply.title.startswith("Teller ")
    assert any("3,315 contests, 65 of them by-elections, 19,928" in line for line in reply.lines)
    assert any("Open Parliament Licence v3.0" in line for line in reply.lines)
    assert reply.details["record_reaches"] == "2026-08-13"
    assert (await answer("about")).details["record_reaches"] == "2023-10-05"


async def test_a_general_election_that_is_not_on_record():
    reply = await today("uk turnout 1997")
    assert reply.error
    assert "2010, 2015, 2017, 2019 and 2024" in reply.title


# ── the majority that is defended ────────────────────────────────────────────────────────────


async def test_who_took_the_seat_since_has_not_won_the_majority_before():
    held = replace(TAMWORTH, holder=LAB)
    facts = replace(KNOWN, contests=(held,))
    reply = await answer("majority Tamworth", facts)
    assert "In 2019 Conservatives won by 19,634 votes." in reply.lines


async def test_a_majority_is_a_part_of_the_votes_too():
    reply = await today("majority Tamworth by-election")
    assert reply.lines[0] == (
        "Labour gain from Conservatives, 5.1% of valid votes ahead of Andy Cooper (Conservatives)."
    )


async def test_a_tiny_result_has_its_shares():
    two = replace(TAMWORTH, previous=None, candidacies=TAMWORTH.candidacies[:2])
    won = Declaration(winner=CON, result=counted(two, {"Robert Bilcliff": 1, "Andy Cooper": 2}))
    facts = Facts(contests=(two,), declarations={two.id: reported(won)})
    reply = await answer("result Tamworth", facts)
    assert reply.details["shares"] == {"Andy Cooper": 66.67, "Robert Bilcliff": 33.33}
