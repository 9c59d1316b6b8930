"""The buttons in everybody's page with Teller, and in the windows that they open."""

import re
from dataclasses import replace

import pytest

from bot.chat.reply import Choice, Reply
from bot.platforms.slack.blocks import answer as shown
from tests.platforms.slack.fake_desk import HOME, FakeDesk
from tests.platforms.slack.windows import at_home, field, open_windows, said
from tests.waiting import until


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def windows(slack, client, fake, mode):
    async with open_windows(slack, client, fake, mode) as opened:
        yield opened


async def test_a_choice_in_a_page_is_answered_in_a_window(slack, fake, windows):
    view = await at_home(slack)
    assert (await slack.press("choice:1", view=view)).ok
    await slack.until(lambda: slack.modal("U1"))
    assert said(slack.modal("U1")) == "You asked: status Tamworth"
    (ask,) = fake.asked
    assert (ask.text, ask.channel.id, ask.author.name) == ("status Tamworth", "DU1", "ada")


async def test_an_error_is_shown_in_a_window_as_well(slack, fake, windows):
    fake.sections = (Reply(title="?", choices=(Choice(label="Wrong", ask="wrong"),)),)
    await slack.press("choice:1", view=await at_home(slack))
    await slack.until(lambda: slack.modal("U1"))
    assert "You asked: wrong" in said(slack.modal("U1"))


async def test_a_slow_answer_has_its_window_before_the_trigger_is_stale(slack, client, fake, mode):
    async with open_windows(slack, client, fake, mode, patience=0.0):
        fake.free.clear()
        await slack.press("choice:1", view=await at_home(slack))
        await slack.until(lambda: slack.modal("U1"))
        assert "Looking" in said(slack.modal("U1"))
        fake.free.set()
        await slack.until(lambda: "You asked" in said(slack.modal("U1")))


async def test_a_choice_in_a_window_is_answered_upon_it_for_the_channel_chosen_there(
    slack, fake, windows
):
    fake.reply = Reply(
        title="Which?", choices=(Choice(label="Tamworth", ask="follow Tamworth"),), error=True
    )
    assert (await slack.global_shortcut("form:follow")).ok
    await slack.until(lambda: slack.modal("U1"))
    await slack.submit({"field:address": "https://news.example", "channel": "C1"})
    form = slack.modal("U1")

    await slack.press("choice:1", view=form, values={"channel": "C1"})

    await slack.until(lambda: slack.modal("U1")["id"] != form["id"])
    assert slack.modal("U1")["previous_view_id"] == form["id"]
    assert fake.asked[0].channel.id == "C1"
    await slack.dismiss()
    assert field(slack.modal("U1"), "field:address")["initial_value"] == "https://news.example"


async def test_windows_upon_windows_end_at_three(slack, client, fake, windows):
    more = Reply(title="More?", choices=(Choice(label="More", ask="more"),))

    async def answer(ask):
        return replace(more, lines=(str(len(slack.viewers)),))

    fake.answer = answer
    await slack.press("choice:1", view=await at_home(slack))
    for standing in (1, 2, 3, 3):
        await slack.until(
            lambda n=standing: (
                slack.modal("U1")
                and len(slack.viewers) == n
                # Not the window that says “Looking …”, where the machine is slow.
                and "More?" in said(slack.modal("U1"))
            )
        )
        before = slack.modal("U1")["hash"]
        await slack.press("choice:1", view=slack.modal("U1"))
        await slack.until(lambda h=before: slack.modal("U1")["hash"] != h)
    assert len(slack.viewers) == 3


async def test_a_choice_in_a_message_is_left_to_who_answers_messages(slack, client, fake):
    heard = []

    def others(app):
        @app.action(re.compile(r"choice:\d+"))
        async def pressed(ack, body):
            await ack()
            heard.append(body["actions"][0]["value"])

    async with open_windows(slack, client, fake, others=others):
        await client.chat_postMessage(channel="C1", **shown(HOME[0]).payload())
        assert (await slack.press("choice:1")).ok
        await until(lambda: heard)
        await slack.press("choice:1", view=await at_home(slack))
        await slack.until(lambda: slack.modal("U1"))
    assert heard == ["status Tamworth"]
    assert len(fake.asked) == 1


async def test_a_form_opens_from_the_page(slack, fake, windows):
    await slack.press("form:follow", view=await at_home(slack))
    await slack.until(lambda: slack.modal("U1"))
    assert slack.modal("U1")["callback_id"] == "form:follow"
    assert fake.opened[0][1].text == "follow"


async def test_a_form_opened_from_a_window_closes_with_it(slack, client, fake, windows):
    fake.sections = (Reply(title="?", choices=(Choice(label="Ask", ask="ask"),)),)

    async def answer(ask):
        return HOME[1]

    fake.answer = answer
    await slack.press("choice:1", view=await at_home(slack))
    await slack.until(lambda: slack.modal("U1"))
    await slack.press("form:follow", view=slack.modal("U1"))
    await slack.until(lambda: len(slack.viewers) == 2)
    assert slack.modal("U1")["previous_view_id"]
    await slack.submit({"field:address": "https://news.example", "channel": "C1"})
    assert slack.modal("U1") is None
    assert len(slack.channel("C1").messages) == 1
