"""Buttons: a choice asks, an answer for one person can be shown to all, and old ones work."""

from dataclasses import replace

import discord
import pytest
from discord.http import Route

from bot.chat.reply import Choice, Reply
from bot.platforms.discord.conversation import OLD_BUTTON
from bot.platforms.discord.embeds import message
from tests.platforms.discord.talking import FullDesk, talking, words
from tests.platforms.terminal.posts import REMINDER

CHOICES = (
    Choice(label="Tamworth", ask="turnout Tamworth"),
    Choice(label="Mid Bedfordshire", ask="turnout Mid Bedfordshire"),
)
DID_YOU_MEAN = Reply(title="Did you mean …", choices=CHOICES, error=True)
WHICH = Reply(title="Two seats vote tonight", choices=CHOICES)


def asking() -> FullDesk:
    desk = FullDesk()
    desk.answers["turnout"] = WHICH
    desk.answers["turnout Tam"] = DID_YOU_MEAN
    return desk


async def test_a_choice_in_the_channel_is_answered_in_the_channel():
    async with talking(asking()) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} turnout")
        (which,) = scene.said()
        result = await scene.editor.click(which, label="Tamworth")
        assert "You asked: turnout Tamworth" in words(result.response)
        assert not result.ephemeral
        assert scene.desk.asked[-1].author.name == "edith"
        assert "Two seats vote tonight" in words(scene.said()[0])


async def test_a_choice_that_only_the_asker_sees_gives_way_to_its_answer():
    async with talking(asking()) as scene:
        asked = await scene.reader.slash(scene.channel, "turnout", contest="Tam")
        await scene.reader.click(asked.response, label="Tamworth")
        assert asked.response.ephemeral
        assert "You asked: turnout Tamworth" in words(asked.response)
        assert "Did you mean" not in words(asked.response)
        labels = [b["label"] for row in asked.response.components for b in row["components"]]
        assert labels == ["Post to channel"]


async def test_the_answer_is_posted_to_the_channel_as_it_is_by_then():
    async with talking(asking()) as scene:
        asked = await scene.reader.slash(scene.channel, "turnout", contest="Tam")
        await scene.reader.click(asked.response, label="Tamworth")
        scene.desk.answers["turnout Tamworth"] = Reply(title="Tamworth: 35.9 %")
        posted = await scene.reader.click(asked.response, label="Post to channel")
        assert not posted.response.ephemeral
        assert "35.9" in words(posted.response)


async def test_what_went_wrong_cannot_be_posted():
    desk = asking()
    desk.answers["turnout Tamworth"] = Reply(title="Nobody knows yet.", error=True)
    async with talking(desk) as scene:
        asked = await scene.reader.slash(scene.channel, "turnout", contest="Tam")
        await scene.reader.click(asked.response, label="Tamworth")
        assert asked.response.components == []


async def test_a_choice_whose_answer_went_wrong_is_told_only_to_who_pressed_it():
    desk = asking()
    desk.answers["turnout Tamworth"] = Reply(title="Nobody knows yet.", error=True)
    async with talking(desk) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} turnout")
        result = await scene.editor.click(scene.said()[0], label="Tamworth")
        assert result.ephemeral


async def test_buttons_work_after_a_restart():
    async with talking(asking()) as scene:
        asked = await scene.reader.slash(scene.channel, "turnout", contest="Tam")
        await scene.reader.send(scene.channel, f"{scene.me} turnout")
        await scene.restart()
        await scene.reader.click(asked.response, label="Mid Bedfordshire")
        assert "You asked: turnout Mid Bedfordshire" in words(asked.response)
        (which,) = [m for m in scene.channel.history() if "Two seats" in m.content]
        result = await scene.reader.click(which, label="Tamworth")
        assert "You asked: turnout Tamworth" in words(result.response)


@pytest.mark.parametrize("where", ["public", "ephemeral"])
async def test_a_choice_that_takes_long_is_deferred(where: str):
    async with talking(asking(), patience=0.01) as scene:
        if where == "public":
            await scene.reader.send(scene.channel, f"{scene.me} turnout")
            message = scene.said()[0]
        else:
            asked = await scene.reader.slash(scene.channel, "turnout", contest="Tam")
            message = asked.response
        scene.desk.free.clear()
        result = await scene.reader.click(message, label="Tamworth")
        assert result.acknowledged
        scene.desk.free.set()
        await scene.env.settle()
        shown = result.response if where == "public" else asked.response
        assert "You asked: turnout Tamworth" in words(shown)


async def test_a_button_of_another_teller_is_told_to_be_unknown():
    async with talking() as scene:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Recount", custom_id="recount/1"))
        view.stop()
        message = await scene.client.get_channel(scene.channel.id).send("Old", view=view)
        result = await scene.reader.click(message, label="Recount")
        assert result.ephemeral
        assert OLD_BUTTON.title in words(result.response)


async def test_nothing_of_a_button_is_kept_in_memory():
    async with talking(asking()) as scene:
        for _ in range(5):
            await scene.reader.send(scene.channel, f"{scene.me} turnout")
        assert list(scene.client.persistent_views) == []


async def test_a_button_under_a_post_asks_for_whoever_presses_it():
    async with talking() as scene:
        post = message(replace(REMINDER, choices=CHOICES)).payload()
        to = Route("POST", "/channels/{channel}/messages", channel=scene.channel.id)
        await scene.client.http.request(to, json=post)
        (asked,) = scene.said()
        result = await scene.reader.click(asked, label="Tamworth")
        assert "You asked: turnout Tamworth" in words(result.response)
        assert scene.desk.asked[-1].author.name == "rob"
        assert "declaration expected" in words(scene.said()[0])
