"""Charts drawn in a process of their own; what hangs or breaks there keeps nobody waiting."""

import asyncio
import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat.ask import Ask, Author, Channel
from bot.chat.chart import Bar, Chart
from bot.chat.reply import Reply
from bot.platforms.drawing import draw
from bot.platforms.parties import colour_of
from bot.platforms.pictures import NO_PICTURES, Illustrated, Pictures
from tests.platforms.charts import HISTORY, REPLY, TURNOUT, size
from tests.platforms.slack.fake_desk import Answering
from tests.processes import environment

ASK = Ask(
    text="chart turnout",
    author=Author(platform="slack", id="U1", name="Ann"),
    channel=Channel(platform="slack", id="C1"),
)
PHONE = 1_080
ROOT = Path(__file__).parents[2]
DRAWS = """
import asyncio
from bot.platforms.pictures import Pictures
from tests.platforms.charts import TURNOUT

async def draws():
    assert await Pictures(seconds=60).draw(TURNOUT) is not None
    print("drawn", flush=True)
    await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(draws())
"""


@pytest.fixture
def pictures():
    made = Pictures(seconds=60)
    yield made
    made.close()


async def given(ask: Ask) -> Reply:
    return REPLY if ask.text == ASK.text else Reply(title="no chart")


@pytest.mark.parametrize("chart", [TURNOUT, HISTORY], ids=lambda chart: chart.title)
def test_a_picture_is_as_wide_as_a_phone(chart):
    width, height = size(draw(chart))
    assert width == PHONE
    assert 400 < height < 2 * PHONE


@pytest.mark.parametrize(
    "chart",
    [
        replace(TURNOUT, bars=(Bar(label="Nobody", value=0.0, said="0"),)),
        replace(TURNOUT, bars=tuple(replace(TURNOUT.bars[0], label=str(n)) for n in range(40))),
        replace(TURNOUT, title="$x^2$ _a_ \\frac{1}{0} & <b>" * 10),
        replace(HISTORY, lines=(), times=()),
        replace(HISTORY, lines=(replace(HISTORY.lines[0], values=(None, None, None)),)),
        replace(TURNOUT, bars=(Bar(label="名前 \u202e", value=5.0, said="5%", party="nobody's"),)),
    ],
)
@pytest.mark.filterwarnings("ignore:Glyph")
def test_any_chart_can_be_drawn(chart):
    assert size(draw(chart))[0] == PHONE


def luminance(colour: str) -> float:
    """Relative luminance after WCAG 2.2, 0 to 1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(part * c for part, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_edge_of_a_bar_stands_out_where_its_party_is_pale():
    """Three to one is what WCAG 2.2 asks of parts of a picture, against white and within."""
    edge = luminance("#1A1A1A")
    for party in ("Lab", "Con", "LD", "Green", "RUK", "SNP", "PC", "APNI", "nobody's"):
        own = luminance(colour_of(party))
        against_white = 1.05 / (own + 0.05)
        against_edge = (max(own, edge) + 0.05) / (min(own, edge) + 0.05)
        assert max(against_white, against_edge) >= 3, party
    assert 1.05 / (edge + 0.05) >= 3


async def test_an_answer_with_a_chart_comes_with_its_picture(pictures):
    desk = Illustrated(Answering(given), pictures)
    reply = await desk.answer(ASK)
    assert reply.picture is not None
    assert size(reply.picture.png)[0] == PHONE
    assert reply.picture.alt == TURNOUT.alt
    assert reply.lines == ()
    assert (await desk.answer(replace(ASK, text="turnout"))).picture is None


async def test_without_what_draws_the_answer_says_how_to_get_it(pictures, monkeypatch):
    monkeypatch.setattr(Pictures, "possible", False)
    reply = await Illustrated(Answering(given), pictures).answer(ASK)
    assert reply.picture is None
    assert reply.lines == (NO_PICTURES,)
    assert reply.table == REPLY.table


async def test_a_process_that_dies_is_followed_by_another(pictures):
    first = await pictures.draw(TURNOUT)
    for process in multiprocessing.active_children():
        process.kill()
    # That it is dead is noticed with the next chart, or with the one after it.
    drawn = [await pictures.draw(replace(TURNOUT, title=title)) for title in ("one", "two")]
    assert first is not None
    assert drawn[-1] is not None


async def test_a_chart_that_many_ask_for_is_drawn_once(pictures):
    first, *others = await asyncio.gather(*(pictures.draw(TURNOUT) for _ in range(20)))
    assert first is not None
    assert all(other is first for other in others)
    assert await pictures.draw(replace(TURNOUT)) is first


async def test_a_chart_that_hangs_ends_nobody_who_waits_behind_it():
    impatient = Pictures(seconds=0.1)
    try:
        hanging = asyncio.create_task(impatient.draw(TURNOUT))
        await asyncio.sleep(0.05)
        assert await impatient.draw(HISTORY) is None
        assert await hanging is None
    finally:
        impatient.close()


async def test_the_process_that_draws_ends_with_a_teller_that_is_killed(tmp_path):
    script = tmp_path / "draws.py"
    script.write_text(DRAWS, encoding="utf-8")
    killed = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        env=environment(PYTHONPATH=str(ROOT)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert killed.stdout is not None
    async with asyncio.timeout(60):
        assert await killed.stdout.readline() == b"drawn\n"
        killed.kill()
        # It ends where nobody has it open any more.
        assert await killed.stdout.read() == b""
        await killed.wait()


async def test_a_chart_that_takes_too_long_is_left_out():
    impatient = Pictures(seconds=0.001)
    try:
        assert await impatient.draw(TURNOUT) is None
    finally:
        impatient.close()


async def test_others_go_on_while_a_picture_is_drawn(pictures):
    turns = 0
    drawing = asyncio.create_task(pictures.draw(HISTORY))
    while not drawing.done():
        turns += 1
        await asyncio.sleep(0)
    assert await drawing is not None
    assert turns > 100


async def test_a_chart_that_cannot_be_drawn_is_left_out(pictures):
    broken = Chart(title="Broken", unit="%", source="", bars=(Bar(label="x", value="y", said=""),))
    assert await pictures.draw(broken) is None
    assert await pictures.draw(TURNOUT) is not None
