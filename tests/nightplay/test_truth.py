"""The judge of a played night: what is wrong in a channel has a sentence, and nothing else has."""

import pytest

from tests.nightplay.newsrooms import Album, Message
from tests.nightplay.truth import BOTH, TAMWORTH, Place, Told, Truth, faults

HERE = Place(on="slack", id="C1", kinds=frozenset({"declarations"}))
CLOSED, WON = "polls have closed", "Labour gain"
DECLARED = Told(subject="t", kind="declarations", seats=(TAMWORTH,), lines=("Tamworth: 1,388",))
CORRECTED = Told(
    subject="t",
    kind="declarations",
    seats=(TAMWORTH,),
    lines=("Tamworth: 1,388", "Corrected: 1,316."),
    edited=True,
)
LATER = Told(subject="l", kind="declarations", seats=BOTH, lines=("A correction",))
BOARDS = ("Tonight’s board", "0 of 2 declared, last changed 22:00.", f"Tamworth: {CLOSED}")
WON_BOARD = ("Tonight’s board", "1 of 2 declared, last changed 02:46.", f"Tamworth: {WON}")


def truth() -> Truth:
    found = Truth()
    found.draw({TAMWORTH: CLOSED}, 0)
    found.draw({TAMWORTH: WON}, 1)
    found.tell(DECLARED)
    found.tell(CORRECTED)
    found.tell(LATER)
    found.boards |= {str(HERE)}
    return found


def stands(*messages: list[tuple[str, ...]]) -> list[Message]:
    album = Album(lambda message: [])
    for number, states in enumerate(messages):
        for lines in states:
            album.told(HERE.id, str(number), lines)
    return album.held(HERE.id)


DRAWN = [BOARDS, WON_BOARD]
EDITED = ("02:46 · Ada · ✎ edited 02:50",)
SAID = [DECLARED.lines, CORRECTED.lines + EDITED]
AFTER = [("🗳️ A correction", "02:50 · Ada")]


@pytest.mark.parametrize(
    "held",
    [
        stands(DRAWN, SAID, AFTER),
        # What came between was passed over.
        stands([WON_BOARD], [CORRECTED.lines + EDITED], AFTER),
    ],
)
def test_a_channel_in_which_all_is_true_has_no_fault(held):
    assert faults(truth(), HERE, held) == []


@pytest.mark.parametrize(
    ("held", "says"),
    [
        (stands(DRAWN, SAID), "lacks ['A correction']"),
        (stands(DRAWN, SAID, SAID, AFTER), "another order"),
        (stands(DRAWN, AFTER, SAID), "another order"),
        (stands(DRAWN, SAID, AFTER, [("Mid Bedfordshire: 3",)]), "besides"),
        (stands(DRAWN, [DECLARED.lines], AFTER), "stands, not"),
        (stands(DRAWN, [CORRECTED.lines], AFTER), "does not say that it was changed"),
        (stands(DRAWN, [*SAID, *SAID], AFTER), "has gone back"),
        (stands(DRAWN, [("Tamworth: 1,831",), *SAID], AFTER), "never was true"),
        (stands(SAID, AFTER), "0 boards stand, not 1"),
        (stands(DRAWN, DRAWN, SAID, AFTER), "2 boards stand, not 1"),
        (stands([BOARDS], SAID, AFTER), "and true is"),
        (stands([WON_BOARD, BOARDS, WON_BOARD], SAID, AFTER), "the board has gone back"),
        (stands([(*BOARDS[:2], "Tamworth: Tory"), WON_BOARD], SAID, AFTER), "never was"),
    ],
)
def test_each_fault_has_its_sentence(held, says):
    found = faults(truth(), HERE, held)
    assert says in " ".join(found)
    assert all(fault.startswith("slack C1: ") for fault in found)
