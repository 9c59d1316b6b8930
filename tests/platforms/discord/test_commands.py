"""The list of slash commands: made from what can be asked, sent only where it has changed."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import discord
import pytest
import simcord
from discord import app_commands

from bot.app import read_catalogue
from bot.chat.ask import Ask, Channel
from bot.chat.command import Command, command
from bot.chat.reply import Reply
from bot.election.contest import Contest
from bot.platforms.discord.commands import OUT_OF_DATE, digest, listed, plant, synchronise
from bot.ports import Newsroom
from tests.platforms.discord.talking import FullDesk, made, met, talking, words

COMMANDS = read_catalogue().commands


@command("electorate", examples=("electorate Tamworth",))
async def electorate(newsroom: Newsroom, contest: Contest) -> Reply:
    """How many may vote in a seat."""
    return Reply(title="71,302")


@command("silence", examples=("silence everything",), control=True)
async def silence(newsroom: Newsroom, ask: Ask) -> Reply:
    """Be still."""
    return Reply(title="Still")


def many(queries: int, controls: int) -> Sequence[Command]:
    return [
        *(replace(electorate, name=f"query{n}") for n in range(queries)),
        *(replace(silence, name=f"control{n}", examples=("do it",)) for n in range(controls)),
    ]


def payloads(tree: app_commands.CommandTree) -> dict[str, dict]:
    return {made.name: made.to_dict(tree) for made in tree.get_commands()}


def puts(env: simcord.Env) -> int:
    """How often the list was sent."""
    return sum(entry.method == "PUT" for entry in env.http_requests)


async def test_everything_that_can_be_asked_is_a_slash_command():
    async with talking() as scene:
        assert set(scene.editor.available_commands(scene.channel)) == {c.name for c in COMMANDS}


async def test_a_slash_command_asks_the_desk_by_name_and_words():
    async with talking() as scene:
        result = await scene.reader.slash(scene.channel, "turnout", contest="Tamworth")
        assert [ask.text for ask in scene.desk.asked] == ["turnout Tamworth"]
        assert scene.desk.asked[0].channel == Channel(platform="discord", id=str(scene.channel.id))
        assert "You asked: turnout Tamworth" in words(result.response)
        assert not result.ephemeral


async def test_what_is_private_is_shown_to_who_asked_by_slash_alone():
    desk = FullDesk()
    desk.answers["catchup since 00:15"] = Reply(title="Since 00:15: 4 entries", private=True)
    async with talking(desk) as scene:
        result = await scene.reader.slash(scene.channel, "catchup", what="since 00:15")
        assert "4 entries" in words(result.response)
        assert result.ephemeral


@pytest.mark.parametrize("one", COMMANDS, ids=lambda c: c.name)
def test_a_description_is_the_help_text_and_fits(one: Command):
    tree = met(made(), FullDesk())
    described = payloads(tree)[one.name]["description"]
    assert described.rstrip("…")[:40] == one.summary[:40]
    assert 0 < len(described) <= 100


async def test_seats_are_suggested_while_somebody_types():
    async with talking() as scene:
        offered = await scene.reader.autocomplete(scene.channel, "turnout", "contest", "tam")
        assert offered == [{"name": "Tamworth", "value": "Tamworth"}]
        both = await scene.reader.autocomplete(scene.channel, "turnout", "contest", "")
        assert [choice["name"] for choice in both] == ["Tamworth", "Mid Bedfordshire"]


async def test_of_many_seats_twenty_five_are_suggested_and_none_that_discord_refuses():
    class ManySeats(FullDesk):
        async def seats(self, typed: str, most: int) -> Sequence[str]:
            assert most == 25
            return ["x" * 101, *(f"Seat {n}" for n in range(650))]

    async with talking(ManySeats()) as scene:
        offered = await scene.reader.autocomplete(scene.channel, "turnout", "contest", "s")
        assert len(offered) == 25
        assert offered[0]["name"] == "Seat 0"


async def test_suggestions_that_take_too_long_are_left_out():
    client = discord.Client(intents=discord.Intents.none())

    async def seats(typed: str, most: int) -> Sequence[str]:
        await asyncio.sleep(3_600)
        return ["Tamworth"]

    async def asked(interaction: discord.Interaction, name: str, given: str) -> None: ...

    async with simcord.run(client) as env:
        tree = plant(client, [electorate], asked=asked, seats=seats, patience=0.01)
        guild = env.create_guild()
        channel = guild.create_text_channel("count-night")
        await synchronise(tree)
        reader = guild.add_member(env.create_user("rob"))
        await reader.autocomplete(channel, "electorate", "contest", "t")
        answer = env.http_requests[-1]
        assert answer.path.endswith("/callback")
        assert answer.json["data"]["choices"] == []


async def test_all_is_shown_to_everybody_for_discord_does_not_know_whom_teller_lets_in():
    async with talking() as scene:
        shown = set(scene.reader.available_commands(scene.channel))
        assert shown == {c.name for c in COMMANDS}


@pytest.mark.parametrize("who", ["editor", "reader"])
async def test_who_manages_is_what_discord_says_of_them_in_that_channel(who: str):
    async with talking() as scene:
        await getattr(scene, who).slash(scene.channel, "turnout", contest="Tamworth")
        assert scene.desk.asked[0].author.manages is (who == "editor")


async def test_a_control_takes_all_that_is_said_to_it():
    async with talking() as scene:
        await scene.editor.slash(scene.channel, "remind", what="us 30m before Tamworth")
        assert [ask.text for ask in scene.desk.asked] == ["remind us 30m before Tamworth"]


async def test_in_direct_messages_commands_work_and_nobody_manages():
    async with talking() as scene:
        result = await scene.reader.user.slash("turnout", contest="Tamworth")
        assert "You asked: turnout Tamworth" in words(result.response)
        assert not scene.desk.asked[0].author.manages


async def test_the_list_is_sent_once_however_often_teller_starts():
    async with talking() as scene:
        assert puts(scene.env) == 1
        tree = await scene.restart()
        assert await synchronise(tree) is False
        assert puts(scene.env) == 1


async def test_a_list_that_changed_is_sent_again():
    async with talking() as scene:
        scene.desk.listed = [electorate]
        tree = await scene.restart()
        assert await synchronise(tree) is True
        assert scene.reader.available_commands(scene.channel) == ("electorate",)


@pytest.mark.parametrize(
    "changed",
    [
        replace(electorate, summary="How many may vote."),
        replace(electorate, parameters=()),
    ],
    ids=["described", "asked"],
)
async def test_every_change_that_people_see_is_sent(changed: Command):
    desk = FullDesk()
    desk.listed = [electorate]
    async with talking(desk) as scene:
        desk.listed = [changed]
        tree = await scene.restart()
        assert await synchronise(tree) is True


async def test_one_server_alone_can_have_the_list():
    client = made()
    async with simcord.run(client) as env:
        tree = met(client, FullDesk())
        guild, other = env.create_guild("One"), env.create_guild("Other")
        assert await synchronise(tree, guild.id) is True
        assert await synchronise(tree, guild.id) is False
        here, there = guild.create_text_channel("here"), other.create_text_channel("there")
        rob = env.create_user("rob")
        assert "turnout" in guild.add_member(rob).available_commands(here)
        assert other.add_member(rob).available_commands(there) == ()


@pytest.mark.parametrize(
    ("told", "guild"),
    [
        ({"default_member_permissions": "16", "options": [], "nsfw": False}, None),
        ({"id": "1", "version": "2", "dm_permission": True, "name_localizations": None}, None),
        # Where a command can be used is not told of one server's.
        ({"contexts": None, "integration_types": [0]}, 1),
    ],
)
def test_what_discord_makes_of_a_list_is_the_same_list(told: dict[str, object], guild: int | None):
    sent = {"name": "follow", "contexts": [0, 1], "default_member_permissions": 16}
    assert digest([sent], guild) == digest([sent | told], guild)
    assert digest([sent], guild) != digest([sent | told | {"description": "New"}], guild)


async def test_a_list_that_discord_does_not_take_stops_nothing():
    client = made()
    async with simcord.run(client) as env:
        tree = met(client, FullDesk())
        env.inject_error("PUT", "/applications/*/commands", status=503, times=None)
        assert await synchronise(tree) is False


async def test_a_command_that_teller_knows_no_longer_says_so():
    async with talking() as scene:
        scene.desk.listed = [electorate]
        await scene.restart()
        result = await scene.reader.slash(scene.channel, "turnout", contest="Tamworth")
        assert result.response.content == OUT_OF_DATE
        assert result.ephemeral


async def test_names_and_descriptions_can_be_said_in_other_languages():
    class Welsh(app_commands.Translator):
        async def translate(self, string, locale, context):
            known = {"electorate": "etholwyr", "How many may vote in a seat.": "Faint sy'n cael."}
            return known.get(string.message) if locale is discord.Locale.swedish else None

    desk = FullDesk()
    desk.listed = [electorate]
    client = made()
    async with simcord.run(client):
        tree = met(client, desk)
        await tree.set_translator(Welsh())
        assert await synchronise(tree) is True
        (told,) = await tree.fetch_commands()
        assert told.name_localizations == {discord.Locale.swedish: "etholwyr"}
        assert told.description_localizations == {discord.Locale.swedish: "Faint sy'n cael."}
        assert await synchronise(tree) is False


def test_where_there_are_too_many_controls_stand_in_groups_and_queries_alone():
    slashes = listed(many(queries=80, controls=30))
    assert {slash.group for slash in slashes if not slash.command.control} == {None}
    groups = [slash.group for slash in slashes if slash.command.control]
    assert groups == ["set"] * 25 + ["set-2"] * 5


async def test_a_control_in_a_group_works_alike():
    desk = FullDesk()
    desk.listed = many(queries=80, controls=30)
    async with talking(desk) as scene:
        await scene.editor.slash(scene.channel, "set control0", what="everything")
        assert [ask.text for ask in desk.asked] == ["control0 everything"]


def test_more_than_discord_can_list_stops_the_start():
    with pytest.raises(ValueError, match="no more than 100"):
        listed(many(queries=101, controls=1))


def test_a_name_with_spaces_becomes_one_that_discord_takes():
    (slash,) = listed([replace(electorate, name="Who is standing?")])
    assert slash.name == "who-is-standing"
    assert slash.command.name == "Who is standing?"
