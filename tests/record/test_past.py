"""The record as of a moment: nothing from after it, and which of its seats is which."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.election.contest import Contest, close_of_poll
from bot.election.occasion import read_occasion
from bot.record.past import Past
from bot.record.record import open_record

RECORD = open_record()
NIGHT = datetime(2023, 10, 19, 23, 45, tzinfo=UTC)
TODAY = datetime(2026, 11, 27, tzinfo=UTC)
TAMWORTH = "parl.tamworth.by.2023-10-19"


def past(now: datetime) -> Past:
    return Past(RECORD, now)


@given(st.integers(0, 18 * 365))
def test_nothing_from_after_the_moment_is_known(days):
    now = datetime(2009, 1, 1, 9, tzinfo=UTC) + timedelta(days=days)
    known = past(now)
    newest = known.by_elections()[:1]
    ids = list(RECORD.ids)
    first_unknown = next((i for i in ids if known.contest(i) is None), None)
    assert all(one.known <= now for one in newest)
    if first_unknown is not None:
        assert RECORD.known[first_unknown] > now
    assert all(day <= now.date() for day in known.general_elections())


@pytest.mark.parametrize(
    ("now", "known"),
    [
        (datetime(2023, 10, 20, 2, 0, tzinfo=UTC), False),  # 03:00 on the night
        (datetime(2023, 10, 20, 10, 59, tzinfo=UTC), False),
        (datetime(2023, 10, 20, 11, 0, tzinfo=UTC), True),  # the noon after
    ],
)
def test_a_contest_is_on_record_from_the_noon_after(now, known):
    assert (past(now).contest(TAMWORTH) is not None) is known


def test_a_contest_that_declared_later_is_on_record_from_then():
    waited, late = max(
        (known - close_of_poll(date.fromisoformat(RECORD.ids[i].polling_day)), i)
        for i, known in RECORD.known.items()
    )
    assert waited > timedelta(hours=14)
    known = RECORD.known[late]
    assert past(known).contest(late) is not None
    assert past(known - timedelta(seconds=1)).contest(late) is None


def resolved(words: str, now: datetime, *tonight: Contest) -> str | None:
    occasion, name = read_occasion(words)
    known = past(now)
    match = known.names(tonight).resolve(name)
    chosen = known.choose(match.contests, occasion, tonight) if match.certain else None
    return None if chosen is None else chosen.id


@pytest.mark.parametrize(
    ("words", "now", "meant"),
    [
        ("Tamworth", TODAY, "parl.tamworth.2024-07-04"),
        ("Tamworth", NIGHT, "parl.tamworth.2019-12-12"),
        ("Tamworth by-election", TODAY, TAMWORTH),
        ("Tamworth October 2023", TODAY, TAMWORTH),
        ("Tamworth 2019", TODAY, "parl.tamworth.2019-12-12"),
        ("Tamworth last time", TODAY, TAMWORTH),
        ("Selby", TODAY, "parl.selby.2024-07-04"),
        ("Selby", NIGHT, "parl.selby-and-ainsty.by.2023-07-20"),
        # The seat that it was before.
        ("Selby 2019", TODAY, "parl.selby-and-ainsty.2019-12-12"),
        ("Selby and Ainsty", TODAY, "parl.selby-and-ainsty.by.2023-07-20"),
        ("Uxbridge July 2023", TODAY, "parl.uxbridge-and-south-ruislip.by.2023-07-20"),
        ("West Lancs", NIGHT, "parl.west-lancashire.by.2023-02-09"),
        ("Clacton by-election 2014", TODAY, "parl.clacton.by.2014-10-09"),
        ("Clacton", TODAY, "parl.clacton.by.2026-08-13"),
        ("Ynys Mon 2010", TODAY, "parl.ynys-mon.2010-05-06"),
        ("Tamworth 2018", TODAY, None),
    ],
)
def test_a_seat_is_resolved_by_date(words, now, meant):
    assert resolved(words, now) == meant


def test_tonight_comes_before_the_record():
    tonight = Contest(id=TAMWORTH, name="Tamworth", polling_day=date(2023, 10, 19))
    assert resolved("Tamworth", NIGHT, tonight) == TAMWORTH
    assert resolved("Tamworth 2019", NIGHT, tonight) == "parl.tamworth.2019-12-12"


def test_a_contest_of_the_night_is_completed_from_its_seat():
    tonight = Contest(id=TAMWORTH, name="Tamworth", polling_day=date(2023, 10, 19))
    whole = past(NIGHT).complete(tonight)
    assert whole.holder is not None
    assert whole.holder.short == "Con"
    assert whole.previous is not None
    assert whole.previous.majority == 19_634
    # Its own candidates and electors are not on record before it is.
    assert (whole.candidacies, whole.electorate) == ((), None)


def test_who_holds_a_seat_is_who_won_it_last_by_election_or_not():
    wellingborough = Contest(
        id="parl.tamworth.by.2024-05-02", name="Tamworth", polling_day=date(2024, 5, 2)
    )
    whole = past(datetime(2024, 5, 2, 21, tzinfo=UTC)).complete(wellingborough)
    assert whole.holder is not None
    assert whole.holder.short == "Lab"
    # Votes are compared with the last general election all the same.
    assert whole.previous is not None
    assert whole.previous.polling_day == date(2019, 12, 12)


def test_seats_of_one_name_are_told_apart_by_their_boundaries():
    now = past(TODAY)
    assert [seat.boundaries for seat in now.seats_called("Tamworth")] == [2010, 2024]
    new = now.contest("parl.tamworth.2024-07-04")
    old = now.contest(TAMWORTH)
    assert new is not None
    assert old is not None
    assert (new.seat.boundaries, old.seat.boundaries) == (2024, 2010)
    before = now.before(new.seat)
    assert before[0].seat == old.seat
    assert before[0].of_this > 0.9
    assert [related.seat for related in now.after(old.seat)][:1] == [new.seat]
    # On the night nobody had voted in the new seats.
    assert past(NIGHT).after(old.seat) == []


def test_the_line_of_a_seat_goes_on_over_new_boundaries():
    selby = past(TODAY).contest("parl.selby.2024-07-04")
    assert selby is not None
    line = [one.contest.id for one in past(TODAY).line(selby.seat)]
    assert line[-2:] == ["parl.selby-and-ainsty.by.2023-07-20", "parl.selby.2024-07-04"]
    assert line[0] == "parl.selby-and-ainsty.2010-05-06"
