"""The short form of the torture, on a SQLite file."""

from tests.torture.night import Night
from tests.torture.plan import Plan
from tests.torture.seeds import seed


async def test_two_thousand_items_arrive_once_and_in_order_over_thirty_kills(tmp_path):
    plan = Plan(seed=seed(), kills=30, last_stand=9.0)
    outcome = await Night(plan, tmp_path).run()
    assert outcome.verdict.good, str(outcome)
    assert outcome.kills >= 30
    assert outcome.items >= 2_000
    assert outcome.ended_by_itself == []
    assert outcome.violations == []
