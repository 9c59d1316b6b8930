"""Each guard of the courier is needed: a night without it goes wrong, in the way it guards from."""

from tests.torture.night import Night
from tests.torture.plan import Plan
from tests.torture.standins import Odds

# So many answers are lost that nobody needs luck to see what comes of it.
UNHEARD = Odds(cut_after=12, cut_before=0, too_many=0, broken=0, unavailable=0, late=0)


async def test_without_the_look_up_messages_are_doubled(tmp_path):
    plan = Plan(
        seed=7,
        silence=5.0,
        kills=3,
        steps=6,
        versions=14,
        channels=5,
        odds=UNHEARD,
        without="look_up",
    )
    outcome = await Night(plan, tmp_path).run()
    assert outcome.verdict.doubled, str(outcome)
