from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.errors import SourceError
from bot.liveblog.entry import Picture, Reading
from bot.sources import transcript
from tests.sources.conftest import POLLING_DAY, shared

STANDFIRST = "A candidate after voting - PA\n\nCounting is under way. More follows.\n\n"
TEXT = STANDFIRST + (
    "12:41 AM BST\n\nLow voter turnout in Tamworth\n\nJust a third of voters came out.\n\n"
    "It is lower than the three in June - Uxbridge & Ruislip, Selby, and Frome - but higher.\n\n"
    "Vote counting continues at The Rawlett School - PA\n\n"
    "11:50 PM BST\n\nIn pictures: first ballot boxes\n\nBallot boxes in Shefford - Getty Images\n"
)


def parse(text: bytes | str, polling_day: date = POLLING_DAY) -> Reading:
    return transcript.parse(text, url="https://news.example/live", polling_day=polling_day)


def seed() -> bytes:
    found: list[Path] = sorted(shared("seed").glob("*.txt"))
    return found[0].read_bytes()


def test_a_stamp_begins_an_entry_and_its_first_line_is_the_heading():
    reading = parse(TEXT)
    assert reading.title == "Counting is under way."
    assert [(e.published, e.heading) for e in reading.entries] == [
        (datetime(2023, 10, 19, 23, 41, tzinfo=UTC), "Low voter turnout in Tamworth"),
        (datetime(2023, 10, 19, 22, 50, tzinfo=UTC), "In pictures: first ballot boxes"),
    ]
    assert all(e.id_derived for e in reading.entries)


def test_a_caption_is_a_picture_and_a_dash_in_a_sentence_is_not():
    first, second = parse(TEXT).entries
    assert first.pictures == (
        Picture(caption="Vote counting continues at The Rawlett School", credit="PA"),
    )
    assert "June - Uxbridge & Ruislip" in first.text
    assert first.body.count("<p>") == 2
    assert second.pictures == (Picture(caption="Ballot boxes in Shefford", credit="Getty Images"),)
    assert second.body == ""


@pytest.mark.parametrize(
    "line",
    [
        "As the finishing line drew near it was - with all sides optimistic.",
        "The hall was full - Then it was not",
        "“It is over - Labour have won”",
        "He said so - and Labour Agreed With Every Word Of It",
    ],
)
def test_a_last_sentence_with_a_dash_is_no_caption(line: str):
    text = f"12:41 AM BST\n\nHeading\n\n{line}\n"
    assert parse(text).entries[0].pictures == ()


def test_a_time_inside_a_sentence_is_no_stamp():
    assert len(parse(TEXT.replace("voters came", "voters by 10:15 PM BST came")).entries) == 2


def test_a_time_that_does_not_exist_is_said():
    reading = parse(TEXT.replace("12:41 AM", "13:75 AM"))
    assert len(reading.entries) == 1
    assert "13:75 AM" in reading.faults[0]


def test_a_text_without_a_stamp_is_not_a_transcript():
    with pytest.raises(SourceError, match="12:41 AM BST"):
        parse(STANDFIRST)


def test_the_seed_gives_its_eight_entries():
    reading = parse(seed())
    assert reading.title.startswith("Counting is under way in the fiercely contested")
    assert reading.faults == ()
    assert [f"{e.published:%d %H:%M} {e.heading}" for e in reversed(reading.entries)] == [
        "19 23:05 Welcome",
        "19 23:07 Parties play down expectations",
        "19 23:10 Ballot boxes arrive at count in Mid Bedfordshire",
        "19 23:14 Counting under way for Tamworth",
        "19 23:22 Christine Jardine confident Lib Dems have snatched votes from Tories",
        "19 23:27 Tamworth contest appears to be on knife's edge",
        "19 23:35 In pictures: First ballot boxes arrive in Mid Bedfordshire",
        "19 23:41 Low voter turnout in Tamworth",
    ]
    assert [e.pictures[0].credit for e in reading.entries if e.pictures] == [
        "PA",
        "Getty Images",
        "PA",
        "AFP",
    ]
    assert [e.body.count("<p>") for e in reading.entries] == [3, 0, 4, 6, 5, 5, 3, 3]
