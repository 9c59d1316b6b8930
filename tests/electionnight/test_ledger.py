"""The judge of an election night: what is lost, doubled, out of order or wrong has a sentence."""

import pytest

from tests.electionnight.counts import counts
from tests.electionnight.ledger import Confirmed, Ledger, ages, faults, shortest_gap

FIRST, SECOND, THIRD = counts()[:3]
COUNTS = {count.name: count for count in (FIRST, SECOND, THIRD)}
CONFIRMED = {
    FIRST.name: Confirmed(seat=FIRST.name, begun=1.0, done=2.0),
    SECOND.name: Confirmed(seat=SECOND.name, begun=3.0, done=4.0),
}
CHANNELS = {"C1": frozenset({FIRST.name, SECOND.name})}


def arrived(*told, majority: int | None = None) -> Ledger:
    ledger = Ledger()
    for number, count in enumerate(told):
        words = f"Majority {count.majority if majority is None else majority:,}"
        message = {"content": f"🗳️ {count.name}: a gain", "embeds": [{"description": words}]}
        ledger.took("C1", str(number), message)
    return ledger


def found(ledger: Ledger) -> str:
    return " ".join(faults(CHANNELS, ledger, CONFIRMED, COUNTS))


def test_a_channel_with_every_alert_once_and_in_order_has_no_fault():
    ledger = arrived(FIRST, SECOND)
    assert found(ledger) == ""
    assert len(ages(CHANNELS, ledger, CONFIRMED)) == 2


@pytest.mark.parametrize(
    ("ledger", "says"),
    [
        (arrived(FIRST), "lacks 1 of 2"),
        (arrived(FIRST, SECOND, SECOND), "has 1 twice"),
        (arrived(SECOND, FIRST), "which was confirmed first"),
        (arrived(FIRST, SECOND, THIRD), "what it does not follow"),
        (arrived(FIRST, SECOND, majority=1), "has a majority of 1"),
    ],
)
def test_each_fault_has_its_sentence(ledger, says):
    assert says in found(ledger)


def test_a_board_that_is_drawn_anew_is_no_alert():
    ledger = Ledger()
    for _ in range(3):
        ledger.took("C1", "1", {"content": "📋 Tonight’s board", "embeds": []})
    assert len(ledger.redraws["C1"]) == 2
    assert not ledger.alerts
    assert shortest_gap([1.0, 16.0, 32.0]) == 15.0
