from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.liveblog.entry import Entry, Picture, derive_id

PUBLISHED = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
ENTRY = Entry(
    id="turnout",
    published=PUBLISHED,
    heading="Low turnout in Tamworth",
    body="<p>Turnout is 35.9 per cent.</p><p>Some 25,000 ballots were cast.</p>",
    pictures=(Picture(url="https://news.example/1.jpg", caption="Counting", credit="PA"),),
)


def pictured(**facts) -> Entry:
    return replace(ENTRY, pictures=(replace(ENTRY.pictures[0], **facts),))


@pytest.mark.parametrize(
    "same",
    [
        replace(ENTRY, id="other", id_derived=True),
        replace(ENTRY, url="https://news.example/live#turnout"),
        replace(ENTRY, published=PUBLISHED + timedelta(hours=1)),
        replace(ENTRY, modified=PUBLISHED + timedelta(minutes=5)),
        replace(ENTRY, author="A. Reporter"),
        replace(ENTRY, heading="  Low turnout \n in\xa0Tamworth "),
        replace(ENTRY, body="Turnout is <b>35.9</b> per cent.<br>Some 25,000 ballots were cast."),
        replace(ENTRY, body=ENTRY.body.replace("35.9", "35&#46;9")),
        pictured(alt="People at tables"),
        pictured(url=f"{ENTRY.pictures[0].url}?width=465&s=0a1b"),
    ],
)
def test_what_no_reader_sees_is_not_in_the_digest(same):
    assert same.digest == ENTRY.digest


@pytest.mark.parametrize(
    "other",
    [
        replace(ENTRY, heading="Low turnout in Mid Bedfordshire"),
        replace(ENTRY, body="<p>Turnout is 35.8 per cent.</p>"),
        replace(ENTRY, body=""),
        replace(ENTRY, pictures=()),
        replace(ENTRY, pictures=(*ENTRY.pictures, Picture(caption="More counting"))),
        pictured(url="https://news.example/2.jpg"),
        pictured(caption="Counted"),
        pictured(credit="Reuters"),
        pictured(url="https://news.example/picture?id=2"),
        replace(ENTRY, key_event=True),
        replace(ENTRY, pinned=True),
    ],
)
def test_what_a_reader_sees_is_in_the_digest(other):
    assert other.digest != ENTRY.digest


def test_a_word_that_moves_from_heading_to_body_is_seen():
    one = Entry(id="x", published=PUBLISHED, heading="Labour gain", body="Tamworth")
    other = Entry(id="x", published=PUBLISHED, heading="Labour", body="gain Tamworth")
    assert one.digest != other.digest


def test_accents_written_in_two_ways_are_the_same():
    one = Entry(id="x", published=PUBLISHED, heading="Ynys Môn")
    other = replace(one, heading="Ynys Mo\u0302n")
    assert one.heading != other.heading
    assert one.digest == other.digest


@given(st.text(st.characters()), st.text(st.characters()))
def test_any_characters_have_a_digest(heading, body):
    entry = Entry(id="x", published=PUBLISHED, heading=heading, body=body)
    assert len(entry.digest) == 64
    assert entry.digest == replace(entry, url="https://news.example").digest


def test_the_text_is_heading_and_body_without_tags():
    assert ENTRY.text == (
        "Low turnout in Tamworth\nTurnout is 35.9 per cent.\nSome 25,000 ballots were cast."
    )
    assert replace(ENTRY, body="").text == "Low turnout in Tamworth"


def test_an_id_is_derived_from_time_and_heading_alone():
    derived = derive_id(PUBLISHED, "Low turnout in Tamworth")
    assert derived == derive_id(PUBLISHED, " Low  turnout in Tamworth ")
    assert derived != derive_id(PUBLISHED + timedelta(minutes=1), "Low turnout in Tamworth")
    assert derived != derive_id(PUBLISHED, "Low turnout")
    assert derived.startswith("derived:")
