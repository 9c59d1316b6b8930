"""What Democracy Club's ballots and its feed say; figures that cannot be are left out."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.bulletin import Bulletin, BulletinKind
from bot.errors import SourceError
from bot.sources.democracy_club import (
    Ballot,
    ResultEvent,
    bulletins,
    parse_ballot,
    parse_feed,
)
from tests.results import VALID, as_json, ballot, event, feed
from tests.sources.conftest import shared

SOUND = {
    "num_turnout_reported": VALID + 44,
    "turnout_percentage": "35.95",
    "num_spoilt_ballots": 44,
    "total_electorate": 71_302,
}


def read(**changes: Any) -> Ballot:
    return parse_ballot(as_json(ballot(**changes)))


def events(*entries: str) -> tuple[ResultEvent, ...]:
    return parse_feed(feed(*entries)).events


def said(ballot: Ballot, *entries: str) -> Bulletin:
    (bulletin,) = bulletins(ballot, events(*entries), "https://candidates.example/x/")
    return bulletin


def test_a_ballot_has_its_candidates_by_person_and_party():
    found = read()
    assert found.contest_id == "parl.tamworth.by.2023-10-19"
    first = found.lines[0]
    assert (first.name, first.party, first.ec_id) == ("Sarah Edwards", "Labour", "PP53")
    assert (first.person_id, first.votes, first.elected) == ("100", None, False)
    assert not found.counted
    assert list(bulletins(found, (), "")) == []


def test_a_result_has_votes_turnout_and_rejected_papers():
    found = read(votes=True, elected="Edwards", results=SOUND)
    result = said(found)
    assert result.kind is BulletinKind.RESULT
    assert (result.ballots, result.rejected, result.electorate) == (VALID + 44, 44, 71_302)
    assert result.turnout == Decimal("35.95")
    assert result.elected is not None
    assert result.elected.name == "Sarah Edwards"
    assert result.faults == ()


def test_the_results_endpoint_says_the_same():
    whole = ballot(votes=True, elected="Edwards", results=SOUND)
    lines = [{**one, **one["result"]} for one in whole["candidacies"]]
    of_results = {
        "ballot": {"ballot_paper_id": whole["ballot_paper_id"]},
        "candidate_results": lines,
        **SOUND,
    }
    one, other = parse_ballot(as_json(whole)), parse_ballot(as_json(of_results))
    assert one == other


def test_a_winner_without_votes_is_a_rush():
    rush = said(read(elected="Edwards"))
    assert rush.kind is BulletinKind.RUSH
    assert [line.name for line in rush.lines] == ["Sarah Edwards"]


def test_a_turnout_comes_before_the_votes():
    turnout = said(read(results={"num_turnout_reported": 25_630}))
    assert (turnout.kind, turnout.ballots) == (BulletinKind.TURNOUT, 25_630)


@pytest.mark.parametrize(
    ("results", "fault"),
    [
        ({"num_turnout_reported": 36}, "36 ballots are no turnout; it may be per cent."),
        ({"num_turnout_reported": 25_000}, "25,000 ballots are fewer than the 25,586 votes."),
        ({"num_turnout_reported": 71_302}, "71,302 ballots are far more than the 25,586 votes."),
        ({"num_turnout_reported": "36%"}, "“36%” as turnout cannot be."),
        ({"num_turnout_reported": -1}, "“-1” as turnout cannot be."),
        ({"num_turnout_reported": True}, "“True” as turnout cannot be."),
        ({"num_turnout_reported": 25.5}, "“25.5” as turnout cannot be."),
        ({"num_turnout_reported": 10**30}, "as turnout cannot be."),
        ({"turnout_percentage": "359"}, "“359” as turnout in % cannot be."),
        ({"turnout_percentage": 0}, "“0” as turnout in % cannot be."),
        ({"turnout_percentage": "lots"}, "“lots” as turnout in % cannot be."),
        ({"turnout_percentage": 50, "total_electorate": 71_302}, "25,586 of 71,302 are 35.9%."),
        ({"num_spoilt_ballots": 25_000}, "25,000 spoilt ballots beside 25,586 votes cannot be."),
        ({"total_electorate": 36}, "An electorate of 36 is too small."),
    ],
)
def test_a_figure_that_cannot_be_is_left_out_and_told(results, fault):
    found = read(votes=True, results=results)
    (why,) = found.faults
    assert fault in why
    assert (found.ballots, found.rejected) == (None, None)
    # The votes are none the worse for it.
    assert said(found).kind is BulletinKind.RESULT


@pytest.mark.parametrize("written", [35, 35.9, "35.9", "35.90", " 35.9% "])
def test_a_turnout_in_per_cent_is_a_number_or_a_text(written):
    found = read(results={"turnout_percentage": written})
    assert found.faults == ()
    assert found.turnout is not None
    assert round(found.turnout) in (35, 36)


def test_a_number_of_valid_votes_is_no_turnout_of_all_papers():
    found = read(votes=True, results={"num_turnout_reported": VALID})
    assert (found.ballots, found.faults) == (None, ())


def test_a_retraction_takes_the_winner_back_whatever_the_ballot_still_has():
    won = read(votes=True, elected="Edwards")
    back = said(won, event(7), event(8, retraction=True))
    assert (back.kind, back.revision) == (BulletinKind.RETRACTION, 8)
    gone = said(read(votes=True), event(7), event(8, retraction=True))
    assert gone.kind is BulletinKind.RETRACTION


def test_another_winner_after_a_retraction_is_a_result():
    corrected = read(votes=True, elected="Cooper", lines=LINES_CON_WIN)
    result = said(corrected, event(7), event(8, retraction=True), event(9, person=101))
    assert (result.kind, result.revision) == (BulletinKind.RESULT, 9)


LINES_CON_WIN = (
    ("Sarah", "Edwards", "Lab", "Labour", "PP53", 10_403),
    ("Andy", "Cooper", "C", "Conservative", "PP52", 11_719),
)


def test_what_says_the_same_has_the_same_digest():
    one = said(read(votes=True, results=SOUND))
    assert one.digest == said(read(votes=True, results=SOUND), event(7)).digest
    other = {**SOUND, "num_turnout_reported": None, "num_spoilt_ballots": 45}
    assert one.digest != said(read(votes=True, results=other)).digest


def test_a_ballot_with_several_winners_is_left_alone():
    assert list(bulletins(read(votes=True, winner_count=3), (), "")) == []


def test_the_feed_says_who_won_and_what_was_taken_back():
    found = parse_feed(feed(event(8, retraction=True), event(7), older="https://x.example/?page=2"))
    assert [(one.number, one.retraction) for one in found.events] == [(7, False), (8, True)]
    assert found.older == "https://x.example/?page=2"
    first = found.events[0]
    assert (first.election, first.constituency) == ("parl.2023-10-19", "Tamworth")
    assert first.polling_day == date(2023, 10, 19)
    assert first.at == datetime(2023, 10, 20, 1, 50, tzinfo=UTC)
    assert first.person_id == "100"


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<feed>", b"<!DOCTYPE feed><feed/>"])
def test_what_is_no_feed_is_a_sentence(content):
    with pytest.raises(SourceError):
        parse_feed(content)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"<html>", b"[" * 100_000, b"\xff"])
def test_what_is_no_ballot_is_a_sentence(content):
    with pytest.raises(SourceError):
        parse_ballot(content)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["36", "\ud800", "1e999"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["num_ballots", "elected", "person", "id", "name"]), inner),
    max_leaves=10,
)  # fmt: skip


@st.composite
def disturbed(draw: st.DrawFn, whole: object) -> object:
    if isinstance(whole, dict) and whole and draw(st.booleans()):
        key = draw(st.sampled_from(sorted(whole)))
        return {**whole, key: draw(disturbed(whole[key]))}
    if isinstance(whole, list) and whole and draw(st.booleans()):
        number = draw(st.integers(0, len(whole) - 1))
        return [*whole[:number], draw(disturbed(whole[number])), *whole[number + 1 :]]
    return draw(values)


@given(data=st.data())
def test_any_answer_is_a_ballot_or_a_sentence(data: st.DataObject):
    whole = ballot(votes=True, elected="Edwards", results=SOUND)
    try:
        found = parse_ballot(json.dumps(data.draw(disturbed(whole))).encode())
    except SourceError:
        return
    for one in bulletins(found, events(event(7)), ""):
        assert one.words.encode()
        assert one.ballots is None or one.ballots > 100


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_a_sentence(content: bytes):
    for parse in (parse_ballot, parse_feed):
        try:
            parse(content)
        except SourceError:
            continue


def test_real_results_are_read_and_their_faults_found():
    content = shared("fixtures/results/democracy-club-v09-results-2021.json").read_text()
    found = {}
    for one in json.loads(content):
        read = parse_ballot(json.dumps(one).encode())
        assert read.counted
        found[read.contest_id] = read
    assert len(found) == 95
    wrong = {name: read.faults for name, read in found.items() if read.faults}
    assert wrong["local.sheffield.crookes-crosspool.2021-05-06"] == (
        "47 ballots are no turnout; it may be per cent.",
    )
    assert wrong["local.sheffield.manor-castle.2021-05-06"] == (
        "22 ballots are no turnout; it may be per cent.",
    )
    assert wrong["local.barnsley.cudworth.2021-05-06"] == (
        "1,973 ballots are fewer than the 2,044 votes.",
    )
    assert len(wrong) == 5
    sound = found["local.barnsley.kingstone.2021-05-06"]
    assert (sound.ballots, sound.rejected, sound.electorate) == (1_846, 11, 7_769)
    assert sound.turnout == Decimal("23.76")
