"""Roles in Slack, over sockets and over signed HTTP: who is let in, and who is told why not."""

import pytest

from bot.platforms.slack.groups import KEPT, Groups
from bot.platforms.slack.workspaces import OneWorkspace
from tests.platforms.slack.connected import replies_to, words
from tests.platforms.slack.on_duty import on_duty, refused


@pytest.fixture
async def duty(slack, client, tmp_path, mode):
    async with on_duty(slack, client, tmp_path, mode) as opened:
        yield opened


async def told(slack, text: str, user: str = "U1") -> str:
    """What all see that was answered to a mention."""
    said = await slack.mention(text, user=user)
    (reply,) = await replies_to(slack, said.ts)
    return words(reply)


async def told_alone(slack, text: str, user: str) -> str:
    """What only the asker sees that was answered to a mention."""
    seen = slack.channel("C1").ephemerals
    before = len(seen)
    await slack.mention(text, user=user)
    await slack.until(lambda: len(seen) > before)
    return words(seen[-1])


async def test_until_somebody_is_named_everybody_may_and_then_who_is_named(slack, duty):
    slack.add_user("U3", "Eve")
    assert "I listen here now" in await told(slack, "listen on", "U2")
    assert "U1 is now an operator" in await told(slack, "allow <@U1> operator", "U2")

    why = await told_alone(slack, "listen off", "U2")
    assert "Only an operator can use “listen”" in why
    assert "n operator can “allow” you" in why
    assert "now gets declarations" in await told(slack, "follow declarations", "U2")
    assert "I no longer listen here" in await told(slack, "listen off", "U1")

    # Slack does not say who manages: somebody named for the desk means that others are not of it.
    await told(slack, "allow <@U3> desk", "U1")
    assert "Only the desk can use “follow”" in await told_alone(slack, "follow reminders", "U2")
    assert "now gets reminders" in await told(slack, "follow reminders", "U3")
    assert "slack:U3 is of the desk, allowed by slack:U1" in await told_alone(slack, "roles", "U1")

    assert "no longer of the desk" in await told(slack, "disallow <@U3>", "U1")
    assert "is the only operator" in await told_alone(slack, "disallow <@U1>", "U1")
    assert refused(slack) == []


async def test_the_slash_command_knows_whom_it_mentions(slack, duty):
    await slack.slash("/teller", "allow <@U1|ada> operator")
    seen = slack.channel("C1")
    await slack.until(lambda: any("is now an operator" in words(m) for m in seen.messages))
    (named,) = await duty.rooms.store.roles.granted()
    assert (named.platform, named.who, named.name) == ("slack", "U1", "ada")


async def test_who_is_in_a_group_that_was_named_has_its_role(slack, duty):
    slack.add_user("U3", "Eve")
    slack.usergroups["S1"] = ["U3"]
    await told(slack, "allow <@U1> operator", "U1")
    assert not [call for call in slack.calls if call.method == "usergroups.users.list"]
    await told(slack, "allow <!subteam^S1|@night> desk", "U1")
    assert "now gets reminders" in await told(slack, "follow reminders", "U3")
    assert "Only the desk can use “follow”" in await told_alone(slack, "follow reminders", "U2")
    assert refused(slack) == []


async def test_a_group_is_looked_up_once_a_minute(slack, client):
    slack.usergroups["S1"] = ["U3"]
    now = [0.0]
    groups = Groups(OneWorkspace(client), now=lambda: now[0])
    assert await groups.members("S1") == {"U3"}
    slack.usergroups["S1"] = ["U2"]
    assert await groups.members("S1") == {"U3"}
    now[0] = KEPT
    assert await groups.members("S1") == {"U2"}


async def test_without_the_scope_nobody_is_in_a_group_and_all_else_goes_on(slack, client, capsys):
    slack.grant(slack.bot_token, scopes=["chat:write"])
    now = [0.0]
    groups = Groups(OneWorkspace(client), now=lambda: now[0])
    for _ in range(3):
        assert await groups.members("S1") == frozenset()
        now[0] += KEPT
    assert capsys.readouterr().out.count("usergroups:read") == 1
