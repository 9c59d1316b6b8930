"""Several workspaces at once: each is answered, told and left by its own token."""

import asyncio
import subprocess
import sys
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Ask, Channel
from bot.chat.reply import Choice, Reply
from bot.doctor import examine
from bot.errors import DeliveryError, Fault
from bot.platforms.slack.connection import SocketConnection
from bot.platforms.slack.installations import SealedInstallations
from bot.platforms.slack.installed import InstalledWorkspaces
from bot.platforms.slack.manifest import SCOPES, manifest
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.platform import SlackPlatform
from bot.settings import read_settings
from bot.store.slack_installations import SlackInstallations
from tests.conftest import select
from tests.platforms.slack.connected import PING, answering, buttons, heard, replies_to
from tests.platforms.slack.fake_desk import Answering
from tests.platforms.slack.installing import BASIC_AUTH, KEY, OTHER_KEY, PUBLIC, installable
from tests.platforms.slack.test_checks import NIGHT
from tests.platforms.slack.test_platform import KEY as DELIVERY
from tests.platforms.slack.test_platform import POST
from tests.slack.server import StandInSlack

pytestmark = BASIC_AUTH


class Answers:
    """Answers every question, and remembers who asked where."""

    def __init__(self) -> None:
        self.asked: list[Ask] = []

    async def __call__(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        again = Choice(label="Again", ask="again")
        return Reply(title=f"You asked: {ask.text}", choices=(again,))


@pytest.fixture
def second(slack: StandInSlack) -> StandInSlack:
    return slack.neighbour("T0SECOND")


@pytest.fixture
def answers() -> Answers:
    return Answers()


@asynccontextmanager
async def both(slack, second, database_url, mode="socket", **given):
    """Both workspaces, with Teller installed."""
    async with installable(slack, database_url, mode, **given) as (platform, browser):
        if given.get("answer") is None:
            await install_quietly(slack, database_url)
        else:
            for workspace in (slack, second):
                assert (await browser.install(workspace.team)).status == 200
        yield platform


async def install_quietly(slack, database_url) -> None:
    """Have both workspaces install Teller, by a Teller that goes again."""
    async with installable(slack, database_url, answer=Answers()) as (_, browser):
        for workspace in slack.workspaces:
            assert (await browser.install(workspace.team)).status == 200


def here(workspace: StandInSlack, channel: str = "C1") -> Channel:
    return Channel(platform="slack", id=f"{workspace.team}/{channel}")


def tokens(slack: StandInSlack, method: str) -> list[str]:
    return [call.token for call in slack.calls if call.method == method]


async def logged(logs, *events: str) -> None:
    """Wait until each of these has been logged."""
    async with asyncio.timeout(10):
        while not set(events) <= {log["event"] for log in logs}:  # noqa: ASYNC110 - a log
            await asyncio.sleep(0.01)


# ── Asked ────────────────────────────────────────────────────────────────────────────────────


async def test_each_workspace_is_answered_by_its_own_token(slack, second, bare_url, mode, answers):
    async with both(slack, second, bare_url, mode, answer=answers):
        for workspace in (second, slack):
            said = await workspace.mention("turnout Tamworth")
            (reply,) = await replies_to(workspace, said.ts)
            assert reply["user"] == workspace.bot_user
            await workspace.direct_message("and in private?")
            await workspace.until(lambda at=workspace: len(at.direct("U1").messages) == 2)

    assert tokens(slack, "chat.postMessage") == [second.bot_token] * 2 + [slack.bot_token] * 2
    assert [ask.channel.id for ask in answers.asked[::2]] == [here(second).id, here(slack).id]
    assert answers.asked[0].author.id == f"{second.team}/U1"


async def test_commands_and_buttons_stay_in_their_workspace(
    slack, second, sqlite_url, mode, answers
):
    async with both(slack, second, sqlite_url, mode, answer=answers):
        assert (await second.slash("/teller", "turnout Tamworth")).ok
        await second.until(lambda: second.channel("C1").ephemerals)
        (shown,) = second.channel("C1").ephemerals
        assert buttons(shown) == {"Post to channel": "post", "Again": "choice:1"}
        await second.press("post")
        await second.until(lambda: second.channel("C1").messages)
        (posted,) = second.channel("C1").messages
        await second.press("choice:1", ts=posted["ts"])
        await replies_to(second, posted["ts"])
    assert slack.channel("C1").messages == slack.channel("C1").ephemerals == []
    assert {ask.channel for ask in answers.asked} == {here(second)}
    assert len(answers.asked) == 3


async def test_no_bot_is_answered_in_any_workspace(slack, second, sqlite_url, mode, answers):
    async with both(slack, second, sqlite_url, mode, answer=answers):
        for workspace in (slack, second):
            event = {"type": "app_mention", "channel": "C1", "text": "turnout", "ts": "1.1"}
            await workspace.event({**event, "user": workspace.bot_user})
            await workspace.event({**event, "user": "U9", "bot_id": "B9"})
            said = await workspace.mention("help")
            await replies_to(workspace, said.ts)
    assert [ask.text for ask in answers.asked] == ["help", "help"]


async def test_the_same_moment_in_two_workspaces_is_two_questions(
    slack, second, sqlite_url, mode, answers
):
    async with both(slack, second, sqlite_url, mode, answer=answers):
        for workspace in (slack, second, second):
            event = {"type": "app_mention", "channel": "C1", "text": "hello", "user": "U1"}
            await workspace.event({**event, "ts": "1.000001"})
        await slack.until(lambda: len(answers.asked) == 2)
        said = await second.mention("help")
        await replies_to(second, said.ts)
    assert [ask.channel for ask in answers.asked] == [here(slack), here(second), here(second)]


@pytest.mark.parametrize("trouble", [None, {"status": 503}, {"cut": "before"}])
async def test_what_was_asked_while_deaf_is_answered_in_every_workspace(
    slack, second, sqlite_url, answers, trouble
):
    # The first that is gone through.
    troubled = slack.neighbour("T0FIRST")
    await install_quietly(slack, sqlite_url)
    async with by_hand(slack, sqlite_url) as workspaces:
        socket = SocketConnection(app_token=slack.app_token, ping_interval=PING)
        platform = SlackPlatform(workspaces=workspaces, connection=socket)
        async with answering(platform, Answering(answers)):
            await heard(slack, "socket")
            said = await second.mention("are you there?")
            await replies_to(second, said.ts)
            opened = slack.sockets.opened
            if trouble is None:
                troubled.revoked.add(troubled.bot_token)
            else:
                troubled.fail("auth.test", times=10_000, **trouble)
            slack.reset()
            deaf = [await each.mention("turnout Tamworth") for each in (slack, second)]
            await slack.reconnected(opened)
            for workspace, said in zip((slack, second), deaf, strict=True):
                assert len(await replies_to(workspace, said.ts)) == 1
            await slack.settled()
            await second.settled()
    assert len(answers.asked) == 3


@asynccontextmanager
async def by_hand(slack, database_url, *, keys=(KEY,)):
    kept = SlackInstallations(database_url, slack.client_id)
    await kept.open()
    async with open_client(None, slack.api_url) as client:
        sealed = SealedInstallations(kept.installations, keys)
        yield InstalledWorkspaces(client=client, installations=sealed)
    await kept.close()


# ── Told ─────────────────────────────────────────────────────────────────────────────────────


async def test_a_post_stands_is_found_and_changes_in_its_own_workspace(slack, second, bare_url):
    async with both(slack, second, bare_url) as platform:
        for workspace, heading in ((slack, "In the first"), (second, "In the second")):
            post = replace(POST, heading=heading)
            ref = await platform.send(here(workspace), post, DELIVERY)
            assert ref.channel == here(workspace)
            assert await platform.find(here(workspace), DELIVERY) == ref
            edited = replace(post, heading=f"{heading}, anew")
            await platform.edit(ref, edited, replace(DELIVERY, version=2))
            (stands,) = workspace.channel("C1").messages
            assert f"{heading}, anew" in str(stands["blocks"])
    both_tokens = [slack.bot_token, second.bot_token]
    assert tokens(slack, "chat.postMessage") == tokens(slack, "chat.update") == both_tokens


@pytest.mark.parametrize(
    ("channel", "says"),
    [("T0NOWHERE/C1", "not installed in the Slack workspace T0NOWHERE"), ("C1", "T0123456789/C1")],
)
async def test_a_channel_in_no_workspace_of_ours_is_refused(
    slack, second, sqlite_url, channel, says
):
    async with both(slack, second, sqlite_url) as platform:
        elsewhere = Channel(platform="slack", id=channel)
        for asked in (
            platform.send(elsewhere, POST, DELIVERY),
            platform.find(elsewhere, DELIVERY),
        ):
            with pytest.raises(DeliveryError, match=says) as caught:
                await asked
            assert (caught.value.fault, caught.value.refused) == (Fault.CHANNEL, True)
    assert tokens(slack, "chat.postMessage") == []


# ── Gone, and back ───────────────────────────────────────────────────────────────────────────


async def test_the_core_is_told_of_who_takes_teller_away_and_of_who_installs_it(
    slack, second, bare_url, mode, answers
):
    out: list[str] = []
    there: list[str] = []

    async def removed(team: str) -> None:
        out.append(team)

    async def returned(team: str) -> None:
        there.append(team)

    seams = {"removed": removed, "returned": returned}
    async with both(slack, second, bare_url, mode, answer=answers, **seams):
        assert there == [slack.team, second.team]
        with capture_logs() as logs:
            assert all(ack.ok for ack in (await second.uninstall()).values())
            await logged(logs, "slack.uninstalled", "slack.gone_already")
    assert out == [second.team]


async def test_who_uninstalls_is_told_and_answered_no_more(slack, second, bare_url, mode, answers):
    async with both(slack, second, bare_url, mode, answer=answers) as platform:
        ref = await platform.send(here(second), POST, DELIVERY)
        with capture_logs() as logs:
            assert all(ack.ok for ack in (await second.uninstall()).values())
            # By two events; what is done about them comes after the acknowledgement.
            await logged(logs, "slack.uninstalled", "slack.gone_already")
            said = await slack.mention("still here?")
            await replies_to(slack, said.ts)
        told = [log["team"] for log in logs if log["event"] == "slack.uninstalled"]
        assert told == [second.team]
        for asked in (
            platform.send(here(second), POST, DELIVERY),
            platform.edit(ref, POST, DELIVERY),
        ):
            with pytest.raises(DeliveryError, match="not installed") as caught:
                await asked
            assert (caught.value.fault, caught.value.refused) == (Fault.CHANNEL, True)
        await second.mention("still here?")
        await second.slash("/teller", "still here?")
        await platform.send(here(slack), POST, DELIVERY)

    assert select(bare_url, "SELECT team_id FROM slack_bots") == [(slack.team,)]
    assert select(bare_url, "SELECT team_id FROM slack_installations") == [(slack.team,)]
    assert [ask.channel for ask in answers.asked] == [here(slack)]


@pytest.mark.parametrize("error", ["token_revoked", "account_inactive", "missing_scope"])
async def test_a_token_that_is_refused_stops_its_workspace_alone(slack, second, sqlite_url, error):
    async with both(slack, second, sqlite_url) as platform:
        second.fail("chat.postMessage", error=error)
        with pytest.raises(DeliveryError, match="install") as caught:
            await platform.send(here(second), POST, DELIVERY)
        assert (caught.value.fault, caught.value.refused) == (Fault.CHANNEL, True)
        await platform.send(here(slack), POST, DELIVERY)


async def test_an_old_goodbye_does_not_undo_a_new_installation(
    slack, second, sqlite_url, mode, answers
):
    async with both(slack, second, sqlite_url, mode, answer=answers) as platform:
        long_ago = slack.clock() - 600
        with capture_logs() as logs:
            await second.event({"type": "app_uninstalled"}, at=long_ago)
            await logged(logs, "slack.uninstalled_before")
        said = await second.mention("still here?")
        await replies_to(second, said.ts)
        await platform.send(here(second), POST, DELIVERY)


async def test_the_tokens_of_people_are_not_the_bots(slack, second, sqlite_url, answers):
    async with both(slack, second, sqlite_url, answer=answers):
        tokens = {"oauth": ["U1"], "bot": []}
        with capture_logs() as logs:
            await second.event({"type": "tokens_revoked", "tokens": tokens})
            await logged(logs, "slack.person_left")
        said = await second.mention("still here?")
        await replies_to(second, said.ts)


async def test_who_comes_back_with_another_token_is_spoken_to_with_that(
    slack, second, sqlite_url, answers
):
    async with installable(slack, sqlite_url, answer=answers) as (platform, browser):
        await browser.install(second.team)
        await platform.send(here(second), POST, DELIVERY)
        with capture_logs() as logs:
            await second.uninstall()
            await logged(logs, "slack.uninstalled", "slack.gone_already")
        second.bot_token = "xoxb-anew"
        assert (await browser.install(second.team)).status == 200
        await platform.send(here(second), POST, replace(DELIVERY, subject="entry:other"))
    assert tokens(slack, "chat.postMessage") == ["xoxb-t0second", "xoxb-anew"]


async def test_another_process_may_have_seen_a_token_change(slack, second, sqlite_url):
    async with installable(slack, sqlite_url) as (platform, _):
        for token in ("xoxb-before", "xoxb-after"):
            second.bot_token = token
            await install_quietly(slack, sqlite_url)
            await platform.send(here(second), POST, replace(DELIVERY, subject=token))
    assert tokens(slack, "chat.postMessage") == ["xoxb-before", "xoxb-after"]


async def test_a_restart_keeps_the_installations(slack, second, bare_url, mode, answers):
    await install_quietly(slack, bare_url)
    async with installable(slack, bare_url, mode, answer=answers):
        for workspace in (slack, second):
            said = await workspace.mention("turnout Tamworth")
            await replies_to(workspace, said.ts)
    assert len(answers.asked) == 2


async def test_a_token_that_no_key_reads_hides_no_other(slack, second, sqlite_url):
    async with installable(slack, sqlite_url, answer=Answers()) as (_, browser):
        await browser.install(slack.team)
    async with installable(slack, sqlite_url, keys=(OTHER_KEY,), answer=Answers()) as (
        platform,
        browser,
    ):
        await browser.install(second.team)
        await platform.send(here(second), POST, DELIVERY)
        with pytest.raises(DeliveryError, match="SLACK_TOKEN_KEY") as caught:
            await platform.send(here(slack), POST, DELIVERY)
        assert (caught.value.fault, caught.value.refused) == (Fault.CHANNEL, True)
        assert slack.bot_token not in str(caught.value)
    async with by_hand(slack, sqlite_url, keys=(OTHER_KEY,)) as workspaces:
        (readable,) = await workspaces.teams()
        assert readable.client.token == second.bot_token
    async with installable(slack, sqlite_url, keys=(OTHER_KEY, KEY)) as (platform, _):
        await platform.send(here(slack), POST, DELIVERY)


# ── Around it ────────────────────────────────────────────────────────────────────────────────


async def test_the_doctor_looks_at_every_workspace(slack, second, tmp_path, sqlite_url):
    def settings(*channels: str, key: str = KEY):
        night = tmp_path / "night.toml"
        more = "".join(f'[[channel]]\non = "slack"\nid = "{one}"\n' for one in channels[1:])
        night.write_text(NIGHT.format(channel=channels[0]) + more)
        return read_settings(
            night_file=night,
            database_url=sqlite_url,
            slack_client_id=slack.client_id,
            slack_client_secret=slack.client_secret,
            slack_token_key=key,
            public_url=PUBLIC,
            slack_app_token=slack.app_token,
            slack_api_url=slack.api_url,
        )

    async def faults(*channels: str, **given) -> dict[str, str]:
        found = [finding async for finding in examine(settings(*channels, **given))]
        return {finding.what: finding.trouble for finding in found if finding.trouble}

    await install_quietly(slack, sqlite_url)
    assert await faults(here(slack).id, here(second).id) == {}

    assert "like T0123456789/C1" in (await faults("C1"))["Slack channel C1"]
    elsewhere = await faults("T0NOWHERE/C1")
    assert "not installed" in elsewhere["Slack channel T0NOWHERE/C1"]
    unknown = await faults(here(second, "C404").id)
    assert "check the id" in unknown[f"Slack channel {second.team}/C404"]

    second.grant(second.bot_token, scopes=sorted(SCOPES.keys() - {"chat:write"}))
    assert list(await faults(here(second).id)) == [f"Slack scope chat:write in {second.team}"]
    second.revoked.add(second.bot_token)
    assert "revoked" in (await faults(here(slack).id))[f"Slack token for {second.team}"]

    lost = await faults(here(slack).id, key=OTHER_KEY)
    assert "SLACK_TOKEN_KEY" in lost[f"Slack workspace {slack.team}"]


async def test_the_doctor_says_where_to_install_from(slack, tmp_path, sqlite_url):
    settings = read_settings(
        database_url=sqlite_url,
        slack_client_id=slack.client_id,
        slack_client_secret=slack.client_secret,
        slack_token_key=KEY,
        public_url=PUBLIC,
        slack_app_token=slack.app_token,
        slack_api_url=slack.api_url,
    )
    found = {finding.what: finding.trouble async for finding in examine(settings)}
    assert f"{PUBLIC}/slack/install" in found["Slack workspaces"]


def test_the_manifest_for_several_workspaces_names_where_they_come_back_to():
    alone, several = manifest(), manifest(install_url=f"{PUBLIC}/")
    assert several["oauth_config"]["redirect_urls"] == [f"{PUBLIC}/slack/oauth_redirect"]
    assert several["settings"]["socket_mode_enabled"] is True
    heard, more = (
        set(one["settings"]["event_subscriptions"]["bot_events"]) for one in (alone, several)
    )
    assert more - heard == {"app_uninstalled", "tokens_revoked"}
    assert "redirect_urls" not in alone["oauth_config"]
    over_http = manifest(PUBLIC, install_url=PUBLIC)
    assert over_http["settings"]["event_subscriptions"]["request_url"] == f"{PUBLIC}/slack/events"


def test_one_workspace_needs_no_cryptography():
    told = (
        "import sys, bot.platforms.slack, bot.platforms.slack.checks, bot.service; "
        "sys.exit('cryptography' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
