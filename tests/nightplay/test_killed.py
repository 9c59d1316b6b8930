"""The same night with the real process, which is killed now and then."""

from pathlib import Path

from tests.nightplay.killing import play
from tests.torture.seeds import seed

KILLS = 3


async def test_a_night_through_kills_is_played_to_its_end_and_nothing_stands_twice(tmp_path: Path):
    outcome = await play(seed(), KILLS, tmp_path)
    assert outcome.kills == KILLS
    assert outcome.ended_by_itself == []
    assert outcome.refused == []
