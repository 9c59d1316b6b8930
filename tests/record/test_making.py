"""Tables into rows: what is checked, what is refused, what is told instead of hidden."""

from datetime import UTC, datetime

import pytest

from bot.errors import RecordError
from bot.record.files import read, write
from bot.record.making import make
from bot.record.record import Record
from bot.record.updating import update
from tests.record.tables import CANDIDATES, CONTEST, aliases, candidacies, table, written

BARCHESTER = "parl.barchester.by.2026-09-10"


def made(tmp_path, contest=CONTEST, lines=CANDIDATES):
    contests, below = written(tmp_path, [contest], candidacies(contest, lines))
    return make([contests], [below])


def test_a_contest_is_read_with_its_candidates_most_votes_first(tmp_path):
    rows = made(tmp_path, lines=CANDIDATES[::-1])
    (contest,) = rows.contests
    assert contest.by_election
    assert (contest.holder, contest.electorate, contest.rejected) == ("Con", 70_000, 100)
    assert [one.name for one in contest.candidacies] == [line[0] for line in CANDIDATES]
    assert rows.edition == "2026-09-10"
    assert rows.faults == []


def test_what_is_written_is_read_again(tmp_path):
    rows = made(tmp_path)
    write(rows, tmp_path)
    assert read(tmp_path) == rows


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("valid_votes", "29000", "add up to 30,000 votes, its number of valid votes is 29,000"),
        ("majority", "1900", "states a majority of 1,900; by its votes it is 2,000"),
        ("invalid_votes", "", "no number of rejected ballots"),
        ("winner", "Obadiah Slope", "names Obadiah Slope as the winner"),
        ("second_party", "LD", "names LD as the second party"),
        ("turnout_valid_pct", "42.9", "states a turnout of 42.9% of valid votes"),
        ("turnout_incl_rejected_pct", "44.0", "states a turnout of 44.0% of all ballots"),
    ],
)
def test_what_the_source_contradicts_itself_in_is_told_and_not_put_right(
    tmp_path, column, cell, said
):
    rows = made(tmp_path, CONTEST | {column: cell})
    assert any(said in fault.sentence for fault in rows.faults)
    assert [one.votes for one in rows.contests[0].candidacies] == [14_000, 12_000, 4_000]
    write(rows, tmp_path)
    past = Record(tmp_path).contest(BARCHESTER)
    assert past is not None
    assert any(said in remark for remark in past.remarks)


def test_shares_that_the_votes_do_not_give_are_told(tmp_path):
    wrong = ((*CANDIDATES[0][:-1], "0.5"), *CANDIDATES[1:])
    (fault,) = made(tmp_path, lines=wrong).faults
    assert "shares that its votes do not give" in fault.sentence


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("electorate", "many", "invalid literal"),
        ("electorate", "0", "an electorate of 0"),
        ("electorate", "30000", "30,100 ballots of 30,000 electors"),
        ("polling_date", "2026-13-10", "month must be in 1..12"),
        ("boundary_set", "1997", "no boundaries of 1997"),
        ("kind", "local", "neither “general” nor “by-election”"),
        ("result", "Lab", "neither hold nor gain"),
        ("declared_local", "late", "Invalid isoformat"),
        ("majority", "-1", "a number below nought"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_its_file_and_line(tmp_path, column, cell, said):
    contest = CONTEST | {column: cell}
    contests, below = written(tmp_path, [contest], candidacies(contest))
    with pytest.raises(RecordError, match="nothing was written") as refused:
        make([contests], [below])
    assert "contests.csv, line 2: Barchester:" in str(refused.value)
    assert said in str(refused.value)


def test_every_row_at_fault_is_named_at_once(tmp_path):
    bad = [CONTEST | {"ons_id": f"E1400{n:04}", "electorate": "?"} for n in range(25)]
    with pytest.raises(RecordError) as refused:
        make(*([path] for path in written(tmp_path, bad)))
    lines = str(refused.value).splitlines()
    assert len(lines) == 22
    assert lines[-1] == "and 5 more"


@pytest.mark.parametrize("votes", ["", "12.5", "-4", "35.9%"])
def test_votes_that_are_no_number_are_refused(tmp_path, votes):
    lines = (*CANDIDATES[:2], (*CANDIDATES[2][:4], votes, ""))
    with pytest.raises(RecordError, match=r"Obadiah Slope.*is no number of votes"):
        made(tmp_path, lines=lines)


def test_candidates_of_no_contest_and_a_contest_of_no_candidates_are_refused(tmp_path):
    contests, below = written(tmp_path, [CONTEST], candidacies(CONTEST | {"ons_id": "E2"}))
    with pytest.raises(RecordError) as refused:
        make([contests], [below])
    assert "fewer than two candidates are listed" in str(refused.value)
    assert "no table has the contest" in str(refused.value)


def test_two_who_tie_are_refused_for_the_lot_decided(tmp_path):
    tied = (CANDIDATES[0], (*CANDIDATES[1][:4], "14000", ""), CANDIDATES[2])
    with pytest.raises(RecordError, match="the first two have the same votes"):
        made(tmp_path, CONTEST | {"valid_votes": "32000"}, tied)


def test_two_people_of_one_name_may_stand_for_different_parties(tmp_path):
    lines = (CANDIDATES[0], ("Septimus Harding", *CANDIDATES[1][1:]), CANDIDATES[2])
    write(made(tmp_path, lines=lines), tmp_path)
    past = Record(tmp_path).contest(BARCHESTER)
    assert past is not None
    assert past.result.majority == 2_000


def test_a_file_of_another_kind_is_refused(tmp_path):
    other = table(tmp_path / "other.csv", ("a", "b"), [{"a": "1", "b": "2"}])
    with pytest.raises(RecordError, match="none of the record's tables"):
        update([other], tmp_path / "record")
    with pytest.raises(RecordError, match="there is no column kind"):
        make([other], [])


# ── Newer tables upon the bundled record ─────────────────────────────────────────────────────


def test_an_update_adds_to_the_bundled_record_and_says_what_it_changed(tmp_path):
    folder = tmp_path / "record"
    contests, below = written(tmp_path, [CONTEST | {"majority": "1900"}])
    done = update([below, contests, aliases(tmp_path, ("E14009999", "Cathedral City"))], folder)
    assert done.changed == 1
    assert len(done.after.contests) == len(done.before.contests) + 1
    ((name, fault),) = done.faults
    assert name == "Barchester"
    assert "1,900" in fault.sentence
    record = Record(folder)
    assert record.contest("parl.tamworth.by.2023-10-19") is not None
    match = record.index(datetime(2026, 12, 1, tzinfo=UTC), ()).resolve("cathedral city")
    assert [contest.id for contest in match.contests] == [BARCHESTER]


def test_a_second_update_stands_upon_the_first(tmp_path):
    folder = tmp_path / "record"
    update(list(written(tmp_path)), folder)
    later = CONTEST | {"polling_date": "2026-10-15", "declared_local": ""}
    done = update(list(written(tmp_path, [later])), folder)
    assert done.changed == 1
    assert {BARCHESTER, "parl.barchester.by.2026-10-15"} <= Record(folder).ids.keys()


def test_an_update_that_is_refused_leaves_the_record_as_it_was(tmp_path):
    folder = tmp_path / "record"
    update(list(written(tmp_path)), folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(RecordError):
        update(list(written(tmp_path, [CONTEST | {"electorate": "?"}])), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RecordError, match="cannot be written into"):
        update(list(written(tmp_path)), tmp_path / "file" / "record")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("about.tsv", "format\t2\n", "has format 2, and this Teller reads format 1"),
        ("contests.tsv", "2026-09-10\tonly two\n", "is broken"),
        ("seats.tsv", None, "cannot be read"),
    ],
)
def test_a_record_that_cannot_be_read_is_a_sentence(tmp_path, name, text, said):
    write(made(tmp_path), tmp_path)
    (tmp_path / name).unlink() if text is None else (tmp_path / name).write_text(text)
    with pytest.raises(RecordError, match=said):
        read(tmp_path)
