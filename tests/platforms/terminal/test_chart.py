"""Charts in the terminal: blocks, each with its figure beside it."""

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.chat.chart import Bar, Chart
from bot.platforms.terminal.chart import drawn
from bot.platforms.terminal.render import reply
from tests.platforms.charts import HISTORY, REPLY, TURNOUT


def shown(chart: Chart) -> list[str]:
    return [line.plain for line in drawn(chart)]


def test_bars_are_as_long_as_their_values_and_marked_where_they_were_before():
    title, tamworth, lancashire, key = shown(TURNOUT)
    assert title == "Turnout at by-elections"
    assert tamworth.startswith("Tamworth         █")
    assert tamworth.count("█") == 20  # 35.9 of 71.8, in 40
    assert "┃" in tamworth
    assert tamworth.endswith(" 35.9%")
    assert lancashire.count("█") == 17
    assert key.strip() == "┃ December 2019"


def test_lines_are_steps_with_their_figures():
    _, times, labour, reform = shown(HISTORY)
    assert times.strip() == "2019 · Oct 2023 · 2024"
    assert labour == "Labour     ▅█▇  23.7% · 45.8% · 35.0%"
    assert reform == "Reform UK  ·▁▅  – · 5.4% · 25.1%"


def test_an_answer_with_a_chart_shows_it_in_place_of_the_table():
    console = Console(width=96, file=io.StringIO())
    with console.capture() as captured:
        console.print(reply(REPLY))
    text = captured.get()
    assert "█" in text
    assert text.count("35.9%") == 1


@given(st.lists(st.tuples(st.text(max_size=40), st.floats(0, 1e6)), max_size=20))
def test_any_bars_are_drawn_within_their_width(values):
    bars = tuple(Bar(label=label, value=value, said="x") for label, value in values)
    for line in list(drawn(replace(TURNOUT, bars=bars, before="")))[1:]:
        assert line.plain.count("█") <= 40
