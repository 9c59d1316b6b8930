"""Pictures drawn in a process of its own, so that nothing else waits for them."""

import asyncio
import importlib.util
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial

import structlog

from bot.chat.ask import Ask
from bot.chat.chart import Chart, Picture
from bot.chat.reply import Reply
from bot.platforms.drawing import draw
from bot.platforms.shared import Shared
from bot.ports import Desk

log = structlog.get_logger()

SECONDS = 10.0
# So many pictures are kept, of some 100 kB: those that channels are being told of, and a few more.
KEPT = 32
NO_PICTURES = "For pictures install Teller with the extra “charts”: pip install 'teller[charts]'."


class Pictures:
    """Draws charts one after the other, each of them once.

    The process is started with the first of them.
    """

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._pool: ProcessPoolExecutor | None = None
        self._drawn = Shared[Chart, Picture | None](KEPT)

    @property
    def possible(self) -> bool:
        """Whether there is something to draw with."""
        return importlib.util.find_spec("matplotlib") is not None

    async def draw(self, chart: Chart) -> Picture | None:
        """The picture; None where it cannot be drawn, or not in time."""
        if not self.possible:
            return None
        picture = await self._drawn.of(chart, partial(self._draw, chart))
        if picture is None:
            # What kept it from being drawn may be over when somebody asks again.
            self._drawn.forget(chart)
        return picture

    async def _draw(self, chart: Chart) -> Picture | None:
        loop = asyncio.get_running_loop()
        pool = self._pool = self._pool or _pool()
        try:
            async with asyncio.timeout(self._seconds):
                png = await loop.run_in_executor(pool, draw, chart)
        except (TimeoutError, BrokenProcessPool) as error:
            log.warning("picture.not_drawn", why=type(error).__name__)
            self._give_up(pool)
            return None
        except Exception:
            log.exception("picture.not_drawn")
            return None
        return Picture(png=png, alt=chart.alt)

    def _give_up(self, pool: ProcessPoolExecutor) -> None:
        """Whatever hangs in the process ends with it; the next chart gets another."""
        if self._pool is pool:
            self._pool = None
        for process in list((pool._processes or {}).values()):
            process.kill()
        # Who still waits for it is told that it is broken; cancelled, they would end as well.
        pool.shutdown(wait=False)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._pool is not None:
            self._give_up(self._pool)


class Illustrated:
    """A desk whose answers come with their pictures, for platforms that show them.

    All else is the desk's own.
    """

    def __init__(self, desk: Desk, pictures: Pictures) -> None:
        self._desk = desk
        self._pictures = pictures
        self.form = desk.form
        self.submit = desk.submit
        self.commands = desk.commands
        self.seats = desk.seats
        self.home = desk.home

    async def answer(self, ask: Ask) -> Reply:
        """The answer to a question, with its picture."""
        return await self._illustrated(await self._desk.answer(ask))

    async def overhear(self, ask: Ask) -> Reply | None:
        """The answer to what was said to nobody, with its picture."""
        reply = await self._desk.overhear(ask)
        return None if reply is None else await self._illustrated(reply)

    async def _illustrated(self, reply: Reply) -> Reply:
        if reply.chart is None:
            return reply
        picture = await self._pictures.draw(reply.chart)
        if picture is not None:
            return replace(reply, picture=picture)
        if self._pictures.possible:
            return reply
        return replace(reply, lines=(*reply.lines, NO_PICTURES))


def _pool() -> ProcessPoolExecutor:
    # Forked, it would hold the database and the sockets of this process.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_stay)


def _stay() -> None:
    """Draw for as long as the process that asks is there, however it ends.

    Ctrl-C is for that one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A pool's process would wait for more charts for ever, were its parent killed."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(0)
