"""The small form of a general election night: forty counts of its busiest hour."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import read_catalogue
from bot.chat.seats import seat_of_a_count
from bot.election.names import index_of
from bot.election.typed import read_result
from bot.night import read_night
from tests.electionnight.counts import counts, has_expected_times, night_file, some
from tests.electionnight.night import Night
from tests.electionnight.outcome import Plan

# A quarter past three, on UK clocks.
START = datetime(2024, 7, 5, 2, 15, tzinfo=UTC)


async def test_forty_counts_reach_every_channel_that_follows_them_once_and_in_order(
    tmp_path: Path,
):
    forty = some(counts(), 40, START)
    plan = Plan(
        counts=forty, declared=forty, channels=5, boards=1, desks=3, speed=200.0, start=START
    )
    outcome = await Night(plan, tmp_path, print).run()
    assert outcome.good, str(outcome)
    assert outcome.alerts >= 40 * 2
    assert outcome.redraws >= 4


def test_every_count_of_the_night_has_its_times():
    found = counts()
    assert len(found) == 650
    # Where the times of 2015 are not at hand, they are derived.
    expected = "23:00" if has_expected_times() else "22:00"
    assert (found[0].name, found[0].expected) == ("Houghton and Sunderland South", expected)
    assert [count.declared for count in found] == sorted(count.declared for count in found)


def test_without_the_times_of_2015_they_are_derived(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.electionnight.counts.EXPECTED_2015", Path("/nowhere"))
    assert not has_expected_times()
    # Declared at 23:30.
    assert counts()[0].expected == "22:00"


def test_every_result_of_2024_is_read_as_it_is_typed():
    """Of 650 seats, in which people stand who are called Hayes, Just, or A ON."""
    found = counts()
    contests = [planned.contest for planned in read_night(night_file(found, ())).contests]
    names = index_of(contests)
    catalogue = read_catalogue()
    for count in found:
        # “Record result High Peak” asks for no record high.
        for text in (count.words, f"record declared {count.name}", f"confirm result {count.name}"):
            matched = catalogue.match(text)
            assert matched is not None
            assert text.startswith(matched.command.name), text
        (contest,), votes = seat_of_a_count(count.words.removeprefix("record result "), names)
        assert contest.name == count.name
        read = [(one.name, one.party.short, n) for one, n in read_result(votes, contest).votes]
        assert read == [
            (line.candidacy.name, line.candidacy.party.short, line.votes)
            for line in count.past.result.votes
        ]
