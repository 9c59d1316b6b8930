"""`teller follows` as somebody meets it in a shell, with real blogs on loopback."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import follows as doing
from bot.chat.ask import Channel
from bot.chat.manner import Manner
from bot.cli import cli, main
from bot.opml import read_opml
from bot.settings import read_settings
from bot.store import Store
from tests.nights.blog import live_blog
from tests.rooms import at

HERE = Channel(platform="slack", id="C0123456789")


def follows(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["follows", *arguments])


def on_record(folder: Path):
    async def look():
        store = Store(f"sqlite:///{folder}/teller.db")
        await store.open()
        try:
            return await store.subscriptions.on_record(), await store.outbox.queued()
        finally:
            await store.close()

    return asyncio.run(look())


def opml(*outlines: str) -> bytes:
    listed = "".join(f"<outline {one}/>" for one in outlines)
    space = 'xmlns:teller="urn:teller:follows"'
    return f'<opml version="2.0" {space}><body>{listed}</body></opml>'.encode()


@pytest.fixture
def taken(folder: Path, monkeypatch: pytest.MonkeyPatch) -> doing.Report:
    """A list of five was taken: two blogs that can be read, and three lines that cannot be."""
    monkeypatch.setenv("FETCH_ALLOW", "127.0.0.1")

    async def take() -> doing.Report:
        async with live_blog(at("00:30")) as blog:
            data = opml(
                f'text="Live" xmlUrl="{blog.url}" teller:manner="key, every 30" '
                'teller:only="parl.tamworth.by.2023-10-19"',
                f'text="Again" xmlUrl="{blog.url}?again"',
                f'text="Elsewhere" xmlUrl="{blog.url}?x" teller:only="parl.narnia.by.2023-10-19"',
                'text="Gone" xmlUrl="http://127.0.0.1:9/live"',
                'text="No address" xmlUrl="feed:nowhere"',
            )
            return await doing.take(read_settings(), data, HERE)

    return asyncio.run(take())


def test_what_can_be_read_is_followed_and_what_cannot_is_told(
    taken: doing.Report, folder: Path
) -> None:
    assert taken.refused == 3
    fault, *lines = taken.lines
    assert fault == "✗ Line 1: “feed:nowhere” is no web address."
    assert [line[0] for line in lines] == ["✓", "✓", "✗", "✗"]
    assert "parl.narnia.by.2023-10-19, where nobody votes tonight" in lines[2]
    assert lines[3].startswith("✗ Gone (http://127.0.0.1:9/live): ")
    ((here,), queued) = on_record(folder)
    assert here.channel == HERE
    first, _ = here.blogs
    assert first.manner == Manner(key=True, every=30)
    assert first.only == {"parl.tamworth.by.2023-10-19"}
    # A list is no reason to post what is old.
    assert queued == []


def test_a_list_goes_out_and_comes_in_again(taken: doing.Report, folder: Path) -> None:
    done = follows("export", "blogs.opml", "--channel", str(HERE))
    assert done.exit_code == 0
    assert done.output == "Wrote 2 blogs into blogs.opml.\n"
    first, second = read_opml((folder / "blogs.opml").read_bytes()).outlines
    assert first.manner == Manner(key=True, every=30)
    assert second.manner == Manner()

    again = follows("export", "blogs.opml")
    assert again.exit_code == 2
    assert "is there already; --force writes over it" in again.output
    assert follows("export", "blogs.opml", "--force").exit_code == 0
    # What is said of all channels is no channel's own.
    assert {one.manner for one in read_opml((folder / "blogs.opml").read_bytes()).outlines} == {
        Manner()
    }


def test_a_line_that_cannot_be_taken_makes_the_command_fail(folder: Path) -> None:
    (folder / "blogs.opml").write_bytes(opml('text="Inside" xmlUrl="http://127.0.0.1:9/live"'))
    done = follows("import", "blogs.opml", "--channel", str(HERE))
    assert done.exit_code == 1
    told, total = done.output.splitlines()
    assert told.startswith("✗ Inside (http://127.0.0.1:9/live): 127.0.0.1 is an address inside a")
    assert total == f"0 of 1 are followed in {HERE}."


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("export", "out.opml"), 1, "There is no database yet"),
        (("import", "none.opml", "--channel", str(HERE)), 1, "none.opml cannot be read: No such"),
        (("import", "evil.opml", "--channel", str(HERE)), 1, "declares a document type"),
        (("import", "evil.opml", "--channel", "nowhere"), 2, "“nowhere” is no channel"),
        (("import", "evil.opml"), 2, "Missing option '--channel'"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    folder: Path, capsys, monkeypatch, arguments, status, told
) -> None:
    (folder / "evil.opml").write_text('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>')
    monkeypatch.setattr("sys.argv", ["teller", "follows", *arguments])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == status
    assert told in capsys.readouterr().err
    assert not (folder / "teller.db").exists()
