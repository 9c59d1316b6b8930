"""What somebody has missed, since when they say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.handlers.night import DECLARED, UNKNOWN, answer, uk
from tests.nights.facts import TAMWORTH


async def test_what_was_missed_since_a_time_is_told_as_a_story():
    reply = await answer("catch up since 00:20")
    assert reply.title == "Since 00:20: 2 entries"
    assert reply.lines == (
        "Tamworth: turnout 35.9% (reported)",
        "00:22  Lib Dems sound confident",
        "00:41  Low turnout in Tamworth",
    )
    assert reply.private
    assert reply.origin is not None
    assert reply.origin.at == uk(0, 41)


async def test_only_one_seat_is_caught_up_on():
    reply = await answer("catch me up on Tamworth since 00:20")
    assert reply.title == "Since 00:20 on Tamworth: 1 entry"
    assert reply.contest == TAMWORTH.id
    assert reply.lines[-1] == "00:41  Low turnout in Tamworth"


@pytest.mark.parametrize(
    ("question", "since"),
    [
        ("catch up", "23:45"),
        ("catch me up", "23:45"),
        ("what did I miss?", "23:45"),
        ("what have we missed since half past midnight", "00:30"),
        ("catch up on the last 30 minutes", "00:15"),
        ("catch up on the last hour", "23:45"),
        ("what did i miss in the last 2 hours?", "22:45"),
        ("catch up since 12.20am please", "00:20"),
    ],
)
async def test_since_when_is_read_from_the_words(question, since):
    reply = await answer(question, now=uk(0, 45))
    assert not reply.error
    assert reply.title.startswith(f"Since {since}")


async def test_a_declaration_stands_for_what_was_expected_and_counted_before_it():
    reply = await answer("catch up since 00:10", DECLARED, uk(3, 20))
    told = [line for line in reply.lines if line.startswith("Tamworth:")]
    assert told == ["Tamworth: Labour gain from Conservatives (reported)"]


async def test_figures_without_entries_have_their_own_source():
    reply = await answer("catch up since 00:40", replace(DECLARED, entries=()), uk(3, 20))
    assert reply.lines == ("Tamworth: Labour gain from Conservatives (reported)",)
    assert reply.origin is not None
    assert reply.origin.at == uk(3, 16)


async def test_nothing_new_is_said_so():
    reply = await answer("catch up since 00:30", UNKNOWN)
    assert reply.title == "Since 00:30: nothing new"
    assert reply.private


async def test_a_long_story_keeps_its_newest_end():
    many = tuple(
        replace(DECLARED.entries[0], entry=replace(DECLARED.entries[0].entry, published=uk(1, n)))
        for n in range(30)
    )
    reply = await answer("catch up since 01:00", replace(UNKNOWN, entries=many), uk(2, 0))
    assert reply.title == "Since 01:00: 30 entries"
    assert reply.lines[0] == "The first 10 are left out."
    assert reply.lines[1].startswith("01:10")
    assert reply.lines[-1].startswith("01:29")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("catch up since 04:00", "04:00 is still to come; it is 00:45 now."),
        ("catch up since teatime", "“teatime” is not a clock time"),
        ("catch up on the last fortnight", "“fortnight” is no length of time"),
    ],
)
async def test_a_time_that_is_none_is_told(question, said):
    reply = await answer(question, now=uk(0, 45))
    assert reply.error
    assert said in reply.title


async def test_an_entry_without_a_heading_is_told_by_its_first_words():
    first = DECLARED.entries[0]
    bare = replace(first, entry=replace(first.entry, heading="", body="<p>Turnout is 36%.</p>"))
    reply = await answer("catch up since 00:00", replace(UNKNOWN, entries=(bare,)))
    assert reply.lines[-1].endswith("  Turnout is 36%.")


async def test_what_is_more_than_can_be_read_is_not_counted_as_if_it_were_all():
    first = DECLARED.entries[0]
    moments = [uk(1, 0) + timedelta(seconds=n) for n in range(600)]
    many = tuple(replace(first, entry=replace(first.entry, published=at)) for at in moments)
    reply = await answer("catch up since 01:00", replace(UNKNOWN, entries=many), uk(2, 0))
    assert reply.title == "Since 01:00: at least 500 entries"
    assert reply.lines[0] == "The earlier ones are left out."
    assert len(reply.lines) == 21
