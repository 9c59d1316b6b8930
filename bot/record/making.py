"""From the House of Commons Library's tables to the record's rows.

The tables are those of ukparliament/psephology as plain CSV, a line a contest and a line a
candidacy, with the spellings of seats, the notional results of 2019 on the seats of 2024, and the
overlaps of old and new seats beside them. `checking` looks at every row on the way.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from bot.errors import RecordError
from bot.record.checking import ContestStated, contradictions
from bot.record.rows import (
    BOUNDARIES,
    CandidacyRow,
    ContestRow,
    FaultRow,
    NotionalRow,
    OverlapRow,
    PartyRow,
    Rows,
    SeatRow,
)

_Line = tuple[int, dict[str, str]]

CONTEST_COLUMNS = (
    "kind", "polling_date", "boundary_set", "ons_id", "constituency", "country", "region",
    "declared_local", "result", "first_party", "second_party", "winner", "electorate",
    "valid_votes", "invalid_votes", "majority", "turnout_valid_pct", "turnout_incl_rejected_pct",
)  # fmt: skip
CANDIDACY_COLUMNS = (
    "kind", "polling_date", "ons_id", "constituency", "candidate", "party", "party_abbr",
    "ec_party_id", "votes", "share", "change", "dc_person_id",
)  # fmt: skip
ALIAS_COLUMNS = ("boundary_set", "ons_id", "canonical", "alias", "source")
_OUTCOME = re.compile(r"(?P<won>.+?) (?:hold|gain from (?P<lost>.+))", re.IGNORECASE)
# Of the first general election, what came before it is known only by the Library's own changes.
_FIRST_GENERAL = "2010-05-06"
_MOST_FAULTS = 20
# How the notional results call parties that the candidacies call otherwise.
_NOTIONAL_NAMES = {
    "Independent 2 etc.": "Ind", "Loony": "MRLP", "People before Profit": "PBPA",
    "Libertarian": "LPUK", "Workers' Revolution": "WRP", "Renew Party": "Ren",
    "CumbriaFirst": "CF", "Meb Ker": "MK", "Justice Anti-Corruption": "JACP", "Green Soc": "AGS",
    "Socialist": "SPGB", "North East Party": "NEP", "Lincolnshire Independents": "LNIN",
    "Peace": "PPNV", "Comm. League": "Comm L", "Church of the Militant Elvis": "Elvis",
    "Burnley & Padiham Independent Party": "BPI", "Commons Speaker": "Spk",
    "Citizens Movement Party UK": "CMUK", "Touch Love Worldwide": "TLW",
    "Best for Luton": "BfL", "Psychedelic Future Party": "PSY",
    "Social Democratic": "SDP", "Socialist Equality": "SEP", "Eng Dem": "ED", "Liberal": "Lib",
    "Brexit Party": "BRX", "Independent": "Ind",
}  # fmt: skip


def make(
    contests: Iterable[Path],
    candidacies: Iterable[Path],
    *,
    aliases: Path | None = None,
    notional: Path | None = None,
    overlaps: Path | None = None,
    upon: Rows | None = None,
) -> Rows:
    """The record from tables, `upon` an older one whose contests stay where no table has them.

    A contest that several tables have is the last one's. Raises `RecordError` that lists every
    row that cannot be read; what the source contradicts itself in becomes a fault of the record.
    """
    refused: list[str] = []
    book = _Book(upon or Rows())
    by_contest: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in _candidacies(candidacies, refused):
        by_contest[row["polling_date"], row["ons_id"]].append(row)
    for path in contests:
        for number, row in _table(path, CONTEST_COLUMNS, refused):
            below = by_contest.pop((row["polling_date"], row["ons_id"]), [])
            try:
                book.add(row, below)
            except ValueError as error:
                refused.append(f"{path.name}, line {number}: {row['constituency']}: {error}")
    refused += [
        f"{day}, {below[0]['constituency']}: there are candidates, and no table has the contest"
        for (day, _), below in by_contest.items()
    ]
    if aliases is not None:
        book.spell(row for _, row in _table(aliases, ALIAS_COLUMNS, refused))
    if notional is not None:
        book.notional = list(_notional(notional, book.shorts(), refused))
    if overlaps is not None:
        book.overlaps = list(_overlaps(overlaps, refused))
    if refused:
        more = len(refused) - _MOST_FAULTS
        told = refused[:_MOST_FAULTS] + ([f"and {more} more"] if more > 0 else [])
        raise RecordError("The tables cannot be read; nothing was written.\n" + "\n".join(told))
    return book.rows()


class _Book:
    """Rows by what they are known by, while they are added."""

    def __init__(self, upon: Rows) -> None:
        self._seats = {seat.key: seat for seat in upon.seats}
        self._parties = {(p.short, p.name, p.ec_id): p for p in upon.parties}
        self._contests = {(c.polling_day, c.seat): c for c in upon.contests}
        self._faults: dict[tuple[str, str], list[FaultRow]] = defaultdict(list)
        for fault in upon.faults:
            self._faults[fault.polling_day, fault.seat].append(fault)
        self.notional = list(upon.notional)
        self.overlaps = list(upon.overlaps)

    def add(self, row: Mapping[str, str], candidacies: Sequence[Mapping[str, str]]) -> None:
        """Add a contest with its candidates. Raises `ValueError` for what cannot be."""
        day = date.fromisoformat(row["polling_date"]).isoformat()
        boundaries = int(row["boundary_set"])
        if boundaries not in BOUNDARIES:
            raise ValueError(f"there are no boundaries of {boundaries}")
        if row["kind"] not in ("general", "by-election"):
            raise ValueError(f"“{row['kind']}” is neither “general” nor “by-election”")
        if len(candidacies) < 2:
            raise ValueError("fewer than two candidates are listed")
        seat = SeatRow(
            boundaries=boundaries,
            code=row["ons_id"],
            name=_words(row["constituency"]),
            country=row["country"],
            region=row["region"],
            aliases=self._aliases(f"{boundaries}/{row['ons_id']}"),
        )
        outcome = _OUTCOME.fullmatch(row["result"].strip())
        if outcome is None:
            raise ValueError(f"“{row['result']}” says neither hold nor gain")
        if row["declared_local"]:
            datetime.fromisoformat(row["declared_local"])
        stated = ContestStated(
            electorate=int(row["electorate"]),
            valid=int(row["valid_votes"]),
            rejected=int(row["invalid_votes"]) if row["invalid_votes"] else None,
            majority=int(row["majority"]),
            winner=_words(row["winner"]),
            first=row["first_party"],
            second=row["second_party"],
            turnout_valid=row["turnout_valid_pct"],
            turnout_all=row["turnout_incl_rejected_pct"],
            candidates=tuple(
                (_words(c["candidate"]), c["party_abbr"], c["party"], int(c["votes"]), c["share"])
                for c in candidacies
            ),
        )
        key = (day, seat.key)
        self._faults[key] = [
            FaultRow(polling_day=day, seat=seat.key, sentence=sentence)
            for sentence in contradictions(stated)
        ]
        # The latest spelling of a seat's name stands: “City Of Chester” became “City of Chester”.
        newest = max((d for d, of in self._contests if of == seat.key), default="")
        if day >= newest:
            self._seats[seat.key] = seat
        self._contests[key] = ContestRow(
            polling_day=day,
            seat=seat.key,
            by_election=row["kind"] == "by-election",
            holder=_holder(outcome["lost"] or outcome["won"]),
            electorate=stated.electorate,
            valid=stated.valid,
            rejected=stated.rejected,
            majority=stated.majority,
            declared=row["declared_local"],
            candidacies=tuple(
                sorted(map(self._candidacy, candidacies), key=lambda one: -one.votes)
            ),
        )

    def spell(self, aliases: Iterable[Mapping[str, str]]) -> None:
        """Add spellings of seats that are there already."""
        found: dict[str, set[str]] = defaultdict(set)
        for row in aliases:
            found[f"{row['boundary_set']}/{row['ons_id']}"].add(_words(row["alias"]))
        for key, spellings in found.items():
            seat = self._seats.get(key)
            if seat is not None:
                told = {*seat.aliases, *spellings} - {seat.name}
                self._seats[key] = SeatRow(
                    boundaries=seat.boundaries,
                    code=seat.code,
                    name=seat.name,
                    country=seat.country,
                    region=seat.region,
                    aliases=tuple(sorted(told)),
                )

    def shorts(self) -> dict[str, str]:
        """Short names of parties by their long ones and by themselves."""
        return {p.name: p.short for p in self._parties.values()} | {
            p.short: p.short for p in self._parties.values()
        }

    def rows(self) -> Rows:
        """All of them, in an order that does not depend on the tables'."""
        return Rows(
            seats=sorted(self._seats.values(), key=lambda s: (s.boundaries, s.name, s.code)),
            parties=sorted(self._parties.values(), key=lambda p: p.number),
            contests=sorted(self._contests.values(), key=lambda c: (c.polling_day, c.seat)),
            notional=sorted(
                (replace(n, seat=self._current(n.seat)) for n in self.notional),
                key=lambda n: n.seat,
            ),
            overlaps=sorted(
                (replace(o, new=self._current(o.new)) for o in self.overlaps),
                key=lambda o: (o.old, o.new),
            ),
            faults=[fault for key in sorted(self._faults) for fault in self._faults[key]],
        )

    def _aliases(self, key: str) -> tuple[str, ...]:
        seat = self._seats.get(key)
        return seat.aliases if seat is not None else ()

    def _current(self, key: str) -> str:
        """The key of a seat by its newest code.

        Seats that kept their boundaries were given new codes in 2024; the notional results and the
        overlaps still have the old ones.
        """
        _, _, code = key.partition("/")
        older = self._seats.get(f"{min(BOUNDARIES)}/{code}")
        if key in self._seats or older is None:
            return key
        newest = max(BOUNDARIES)
        return next(
            (s.key for s in self._seats.values() if (s.boundaries, s.name) == (newest, older.name)),
            key,
        )

    def _candidacy(self, row: Mapping[str, str]) -> CandidacyRow:
        party = (row["party_abbr"], row["party"], row["ec_party_id"])
        if party not in self._parties:
            short, name, ec_id = party
            number = len(self._parties)
            self._parties[party] = PartyRow(number=number, short=short, name=name, ec_id=ec_id)
        first = row["kind"] == "general" and row["polling_date"] == _FIRST_GENERAL
        return CandidacyRow(
            name=_words(row["candidate"]),
            party=self._parties[party].number,
            votes=int(row["votes"]),
            change=float(row["change"]) if first and row["change"].strip() else None,
            person=row["dc_person_id"],
        )


def _candidacies(paths: Iterable[Path], refused: list[str]) -> Iterator[dict[str, str]]:
    for path in paths:
        for number, row in _table(path, CANDIDACY_COLUMNS, refused):
            if not row["votes"].isdecimal():
                refused.append(
                    f"{path.name}, line {number}: {row['candidate']}: “{row['votes']}” is no "
                    "number of votes"
                )
                continue
            yield row


def _notional(path: Path, shorts: Mapping[str, str], refused: list[str]) -> Iterator[NotionalRow]:
    """The notional results, which come without a header; votes of one party are added up."""
    found: dict[str, tuple[int, int, dict[str, int]]] = {}
    for number, cells in _cells(path, refused):
        try:
            _, _, code, _, _, _, _, _, electorate, valid, _, _, votes, party, name, _ = cells
            if party == "NA":
                continue
            short = shorts.get(party) or _NOTIONAL_NAMES.get(party) or shorts.get(name) or party
            _, _, cast = found.setdefault(code, (int(electorate), int(valid), {}))
            cast[short] = cast.get(short, 0) + int(votes)
        except ValueError as error:
            refused.append(f"{path.name}, line {number}: {error}")
    for code, (electors, valid_votes, cast) in found.items():
        by_votes = sorted(cast.items(), key=lambda pair: -pair[1])
        yield NotionalRow(
            seat=f"2024/{code}", electorate=electors, valid=valid_votes, votes=tuple(by_votes)
        )


def _overlaps(path: Path, refused: list[str]) -> Iterator[OverlapRow]:
    """The overlaps, which come without a header: by homes, by area and by people, in pairs."""
    for number, cells in _cells(path, refused):
        try:
            _, old, _, new, _, _, _, _, _, of_old, of_new = cells
            yield OverlapRow(
                old=f"2010/{old}",
                new=f"2024/{new}",
                of_old=round(float(of_old), 4),
                of_new=round(float(of_new), 4),
            )
        except ValueError as error:
            refused.append(f"{path.name}, line {number}: {error}")


def _table(path: Path, columns: Sequence[str], refused: list[str]) -> Iterator[_Line]:
    """The rows of a CSV file with a header, each with the number of its line."""
    reader = csv.DictReader(io.StringIO(_text(path, refused)))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        refused.append(f"{path.name}: there is no column {', '.join(missing)}")
        return
    for row in reader:
        if None in row or None in row.values():
            refused.append(f"{path.name}, line {reader.line_num}: it has too many or too few cells")
            continue
        yield reader.line_num, row


def _cells(path: Path, refused: list[str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_text(path, refused)))
    for cells in reader:
        yield reader.line_num, cells


def _text(path: Path, refused: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        refused.append(f"{path}: {error}")
        return ""


def _holder(short: str) -> str:
    """A party in the words of an outcome; some say “Lab Coop”, which is Labour."""
    return short.removesuffix(" Coop")


def _words(text: str) -> str:
    """A name without doubled spaces and tabs."""
    return " ".join(text.split())
