"""What the courier counts, for whoever watches it: Prometheus' counters and gauges."""

from collections.abc import Sequence
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.lanes import LaneOnRecord

_BY = ("platform",)


class Counts:
    """Counters of messages and gauges of queues, by platform, in a registry that is given.

    A platform is there from its first message or its first lane on.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, what: str) -> Counter:
            return Counter(name, what, _BY, registry=registry)

        def gauge(name: str, what: str) -> Gauge:
            return Gauge(name, what, _BY, registry=registry)

        self._sent = counter("teller_messages_sent", "Messages that were sent, edits included.")
        self._retried = counter("teller_messages_retried", "Attempts that failed and come again.")
        self._adopted = counter(
            "teller_messages_adopted", "Messages that were found standing after a kill."
        )
        self._dead = counter("teller_messages_dead", "Messages that will never be sent.")
        self._folded = counter(
            "teller_messages_folded", "Versions that a later one replaced before they were sent."
        )
        self._age = gauge("teller_queue_age_seconds", "How long the oldest message has waited.")
        self._waiting = gauge("teller_queue_waiting", "Messages that wait to be sent.")
        self._suspended = gauge("teller_lanes_suspended", "Channels that take nothing now.")

    def sent(self, platform: str) -> None:
        """A message was sent or changed."""
        self._sent.labels(platform).inc()

    def retried(self, platform: str) -> None:
        """An attempt failed, and is made again."""
        self._retried.labels(platform).inc()

    def adopted(self, platform: str) -> None:
        """A message that was begun before was found standing."""
        self._adopted.labels(platform).inc()

    def dead(self, platform: str) -> None:
        """A message will never be sent: it was set aside, or somebody took it away."""
        self._dead.labels(platform).inc()

    def folded(self, platform: str, number: int) -> None:
        """So many versions were not sent, for a later one replaced them."""
        if number:
            self._folded.labels(platform).inc(number)

    def measure(self, lanes: Sequence[LaneOnRecord], now: datetime) -> None:
        """Set the gauges to how lanes stand at an instant (UTC); no lane left out."""
        for gauge in (self._age, self._waiting, self._suspended):
            gauge.clear()
        for platform in sorted({lane.channel.platform for lane in lanes}):
            of_it = [lane for lane in lanes if lane.channel.platform == platform]
            oldest = min((lane.oldest for lane in of_it if lane.oldest is not None), default=now)
            self._age.labels(platform).set(max((now - oldest).total_seconds(), 0))
            self._waiting.labels(platform).set(sum(lane.waiting for lane in of_it))
            suspended = sum(lane.suspended_at is not None for lane in of_it)
            self._suspended.labels(platform).set(suspended)
