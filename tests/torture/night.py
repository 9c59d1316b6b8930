"""A night of torture: the program runs, is killed, and runs again, until the script is told."""

import asyncio
import random
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from bot.platforms.slack.manifest import SCOPES
from tests.nursery import Nursery, Process, nursery
from tests.processes import environment
from tests.torture.blog import NIGHT, Blog, Lane, lanes, serving
from tests.torture.judge import Message, Verdict, judge
from tests.torture.plan import Outcome, Plan
from tests.torture.script import Script, draw
from tests.torture.standins import TorturedDiscord, TorturedSlack, Traffic, Weather

# Nothing has moved for so long: what is wrong stays wrong.
QUIET = 2.0
# Scripts that switch a guard off.
WITHOUT = Path(__file__).parent / "without"


class Night:
    """Everything of one night, while it lasts."""

    def __init__(
        self, plan: Plan, folder: Path, say: Callable[[str], None] = lambda _line: None
    ) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._chance = random.Random(f"night {plan.seed}")
        self._script: Script = draw(plan.seed, steps=plan.steps, versions=plan.versions)
        self._traffic = Traffic()
        common = {
            "traffic": self._traffic,
            "read": self._script.read,
            "channels": plan.channels,
        }
        self._slack = TorturedSlack(
            weather=Weather(seed=f"slack {plan.seed}", odds=plan.odds),
            scopes=SCOPES,
            # Its own messages need not be told to it: that takes time, and nothing comes of it.
            events=("app_mention", "message.im"),
            **common,
        )
        self._discord = TorturedDiscord(
            weather=Weather(seed=f"discord {plan.seed}", odds=plan.odds),
            nonce_window=plan.nonce_window,
            **common,
        )
        self._lanes = [*lanes("slack", self._slack.ids), *lanes("discord", self._discord.ids)]
        self._killed = self._sent_to_sleep = self._slept = self._restarted = 0
        self._killed_at = 0.0
        self._over = False
        self._ended_by_itself: list[str] = []

    async def run(self) -> Outcome:
        """Live through it."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        async with (
            serving(self._script) as blog,
            self._slack,
            self._discord,
            nursery(environment(**self._plan.env)) as born,
        ):
            text = NIGHT.format(url=blog.url) + "".join(lane.toml() for lane in self._lanes)
            (self._folder / "night.toml").write_text(text, encoding="utf-8")
            async with asyncio.TaskGroup() as tasks:
                living = [
                    tasks.create_task(self._live(born, number, command))
                    for number, command in enumerate(self._plan.commands)
                ]
                weather = tasks.create_task(self._restart_stand_ins())
                telling = tasks.create_task(self._tell(blog))
                reporting = tasks.create_task(self._report(blog))
                # Where it takes too long, what is missing is told like anything that is lost.
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._plan.limit):
                        await telling
                        while self._rampant:  # noqa: ASYNC110 - processes die when they die
                            await asyncio.sleep(0.05)
                        alone_since = self._killed_at
                        await asyncio.sleep(alone_since + self._plan.last_stand - loop.time())
                self._over = True
                weather.cancel()
                await asyncio.gather(weather, return_exceptions=True)
                self._slack.weather.clear()
                self._discord.weather.clear()
                calm = loop.time()
                verdict = await self._settled(blog)
                settled_after = loop.time() - calm
                for task in (reporting, *living):
                    task.cancel()
                await asyncio.gather(*living, return_exceptions=True)
        return Outcome(
            plan=self._plan,
            verdict=verdict,
            lanes=len(self._lanes),
            items=sum(lane.items(self._script) for lane in self._lanes),
            kills=self._killed,
            sleeps=self._slept,
            restarts=self._restarted,
            looks=blog.looks,
            messages=sum(len(held) for held in self._held().values()),
            changes=self._traffic.changes,
            requests=self._slack.weather.requests + self._discord.weather.requests,
            happened=_together(self._slack.weather.happened, self._discord.weather.happened),
            seconds=loop.time() - began,
            settled_after=settled_after,
            ended_by_itself=self._ended_by_itself,
            violations=self._discord.violations,
        )

    # The program

    @property
    def _rampant(self) -> bool:
        """Whether processes are still to be killed or stopped."""
        short = self._killed < self._plan.kills or self._slept < self._plan.sleeps
        return short and not self._over

    async def _live(self, born: Nursery, number: int, command: tuple[str, ...]) -> None:
        """Keep one process going: killed and started again, and in the end left alone."""
        chance = random.Random(f"life {self._plan.seed} {number}")
        while True:
            process = await self._start(born, number, command)
            to_kill = self._killed < self._plan.kills and not self._over
            to_sleep = self._sent_to_sleep < self._plan.sleeps and not self._over
            if to_sleep and (not to_kill or chance.random() < 0.3):
                await self._sleep(process, chance)
            elif to_kill:
                await self._kill(process, chance)
            else:
                await process.wait()
            if process.returncode != -signal.SIGKILL:
                self._ended_by_itself.append(f"{' '.join(command)}: status {process.returncode}")
                await asyncio.sleep(0.5)

    async def _start(self, born: Nursery, number: int, command: tuple[str, ...]) -> Process:
        # A session of a process that is gone would hear of every message for ever.
        gateway = self._discord.gateway
        gateway.sessions = [each for each in gateway.sessions if each.socket is not None]
        return await born.start(
            *command,
            folder=self._folder,
            env=environment(
                SLACK_BOT_TOKEN=self._slack.bot_token,
                SLACK_APP_TOKEN=self._slack.app_token,
                SLACK_API_URL=self._slack.api_url,
                DISCORD_TOKEN=self._discord.token,
                DISCORD_API_URL=self._discord.api_url,
                DISCORD_GATEWAY_URL=self._discord.gateway.url,
                **({"DATABASE_URL": self._plan.database_url} if self._plan.database_url else {}),
                **self._plan.env,
            ),
            log=self._folder / f"process-{number}.log",
            first=WITHOUT / f"{self._plan.without}.py" if self._plan.without else None,
        )

    async def _kill(self, process: Process, chance: random.Random) -> None:
        """Kill it some time after it was started, or inside one of its requests.

        A request that it is killed in was carried out, or was not; its answer reaches nobody.
        """
        seconds = chance.uniform(0.2, 2.0)
        if chance.random() < 0.7:
            self._traffic.after(
                chance.randint(1, self._plan.most_ticks),
                lambda: process.send_signal(signal.SIGKILL),
            )
        await _wait(process, seconds)
        process.send_signal(signal.SIGKILL)
        if await process.wait() == -signal.SIGKILL:
            self._killed += 1
            self._killed_at = asyncio.get_running_loop().time()

    async def _sleep(self, process: Process, chance: random.Random) -> None:
        """Stop it inside one of its requests, wake it when others have done its work, kill it."""
        self._sent_to_sleep += 1
        stopped = asyncio.Event()

        def stop() -> None:
            if process.send_signal(signal.SIGSTOP):
                stopped.set()

        self._traffic.after(chance.randint(1, self._plan.most_ticks), stop)
        with suppress(TimeoutError):
            async with asyncio.timeout(3.0):
                await stopped.wait()
        stop()
        await _wait(process, self._plan.sleep_seconds)
        self._slept += process.send_signal(signal.SIGCONT)
        await _wait(process, chance.uniform(1.0, 2.0))
        process.send_signal(signal.SIGKILL)
        await process.wait()

    # What goes on around it

    async def _tell(self, blog: Blog) -> None:
        """Let the blog go on: after it was looked at, and while no channel is far behind."""
        loop = asyncio.get_running_loop()
        began, pause = loop.time(), self._plan.seconds / self._plan.steps
        # The first look posts twenty entries at most; the first ones have to be known by then.
        while self._traffic.changes == 0:  # noqa: ASYNC110 - nothing else tells of it
            await asyncio.sleep(0.05)
        while not blog.ended:
            await blog.served.wait()
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))
            await asyncio.sleep(max(0.0, began + blog.step * pause - loop.time()))
            while self._behind(blog) > self._plan.most_behind:  # noqa: ASYNC110 - nothing else tells of it
                await asyncio.sleep(0.2)
            blog.go_on()

    async def _restart_stand_ins(self) -> None:
        """Now and then one of them is not there for a moment."""
        while True:
            await asyncio.sleep(self._chance.uniform(*self._plan.restart_every))
            stand_in = self._chance.choice((self._slack, self._discord))
            self._restarted += 1
            await asyncio.shield(stand_in.restart(down=self._chance.uniform(0.2, 1.0)))

    async def _report(self, blog: Blog) -> None:
        while True:
            await asyncio.sleep(10)
            self._say(
                f"step {blog.step + 1} of {self._script.steps}, {self._killed} killed, "
                f"{self._slept} stopped and woken, {self._traffic.changes:,} posted or changed, "
                f"{self._behind(blog)} behind"
            )

    # What it comes to

    def _held(self) -> dict[tuple[str, str], tuple[Message, ...]]:
        return {
            **{("slack", id): held for id, held in self._slack.held()},
            **{("discord", id): held for id, held in self._discord.held()},
        }

    def judged(self, step: int | None = None) -> dict[Lane, Verdict]:
        """Each channel as it stands, against the script up to a step."""
        held = self._held()
        return {
            lane: judge(
                self._script.expected(lane.seats, results=lane.results, step=step),
                held[lane.on, lane.id],
                str(lane),
            )
            for lane in self._lanes
        }

    def _behind(self, blog: Blog) -> int:
        """How many subjects wait in the channel in which most do."""
        return max(len(verdict.lost) for verdict in self.judged(blog.step).values())

    def _verdict(self) -> Verdict:
        whole = Verdict()
        for verdict in self.judged().values():
            whole.add(verdict)
        return whole

    async def _settled(self, blog: Blog) -> Verdict:
        """Wait until all is told and nothing moves, or for as long as patience lasts."""
        loop = asyncio.get_running_loop()
        began = moved = loop.time()
        changes = -1
        while loop.time() - began < self._plan.patience:
            if changes != self._traffic.changes:
                changes, moved = self._traffic.changes, loop.time()
            verdict, still = self._verdict(), loop.time() - moved
            # What is lost may still come; what is wrong in another way will not mend.
            waits = bool(verdict.lost) or not blog.served.is_set()
            if still > (self._plan.silence if waits else QUIET):
                return verdict
            await asyncio.sleep(0.2)
        return self._verdict()


async def _wait(process: Process, seconds: float) -> None:
    """Wait so long, or until it is dead."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await process.wait()


def _together(*counts: Mapping[str, int]) -> dict[str, int]:
    names = {name for count in counts for name in count}
    return {name: sum(count.get(name, 0) for count in counts) for name in sorted(names)}
