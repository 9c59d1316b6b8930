"""A live blog recorded as it changes, over real HTTP, and read again as it stood."""

import asyncio
import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.clocks import StoppedClock
from bot.errors import RecordingError, SourceError
from bot.ports import Validators
from bot.recording import RecordedReader, Recorder, read_recording
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from tests.nights.blog import live_blog
from tests.rooms import at

DAY = date(2023, 10, 19)
MOMENTS = ("00:12", "00:20", "00:37", "00:40", "00:45")


async def no_pause(_seconds: float) -> None:
    """Broken answers are asked for again at once."""


async def recorded(path, *moments: str):
    """Look at the bundled night's blog at each of these moments; the recording."""
    clock = StoppedClock(at(moments[0]))
    told = []
    async with live_blog(at(moments[0])) as blog, Fetcher(sleep=no_pause) as fetcher:
        recorder = Recorder(
            reader=BlogReader(fetcher),
            clock=clock,
            url=blog.url,
            format="auto",
            polling_day=DAY,
            path=path,
            told=told.append,
        )
        for moment in moments:
            blog.at = clock.moment = at(moment)
            await recorder.look()
    return read_recording(path), told


async def test_every_version_is_kept_with_its_time(tmp_path):
    recording, told = await recorded(tmp_path / "night.jsonl", *MOMENTS)
    assert recording.title == "Mid Bedfordshire and Tamworth by-elections: count night live"
    assert recording.polling_day == DAY
    assert [change.at for change in recording.changes] == [at(moment) for moment in MOMENTS]
    assert [change.at for change in told] == [at(moment) for moment in MOMENTS]

    def headings(moment: str) -> list[str]:
        return [entry.heading for entry in recording.reading(at(moment)).entries]

    def body(moment: str) -> str:
        entries = recording.reading(at(moment)).entries
        return next(e.body for e in entries if "boxes-mid-bedfordshire" in e.id)

    assert len(headings("00:12")) == 3
    assert "Sheffield" in body("00:12")
    assert "Shefford" in body("00:45")
    # Posted twice by mistake, and taken down again.
    assert "In pictures: boxes are carried in (again)" in headings("00:37")
    assert "In pictures: boxes are carried in (again)" not in headings("00:40")
    assert headings("00:00") == []


async def test_a_look_that_finds_nothing_new_writes_nothing(tmp_path):
    recording, _ = await recorded(tmp_path / "night.jsonl", "00:12", "00:12", "00:13")
    assert len(recording.changes) == 1


async def test_a_recording_that_was_cut_off_is_gone_on_with(tmp_path):
    path = tmp_path / "night.jsonl"
    clock = StoppedClock(at("00:12"))
    async with live_blog(at("00:12")) as blog, Fetcher(sleep=no_pause) as fetcher:
        for moment in ("00:12", "00:20"):
            blog.at = clock.moment = at(moment)
            recorder = Recorder(
                reader=BlogReader(fetcher),
                clock=clock,
                url=blog.url,
                format="auto",
                polling_day=DAY,
                path=path,
                told=lambda _: None,
            )
            await recorder.look()
    recording = read_recording(path)
    first, second = recording.changes
    assert len(first.entries) == 3
    # One new, and one edited; the others were known.
    assert len(second.entries) == 2
    text = path.read_text()
    path.write_text(text[: len(text) - 20])
    assert len(read_recording(path).changes) == 1


async def test_a_file_of_another_blog_is_left_as_it_is(tmp_path):
    path = tmp_path / "night.jsonl"
    await recorded(path, "00:12")
    before = path.read_text()
    with pytest.raises(RecordingError, match="is a recording of http"):
        await recorded(path, "00:20")
    assert path.read_text() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is no recording that I read"),
        ("{}\n", "is no recording that I read"),
        ("not json\n", "is a broken recording"),
        ('{"recording": 1}\n', "is a broken recording"),
        (
            '{"recording": 1, "url": "x", "title": "x", "polling_day": "2023-10-19"}\n',
            "holds no entry",
        ),
        (
            '{"recording": 1, "url": "x", "title": "x", "polling_day": "2023-10-19"}\n{"at": 5}\n',
            "is a broken recording",
        ),
    ],
)
def test_what_is_no_recording_is_a_sentence(tmp_path, text, said):
    path = tmp_path / "night.jsonl"
    path.write_text(text)
    with pytest.raises(RecordingError, match=said):
        read_recording(path)


async def test_a_recording_is_read_as_the_blog_stood(tmp_path):
    recording, _ = await recorded(tmp_path / "night.jsonl", *MOMENTS)
    clock = StoppedClock(at("00:37"))
    reader = RecordedReader(recording, clock)
    fetched = await reader.read("x", format="auto", polling_day=DAY, validators=Validators())
    assert fetched.reading == recording.reading(at("00:37"))
    assert not fetched.reading.explicit


async def test_a_blog_that_cannot_be_read_at_first_is_told_and_later_waited_for(tmp_path):
    path = tmp_path / "night.jsonl"
    looks = 0

    class Clock(StoppedClock):
        async def sleep(self, seconds: float) -> None:
            nonlocal looks
            looks += 1
            blog.status = 500 if looks == 1 else 200
            blog.at = self.moment = self.moment + timedelta(minutes=8)
            if looks == 3:
                raise asyncio.CancelledError

    clock = Clock(at("00:12"))
    async with live_blog(at("00:12")) as blog, Fetcher(sleep=no_pause) as fetcher:
        recorder = Recorder(
            reader=BlogReader(fetcher),
            clock=clock,
            url=blog.url,
            format="auto",
            polling_day=DAY,
            path=path,
            told=lambda _: None,
        )
        blog.status = 500
        with pytest.raises(SourceError):
            await recorder.record(10)
        assert not path.exists()
        blog.status = 200
        with pytest.raises(asyncio.CancelledError):
            await recorder.record(10)
    assert len(read_recording(path).changes) == 2


# ── The command line ─────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["replay", "nowhere.jsonl"], "does not exist"),
        (["replay", "--channel", "C0123"], "is no channel"),
        (["record", "https://x.example/", "--to", "f", "--polling-day", "today"], "is no day"),
        (["record", "https://x.example/"], "--to"),
    ],
)
def test_wrong_use_is_told(tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    end = CliRunner().invoke(cli, words)
    assert end.exit_code == 2
    assert said in end.output


def test_the_lines_of_a_recording_are_plain_json(tmp_path):
    recording, _ = asyncio.run(recorded(tmp_path / "night.jsonl", "00:12"))
    first, second = map(json.loads, (tmp_path / "night.jsonl").read_text().splitlines())
    assert first["recording"] == 1
    assert [entry["heading"] for entry in second["entries"]] == [
        entry.heading for entry in recording.changes[0].entries
    ]
