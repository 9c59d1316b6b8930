"""In which way entries come: which of them, and what is left of one."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.chat.manner import PLAIN, Manner, read_manner, same_to_read
from bot.chat.post import Post, PostKind
from bot.election.figure import Source
from bot.errors import AskError
from bot.liveblog.entry import Picture
from bot.liveblog.markup import blocks

AT = datetime(2023, 10, 20, 0, 11, tzinfo=UTC)
SOURCE = Source(name="The Example", url="https://news.example/live#turnout")
ENTRY = Post(
    kind=PostKind.ENTRY,
    heading="Low turnout in Tamworth",
    at=AT,
    body=blocks("<p>Turnout is 35.9 per cent.</p>"),
    pictures=(Picture(url="https://news.example/1.jpg", caption="Counting"),),
    source=SOURCE,
    contests=("Tamworth",),
)
PICTURE = replace(ENTRY, heading="", body=())
HEADLINES = Manner(headlines=True)


@pytest.mark.parametrize(
    ("words", "manner"),
    [
        ("", PLAIN),
        ("key", Manner(key=True)),
        ("headlines, general", Manner(headlines=True, general=True)),
        ("key, no pictures, every 15", Manner(key=True, pictures=False, every=15)),
    ],
)
def test_a_manner_is_read_as_it_is_kept(words: str, manner: Manner) -> None:
    assert read_manner(words) == manner
    assert str(manner) == words


@pytest.mark.parametrize("words", ["loud", "every", "every x", "key headlines"])
def test_what_is_no_manner_is_refused(words: str) -> None:
    with pytest.raises(ValueError, match="no way in which entries come"):
        read_manner(words)


@pytest.mark.parametrize("minutes", [0, 4, 181, 9999])
def test_a_round_up_comes_every_5_to_180_minutes(minutes: int) -> None:
    with pytest.raises(AskError, match="every 5 to 180 minutes"):
        read_manner(f"every {minutes}")


def test_key_entries_are_those_that_their_publisher_marks() -> None:
    key = Manner(key=True)
    assert not key.takes(ENTRY)
    assert key.takes(replace(ENTRY, key_event=True))
    # That a blog cannot be read concerns who has its key entries, too.
    assert key.takes(replace(ENTRY, kind=PostKind.NOTICE))


def test_a_heading_alone_has_its_link_and_nothing_else() -> None:
    brief = HEADLINES.shaped(ENTRY)
    assert (brief.heading, brief.source) == (ENTRY.heading, SOURCE)
    assert (brief.body, brief.pictures, brief.contests) == ((), (), ())


def test_an_entry_without_a_heading_has_its_first_words_for_one() -> None:
    long = replace(ENTRY, heading=" ", body=blocks(f"<p>{'counted and ' * 30}</p>"))
    heading = HEADLINES.shaped(long).heading
    assert heading.startswith("counted and counted")
    assert heading.endswith("counted and…")
    assert len(heading) <= 100
    assert HEADLINES.shaped(replace(long, body=ENTRY.body)).heading == "Turnout is 35.9 per cent."


def test_an_entry_of_a_picture_alone_stays_one_where_headings_are_wanted() -> None:
    assert HEADLINES.shaped(PICTURE) == PICTURE


def test_without_pictures_an_entry_of_pictures_alone_does_not_come() -> None:
    plain = Manner(pictures=False)
    assert plain.shaped(ENTRY) == replace(ENTRY, pictures=())
    assert plain.takes(ENTRY)
    assert not plain.takes(PICTURE)
    # One that had words and has none any more is not left empty.
    assert plain.shaped(PICTURE) == PICTURE


def test_a_change_of_the_text_alone_reads_the_same_in_a_heading() -> None:
    before = HEADLINES.shaped(ENTRY)
    edited = replace(ENTRY, body=blocks("<p>36.0.</p>"), edited=AT + timedelta(minutes=5))
    assert same_to_read(before, HEADLINES.shaped(edited))
    for other in (
        replace(edited, heading="Turnout in Tamworth"),
        replace(edited, withdrawn="taken down"),
        replace(edited, key_event=True),
    ):
        assert not same_to_read(before, HEADLINES.shaped(other))
