"""Roles in Discord: who is let in by whom, by mention, by slash command and in direct messages."""

from pathlib import Path

from tests.platforms.discord.talking import words
from tests.platforms.discord.test_desk import at_the_count


async def test_who_manages_may_and_others_once_they_are_allowed(tmp_path: Path):
    async with at_the_count(tmp_path) as (env, editor):
        channel = env.guild.channels["count-night"]
        reader = env.guild.add_member(env.create_user("rob"))

        no = await reader.slash(channel, "follow", what="declarations")
        assert no.ephemeral
        assert "Only the desk can use “follow”" in words(no.response)
        assert "Somebody who manages this channel can" in words(no.response)

        done = await editor.slash(channel, "allow", what=f"<@{reader.id}> desk")
        assert "is now of the desk" in words(done.response)
        yes = await reader.slash(channel, "follow", what="declarations")
        assert "now gets declarations" in words(yes.response)
        listen = await reader.slash(channel, "listen", what="on")
        assert "Only an operator can use “listen”" in words(listen.response)


async def test_a_role_of_the_server_is_allowed_as_a_whole(tmp_path: Path):
    async with at_the_count(tmp_path) as (env, editor):
        channel = env.guild.channels["count-night"]
        night_desk = env.guild.create_role("Night desk")
        reader = env.guild.add_member(env.create_user("rob"), roles=[night_desk])
        await editor.slash(channel, "allow", what=f"<@&{night_desk.id}> operator")
        assert "I listen here now" in words(
            (await reader.slash(channel, "listen", what="on")).response
        )
        # There is an operator now: who manages the channel is of the desk.
        no = await editor.slash(channel, "listen", what="off")
        assert "Only an operator can use “listen”" in words(no.response)
        yes = await editor.slash(channel, "follow", what="reminders")
        assert "now gets reminders" in words(yes.response)


async def test_in_direct_messages_ones_own_is_ones_own_and_all_else_is_not(tmp_path: Path):
    async with at_the_count(tmp_path) as (_, editor):
        asked = await editor.user.slash("turnout", contest="Tamworth")
        assert "35.9" in words(asked.response)
        no = await editor.user.slash("follow", what="declarations")
        assert "Only the desk can use “follow”" in words(no.response)
