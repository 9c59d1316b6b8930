from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from bot.chat.ask import Channel
from bot.courier.counts import Counts
from bot.lanes import LaneOnRecord
from tests.rooms import at

NOW = at("00:41")


def lane(id: str, platform: str = "slack", **facts) -> LaneOnRecord:
    return LaneOnRecord(channel=Channel(platform=platform, id=id), **facts)


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


def value(registry: CollectorRegistry, name: str, platform: str = "slack") -> float | None:
    return registry.get_sample_value(name, {"platform": platform})


@pytest.mark.parametrize("what", ["sent", "retried", "adopted", "dead"])
def test_each_thing_is_counted_by_its_platform(registry, what):
    counts = Counts(registry)
    for platform in ("slack", "discord", "slack"):
        getattr(counts, what)(platform)
    name = f"teller_messages_{what}_total"
    assert (value(registry, name), value(registry, name, "discord")) == (2, 1)


def test_versions_that_were_folded_are_counted_together(registry):
    counts = Counts(registry)
    counts.folded("slack", 3)
    counts.folded("slack", 0)
    assert value(registry, "teller_messages_folded_total") == 3


def test_queues_are_measured_by_platform_from_the_oldest_message_on(registry):
    counts = Counts(registry)
    lanes = [
        lane("C1", waiting=2, oldest=NOW - timedelta(seconds=30)),
        lane("C2", waiting=5, oldest=NOW - timedelta(seconds=90), suspended_at=NOW),
        lane("C3"),
        lane("1", "discord"),
    ]
    counts.measure(lanes, NOW)
    assert value(registry, "teller_queue_waiting") == 7
    assert value(registry, "teller_queue_age_seconds") == 90
    assert value(registry, "teller_lanes_suspended") == 1
    assert value(registry, "teller_queue_waiting", "discord") == 0
    assert value(registry, "teller_queue_age_seconds", "discord") == 0


def test_a_queue_that_is_empty_again_has_no_age_and_a_platform_that_left_is_gone(registry):
    counts = Counts(registry)
    old = NOW - timedelta(hours=1)
    counts.measure([lane("C1", waiting=1, oldest=old), lane("1", "discord")], NOW)
    counts.measure([lane("C1")], NOW)
    assert value(registry, "teller_queue_age_seconds") == 0
    assert value(registry, "teller_queue_waiting", "discord") is None


def test_clocks_that_differ_give_no_negative_age(registry):
    Counts(registry).measure([lane("C1", waiting=1, oldest=NOW + timedelta(seconds=5))], NOW)
    assert value(registry, "teller_queue_age_seconds") == 0


def test_two_couriers_in_one_process_count_apart(registry):
    other = CollectorRegistry()
    Counts(registry).sent("slack")
    Counts(other)
    assert value(other, "teller_messages_sent_total") is None
