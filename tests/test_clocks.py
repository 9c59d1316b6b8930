from datetime import UTC, datetime, timedelta

import pytest

from bot.clocks import ReplayClock, StoppedClock, WallClock

NIGHT = datetime(2023, 10, 19, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)


def near(one: datetime, other: datetime, within: float = 1.0) -> bool:
    return abs((one - other).total_seconds()) <= within


async def test_the_walls_clock_is_now():
    clock = WallClock()
    assert near(clock.now(), datetime.now(UTC))
    assert clock.now().utcoffset() == timedelta(0)
    assert clock.wall(NIGHT) == NIGHT
    assert await clock.sleep(0) is None


def test_a_replay_stands_still_until_it_is_let_run():
    clock = ReplayClock(NIGHT, 3600)
    assert clock.now() == NIGHT
    assert clock.now() == NIGHT


def test_a_replay_runs_faster_than_the_wall():
    clock = ReplayClock(NIGHT, 1_000_000)
    began = datetime.now(UTC)
    clock.begin()
    first, second = clock.now(), clock.now()
    ended = datetime.now(UTC)
    assert NIGHT <= first <= second <= NIGHT + (ended - began) * 1_000_000


@pytest.mark.parametrize("begun", [False, True])
def test_an_instant_of_the_night_comes_sooner_on_the_wall(begun):
    clock = ReplayClock(NIGHT, 3600)
    if begun:
        clock.begin()
    assert near(clock.wall(NIGHT), datetime.now(UTC))
    assert near(clock.wall(NIGHT + 10 * HOUR), datetime.now(UTC) + timedelta(seconds=10))
    assert clock.wall(NIGHT + HOUR) > clock.wall(NIGHT)


def test_what_has_passed_on_the_night_has_passed_on_the_wall():
    clock = ReplayClock(NIGHT, 3600)
    clock.begin()
    assert clock.wall(NIGHT - HOUR) < datetime.now(UTC)


async def test_a_replay_sleeps_the_nights_seconds():
    clock = ReplayClock(NIGHT, 1_000_000)
    clock.begin()
    await clock.sleep(3600)
    assert clock.now() >= NIGHT + HOUR


async def test_a_stopped_clock_moves_only_when_it_is_moved():
    clock = StoppedClock(NIGHT)
    assert clock.now() == NIGHT
    await clock.sleep(90)
    assert clock.now() == NIGHT + timedelta(seconds=90)
    clock.moment = NIGHT
    assert clock.now() == NIGHT
    assert near(clock.wall(NIGHT + HOUR), datetime.now(UTC) + HOUR)


def test_a_replay_waits_for_a_machine_that_is_busy():
    clock = ReplayClock(NIGHT, 1_000_000_000, longest_step=timedelta(seconds=20))
    clock.begin()
    assert [clock.now() - NIGHT for _ in range(3)] == [timedelta(seconds=20 * n) for n in (1, 2, 3)]
