"""Everybody's page with Teller: drawn when opened, anew on changes, and its buttons answered."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Channel
from bot.chat.reply import Choice, Reply
from bot.errors import DeliveryError
from bot.platforms.slack.page import at_a_glance
from bot.platforms.slack.workspaces import OneWorkspace
from tests.platforms.slack.connected import buttons
from tests.platforms.slack.fake_desk import HOME, FakeDesk
from tests.platforms.slack.windows import at_home, calls, open_windows, said
from tests.slack.blocks import view_faults
from tests.waiting import until

AT = datetime(2023, 10, 19, 23, 41, tzinfo=UTC)


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def windows(slack, client, fake, mode):
    async with open_windows(slack, client, fake, mode) as opened:
        yield opened


def news(fake: FakeDesk, stage: str) -> None:
    """Something has changed."""
    fake.sections = (Reply(title="Tonight", lines=(stage,)),)


# ── The page ─────────────────────────────────────────────────────────────────────────────────


async def test_an_opened_page_shows_every_section(slack, fake, windows):
    fake.sections = tuple(replace(section, as_of=AT) for section in HOME)
    view = await at_home(slack)
    assert [block["type"] for block in view["blocks"]] == [
        "header", "rich_text", "actions", "header", "rich_text", "actions", "context",
    ]  # fmt: skip
    assert [b["text"]["text"] for b in view["blocks"] if b["type"] == "header"] == [
        "Tonight",
        "Channels",
    ]
    assert "Tamworth  Counting" in said(view)
    assert said(view).endswith("As of <!date^1697758860^{time}|00:41 BST>")
    assert buttons(view) == {"Tamworth": "choice:1", "Follow a blog": "form:follow"}
    (ask,) = fake.at_home
    assert (ask.author.id, ask.channel) == ("U1", Channel(platform="slack", id="DU1"))


async def test_only_the_home_tab_is_drawn(slack, fake, windows):
    event = {"type": "app_home_opened", "user": "U1", "channel": "DU1", "tab": "messages"}
    assert (await slack.event({**event, "event_ts": slack.ts()})).ok
    await at_home(slack, "U2")
    assert [ask.author.id for ask in fake.at_home] == ["U2"]


def test_more_sections_than_fit_are_counted_and_none_is_a_sentence():
    choices = tuple(Choice(label=f"Seat {n}", ask=f"status {n}") for n in range(25))
    many = [Reply(title=f"Section {n}", lines=("So.",), choices=choices) for n in range(30)]
    view = at_a_glance(many).view()
    assert view_faults(view, "home") == []
    assert "… and 16 more" in said(view)
    assert view_faults(at_a_glance([]).view(), "home") == []


def test_a_page_differs_by_what_it_says_and_not_by_the_time():
    earlier, later, other = (
        at_a_glance([replace(HOME[0], title=title, as_of=at)])
        for title, at in (("A", AT), ("A", AT.replace(minute=42)), ("B", AT))
    )
    assert earlier.digest == later.digest != other.digest
    assert earlier.blocks != later.blocks


# ── Drawn anew ───────────────────────────────────────────────────────────────────────────────


async def test_a_page_is_drawn_anew_when_something_has_changed(slack, fake, windows):
    await at_home(slack)
    windows.clock.move(60)
    news(fake, "Declared")
    windows.home.changed()
    await slack.until(lambda: "Declared" in said(slack.home("U1")))
    assert fake.at_home[-1].channel.id == "DU1"


async def test_a_page_is_drawn_at_most_once_in_ten_seconds_and_the_last_change_counts(
    slack, fake, windows
):
    await at_home(slack)
    for stage in ("Verified", "Counting", "Declared"):
        windows.clock.move(1)
        news(fake, stage)
        windows.home.changed()
        await windows.clock.resting_until(10)
    assert len(calls(slack, "views.publish")) == 1

    windows.clock.move(7)

    await slack.until(lambda: "Declared" in said(slack.home("U1")))
    assert len(calls(slack, "views.publish")) == 2


async def test_a_change_while_a_page_is_drawn_is_not_lost(slack, fake, windows):
    await at_home(slack)
    windows.clock.move(60)
    slack.fail("views.publish", delay=0.2)
    news(fake, "Counting")
    windows.home.changed()
    await until(lambda: len(fake.at_home) == 2)
    news(fake, "Declared")
    windows.home.changed()
    await windows.clock.resting_until(70)
    windows.clock.move(10)
    await slack.until(lambda: "Declared" in said(slack.home("U1")))


async def test_an_unchanged_page_is_not_published_again(slack, fake, windows):
    await at_home(slack)
    for _ in range(3):
        windows.clock.move(60)
        drawn = len(fake.at_home)
        windows.home.changed()
        await until(lambda drawn=drawn: len(fake.at_home) > drawn)
    windows.clock.move(60)
    news(fake, "Declared")
    windows.home.changed()
    await slack.until(lambda: "Declared" in said(slack.home("U1")))
    assert len(calls(slack, "views.publish")) == 2


async def test_a_page_opened_anew_shows_the_time_anew(slack, fake, windows):
    fake.sections = (replace(HOME[0], as_of=AT),)
    await at_home(slack)
    windows.clock.move(60)
    fake.sections = (replace(HOME[0], as_of=AT.replace(minute=42)),)
    assert "00:42" in said(await at_home(slack))


async def test_a_page_that_slack_has_lost_is_published_whatever_it_shows(slack, fake, windows):
    await at_home(slack)
    slack.homes.clear()
    assert "Tonight" in said(await at_home(slack))


async def test_pages_not_opened_for_long_are_forgotten(slack, fake, windows):
    await at_home(slack)
    windows.clock.move(12 * 3_600 + 1)
    await at_home(slack, "U2")
    windows.clock.move(60)
    news(fake, "Declared")
    windows.home.changed()
    await slack.until(lambda: "Declared" in said(slack.home("U2")))
    assert "Declared" not in said(slack.home("U1"))
    assert [ask.author.id for ask in fake.at_home] == ["U1", "U2", "U2"]


async def test_of_too_many_pages_the_one_opened_first_is_forgotten(slack, client, fake):
    slack.add_user("U3", "Joan")
    async with open_windows(slack, client, fake, most=2) as windows:
        for user in ("U1", "U2", "U1", "U3"):
            await at_home(slack, user)
            windows.clock.move(60)
        news(fake, "Declared")
        windows.home.changed()
        for user in ("U1", "U3"):
            await slack.until(lambda user=user: "Declared" in said(slack.home(user)))
        assert "Declared" not in said(slack.home("U2"))


@pytest.mark.parametrize("fault", [{"status": 500}, {"error": "internal_error"}, {"cut": "before"}])
async def test_a_page_that_was_not_taken_is_tried_again_later(slack, fake, windows, fault):
    await at_home(slack)
    windows.clock.move(60)
    news(fake, "Declared")
    slack.fail("views.publish", times=2, **fault)
    with capture_logs() as logs:
        windows.home.changed()
        await windows.clock.resting_until(70)
        windows.clock.move(10)
        await windows.clock.resting_until(90)
    assert [log["event"] for log in logs] == ["slack.home_not_drawn"] * 2
    windows.clock.move(20)
    await slack.until(lambda: "Declared" in said(slack.home("U1")))


async def test_where_slack_asks_to_wait_nobodys_page_is_drawn_until_then(slack, fake, windows):
    await at_home(slack)
    await at_home(slack, "U2")
    windows.clock.move(60)
    news(fake, "Declared")
    slack.fail("views.publish", retry_after=30)
    windows.home.changed()
    await windows.clock.resting_until(90)
    assert len(calls(slack, "views.publish")) == 3
    windows.clock.move(30)
    for user in ("U1", "U2"):
        await slack.until(lambda user=user: "Declared" in said(slack.home(user)))


async def test_a_desk_that_breaks_is_asked_again_later(slack, fake, windows):
    await at_home(slack)
    windows.clock.move(60)
    fake.sections = None
    windows.home.changed()
    await windows.clock.resting_until(70)
    news(fake, "Declared")
    windows.clock.move(10)
    await slack.until(lambda: "Declared" in said(slack.home("U1")))


async def test_each_workspace_has_its_own_client(slack, client, fake):
    teams = []

    async def team(team_id):
        teams.append(team_id)
        return await OneWorkspace(client).team(team_id)

    async with open_windows(slack, client, fake, team=team) as windows:
        await at_home(slack)
        windows.clock.move(60)
        news(fake, "Declared")
        windows.home.changed()
        await slack.until(lambda: "Declared" in said(slack.home("U1")))
    assert teams == [slack.team] * 2


async def test_a_page_in_a_workspace_that_teller_left_is_forgotten(slack, client, fake):
    gone = False

    async def team(team_id):
        if gone:
            raise DeliveryError("Teller is not installed there.", refused=True)
        return await OneWorkspace(client).team(team_id)

    async with open_windows(slack, client, fake, team=team) as windows:
        await at_home(slack)
        gone = True
        windows.clock.move(60)
        with capture_logs() as logs:
            windows.home.changed()
            await until(lambda: logs)
        assert [log["event"] for log in logs] == ["slack.home_left"]
        gone = False
        windows.clock.move(60)
        news(fake, "Declared")
        windows.home.changed()
        await at_home(slack, "U2")
        assert "Declared" not in said(slack.home("U1"))
