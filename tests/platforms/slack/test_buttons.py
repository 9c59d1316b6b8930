"""The slash command, and the buttons under answers, over sockets and over signed HTTP."""

from dataclasses import replace

from structlog.testing import capture_logs

from bot.chat.ask import Ask
from bot.chat.reply import Choice, Reply
from bot.platforms.slack.blocks import message
from tests.platforms.slack.connected import ask_something_else, buttons, replies_to, talking, words
from tests.platforms.slack.fake_desk import Answering
from tests.platforms.terminal.posts import REMINDER


async def test_a_command_is_answered_to_the_asker_who_may_post_it(slack, teller):
    ack = await slack.slash("/teller", "turnout tamworth")
    assert ack.ok
    channel = slack.channel("C1")
    await slack.until(lambda: channel.ephemerals)
    (whispered,) = channel.ephemerals
    assert whispered["for"] == "U1"
    assert "35.9" in words(whispered)
    assert "Post to channel" in words(whispered)
    assert channel.messages == []

    assert (await slack.press("post")).ok

    await slack.until(lambda: channel.messages)
    (posted,) = channel.messages
    assert "35.9" in words(posted)
    assert "Post to channel" not in words(posted)
    assert channel.ephemerals == [whispered]


async def test_a_command_without_words_is_helped_and_cannot_be_posted(slack, teller):
    await slack.slash("/teller")

    channel = slack.channel("C1")
    await slack.until(lambda: channel.ephemerals)
    assert "help" in channel.ephemerals[0]["text"]
    assert "Post to channel" not in words(channel.ephemerals[0])


async def test_which_seat_is_a_button_each_and_the_pressed_one_is_answered(slack, teller):
    await slack.slash("/teller", "turnout")
    channel = slack.channel("C1")
    await slack.until(lambda: channel.ephemerals)
    assert "Which seat?" in channel.ephemerals[0]["text"]
    assert {"Tamworth", "Mid Bedfordshire"} <= set(buttons(channel.ephemerals[0]))

    await slack.press(buttons(channel.ephemerals[0])["Tamworth"])

    await slack.until(lambda: "35.9" in words(channel.ephemerals[0]))
    assert list(buttons(channel.ephemerals[0])) == ["Post to channel"]
    assert channel.messages == []


async def test_a_choice_in_a_direct_message_is_answered_under_it(slack, teller):
    await slack.direct_message("turnout")
    direct = slack.direct("U1")
    await slack.until(lambda: len(direct.messages) == 2)
    asked_back = direct.messages[1]

    await slack.press(buttons(asked_back)["Tamworth"], channel=direct.id)

    (answer,) = await replies_to(slack, asked_back["ts"], direct.id)
    assert "35.9" in words(answer)


async def test_an_old_button_works_after_a_restart(slack, client, desk, mode):
    async with talking(slack, client, desk, mode):
        await slack.slash("/teller", "turnout")
        channel = slack.channel("C1")
        await slack.until(lambda: channel.ephemerals)
    (asked_back,) = channel.ephemerals

    async with talking(slack, client, desk, mode):
        await slack.press(buttons(asked_back)["Tamworth"], ts=asked_back["ts"])
        await slack.until(lambda: "35.9" in words(asked_back))
        await slack.press("post")
        await slack.until(lambda: channel.messages)

    assert "35.9" in words(channel.messages[0])


async def test_what_became_an_error_is_not_posted_to_the_channel(slack, client, desk, mode):
    whispering = True

    async def answer(ask: Ask) -> Reply:
        return replace(await desk.answer(ask), error=not whispering)

    async with talking(slack, client, Answering(answer), mode):
        await slack.slash("/teller", "turnout tamworth")
        channel = slack.channel("C1")
        await slack.until(lambda: channel.ephemerals)
        whispering = False
        await slack.press("post")
        await slack.until(lambda: len(channel.ephemerals) == 2)

    assert channel.messages == []


async def test_an_answer_that_cannot_be_whispered_is_told_to_the_log(slack, teller):
    slack.fail("response_url", status=500)
    with capture_logs() as logs:
        await slack.slash("/teller", "turnout Tamworth")
        await slack.until(lambda: not slack.faults.waiting)
        await ask_something_else(slack)
    assert [log["why"] for log in logs if log["event"] == "slack.not_answered"] == [
        "500 <html></html>"
    ]
    assert slack.channel("C1").ephemerals == []


async def test_a_button_under_a_post_asks_for_whoever_presses_it(slack, client, teller):
    choices = (Choice(label="Turnout", ask="turnout tamworth"),)
    await client.chat_postMessage(
        channel="C1", **message(replace(REMINDER, choices=choices)).payload()
    )
    (posted,) = slack.channel("C1").messages
    assert buttons(posted) == {"Turnout": "choice:1"}

    assert (await slack.press("choice:1", ts=posted["ts"])).ok

    (answer,) = await replies_to(slack, posted["ts"])
    assert "35.9" in words(answer)
    assert "declaration expected" in words(posted)
