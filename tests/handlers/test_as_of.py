"""Nothing from after the moment asked is ever said: as if the record ended there."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.reply import Reply
from bot.clocks import StoppedClock
from bot.desk import Desk
from bot.record.past import Past
from bot.record.record import Record, open_record
from tests.fakes import Facts, FakeNewsroom
from tests.handlers.night import CATALOGUE, NOW, question

WHOLE = open_record()
MOMENTS = (
    datetime(2012, 3, 1, tzinfo=UTC),
    datetime(2019, 12, 13, 4, tzinfo=UTC),
    datetime(2023, 7, 21, 2, tzinfo=UTC),
    NOW,
    datetime(2023, 10, 20, 10, 59, tzinfo=UTC),
    datetime(2024, 7, 5, 3, tzinfo=UTC),
    datetime(2026, 6, 19, 1, tzinfo=UTC),
)
ABOUT_A_SEAT = (
    "turnout", "majority", "result", "swing", "needs", "candidates", "when", "status", "history",
    "holder", "electorate", "latest", "compare turnout", "compare result", "lowest turnout in",
)  # fmt: skip
OF_ALL = (
    "lowest turnout", "highest turnout", "largest majority overturned", "biggest swing",
    "smallest majority", "biggest swing to Labour", "lowest turnout since 2019", "uk", "about",
    "uk turnout 2019", "compare turnout with the last 6 by-elections", "turnout Tamworth 2024",
    "result Tamworth by-election", "where Sarah Edwards", "where Nigel Farage", "status", "help",
    "where did Keir Mather stand", "who won the last general election", "did Keir Mather win",
)  # fmt: skip
SEATS = sorted({seat.name for seat in WHOLE.rows.seats})
FACTS = Facts(contests=())


class EndsAt(Record):
    """The record as it would have been made at a moment."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        known = {i for i, at in WHOLE.known.items() if at <= moment}
        contests = [row for i, row in WHOLE.ids.items() if i in known]
        days = {(row.polling_day, row.seat) for row in contests}
        self.rows = replace(
            WHOLE.rows,
            contests=contests,
            faults=[one for one in WHOLE.rows.faults if (one.polling_day, one.seat) in days],
        )


@lru_cache
def ends_at(moment: datetime) -> Record:
    return EndsAt(moment)


async def answer(text: str, moment: datetime, record: Record) -> Reply:
    def newsroom_at(at: datetime) -> FakeNewsroom:
        newsroom = FakeNewsroom(FACTS, at)
        newsroom.past = Past(record, at)
        return newsroom

    desk = Desk(catalogue=CATALOGUE, newsroom_at=newsroom_at, clock=StoppedClock(moment))
    return await desk.answer(question(text))


@given(
    moment=st.sampled_from(MOMENTS),
    text=st.one_of(
        st.sampled_from(OF_ALL),
        st.builds("{} {}".format, st.sampled_from(ABOUT_A_SEAT), st.sampled_from(SEATS)),
        st.builds(
            "{} {} {}".format,
            st.sampled_from(ABOUT_A_SEAT),
            st.sampled_from(SEATS),
            st.sampled_from(("2019", "2024", "by-election", "last time", "in July")),
        ),
    ),
)
async def test_an_answer_is_as_if_the_record_ended_at_the_moment(moment, text):
    asked_then = await answer(text, moment, ends_at(moment))
    asked_now = await answer(text, moment, WHOLE)
    assert asked_now == asked_then
    assert "Something went wrong" not in asked_now.title


@pytest.mark.parametrize("command", ABOUT_A_SEAT)
@pytest.mark.parametrize("seat", ["Tamworth", "Mid Beds", "Selby", "Wellingborough", "Clacton"])
async def test_at_a_quarter_to_one_on_the_night_nothing_later_is_said(command, seat):
    reply = await answer(f"{command} {seat}", NOW, WHOLE)
    said = " ".join(
        [reply.title, *reply.lines, *(" ".join(row) for row in reply.table.rows)]
        if reply.table
        else [reply.title, *reply.lines]
    )
    for later in ("2024", "2025", "2026", "Strathern", "11,719", "1,316", "Oct 2023 by-election"):
        assert later not in said
