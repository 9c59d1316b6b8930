"""Real processes that share one database and one Slack: whoever is killed, stopped or woken."""

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.chat.ask import Channel
from bot.platforms.slack.manifest import SCOPES
from bot.store import Store
from tests.conftest import select
from tests.courier.queueing import say, say_all, serve
from tests.nights.blog import NIGHT, live_blog
from tests.processes import running, stop, teller, until_said
from tests.slack.server import StandInSlack

C1 = Channel(platform="slack", id="C1")
IN_SLACK = NIGHT.replace('on = "terminal"', 'on = "slack"').replace('id = "newsroom"', 'id = "C1"')
# Within so many seconds another process has to do what one that has died did.
TAKEN_OVER = 15.0
PATIENCE = 40.0
JOBS = "SELECT count(*) FROM procrastinate_jobs"

shared = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@asynccontextmanager
async def slack_of(url: str) -> AsyncIterator[tuple[StandInSlack, dict[str, str]]]:
    async with StandInSlack(scopes=tuple(SCOPES)) as slack:
        yield (
            slack,
            {
                "DATABASE_URL": url,
                "SLACK_BOT_TOKEN": slack.bot_token,
                "SLACK_APP_TOKEN": slack.app_token,
                "SLACK_API_URL": slack.api_url,
            },
        )


@asynccontextmanager
async def queued(url: str, number: int) -> AsyncIterator[Store]:
    store = Store(url)
    await store.open()
    try:
        await serve(store, C1)
        await say_all(store, *(f"entry-{n}" for n in range(number)))
        yield store
    finally:
        await store.close()


def headings(slack: StandInSlack) -> list[str]:
    """What it says of each entry that stands, after its time."""
    said = [m["text"].split(". ")[0] for m in slack.channel("C1").messages if m.get("metadata")]
    return [words.partition(", ")[2] for words in said]


def posts(slack: StandInSlack) -> int:
    return sum(call.method == "chat.postMessage" for call in slack.calls)


@shared
async def test_a_worker_that_is_killed_in_a_post_doubles_and_loses_nothing(
    database_url: str, tmp_path: Path
) -> None:
    async with slack_of(database_url) as (slack, env), queued(database_url, 5):
        async with running("work", folder=tmp_path, env=env) as first:
            # It is carried out, and nobody is there to hear so.
            held = asyncio.Event()
            slack.fail("chat.postMessage", hold=held)
            async with asyncio.timeout(PATIENCE):
                while not headings(slack):  # noqa: ASYNC110 - nothing is told of half a request
                    await asyncio.sleep(0.01)
            first.kill()
            await first.wait()
            held.set()
        # Let its time be up.
        select(database_url, "UPDATE lane SET leased_until = now() RETURNING id")
        select(
            database_url,
            "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute' "
            "RETURNING id",
        )
        async with running("work", folder=tmp_path, env=env) as second:
            await slack.until(lambda: len(headings(slack)) >= 5, within=PATIENCE)
            end, seconds = await stop(second)

    assert headings(slack) == [f"entry-{n} 1" for n in range(5)]
    assert posts(slack) == 5
    assert (end.status, seconds < 5.0) == (0, True)


@shared
async def test_a_worker_that_slept_past_its_lease_posts_nothing_when_it_wakes(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        slack_of(database_url) as (slack, env),
        queued(database_url, 5) as store,
        running("work", folder=tmp_path, env=env) as sleeper,
    ):

        def stops_it(_arguments: dict[str, Any]) -> bool:
            sleeper.send_signal(signal.SIGSTOP)
            return True

        # Its first post reaches Slack, and its answer reaches nobody who is awake.
        slack.fail("chat.postMessage", when=stops_it, delay=0.1)
        await slack.until(lambda: posts(slack), within=PATIENCE)
        async with running("work", folder=tmp_path, env=env) as other:
            await slack.until(lambda: len(headings(slack)) >= 5, within=PATIENCE)
            before = posts(slack)
            sleeper.send_signal(signal.SIGCONT)
            await until_said(sleeper, "courier.lease_lost")
            async with asyncio.timeout(PATIENCE):
                while select(database_url, JOBS) != [(0,)]:  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.02)
            # It is of use again.
            other.kill()
            await other.wait()
            await say(store, "last")
            await slack.until(lambda: len(headings(slack)) >= 6, within=PATIENCE)

    assert before == 5
    assert headings(slack) == [*(f"entry-{n} 1" for n in range(5)), "last 1"]


@shared
async def test_when_the_leader_is_killed_another_reads_on_and_no_entry_is_doubled(
    database_url: str, tmp_path: Path
) -> None:
    turnout = "Low turnout in Tamworth"
    async with (
        slack_of(database_url) as (slack, env),
        live_blog(datetime.fromisoformat("2023-10-20T00:30+01:00")) as blog,
    ):
        (tmp_path / "night.toml").write_text(IN_SLACK.format(url=blog.url))
        command = ("run", "--night", "night.toml")
        async with (
            running(*command, folder=tmp_path, env=env) as leader,
            running(*command, folder=tmp_path, env=env) as other,
        ):
            ready = {
                asyncio.create_task(until_said(process, "leadership.gained")): process
                for process in (leader, other)
            }
            done, waiting = await asyncio.wait(ready, return_when=asyncio.FIRST_COMPLETED)
            (first,), (second,) = done, waiting
            await slack.until(lambda: len(headings(slack)) >= 6, within=PATIENCE)
            await slack.connected(2, within=PATIENCE)
            assert not second.done()

            ready[first].kill()
            blog.at = datetime.fromisoformat("2023-10-20T00:43+01:00")
            async with asyncio.timeout(TAKEN_OVER):
                await second
                await slack.until(lambda: any(turnout in h for h in headings(slack)), within=60)
            end, _ = await stop(ready[second])

    assert end.status == 0
    assert set(Counter(headings(slack)).values()) == {1}


# ── Commands ─────────────────────────────────────────────────────────────────────────────────


async def test_a_second_run_on_a_file_ends_with_a_sentence(tmp_path: Path) -> None:
    async with running("run", folder=tmp_path) as first:
        await until_said(first, "teller.ready")
        second = await teller("run", folder=tmp_path)
        demo = await teller("demo", "--keep", "teller.db", folder=tmp_path)
        asked = await teller("ask", "turnout tamworth october 2023", folder=tmp_path)
        assert first.returncode is None

    sentence = f"Another Teller runs on teller.db already (process {first.pid})."
    assert second.status == demo.status == 1
    assert second.err.splitlines()[-1].startswith(sentence)
    assert demo.err.splitlines()[-1].startswith(sentence)
    assert asked.status == 0


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"DATABASE_URL": "sqlite:///teller.db"}, "set DATABASE_URL=postgresql://"),
        ({"DATABASE_URL": "postgresql://127.0.0.1/none"}, "delivers to Slack and Discord"),
    ],
    ids=["on a file", "nowhere to deliver to"],
)
async def test_a_worker_with_nothing_to_do_says_so(
    tmp_path: Path, env: dict[str, str], words: str
) -> None:
    ended = await teller("work", folder=tmp_path, env=env)

    assert ended.status == 2
    assert words in ended.err
    assert "Traceback" not in ended.err


async def test_tables_are_made_once_and_it_says_which(bare_url: str, tmp_path: Path) -> None:
    first, second = [
        await teller("migrate", folder=tmp_path, env={"DATABASE_URL": bare_url}) for _ in range(2)
    ]

    assert (first.status, second.status) == (0, 0)
    assert "Teller's tables were made" in first.out
    assert ("procrastinate" in first.out) == bare_url.startswith("postgresql")
    assert "The tables were up to date." in second.out
    assert ("That is all" in second.out) == bare_url.startswith("sqlite")
