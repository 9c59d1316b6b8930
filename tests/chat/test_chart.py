"""What a picture says to who cannot see it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.chat.chart import MAX_ALT, Bar, Chart
from tests.platforms.charts import HISTORY, TURNOUT


def test_bars_are_told_with_their_figures_and_those_of_before():
    assert TURNOUT.alt == (
        "Bar chart. Turnout at by-elections. Tamworth 35.9% (December 2019: 64.3%); West "
        "Lancashire 31.3% (December 2019: 71.8%). Source: House of Commons Library."
    )


def test_lines_are_told_time_by_time_without_what_is_not_there():
    assert HISTORY.alt == (
        "Line chart. Tamworth since 2019. Labour: 2019 23.7%, Oct 2023 45.8%, 2024 35.0%; Reform "
        "UK: Oct 2023 5.4%, 2024 25.1%. Source: House of Commons Library."
    )


@given(st.lists(st.text(max_size=80), min_size=1, max_size=60))
def test_it_fits_what_chats_take(labels):
    bars = tuple(Bar(label=label, value=1.0, said="1%") for label in labels)
    chart = Chart(title="Many", unit="%", source="A record", bars=bars)
    assert len(chart.alt) <= MAX_ALT
    assert len(replace(chart, source="s" * 2_000).alt) <= MAX_ALT
