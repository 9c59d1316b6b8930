"""What arrived in which channel when, and the judge of it."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.discord.world import Json
from tests.electionnight.counts import Count

BOARD, DECLARATION = "Tonight’s board", "🗳️ "
_MAJORITY = re.compile(r"Majority ([\d,]+)")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A declaration alert that arrived: of which seat, at which Unix time, with which majority."""

    message: str
    seat: str
    at: float
    majority: int | None


@dataclass(kw_only=True)
class Ledger:
    """What arrived on one platform, by channel: alerts, times of a board's redraws, all else."""

    alerts: dict[str, list[Alert]] = field(default_factory=lambda: defaultdict(list))
    redraws: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    posted: int = 0
    changed: int = 0
    changed_alerts: list[str] = field(default_factory=list)
    _seen: set[tuple[str, str]] = field(default_factory=set)

    def took(self, channel: str, id: str, message: Json) -> None:
        """A message is new, or was changed."""
        words = _heading(message)
        new = (channel, id) not in self._seen
        self.posted += new
        self.changed += not new
        self._seen.add((channel, id))
        if BOARD in words:
            if not new:
                self.redraws[channel].append(time.time())
        elif words.startswith(DECLARATION):
            seat = words.removeprefix(DECLARATION).partition(":")[0]
            if not new:
                self.changed_alerts.append(f"{channel}: {seat}")
                return
            found = _MAJORITY.search(json.dumps(message, ensure_ascii=False))
            majority = None if found is None else int(found[1].replace(",", ""))
            self.alerts[channel].append(
                Alert(message=id, seat=seat, at=time.time(), majority=majority)
            )


def _heading(message: Json) -> str:
    """The heading of a message on either platform, with its sign."""
    if "content" in message:
        words: str = message["content"]
        return words
    first = (message.get("blocks") or [{}])[0]
    found: str = first["text"]["text"] if first.get("type") == "header" else message["text"]
    return found


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """When a result was confirmed: between its confirmation's sending and its answer (Unix)."""

    seat: str
    begun: float
    done: float


def faults(
    channels: Mapping[str, Collection[str]],
    ledger: Ledger,
    confirmed: Mapping[str, Confirmed],
    counts: Mapping[str, Count],
) -> Iterator[str]:
    """What is wrong with what arrived in channels that follow these seats; a sentence each."""
    for channel, seats in channels.items():
        arrived = ledger.alerts.get(channel, [])
        told = [alert.seat for alert in arrived]
        wanted = {seat for seat in confirmed if seat in seats}
        if missing := wanted - set(told):
            yield f"{channel} lacks {len(missing)} of {len(wanted)}, as {sorted(missing)[:3]}"
        if strange := set(told) - wanted:
            yield f"{channel} has what it does not follow: {sorted(strange)[:3]}"
        if len(told) != len(set(told)):
            yield f"{channel} has {len(told) - len(set(told))} twice"
        for alert in arrived:
            count = counts.get(alert.seat)
            if count is not None and alert.majority != count.majority:
                yield f"{channel}: {alert.seat} has a majority of {alert.majority}"
        latest: Confirmed | None = None
        for seat in told:
            one = confirmed.get(seat)
            if one is None:
                continue
            if latest is not None and one.done < latest.begun:
                yield f"{channel}: {latest.seat} stands before {seat}, which was confirmed first"
            if latest is None or one.begun > latest.begun:
                latest = one


def ages(
    channels: Mapping[str, Collection[str]], ledger: Ledger, confirmed: Mapping[str, Confirmed]
) -> list[float]:
    """Seconds of the wall from a confirmation's sending until its alert stood, of all alerts."""
    return [
        alert.at - confirmed[alert.seat].begun
        for channel in channels
        for alert in ledger.alerts.get(channel, [])
        if alert.seat in confirmed
    ]


def shortest_gap(drawn: Sequence[float]) -> float:
    """The least seconds between two redraws of a board; infinite where there were no two."""
    return min((after - before for before, after in pairwise(drawn)), default=float("inf"))
