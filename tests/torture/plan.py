"""How bad a night of torture is to be, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.torture.judge import Verdict
from tests.torture.standins import USUAL, Odds

RUN = ("run", "--night", "night.toml")


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How bad a night is.

    `commands` are those of the processes, one each; `sleeps` times one of them is stopped for
    `sleep_seconds` and woken. That, and most kills, happen within `most_ticks` of the traffic, of
    which the look at every channel that was being posted to takes some fifty. `without` names a
    guard that they have not, as in `without/`.

    A backlog of more than ten items that are five minutes old becomes one message: on a night that
    is long enough for that, the blog has to wait for a channel that is `most_behind`.

    `seconds` is how long the script is told at least, and `limit` how long that and the kills may
    take at most. Then all is well again for as long as `patience` at most, or until nothing has
    moved for `silence`: what is missing then does not come. `last_stand` is how long the program is
    left alone before that, in bad weather, so that answers also come too late for it.

    Discord knows a nonce for `nonce_window` seconds: with none, what may stand is found in history
    alone. A process that is stopped between its last look at the clock and its socket is what only
    the nonce helps against.
    """

    seed: int
    kills: int = 30
    steps: int = 18
    most_behind: int = 30
    versions: int = 52
    channels: int = 25
    most_ticks: int = 400
    commands: tuple[tuple[str, ...], ...] = (RUN,)
    sleeps: int = 0
    sleep_seconds: float = 0.0
    seconds: float = 0.0
    limit: float = 180.0
    patience: float = 60.0
    silence: float = 25.0
    last_stand: float = 0.0
    restart_every: tuple[float, float] = (5.0, 12.0)
    odds: Odds = USUAL
    nonce_window: float = 0.0
    database_url: str | None = None
    without: str = ""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class Outcome:
    """What came of a night."""

    plan: Plan
    verdict: Verdict
    lanes: int
    items: int
    kills: int
    sleeps: int
    restarts: int
    looks: int
    messages: int
    changes: int
    requests: int
    happened: Mapping[str, int]
    seconds: float
    settled_after: float
    ended_by_itself: list[str]
    violations: list[str]

    def __str__(self) -> str:
        """A table, and below it each fault in a sentence."""
        happened = ", ".join(f"{way} {count}" for way, count in sorted(self.happened.items()))
        rows = {
            "seed": self.plan.seed,
            "items": f"{self.items:,} to {self.lanes} channels",
            "processes": len(self.plan.commands),
            "killed": f"{self.kills} times",
            "stopped and woken": f"{self.sleeps} times",
            "stand-ins": f"{self.requests:,} requests, {self.restarts} restarts; {happened}",
            "messages": f"{self.messages:,} stand; posted or changed {self.changes:,} times",
            "looks at the blog": self.looks,
            "took": f"{self.seconds:.0f} s, the last {self.settled_after:.1f} s in good weather",
            **{name: len(found) for name, found in self.verdict.faults.items()},
        }
        told = [f"{name:>18}  {value}" for name, value in rows.items()]
        told += [f"ended by itself: {how}" for how in self.ended_by_itself]
        return "\n".join(told if self.verdict.good else [*told, str(self.verdict)])
