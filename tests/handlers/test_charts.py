"""Answers as pictures: what stands in them, as of the moment, and the same as text."""

from datetime import UTC, datetime

import pytest

from bot.chat.reply import Reply
from tests.handlers.night import DECLARED, KNOWN, NOW, answer, uk

TODAY = datetime(2026, 11, 27, tzinfo=UTC)


async def drawn(text: str, facts=KNOWN, now: datetime = TODAY) -> Reply:
    reply = await answer(text, facts, now)
    assert not reply.error, reply.title
    assert reply.command == "chart"
    return reply


async def test_turnouts_of_several_seats_are_bars_with_their_figures():
    reply = await drawn('chart turnout Tamworth Selby Uxbridge "West Lancs"')
    assert reply.chart is not None
    assert [(bar.label, bar.said) for bar in reply.chart.bars] == [
        ("Tamworth, 2024", "58.3%"),
        ("Selby, 2024", "63.1%"),
        ("Uxbridge and South Ruislip, 2024", "61.4%"),
        ("West Lancashire, 2024", "59.7%"),
    ]
    assert reply.chart.source == "House of Commons Library"
    assert "Tamworth, 2024 58.3%" in reply.chart.alt
    # Where there is no picture, the table says the same.
    assert reply.table is not None
    assert [row[:2] for row in reply.table.rows] == [
        (bar.label, bar.said) for bar in reply.chart.bars
    ]


async def test_the_turnout_of_one_seat_is_drawn_over_time_to_the_night():
    reply = await drawn("chart turnout Tamworth", now=NOW)
    assert reply.chart is not None
    assert [bar.label for bar in reply.chart.bars] == ["2010", "2015", "2017", "2019", "tonight"]
    assert reply.chart.bars[-1].said == "35.9%"
    assert set(reply.chart.source.split(" and ")) == {
        "Count night live",
        "House of Commons Library",
    }


async def test_a_result_is_drawn_with_what_it_was_before():
    reply = await drawn("chart result Tamworth by-election")
    assert reply.chart is not None
    first, second = reply.chart.bars[:2]
    assert (first.label, first.said, first.party) == (
        "Sarah Edwards (Lab)",
        "45.8% · 11,719",
        "Lab",
    )
    assert first.before == pytest.approx(23.68, abs=0.01)
    assert second.before == pytest.approx(66.31, abs=0.01)
    assert reply.chart.before == "2019"
    assert "Within its boundaries of 2010" in reply.lines[0]


async def test_candidates_that_no_phone_has_room_for_stand_together():
    reply = await drawn("chart result Clacton")
    assert reply.chart is not None
    assert len(reply.chart.bars) == 9
    others = reply.chart.bars[-1]
    assert others.label == "Others (26)"
    whole = sum(bar.value for bar in reply.chart.bars)
    assert whole == pytest.approx(100)


async def test_tonights_result_is_drawn_once_it_is_declared():
    before = await drawn("chart result Tamworth", now=NOW)
    assert before.chart is None
    assert before.title == "Tamworth: has not declared"
    after = await drawn("chart result Tamworth", DECLARED, uk(3, 20))
    assert after.chart is not None
    assert after.chart.bars[0].said == "45.8% · 11,719"
    assert after.chart.source == "Count night live"


async def test_a_history_goes_on_over_new_boundaries_and_new_names():
    reply = await drawn("chart history Hartlepool")
    assert reply.chart is not None
    assert reply.chart.times == ("2010", "2015", "2017", "2019", "May 2021", "2024")
    lines = {line.label: line.values for line in reply.chart.lines}
    # The Brexit Party of 2019 is Reform UK of today.
    assert lines["RUK"][3] == pytest.approx(25.8, abs=0.1)
    assert lines["RUK"][-1] is not None
    assert lines["Lab"][0] == pytest.approx(42.5, abs=0.1)
    assert reply.lines == ("Until 2021 within older boundaries.",)


async def test_nothing_from_after_the_moment_is_drawn():
    for text in ("chart history Tamworth", "chart turnout Tamworth", "chart result Tamworth 2019"):
        reply = await drawn(text, now=NOW)
        assert reply.chart is not None
        assert "2024" not in reply.chart.alt
        assert "Oct 2023" not in reply.chart.alt


async def test_a_seat_that_is_new_has_no_history_to_draw():
    reply = await drawn("chart history Stockton West", now=datetime(2024, 8, 1, tzinfo=UTC))
    assert (reply.chart is None) == (reply.title.endswith("there is no history to draw"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("chart", "Which seat? For example"),
        ("chart turnout", "Which seat? For example"),
        ("chart result Atlantis", "I know no such seat as “Atlantis”."),
        ("chart result Tamworth 2018", "I have nothing of Tamworth for that time."),
    ],
)
async def test_what_cannot_be_drawn_is_a_sentence(text, said):
    reply = await answer(text, KNOWN, TODAY)
    assert reply.error
    assert said in reply.title


async def test_a_name_of_several_seats_is_asked_back():
    reply = await answer("chart result Birmingham", KNOWN, TODAY)
    assert reply.error
    assert reply.choices[0].ask.startswith("chart result “Birmingham")
