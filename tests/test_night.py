"""The night from end to end: the bundled one on fast time, and the transcript of a real one."""

import asyncio
import gc
import io
import json
import re
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.app import Rooms, open_rooms
from bot.chat.ask import Ask, Author, Channel
from bot.chat.post import Post, PostKind
from bot.chat.reply import Reply
from bot.clocks import StoppedClock, WallClock
from bot.demo import play
from bot.election.clock import uk_clock
from bot.errors import StoreError
from bot.night import read_night
from bot.platforms.terminal.log import MessageLog
from bot.platforms.terminal.screen import TerminalGoneError, make_console
from bot.sources import transcript
from bot.sources.fetch import Fetcher
from bot.sources.reader import BlogReader
from bot.store import Store
from tests.conftest import select
from tests.nights.facts import POLLING_DAY
from tests.processes import log_beside
from tests.rooms import at
from tests.wire import RecordingPlatform, posts

SHARED = Path(__file__).parents[2] / "shared"

ENTRIES = [
    ("00:05", "Good morning, and welcome"),
    ("00:07", "Every party talks its chances down"),
    ("00:10", "Ballot boxes reach the count in Mid Bedfordshire"),
    ("00:14", "Count under way in Tamworth"),
    ("00:22", "Lib Dems sound confident in Mid Bedfordshire"),
    ("00:27", "Tamworth looks close"),
    ("00:35", "In pictures: boxes are carried in"),
    ("00:36", "In pictures: boxes are carried in (again)"),
    ("00:41", "Low turnout in Tamworth"),
    ("03:16", "Labour gain Tamworth from the Conservatives"),
    ("03:21", "Labour gain Mid Bedfordshire from the Conservatives"),
]
BOTH = "Tamworth and Mid Bedfordshire"
REMINDERS = [
    ("21:45", "Polls close in Tamworth and Mid Bedfordshire in 15 minutes"),
    ("22:00", "Polls have closed in Tamworth and Mid Bedfordshire"),
    ("22:30", f"{BOTH}: first ballot boxes expected in 1 hour"),
    ("23:15", f"{BOTH}: first ballot boxes expected in 15 minutes"),
    ("23:30", f"{BOTH}: first ballot boxes expected about now"),
    ("23:30", f"{BOTH}: turnout expected in 1 hour"),
    ("00:15", f"{BOTH}: turnout expected in 15 minutes"),
    ("00:30", f"{BOTH}: turnout expected about now"),
    ("02:00", "Tamworth: declaration expected in 1 hour"),
    ("02:10", "Mid Bedfordshire: declaration expected in 1 hour"),
    ("02:45", "Tamworth: declaration expected in 15 minutes"),
    ("02:55", "Mid Bedfordshire: declaration expected in 15 minutes"),
    ("03:00", "Tamworth: declaration expected about now"),
    ("03:10", "Mid Bedfordshire: declaration expected about now"),
]
# Reminders are seconds late, where nothing keeps them.
LATE = timedelta(minutes=3)
DECLARATIONS = [
    ("03:16", "Tamworth: Labour gain from Conservatives"),
    ("03:21", "Mid Bedfordshire: Labour gain from Conservatives"),
]
TOTALS = (
    "11 entries, 1 edit, 1 withdrawal, 14 reminders, 1 new time, 2 declarations, 1 check, "
    "{answers} answers: all delivered."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands in the terminal's channel: each message in its last version, first sent first."""

    posts: tuple[Post, ...]

    def of(self, kind: PostKind) -> list[Post]:
        return [post for post in self.posts if post.kind is kind]

    def told(self, kind: PostKind) -> list[tuple[str, str]]:
        """UK clock time and heading."""
        return [(uk_clock(post.at), post.heading) for post in self.of(kind)]

    def entry(self, heading: str) -> Post:
        (found,) = [post for post in self.of(PostKind.ENTRY) if post.heading == heading]
        return found


def standing_in(memory: Path) -> Standing:
    """What stands in the channel of a demo that was kept in a file."""
    messages = MessageLog(log_beside(memory))
    try:
        return Standing(posts=tuple(message.post for message in messages.messages()))
    finally:
        messages.close()


async def waiting_in(memory: Path) -> int:
    """How many channels of a kept night still wait for a message."""
    store = Store(f"sqlite:///{memory}")
    await store.open()
    try:
        return len(await store.outbox.waiting())
    finally:
        await store.close()


def assert_whole_night(night: Standing) -> None:
    """Everything of the bundled night stands, once, in its order and in its last version."""
    assert night.told(PostKind.ENTRY) == ENTRIES
    changed = {p.heading: uk_clock(p.edited) for p in night.of(PostKind.ENTRY) if p.edited}
    assert changed == {"Ballot boxes reach the count in Mid Bedfordshire": "00:18"}
    assert [p.heading for p in night.of(PostKind.ENTRY) if p.withdrawn] == [
        "In pictures: boxes are carried in (again)"
    ]
    boxes = night.entry("Ballot boxes reach the count in Mid Bedfordshire")
    words = "".join(span.text for block in boxes.body for span in block.spans)
    assert "Shefford" in words
    assert "Sheffield" not in words
    assert night.told(PostKind.REMINDER) == REMINDERS
    (moved,) = night.of(PostKind.TIMETABLE)
    assert moved.heading == "Tamworth: declaration now expected around 03:00"
    # It is told as soon as it is known, at the earliest.
    assert at("00:14") <= moved.at < at("02:00")
    assert night.told(PostKind.DECLARATION) == DECLARATIONS


def kept_up(memory: Path) -> bool:
    """Whether the machine kept up with a night that is played a thousand times as fast.

    Where it stands still for a second, which is half an hour, a reminder comes late and says so, or
    gives way to the next one, as it should; the night is then to be played anew.
    """
    dealt_with = """
        SELECT due, changed_at FROM reminder WHERE state IN ('sent', 'left out')
        AND reason IS NOT 'already past when it became known'
    """
    rows = select(f"sqlite:///{memory}", dealt_with)
    assert len(rows) > len(REMINDERS)
    return all(datetime.fromisoformat(at) - datetime.fromisoformat(due) < LATE for due, at in rows)


async def on_a_machine_that_keeps_up(folder: Path) -> tuple[str, Path, str]:
    """The bundled night, played: its last line, what it remembers, and all that it showed."""
    for number in range(4):
        out, memory = io.StringIO(), folder / f"night-{number}.db"
        line = await play(
            speed=2000,
            start=None,
            keep=memory,
            console=make_console(file=out),
            interactive=False,
        )
        if kept_up(memory):
            break
    return line, memory, out.getvalue()


async def test_the_bundled_night_from_polls_close_to_both_declarations(tmp_path):
    line, memory, shown = await on_a_machine_that_keeps_up(tmp_path)
    # Standard input may hold questions of its own, or none.
    assert re.fullmatch(re.escape(TOTALS).replace(r"\{answers\}", r"\d+"), line)
    night = standing_in(memory)
    assert_whole_night(night)
    assert await waiting_in(memory) == 0
    seats = {post.heading: post.contests for post in night.of(PostKind.ENTRY)}
    assert seats["Low turnout in Tamworth"] == ("Tamworth",)
    assert seats["Every party talks its chances down"] == ()
    picture = night.entry("Count under way in Tamworth").pictures[0]
    assert (picture.caption, picture.credit) == (
        "Tellers at work in the sports hall",
        "Own drawing",
    )
    assert "✎ edited 00:18 · posted 00:10" in shown
    assert "~~In pictures: boxes are carried in (again)~~" in shown
    assert shown.count("★ Tamworth: Labour gain from Conservatives") == 1
    assert shown.count("★ Mid Bedfordshire: Labour gain from Conservatives") == 1
    before, after = shown.split("› turnout tamworth")
    assert "Turnout in Tamworth is 35.9 per cent" in before
    assert "Tamworth: turnout 35.9%" in after
    asked_early = shown.partition("› result mid beds")[2].partition("In pictures")[0]
    assert "Mid Bedfordshire has not declared" in asked_early
    assert "Labour" not in asked_early


# ── The transcript of a real night ────────────────────────────────────────────────────────────

SEED = [
    ("00:05", "Welcome"),
    ("00:07", "Parties play down expectations"),
    ("00:10", "Ballot boxes arrive at count in Mid Bedfordshire"),
    ("00:14", "Counting under way for Tamworth"),
    ("00:22", "Christine Jardine confident Lib Dems have snatched votes from Tories"),
    ("00:27", "Tamworth contest appears to be on knife's edge"),
    ("00:35", "In pictures: First ballot boxes arrive in Mid Bedfordshire"),
    ("00:41", "Low voter turnout in Tamworth"),
]
NIGHT = """
[night]
name = "Mid Bedfordshire and Tamworth by-elections"
polling_day = 2023-10-19

[[contest]]
id = "parl.tamworth.by.2023-10-19"
electorate = 71302

[[contest]]
id = "parl.mid-bedfordshire.by.2023-10-19"

[[blog]]
name = "The live blog"
url = "{url}"
format = "{format}"

[[channel]]
on = "terminal"
id = "newsroom"
"""


def seed() -> str:
    """The transcript that the night is known from."""
    for path in sorted((SHARED / "seed").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        if "Low voter turnout in Tamworth" in text:
            return text
    pytest.skip(f"No transcript in {SHARED / 'seed'}: it is kept beside the repository.")


def sections(text: str) -> dict[str, str]:
    """The transcript's entries: all words of each, by its time of the night."""
    pieces = re.split(r"^12:(\d\d) AM BST$", text, flags=re.MULTILINE)
    return {
        f"00:{minute}": " ".join(piece.split())
        for minute, piece in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def words_of(post: Post) -> str:
    """All words of a post, with what stands under its pictures."""
    body = ["".join(span.text for span in block.spans) for block in post.body]
    captions = [f"{picture.caption} - {picture.credit}" for picture in post.pictures]
    return " ".join(" ".join([post.heading, *body, *captions]).split())


def json_ld_page(text: str) -> str:
    """The transcript as its publisher's page would have it: JSON-LD, newest entry first."""
    reading = transcript.parse(text, url="https://news.example/live", polling_day=POLLING_DAY)
    posting = {
        "@context": "https://schema.org",
        "@type": "LiveBlogPosting",
        "headline": "By-elections live",
        "liveBlogUpdate": [
            {
                "@type": "BlogPosting",
                "headline": entry.heading,
                "datePublished": entry.published.isoformat(),
                "articleBody": entry.body,
                "image": [
                    {"@type": "ImageObject", "caption": one.caption, "creditText": one.credit}
                    for one in entry.pictures
                ],
            }
            for entry in reading.entries
        ],
    }
    script = json.dumps(posting).replace("<", "\\u003c")
    return f'<!doctype html><title>Live</title><script type="application/ld+json">{script}</script>'


@asynccontextmanager
async def served(body: str, content_type: str) -> AsyncIterator[str]:
    """One page on loopback; its address."""

    async def page(_: web.Request) -> web.Response:
        return web.Response(text=body, content_type=content_type)

    app = web.Application()
    app.router.add_get("/live", page)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/live"))


@asynccontextmanager
async def newsroom(
    folder: Path, url: str, format: str, clock: StoppedClock, platform: RecordingPlatform
) -> AsyncIterator[Rooms]:
    """The rooms around one blog, with a night file of two contests and one channel."""
    night = read_night(NIGHT.format(url=url, format=format))
    async with (
        Fetcher() as fetcher,
        open_rooms(
            night=night,
            database_url=f"sqlite:///{folder / 'teller.db'}",
            clock=clock,
            reader=BlogReader(fetcher),
            platforms=(platform,),
            following=night.following,
        ) as rooms,
    ):
        yield rooms


async def look_and_deliver(rooms: Rooms) -> None:
    """One look at the blog, and everything that follows from it."""
    async with asyncio.TaskGroup() as tasks:
        delivering = tasks.create_task(rooms.dispatcher.run())
        await rooms.relay.look(rooms.night.blogs[0], rooms.night.polling_day)
        assert await rooms.dispatcher.settle(5)
        delivering.cancel()


async def answer(rooms: Rooms, text: str) -> Reply:
    """What the desk answers."""
    author = Author(platform="terminal", id="somebody", name="somebody")
    here = Channel(platform="terminal", id="newsroom")
    return await rooms.desk.answer(Ask(text=text, author=author, channel=here))


@pytest.mark.parametrize(
    ("form", "format"),
    [("text/plain", "transcript"), ("text/plain", "auto"), ("text/html", "jsonld")],
)
async def test_the_transcript_of_the_night_is_relayed_whole(tmp_path, form, format):
    text = seed()
    page = text if form == "text/plain" else json_ld_page(text)
    platform = RecordingPlatform()
    clock = StoppedClock(at("00:45"))
    async with (
        served(page, form) as url,
        newsroom(tmp_path, url, format, clock, platform) as rooms,
    ):
        await look_and_deliver(rooms)
        entries = posts(platform, [PostKind.ENTRY])
        assert [(uk_clock(post.at), post.heading) for post in entries] == SEED
        assert entries[0].at == datetime(2023, 10, 19, 23, 5, tzinfo=UTC)
        assert entries[-1].at == datetime(2023, 10, 19, 23, 41, tzinfo=UTC)
        whole = sections(text)
        assert [words_of(post) for post in entries] == [whole[time] for time, _ in SEED]
        # Reading it again brings nothing again.
        await look_and_deliver(rooms)
        assert posts(platform, [PostKind.ENTRY]) == entries
        assert posts(platform, [PostKind.DECLARATION]) == []

        turnout = await answer(rooms, "turnout tamworth")
        assert turnout.value == 35.9
        assert turnout.origin is not None
        assert (turnout.origin.source.name, turnout.origin.at) == (
            "The live blog",
            datetime(2023, 10, 19, 23, 41, tzinfo=UTC),
        )
        for seat in ("tamworth", "mid beds"):
            result = await answer(rooms, f"result {seat}")
            assert (result.value, result.error) == (None, False)
            assert "has not declared" in result.title
        assert (await answer(rooms, "turnout mid beds")).value is None


async def test_a_figure_is_not_known_before_it_was_read(tmp_path):
    text = seed()
    early = text[text.index("12:27 AM BST") :]
    platform = RecordingPlatform()
    clock = StoppedClock(at("00:30"))
    async with (
        served(early, "text/plain") as url,
        newsroom(tmp_path, url, "transcript", clock, platform) as rooms,
    ):
        await look_and_deliver(rooms)
        before = await answer(rooms, "turnout tamworth")
        assert (before.value, before.error) == (None, False)
        assert "no turnout figure yet" in before.title
    clock.moment = at("00:45")
    async with (
        served(text, "text/plain") as url,
        newsroom(tmp_path, url, "transcript", clock, platform) as rooms,
    ):
        await look_and_deliver(rooms)
        assert (await answer(rooms, "turnout tamworth")).value == 35.9
        # What is asked as of 00:30 is still not known then, though it has been read since.
        clock.moment = at("00:30")
        assert (await answer(rooms, "turnout tamworth")).value is None
    entries = posts(platform, [PostKind.ENTRY])
    assert [(uk_clock(post.at), post.heading) for post in entries] == SEED
    assert posts(platform, [PostKind.DECLARATION]) == []


# ── Rooms that cannot open, and a blog that is not there ──────────────────────────────────────


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """No task, no thread and no open connection more than before."""
    tasks, threads = asyncio.all_tasks(), set(threading.enumerate())
    yield
    gc.collect()
    assert asyncio.all_tasks() == tasks
    left = [t for t in threading.enumerate() if t not in threads and "asyncio_" not in t.name]
    assert left == []


@pytest.mark.parametrize("trouble", ["no folder", "no database", "no address", "broken off"])
async def test_rooms_that_fail_leave_nothing_behind(tmp_path, trouble):
    url = f"sqlite:///{tmp_path / 'teller.db'}"
    if trouble == "no folder":
        url = f"sqlite:///{tmp_path / 'nowhere' / 'teller.db'}"
    elif trouble == "no address":
        url = "nonsense"
    elif trouble == "no database":
        (tmp_path / "teller.db").write_text("The ballot boxes are on their way.\n" * 100)
    night = read_night(NIGHT.format(url="http://127.0.0.1:9/live", format="auto"))
    expected = RuntimeError if trouble == "broken off" else StoreError
    async with Fetcher() as fetcher:

        async def try_it() -> None:
            async with open_rooms(
                night=night,
                database_url=url,
                clock=StoppedClock(at("23:00")),
                reader=BlogReader(fetcher),
                following=night.following,
            ) as rooms:
                await rooms.changed()
                raise RuntimeError("broken off")

        with nothing_left_behind(), pytest.raises(expected):
            await try_it()


async def health(rooms: Rooms) -> str:
    """How the blog's reading goes, as the desk says it."""
    return "".join((await answer(rooms, "status")).lines[-1:])


async def test_a_blog_at_an_unused_port_is_told_in_the_status(tmp_path):
    with socket.socket() as unused:
        # Bound and not listened to: whoever connects is refused, and nobody else gets the port.
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        night = read_night(NIGHT.format(url=f"http://127.0.0.1:{port}/live", format="auto"))
        platform = RecordingPlatform()
        with nothing_left_behind():
            async with (
                Fetcher(seconds=2) as fetcher,
                open_rooms(
                    night=night,
                    database_url=f"sqlite:///{tmp_path / 'teller.db'}",
                    clock=WallClock(),
                    reader=BlogReader(fetcher),
                    platforms=(platform,),
                    following=night.following,
                ) as rooms,
            ):

                async def until_noticed() -> None:
                    async with asyncio.timeout(20):
                        while "⚠" not in await health(rooms):  # noqa: ASYNC110 - it is asked for
                            await asyncio.sleep(0.02)

                await rooms.run(until_noticed())
                told = await health(rooms)
        assert told.startswith("⚠ The live blog (since ")
        assert "The connection to 127.0.0.1" in told
        assert platform.standing == {}


async def test_a_platform_that_breaks_ends_the_night_with_its_error(tmp_path):
    night = replace(
        read_night(NIGHT.format(url="http://127.0.0.1:9/live", format="auto")), blogs=()
    )

    async def leave_at_once() -> None:
        raise TerminalGoneError("Nobody reads this.")

    async with Fetcher() as fetcher:
        with nothing_left_behind():
            async with open_rooms(
                night=night,
                database_url=f"sqlite:///{tmp_path / 'teller.db'}",
                clock=WallClock(),
                reader=BlogReader(fetcher),
                following=night.following,
            ) as rooms:
                with pytest.raises(ExceptionGroup) as raised:
                    await rooms.run(leave_at_once())
    assert raised.group_contains(TerminalGoneError)
