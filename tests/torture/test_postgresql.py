"""The short form of the torture on PostgreSQL: three processes, of which some fall asleep."""

import pytest

from tests.discord.world import NONCE_WINDOW
from tests.torture.night import Night
from tests.torture.plan import RUN, Plan
from tests.torture.seeds import seed

# One follows the blog and delivers, the others only deliver.
WORK = ("work",)
LEASE_SECONDS = 12.0


@pytest.mark.parametrize("bare_url", ["postgresql"], indirect=True)
async def test_three_processes_deliver_once_and_in_order_when_one_sleeps_past_its_lease(
    bare_url, tmp_path
):
    plan = Plan(
        seed=seed(),
        commands=(RUN, WORK, WORK),
        kills=10,
        sleeps=1,
        sleep_seconds=LEASE_SECONDS + 2,
        nonce_window=NONCE_WINDOW,
        database_url=bare_url,
    )
    outcome = await Night(plan, tmp_path).run()
    assert outcome.verdict.good, str(outcome)
    assert outcome.kills >= 10
    assert outcome.sleeps == 1
    assert outcome.ended_by_itself == []
    assert outcome.violations == []
