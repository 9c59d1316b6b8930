"""What PA Media's files say, and what no file can do."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.bulletin import BulletinKind
from bot.election.result import Outcome
from bot.election.standings import StateOfParties
from bot.errors import SourceError
from bot.record.past import Past
from bot.record.record import open_record
from bot.sources.pa import parse
from tests.results import VALID, pa
from tests.sources.conftest import shared


def one(content: bytes):
    found = parse(content)
    assert isinstance(found, tuple)
    (bulletin,) = found
    return bulletin


def test_a_result_has_every_candidate_with_their_votes():
    result = one(pa())
    assert result.kind is BulletinKind.RESULT
    assert (result.constituency, result.polling_day) == ("Tamworth", date(2023, 10, 19))
    assert (result.revision, result.at) == (1, datetime(2023, 10, 20, 1, 46, tzinfo=UTC))
    assert (result.electorate, result.valid_votes, result.majority) == (71_302, VALID, 1_316)
    assert (result.turnout, result.outcome) == (Decimal("35.88"), Outcome.GAIN)
    assert result.elected is not None
    assert (result.elected.name, result.elected.short) == ("Sarah Edwards", "Lab")
    assert [line.votes for line in result.lines][:2] == [11_719, 10_403]
    assert result.faults == ()


def test_a_rush_has_the_winner_and_no_votes():
    rush = one(pa("FirstPastThePostRush"))
    assert rush.kind is BulletinKind.RUSH
    assert rush.elected is not None
    assert rush.elected.name == "Sarah Edwards"
    assert (rush.valid_votes, rush.turnout, rush.majority) == (None, None, None)


def test_a_rush_without_candidates_has_the_party_that_won():
    rush = one(pa("FirstPastThePostRush", lines=()))
    (line,) = rush.lines
    assert (line.name, line.party, line.short, line.elected) == ("", "Labour", "Lab", True)


def test_a_recount_is_of_a_seat():
    recount = one(pa("Recount", revision=2))
    assert (recount.kind, recount.constituency, recount.revision) == (
        BulletinKind.RECOUNT,
        "Tamworth",
        2,
    )
    assert recount.lines == ()


@pytest.mark.parametrize(
    ("seat", "fault"),
    [
        ({"percentageTurnout": "358.8"}, "“358.8” as percentageTurnout cannot be."),
        ({"turnout": "-5"}, "“-5” as turnout cannot be."),
        ({"majority": "1,316"}, "“1,316” as majority cannot be."),
        ({"electorate": "9" * 5000}, "as electorate cannot be."),
        ({"percentageTurnout": "NaN"}, "“NaN” as percentageTurnout cannot be."),
        ({"turnout": "٣"}, "“٣” as turnout cannot be."),
    ],
)
def test_a_number_that_cannot_be_is_left_out_and_told(seat, fault):
    result = one(pa(**seat))
    (said,) = result.faults
    assert fault in said


def test_a_time_without_a_zone_is_of_uk_clocks():
    assert one(pa(declared="2023-10-20T02:46:00")).at == datetime(2023, 10, 20, 1, 46, tzinfo=UTC)
    assert one(pa(declared="soon")).at is None


def test_what_else_lies_there_says_nothing():
    assert parse(b"<FirstPastThePostNominations/>") == ()
    assert parse(b"<LocalElectionResult revision='1'/>") == ()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no XML that is whole"),
        (pa()[:200], "no XML that is whole"),
        (b"<FirstPastThePostResult/>", "names no constituency"),
        (pa(name=" "), "does not name its constituency"),
        (b"<FirstPastThePostStateOfParties/>", "of how many seats"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "XML"),
    ],
)
def test_a_file_that_is_none_is_a_sentence(content, sentence):
    with pytest.raises(SourceError, match=sentence):
        parse(content)


NESTED = "".join(f'<!ENTITY e{number} "{f"&e{number - 1};" * 10}">' for number in range(1, 11))
BOMB = f'<!DOCTYPE r [<!ENTITY e0 "aaaaaaaaaa">{NESTED}]><r>&e10;</r>'
HOSTILE = {
    "entities in entities": BOMB.encode(),
    "entities in another encoding": BOMB.encode("utf-16"),
    "a file from elsewhere": b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
    "a type of its own": b'<!DOCTYPE r SYSTEM "http://127.0.0.1/x.dtd"><r/>',
    "elements in elements": b"<a>" * 300_000,
    "elements without end": b"<r>" + b"<a/>" * 400_000 + b"</r>",
    "attributes without end": b"<r " + b"".join(b'a%d="" ' % n for n in range(100_000)) + b"/>",
    "a name without end": b"<" + b"a" * 1_500_000,
    "text without end": b"<r>" + b"a&amp;" * 300_000 + b"</r>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_no_time(name):
    began = process_time()
    with suppress(SourceError):
        assert parse(HOSTILE[name]) == ()
    assert process_time() - began < 5


@pytest.mark.parametrize("name", ["entities in entities", "a file from elsewhere"])
def test_a_document_type_is_refused_before_it_does_anything(name):
    with pytest.raises(SourceError, match="document type"):
        parse(HOSTILE[name])


WHOLE = [pa(), pa("FirstPastThePostRush"), pa("Recount")]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    page = draw(st.sampled_from(WHOLE))
    start = draw(st.integers(0, len(page)))
    end = draw(st.integers(start, len(page)))
    return page[:start] + draw(st.binary(max_size=12)) + page[end:]


@st.composite
def other_values(draw: st.DrawFn) -> bytes:
    """A whole file in which some attributes hold anything."""
    text = st.text(st.characters(blacklist_characters='"<&', blacklist_categories=["Cs", "Cc"]))

    def other(found: re.Match[str]) -> str:
        if draw(st.integers(0, 6)):
            return found[0]
        return f'{found[1]}="{draw(text | st.integers().map(str) | st.floats().map(str))}"'

    return re.sub(r'(\w+)="([^"]*)"', other, draw(st.sampled_from(WHOLE)).decode()).encode()


@given(content=st.binary(max_size=200) | damaged() | other_values())
def test_any_bytes_are_read_or_a_sentence(content: bytes):
    try:
        found = parse(content)
    except SourceError:
        return
    for bulletin in () if isinstance(found, StateOfParties) else found:
        assert bulletin.constituency.encode()
        assert bulletin.words.encode()


def test_a_real_state_of_parties_is_read_whole():
    state = parse(shared("fixtures/results/pa-state-of-parties-rehearsal.xml").read_bytes())
    assert isinstance(state, StateOfParties)
    assert (state.results, state.of, len(state.parties)) == (650, 650, 134)
    assert sum(party.seats for party in state.parties) == 650
    assert sum(party.votes for party in state.parties) == 29_080_946
    first = state.parties[0]
    assert (first.name, first.short, first.seats, first.gains) == ("Labour", "Lab", 285, 160)


def test_every_name_that_pa_has_for_a_seat_is_known():
    state = parse(shared("fixtures/results/pa-state-of-parties-rehearsal.xml").read_bytes())
    assert isinstance(state, StateOfParties)
    names = Past(open_record(), datetime(2015, 5, 7, 21, tzinfo=UTC)).names()
    matched = [names.resolve(name) for name in state.constituencies]
    assert len(matched) == 650
    assert all(match.certain for match in matched)
    assert len({match.contests[0].name for match in matched}) == 650
