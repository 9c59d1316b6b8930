import asyncio
import io
import subprocess
import sys

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from bot.chat.ask import Channel
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import make_console
from tests.platforms.terminal.posts import ENTRY, REPLY, Desk, StoppedClock, key

CHANNEL = Channel(platform="terminal", id="terminal")


class Typist:
    """Somebody at a real input line, in front of a screen that is memory."""

    def __init__(self, keys, session, history=None):
        self._keys = keys
        self.session = session
        self.out = io.StringIO()
        self.platform = TerminalPlatform(
            console=make_console(file=self.out, width=80),
            log=MessageLog(),
            clock=StoppedClock(),
            completions=lambda: ("turnout", "result", "Tamworth", "Mid Bedfordshire"),
            interactive=True,
            history_file=history,
        )

    def type(self, keys):
        self._keys.send_text(keys)

    @property
    def line(self):
        return self.session.app.current_buffer.text if self.session.app else ""

    @property
    def suggestion(self):
        suggestion = self.session.app.current_buffer.suggestion
        return suggestion.text if suggestion else ""

    async def until(self, seen):
        async with asyncio.timeout(10):
            while not seen():  # noqa: ASYNC110 - prompt_toolkit has no event for it
                await asyncio.sleep(0)


@pytest.fixture
def typist(tmp_path):
    with (
        create_pipe_input() as keys,
        create_app_session(input=keys, output=DummyOutput()) as session,
    ):
        yield Typist(keys, session, tmp_path / "history")


@pytest.fixture
async def desk(typist):
    desk = Desk()
    running = asyncio.create_task(typist.platform.run(desk))
    yield desk
    if not running.done():
        typist.type("\x15\x04")
    async with asyncio.timeout(10):
        await running


async def test_a_typed_question_is_answered(typist, desk):
    typist.type("turnout tamworth\r")
    await typist.until(lambda: REPLY.title in typist.out.getvalue())
    assert desk.texts == ["turnout tamworth"]


async def test_the_tab_key_completes_a_seat(typist, desk):
    typist.type("turnout tam\t")
    await typist.until(lambda: typist.line == "turnout Tamworth")
    typist.type("\r")
    await typist.until(lambda: desk.texts == ["turnout Tamworth"])


async def test_the_right_arrow_takes_the_suggestion(typist, desk):
    typist.type("turnout mid b")
    await typist.until(lambda: typist.line == "turnout mid b")
    await typist.until(lambda: typist.suggestion == "edfordshire")
    typist.type("\x1b[C")
    await typist.until(lambda: typist.line == "turnout mid bedfordshire")


async def test_a_number_picks_a_choice(typist, desk):
    typist.type("turnout\r")
    await typist.until(lambda: REPLY.title in typist.out.getvalue())
    typist.type("2\r")
    await typist.until(lambda: desk.texts == ["turnout", "turnout Mid Bedfordshire"])


async def test_an_empty_line_is_no_question(typist, desk):
    typist.type("\r  \rhelp\r")
    await typist.until(lambda: desk.texts == ["help"])


async def test_posts_arrive_while_somebody_types(typist, desk):
    typist.type("turnout mid")
    await typist.until(lambda: typist.line == "turnout mid")
    await typist.platform.send(CHANNEL, ENTRY, key("entry"))
    assert ENTRY.heading in typist.out.getvalue()
    assert typist.line == "turnout mid"


async def test_the_line_stays_alive_while_an_answer_takes_its_time(typist):
    asked, go_on = asyncio.Event(), asyncio.Event()

    class Slow(Desk):
        async def answer(self, ask):
            asked.set()
            await go_on.wait()
            return REPLY

    running = asyncio.create_task(typist.platform.run(Slow()))
    typist.type("slow\r")
    await asked.wait()
    typist.type("next")
    await typist.until(lambda: typist.line == "next")
    go_on.set()
    await typist.until(lambda: REPLY.title in typist.out.getvalue())
    typist.type("\x15\x04")
    await running


@pytest.mark.parametrize("leave", ["\x04", "\x03", "half a question\x03", "quit\r", " EXIT\r"])
async def test_people_can_leave(typist, leave):
    typist.type(leave)
    async with asyncio.timeout(10):
        await typist.platform.run(Desk())


async def test_leaving_does_not_wait_for_an_answer(typist):
    class Never(Desk):
        async def answer(self, ask):
            await asyncio.Event().wait()

    typist.type("turnout\rquit\r")
    async with asyncio.timeout(10):
        await typist.platform.run(Never())


async def test_an_error_of_the_desk_is_not_swallowed(typist):
    class Broken(Desk):
        async def answer(self, ask):
            raise ZeroDivisionError

    typist.type("turnout\r")
    async with asyncio.timeout(10):
        with pytest.raises(ZeroDivisionError):
            await typist.platform.run(Broken())


async def test_the_terminal_can_be_stopped_from_outside(typist):
    running = asyncio.create_task(typist.platform.run(Desk()))
    await typist.until(lambda: typist.session.app is not None)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_what_was_typed_is_remembered(typist, desk, tmp_path):
    typist.type("turnout tamworth\r")
    await typist.until(lambda: desk.texts == ["turnout tamworth"])
    assert "+turnout tamworth" in (tmp_path / "history").read_text()


def test_the_input_line_costs_nothing_where_nobody_types():
    code = (
        "import sys, bot.platforms.terminal.platform;"
        "sys.exit(any(name.startswith('prompt_toolkit') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
