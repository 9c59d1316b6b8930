"""What is asked for at the same time is answered in one go, and each gets its own answer."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy.exc import OperationalError

from bot.store.together import MOST, Together


class Answers:
    """Answers with twice the number, when it is let; `batches` are what it was asked at once."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may = asyncio.Event()
        self.may.set()
        self.error: Exception | None = None

    async def __call__(self, numbers: Sequence[int]) -> Sequence[int | Exception]:
        self.batches.append(list(numbers))
        await self.may.wait()
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        return [ValueError(number) if number < 0 else number * 2 for number in numbers]


async def turns() -> None:
    """Let everybody go as far as they can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def answers() -> Answers:
    return Answers()


async def test_one_that_asks_alone_is_answered_at_once(answers: Answers) -> None:
    together = Together(answers)

    assert [await together.ask(1), await together.ask(2)] == [2, 4]
    assert answers.batches == [[1], [2]]


async def test_who_asks_meanwhile_is_answered_together_and_in_order(answers: Answers) -> None:
    together = Together(answers)
    answers.may.clear()
    first = asyncio.create_task(together.ask(1))
    await turns()
    others = [asyncio.create_task(together.ask(n)) for n in (5, 3, 4, 3)]
    await turns()
    answers.may.set()

    assert await first == 2
    assert await asyncio.gather(*others) == [10, 6, 8, 6]
    assert answers.batches == [[1], [5, 3, 4, 3]]


async def test_a_crowd_is_answered_in_turns(answers: Answers) -> None:
    together = Together(answers)
    number = 2 * MOST + 7

    found = await asyncio.gather(*(together.ask(n) for n in range(number)))

    assert found == [2 * n for n in range(number)]
    assert max(map(len, answers.batches)) == MOST
    assert [n for batch in answers.batches for n in batch] == list(range(number))


async def test_an_exception_in_place_of_an_answer_is_raised_to_who_asked(
    answers: Answers,
) -> None:
    together = Together(answers)

    found = await asyncio.gather(*(together.ask(n) for n in (1, -2, 3)), return_exceptions=True)

    assert [str(one) for one in found] == ["2", "-2", "6"]
    assert isinstance(found[1], ValueError)


async def test_one_question_that_breaks_the_answering_leaves_the_others_their_answers() -> None:
    async def answer(numbers: Sequence[int]) -> Sequence[int]:
        return [10 // n for n in numbers]

    together = Together(answer)

    found = await asyncio.gather(*(together.ask(n) for n in (1, 0, 5)), return_exceptions=True)

    assert [found[0], found[2]] == [10, 2]
    assert isinstance(found[1], ZeroDivisionError)


async def test_what_breaks_is_raised_to_all_who_asked_and_the_next_are_answered(
    answers: Answers,
) -> None:
    together = Together(answers)
    answers.error = OperationalError("SELECT 1", None, OSError("the disk is away"))

    broken = await asyncio.gather(*(together.ask(n) for n in (1, 2)), return_exceptions=True)

    assert [type(one) for one in broken] == [OperationalError, OperationalError]
    assert await together.ask(3) == 6


async def test_one_that_does_not_wait_any_more_harms_nobody(answers: Answers) -> None:
    together = Together(answers)
    answers.may.clear()
    asked = [asyncio.create_task(together.ask(1))]
    await turns()
    asked += [asyncio.create_task(together.ask(n)) for n in (2, 3, 4)]
    await turns()
    # One while it is being answered, one before.
    asked[0].cancel()
    asked[2].cancel()
    await turns()
    answers.may.set()

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert [type(one) for one in found] == [
        asyncio.CancelledError,
        int,
        asyncio.CancelledError,
        int,
    ]
    assert [found[1], found[3]] == [4, 8]
    # What nobody waits for any more is not begun; what was begun ends.
    assert answers.batches == [[1], [2, 4]]
    assert await together.ask(5) == 10


async def test_where_nobody_waits_any_more_nothing_is_asked(answers: Answers) -> None:
    together = Together(answers)
    answers.may.clear()
    first = asyncio.create_task(together.ask(1))
    await turns()
    second = asyncio.create_task(together.ask(2))
    await turns()
    second.cancel()
    await turns()
    answers.may.set()

    assert await first == 2
    assert await together.ask(3) == 6
    assert answers.batches == [[1], [3]]
