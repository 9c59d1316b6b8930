"""What works on one platform works on all of them, and the page that says so is up to date."""

import io
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.app import read_catalogue
from bot.chat.command import Command
from bot.clocks import StoppedClock
from bot.parity import page
from bot.platforms.discord.commands import listed
from bot.platforms.slack.conversation import COMMAND
from bot.platforms.slack.opening import open_client
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from tests.platforms.discord.talking import FullDesk
from tests.platforms.discord.talking import talking as talking_in_discord
from tests.platforms.slack.connected import talking as talking_in_slack
from tests.platforms.slack.connected import words
from tests.slack.server import StandInSlack

CATALOGUE = read_catalogue()
EXAMPLES = {command.name: command.examples[0] for command in CATALOGUE.commands}
ANSWER = "You asked"
PAGE = Path(__file__).parent.parent / "docs" / "commands.md"


async def at_the_terminal(desk: FullDesk) -> int:
    read, write = os.pipe()
    os.write(write, "\n".join(EXAMPLES.values()).encode())
    os.close(write)
    screen = io.StringIO()
    terminal = TerminalPlatform(
        console=make_console(file=screen, width=80),
        log=MessageLog(),
        clock=StoppedClock(datetime(2023, 10, 20, tzinfo=UTC)),
        completions=tuple,
        interactive=False,
        stdin=read,
    )
    await terminal.run(desk)
    return screen.getvalue().count(ANSWER)


async def in_slack_by_mention(desk: FullDesk) -> int:
    async with (
        StandInSlack() as slack,
        open_client(slack.bot_token, slack.api_url) as client,
        talking_in_slack(slack, client, desk),
    ):
        asked = [await slack.mention(example) for example in EXAMPLES.values()]
        replies = slack.channel("C1").replies
        await slack.until(lambda: all(replies(said.ts) for said in asked))
        return sum(ANSWER in words(replies(said.ts)[0]) for said in asked)


async def in_slack_by_slash(desk: FullDesk) -> int:
    async with (
        StandInSlack() as slack,
        open_client(slack.bot_token, slack.api_url) as client,
        talking_in_slack(slack, client, desk),
    ):
        for example in EXAMPLES.values():
            await slack.slash(COMMAND, example)
        answers = slack.channel("C1").ephemerals
        await slack.until(lambda: len(answers) == len(EXAMPLES))
        return sum(ANSWER in words(answer) for answer in answers)


async def in_discord_by_mention(desk: FullDesk) -> int:
    async with talking_in_discord(desk) as scene:
        for example in EXAMPLES.values():
            await scene.editor.send(scene.channel, f"{scene.me} {example}")
        return sum(ANSWER in said.content for said in scene.said())


async def in_discord_by_slash(desk: FullDesk) -> int:
    async with talking_in_discord(desk) as scene:
        for slash in listed(desk.commands()):
            given = EXAMPLES[slash.command.name].removeprefix(slash.command.name).strip()
            options = {slash.option: given} if slash.option and given else {}
            await scene.editor.slash(scene.channel, slash.name, **options)
        return sum(ANSWER in said.content for said in scene.said())


@pytest.mark.parametrize(
    "ask",
    [
        at_the_terminal,
        in_slack_by_mention,
        in_slack_by_slash,
        in_discord_by_mention,
        in_discord_by_slash,
    ],
    ids=lambda ask: ask.__name__,
)
async def test_every_command_works_there(ask: Callable[[FullDesk], Awaitable[int]]):
    desk = FullDesk()
    assert await ask(desk) == len(EXAMPLES)
    assert sorted(asked.text for asked in desk.asked) == sorted(EXAMPLES.values())


@pytest.mark.parametrize("command", CATALOGUE.commands, ids=lambda c: c.name)
def test_the_words_of_the_table_mean_the_command(command: Command):
    matched = CATALOGUE.match(EXAMPLES[command.name])
    assert matched is not None
    assert matched.command is command


def test_the_page_of_commands_is_up_to_date():
    again = "write it again with: .venv/bin/python -m bot.parity > docs/commands.md"
    assert PAGE.read_text(encoding="utf-8") == page(CATALOGUE), again


@pytest.mark.parametrize("command", CATALOGUE.commands, ids=lambda c: c.name)
def test_every_command_stands_in_the_table(command: Command):
    (row,) = [
        line
        for line in PAGE.read_text("utf-8").splitlines()
        if line.startswith(f"| `{command.name}` |")
    ]
    assert len([cell for cell in row.split("|")[1:-1] if cell.strip()]) == 5
