"""`teller about`: whose the figures are."""

from click.testing import CliRunner

from bot.cli import cli


def test_it_names_the_version_the_edition_and_the_licences(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    end = CliRunner().invoke(cli, ["about"])
    assert end.exit_code == 0
    assert "MIT licence" in end.output
    assert "3,315 contests for the House of Commons, the last on 2026-08-13" in end.output
    assert (
        "Contains Parliamentary information licensed under the Open Parliament Licence v3.0."
        in end.output
    )
