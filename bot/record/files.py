"""The record's files: tab-separated lines, a contest's candidates below it.

Text, so that a new edition shows in a diff what it changed.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.errors import RecordError
from bot.record.rows import (
    CandidacyRow,
    ContestRow,
    FaultRow,
    NotionalRow,
    OverlapRow,
    PartyRow,
    Rows,
    SeatRow,
)

FORMAT = "1"
BUNDLED = Path(__file__).parent / "data"
_ABOUT, _SEATS, _PARTIES, _CONTESTS = "about.tsv", "seats.tsv", "parties.tsv", "contests.tsv"
_NOTIONAL, _OVERLAPS, _FAULTS = "notional-2019.tsv", "overlaps.tsv", "faults.tsv"
_LIST = "|"


def write(rows: Rows, folder: Path) -> None:
    """Write all files into a folder that exists. Raises `OSError`."""
    about = [("format", FORMAT), ("edition", rows.edition), ("contests", str(len(rows.contests)))]
    _lines(folder / _ABOUT, about)
    _lines(
        folder / _SEATS,
        (
            (str(s.boundaries), s.code, s.name, s.country, s.region, _LIST.join(s.aliases))
            for s in rows.seats
        ),
    )
    _lines(folder / _PARTIES, ((p.short, p.name, p.ec_id) for p in rows.parties))
    _lines(folder / _CONTESTS, _contest_lines(rows.contests))
    _lines(
        folder / _NOTIONAL,
        (
            (n.seat, str(n.electorate), str(n.valid), *(f"{p}:{votes}" for p, votes in n.votes))
            for n in rows.notional
        ),
    )
    _lines(
        folder / _OVERLAPS,
        ((o.old, o.new, f"{o.of_old:.4f}", f"{o.of_new:.4f}") for o in rows.overlaps),
    )
    _lines(folder / _FAULTS, ((f.polling_day, f.seat, f.sentence) for f in rows.faults))


def read(folder: Path = BUNDLED) -> Rows:
    """Read what `write` wrote.

    Raises `RecordError` with a sentence where a file is missing, broken or of another format.
    """
    about = dict(_read(folder / _ABOUT))
    if about.get("format") != FORMAT:
        raise RecordError(
            f"The record in {folder} has format {about.get('format', 'unknown')}, and this Teller "
            f"reads format {FORMAT}. Make it again with “teller record-update”."
        )
    try:
        return Rows(
            seats=[
                SeatRow(
                    boundaries=int(boundaries),
                    code=code,
                    name=name,
                    country=country,
                    region=region,
                    aliases=tuple(aliases.split(_LIST)) if aliases else (),
                )
                for boundaries, code, name, country, region, aliases in _read(folder / _SEATS)
            ],
            parties=[
                PartyRow(number=number, short=short, name=name, ec_id=ec_id)
                for number, (short, name, ec_id) in enumerate(_read(folder / _PARTIES))
            ],
            contests=list(_contests(_read(folder / _CONTESTS))),
            notional=[
                NotionalRow(
                    seat=seat,
                    electorate=int(electorate),
                    valid=int(valid),
                    votes=tuple(
                        (party, int(number))
                        for party, _, number in (word.rpartition(":") for word in votes)
                    ),
                )
                for seat, electorate, valid, *votes in _read(folder / _NOTIONAL)
            ],
            overlaps=[
                OverlapRow(old=old, new=new, of_old=float(of_old), of_new=float(of_new))
                for old, new, of_old, of_new in _read(folder / _OVERLAPS)
            ],
            faults=[
                FaultRow(polling_day=day, seat=seat, sentence=sentence)
                for day, seat, sentence in _read(folder / _FAULTS)
            ],
        )
    except ValueError as error:
        raise RecordError(
            f"The record in {folder} is broken: {error}. Make it again with “teller record-update”."
        ) from error


def _contest_lines(contests: Iterable[ContestRow]) -> Iterator[tuple[str, ...]]:
    for row in contests:
        yield (
            row.polling_day,
            row.seat,
            "by" if row.by_election else "",
            row.holder,
            str(row.electorate),
            str(row.valid),
            "" if row.rejected is None else str(row.rejected),
            str(row.majority),
            row.declared,
        )
        for one in row.candidacies:
            change = "" if one.change is None else str(one.change)
            yield ("", one.name, str(one.party), str(one.votes), one.person, change)


def _contests(lines: Iterable[list[str]]) -> Iterator[ContestRow]:
    head: list[str] | None = None
    below: list[CandidacyRow] = []
    for line in lines:
        if line[0]:
            if head is not None:
                yield _contest(head, below)
            head, below = line, []
            continue
        _, name, party, votes, person, change = line
        below.append(
            CandidacyRow(
                name=name,
                party=int(party),
                votes=int(votes),
                person=person,
                change=float(change) if change else None,
            )
        )
    if head is not None:
        yield _contest(head, below)


def _contest(line: list[str], candidacies: list[CandidacyRow]) -> ContestRow:
    day, seat, kind, holder, electorate, valid, rejected, majority, declared = line
    return ContestRow(
        polling_day=day,
        seat=seat,
        by_election=kind == "by",
        holder=holder,
        electorate=int(electorate),
        valid=int(valid),
        rejected=int(rejected) if rejected else None,
        majority=int(majority),
        declared=declared,
        candidacies=tuple(candidacies),
    )


def _lines(path: Path, rows: Iterable[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines("\t".join(row) + "\n" for row in rows)


def _read(path: Path) -> Iterator[list[str]]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(f"The record cannot be read: {path}: {error}.") from error
    return (line.split("\t") for line in text.splitlines())
