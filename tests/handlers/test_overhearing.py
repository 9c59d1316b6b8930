import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bot.chat.ask import Channel
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.errors import StoreError
from bot.ports import ChannelOnRecord
from tests.fakes import FakeChannels, FakeNewsroom
from tests.handlers.night import CATALOGUE, HERE, KNOWN, NOW, desk, question
from tests.handlers.talk import ANSWERED, LEFT_ALONE

DEAF = Channel(platform="slack", id="C2")


def listening() -> FakeChannels:
    return FakeChannels(ChannelOnRecord(channel=HERE, listens=True))


def test_the_tables_are_long_enough_to_say_something():
    assert len({text for text, _, _ in ANSWERED}) == len(ANSWERED) >= 40
    assert len(set(LEFT_ALONE)) == len(LEFT_ALONE) >= 60


@pytest.mark.parametrize(("text", "name", "contest"), ANSWERED, ids=[a[0] for a in ANSWERED])
async def test_a_plain_question_is_answered_where_the_channel_listens(text, name, contest):
    channels = listening()
    reply = await desk(channels=channels).overhear(question(text))
    assert reply is not None
    assert (reply.command, reply.contest) == (name, None if contest is None else contest.id)
    assert not reply.error
    assert channels.changes == 0


@pytest.mark.parametrize("text", LEFT_ALONE)
async def test_what_people_say_to_each_other_is_left_alone(text):
    channels = listening()
    assert await desk(channels=channels).overhear(question(text)) is None
    assert channels.changes == 0


@pytest.mark.parametrize("text", [text for text, _, _ in ANSWERED])
async def test_nothing_is_answered_where_nobody_switched_it_on(text):
    front = desk(channels=listening())
    assert await front.overhear(question(text, channel=DEAF)) is None
    assert front.answered == 0


async def test_nothing_is_overheard_where_nothing_can_be_set():
    shell = Desk(
        catalogue=CATALOGUE,
        newsroom_at=lambda at: FakeNewsroom(KNOWN, at),
        clock=StoppedClock(NOW),
    )
    assert await shell.overhear(question("turnout Tamworth")) is None


async def test_what_breaks_while_overhearing_is_in_the_log_and_not_in_the_channel():
    class Broken(FakeChannels):
        async def listens(self, channel: Channel) -> bool:
            raise StoreError("The database is gone.")

    with capture_logs() as lines:
        assert await desk(channels=Broken()).overhear(question("turnout Tamworth")) is None
    assert [line["event"] for line in lines] == ["desk.broke"]
    assert "turnout" not in str(lines)


WORDS = """
turnout Tamworth mid beds ? ! who won has declared follow remind us at 01:30 only what a status
https://news.example/live the will be in … and is when latest
"""


@given(st.text(max_size=600) | st.lists(st.sampled_from(WORDS.split()), max_size=12).map(" ".join))
async def test_whatever_is_said_nothing_breaks_or_changes(text):
    channels = listening()
    with capture_logs() as lines:
        reply = await desk(channels=channels).overhear(question(text))
    assert lines == []
    assert reply is None or not reply.error
    assert channels.changes == 0
