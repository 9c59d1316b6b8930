"""A chart, on no platform: what it shows, and how it is said to who cannot see it."""

from dataclasses import dataclass

# What Slack and Discord take as the description of a picture, the shorter of the two.
MAX_ALT = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A bar: its value, how that is written, and the same of before where it is compared.

    `party` is the short name of the party whose colour it has.
    """

    label: str
    value: float
    said: str
    party: str = ""
    before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line: a value for each of the chart's times, None where there is none."""

    label: str
    values: tuple[float | None, ...]
    party: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars, or lines over `times`; one of the two. `unit` is what values are of, say “%”.

    `before` names what the second mark of each bar is, `source` where the figures come from.
    """

    title: str
    unit: str
    source: str
    bars: tuple[Bar, ...] = ()
    lines: tuple[Line, ...] = ()
    times: tuple[str, ...] = ()
    before: str = ""

    @property
    def alt(self) -> str:
        """What the picture shows, in words: for screen readers, and where no picture is."""
        if self.bars:
            told = "; ".join(self._of(bar) for bar in self.bars)
            text = f"Bar chart. {self.title}. {told}. Source: {self.source}."
        else:
            told = "; ".join(self._over_time(line) for line in self.lines)
            text = f"Line chart. {self.title}. {told}. Source: {self.source}."
        return text if len(text) <= MAX_ALT else text[: MAX_ALT - 1].rsplit(" ", 1)[0] + "…"

    def _of(self, bar: Bar) -> str:
        was = ""
        if bar.before is not None and self.before:
            was = f" ({self.before}: {bar.before:.1f}{self.unit})"
        return f"{bar.label} {bar.said}{was}"

    def _over_time(self, line: Line) -> str:
        told = [
            f"{time} {value:.1f}{self.unit}"
            for time, value in zip(self.times, line.values, strict=True)
            if value is not None
        ]
        return f"{line.label}: {', '.join(told)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A chart that was drawn: PNG, with what it shows in words."""

    png: bytes
    alt: str
