"""Small tables in the shape of the Library's, for tests that change a cell of them."""

import csv
from collections.abc import Sequence
from pathlib import Path

from bot.record.making import ALIAS_COLUMNS, CANDIDACY_COLUMNS, CONTEST_COLUMNS

CONTEST = {
    "kind": "by-election",
    "polling_date": "2026-09-10",
    "boundary_set": "2024",
    "ons_id": "E14009999",
    "constituency": "Barchester",
    "country": "England",
    "region": "South West",
    "declared_local": "2026-09-11T02:40",
    "result": "Lab gain from Con",
    "first_party": "Lab",
    "second_party": "Con",
    "winner": "Septimus Harding",
    "electorate": "70000",
    "valid_votes": "30000",
    "invalid_votes": "100",
    "majority": "2000",
    "turnout_valid_pct": "42.86",
    "turnout_incl_rejected_pct": "43.0",
}
CANDIDATES = (
    ("Septimus Harding", "Labour", "Lab", "PP53", "14000", "0.466667"),
    ("Theophilus Grantly", "Conservative", "Con", "PP52", "12000", "0.4"),
    ("Obadiah Slope", "Independent", "Ind", "", "4000", "0.133333"),
)


def candidacies(
    contest: dict[str, str] = CONTEST, lines: Sequence[Sequence[str]] = CANDIDATES
) -> list[dict[str, str]]:
    """The candidates of a contest, as rows."""
    same = {name: contest[name] for name in ("kind", "polling_date", "ons_id", "constituency")}
    return [
        {
            **same,
            "candidate": name,
            "party": party,
            "party_abbr": short,
            "ec_party_id": ec_id,
            "votes": votes,
            "share": share,
            "change": "",
            "dc_person_id": "",
        }
        for name, party, short, ec_id, votes, share in lines
    ]


def written(
    folder: Path, contests: Sequence[dict[str, str]] = (CONTEST,), candidates=None
) -> tuple[Path, Path]:
    """Both tables in a folder."""
    below = [row for one in contests for row in candidacies(one)]
    return (
        table(folder / "contests.csv", CONTEST_COLUMNS, contests),
        table(
            folder / "candidacies.csv",
            CANDIDACY_COLUMNS,
            below if candidates is None else candidates,
        ),
    )


def aliases(folder: Path, *spellings: tuple[str, str]) -> Path:
    rows = [
        dict(zip(ALIAS_COLUMNS, ("2024", code, "", alias, "a test"), strict=True))
        for code, alias in spellings
    ]
    return table(folder / "aliases.csv", ALIAS_COLUMNS, rows)


def table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(rows)
    return path
