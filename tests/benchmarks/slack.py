"""Teller in Slack next to a bare bolt app and a bare client: answers, posts, and a great burst."""

import asyncio
import statistics
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from bot import nights
from bot.app import Rooms, open_rooms
from bot.asking import ScriptReader, play_to
from bot.chat.ask import Ask, Author, Channel, Follow, Following
from bot.chat.post import PostKind
from bot.chat.reply import Reply
from bot.clocks import StoppedClock
from bot.platforms.slack.connection import (
    EVENTS_PATH,
    PING_INTERVAL,
    Connection,
    HttpConnection,
    SocketConnection,
)
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace
from bot.ports import Desk
from tests.benchmarks.asking import AT, TYPED
from tests.benchmarks.report import forget_peak, line, megabytes, percentile
from tests.benchmarks.slack_server import SECRET
from tests.platforms.slack.connected import MODES, Mode, free_port, running
from tests.platforms.slack.fake_desk import Answering

TOKEN, APP_TOKEN = "xoxb-bench", "xapp-bench"
QUESTIONS, WARM_UP = 400, 20
BURST = 2_000
POSTS, ROUNDS, LANES = 40, 25, 8
CHANNEL = Channel(platform="slack", id="C1")
NAMES = {"socket": "Socket Mode", "http": "signed HTTP"}

Lane = Callable[[int], Awaitable[object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """The thin Slack in its process."""

    url: str
    session: aiohttp.ClientSession

    async def do(self, what: str, **how: Any) -> Any:
        """What came of something that it was told to do."""
        async with self.session.post(f"{self.url}/{what}", json=how) as answer:
            answer.raise_for_status()
            return await answer.json()

    def api(self, app: str) -> str:
        """What an app's client takes as `base_url`."""
        return f"{self.url}/{app}/api/"


async def ready(desk: Desk) -> Desk:
    """A desk that has worked its answers out before: what is left is the platform's own time."""
    author = Author(platform="slack", id="U1", name="U1")
    asks = [Ask(text=text, author=author, channel=CHANNEL) for text in TYPED]
    answers = {ask.text: await desk.answer(ask) for ask in asks}

    async def answer(ask: Ask) -> Reply:
        return answers[ask.text]

    return Answering(answer)


async def measure(folder: Path) -> bool:
    """Whether each question of the burst was answered once."""
    clock = StoppedClock(nights.begins())
    rooms = open_rooms(
        night=nights.bundled_night(),
        database_url=f"sqlite:///{folder}/slack.db",
        clock=clock,
        reader=ScriptReader(nights.bundled_script(), clock),
        following=[Following(channel=CHANNEL, follows=frozenset(Follow))],
    )
    async with a_slack() as slack, rooms as opened:
        await play_to(AT, opened, clock)
        # First, while no memory of something else lies about in which its own could hide.
        whole = await _burst(slack, opened.desk)
        for mode in MODES:
            await _turns(slack, opened.desk, mode)
        await _turns(slack, await ready(opened.desk), "socket", "answers ready")
        await _posts(slack, opened)
    return whole


@asynccontextmanager
async def a_slack() -> AsyncIterator[Slack]:
    """A thin Slack; it ends with us, for it reads our end of a pipe."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.slack_server",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        patience = aiohttp.ClientTimeout(total=600)
        async with aiohttp.ClientSession(timeout=patience) as session:
            yield Slack(url=f"http://127.0.0.1:{port}", session=session)
    finally:
        process.stdin.close()
        await process.wait()


@asynccontextmanager
async def teller(slack: Slack, desk: Desk, mode: Mode) -> AsyncIterator[None]:
    """Teller, listening."""
    async with open_client(TOKEN, slack.api("teller")) as client:
        connection, url = _connection(mode)
        async with running(connection, client, desk):
            await slack.do("teller/listens", url=url)
            yield


def _connection(mode: Mode) -> tuple[Connection, str | None]:
    if mode == "socket":
        return SocketConnection(app_token=APP_TOKEN), None
    port = free_port()
    return (
        HttpConnection(signing_secret=SECRET, host="127.0.0.1", port=port),
        f"http://127.0.0.1:{port}{EVENTS_PATH}",
    )


@asynccontextmanager
async def echo(slack: Slack, mode: Mode) -> AsyncIterator[None]:
    """As little as a bolt app can be: it says in the thread what was asked."""
    async with open_client(TOKEN, slack.api("echo")) as client, AsyncExitStack() as ends:
        app = AsyncApp(client=client, signing_secret=SECRET)

        @app.event("app_mention")
        async def mentioned(event: dict[str, Any]) -> None:
            await client.chat_postMessage(
                channel=event["channel"], text=event["text"], thread_ts=event["ts"]
            )

        @app.event("message")
        async def said() -> None:
            """A mention comes as a message, too, and bolt warns of what nobody wants."""

        url = None
        if mode == "socket":
            handler = AsyncSocketModeHandler(
                app, APP_TOKEN, web_client=client, ping_interval=PING_INTERVAL
            )
            await handler.connect_async()
            ends.push_async_callback(handler.close_async)
        else:
            port = free_port()
            runner = web.AppRunner(app.server(port, EVENTS_PATH).web_app, access_log=None)
            await runner.setup()
            ends.push_async_callback(runner.cleanup)
            await web.TCPSite(runner, "127.0.0.1", port).start()
            url = f"http://127.0.0.1:{port}{EVENTS_PATH}"
        await slack.do("echo/listens", url=url)
        yield


async def _burst(slack: Slack, desk: Desk) -> bool:
    """All questions at once, into one socket."""
    async with teller(slack, desk, "socket"):
        await slack.do("burst", app="teller", questions=TYPED, count=WARM_UP)
        resting = megabytes("VmRSS")
        forget_peak()
        ours = await slack.do("burst", app="teller", questions=TYPED, count=BURST)
        grown = megabytes("VmHWM") - resting
    async with echo(slack, "socket"):
        await slack.do("burst", app="echo", questions=TYPED, count=WARM_UP)
        bare = await slack.do("burst", app="echo", questions=TYPED, count=BURST)
    faults = {
        name: ours[name] for name in ("missing", "doubled", "strays", "mixed_up") if ours[name]
    }
    told = ", ".join(f"{name}: {number}" for name, number in faults.items())
    line(
        f"{BURST:,} questions at once in Slack, answered once",
        f"{ours['once']:,}{f' ({told})' if told else ''}",
        f"{BURST:,}",
    )
    last, last_bare = (percentile(each["seconds"], 0.99) for each in (ours, bare))
    line("  from question to answer", f"p99 {last:.1f} s")
    line("  the same in a bare bolt app", f"p99 {last_bare:.1f} s")
    line("  ratio", f"{last / last_bare:.2f} ×")
    line("  slowest acknowledgement", f"{ours['slowest_ack']:.1f} s", "≤ 3 s")
    line("  in a bare bolt app", f"{bare['slowest_ack']:.1f} s")
    line("  events that Slack had to send again", f"{ours['repeats']}")
    line("  memory at its peak, above rest", f"{grown:.0f} MB")
    return not faults


async def _turns(slack: Slack, desk: Desk, mode: Mode, how: str = "") -> None:
    """Teller and a bare bolt app, asked in turn."""
    async with teller(slack, desk, mode), echo(slack, mode):
        await slack.do("turns", questions=TYPED, rounds=WARM_UP)
        seconds = await slack.do("turns", questions=TYPED, rounds=QUESTIONS)
    shares = {
        app: [percentile(seconds[app], share) * 1000 for share in (0.5, 0.99)] for app in seconds
    }
    (ours, ours_last), (bare, bare_last) = shares["teller"], shares["echo"]
    line(
        f"question to answer in Slack, {NAMES[mode]}{f', {how}' if how else ''}",
        f"p50 {ours:.2f} ms, p99 {ours_last:.2f} ms",
    )
    line("  a bare bolt app that echoes", f"p50 {bare:.2f} ms, p99 {bare_last:.2f} ms")
    line("  ratio of p50", f"{ours / bare:.2f} ×", "" if how else "≤ 1.5 ×")


async def _posts(slack: Slack, rooms: Rooms) -> None:
    """Entries rendered and posted, next to the same requests ready-made, on the same session."""
    queued = await rooms.store.outbox.queued()
    entries = [(key, post) for key, post, _ in queued if post.kind is PostKind.ENTRY]
    posts = [entries[number % len(entries)] for number in range(POSTS)]
    async with open_client(TOKEN, slack.api("teller")) as client:
        platform = SlackPlatform(
            workspaces=OneWorkspace(client), connection=_connection("socket")[0]
        )
        for key, post in posts:
            await platform.send(CHANNEL, post, key)
        bodies: list[dict[str, Any]] = await slack.do("teller/posted")

        def send(number: int) -> Awaitable[object]:
            key, post = posts[number]
            return platform.send(CHANNEL, post, key)

        def bare(number: int) -> Awaitable[object]:
            return client.chat_postMessage(**bodies[number])

        for lanes, how in ((1, "one after the other"), (LANES, f"in {LANES} lanes at once")):
            first, second = [], []
            for number in range(ROUNDS):
                if number % 2:
                    second.append(await _seconds(bare, lanes))
                first.append(await _seconds(send, lanes))
                if not number % 2:
                    second.append(await _seconds(bare, lanes))
            ratio = statistics.median(b / a for a, b in zip(first, second, strict=True))
            line(f"entries to Slack, {how}", f"{POSTS / statistics.median(first):,.0f}/s")
            line("  a bare client", f"{POSTS / statistics.median(second):,.0f}/s")
            line("  ratio", f"{ratio:.2f} ×", "≥ 0.9 ×")


async def _seconds(send: Lane, lanes: int) -> float:
    async def one(lane: int) -> None:
        for number in range(lane, POSTS, lanes):
            await send(number)

    began = perf_counter()
    await asyncio.gather(*(one(lane) for lane in range(lanes)))
    return perf_counter() - began
