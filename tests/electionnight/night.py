"""The night itself: a Teller of its own, desks that put results in, and channels that follow."""

import asyncio
import os
import random
import re
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bot.election.clock import uk_clock
from tests.electionnight.clock import FastClock
from tests.electionnight.counts import Count, night_file
from tests.electionnight.ledger import Confirmed, Ledger, ages, faults, shortest_gap
from tests.electionnight.outcome import Outcome, Plan
from tests.nightplay.newsrooms import ADA, BEA, DiscordRoom, SlackRoom
from tests.processes import environment

PROGRAM = (sys.executable, "-W", "ignore", "-m", "tests.electionnight.clock")
ROOT = Path(__file__).parents[2]
_NUMBER = re.compile(r"“(?:insist|confirm) (\d+)”")
QUESTIONED = "this needs a second look"
PATIENCE, LONGEST_START = 60.0, 120.0
# How long, in seconds of the wall, may pass after the last result until all of it has arrived.
AT_LAST = 120.0
REDRAW = timedelta(seconds=15)
TICKS = os.sysconf("SC_CLK_TCK")
# What the log says where something inside went wrong.
_BROKEN = re.compile(r"level=error|Traceback")


@dataclass(kw_only=True)
class _Log:
    """What the desks have done."""

    confirmed: dict[str, Confirmed] = field(default_factory=dict)
    answers: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    questioned: int = 0
    behind: float = 0.0


class Night:
    """A night while it lasts."""

    def __init__(self, plan: Plan, folder: Path, say: Callable[[str], None]) -> None:
        self._plan = plan
        self._folder = folder
        self._say = say
        self._ledgers = {"slack": Ledger(), "discord": Ledger()}
        self._slack = SlackRoom(self._ledgers["slack"])
        self._discord = DiscordRoom(self._ledgers["discord"], limit=10**9)
        # All that was ever asked of them would be more than all else that is held.
        self._slack.calls = deque(maxlen=1_000)  # type: ignore[assignment]
        self._discord.calls = deque(maxlen=1_000)  # type: ignore[assignment]
        self._channels = self._follow(random.Random(plan.seed))
        self._log = _Log()
        for number in range(plan.desks):
            self._slack.add_channel(f"C8{number:03d}", f"desk-{number}")
            self._discord.world.add_channel(_desk_in_discord(number), f"desk-{number}")

    def _follow(self, chance: random.Random) -> dict[tuple[str, str], Sequence[Count]]:
        """The counts that each channel follows."""
        plan, found = self._plan, {}
        for number in range(plan.channels):
            slack, discord = f"C9{number:03d}", str(910_000_000_000_000_000 + number)
            self._slack.add_channel(slack, f"count-{number}")
            self._discord.world.add_channel(discord, f"count-{number}")
            for key in (("slack", slack), ("discord", discord)):
                few = min(chance.randint(10, 60), len(plan.counts) // 2)
                found[key] = plan.counts if number % 10 == 0 else chance.sample([*plan.counts], few)
        return found

    async def run(self) -> Outcome:
        """Live through it."""
        plan = self._plan
        listed = [
            (on, id, () if only is plan.counts else only)
            for (on, id), only in self._channels.items()
        ]
        text = night_file(plan.counts, listed)
        (self._folder / "night.toml").write_text(text, encoding="utf-8")
        clock = FastClock(self._folder / "clock", start=plan.start, speed=plan.speed, anew=True)
        log = self._folder / "teller.log"
        async with self._slack, self._discord, self._teller(clock, log) as process:
            began = time.monotonic()
            cpu = _cpu_seconds(process.pid)
            await self._put_up_boards()
            clock.begin()
            await self._results(clock)
            found = await self._arrived()
            seconds = time.monotonic() - began
            cpu = _cpu_seconds(process.pid) - cpu
            peak = _peak_megabytes(process.pid)
            process.terminate()
            status = await process.wait()
        written = log.read_text(encoding="utf-8")
        ledgers = self._ledgers.values()
        return Outcome(
            plan=plan,
            faults=[*self._log.faults, *found, *self._of_boards()],
            refused=self._refused(),
            results=len(self._log.confirmed),
            alerts=sum(len(each) for one in ledgers for each in one.alerts.values()),
            posted=sum(one.posted for one in ledgers),
            changed=sum(one.changed for one in ledgers),
            seconds=seconds,
            questioned=self._log.questioned,
            behind=self._log.behind,
            answers=self._log.answers,
            ages=[
                age
                for on, ledger in self._ledgers.items()
                for age in ages(self._of(on), ledger, self._log.confirmed)
            ],
            redraws=sum(len(each) for one in ledgers for each in one.redraws.values()),
            fewest_seconds=min(self._gaps().values(), default=float("inf")),
            megabytes=peak,
            cpu=cpu,
            status=status,
            broken=len(_BROKEN.findall(written)),
        )

    @asynccontextmanager
    async def _teller(
        self, clock: FastClock, log: Path
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Teller in a process of its own, once it hears."""
        env = environment(
            PYTHONPATH=str(ROOT),
            SLACK_BOT_TOKEN=self._slack.bot_token,
            SLACK_APP_TOKEN=self._slack.app_token,
            SLACK_API_URL=self._slack.api_url,
            DISCORD_TOKEN=self._discord.token,
            DISCORD_API_URL=self._discord.api_url,
            DISCORD_GATEWAY_URL=self._discord.gateway.url,
            DESK=f"slack:{ADA},discord:{BEA}",
            # Five minutes of this night are soon over.
            ROUND_UP_ITEMS="1000",
            **clock.environment,
        )
        with log.open("wb") as written:
            process = await asyncio.create_subprocess_exec(
                *PROGRAM,
                *("run", "--night", "night.toml"),
                cwd=self._folder,
                env=env,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=written,
                stderr=written,
            )
        try:
            await self._slack.connected(within=LONGEST_START)
            await self._discord.gateway.connected(within=LONGEST_START)
            yield process
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    # The desks

    async def _put_up_boards(self) -> None:
        """In the first channels of each platform."""
        for on, room in (("slack", self._slack), ("discord", self._discord)):
            for channel in [*self._of(on)][: self._plan.boards]:
                answer = await room.ask(channel, "board", PATIENCE)
                if answer is None or "A board stands here now" not in answer:
                    self._log.faults.append(f"no board in {channel}: {answer}")

    async def _results(self, clock: FastClock) -> None:
        """Each result is put in when it is declared, by the next desk that is free."""
        waiting = deque(self._plan.declared)

        async def desk(number: int) -> None:
            while waiting:
                count = waiting.popleft()
                await clock.sleep((count.declared - clock.now()).total_seconds())
                late = (clock.now() - count.declared).total_seconds() / clock.speed
                self._log.behind = max(self._log.behind, late)
                await self._put_in(number, count)

        async with asyncio.TaskGroup() as tasks:
            reporting = tasks.create_task(self._report(clock))
            async with asyncio.TaskGroup() as desks:
                for number in range(self._plan.desks):
                    desks.create_task(desk(number))
            reporting.cancel()

    async def _put_in(self, desk: int, count: Count) -> None:
        """One records a result in Slack, another confirms it in Discord."""
        here, there = f"C8{desk:03d}", _desk_in_discord(desk)
        shown = await self._answered(self._slack.ask(here, count.words, PATIENCE))
        if QUESTIONED in shown and (found := _NUMBER.search(shown)):
            self._log.questioned += 1
            shown = await self._answered(self._slack.ask(here, f"insist {found[1]}", PATIENCE))
        found = _NUMBER.search(shown)
        if found is None:
            self._log.faults.append(f"“{count.words}” was answered with: {shown[:300]}")
            return
        begun = time.time()
        told = await self._answered(self._discord.ask(there, f"confirm {found[1]}", PATIENCE))
        if "Confirmed" not in told:
            self._log.faults.append(f"{count.name} was not confirmed: {told[:300]}")
            return
        self._log.confirmed[count.name] = Confirmed(seat=count.name, begun=begun, done=time.time())

    async def _answered(self, asking: Awaitable[str | None]) -> str:
        began = time.monotonic()
        answer = await asking
        self._log.answers.append(time.monotonic() - began)
        return answer or "nothing"

    async def _report(self, clock: FastClock) -> None:
        while True:
            await asyncio.sleep(20)
            ledgers = self._ledgers.values()
            told = sum(len(each) for one in ledgers for each in one.alerts.values())
            self._say(
                f"{uk_clock(clock.now())}: {len(self._log.confirmed)} of "
                f"{len(self._plan.declared)} declared, {told:,} alerts and "
                f"{sum(one.posted + one.changed for one in ledgers):,} messages in all"
            )

    # The judge

    def _of(self, on: str) -> dict[str, frozenset[str]]:
        """The seats that channels of a platform follow."""
        return {
            id: frozenset(count.name for count in only)
            for (platform, id), only in self._channels.items()
            if platform == on
        }

    def _faults(self) -> list[str]:
        counts = {count.name: count for count in self._plan.counts}
        return [
            fault
            for on, ledger in self._ledgers.items()
            for fault in (
                *faults(self._of(on), ledger, self._log.confirmed, counts),
                *ledger.changed_alerts,
                *(
                    f"{channel}: its board counts {counted}"
                    for channel, counted in ledger.counted.items()
                    if counted != len(self._log.confirmed)
                ),
            )
        ]

    async def _arrived(self) -> list[str]:
        """Wait until all has arrived; what is wrong with it."""
        until = time.monotonic() + AT_LAST
        found = self._faults()
        while found and time.monotonic() < until:
            await asyncio.sleep(0.5)
            found = self._faults()
        return found

    def _gaps(self) -> dict[str, float]:
        """The least seconds of the night between two redraws of a board, by its channel."""
        return {
            channel: shortest_gap(times) * self._plan.speed
            for ledger in self._ledgers.values()
            for channel, times in ledger.redraws.items()
        }

    def _of_boards(self) -> Iterator[str]:
        """Boards that came more often than they may."""
        for channel, seconds in self._gaps().items():
            if seconds < REDRAW.total_seconds():
                yield f"{channel}: its board was drawn anew after {seconds:.1f} seconds"

    def _refused(self) -> list[str]:
        calls = self._slack.calls
        words = [call.answer["error"] for call in calls if not call.answer.get("ok", True)]
        return words + self._discord.violations


def _desk_in_discord(number: int) -> str:
    return str(920_000_000_000_000_000 + number)


def _cpu_seconds(pid: int) -> float:
    """What a process has used, in all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _peak_megabytes(pid: int) -> float:
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024
