"""A chart in block characters: bars with their figures, and lines as a row of steps."""

from collections.abc import Iterator

from rich.text import Text

from bot.chat.chart import Bar, Chart, Line
from bot.platforms.parties import colour_of
from bot.platforms.terminal.characters import say

_WIDTH = 40
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_STEPS = "▁▂▃▄▅▆▇█"
_NO_VALUE = "·"
_WITHOUT_COLOUR = "cyan"


def drawn(chart: Chart, above: str = "") -> Iterator[Text]:
    """The chart line by line, its title first, unless that stands `above` it."""
    if chart.title != above:
        yield say(chart.title, "dim")
    if chart.bars:
        width = max(len(bar.label) for bar in chart.bars)
        most = max(max(bar.value, bar.before or 0) for bar in chart.bars) or 1
        for bar in chart.bars:
            yield _bar(bar, width, most, chart)
        if chart.before and any(bar.before is not None for bar in chart.bars):
            yield say(f"{'':{width}}  ┃ {chart.before}", "dim")
        return
    width = max((len(line.label) for line in chart.lines), default=0)
    yield say(f"{'':{width}}  {' · '.join(chart.times)}", "dim")
    most = max((value for line in chart.lines for value in line.values if value), default=1) or 1
    for line in chart.lines:
        yield _line(line, width, most, chart.unit)


def _bar(bar: Bar, width: int, most: float, chart: Chart) -> Text:
    eighths = round(bar.value / most * _WIDTH * 8)
    whole, part = divmod(eighths, 8)
    blocks = "█" * whole + (_EIGHTHS[part] if part else "")
    row = list(f"{blocks:{_WIDTH}}")
    if bar.before is not None and chart.before:
        row[min(round(bar.before / most * _WIDTH), _WIDTH - 1)] = "┃"
    told = Text.assemble(say(f"{bar.label:{width}}  "), ("".join(row).rstrip(), _style(bar.party)))
    return told.append(" ").append_text(say(bar.said))


def _line(line: Line, width: int, most: float, unit: str) -> Text:
    steps = "".join(
        _NO_VALUE if value is None else _STEPS[min(int(value / most * 8), 7)]
        for value in line.values
    )
    said = " · ".join("–" if value is None else f"{value:.1f}{unit}" for value in line.values)
    told = Text.assemble(say(f"{line.label:{width}}  "), (steps, _style(line.party)))
    return told.append("  ").append_text(say(said))


def _style(party: str) -> str:
    return colour_of(party) if party else _WITHOUT_COLOUR
