"""Questions in Discord: each answered once, where it was asked, and nobody pinged."""

from dataclasses import replace

import discord
import pytest

from bot.chat.ask import Channel
from bot.chat.reply import Choice, Reply
from bot.platforms.discord.conversation import NO_PLAIN_WORDS, NOT_SHOWN
from tests.platforms.discord.talking import FullDesk, talking, words

ERROR = Reply(title="I know no such seat.", error=True)


async def test_a_mention_is_answered_under_the_question():
    async with talking() as scene:
        asked = await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        (answer,) = scene.said()
        assert "You asked: turnout Tamworth" in words(answer)
        assert answer.reference.message_id == asked.id
        (ask,) = scene.desk.asked
        assert (ask.text, ask.author.name) == ("turnout Tamworth", "rob")
        assert ask.channel == Channel(platform="discord", id=str(scene.channel.id))


async def test_an_answer_pings_nobody():
    desk = FullDesk()
    async with talking(desk) as scene:
        desk.answers["loud"] = Reply(title=f"@everyone {scene.reader.mention}")
        await scene.reader.send(scene.channel, f"{scene.me} loud")
        (answer,) = scene.said()
        assert not answer.mentions
        assert not answer.mention_everyone
        (sent,) = [r for r in scene.env.http_requests if r.path.endswith("/messages")]
        assert sent.json["allowed_mentions"]["parse"] == []
        assert not sent.json["allowed_mentions"].get("replied_user")


async def test_what_is_private_is_answered_in_direct_messages():
    desk = FullDesk()
    desk.answers["catch up"] = Reply(title="Since 00:15: 4 entries", private=True)
    async with talking(desk) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} catch up")
        assert scene.said() == []
        (post,) = [r for r in scene.env.http_requests if r.path.endswith("/messages")]
        assert str(scene.channel.id) not in post.path
        assert "4 entries" in str(post.json)


async def test_what_is_private_is_answered_in_the_channel_where_nobody_may_write_to_somebody():
    desk = FullDesk()
    desk.answers["catch up"] = Reply(title="Since 00:15: 4 entries", private=True)
    async with talking(desk) as scene:
        scene.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
        await scene.reader.send(scene.channel, f"{scene.me} catch up")
        (answer,) = scene.said()
        assert "4 entries" in words(answer)


async def test_what_is_secret_is_told_to_nobody_where_nobody_may_write_to_somebody():
    desk = FullDesk()
    desk.answers["reminders"] = Reply(title="call my lawyer", private=True, secret=True)
    async with talking(desk) as scene:
        scene.env.inject_error("POST", "/users/@me/channels", status=403, code=50007)
        await scene.reader.send(scene.channel, f"{scene.me} reminders")
        (answer,) = scene.said()
        assert "lawyer" not in words(answer)
        assert "Ask with a slash command" in words(answer)


async def test_a_direct_message_is_answered_whatever_it_says():
    async with talking() as scene:
        await scene.reader.user.send_dm("turnout Tamworth")
        assert [ask.text for ask in scene.desk.asked] == ["turnout Tamworth"]
        # Else anybody could change there what is known to all.
        assert not scene.desk.asked[0].author.manages


async def test_a_server_that_is_not_known_yet_is_not_taken_for_direct_messages():
    async with talking(message_content=True) as scene:
        gone = {"id": str(scene.guild.id)}
        scene.env.backend.emit("GUILD_DELETE", gone)
        await scene.env.settle()
        await scene.reader.send(scene.channel, "turnout Tamworth")
        assert scene.desk.asked == []
        await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        assert [ask.author.manages for ask in scene.desk.asked] == [False]


async def test_what_went_wrong_with_a_mention_is_a_reply_without_a_ping():
    async with talking() as scene:
        asked = await scene.reader.send(scene.channel, f"{scene.me} wrong seat")
        (answer,) = scene.said()
        assert answer.reference.message_id == asked.id
        assert not answer.mentions


async def test_a_reply_to_an_answer_is_a_question():
    async with talking() as scene:
        await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        (answer,) = scene.said()
        await scene.reader.send(scene.channel, "and the majority there?", reply_to=answer)
        assert [a.text for a in scene.desk.asked] == ["turnout Tamworth", "and the majority there?"]


@pytest.mark.parametrize(("said", "answers"), [("wrong, surely", 0), ("turnout Tamworth", 1)])
async def test_a_reply_to_a_post_is_answered_only_where_it_is_a_question(said: str, answers: int):
    async with talking(message_content=True) as scene:
        post = await scene.client.get_channel(scene.channel.id).send("Polls have closed")
        await scene.reader.send(scene.channel, said, reply_to=post)
        assert len(scene.said()) == 1 + answers


async def test_what_is_said_to_nobody_is_overheard_where_discord_shows_it():
    desk = FullDesk()
    desk.heard = Reply(title="Tamworth: 35.9 %")
    async with talking(desk, message_content=True) as scene:
        await scene.reader.send(scene.channel, "turnout Tamworth")
        assert [ask.text for ask in desk.overheard] == ["turnout Tamworth"]
        assert desk.asked == []
        assert len(scene.said()) == 1


async def test_without_the_intent_nothing_is_overheard():
    async with talking() as scene:
        await scene.reader.send(scene.channel, "turnout Tamworth")
        assert scene.desk.overheard == []
        assert scene.said() == []


async def test_who_switches_listening_on_is_told_what_is_missing():
    desk = FullDesk()
    on = Reply(title="I listen here now", command="listen", value=True)
    desk.answers["listen on"] = on
    desk.answers["listen off"] = replace(on, title="No longer", value=False)
    async with talking(desk) as scene:
        await scene.editor.slash(scene.channel, "listen", what="on")
        await scene.editor.send(scene.channel, f"{scene.me} listen off")
        on_said, off_said = scene.said()
        assert NO_PLAIN_WORDS[:30] in words(on_said)
        assert NO_PLAIN_WORDS[:30] not in words(off_said)


async def test_with_the_intent_nothing_is_missing():
    desk = FullDesk()
    desk.answers["listen on"] = Reply(title="I listen here now", command="listen", value=True)
    async with talking(desk, message_content=True) as scene:
        result = await scene.editor.slash(scene.channel, "listen", what="on")
        assert NO_PLAIN_WORDS[:30] not in words(result.response)


async def test_bots_webhooks_and_teller_itself_are_not_answered():
    async with talking(message_content=True) as scene:
        robot = scene.guild.add_member(scene.env.create_user("robot", bot=True))
        await robot.send(scene.channel, f"{scene.me} turnout Tamworth")
        hook = scene.guild.create_webhook(scene.channel)
        await hook.send(f"{scene.me} turnout Tamworth")
        await scene.client.get_channel(scene.channel.id).send(f"{scene.me} turnout Tamworth")
        assert scene.desk.asked == []
        assert scene.desk.overheard == []


async def test_an_edited_question_is_not_answered_again():
    async with talking() as scene:
        asked = await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        await scene.reader.edit(asked, f"{scene.me} turnout Mid Beds")
        assert [ask.text for ask in scene.desk.asked] == ["turnout Tamworth"]


async def test_a_message_that_comes_again_when_a_session_is_resumed_is_answered_once():
    async with talking() as scene:
        asked = await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        scene.client.dispatch("message", asked)
        await scene.reader.send(scene.channel, f"{scene.me} majority Tamworth")
        assert [a.text for a in scene.desk.asked] == ["turnout Tamworth", "majority Tamworth"]


async def test_a_mention_of_its_role_without_words_is_told_why():
    async with talking() as scene:
        role = scene.guild.create_role("Teller", managed=True, mentionable=True)
        told = scene.guild.me.guild.get_role(role.id)
        mine = {
            "id": str(role.id),
            "name": told.name,
            "tags": {"bot_id": str(scene.client.user.id)},
        }
        mine |= {"permissions": "0", "position": 1, "colors": {"primary_color": 0}, "color": 0}
        payload = {"guild_id": str(scene.guild.id), "role": mine}
        # A virtual bot joins without the role that Discord gives each of them.
        scene.env.backend.emit("GUILD_ROLE_UPDATE", payload)
        await scene.env.settle()
        await scene.reader.send(scene.channel, f"{role.mention} turnout Tamworth")
        (answer,) = scene.said()
        assert NOT_SHOWN.title[:20] in words(answer)


async def test_an_answer_that_takes_long_is_announced():
    desk = FullDesk()
    async with talking(desk, patience=0.01) as scene:
        desk.free.clear()
        await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        assert [r.path for r in scene.env.http_requests if r.path.endswith("/typing")]
        assert scene.said() == []
        desk.free.set()
        await scene.env.settle()
        assert len(scene.said()) == 1


@pytest.mark.parametrize("text", ["Tamworth", "wrong seat"])
async def test_a_slash_command_that_takes_long_is_deferred(text: str):
    desk = FullDesk()
    desk.answers["turnout wrong seat"] = ERROR
    async with talking(desk, patience=0.01) as scene:
        desk.free.clear()
        result = await scene.reader.slash(scene.channel, "turnout", contest=text)
        assert result.deferred
        desk.free.set()
        await scene.env.settle()
        if text == "Tamworth":
            assert "You asked: turnout Tamworth" in words(result.response)
            assert not result.response.ephemeral
        else:
            # Nothing of it is left for the others.
            assert result.response is None
            (only,) = result.followups
            assert only.ephemeral
            assert ERROR.title in words(only)


async def test_what_went_wrong_with_a_slash_command_only_the_asker_sees():
    desk = FullDesk()
    desk.answers["turnout Nowhere"] = replace(
        ERROR, choices=(Choice(label="Tamworth", ask="turnout Tamworth"),)
    )
    async with talking(desk) as scene:
        result = await scene.reader.slash(scene.channel, "turnout", contest="Nowhere")
        assert result.ephemeral
        assert ERROR.title in words(result.response)


async def test_where_history_may_not_be_read_the_answer_stands_beside_the_question():
    async with talking() as scene:
        scene.env.inject_error("POST", "/channels/*/messages", status=400, code=160002)
        await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        (answer,) = scene.said()
        assert answer.reference is None


async def test_an_answer_that_discord_calls_invalid_is_said_as_plain_text():
    desk = FullDesk()
    desk.answers["turnout"] = Reply(
        title="Which seat?", lines=("One of two.",), choices=(Choice(label="T", ask="turnout T"),)
    )
    async with talking(desk) as scene:
        scene.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
        await scene.reader.send(scene.channel, f"{scene.me} turnout")
        (answer,) = scene.said()
        assert answer.embeds == []
        assert answer.components == []
        assert "One of two." in answer.content


async def test_an_answer_that_discord_does_not_take_ends_nothing():
    async with talking() as scene:
        scene.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        await scene.reader.send(scene.channel, f"{scene.me} turnout Tamworth")
        await scene.reader.send(scene.channel, f"{scene.me} majority Tamworth")
        (answer,) = scene.said()
        assert "majority" in words(answer)


async def test_many_questions_at_once_are_all_answered():
    async with talking() as scene:
        channel = scene.channel
        for n in range(20):
            await scene.reader.send(channel, f"{scene.me} turnout {n}")
        assert len(scene.said()) == 20
        assert len({a.text for a in scene.desk.asked}) == 20


async def test_a_thread_is_a_channel_of_its_own_to_follow_a_blog_in():
    async with talking() as scene:
        opened = await scene.client.get_channel(scene.channel.id).create_thread(
            name="Tamworth", type=discord.ChannelType.public_thread
        )
        (there,) = scene.channel.threads
        await scene.editor.send(there, f"{scene.me} follow https://news.example/live")
        (ask,) = scene.desk.asked
        assert ask.channel == Channel(platform="discord", id=str(opened.id))
        assert ask.author.manages
