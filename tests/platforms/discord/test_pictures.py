"""Answers as pictures in Discord: attached, shown in the embed, and told in words."""

from dataclasses import replace

from bot.chat.chart import Picture
from bot.chat.reply import Choice, Reply
from tests.platforms.charts import REPLY, TURNOUT
from tests.platforms.discord.talking import FullDesk, talking, words

PNG = b"\x89PNG\r\n\x1a\n and so on"
DRAWN = replace(REPLY, picture=Picture(png=PNG, alt=TURNOUT.alt))


def desk_with(reply: Reply) -> FullDesk:
    desk = FullDesk()
    desk.answers["chart turnout"] = reply
    return desk


async def test_the_picture_is_attached_and_stands_in_the_embed():
    async with talking(desk_with(DRAWN)) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} chart turnout")
        (answer,) = scene.said()
        assert "35.9%" in words(answer)
        (file,) = answer.attachments
        assert (file.filename, file.description) == ("chart.png", TURNOUT.alt)
        assert await file.read() == PNG
        assert answer.embeds[0].image.url.endswith("chart.png")


async def test_an_answer_without_a_picture_attaches_nothing():
    async with talking(desk_with(REPLY)) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} chart turnout")
        (answer,) = scene.said()
        assert answer.attachments == []
        assert answer.embeds[0].image.url is None


async def test_a_slash_command_is_answered_with_its_picture_also_where_it_takes_longer():
    for patience in (5.0, 0.0):
        desk = FullDesk()
        desk.answers["turnout Tamworth"] = DRAWN
        async with talking(desk, patience=patience) as scene:
            result = await scene.reader.slash(scene.channel, "turnout", contest="Tamworth")
            (file,) = result.response.attachments
            assert await file.read() == PNG


async def test_the_answer_to_a_choice_has_its_picture():
    asked_back = Reply(title="Which?", choices=(Choice(label="All", ask="chart turnout"),))
    desk = desk_with(DRAWN)
    desk.answers["which"] = asked_back
    async with talking(desk) as scene:
        await scene.reader.send(scene.channel, f"{scene.me} which")
        (answer,) = scene.said()
        await scene.reader.click(answer, label="All")
        assert any(said.attachments for said in scene.said())


async def test_where_no_file_may_be_attached_the_words_are_said_alone():
    async with talking(desk_with(DRAWN)) as scene:
        scene.env.inject_error("POST", "/channels/*/messages", status=403, code=50013)
        await scene.reader.send(scene.channel, f"{scene.me} chart turnout")
        (answer,) = scene.said()
        assert answer.attachments == []
        assert answer.embeds[0].image.url is None
        assert "35.9%" in words(answer)
        desk_answers = scene.desk.answers
        desk_answers["turnout Tamworth"] = DRAWN
        scene.env.inject_error("POST", "/interactions/*/*/callback", status=403, code=50013)
        result = await scene.reader.slash(scene.channel, "turnout", contest="Tamworth")
        assert result.response.attachments == []
        assert "35.9%" in words(result.response)
