"""A chart as PNG. Runs in a process of its own; the only user of matplotlib.

Sized for a phone: 1,080 pixels wide, with text that stays readable there. Every bar and line has
its name and its figure beside it, so that nothing is told by colour alone; pale colours have an
edge.
"""

import io
from itertools import cycle
from typing import Any

from bot.chat.chart import Chart
from bot.platforms.parties import colour_of

_WIDTH, _DPI = 5.4, 200
_INK, _FAINT, _NEUTRAL = "#1A1A1A", "#5F5F5F", "#3B6EA5"
_MARKERS = "osD^vPX*"
_STYLES = ("-", "--", "-.", ":")
_TITLE, _TEXT, _SMALL = 12, 10, 8
_LONGEST_LABEL, _LONGEST_TITLE = 26, 48


def draw(chart: Chart) -> bytes:
    """The picture. Raises `ImportError` where matplotlib is not installed."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib.figure import Figure

    # Text as it is: a name may hold what matplotlib reads as mathematics.
    with mpl.rc_context({"font.size": _TEXT, "text.parse_math": False, "svg.fonttype": "none"}):
        height = 1.5 + (0.42 * len(chart.bars) if chart.bars else 3.4)
        figure = Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")
        axes = figure.add_subplot()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        if chart.bars:
            _bars(axes, chart)
        else:
            _lines(axes, chart)
        figure.suptitle(
            _wrapped(chart.title, _LONGEST_TITLE),
            x=0.01,
            ha="left",
            fontsize=_TITLE,
            fontweight="bold",
            color=_INK,
        )
        figure.supxlabel(
            f"Source: {chart.source}", x=0.01, ha="left", fontsize=_SMALL, color=_FAINT
        )
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png", facecolor="white", metadata={"Software": "Teller"})
    return drawn.getvalue()


def _bars(axes: Any, chart: Chart) -> None:  # noqa: ANN401 - matplotlib has no narrower type here
    bars = chart.bars[::-1]
    places = range(len(bars))
    colours = [colour_of(bar.party) if bar.party else _NEUTRAL for bar in bars]
    axes.barh(places, [bar.value for bar in bars], color=colours, edgecolor=_INK, linewidth=0.6)
    compared = [(place, bar.before) for place, bar in zip(places, bars, strict=True)]
    marked = [(place, before) for place, before in compared if before is not None]
    if marked and chart.before:
        axes.scatter(
            [before for _, before in marked],
            [place for place, _ in marked],
            marker="|",
            s=160,
            linewidths=2.2,
            color=_INK,
            label=chart.before,
            zorder=3,
        )
        axes.legend(loc="lower right", fontsize=_SMALL, frameon=False)
    most = max((max(bar.value, bar.before or 0) for bar in bars), default=0) or 1
    for place, bar in zip(places, bars, strict=True):
        beyond = max(bar.value, bar.before or 0)
        axes.text(beyond + most * 0.02, place, bar.said, va="center", color=_INK)
    axes.set_yticks(list(places), [_wrapped(bar.label, _LONGEST_LABEL) for bar in bars])
    # Room for the figures behind the bars.
    longest = max(len(bar.said) for bar in bars)
    axes.set_xlim(0, most * (1.06 + 0.035 * longest))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.tick_params(axis="y", length=0)


def _lines(axes: Any, chart: Chart) -> None:  # noqa: ANN401 - nor here
    places = list(range(len(chart.times)))
    ends: list[tuple[float, str, str]] = []
    for line, marker, style in zip(chart.lines, cycle(_MARKERS), cycle(_STYLES), strict=False):
        colour = colour_of(line.party)
        values = [float("nan") if value is None else value for value in line.values]
        # A dark line below a coloured one: pale colours stay to be seen on white.
        axes.plot(places, values, color=_INK, linewidth=2.8, linestyle=style)
        axes.plot(
            places,
            values,
            color=colour,
            linewidth=2.0,
            linestyle=style,
            marker=marker,
            markersize=6,
            markeredgecolor=_INK,
            markeredgewidth=0.6,
        )
        known = [value for value in line.values if value is not None]
        if known:
            ends.append((known[-1], line.label, f"{known[-1]:.1f}{chart.unit}"))
    for at, label, said in _apart(ends, 0.06 * (max((end[0] for end in ends), default=1) or 1)):
        axes.annotate(
            f"{label} {said}",
            (places[-1], at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=_SMALL + 1,
            color=_INK,
            annotation_clip=False,
        )
    axes.set_xlim(-0.2, len(places) - 1 + max(0.9, len(places) * 0.28))
    axes.set_ylim(bottom=0)
    axes.set_xticks(places, [time.replace(" ", "\n", 1) for time in chart.times], fontsize=_SMALL)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0f}{chart.unit}")
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def _apart(ends: list[tuple[float, str, str]], least: float) -> list[tuple[float, str, str]]:
    """The labels at the ends of lines, moved up where two would stand in one another."""
    placed: list[tuple[float, str, str]] = []
    for at, label, said in sorted(ends):
        lowest = placed[-1][0] + least if placed else at
        placed.append((max(at, lowest), label, said))
    return placed


def _wrapped(text: str, longest: int) -> str:
    """A label in lines of so many characters, two at most."""
    import textwrap

    return "\n".join(textwrap.wrap(text, longest, max_lines=2, placeholder="…"))
