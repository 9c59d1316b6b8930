"""What is asked for at the same time, done in one go."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import DBAPIError

A = TypeVar("A")
B = TypeVar("B")

MOST = 128
TURNS = 2


class Together(Generic[A, B]):
    """Answers what has been asked for while the last answers were being found, all at once.

    A transaction costs a database the same for one change as for fifty: many lanes that each have
    something to note share one, and a lane alone never waits for others. `answer` is given the
    questions and gives the answers in their order; an exception in place of an answer is raised
    to who asked.
    """

    def __init__(self, answer: Callable[[Sequence[A]], Awaitable[Sequence[B | Exception]]]) -> None:
        self._answer = answer
        self._asked: list[tuple[A, asyncio.Future[B]]] = []
        self._answering: asyncio.Task[None] | None = None

    async def ask(self, question: A) -> B:
        """The answer to a question."""
        future: asyncio.Future[B] = asyncio.get_running_loop().create_future()
        self._asked.append((question, future))
        if self._answering is None:
            self._answering = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._asked:
                # Whoever is about to ask, asks now: an answer that has come over the network takes
                # two turns of the loop until somebody asks because of it.
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                batch, self._asked = self._asked[:MOST], self._asked[MOST:]
                # Nobody waits any more for what was cancelled before it was begun.
                await self._run_batch([one for one in batch if not one[1].done()])
        finally:
            self._answering = None

    async def _run_batch(self, batch: Sequence[tuple[A, asyncio.Future[B]]]) -> None:
        if not batch:
            return
        answers: Sequence[B | Exception]
        try:
            answers = await self._answer([question for question, _ in batch])
        except Exception as error:  # whatever it is, it belongs to who asked
            if len(batch) > 1 and not isinstance(error, DBAPIError):
                # One of them is at fault, and the others get their answers; a database that fails
                # would fail each of them.
                for one in batch:
                    await self._run_batch([one])
                return
            answers = [error] * len(batch)
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
