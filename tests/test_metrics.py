import socket

import pytest
from aiohttp import ClientConnectionError, ClientSession
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from bot.chat.ask import Channel
from bot.courier.counts import Counts
from bot.errors import SettingsError
from bot.lanes import LaneOnRecord
from bot.metrics import serving_metrics
from tests.rooms import at

HOST, NOW = "127.0.0.1", at("00:41")


async def nothing() -> None:
    pass


async def read(port: int) -> dict[str, float]:
    """Every number that is served now, by name and platform."""
    async with (
        ClientSession() as client,
        client.get(f"http://{HOST}:{port}/metrics") as response,
    ):
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain")
        return {
            f"{sample.name} {sample.labels.get('platform')}": sample.value
            for family in text_string_to_metric_families(await response.text())
            for sample in family.samples
        }


async def test_what_was_counted_is_read_over_http():
    registry = CollectorRegistry()
    counts = Counts(registry)
    async with serving_metrics(registry, host=HOST, port=0, measure=nothing) as port:
        assert "teller_messages_sent_total slack" not in await read(port)
        counts.sent("slack")
        counts.folded("discord", 4)
        found = await read(port)
    assert found["teller_messages_sent_total slack"] == 1
    assert found["teller_messages_folded_total discord"] == 4


async def test_queues_are_measured_at_each_look():
    registry = CollectorRegistry()
    counts = Counts(registry)
    waiting = [3, 1]

    async def measure() -> None:
        lane = LaneOnRecord(
            channel=Channel(platform="slack", id="C1"), waiting=waiting.pop(0), oldest=NOW
        )
        counts.measure([lane], NOW)

    async with serving_metrics(registry, host=HOST, port=0, measure=measure) as port:
        assert (await read(port))["teller_queue_waiting slack"] == 3
        assert (await read(port))["teller_queue_waiting slack"] == 1


async def test_nothing_listens_once_it_is_left_and_the_port_can_be_had_again():
    for _ in range(2):
        async with serving_metrics(CollectorRegistry(), host=HOST, port=0, measure=nothing) as port:
            await read(port)
        with pytest.raises(ClientConnectionError):
            await read(port)
    async with serving_metrics(CollectorRegistry(), host=HOST, port=port, measure=nothing) as same:
        assert same == port


async def test_a_port_that_is_taken_is_a_sentence():
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"127.0.0.1:{port}.*METRICS_PORT"):
            async with serving_metrics(CollectorRegistry(), host=HOST, port=port, measure=nothing):
                raise AssertionError("two listen on one port")
