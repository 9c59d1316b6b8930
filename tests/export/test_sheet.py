"""Sheets: what a spreadsheet and a program read is what was known, and is no formula."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.export.sheet import Sheet, as_csv, as_json, defused, instant, sheet

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(10**12), max_value=10**12),
    st.decimals(min_value=-100, max_value=100, places=1),
    TEXTS,
    st.builds(str.__add__, st.sampled_from(list("=+-@\t\r\n＝＋ ")), TEXTS),
)
SHEETS = st.integers(1, 4).flatmap(
    lambda width: st.builds(
        lambda rows: Sheet(name="any", columns=tuple("abcd"[:width]), rows=tuple(rows)),
        st.lists(st.tuples(*[CELLS] * width), max_size=5),
    )
)


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(SHEETS)
def test_every_cell_comes_back_from_csv_and_texts_are_no_formulas(one: Sheet):
    header, *rows = read(as_csv(one))
    assert header == list(one.columns)
    assert len(rows) == len(one.rows)
    for row, cells in zip(rows, one.rows, strict=True):
        for told, cell in zip(row, cells, strict=True):
            if isinstance(cell, str):
                assert told in (cell, f"'{cell}")
                assert not told.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
            elif cell is None:
                assert told == ""
            elif isinstance(cell, bool):
                assert told == str(cell).lower()
            else:
                assert Decimal(told) == cell


@given(SHEETS)
def test_json_has_the_same_facts_in_the_same_order(one: Sheet):
    document = json.loads(as_json(one))
    assert list(document) == ["sheet", "rows"]
    assert [list(row) for row in document["rows"]] == [list(one.columns)] * len(one.rows)
    for row, cells in zip(document["rows"], one.rows, strict=True):
        for told, cell in zip(row.values(), cells, strict=True):
            assert told == (float(cell) if isinstance(cell, Decimal) else cell)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('=HYPERLINK("https://evil.example")', '\'=HYPERLINK("https://evil.example")'),
        ("+44 20 7219", "'+44 20 7219"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("\n=1", "'\n=1"),
        ("  =1+1", "'  =1+1"),
        ("＝1+1", "'＝1+1"),
        ("﹢1", "'﹢1"),
        ("Labour gain", "Labour gain"),
        ("– said nobody", "– said nobody"),
        ("'quoted'", "'quoted'"),
        ("1=1", "1=1"),
        ("", ""),
        (" ", " "),
    ],
)
def test_what_begins_a_formula_is_defused_and_nothing_else(text, told):
    assert defused(text) == told


def test_numbers_stay_numbers_in_both():
    one = sheet("n", ("a", "b", "c"), [{"a": Decimal("-25.7"), "b": -3, "c": "-25.7"}])
    assert as_csv(one) == "a,b,c\r\n-25.7,-3,'-25.7\r\n"
    assert json.loads(as_json(one))["rows"] == [{"a": -25.7, "b": -3, "c": "-25.7"}]


def test_half_a_character_and_noughts_are_left_out():
    one = sheet("n", ("a",), [{"a": "half \ud800 a\0 pair"}])
    assert read(as_csv(one)) == [["a"], ["half  a pair"]]
    assert json.loads(as_json(one).encode())["rows"] == [{"a": "half  a pair"}]


def test_a_row_with_a_column_of_its_own_is_refused():
    with pytest.raises(ValueError, match="n has no column b"):
        sheet("n", ("a",), [{"b": 1}])


@pytest.mark.parametrize(
    ("at", "utc", "uk"),
    [
        ((2023, 10, 20, 2, 40), "2023-10-20T02:40:00Z", "2023-10-20 03:40 BST"),
        ((2023, 10, 29, 0, 30), "2023-10-29T00:30:00Z", "2023-10-29 01:30 BST"),
        ((2023, 10, 29, 1, 30), "2023-10-29T01:30:00Z", "2023-10-29 01:30 GMT"),
    ],
)
def test_an_instant_is_told_in_utc_and_on_uk_clocks(at, utc, uk):
    assert instant("said", datetime(*at, tzinfo=UTC)) == {"said_utc": utc, "said_uk": uk}


def test_of_a_day_no_time_is_told():
    at = datetime(2019, 12, 12, 22, tzinfo=UTC)
    assert set(instant("said", at, day_only=True).values()) == {"2019-12-12"}
    assert set(instant("said", None).values()) == {None}
