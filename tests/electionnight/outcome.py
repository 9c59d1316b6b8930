"""How large an election night is, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.benchmarks.report import percentile
from tests.electionnight.counts import Count, has_expected_times


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How large a night is. `boards` is how many channels of each platform have a board.

    Of `channels` on each platform one in ten follows all counts, and the others some ten to sixty.
    All `counts` vote, and the results of those in `declared` are put in, from `start` on.
    """

    counts: Sequence[Count]
    declared: Sequence[Count]
    channels: int = 100
    boards: int = 10
    desks: int = 6
    speed: float = 60.0
    start: datetime
    seed: int = 20240704


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a night."""

    plan: Plan
    faults: Sequence[str]
    refused: Sequence[str]
    results: int
    alerts: int
    posted: int
    changed: int
    seconds: float
    questioned: int
    behind: float
    answers: Sequence[float]
    ages: Sequence[float]
    redraws: int
    fewest_seconds: float
    megabytes: float
    cpu: float
    status: int | None
    broken: int

    @property
    def good(self) -> bool:
        return not (self.faults or self.refused or self.broken or self.status)

    def __str__(self) -> str:
        """A table, and below it each fault in a sentence."""

        def spread(values: Sequence[float]) -> str:
            shares = [percentile(values, share) for share in (0.5, 0.99)] if values else [0.0, 0.0]
            return (
                f"p50 {shares[0]:.2f} s, p99 {shares[1]:.2f} s, max {max(values, default=0):.2f} s"
            )

        plan = self.plan
        times = "of 2015" if has_expected_times() else "derived from the declarations"
        rows = {
            "night": f"{len(plan.counts)} counts, expected times {times}, {plan.speed:g} × speed",
            "channels": f"{plan.channels} in Slack, {plan.channels} in Discord",
            "took": f"{self.seconds:.0f} s; the desks were {self.behind:.1f} s behind at most",
            "put in": f"{self.results} results, {self.questioned} insisted on; "
            f"answers {spread(self.answers)}",
            "arrived": f"{self.alerts:,} alerts; {self.posted:,} posts, {self.changed:,} changes",
            "queue age": spread(self.ages),
            "boards": f"{self.redraws:,} redraws, {self.fewest_seconds:.1f} s of the night apart "
            "at least",
            "memory": f"{self.megabytes:.0f} MB at its peak",
            "CPU": f"{self.cpu:.0f} s, {100 * self.cpu / self.seconds:.0f}% of one core",
            "faults": f"{len(self.faults)}, refused {len(self.refused)}, broken {self.broken}",
        }
        told = [f"{name:>10}  {value}" for name, value in rows.items()]
        return "\n".join([*told, *self.faults[:20], *self.refused[:5]])
