"""Who did something in Slack, by name: its events say ids alone."""

import pytest

from bot.platforms.slack.names import KEPT, Names
from bot.platforms.slack.workspaces import OneWorkspace
from tests.platforms.slack.connected import replies_to, words
from tests.platforms.slack.on_duty import on_duty, posted

ASKED = "users.info"


def looked_up(slack) -> int:
    return [call.method for call in slack.calls].count(ASKED)


@pytest.fixture
async def duty(slack, client, tmp_path):
    async with on_duty(slack, client, tmp_path) as at_work:
        yield at_work


async def told(slack, text: str, user: str) -> str:
    said = await slack.mention(text, user=user)
    return words((await replies_to(slack, said.ts))[0])


async def test_a_time_that_somebody_says_in_slack_is_told_with_their_name(slack, duty):
    await told(slack, "follow reminders", "U1")
    await told(slack, "estimate Tamworth 2.30am", "U1")
    assert await duty.rooms.dispatcher.settle(10)
    (moved,) = posted(slack)
    assert "Says Ada." in words(moved)
    listed = await told(slack, "journal Tamworth", "U2")
    assert "Ada" in listed
    await told(slack, "journal Tamworth", "U1")
    assert looked_up(slack) == 2


async def test_a_result_says_who_recorded_and_who_confirmed_it(slack, duty):
    shown = "record turnout Tamworth 25,630 of 71,302"
    await told(slack, shown, "U1")
    assert "Recorded by Ada, confirmed by Grace." in await told(
        slack, "confirm turnout Tamworth", "U2"
    )


async def test_who_only_asks_is_not_looked_up(slack, duty):
    await told(slack, "turnout Tamworth", "U1")
    assert looked_up(slack) == 0


async def test_without_the_scope_people_are_named_by_their_ids_and_it_is_logged_once(
    slack, duty, capsys
):
    slack.grant(slack.bot_token, scopes=slack.grants[slack.bot_token].scopes - {"users:read"})
    await told(slack, "record turnout Tamworth 35.9%", "U1")
    said = await told(slack, "confirm turnout Tamworth", "U2")
    assert "Recorded by U1, confirmed by U2." in said
    assert capsys.readouterr().out.count("users:read") == 1


async def test_a_name_is_looked_up_once_an_hour_and_after_a_moments_trouble_at_once(slack, client):
    now = [0.0]
    names = Names(OneWorkspace(client), now=lambda: now[0])
    slack.fail(ASKED, status=503)
    assert await names.of("U1") == ""
    assert await names.of("U1") == "Ada"
    slack.users["U1"]["profile"]["display_name"] = "Ada L."
    assert await names.of("U1") == "Ada"
    now[0] = KEPT
    assert await names.of("U1") == "Ada L."
    assert await names.of("U404") == ""
