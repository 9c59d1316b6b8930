"""How a message stands on the screen: a time at the left, a bar, and a column to read."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment
from rich.text import Text

TIME = 6
# Longer lines than this are hard to read; a wider terminal stays empty at the right.
MEASURE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A column beside a gutter: `time` on its first line, `bar` on all of them."""

    time: Text
    bar: Text
    column: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The lines of the column, each behind its part of the gutter."""
        width = max(1, min(options.max_width, MEASURE) - TIME - self.bar.cell_len)
        lines = console.render_lines(self.column, options.update(width=width), pad=False)
        for number, line in enumerate(lines):
            margin = self.time.copy() if number == 0 else Text()
            margin.truncate(TIME, pad=True)
            gutter = Text.assemble(margin, self.bar, end="")
            inside = list(_without_tail(line))
            if not inside:
                gutter.rstrip()
            yield gutter
            yield from inside
            yield Segment.line()


@dataclass(frozen=True, slots=True, kw_only=True)
class Clipped:
    """The first `limit` lines of something long, then `more`."""

    content: RenderableType
    limit: int
    more: Text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """All lines where at most one would be left out, else the first and `more`."""
        lines = console.render_lines(self.content, options, pad=False)
        whole = len(lines) <= self.limit + 1
        for line in lines if whole else lines[: self.limit]:
            yield from line
            yield Segment.line()
        if not whole:
            yield self.more


def _without_tail(line: list[Segment]) -> Iterator[Segment]:
    """A line without the blanks at its end: they show as dirt where text is copied."""
    rest = list(line)
    while rest and not rest[-1].text.strip():
        rest.pop()
    yield from rest[:-1]
    if rest:
        yield Segment(rest[-1].text.rstrip(), rest[-1].style)
