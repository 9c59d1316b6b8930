"""Who may do what: every command by every role, and giving and taking roles in people's words."""

from dataclasses import replace

import pytest

from bot.chat.ask import Author, Channel, Mentioned, Role
from bot.chat.form import Form, FormError
from bot.chat.reply import Reply
from bot.chat.roles import NamedRole, role_of
from bot.ports import ChannelOnRecord
from tests.fakes import FakeChannels, FakeRoles
from tests.handlers.night import ANN, CATALOGUE, HERE, LIVE, TITLES, desk, question

LONG = "123456789012345678"
EVERYONE, DESK, OPERATOR = Role.EVERYONE, Role.DESK, Role.OPERATOR
# The role that each command takes. One that is new has to be put here.
NEEDS = {
    **dict.fromkeys(
        [
            "about",
            "candidates",
            "catchup",
            "channels",
            "chart",
            "compare",
            "electorate",
            "following",
            "forget",
            "help",
            "highest",
            "history",
            "holder",
            "latest",
            "lowest",
            "majority",
            "needs",
            "remind",
            "reminders",
            "result",
            "status",
            "swing",
            "tally",
            "turnout",
            "uk",
            "venue",
            "when",
            "where",
        ],
        EVERYONE,
    ),
    **dict.fromkeys(
        [
            "board",
            "confirm",
            "delay",
            "estimate",
            "follow",
            "ignore",
            "insist",
            "journal",
            "quiet",
            "record",
            "reject",
            "retract",
            "roles",
            "roundup",
            "undo",
            "unfollow",
        ],
        DESK,
    ),
    **dict.fromkeys(["allow", "disallow", "listen"], OPERATOR),
}
# What a command that is everybody's leaves to the desk.
FOR_THE_DESK = ["remind us at 01:30", "remind at 01:30 to file", "forget 1"]
GUEST = Author(platform="slack", id="U2", name="Bob", manages=False)
BY = {
    EVERYONE: GUEST,
    DESK: replace(GUEST, id="U3", name="Dee"),
    OPERATOR: replace(GUEST, id="U4", name="Olu"),
}
NAMED = (
    NamedRole(platform="slack", who="U3", role=DESK, name="Dee", by="slack:U4"),
    NamedRole(platform="slack", who="U4", role=OPERATOR, name="Olu", by="terminal:ann"),
)


def refused(reply) -> bool:
    return reply.error and reply.title.startswith("Only ")


# ── Every command by every role ──────────────────────────────────────────────────────────────


def test_every_command_says_the_role_that_was_meant():
    assert {command.name: command.needs for command in CATALOGUE.commands} == NEEDS


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("name", sorted(NEEDS))
async def test_every_command_by_every_role(name: str, role: Role):
    channels = FakeChannels(titles=TITLES)
    # The same command in words that leave nothing to the desk.
    typed = {"remind": "remind me at 01:30"}.get(name, name)
    reply = await desk(channels=channels, roles=FakeRoles(*NAMED)).answer(
        question(typed, author=BY[role])
    )
    assert refused(reply) is not role.covers(NEEDS[name])
    if refused(reply):
        assert (channels.changes, reply.choices) == (0, ())


@pytest.mark.parametrize("dialog", CATALOGUE.dialogs, ids=lambda d: d.name)
@pytest.mark.parametrize("role", list(Role))
async def test_a_form_takes_the_role_of_its_command(dialog, role: Role):
    front = desk(channels=FakeChannels(titles=TITLES), roles=FakeRoles(*NAMED))
    values = {"address": (LIVE,), "time": ("01:30",), "whom": ("me",)}
    asked = question("", author=BY[role])
    opened = await front.form(dialog.name, asked)
    try:
        taken = await front.submit(dialog.name, asked, values)
    except FormError:
        # Somebody who may was told what is wrong with it.
        taken = Reply(title="")
    may = role.covers(NEEDS[dialog.name])
    assert (isinstance(opened, Form), refused(taken)) == (may, not may)


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("typed", FOR_THE_DESK)
async def test_what_reminds_a_whole_channel_is_the_desks(typed: str, role: Role):
    channels = FakeChannels()
    front = desk(channels=channels, roles=FakeRoles(*NAMED))
    await front.answer(question("remind us at 02:00", author=BY[DESK]))
    reply = await front.answer(question(typed, author=BY[role]))
    assert reply.error is not role.covers(DESK)
    if reply.error:
        assert reply.title.startswith("Only the desk can ")
        assert "Dee" in reply.title
        assert channels.changes == 1


async def test_the_form_of_a_reminder_says_at_its_field_that_the_channel_is_the_desks():
    front = desk(roles=FakeRoles(*NAMED))
    values = {"time": ("01:30",), "whom": ("us",)}
    with pytest.raises(FormError) as fault:
        await front.submit("remind", question("", author=GUEST), values)
    assert fault.value.faults["whom"].startswith("Only the desk can remind a whole channel")


async def test_ones_own_reminders_are_everybodys_to_set_and_to_forget():
    channels = FakeChannels()
    front = desk(channels=channels, roles=FakeRoles(*NAMED))
    kept = await front.answer(question("remind me at 01:30", author=GUEST))
    gone = await front.answer(question(f"forget {kept.value}", author=GUEST))
    assert (gone.error, channels.asked) == (False, [])
    # Alone with Teller, the channel is one's own.
    alone = await channels.direct(GUEST)
    assert not (
        await front.answer(question("remind us at 02:00", author=GUEST, channel=alone))
    ).error
    assert not (await front.answer(question("forget 1", author=BY[EVERYONE], channel=alone))).error


async def test_what_was_ones_own_is_not_told_to_the_channel():
    front = desk(channels=FakeChannels())
    kept = await front.answer(question("remind me at 01:30"))
    assert (await front.answer(question(f"forget {kept.value}"))).private


async def test_nobody_forgets_the_reminders_of_another():
    channels = FakeChannels()
    front = desk(channels=channels, roles=FakeRoles(*NAMED))
    await front.answer(question("remind me at 01:30", author=BY[DESK]))
    assert (await front.answer(question("forget 1", author=BY[OPERATOR]))).error
    assert len(channels.asked) == 1


# ── Which role ───────────────────────────────────────────────────────────────────────────────

MANAGER = replace(GUEST, manages=True)
ANYBODY = replace(MANAGER, everybody=True)
OTHER = {
    DESK: NamedRole(platform="slack", who="U9", role=DESK),
    OPERATOR: NamedRole(platform="slack", who="U9", role=OPERATOR),
}


@pytest.mark.parametrize(
    ("author", "named", "role"),
    [
        (GUEST, (), EVERYONE),
        (MANAGER, (), OPERATOR),
        (MANAGER, (OTHER[DESK],), OPERATOR),
        (MANAGER, (OTHER[OPERATOR],), DESK),
        (MANAGER, (OTHER[OPERATOR], OTHER[DESK]), DESK),
        (ANYBODY, (), OPERATOR),
        (ANYBODY, (OTHER[DESK],), OPERATOR),
        (ANYBODY, (OTHER[OPERATOR],), DESK),
        (ANYBODY, (OTHER[OPERATOR], OTHER[DESK]), EVERYONE),
        (ANYBODY, (OTHER[OPERATOR], replace(OTHER[DESK], platform="discord")), DESK),
        (GUEST, (NamedRole(platform="slack", who="U2", role=DESK),), DESK),
        (GUEST, (NamedRole(platform="discord", who="U2", role=DESK),), EVERYONE),
        (replace(GUEST, id="T1/U2"), (NamedRole(platform="slack", who="U2", role=DESK),), EVERYONE),
        (
            replace(GUEST, platform="discord", groups=frozenset({"7"})),
            (NamedRole(platform="discord", who="role:7", role=OPERATOR),),
            OPERATOR,
        ),
        (
            # The id of a person is none of a role's.
            replace(GUEST, platform="discord", id="7"),
            (NamedRole(platform="discord", who="role:7", role=OPERATOR),),
            EVERYONE,
        ),
        (replace(GUEST, platform="terminal"), (OTHER[OPERATOR],), OPERATOR),
    ],
)
def test_which_role_somebody_has(author, named, role):
    assert role_of(author, named) is role


async def test_a_refusal_says_who_can():
    reply = await desk(roles=FakeRoles(*NAMED)).answer(
        question("follow declarations", author=GUEST)
    )
    assert reply.title == (
        "Only the desk can use “follow”. Dee, Olu or somebody who manages this channel can, or an "
        "operator can “allow” you."
    )
    reply = await desk(roles=FakeRoles(*NAMED)).answer(question("listen on", author=GUEST))
    assert reply.title == (
        "Only an operator can use “listen”. Olu can, or an operator can “allow” you."
    )


# ── Allow, disallow, roles ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("platform", "typed", "people", "who", "role"),
    [
        ("slack", "allow slack:U9 desk", (), "slack:U9", DESK),
        ("slack", "allow U0123456789 operator", (), "slack:U0123456789", OPERATOR),
        ("slack", "Allow <@U0123456789|cat> as an operator!", (), "slack:U0123456789", OPERATOR),
        ("slack", "allow   desk", (Mentioned(who="U9"),), "slack:U9", DESK),
        ("slack", "please allow", (Mentioned(who="U9", name="Cat"),), "slack:U9", DESK),
        ("slack", f"allow discord:role:{LONG}", (), f"discord:role:{LONG}", DESK),
        ("discord", f"allow <@{LONG}> desk", (), f"discord:{LONG}", DESK),
        ("discord", f"allow <@!{LONG}> operator", (), f"discord:{LONG}", OPERATOR),
        ("discord", f"allow <@&{LONG}> desk", (), f"discord:role:{LONG}", DESK),
        ("terminal", "allow slack:T1/U9 operator", (), "slack:T1/U9", OPERATOR),
    ],
)  # fmt: skip
async def test_somebody_is_given_a_role(platform, typed, people, who, role):
    roles = FakeRoles()
    author = replace(ANN, platform=platform)
    asked = question(typed, author=author, channel=Channel(platform=platform, id="1"))
    reply = await desk(roles=roles).answer(replace(asked, people=people))
    assert not reply.error, reply.title
    assert [(f"{one.platform}:{one.who}", one.role) for one in roles.given] == [(who, role)]
    assert roles.given[0].by == f"{platform}:U1"
    taken = await desk(roles=roles).answer(
        question(reply.choices[0].ask, author=replace(author, platform="terminal"))
    )
    assert (taken.error, roles.given) == (False, [])


async def test_an_id_is_of_the_workspace_where_it_is_said():
    roles = FakeRoles()
    author = replace(ANN, id="T1/U1")
    await desk(roles=roles).answer(question("allow <@U0123456789> operator", author=author))
    assert [one.who for one in roles.given] == ["T1/U0123456789"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("allow", "Mention one person, as in “allow @ann desk”"),
        ("allow ann desk", "Mention one person"),
        ("allow slack:U9 slack:U8 desk", "One at a time, please."),
        ("allow slack:U9 oprator", "I know no role “oprator”: say desk or operator."),
        ("disallow", "Mention one person, as in “disallow @ann”"),
        ("disallow slack:U9", "Nobody gave slack:U9 a role."),
    ],
)
async def test_words_that_do_not_say_whom_or_what_change_nothing(typed, said):
    roles = FakeRoles()
    reply = await desk(roles=roles).answer(question(typed))
    assert (reply.error, roles.given) == (True, [])
    assert reply.title.startswith(said)


async def test_a_role_that_changes_says_what_it_was():
    roles = FakeRoles(*NAMED)
    asked = question("allow slack:U3 operator", author=BY[OPERATOR])
    reply = await desk(roles=roles).answer(asked)
    assert reply.title == "slack:U3 is now an operator"
    assert reply.lines[0] == "Before, of the desk."
    again = await desk(roles=roles).answer(asked)
    assert again.title == "slack:U3 is an operator already"


async def test_roles_are_listed_with_who_gave_them():
    roles = FakeRoles(NamedRole(platform="slack", who="T2/U7", role=DESK), *NAMED)
    reply = await desk(roles=roles).answer(question("roles", author=BY[OPERATOR]))
    assert reply.title == "You are an operator; 3 named in all"
    assert reply.lines[1:] == (
        "· Dee is of the desk, allowed by slack:U4.",
        "· Olu is an operator, allowed by terminal:ann.",
        "Elsewhere 1 more have a role.",
        "Besides, who manages a channel is of the desk there.",
    )
    assert [choice.ask for choice in reply.choices] == ["disallow slack:U3", "disallow slack:U4"]
    fresh = await desk(roles=FakeRoles()).answer(question("roles"))
    assert "until somebody is" in fresh.lines[-1]


async def test_somebody_who_was_allowed_may_at_once():
    roles = FakeRoles(NAMED[1])
    channels = FakeChannels(ChannelOnRecord(channel=HERE))
    front = desk(channels=channels, roles=roles)
    follow = question("follow declarations", author=GUEST)
    assert refused(await front.answer(follow))
    await front.answer(question("allow slack:U2 desk", author=BY[OPERATOR]))
    assert not (await front.answer(follow)).error
