"""Charts for tests, and what a PNG says of itself."""

import struct

from bot.chat.chart import Bar, Chart, Line
from bot.chat.reply import Reply, Table

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


def size(png: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels, as its header has them."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height
