import asyncio
import io
import os
from dataclasses import replace

import pytest

from bot.chat.ask import Author, Channel
from bot.chat.reply import Reply
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.platform import TerminalPlatform
from bot.platforms.terminal.screen import TerminalGoneError, make_console
from bot.ports import Platform
from tests.platforms.terminal.posts import (
    EDITED,
    ENTRY,
    REMINDER,
    WITHDRAWN,
    Desk,
    StoppedClock,
    key,
)

CHANNEL = Channel(platform="terminal", id="terminal")


class Terminal:
    """A terminal platform that writes to memory, for tests to look at."""

    def __init__(self, log=None, stdin=0, out=None):
        self.out = out or io.StringIO()
        self.platform = TerminalPlatform(
            console=make_console(file=self.out, width=80),
            log=log or MessageLog(),
            clock=StoppedClock(),
            completions=tuple,
            interactive=False,
            stdin=stdin,
        )

    @property
    def shown(self):
        return self.out.getvalue()


def piped(*chunks):
    """A descriptor that gives these bytes and ends."""
    read, write = os.pipe()
    for chunk in chunks:
        os.write(write, chunk)
    os.close(write)
    return read


@pytest.fixture
def terminal():
    return Terminal()


def test_it_is_a_platform(terminal):
    platform: Platform = terminal.platform
    assert platform.name == "terminal"


async def test_a_post_is_shown_and_found(terminal):
    ref = await terminal.platform.send(CHANNEL, ENTRY, key("entry"))
    assert terminal.shown.startswith("00:41   Low voter turnout in Tamworth\n")
    assert terminal.shown.endswith("(https://news.example/live)\n\n")
    assert await terminal.platform.find(CHANNEL, key("entry")) == ref
    assert await terminal.platform.find(CHANNEL, key("other")) is None


async def test_an_edit_names_the_message_that_it_changes(terminal):
    ref = await terminal.platform.send(CHANNEL, ENTRY, key("entry"))
    assert await terminal.platform.edit(ref, EDITED, key("entry", 2)) == ref
    assert "00:52   ✎ edited 00:52 · posted 00:41 as “Low voter turnout" in terminal.shown


async def test_a_withdrawal_is_shown_at_the_time_it_arrives(terminal):
    ref = await terminal.platform.send(CHANNEL, ENTRY, key("entry"))
    await terminal.platform.edit(ref, WITHDRAWN, key("entry", 2))
    assert "00:55   ✗ withdrawn 00:55 · posted 00:41\n" in terminal.shown


async def test_an_edit_of_a_message_that_the_log_lost_is_shown_all_the_same(terminal):
    ref = await terminal.platform.send(CHANNEL, ENTRY, key("entry"))
    other = Terminal()
    await other.platform.edit(ref, EDITED, key("entry", 2))
    assert "✎ edited 00:52 · posted 00:41\n" in other.shown


async def test_a_terminal_opened_again_shows_the_night_so_far_once():
    log = MessageLog()
    first = Terminal(log)
    ref = await first.platform.send(CHANNEL, ENTRY, key("entry"))
    await first.platform.edit(ref, EDITED, key("entry", 2))

    again = Terminal(log)
    await again.platform.send(CHANNEL, REMINDER, key("reminder"))
    again.platform.reopen()
    order = ["--- the night so far ---", EDITED.heading, "--- now ---", REMINDER.heading]
    assert [again.shown.count(words) for words in order] == [1, 1, 1, 1]
    assert sorted(order, key=again.shown.index) == order
    assert ENTRY.heading not in again.shown


@pytest.fixture
def silence():
    """A pipe that nothing comes out of."""
    read, write = os.pipe()
    yield read
    os.close(write)
    os.close(read)


@pytest.fixture
def gone(silence):
    """A terminal whose reader has left, as after `| head`."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as stream:
        yield Terminal(out=stream, stdin=silence)


async def test_a_post_is_in_the_log_before_it_is_on_the_screen(gone):
    with pytest.raises(TerminalGoneError):
        await gone.platform.send(CHANNEL, ENTRY, key("entry"))
    assert await gone.platform.find(CHANNEL, key("entry")) is not None


async def test_a_terminal_that_is_gone_stays_gone(gone):
    for number in range(3):
        with pytest.raises(TerminalGoneError):
            await gone.platform.send(CHANNEL, ENTRY, key(str(number)))


async def test_the_conversation_ends_when_a_post_finds_nobody_there(gone):
    running = asyncio.create_task(gone.platform.run(Desk()))
    await asyncio.sleep(0)
    with pytest.raises(TerminalGoneError):
        await gone.platform.send(CHANNEL, ENTRY, key("entry"))
    async with asyncio.timeout(10):
        with pytest.raises(TerminalGoneError):
            await running


async def test_a_terminal_that_fails_is_gone(terminal):
    def broken(_):
        raise OSError(5, "Input/output error")

    terminal.out.write = broken
    with pytest.raises(TerminalGoneError):
        await terminal.platform.send(CHANNEL, ENTRY, key("entry"))


async def test_lines_of_a_pipe_are_questions():
    desk = Desk()
    terminal = Terminal(stdin=piped(b"turnout tamw", b"orth\n\n  \nresult M\xc3\xb4n\nlast"))
    await terminal.platform.run(desk)
    assert desk.texts == ["turnout tamworth", "result Môn", "last"]
    assert "00:55 › turnout tamworth\n        Turnout in Tamworth: 35.9%\n" in terminal.shown
    assert {ask.channel for ask in desk.asked} == {CHANNEL}
    assert desk.asked[0].author.platform == "terminal"


async def test_a_file_and_nothing_at_all_end_by_themselves(tmp_path):
    file = tmp_path / "questions.txt"
    file.write_text("turnout tamworth\n")
    for path, asked in ((file, ["turnout tamworth"]), (os.devnull, [])):
        desk = Desk()
        fd = os.open(path, os.O_RDONLY)
        await Terminal(stdin=fd).platform.run(desk)
        os.close(fd)
        assert desk.texts == asked


async def test_a_descriptor_that_cannot_be_read_has_no_questions():
    fd = piped()
    os.close(fd)
    await Terminal(stdin=fd).platform.run(Desk())


async def test_a_silent_pipe_can_be_left(silence):
    running = asyncio.create_task(Terminal(stdin=silence).platform.run(Desk()))
    await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_number_picks_from_the_last_reply():
    desk = Desk()
    terminal = Terminal(stdin=piped(b"1\nturnout\n2\n3\n" + b"9" * 5000 + b"\n"))
    await terminal.platform.run(desk)
    assert desk.texts == ["1", "turnout", "turnout Mid Bedfordshire", "3", "9" * 5000]
    assert "00:55 › turnout Mid Bedfordshire\n" in terminal.shown


async def test_choices_end_with_the_next_reply():
    terminal = Terminal()
    await terminal.platform.ask("turnout", Desk().answer)
    await terminal.platform.ask("help", Desk(Reply(title="Help")).answer)
    desk = Desk()
    await terminal.platform.ask("1", desk.answer)
    assert desk.texts == ["1"]


async def test_whoever_sits_at_a_terminal_is_alone_with_the_bot(terminal):
    somebody = Author(platform="terminal", id="ann", name="Ann")
    assert await terminal.platform.direct(somebody) == CHANNEL


def test_what_has_scrolled_by_stays_as_it_was(terminal):
    terminal.platform.changed()
    assert terminal.shown == ""


async def test_a_user_without_a_name_can_ask(monkeypatch, terminal):
    def nobody():
        raise KeyError("uid not found: 4711")

    monkeypatch.setattr("getpass.getuser", nobody)
    desk = Desk()
    await terminal.platform.ask("help", desk.answer)
    assert desk.asked[0].author.name == "you"


async def test_what_was_typed_is_shown_without_its_control_characters(terminal):
    desk = Desk(replace(Reply(title="x"), lines=("\x1b[2J",)))
    await terminal.platform.ask("turn\x1b[2Jout", desk.answer)
    assert "\x1b" not in terminal.shown
