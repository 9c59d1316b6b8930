"""Workspaces install Teller: what the pages say, and what is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Ask, Channel
from bot.chat.reply import Reply
from bot.errors import SettingsError
from bot.platforms.slack.manifest import OPTIONAL, SCOPES
from bot.store import Store
from bot.store.slack_installations import SlackInstallations
from tests.conftest import select
from tests.platforms.slack.fake_desk import Answering
from tests.platforms.slack.installing import (
    BASIC_AUTH,
    KEY,
    OTHER_KEY,
    PUBLIC,
    Browser,
    installable,
    state_of,
)
from tests.platforms.slack.test_platform import KEY as DELIVERY
from tests.platforms.slack.test_platform import POST
from tests.slack.server import StandInSlack
from tests.store.entries import update, version

pytestmark = BASIC_AUTH

INSTALLED = "SELECT team_id FROM slack_bots ORDER BY team_id"
REDIRECT = f"{PUBLIC}/slack/oauth_redirect"


async def yes(ask: Ask) -> Reply:
    return Reply(title=f"You asked: {ask.text}")


@pytest.fixture
def second(slack: StandInSlack) -> StandInSlack:
    return slack.neighbour("T0SECOND")


@asynccontextmanager
async def browsing(slack, database_url, mode="socket", **given) -> AsyncIterator[Browser]:
    async with installable(slack, database_url, mode, answer=yes, **given) as (_, browser):
        yield browser


def kept(database_url: str) -> list[str]:
    return [team for (team,) in select(database_url, INSTALLED)]


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


# ── Installed ────────────────────────────────────────────────────────────────────────────────


async def test_two_workspaces_install_teller(slack, second, mode, bare_url):
    async with browsing(slack, bare_url, mode) as browser:
        for workspace in (slack, second):
            page = await browser.install(workspace.team)
            assert page.status == 200
            assert f"{workspace.team}/C…" in page.sentence
            assert page.sentence.count(".") == 1

    assert kept(bare_url) == sorted([slack.team, second.team])
    assert select(bare_url, "SELECT count(*) FROM slack_oauth_states") == [(0,)]


async def test_slack_is_asked_for_the_scopes_of_the_manifest_and_no_more(slack, sqlite_url):
    async with browsing(slack, sqlite_url) as browser:
        await browser.install(slack.team)
    (asked,) = select(sqlite_url, "SELECT bot_scopes FROM slack_bots")
    assert asked[0].split(",") == sorted(SCOPES | OPTIONAL)


async def test_who_installs_again_is_kept_once(slack, second, sqlite_url):
    async with browsing(slack, sqlite_url) as browser:
        for team in (slack.team, second.team, slack.team):
            assert (await browser.install(team)).status == 200
    assert kept(sqlite_url) == sorted([slack.team, second.team])
    assert select(sqlite_url, "SELECT count(*) FROM slack_installations") == [(2,)]


async def test_a_long_token_is_kept_whole(slack, bare_url):
    # As long as Slack's that expire are; encrypted it is twice that.
    slack.bot_token = f"xoxb-{'0123456789' * 18}"
    async with installable(slack, bare_url, answer=yes) as (platform, browser):
        assert (await browser.install(slack.team)).status == 200
        await platform.send(Channel(platform="slack", id=f"{slack.team}/C1"), POST, DELIVERY)
    assert slack.calls[-1].token == slack.bot_token


async def test_no_token_stands_in_the_database_as_it_is(slack, tmp_path, sqlite_url):
    slack.installed = {
        "authed_user": {"id": "U1", "access_token": "xoxp-of-the-installer"},
        "incoming_webhook": {"url": "https://hooks.slack.example/secret-hook", "channel": "#c"},
    }
    async with browsing(slack, sqlite_url) as browser:
        await browser.install(slack.team)
        found = bytes_of(tmp_path)
    for secret in (slack.bot_token, "xoxp-of-the-installer", "secret-hook", KEY):
        assert secret.encode() not in found
    assert slack.team.encode() in found


async def test_no_page_is_kept_or_tells_where_it_was(slack, sqlite_url):
    async with browsing(slack, sqlite_url) as browser:
        for page in (
            await browser.get(f"{PUBLIC}/slack/install"),
            await browser.install(slack.team),
            await browser.get(f"{REDIRECT}?error=access_denied"),
        ):
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["Referrer-Policy"] == "no-referrer"
            assert page.headers["Content-Type"].startswith("text/html")


# ── Refused ──────────────────────────────────────────────────────────────────────────────────


async def test_a_cancelled_installation_is_no_fault(slack, mode, sqlite_url):
    async with browsing(slack, sqlite_url, mode) as browser:
        page = await browser.get(f"{REDIRECT}?error=access_denied&state=x")
        assert (page.status, "cancelled" in page.sentence) == (200, True)
    assert kept(sqlite_url) == []


async def test_what_slack_says_is_shown_and_does_nothing(slack, sqlite_url):
    async with browsing(slack, sqlite_url) as browser:
        page = await browser.get(f"{REDIRECT}?error=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>" not in page.text
    assert "“<script>alert(1)</script>”" in page.sentence


@pytest.mark.parametrize("cookie", ["", "another-browser"])
async def test_a_state_of_another_browser_is_refused(slack, mode, sqlite_url, cookie):
    async with browsing(slack, sqlite_url, mode) as browser:
        back = await browser.allow(slack.team)
        browser.cookie = ""
        page = await browser.get(back, cookie=cookie)
        assert (page.status, "another browser" in page.sentence) == (400, True)
    assert kept(sqlite_url) == []
    assert slack.oauth_codes  # and the code was not tried


async def test_a_state_that_was_never_issued_is_refused(slack, mode, sqlite_url):
    async with browsing(slack, sqlite_url, mode) as browser:
        page = await browser.get(f"{REDIRECT}?code={slack.oauth_code()}&state=made", cookie="made")
        assert (page.status, "too long ago" in page.sentence) == (401, True)
    assert kept(sqlite_url) == []
    assert slack.oauth_codes


async def test_a_state_is_good_once(slack, bare_url):
    async with browsing(slack, bare_url) as browser:
        back = await browser.allow(slack.team)
        state = state_of(back)
        again = back.replace("code=", f"code={slack.oauth_code()}&was=")
        pages = await asyncio.gather(*(browser.get(url, cookie=state) for url in (back, again)))
        third = await browser.get(f"{REDIRECT}?code={slack.oauth_code()}&state={state}")
        assert sorted(page.status for page in pages) == [200, 401]
        assert third.status in (400, 401)
    assert kept(bare_url) == [slack.team]


async def test_of_many_at_once_one_uses_a_state(bare_url):
    opened = SlackInstallations(bare_url, "1.1")
    await opened.open()
    state = await opened.states.async_issue()
    used = await asyncio.gather(*(opened.states.async_consume(state) for _ in range(8)))
    await opened.close()
    assert sorted(used) == [False] * 7 + [True]


async def test_a_state_is_good_for_ten_minutes_and_goes_then(slack, bare_url):
    async with browsing(slack, bare_url) as browser:
        back = await browser.allow(slack.team)
        ((until,),) = select(bare_url, "SELECT expire_at FROM slack_oauth_states")
        if isinstance(until, str):
            until = datetime.fromisoformat(until)
        assert 590 < (until.replace(tzinfo=UTC) - datetime.now(UTC)).total_seconds() <= 600

        past = "UPDATE slack_oauth_states SET expire_at = '2023-10-19 22:00:00' RETURNING id"
        assert len(select(bare_url, past)) == 1
        page = await browser.get(back)
        assert (page.status, "too long ago" in page.sentence) == (401, True)

        await browser.get(f"{PUBLIC}/slack/install")
        assert select(bare_url, "SELECT count(*) FROM slack_oauth_states") == [(1,)]
    assert kept(bare_url) == []


async def test_a_code_that_slack_does_not_know_is_refused_and_not_logged(
    slack, mode, sqlite_url, caplog
):
    async with browsing(slack, sqlite_url, mode) as browser:
        back = await browser.allow(slack.team)
        state = state_of(back)
        page = await browser.get(f"{REDIRECT}?code=never-given&state={state}")
        assert (page.status, "does not take the code" in page.sentence) == (401, True)
    assert kept(sqlite_url) == []
    assert "invalid_code" in caplog.text
    assert "never-given" not in caplog.text


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"is_enterprise_install": True, "team": None, "enterprise": {"id": "E1"}}, "organisation"),
        ({"is_enterprise_install": True, "enterprise": {"id": "E1"}}, "organisation"),
        ({"refresh_token": "xoxe-1-refresh", "expires_in": 43200}, "expire"),
    ],
)
async def test_what_would_only_half_work_is_refused(slack, sqlite_url, answer, says):
    slack.installed = answer
    async with browsing(slack, sqlite_url) as browser:
        page = await browser.install(slack.team)
        assert (page.status, says in page.sentence) == (400, True)
    assert kept(sqlite_url) == []


@pytest.mark.parametrize("fault", [{"cut": "before", "times": 2}, {"status": 503}])
async def test_slack_away_in_the_middle_is_told_and_does_no_harm(slack, sqlite_url, fault):
    async with browsing(slack, sqlite_url) as browser:
        back = await browser.allow(slack.team)
        slack.fail("auth.test", **fault)
        with capture_logs() as logs:
            page = await browser.get(back)
        assert page.status in (401, 502)
        assert "Nothing was installed" in page.sentence
        assert any(log["event"] == "slack.not_installed" for log in logs)
        assert kept(sqlite_url) == []
        slack.faults.waiting.clear()
        assert (await browser.install(slack.team)).status == 200


# ── Keys ─────────────────────────────────────────────────────────────────────────────────────


async def test_an_older_key_reads_and_the_first_writes_anew(slack, sqlite_url):
    async with browsing(slack, sqlite_url) as browser:
        await browser.install(slack.team)
    for keys in ((OTHER_KEY, KEY), (OTHER_KEY,)):
        # The second time the older key is gone: what it wrote has been written again.
        async with installable(slack, sqlite_url, keys=keys) as (platform, _):
            here = Channel(platform="slack", id=f"{slack.team}/C1")
            ref = await platform.send(here, POST, DELIVERY)
            assert slack.channel("C1").message(ref.id)


# ── The door ─────────────────────────────────────────────────────────────────────────────────


async def test_by_a_socket_no_events_are_taken_over_http(slack, sqlite_url):
    async with browsing(slack, sqlite_url) as browser, aiohttp.ClientSession() as session:
        address = f"http://127.0.0.1:{browser.port}/slack/events"
        async with session.post(address, json={"type": "url_verification"}) as answer:
            assert answer.status == 404


async def test_a_port_that_is_taken_is_told_at_the_start(slack, mode, sqlite_url):
    async with installable(slack, sqlite_url, mode) as (platform, browser):
        taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", browser.port)
        async with taken:
            with pytest.raises(SettingsError, match=f"127.0.0.1:{browser.port}.*HTTP_PORT"):
                await platform.run(Answering(yes))


async def test_installing_does_not_lock_the_night_out(slack, second, sqlite_url):
    now = datetime(2023, 10, 20, tzinfo=UTC)
    store = Store(sqlite_url)
    await store.open()
    over = asyncio.Event()

    async def write() -> int:
        written = 0
        while not over.is_set():
            await store.blogs.keep(update(now, version(f"entry-{written}", now)))
            written += 1
        return written

    async with browsing(slack, sqlite_url) as browser:
        writing = asyncio.create_task(write())
        for _ in range(5):
            browsers = [Browser(port=browser.port, session=browser.session) for _ in range(4)]
            pages = await asyncio.gather(*(one.install(slack.team) for one in browsers))
            assert [page.status for page in pages] == [200] * 4
        over.set()
        written = await writing
    assert kept(sqlite_url) == [slack.team]
    await store.close()
    assert select(sqlite_url, "SELECT count(*) FROM entry_version") == [(written,)]
