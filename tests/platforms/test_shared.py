"""What many ask for at once is made once."""

import asyncio

import pytest

from bot.platforms.shared import Shared


class Maker:
    """Makes a thing of a key in a while, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.free = asyncio.Event()

    def of(self, key: str):
        async def make() -> str:
            self.made.append(key)
            await self.free.wait()
            return key.upper()

        return key, make


async def test_all_who_ask_get_what_was_made_for_the_first():
    maker, shared = Maker(), Shared[str, str](2)
    asked = [asyncio.create_task(shared.of(*maker.of("a"))) for _ in range(5)]
    await asyncio.sleep(0)
    maker.free.set()
    assert await asyncio.gather(*asked) == ["A"] * 5
    assert await shared.of(*maker.of("a")) == "A"
    assert maker.made == ["a"]


async def test_only_what_was_asked_for_last_is_kept():
    maker, shared = Maker(), Shared[str, str](2)
    maker.free.set()
    for key in ("a", "b", "a", "c", "a", "b"):
        await shared.of(*maker.of(key))
    assert maker.made == ["a", "b", "c", "b"]


async def test_who_gives_up_takes_it_from_nobody():
    maker, shared = Maker(), Shared[str, str](2)
    impatient, patient = (asyncio.create_task(shared.of(*maker.of("a"))) for _ in range(2))
    await asyncio.sleep(0)
    impatient.cancel()
    maker.free.set()
    assert await patient == "A"
    assert maker.made == ["a"]


async def test_what_was_forgotten_is_made_anew_and_what_is_under_way_is_not():
    maker, shared = Maker(), Shared[str, str](2)
    asked = asyncio.create_task(shared.of(*maker.of("a")))
    await asyncio.sleep(0)
    shared.forget("a")
    maker.free.set()
    assert await asked == await shared.of(*maker.of("a"))
    assert maker.made == ["a"]
    shared.forget("a")
    await shared.of(*maker.of("a"))
    assert maker.made == ["a", "a"]


async def test_what_could_not_be_made_is_raised_for_all():
    async def broken() -> str:
        raise ValueError("no")

    shared = Shared[str, str](2)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            await shared.of("a", broken)
