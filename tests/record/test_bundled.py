"""The record that comes with Teller: all of it adds up, or says that it does not."""

from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from bot.election.contest import PreviousResult
from bot.election.result import Outcome
from bot.election.turnout import TurnoutDefinition, percent
from bot.record.files import read
from bot.record.making import make
from bot.record.past import Past
from bot.record.record import open_record

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "record"
RECORD = open_record()
TODAY = Past(RECORD, datetime(2026, 11, 27, tzinfo=UTC))
EVERY = list(TODAY.contests())
# What the source contradicts itself in, in numbers that an answer gives.
AT_ODDS = {
    "parl.sheffield-brightside-and-hillsborough.by.2016-05-05": "23,481",
    "parl.arbroath-and-broughty-ferry.by.2026-06-18": "5,278",
    "parl.barnsley-central.by.2011-03-03": "no number of rejected ballots",
    "parl.leicester-south.by.2011-05-05": "no number of rejected ballots",
}


def test_it_holds_every_contest_since_2010():
    assert len(EVERY) == 3_315
    assert sum(len(one.contest.candidacies) for one in EVERY) == 19_928
    assert sum(one.contest.by_election for one in EVERY) == 65
    assert len({one.contest.id for one in EVERY}) == len(EVERY)


@pytest.mark.skipif(not SOURCE.exists(), reason="the source tables are not beside the project")
def test_it_is_what_its_source_gives():
    made = make(
        [SOURCE / "contests.csv"],
        [SOURCE / "candidacies.csv"],
        aliases=SOURCE / "aliases.csv",
        notional=SOURCE / "notional-2019-on-2024-seats.csv",
        overlaps=SOURCE / "constituency-overlaps.csv",
    )
    assert made == read()


@pytest.mark.parametrize(("contest_id", "said"), AT_ODDS.items())
def test_the_known_faults_of_the_source_are_remarked_on(contest_id, said):
    past = TODAY.contest(contest_id)
    assert past is not None
    assert any(said in remark for remark in past.remarks)


def test_every_other_contest_adds_up():
    rows = RECORD.ids
    for one in EVERY:
        row = rows[one.contest.id]
        if one.contest.id in AT_ODDS:
            continue
        assert one.result.valid_votes == row.valid, one.contest.id
        assert one.result.majority == row.majority, one.contest.id
        assert one.turnout.electorate == row.electorate


@pytest.mark.parametrize(
    ("day", "turnout"),
    [
        (date(2010, 5, 6), "65.11"),
        (date(2015, 5, 7), "66.22"),
        (date(2017, 6, 8), "68.76"),
        (date(2019, 12, 12), "67.31"),
        (date(2024, 7, 4), "59.70"),
    ],
)
def test_the_turnout_of_the_united_kingdom(day, turnout):
    general = [one for one in EVERY if not one.contest.by_election]
    of_day = [one for one in general if one.contest.polling_day == day]
    assert len(of_day) == 650
    votes = sum(one.result.valid_votes or 0 for one in of_day)
    electors = sum(one.contest.electorate or 0 for one in of_day)
    assert str(percent(Fraction(votes, electors), 2)) == turnout


@pytest.mark.parametrize(
    ("contest_id", "valid", "every", "swing"),
    [
        ("parl.tamworth.by.2023-10-19", "35.88", "35.95", 23.89),
        ("parl.mid-bedfordshire.by.2023-10-19", "43.98", "44.09", 20.52),
        ("parl.selby-and-ainsty.by.2023-07-20", "44.67", "44.76", 23.66),
    ],
)
def test_the_by_elections_of_2023_to_the_last_digit(contest_id, valid, every, swing):
    past = TODAY.contest(contest_id)
    assert past is not None
    assert past.outcome is Outcome.GAIN
    fraction = past.turnout.fraction(TurnoutDefinition.VALID_VOTES)
    whole = past.turnout.fraction(TurnoutDefinition.ALL_BALLOTS)
    assert fraction is not None
    assert whole is not None
    assert (str(percent(fraction, 2)), str(percent(whole, 2))) == (valid, every)
    labour, conservative = past.result.winner.candidacy.party, past.contest.holder
    assert (labour.short, conservative and conservative.short) == ("Lab", "Con")
    assert conservative is not None
    computed = past.result.swing(past.contest, to=labour, losing=conservative)
    assert computed is not None
    assert round(computed, 2) == swing


def previous_of(contest_id: str) -> PreviousResult:
    past = TODAY.contest(contest_id)
    assert past is not None
    assert past.contest.previous is not None
    return past.contest.previous


def test_shares_before_are_those_of_the_last_general_election_on_the_same_ground():
    old = previous_of("parl.tamworth.by.2023-10-19")
    assert (old.majority, old.notional) == (19_634, False)
    # New boundaries: the votes of 2019 as if cast there.
    new = previous_of("parl.tamworth.2024-07-04")
    assert (new.polling_day, new.notional) == (date(2019, 12, 12), True)
    # And what the Library's own changes say of 2005.
    first = previous_of("parl.tamworth.2010-05-06")
    assert (first.majority, first.notional) == (None, True)
    assert first.shares["Con"] == pytest.approx(0.458 - 0.087, abs=0.002)


def test_reform_uk_is_compared_with_the_brexit_party():
    past = TODAY.contest("parl.hartlepool.by.2021-05-06")
    assert past is not None
    reform = next(c.party for c in past.contest.candidacies if c.party.short == "RUK")
    change = past.result.change(past.contest, reform)
    assert change == pytest.approx(-24.61, abs=0.01)
