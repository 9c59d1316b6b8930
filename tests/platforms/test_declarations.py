"""A declaration with its picture, drawn for real, in every kind of channel at once."""

import asyncio
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot import nights
from bot.app import Rooms, open_rooms
from bot.asking import ScriptReader
from bot.chat.ask import Ask, Channel, Follow, Following
from bot.chat.post import Post
from bot.clocks import StoppedClock
from bot.courier import drain
from bot.platforms.discord.connection import addressed
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from bot.ports import Platform
from tests.discord.server import StandInDiscord
from tests.platforms.charts import TURNOUT, size
from tests.platforms.discord.connected import COUNT_NIGHT, connected
from tests.platforms.slack.connected import over_socket
from tests.rooms import at
from tests.slack.server import StandInSlack
from tests.test_count_desk import ANN, BOB, RESULT
from tests.wire import RecordingPlatform

NEWSROOM = Channel(platform="slack", id="C9")
WRONG = RESULT.replace("11,719", "11,791")
PHONE = 1_080


@asynccontextmanager
async def counting(
    database: Path, *platforms: Platform, channels: tuple[Channel, ...], mark: str = ""
) -> AsyncIterator[Rooms]:
    """A whole Teller shortly before Tamworth declares, with its people at the desk."""
    clock = StoppedClock(at("02:45"))
    follows = frozenset({Follow.DECLARATIONS})
    async with open_rooms(
        night=replace(nights.bundled_night(), blogs=(), following=()),
        database_url=f"sqlite:///{database}",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
        platforms=platforms,
        following=[Following(channel=one, follows=follows) for one in channels],
        mark=mark,
    ) as rooms:
        await rooms.changed()
        yield rooms


async def declares(rooms: Rooms, result: str) -> None:
    """One records a result, another confirms it, and it goes out."""
    for who, words in ((ANN, f"record result Tamworth {result}"), (BOB, "confirm result Tamworth")):
        reply = await rooms.desk.answer(Ask(text=words, author=who, channel=NEWSROOM))
        assert not reply.error, reply.title
        if reply.title.startswith("Tamworth: this needs a second look"):
            await rooms.desk.answer(Ask(text=f"insist {reply.value}", author=who, channel=NEWSROOM))
    for lane in await rooms.store.outbox.waiting():
        await drain(lane, rooms.courier)


async def test_a_declaration_shows_its_picture_in_every_channel(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(StandInSlack())
        slack.add_channel("C2", "pictures")
        discord = await stack.enter_async_context(StandInDiscord())
        stack.enter_context(addressed(discord.api_url, discord.gateway.url))
        client = await stack.enter_async_context(open_client(slack.bot_token, slack.api_url))
        screen = io.StringIO()
        terminal = TerminalPlatform(
            console=make_console(file=screen, width=80),
            log=MessageLog(),
            clock=StoppedClock(at("02:45")),
            completions=tuple,
            interactive=False,
        )
        rooms = await stack.enter_async_context(
            counting(
                tmp_path / "teller.db",
                SlackPlatform(workspaces=OneWorkspace(client), connection=over_socket(slack)),
                await stack.enter_async_context(connected(discord)),
                terminal,
                channels=(
                    Channel(platform="slack", id="C1"),
                    Channel(platform="slack", id="C2"),
                    Channel(platform="discord", id=COUNT_NIGHT),
                    terminal.channel,
                ),
            )
        )

        def shown() -> Iterator[tuple[bytes, str]]:
            """The declaration's picture in each channel that shows it, with its words."""
            for id in ("C1", "C2"):
                (image,) = [
                    block
                    for block in slack.channel(id).messages[0]["blocks"]
                    if block["type"] == "image"
                ]
                yield slack.files[image["slack_file"]["id"]]["content"], image["alt_text"]
            (file,) = discord.channel(COUNT_NIGHT).messages[0]["attachments"]
            yield discord.world.files[file["url"]], file["description"]

        # The process that draws takes a while to start, on a busy machine more than one try.
        async with asyncio.timeout(60):
            while await rooms.pictures.draw(TURNOUT) is None:
                """Another one is started."""
        await declares(rooms, WRONG)
        wrong, *others = shown()
        assert others == [wrong, wrong]
        assert size(wrong[0])[0] == PHONE
        assert "Sarah Edwards (Lab) 46.0% · 11,791" in wrong[1]

        await declares(rooms, RESULT)
        right, *others = shown()
        assert others == [right, right]
        assert right[0] != wrong[0]
        assert "Sarah Edwards (Lab) 45.8% · 11,719" in right[1]
        # Each of the two was uploaded once for both channels.
        assert len(slack.files) == 2
        # All that the bars say stands in the terminal's words already.
        assert "█" not in screen.getvalue()
        assert "chart result Tamworth" in screen.getvalue()


async def test_a_picture_of_a_rehearsal_says_so_itself(tmp_path: Path) -> None:
    """It may be sent on without the words around it."""
    platform = RecordingPlatform()
    here = Channel(platform=platform.name, id="here")
    database = tmp_path / "teller.db"
    async with counting(database, platform, channels=(here,), mark="REHEARSAL") as rooms:
        await declares(rooms, RESULT)
    (post,) = platform.standing.values()
    assert isinstance(post, Post)
    assert post.chart is not None
    assert post.chart.title == "REHEARSAL: Tamworth: share of the vote"
