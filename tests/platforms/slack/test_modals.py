"""Forms in Slack: opened, filled in, taken at once or later, over sockets and over signed HTTP."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot.chat.ask import Author, Channel
from bot.chat.reply import Choice, Reply
from bot.platforms.slack.blocks import answer
from tests.platforms.slack.connected import marked_up, words
from tests.platforms.slack.fake_desk import FakeDesk
from tests.platforms.slack.windows import calls, field, open_windows, said

OFFER = Reply(title="Follow?", choices=(Choice(label="Follow", ask="follow it", form="follow"),))
TYPED = {"field:address": "https://news.example/live", "field:only": [], "channel": "C1"}
SLOW = {"patience": 0.0}
NOT_THERE = "Teller is not in that channel: type /invite @Teller there."


@pytest.fixture
def fake() -> FakeDesk:
    return FakeDesk()


@pytest.fixture
async def windows(slack, client, fake, mode):
    async with open_windows(slack, client, fake, mode) as opened:
        yield opened


async def offered(slack, client, channel: str = "C1") -> None:
    await client.chat_postMessage(channel=channel, **answer(OFFER).payload())


async def opened(slack) -> dict:
    """The form, once it stands in front of somebody."""
    assert (await slack.global_shortcut("form:follow")).ok
    await slack.until(lambda: slack.modal("U1"))
    return slack.modal("U1")


def accepted(slack) -> bool:
    return all(call.answer.get("ok", True) for call in slack.calls)


# ── Opened ───────────────────────────────────────────────────────────────────────────────────


async def test_a_button_opens_its_form_for_the_channel_it_stands_in(slack, client, fake, windows):
    await offered(slack, client)
    assert (await slack.press("form:follow")).ok

    await slack.until(lambda: slack.modal("U1"))
    view = slack.modal("U1")
    assert view["callback_id"] == "form:follow"
    assert field(view, "channel")["initial_conversation"] == "C1"
    ((name, ask),) = fake.opened
    assert (name, ask.text) == ("follow", "follow it")
    assert ask.channel == Channel(platform="slack", id="C1")
    assert ask.author == Author(platform="slack", id="U1", name="ada", everybody=True)
    assert accepted(slack)


async def test_a_shortcut_opens_its_form_for_the_channel_one_looks_at(slack, fake, windows):
    view = await opened(slack)
    assert field(view, "channel")["default_to_current_conversation"] is True
    assert fake.opened[0][1].text == ""


async def test_buttons_of_the_same_form_in_a_row_each_open_it(slack, client, fake, windows):
    choices = tuple(Choice(label=n, ask=f"follow {n}", form="follow") for n in "ab")
    await client.chat_postMessage(
        channel="C1", **answer(Reply(title="?", choices=choices)).payload()
    )
    assert (await slack.press("form:follow:2")).ok
    await slack.until(lambda: slack.modal("U1"))
    assert fake.opened[0][0] == "follow"
    assert fake.opened[0][1].text == "follow b"


async def test_where_there_is_no_form_for_somebody_a_window_says_why(slack, fake, windows):
    fake.forms["follow"] = Reply(title="Only those who manage the channel may.", error=True)
    view = await opened(slack)
    assert said(view) == "Only those who manage the channel may."
    assert "submit" not in view


async def test_a_form_that_slack_does_not_open_is_answered_instead(slack, client, fake, windows):
    await offered(slack, client)
    slack.fail("views.open", error="expired_trigger_id", times=2)
    await slack.press("form:follow")
    await slack.until(lambda: slack.channel("C1").ephemerals)
    assert "You asked: follow it" in words(slack.channel("C1").ephemerals[0])

    await slack.global_shortcut("form:follow")
    await slack.until(lambda: slack.direct("U1").messages)
    assert "Try again" in slack.direct("U1").texts[0]


# ── Taken at once ────────────────────────────────────────────────────────────────────────────


async def test_what_is_filled_in_is_taken_and_told_to_the_channel(slack, client, fake, windows):
    await offered(slack, client)
    await slack.press("form:follow")
    await slack.until(lambda: slack.modal("U1"))
    slack.add_channel("C2", "elsewhere")

    ack = await slack.submit({**TYPED, "channel": "C2"})

    assert ack.ok
    assert slack.modal("U1") is None
    ((name, ask, values),) = fake.submitted
    assert (name, ask.text, ask.channel.id) == ("follow", "follow it", "C2")
    assert values == {
        "address": ("https://news.example/live",),
        "only": (),
        "pace": ("10",),
        "note": (),
    }
    (posted,) = slack.channel("C2").messages
    assert "12 entries stand." in words(posted)
    assert posted["unfurl_links"] is False
    assert posted["blocks"][-1]["elements"][0] == {
        "type": "plain_text",
        "text": "Set by ada",
        "emoji": True,
    }
    assert accepted(slack)


async def test_who_set_it_is_named_and_not_called(slack, fake, windows):
    slack.users["U1"]["name"] = "<!channel> @here <@U2>"
    await opened(slack)
    await slack.submit(TYPED)
    (posted,) = slack.channel("C1").messages
    assert "<" not in marked_up(posted)
    assert "@here" not in words(posted)
    assert "Set by" in words(posted)


async def test_faults_stand_beside_the_fields_and_nothing_is_posted(slack, fake, windows):
    fake.faults = {"address": "No page stands there."}
    await opened(slack)
    ack = await slack.submit(TYPED)
    assert ack.payload == {
        "response_action": "errors",
        "errors": {"field:address": "No page stands there."},
    }
    assert slack.modal("U1") is not None
    assert slack.channel("C1").messages == []


async def test_a_fault_of_no_field_is_told_above_them_with_all_still_there(slack, fake, windows):
    fake.faults = {"elsewhere": "It is past midnight."}
    await opened(slack)
    await slack.submit(TYPED)
    view = slack.modal("U1")
    assert "It is past midnight." in said(view)
    assert field(view, "field:address")["initial_value"] == TYPED["field:address"]


async def test_an_error_is_shown_to_who_submitted_with_all_still_there(slack, fake, windows):
    fake.reply = Reply(title="The Example does not answer.", error=True)
    await opened(slack)
    await slack.submit(TYPED)
    view = slack.modal("U1")
    assert "The Example does not answer." in said(view)
    assert field(view, "field:address")["initial_value"] == TYPED["field:address"]
    assert slack.channel("C1").messages == slack.channel("C1").ephemerals == []

    fake.reply = Reply(title="Now it does.")
    assert (await slack.submit()).ok
    assert slack.modal("U1") is None
    assert slack.channel("C1").texts == ["Now it does."]


async def test_a_channel_without_teller_is_refused_before_anything_is_taken(slack, fake, windows):
    slack.add_channel("C2", "open", with_bot=False)
    slack.add_channel("G2", "closed", kind="group", with_bot=False)
    slack.add_channel("C3", "old").archived = True
    await opened(slack)
    for channel, fault in (
        ("C2", NOT_THERE),
        ("G2", NOT_THERE),
        ("C3", "That channel is archived: choose another one."),
    ):
        ack = await slack.submit({**TYPED, "channel": channel})
        assert ack.payload["errors"] == {"channel": fault}
    slack.fail("conversations.info", status=500)
    ack = await slack.submit(TYPED)
    assert "Try again" in ack.payload["errors"]["channel"]
    assert fake.submitted == []


async def test_a_direct_message_with_teller_is_a_channel_too(slack, fake, windows):
    direct = slack.direct("U1")
    await opened(slack)
    await slack.submit({**TYPED, "channel": direct.id})
    assert slack.modal("U1") is None
    assert len(direct.messages) == 1


async def test_what_breaks_is_an_apology_and_nothing_typed_is_lost(slack, fake, windows):
    async def breaks(*_arguments):
        raise LookupError("oh")

    fake.submit = breaks
    await opened(slack)
    with capture_logs() as logs:
        await slack.submit(TYPED)
    assert [log["event"] for log in logs] == ["slack.form_broke"]
    assert "it is not what you typed" in said(slack.modal("U1"))
    assert field(slack.modal("U1"), "field:address")["initial_value"] == TYPED["field:address"]


async def test_what_the_channel_could_not_be_told_the_window_says(slack, fake, windows):
    slack.fail("chat.postMessage", error="restricted_action")
    await opened(slack)
    await slack.submit(TYPED)
    assert "12 entries stand." in said(slack.modal("U1"))
    assert "It is done, but" in said(slack.modal("U1"))


async def test_a_post_in_blocks_that_slack_does_not_take_is_plain_text(slack, fake, windows):
    slack.fail("chat.postMessage", error="invalid_blocks")
    await opened(slack)
    await slack.submit(TYPED)
    (posted,) = slack.channel("C1").messages
    assert not posted.get("blocks")
    assert "12 entries stand." in posted["text"]


# ── Taken later ──────────────────────────────────────────────────────────────────────────────


async def test_what_takes_long_is_acknowledged_and_shown_once_it_is_done(slack, client, fake, mode):
    async with open_windows(slack, client, fake, mode, **SLOW):
        await opened(slack)
        fake.free.clear()
        ack = await slack.submit(TYPED)
        assert ack.ok
        assert "Looking" in said(slack.modal("U1"))
        assert slack.channel("C1").messages == []

        fake.free.set()

        await slack.until(lambda: "12 entries stand." in said(slack.modal("U1")))
        assert "submit" not in slack.modal("U1")
        assert len(slack.channel("C1").messages) == 1
    assert accepted(slack)


async def test_what_is_refused_later_is_the_form_again_as_it_was_filled_in(slack, client, fake):
    async with open_windows(slack, client, fake, **SLOW):
        await opened(slack)
        fake.faults = {"address": "No page stands there."}
        await slack.submit({**TYPED, "field:pace": "60", "field:note": "Mine"})
        await slack.until(lambda: "No page stands there." in said(slack.modal("U1")))
        view = slack.modal("U1")
        assert field(view, "field:note")["initial_value"] == "Mine"

        fake.faults = {}
        await slack.submit({"field:address": "https://other.example"})

        await slack.until(lambda: "12 entries stand." in said(slack.modal("U1")))
    assert fake.submitted[-1][2] == {
        "address": ("https://other.example",),
        "only": (),
        "pace": ("60",),
        "note": ("Mine",),
    }
    assert len(slack.channel("C1").messages) == 1
    assert accepted(slack)


async def test_who_closed_the_window_is_told_what_was_wrong_and_what_was_typed(slack, client, fake):
    async with open_windows(slack, client, fake, **SLOW):
        await opened(slack)
        fake.faults = {"address": "No page stands there."}
        fake.free.clear()
        await slack.submit(TYPED)
        await slack.dismiss()
        fake.free.set()
        direct = slack.direct("U1")
        await slack.until(lambda: direct.messages)
        (told,) = direct.messages
        assert "No page stands there." in words(told)
        assert "https://news.example/live" in words(told)

        await slack.press("form:follow", channel=direct.id)
        await slack.until(lambda: slack.modal("U1"))
    assert slack.channel("C1").messages == []


async def test_who_closed_the_window_is_told_of_an_error(slack, client, fake):
    async with open_windows(slack, client, fake, **SLOW):
        await opened(slack)
        fake.reply = replace(fake.reply, title="The Example does not answer.", error=True)
        fake.free.clear()
        await slack.submit(TYPED)
        await slack.dismiss()
        fake.free.set()
        direct = slack.direct("U1")
        await slack.until(lambda: direct.messages)
        assert "The Example does not answer." in direct.texts[0]


async def test_a_window_is_filled_as_soon_as_slack_lets_it(slack, client, fake):
    async with open_windows(slack, client, fake, **SLOW):
        await opened(slack)
        slack.fail("views.update", retry_after=1)
        await slack.submit(TYPED)
        await slack.until(lambda: "12 entries stand." in said(slack.modal("U1")))
    assert len(calls(slack, "views.update")) == 2
