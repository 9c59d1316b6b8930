"""The screen: a console that is set up for one kind of output."""

import contextlib
import io
import os
import re
import sys
from typing import IO, NoReturn

from rich.console import Console

from bot.errors import TellerError

PLAIN_WIDTH = 100
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


class TerminalGoneError(TellerError):
    """The screen no longer takes text (`| head` has seen enough): nothing is left to talk to."""


class Screen(Console):
    """A rich console that ends in a `TerminalGoneError` where its reader has left."""

    def on_broken_pipe(self) -> NoReturn:
        """Fall silent. Always raises `TerminalGoneError`."""
        self.quiet = True
        # Python flushes standard output once more at its end, and would complain there.
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.file.fileno())
        raise TerminalGoneError("The reader of this output has left.")


def make_console(
    *,
    no_colour: bool = False,
    file: IO[str] | None = None,
    record: bool = False,
    width: int | None = None,
) -> Screen:
    """A screen on `file`, or on whatever standard output is at the moment.

    A terminal keeps its own width; other output is plain text of `COLUMNS`, else 100 columns.
    Colours are off with `no_colour` and with `NO_COLOR`. With `record` everything looks as on a
    terminal wherever it goes, and `picture` can draw it; `width` is in columns.
    """
    stream = file or sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        # A sign that the output's encoding lacks becomes “?”; it must not end the night.
        stream.reconfigure(errors="replace")
    if width is None and not stream.isatty():
        columns = os.environ.get("COLUMNS", "")
        width = int(columns) if columns.isdecimal() and int(columns) else PLAIN_WIDTH
    return Screen(
        file=file,
        width=width,
        no_color=True if no_colour else None,
        force_terminal=True if record else None,
        color_system="truecolor" if record else "auto",
        record=record,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def picture(screen: Console) -> str:
    """What a recording screen has shown so far, as SVG that loads nothing from anywhere."""
    return _FONTS.sub("", screen.export_svg(title="Teller", clear=False, unique_id="teller"))
