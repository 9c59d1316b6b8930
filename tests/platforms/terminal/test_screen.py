import io
import os

import pytest
from rich.text import Text

from bot.errors import TellerError
from bot.platforms.terminal import render
from bot.platforms.terminal.screen import TerminalGoneError, make_console, picture
from tests.platforms.terminal.posts import DECLARATION, ENTRY


class FakeTerminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def an_ordinary_terminal(monkeypatch):
    for name in ("NO_COLOR", "COLUMNS", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


def shown(file, **options):
    console = make_console(file=file, **options)
    console.print(Text("[bold]word :vote:", style="red bold"))
    return file.getvalue()


def test_output_to_a_file_is_plain_and_takes_markup_for_words():
    assert shown(io.StringIO()) == "[bold]word :vote:\n"


def test_a_terminal_has_colours():
    assert "\x1b[1;31m" in shown(FakeTerminal())


def test_colours_can_be_switched_off():
    assert "31m" not in shown(FakeTerminal(), no_colour=True)


def test_no_color_is_respected(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in shown(FakeTerminal())


@pytest.mark.parametrize(("columns", "width"), [("", 100), ("72", 72), ("0", 100), ("wide", 100)])
def test_output_to_a_file_is_as_wide_as_columns_says(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert make_console(file=io.StringIO()).width == width


def test_an_output_without_our_signs_gets_question_marks():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    make_console(file=stream).print(render.message(ENTRY))
    assert b"? Vote counting continues" in raw.getvalue()


def test_a_reader_that_left_ends_the_conversation():
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "w") as stream:
        console = make_console(file=stream)
        with pytest.raises(TerminalGoneError) as gone:
            console.print("into the void")
        assert isinstance(gone.value, TellerError)
        console.print("and silent from now on")


def test_a_picture_of_the_screen_loads_nothing():
    console = make_console(record=True, file=io.StringIO(), width=80)
    console.print(render.message(DECLARATION))
    drawn = picture(console)
    assert "DECLARATION" in drawn
    assert ">Teller<" in drawn
    assert "url(http" not in drawn
    assert picture(console) == drawn
