"""The last moment to post: told to whoever is about to, and to nobody else."""

import asyncio

import pytest

from bot.deadline import check, in_time, uptime
from bot.errors import LeaseLostError


def too_late() -> bool:
    try:
        check()
    except LeaseLostError:
        return True
    return False


def test_where_nothing_is_set_there_is_all_the_time() -> None:
    assert not too_late()


def test_until_the_moment_it_is_in_time_and_from_it_on_too_late() -> None:
    with in_time(uptime() + 60):
        assert not too_late()
    with in_time(uptime()):
        assert too_late()
    with in_time(uptime() - 60):
        assert too_late()


def test_afterwards_there_is_all_the_time_again() -> None:
    with pytest.raises(ZeroDivisionError), in_time(uptime() - 60):
        raise ZeroDivisionError
    assert not too_late()


def test_what_is_within_counts_and_then_what_is_around_it() -> None:
    with in_time(uptime() + 60):
        with in_time(uptime() - 60):
            assert too_late()
        assert not too_late()


async def test_each_lane_has_its_own_moment() -> None:
    async def lane(until: float, others: asyncio.Barrier) -> bool:
        with in_time(until):
            await others.wait()
            # What a client does for a request is a task of its own.
            return await asyncio.create_task(asking())

    async def asking() -> bool:
        return too_late()

    others = asyncio.Barrier(2)
    async with asyncio.timeout(10):
        found = await asyncio.gather(lane(uptime() - 60, others), lane(uptime() + 60, others))

    assert found == [True, False]
    assert not too_late()


def test_it_is_a_clock_that_never_goes_back() -> None:
    first = uptime()
    assert uptime() >= first
