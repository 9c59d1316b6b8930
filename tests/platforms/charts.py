"""Charts for tests, and what a PNG says of itself."""

import struct
from dataclasses import replace
from datetime import UTC, datetime

from bot.chat.chart import Bar, Chart, Line, Picture
from bot.chat.post import Post, PostKind
from bot.chat.reply import Choice, Reply, Table

TURNOUT = Chart(
    title="Turnout at by-elections",
    unit="%",
    source="House of Commons Library",
    bars=(
        Bar(label="Tamworth", value=35.9, said="35.9%", before=64.3),
        Bar(label="West Lancashire", value=31.3, said="31.3%", before=71.8),
    ),
    before="December 2019",
)
HISTORY = Chart(
    title="Tamworth since 2019",
    unit="%",
    source="House of Commons Library",
    lines=(
        Line(label="Labour", values=(23.7, 45.8, 35.0), party="Lab"),
        Line(label="Reform UK", values=(None, 5.4, 25.1), party="RUK"),
    ),
    times=("2019", "Oct 2023", "2024"),
)
REPLY = Reply(
    title="Turnout at by-elections",
    table=Table(columns=("", "turnout"), rows=(("Tamworth", "35.9%"),), right=frozenset({1})),
    chart=TURNOUT,
)
PNG = b"\x89PNG\r\n\x1a\n and so on"
SHARES = Chart(
    title="Tamworth: share of the vote",
    unit="%",
    source="Count night live",
    bars=(
        Bar(label="Sarah Edwards (Lab)", value=45.8, said="45.8% · 11,719", party="Lab"),
        Bar(label="Andy Cooper (Con)", value=40.7, said="40.7% · 10,403", party="Con"),
    ),
)
DECLARED = Post(
    kind=PostKind.DECLARATION,
    heading="Tamworth: Labour gain from Conservatives",
    at=datetime(2023, 10, 20, 2, 16, tzinfo=UTC),
    contests=("Tamworth",),
    choices=(
        Choice(label="Picture", ask="chart result Tamworth", pictured=True),
        Choice(label="What it did before", ask="history Tamworth"),
    ),
    chart=SHARES,
)
# The same as it comes to a platform, and as it comes when the votes were corrected.
PICTURED = replace(DECLARED, picture=Picture(png=PNG, alt=SHARES.alt))
CORRECTED = replace(PICTURED, picture=Picture(png=PNG + b", corrected", alt="Corrected"))


async def drawn(chart: Chart) -> Picture:
    """A picture of a chart that takes no time to draw."""
    return Picture(png=PNG + chart.title.encode(), alt=chart.alt)


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels, as its header has them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height
