"""Answers as pictures in Slack: a file in the thread, with words for who cannot see it."""

from dataclasses import replace
from typing import Any

import pytest

from bot.chat.chart import Picture
from bot.chat.reply import Reply
from tests.platforms.charts import REPLY, TURNOUT
from tests.platforms.slack.connected import replies_to, talking, words
from tests.platforms.slack.fake_desk import Answering

PNG = b"\x89PNG\r\n\x1a\n and so on"


async def drawn(_ask) -> Reply:
    return replace(REPLY, picture=Picture(png=PNG, alt=TURNOUT.alt))


def files(slack) -> list[dict[str, Any]]:
    return list(slack.files.values())


async def test_the_picture_stands_in_the_thread_below_the_words(slack, client, mode):
    async with talking(slack, client, Answering(drawn), mode):
        asked = await slack.mention("chart turnout")
        await slack.until(lambda: len(slack.channel("C1").replies(asked.ts)) == 2)
    said, shown = slack.channel("C1").replies(asked.ts)
    assert "Turnout at by-elections" in words(said)
    assert "35.9%" in words(said)
    (file,) = files(slack)
    assert [one["id"] for one in shown["files"]] == [file["id"]]
    assert (file["content"], file["alt_txt"]) == (PNG, TURNOUT.alt)


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        ("files.getUploadURLExternal", {"error": "missing_scope"}),
        ("upload", {"status": 500}),
        ("files.completeUploadExternal", {"error": "not_in_channel"}),
    ],
)
async def test_a_file_that_slack_does_not_take_leaves_the_words(slack, client, method, fault):
    async with talking(slack, client, Answering(drawn)):
        slack.fail(method, **fault)
        first = await slack.mention("chart turnout")
        await replies_to(slack, first.ts)
        second = await slack.mention("chart turnout")
        await slack.until(lambda: len(slack.channel("C1").replies(second.ts)) == 2)
    (said,) = slack.channel("C1").replies(first.ts)
    assert "35.9%" in words(said)


async def test_what_only_the_asker_sees_is_words_and_posted_it_is_a_picture(slack, client, mode):
    channel = slack.channel("C1")
    async with talking(slack, client, Answering(drawn), mode):
        await slack.slash("/teller", "chart turnout")
        await slack.until(lambda: channel.ephemerals)
        assert "35.9%" in words(channel.ephemerals[0])
        assert files(slack) == []
        await slack.press("post")
        await slack.until(lambda: len(channel.messages) == 2)
    said, shown = channel.messages
    assert "35.9%" in words(said)
    assert shown["files"][0]["id"] == files(slack)[0]["id"]
    assert files(slack)[0]["content"] == PNG
