"""The same night with the real process, killed at points that a seed draws, and started again.

Its people repeat what got no answer, once they have looked whether it was done all the same.
"""

import asyncio
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from tests.nightplay import hands as hands_of
from tests.nightplay.hands import Hands
from tests.nightplay.playing import Newsrooms, Play
from tests.nightplay.script import NIGHT, Step
from tests.nursery import Nursery, Process, nursery
from tests.processes import environment
from tests.rooms import at

RUN = ("run", "--night", "night.toml")
PATIENCE, LONG_PATIENCE = 2.0, 30.0
# A board that somebody has asked for and heard nothing of may still come, as it starts again.
A_WHILE = 8.0
# A process is killed within so many seconds of what is said, or as it writes one of so many
# messages that come of it.
LATEST, MOST_WRITTEN = 0.3, 4
# What one has said last that ended by itself.
LAST_LINES = 30
# One that is killed as it starts lives for so many seconds at most.
STARTING = 1.0


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a night went that was lived through."""

    seed: int
    kills: int
    repeated: int
    seconds: float
    refused: Sequence[str]
    ended_by_itself: Sequence[str]

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: killed {self.kills} times in {len(NIGHT)} steps, "
            f"{self.repeated} things said again, {self.seconds:.0f} s"
        )


class Life:
    """The process of the night: started again whenever it has ended.

    One that is to be killed while it is dead is killed as it starts.
    """

    def __init__(
        self, newsrooms: Newsrooms, folder: Path, born: Nursery, chance: random.Random
    ) -> None:
        self._newsrooms = newsrooms
        self._folder = folder
        self._log = folder / "process.log"
        self._born = born
        self._chance = chance
        self._process: Process | None = None
        self._at_writing: int | None = None
        self._owed = 0
        self.kills = 0
        self.ended_by_itself: list[str] = []

    async def live(self) -> None:
        """Keep it going until cancelled."""
        while True:
            # A session of a process that is gone would hear of every message for ever.
            gateway = self._newsrooms.discord.gateway
            gateway.sessions = [each for each in gateway.sessions if each.socket is not None]
            self._process = await self._born.start(
                *RUN,
                folder=self._folder,
                env=environment(HANDS=str(self._folder / "hands"), **self._newsrooms.settings),
                log=self._log,
                first=Path(hands_of.__file__),
            )
            if self._owed:
                self._owed -= 1
                self.kill_soon(STARTING)
            status = await self._process.wait()
            if status != -signal.SIGKILL:
                said = self._log.read_text(encoding="utf-8").splitlines()[-LAST_LINES:]
                self.ended_by_itself.append("\n".join([f"status {status}:", *said]))
                await asyncio.sleep(0.5)

    def kill(self) -> None:
        """Kill it where it is."""
        if self._process is not None and self._process.send_signal(signal.SIGKILL):
            self.kills += 1
        else:
            self._owed += 1

    def kill_soon(self, seconds: float) -> None:
        """Kill it within so many seconds."""
        asyncio.get_running_loop().call_later(self._chance.uniform(0, seconds), self.kill)

    def kill_at_writing(self, number: int) -> None:
        """Kill it inside the request that writes so many messages from now."""
        self._at_writing = number

    def kill_who_did_not_write(self) -> None:
        """Kill it now, where it was to be killed as it writes and nothing more was written."""
        if self._at_writing is not None:
            self._at_writing = None
            self.kill()

    @property
    def condemned(self) -> bool:
        """Whether it is still to be killed."""
        return self._owed > 0

    def wrote(self) -> None:
        """A message was written; its writer does not know yet."""
        if self._at_writing is not None:
            self._at_writing -= 1
            if self._at_writing == 0:
                self._at_writing = None
                self.kill()


class KilledPlay(Play):
    """A play whose people repeat what got no answer."""

    def __init__(self, newsrooms: Newsrooms, hands: Hands, life: Life) -> None:
        super().__init__(newsrooms, hands, patience=LONG_PATIENCE)
        self._life = life
        self.repeated = 0

    async def killed_in(self, step: Step, kills: int, chance: random.Random) -> None:
        """Let a step happen with so many kills about it."""
        for number in range(kills):
            # One at a time as it writes.
            if number == 0 and chance.random() < 0.6:
                self._life.kill_at_writing(chance.randint(1, MOST_WRITTEN))
            else:
                self._life.kill_soon(LATEST)
        self._go_to(step)
        if step.where is not None:
            await self._until_done(step)
        self._now_true(step)
        await self.judged(step)
        self._life.kill_who_did_not_write()

    async def to_the_end(self) -> None:
        """Nobody is to be killed any more, and all is true all the same."""
        async with asyncio.timeout(LONG_PATIENCE * 2):
            while self._life.condemned:  # noqa: ASYNC110 - a process
                await asyncio.sleep(0.05)
        await asyncio.sleep(STARTING)
        await self._newsrooms.connected()
        await self.judged(NIGHT[-1])

    async def _until_done(self, step: Step) -> None:
        assert step.where is not None
        async with asyncio.timeout(LONG_PATIENCE * 2):
            while True:
                answer = await self._newsrooms.ask(step.where, self._words(step), PATIENCE)
                if answer is not None:
                    self._heard(step, answer)
                    return
                await self._newsrooms.connected()
                if step.sign is not None and await self._is_there(step, step.sign):
                    return
                self.repeated += 1

    async def _is_there(self, step: Step, sign: tuple[str, str]) -> bool:
        assert step.where is not None
        question, words = sign
        if not question:
            return await self._stands(step, words)
        while True:
            answer = await self._newsrooms.ask(step.where, question, PATIENCE)
            if answer is not None:
                return words.format(number=self._number) in answer
            await self._newsrooms.connected()

    async def _stands(self, step: Step, words: str) -> bool:
        """Whether a message comes into the channel that begins so."""
        with suppress(TimeoutError):
            async with asyncio.timeout(A_WHILE):
                while not self._newsrooms.stands(step.where, words):  # noqa: ASYNC110 - a process
                    await asyncio.sleep(0.05)
                return True
        return False


async def play(
    seed: int, kills: int, folder: Path, say: Callable[[str], None] = lambda _line: None
) -> Outcome:
    """Play the night with so many kills. Raises `AssertionError` with what is wrong."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    chance = random.Random(f"night play {seed}")
    steps = Counter(chance.choices(range(len(NIGHT)), k=kills))
    (folder / "night.toml").write_text(_night(), encoding="utf-8")
    hands = Hands(folder / "hands", at("21:40"))
    async with _living(folder, chance) as (newsrooms, life):
        playing = KilledPlay(newsrooms, hands, life)
        for number, step in enumerate(NIGHT):
            await playing.killed_in(step, steps[number], chance)
            say(f"{step.at} {step.says[:60]}: all true, {life.kills} kills so far")
        await playing.to_the_end()
        refused = newsrooms.refused
    return Outcome(
        seed=seed,
        kills=life.kills,
        repeated=playing.repeated,
        seconds=loop.time() - began,
        refused=refused,
        ended_by_itself=life.ended_by_itself,
    )


def _night() -> str:
    """The bundled night file without its blog: what these people say is all that is known."""
    text = files("bot.nights").joinpath("2023-10-19.toml").read_text(encoding="utf-8")
    return text.partition("[[blog]]")[0]


@asynccontextmanager
async def _living(folder: Path, chance: random.Random) -> AsyncIterator[tuple[Newsrooms, Life]]:
    wrote: list[Callable[[], None]] = []
    newsrooms = Newsrooms(lambda: [each() for each in wrote] and None)
    async with newsrooms.open(), nursery(environment()) as born:
        life = Life(newsrooms, folder, born, chance)
        wrote.append(life.wrote)
        living = asyncio.create_task(life.live())
        try:
            await newsrooms.connected()
            yield newsrooms, life
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)
