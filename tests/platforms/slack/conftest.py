"""Teller in a stand-in Slack: the real client and app, a desk that knows the bundled night."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot import nights
from bot.app import Rooms, open_rooms
from bot.asking import ScriptReader, play_to
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from tests.platforms.slack.connected import MODES, Mode, over_socket, talking
from tests.slack.server import StandInSlack

NOW = datetime.fromisoformat("2023-10-20T00:45+01:00")


def rooms_by(clock: StoppedClock, database: Path) -> AbstractAsyncContextManager[Rooms]:
    """The bundled night in a database."""
    return open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{database}",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
        following=(),
    )


@pytest.fixture(scope="session")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was known of the bundled night by 00:45."""
    database = tmp_path_factory.mktemp("night") / "teller.db"

    async def gather() -> None:
        clock = StoppedClock(nights.begins())
        async with rooms_by(clock, database) as rooms:
            await play_to(NOW, rooms, clock)

    asyncio.run(gather())
    return database


@pytest.fixture
async def desk(gathered: Path, tmp_path: Path) -> AsyncIterator[Desk]:
    """The desk at 00:45 on the night."""
    database = Path(shutil.copy(gathered, tmp_path / "desk.db"))
    async with rooms_by(StoppedClock(NOW), database) as rooms:
        yield rooms.desk


@pytest.fixture
async def slack() -> AsyncIterator[StandInSlack]:
    """A workspace where nothing has happened yet."""
    async with StandInSlack(redeliver_after=(0.0, 0.1)) as standing:
        yield standing
        await standing.settled()


@pytest.fixture
async def client(slack: StandInSlack) -> AsyncIterator[AsyncWebClient]:
    """Teller's own client of that workspace."""
    async with open_client(slack.bot_token, slack.api_url) as opened:
        yield opened


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> Mode:
    """One test for each way in which Slack's events come."""
    return request.param


@pytest.fixture
async def teller(
    slack: StandInSlack, client: AsyncWebClient, desk: Desk, mode: Mode
) -> AsyncIterator[None]:
    """Teller at 00:45, listening."""
    async with talking(slack, client, desk, mode):
        yield


@pytest.fixture
def platform(slack: StandInSlack, client: AsyncWebClient) -> SlackPlatform:
    """Teller's platform, to post by."""
    return SlackPlatform(workspaces=OneWorkspace(client), connection=over_socket(slack))
