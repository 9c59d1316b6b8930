"""A tie is decided by lot: recorded at the desk, corrected, taken back; on both databases."""

import json
from collections.abc import AsyncIterator

import pytest

from bot.chat.post import Post, PostKind
from bot.election.figure import Standing
from bot.exporting import gather
from tests.nights.facts import CON, LAB, TAMWORTH
from tests.rooms import NEWSROOM, at
from tests.test_count_desk import ANN, BOB, Desk, body, desk_at

TIE = (
    "record result Tamworth Lab 11,061 Con 11,061 RUK 1,373 Britain First 580 UKIP 436 Green 417 "
    "LD 417 Laud Hope 155 Longman 86"
)
LEVEL = "Sarah Edwards and Andy Cooper have 11,061 votes each"
GAIN = "Labour gain from Conservatives, majority 0, decided by lot"


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Desk]:
    async with desk_at(database_url) as desk:
        yield desk


async def decided(desk: Desk, lot: str) -> None:
    """A tie goes in and is confirmed."""
    shown = await desk.takes(ANN, f"{TIE} lot {lot}")
    await desk.takes(BOB, f"confirm {shown.value}")


async def declarations(desk: Desk) -> list[Post]:
    return [post for _, post in await desk.room.told(PostKind.DECLARATION)]


async def test_a_tie_is_decided_by_lot(desk):
    shown = await desk.takes(ANN, f"{TIE} lot Lab")
    assert shown.title == f"Is this right? Tamworth: {GAIN}"
    assert await desk.majority() is None
    await desk.takes(BOB, f"confirm {shown.value}")
    declared = await desk.newsroom.declaration(TAMWORTH)
    assert (declared.value.winner, declared.value.majority) == (LAB, 0)
    assert (declared.value.candidate, declared.standing) == ("Sarah Edwards", Standing.OFFICIAL)
    (post,) = await declarations(desk)
    assert post.heading == "Tamworth: Labour gain from Conservatives"
    assert body(post)[:3] == [
        "Sarah Edwards is elected.",
        "Majority 0 (19,634 last time).",
        f"Decided by lot: {LEVEL}.",
    ]


async def test_whoever_is_drawn_has_won_whatever_comes_first_on_the_paper(desk):
    await decided(desk, "Con")
    declared = await desk.newsroom.declaration(TAMWORTH)
    assert (declared.value.winner, declared.value.candidate) == (CON, "Andy Cooper")
    assert declared.value.result.runner_up.candidacy.name == "Sarah Edwards"
    (post,) = await declarations(desk)
    assert post.heading == "Tamworth: Conservatives hold"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (TIE, f"{LEVEL}. A tie is decided by lot: say at the end who was drawn, like “… lot Sar"),
        (f"{TIE} lot", "Who was drawn by lot?"),
        (f"{TIE} lot Lab, lot Con", "Who was drawn by lot?"),
        (f"{TIE} lot LD", f"Sunny Virk cannot have been drawn by lot: {LEVEL}."),
        (f"{TIE} lot SNP", "Nobody called “SNP” stands in Tamworth."),
        (
            f"{TIE.replace('Con 11,061', 'Con 11,060')} lot Lab",
            "Lots are drawn only after a tie, and Sarah Edwards has most votes.",
        ),
    ],
)
async def test_a_lot_that_cannot_be_is_a_sentence_and_changes_nothing(desk, text, sentence):
    assert sentence in await desk.refuses(ANN, text)
    assert await desk.newsroom.journal() == []


async def test_answers_and_the_board_say_that_lots_have_decided(desk):
    await desk.room.boards.post(NEWSROOM)
    await desk.room.deliver()
    await decided(desk, "Lab")
    result = await desk.say(ANN, "result Tamworth")
    assert result.title == "Tamworth: Labour gain from Conservatives"
    assert f"Decided by lot: {LEVEL}." in result.lines
    assert (result.details["majority"], result.details["by_lot"]) == (0, True)
    majority = await desk.say(ANN, "majority Tamworth")
    assert (majority.title, majority.value) == ("Tamworth: majority 0", 0)
    assert majority.lines[0] == (
        "Labour gain from Conservatives, decided by lot against Andy Cooper (Conservatives)."
    )
    await desk.room.move_to(at("02:50"))
    (*_, (_, board)) = await desk.room.told(PostKind.BOARD)
    (line,) = [one for one in body(board) if one.startswith("Tamworth")]
    assert "Labour gain from Conservatives; majority 0, decided by lot; swing " in line


async def test_the_export_has_who_was_drawn(desk, database_url):
    await decided(desk, "Con")
    files = (await gather(database_url, desk.clock.now())).files()
    rows = json.loads(files["results.json"])["rows"]
    assert [(one["candidate"], one["votes"], one["elected"]) for one in rows[:2]] == [
        ("Andy Cooper", 11_061, True),
        ("Sarah Edwards", 11_061, False),
    ]
    assert {(one["majority"], one["by_lot"], one["outcome"]) for one in rows} == {(0, True, "hold")}
    figures = json.loads(files["figures.json"])["rows"]
    assert [one["value"] for one in figures if one["figure"] == "drawn by lot"] == ["Andy Cooper"]


async def test_another_lot_is_a_correction_and_is_told_anew(desk):
    await decided(desk, "Con")
    await desk.room.stands(NEWSROOM)
    better = await desk.takes(BOB, f"{TIE} lot Lab")
    assert "Are two lines swapped?" in better.lines[0]
    await desk.takes(BOB, f"insist {better.value}")
    await desk.takes(ANN, f"confirm {better.value}")
    first, second, loud = await declarations(desk)
    assert first.heading == "Tamworth: Conservatives hold"
    assert body(second)[0] == (
        "Corrected 02:40: Labour gain from Conservatives, was Conservatives hold."
    )
    assert loud.heading == f"Correction, Tamworth: {GAIN}"
    assert body(loud) == ["Not as told before: Conservatives hold, majority 0, decided by lot."]


async def test_a_recount_that_breaks_the_tie_corrects_it(desk):
    await decided(desk, "Con")
    await desk.room.stands(NEWSROOM)
    better = await desk.takes(ANN, TIE.replace("Con 11,061", "Con 11,060"))
    await desk.takes(BOB, f"insist {better.value}")
    await desk.takes(BOB, f"confirm {better.value}")
    assert await desk.majority() == 1
    (*_, loud) = await declarations(desk)
    assert loud.heading == ("Correction, Tamworth: Labour gain from Conservatives, majority 1")


async def test_a_confirmation_of_a_tie_is_undone(desk):
    shown = await desk.takes(ANN, f"{TIE} lot Lab")
    await desk.takes(BOB, f"confirm {shown.value}")
    await desk.takes(BOB, "undo")
    assert await desk.majority() is None
    await desk.takes(BOB, f"confirm {shown.value}")
    assert await desk.majority() == 0
