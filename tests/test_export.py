"""`teller export` as somebody meets it in a shell, and what it finds in a database."""

import asyncio
import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, insert

from bot.chat.ask import Follow, Following
from bot.cli import cli, main
from bot.clocks import StoppedClock
from bot.errors import ExportError
from bot.export_command import FOLDER
from bot.exporting import CALENDAR, Export, gather, write
from bot.ports import EntryState
from bot.store import Store
from bot.store.database import read_url
from bot.store.tables import journal
from tests.nights.facts import MID_BEDFORDSHIRE, TAMWORTH
from tests.rooms import NEWSROOM, Room, at, open_room, plan

SHEETS = ("night", "figures", "results", "journal", "entries")
FILES = {f"{name}.{ext}" for name in SHEETS for ext in ("csv", "json")} | {CALENDAR}
NIGHT = [
    plan(TAMWORTH, declaration="around 03:40", turnout="around 01:00"),
    plan(MID_BEDFORDSHIRE, declaration="between 3 and 4"),
]
EVERYONE = [Following(channel=NEWSROOM, follows=frozenset({Follow.ENTRIES}))]
SAID = (
    ("00:41", "one", "=Turnout", "Turnout in Tamworth is 35.9 per cent."),
    ("01:10", "two", "A new time", "The result in Tamworth is expected around 4am."),
    (
        "03:16",
        "three",
        "Tamworth declares",
        "Labour has gained Tamworth: Sarah Edwards won with 11,719 votes, Andy Cooper (Con) "
        "10,403.",
    ),
)


async def happen(room: Room) -> None:
    assert isinstance(room.clock, StoppedClock)
    for when, id, heading, words in SAID:
        room.clock.moment = at(when)
        room.blog.post(id, at(when), heading, words)
        await room.look()


def note(url: str) -> None:
    """A line of the journal, as the desk keeps it."""
    parsed = read_url(url)
    plain = {"sqlite+aiosqlite": "sqlite", "postgresql": "postgresql+psycopg"}
    engine = create_engine(parsed.set(drivername=plain.get(parsed.drivername, parsed.drivername)))
    with engine.begin() as connection:
        connection.execute(
            insert(journal).values(
                at=at("02:30"), platform="slack", author="U1", name="@Ada", channel="C1",
                action="set", contest_id=TAMWORTH.id, words="=1+1 turnout 36.0",
                before="35.9%", after="-36.0%", state=EntryState.STANDS,
            )
        )  # fmt: skip
    engine.dispose()


async def exported(url: str, moment: str = "04:00") -> Export:
    async with open_room(
        url, clock=StoppedClock(at("21:40")), contests=NIGHT, channels=EVERYONE
    ) as room:
        await happen(room)
    note(url)
    return await gather(url, at(moment))


def rows(export: Export, name: str) -> list[dict[str, Any]]:
    document = json.loads(export.files()[f"{name}.json"])
    assert document["sheet"] == name
    found: list[dict[str, Any]] = document["rows"]
    return found


async def test_the_night_as_each_database_has_it(database_url: str) -> None:
    export = await exported(database_url)
    assert set(export.files()) == FILES

    tamworth, mid_beds = rows(export, "night")
    assert tamworth["seat"] == "Tamworth"
    assert (tamworth["venue"], tamworth["electorate"]) == ("The Rawlett School", 71_302)
    assert (tamworth["holder"], tamworth["previous_majority"]) == ("Conservative", 19_634)
    # The newest word counts, with who said it.
    assert tamworth["declaration_utc"] == "2023-10-20T03:00:00Z"
    assert tamworth["declaration_uk"] == "2023-10-20 04:00 BST"
    assert tamworth["declaration_source"] == "The Example"
    assert mid_beds["declaration_words"] == "between 03:00 and 04:00"

    figures = [
        (one["seat"], one["figure"], one["of"], one["value"], one["standing"])
        for one in rows(export, "figures")
    ]
    assert ("Tamworth", "turnout", None, 35.9, "reported") in figures
    assert ("Tamworth", "votes", "Sarah Edwards", 11_719, "reported") in figures
    assert (
        "Tamworth", "expected", "declaration", "2023-10-20T03:00:00Z", "estimated",
    ) in figures  # fmt: skip
    assert ("Tamworth", "winner", "Sarah Edwards", "Lab", "reported") in figures
    assert len(figures) == len(set(figures))

    first, second = rows(export, "results")
    assert (first["candidate"], first["votes"], first["elected"]) == ("Sarah Edwards", 11_719, True)
    assert (second["candidate"], second["votes"], second["elected"]) == (
        "Andy Cooper", 10_403, False,
    )  # fmt: skip
    assert (first["majority"], first["outcome"], first["complete"]) == (1_316, "gain", False)
    assert first["stated_utc"] == "2023-10-20T02:16:00Z"

    (done,) = rows(export, "journal")
    assert (done["name"], done["action"], done["seat"]) == ("@Ada", "set", "Tamworth")
    assert (done["before"], done["after"], done["channel"]) == ("35.9%", "-36.0%", "slack:C1")

    entries = rows(export, "entries")
    assert [one["heading"] for one in entries] == [heading for _, _, heading, _ in SAID]
    assert entries[0]["text"] == "Turnout in Tamworth is 35.9 per cent."
    assert {one["seats"] for one in entries} == {"Tamworth"}

    calendar = export.files()[CALENDAR]
    assert "SUMMARY:Tamworth: declaration expected around 04:00\r\n" in calendar
    assert calendar.count("BEGIN:VEVENT") == export.events == 3


async def test_what_somebody_wrote_is_no_formula_in_any_sheet(sqlite_url: str) -> None:
    files = (await exported(sqlite_url)).files()
    cells = [
        cell
        for name, text in files.items()
        if name.endswith(".csv")
        for row in csv.reader(text.splitlines(keepends=True))
        for cell in row
    ]
    assert {"'=Turnout", "'@Ada", "'=1+1 turnout 36.0", "'-36.0%"} <= set(cells)
    for cell in cells:
        assert not cell.startswith(("=", "+", "@", "\t", "\r"))
        if cell.startswith("-"):
            float(cell)


async def test_csv_and_json_have_the_same_facts(sqlite_url: str) -> None:
    export = await exported(sqlite_url)
    for name in SHEETS:
        table = list(csv.DictReader(export.files()[f"{name}.csv"].splitlines(keepends=True)))
        documents = rows(export, name)
        assert [list(row) for row in table] == [list(row) for row in documents]
        assert table, f"{name} is empty"


async def test_what_was_taken_back_is_in_no_sheet(sqlite_url: str) -> None:
    clock = StoppedClock(at("21:40"))
    async with open_room(sqlite_url, clock=clock, contests=NIGHT, channels=EVERYONE) as room:
        await happen(room)
        clock.moment = at("03:30")
        room.blog.take_down("three")
        await room.look()
    export = await gather(sqlite_url, at("04:00"))
    assert [one["entry"] for one in rows(export, "entries")] == ["one", "two"]
    assert rows(export, "results") == []
    assert "votes" not in {one["figure"] for one in rows(export, "figures")}


async def test_after_the_night_the_record_has_the_result_candidate_by_candidate(
    sqlite_url: str,
) -> None:
    await exported(sqlite_url)
    export = await gather(sqlite_url, at("2026-11-27T12:00Z"))
    tamworth = [one for one in rows(export, "results") if one["seat"] == "Tamworth"]
    assert [one["place"] for one in tamworth] == list(range(1, 10))
    winner = tamworth[0]
    assert (winner["party_short"], winner["share_percent"]) == ("Lab", 45.8)
    assert (winner["change_points"], winner["standing"]) == (22.1, "official")
    assert [one["change_points"] for one in tamworth if one["party_short"] == "Con"] == [-25.7]
    assert [one["elected"] for one in tamworth] == [True] + [False] * 8
    assert sum(one["share_percent"] for one in tamworth) == pytest.approx(100, abs=0.5)
    # What was said on the night stays told beside it.
    assert 35.9 in {one["value"] for one in rows(export, "figures")}


# ── In a shell ───────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def night(folder: Path) -> Path:
    """The same with a night in the database."""
    asyncio.run(exported(f"sqlite:///{folder}/teller.db"))
    return folder


def export(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["export", *arguments])


def fails(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What is said on standard error where it does not work."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["teller", "export", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 1
    told = capsys.readouterr()
    assert told.out == ""
    return told.err


def test_a_folder_of_files_is_written_and_a_line_says_what(night: Path) -> None:
    shown = export("--to", "out/tamworth")
    assert shown.exit_code == 0
    place = night / "out" / "tamworth"
    assert {path.name for path in place.iterdir()} == FILES
    assert shown.stdout.startswith("Wrote 11 files into out/tamworth: 2 contests, ")
    assert "3 entries and 3 times in the calendar." in shown.stdout
    assert (place / "night.csv").read_bytes().startswith(b"contest,seat,polling_day,")
    assert (place / CALENDAR).read_bytes().count(b"\r\n") > 10
    json.loads((place / "entries.json").read_text(encoding="utf-8"))


def test_without_a_name_the_folder_has_one(night: Path) -> None:
    assert export().exit_code == 0
    assert {path.name for path in (night / FOLDER).iterdir()} == FILES


def test_what_is_there_stays_until_it_is_forced(night: Path, capsys) -> None:
    place = night / "out"
    place.mkdir()
    (place / "night.csv").write_text("mine")
    (place / "notes.txt").write_text("mine too")
    said = fails(capsys, "--to", "out")
    assert said.startswith("out has night.csv already, and nothing was written. Say --force")
    assert {path.name for path in place.iterdir()} == {"night.csv", "notes.txt"}
    assert (place / "night.csv").read_text() == "mine"

    assert export("--to", "out", "--force").exit_code == 0
    assert (place / "night.csv").read_text().startswith("contest,")
    assert (place / "notes.txt").read_text() == "mine too"
    assert "night.csv and 10 more of its files" in fails(capsys, "--to", "out")


def test_the_same_night_is_written_the_same_again(night: Path) -> None:
    for name in ("one", "two"):
        assert export("--to", name).exit_code == 0
    for name in FILES:
        assert (night / "one" / name).read_bytes() == (night / "two" / name).read_bytes()


def test_the_calendar_alone_is_printed(night: Path) -> None:
    shown = export("--ics")
    assert shown.exit_code == 0
    assert shown.stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert shown.stdout_bytes.endswith(b"END:VCALENDAR\r\n")
    assert {path.name for path in night.iterdir() if path.is_dir()} == set()
    assert export("--ics", "--to", "out").exit_code == 2
    assert export("--ics", "--force").exit_code == 2


@pytest.mark.usefixtures("night")
def test_a_folder_that_is_a_file_is_told(capsys) -> None:
    Path("taken").write_text("mine")
    assert fails(capsys, "--to", "taken") == "taken is a file; name a folder with --to.\n"
    assert "taken/in cannot be written into" in fails(capsys, "--to", "taken/in")
    assert Path("taken").read_text() == "mine"


def test_a_folder_that_cannot_be_written_into_is_told(tmp_path: Path, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(ExportError, match="cannot be written into: Permission denied"):
        write({"night.csv": "x"}, tmp_path, force=False)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_what_stood(tmp_path: Path, monkeypatch) -> None:
    write({"a": "old", "b": "old"}, tmp_path, force=False)
    whole = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        if path.name == ".b.new":
            whole(path, data[:1])
            raise OSError(28, os.strerror(28))
        return whole(path, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match="No space left on device"):
        write({"a": "new", "b": "new"}, tmp_path, force=True)
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "b": "old"}


@pytest.fixture
def bare(folder: Path) -> Path:
    """A database without a night."""

    async def make() -> None:
        store = Store(f"sqlite:///{folder}/teller.db")
        await store.open()
        await store.close()

    asyncio.run(make())
    return folder


def test_an_empty_database_is_told(bare: Path, capsys) -> None:
    assert fails(capsys).startswith("The database holds no night yet: “teller run --night")
    assert [path for path in bare.iterdir() if path.is_dir()] == []


def test_a_missing_database_is_told_and_not_made(folder: Path, capsys) -> None:
    assert fails(capsys, "--ics").startswith("There is no database yet")
    assert list(folder.iterdir()) == []


def test_a_database_that_is_none_is_told(folder: Path, capsys) -> None:
    (folder / "teller.db").write_text("no database at all, but long enough to be looked at" * 9)
    assert "teller.db" in fails(capsys)
