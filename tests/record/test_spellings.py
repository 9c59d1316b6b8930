"""Every name that a seat is known by, and every name with a slip of the fingers in it."""

from collections import Counter
from datetime import UTC, datetime

from bot.election.spellings import fold
from bot.record.past import Past
from bot.record.record import open_record
from tests.benchmarks.record import slips

RECORD = open_record()
# Asked before and after the boundaries changed.
OLD = Past(RECORD, datetime(2024, 6, 1, tzinfo=UTC)).names()
NEW = Past(RECORD, datetime(2026, 11, 27, tzinfo=UTC)).names()
EACH = 7


def test_every_alias_finds_its_seat_in_its_time():
    missed = []
    for seat in RECORD.rows.seats:
        names = OLD if seat.boundaries == 2010 else NEW
        for alias in (seat.name, *seat.aliases):
            match = names.resolve(alias)
            if fold(seat.name) not in {fold(contest.name) for contest in match.contests}:
                missed.append((alias, seat.name, match.contests[:1]))
    assert missed == []


def test_a_slip_of_the_fingers_finds_the_seat_or_asks():
    """A part of them here; the figures of all are among the benchmarks."""
    names = sorted({seat.name for seat in RECORD.rows.seats})[::EACH]
    told: Counter[str] = Counter()
    for name in names:
        for typed in slips(name):
            match = NEW.resolve(typed)
            found = [fold(contest.name) for contest in match.contests]
            if match.certain:
                told["right" if found[0] == fold(name) else "wrong"] += 1
            else:
                told["asked" if fold(name) in found else "lost"] += 1
    assert told.total() > 4_000
    assert (told["right"] + told["asked"]) / told.total() >= 0.99
    assert told["wrong"] / told.total() < 0.001


def test_a_name_that_is_near_to_another_is_offered_and_not_picked():
    match = OLD.resolve("Somerset and Frome")
    assert not match.certain
    assert "Somerton and Frome" in {contest.name for contest in match.contests}


def test_a_name_of_before_and_a_part_of_a_name_of_now_are_asked_back():
    match = NEW.resolve("Angus")
    assert not match.certain
    names = list(dict.fromkeys(contest.name for contest in match.contests))
    assert names == ["Angus and Perthshire Glens", "Angus"]
