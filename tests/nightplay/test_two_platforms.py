"""The night of 19-20 October 2023, played by two people on two platforms at once."""

from pathlib import Path

from tests.nightplay.hands import Hands
from tests.nightplay.playing import Newsrooms, Play, at_work
from tests.nightplay.script import NIGHT
from tests.rooms import at


async def test_two_people_play_the_night_and_every_channel_is_true_at_every_step(tmp_path: Path):
    hands = Hands(tmp_path / "hands", at("21:40"))
    async with Newsrooms().open() as newsrooms, at_work(newsrooms, tmp_path, hands):
        play = Play(newsrooms, hands)
        for step in NIGHT:
            await play.step(step)
    assert newsrooms.refused == []
