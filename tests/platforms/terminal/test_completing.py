import pytest

from bot.platforms.terminal.completing import endings, suggestion

PHRASES = ("turnout", "result", "Tamworth", "Mid Bedfordshire", "Mid Dorset", "Stoke-on-Trent")


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("tur", ["turnout"]),
        ("TURNOUT TAM", ["TURNOUT Tamworth"]),
        ("turnout mid b", ["turnout Mid Bedfordshire"]),
        ("mid", ["Mid Bedfordshire", "Mid Dorset"]),
        ("turnout bedf", ["turnout Mid Bedfordshire"]),
        ("result trent", ["result Stoke-on-Trent"]),
        ("t", ["turnout", "Tamworth", "Stoke-on-Trent"]),
        ("amworth", []),
        ("turnout ", []),
        ("", []),
    ],
)
def test_the_end_of_a_line_is_completed(line, completed):
    found = [line[: len(line) - end.length] + end.phrase for end in endings(line, PHRASES)]
    assert found == completed


@pytest.mark.parametrize(
    ("line", "rest"),
    [("turnout tam", "worth"), ("bedf", ""), ("turnout Tamworth", ""), ("", "")],
)
def test_the_rest_of_a_phrase_is_suggested(line, rest):
    assert suggestion(line, PHRASES) == rest
