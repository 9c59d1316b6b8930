"""The judge itself: each bad history has a name, and none of them passes."""

import pytest

from tests.torture.judge import Life, Message, State, judge

# One was edited; two was taken back; three was taken back and came again.
EXPECTED = {
    "one": Life(versions=3, place=(1, 1)),
    "two": Life(versions=2, taken_back=frozenset({2}), place=(2, 2)),
    "three": Life(versions=3, taken_back=frozenset({2}), place=(3, 5)),
    "four": Life(versions=1, place=(4, 4)),
    "result": Life(versions=2),
}


def message(subject: str, *takes: int | str, id: str | None = None) -> Message:
    """A message that went through these takes; “2x” is take 2, struck."""
    states = tuple(
        State(subject=subject, take=int(str(take).rstrip("x")), withdrawn="x" in str(take))
        for take in takes
    )
    return Message(id=id or subject, states=states)


ONE, TWO = message("one", 1, 3), message("two", 1, "1x")
THREE, FOUR, RESULT = message("three", 1, "1x", 3), message("four", 1), message("result", 2)


def faults(*held: Message) -> dict[str, int]:
    found = judge(EXPECTED, held).faults
    return {name: len(sentences) for name, sentences in found.items() if sentences}


@pytest.mark.parametrize(
    "held",
    [
        (ONE, TWO, THREE, FOUR, RESULT),
        # What was taken back before it was posted need not stand; versions may be folded.
        (message("one", 3), message("three", 3), FOUR, RESULT),
        # What came again stands where it first was or where it came again.
        (ONE, TWO, FOUR, message("three", 3), RESULT),
        # The place of a result is not judged.
        (RESULT, ONE, TWO, THREE, FOUR),
        # An edit that was made twice shows nothing old.
        (message("one", 1, 1, 3, 3), message("two", "1x"), THREE, FOUR, message("result", 1, 2)),
    ],
)
def test_a_channel_with_every_entry_once_in_order_in_its_last_version_is_good(held):
    verdict = judge(EXPECTED, held)
    assert verdict.good, str(verdict)


@pytest.mark.parametrize(
    ("held", "found"),
    [
        ((ONE, TWO, THREE, RESULT), {"lost": 1}),
        ((ONE, TWO, THREE, FOUR), {"lost": 1}),
        # An edit, a withdrawal and a correction can be lost too.
        ((message("one", 1, 2), TWO, THREE, FOUR, RESULT), {"lost": 1}),
        ((ONE, message("two", 1), THREE, FOUR, RESULT), {"lost": 1}),
        ((ONE, TWO, message("three", 1, "1x"), FOUR, RESULT), {"lost": 1}),
        ((ONE, TWO, THREE, FOUR, message("result", 1)), {"lost": 1}),
    ],
)
def test_what_is_missing_is_lost(held, found):
    assert faults(*held) == found


def test_what_stands_twice_is_doubled():
    again = message("four", 1, id="again")
    assert faults(ONE, TWO, THREE, FOUR, again, RESULT) == {"doubled": 1}
    # Far from its place, and struck, it is still a double and nothing else.
    assert faults(ONE, TWO, THREE, FOUR, message("two", "1x", id="x"), RESULT) == {"doubled": 1}
    # Later versions change one of them.
    assert faults(ONE, TWO, THREE, FOUR, message("one", 1, id="x"), RESULT) == {"doubled": 1}


def test_what_stands_the_wrong_way_round_is_out_of_order():
    assert faults(TWO, ONE, THREE, FOUR, RESULT) == {"out of order": 1}
    assert faults(THREE, ONE, TWO, FOUR, RESULT) == {"out of order": 2}


def test_a_message_that_goes_back_is_stale():
    # It went back and stayed there, or came forward again: both were seen.
    assert faults(message("one", 1, 3, 2), TWO, THREE, FOUR, RESULT) == {"stale": 1}
    assert faults(message("one", 1, 3, 2, 3), TWO, THREE, FOUR, RESULT) == {"stale": 1}
    assert faults(ONE, message("two", "1x", 1), THREE, FOUR, RESULT) == {"stale": 1}
    assert faults(ONE, TWO, message("three", 3, "1x"), FOUR, RESULT) == {"stale": 1}


def test_what_nobody_expects_is_strange():
    assert faults(ONE, TWO, THREE, FOUR, RESULT, message("six", 1)) == {"strange": 1}
    assert faults(message("one", 4), TWO, THREE, FOUR, RESULT) == {"strange": 1}
    assert faults(message("one", "3x"), TWO, THREE, FOUR, RESULT) == {"strange": 1}
    nothing = Message(id="x", states=())
    assert faults(ONE, TWO, THREE, FOUR, RESULT, nothing) == {"strange": 1}
    both = Message(id="x", states=(*ONE.states, *FOUR.states))
    assert faults(both, TWO, THREE, FOUR, RESULT) == {"strange": 1, "lost": 1}
