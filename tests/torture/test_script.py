"""The script of a night, and how it is read back from what channels show."""

from datetime import date

import pytest

from bot.sources import feeds
from tests.torture.judge import State
from tests.torture.script import TAMWORTH, draw

SCRIPT = draw(1, steps=18, versions=52)


def test_the_same_seed_draws_the_same_script():
    assert draw(1, steps=18, versions=52) == SCRIPT
    assert draw(2, steps=18, versions=52) != SCRIPT


def test_a_script_has_everything_that_can_happen_to_a_note():
    notes = SCRIPT.notes
    assert SCRIPT.versions == 52
    assert [note.declares for note in notes].count(True) == 1
    assert any(len(note.came) > 1 and not note.taken_back for note in notes)
    assert any(len(note.came) in note.taken_back for note in notes)
    # No note changes twice in one step: each version can be seen.
    assert all(len(set(note.came)) == len(note.came) for note in notes)


@pytest.mark.parametrize("step", range(SCRIPT.steps))
def test_the_program_reads_every_page_as_the_script_has_it(step):
    url = "http://127.0.0.1/live"
    read = feeds.parse(SCRIPT.page(step, url), url=url, polling_day=date(2023, 10, 19))
    assert read.faults == ()
    shown = {entry.id.rpartition(":")[2]: entry for entry in read.entries}
    assert shown.keys() == {note.subject for note in SCRIPT.notes if note.version(step)}
    for note in SCRIPT.notes:
        if note.version(step):
            entry = shown[note.subject]
            assert entry.withdrawn is not note.stands(step)
            state = State(subject=note.subject, take=note.version(step))
            assert SCRIPT.read(entry.heading) == (None if entry.withdrawn else state)


def test_a_channel_of_one_seat_expects_its_notes_and_its_result():
    both, one = SCRIPT.expected(results=False), SCRIPT.expected((TAMWORTH,), results=True)
    of_tamworth = {note.subject for note in SCRIPT.notes if note.seat == TAMWORTH}
    (declaring,) = [note for note in SCRIPT.notes if note.declares]
    assert both.keys() == {note.subject for note in SCRIPT.notes}
    corrections = {key for key, life in one.items() if life.optional}
    assert corrections == {f"correction-{n}" for n in range(2, len(declaring.came) + 1)}
    assert one.keys() - corrections == {*of_tamworth, f"result-{declaring.number}"}


def test_what_channels_show_is_read_back():
    (declaring,) = [note for note in SCRIPT.notes if note.declares]
    result = f"result-{declaring.number}"
    assert SCRIPT.read("✗ Withdrawn: ~~Tamworth: note 12, take 3~~") == State(
        subject="note-12", take=3, withdrawn=True
    )
    assert SCRIPT.read("Tamworth: Labour gain, majority 1,302") == State(subject=result, take=2)
    assert SCRIPT.read("Correction, Tamworth: Labour gain, majority 1,303. Not 1,302") == State(
        subject="correction-3", take=1
    )
    assert SCRIPT.read("Tamworth: Corrected 02:40: majority 1,303, was 1,302") == State(
        subject=result, take=3
    )
    assert SCRIPT.read("Hello, I am Teller") is None
