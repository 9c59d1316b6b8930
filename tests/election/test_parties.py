import pytest

from bot.election.contest import Party
from bot.election.parties import Sides, read_sides, standing_as

CON, LAB, LD, GREEN, RUK, SNP, PC = (
    ("Con",), ("Lab",), ("LD",), ("Green",), ("RUK", "BRX"), ("SNP",), ("PC",),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "losing", "gaining", "rest"),
    [
        ("Con to Lab Tamworth", CON, LAB, "Tamworth"),
        ("Tamworth con-lab", CON, LAB, "Tamworth"),
        ("Tories to the Lib Dems in Somerton", CON, LD, "in Somerton"),
        ("from SNP to Labour in Rutherglen", SNP, LAB, "in Rutherglen"),
        ("Conservative → Liberal Democrat", CON, LD, ""),
        ("Lab Reform Runcorn", LAB, RUK, "Runcorn"),
        ("to Labour in Selby", (), LAB, "in Selby"),
        ("against the Tories", CON, (), ""),
        ("from the Brexit Party", RUK, (), ""),
        ("Plaid Cymru Ceredigion", (), PC, "Ceredigion"),
        ("the Greens", (), GREEN, ""),
        ("Labour's in Tamworth", (), LAB, "in Tamworth"),
        ("Tamworth", (), (), "Tamworth"),
        ("Labrador Retriever", (), (), "Labrador Retriever"),
        ("Kilbride", (), (), "Kilbride"),
        ("", (), (), ""),
    ],
)
def test_parties_as_people_say_them(text, losing, gaining, rest):
    assert read_sides(text) == (Sides(gaining=gaining, losing=losing), rest)


def test_a_party_is_the_first_of_its_names_that_stands():
    reform, brexit = Party(name="Reform UK", short="RUK"), Party(name="Brexit Party", short="BRX")
    assert standing_as(RUK, [brexit]) == brexit
    assert standing_as(RUK, [brexit, reform]) == reform
    assert standing_as(RUK, [Party(name="Labour", short="Lab")]) is None
    assert standing_as((), [reform]) is None


def test_nothing_named_is_no_side():
    assert not Sides()
    assert Sides(losing=CON)
