"""The small form of a general election night: forty counts of its busiest hour."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.electionnight.counts import counts, has_expected_times, some
from tests.electionnight.night import Night, Plan

# A quarter past three, on UK clocks.
START = datetime(2024, 7, 5, 2, 15, tzinfo=UTC)


async def test_forty_counts_reach_every_channel_that_follows_them_once_and_in_order(
    tmp_path: Path,
):
    plan = Plan(
        counts=some(counts(), 40, START), channels=8, boards=2, desks=3, speed=200.0, start=START
    )
    outcome = await Night(plan, tmp_path, print).run()
    assert outcome.good, str(outcome)
    assert outcome.alerts >= 40 * 2
    assert outcome.redraws >= 4


def test_every_count_of_the_night_has_its_times():
    found = counts()
    assert len(found) == 650
    assert (found[0].name, found[0].expected) == ("Houghton and Sunderland South", "23:00")
    assert [count.declared for count in found] == sorted(count.declared for count in found)


def test_without_the_times_of_2015_they_are_derived(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tests.electionnight.counts.EXPECTED_2015", Path("/nowhere"))
    assert not has_expected_times()
    # Declared at 23:30.
    assert counts()[0].expected == "22:00"
