"""`teller record-update` as the news developer meets it."""

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.settings import read_settings
from tests.record.tables import CONTEST, written


@pytest.fixture
def shell(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECORD_FOLDER", "newer")
    return lambda *words: CliRunner().invoke(cli, ["record-update", *map(str, words)])


def test_it_says_what_is_new_and_what_the_source_contradicts_itself_in(shell, tmp_path):
    tables = written(tmp_path, [CONTEST | {"majority": "1900"}])
    end = shell(*tables)
    assert end.exit_code == 0
    first, then, fault = end.output.splitlines()
    assert first == (
        "1 of 3,316 contests are new or other than before; the record reaches to "
        "Thursday 10 September 2026. It is kept in newer."
    )
    assert then == "The source contradicts itself in 1 place:"
    assert fault.startswith(
        "· Barchester, Thursday 10 September 2026: The record states a majority"
    )
    # What is asked from now on is asked of it.
    assert read_settings().record().contest("parl.barchester.by.2026-09-10") is not None


def test_tables_at_fault_change_nothing(shell, tmp_path):
    end = shell(*written(tmp_path, [CONTEST | {"electorate": "many"}]))
    assert end.exit_code != 0
    assert "contests.csv, line 2: Barchester" in str(end.exception)
    assert not (tmp_path / "newer").exists()


def test_a_file_that_is_not_there_is_wrong_use(shell):
    end = shell("nowhere.csv")
    assert end.exit_code == 2
    assert "nowhere.csv" in end.output
