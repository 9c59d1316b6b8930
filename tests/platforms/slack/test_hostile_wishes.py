"""Whatever somebody asks the real desk to follow, remind of or listen to: Slack takes the reply."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.ask import Ask, Author, Channel
from bot.chat.form import Form, FormError
from bot.chat.reply import Reply
from bot.platforms.slack.blocks import answer
from bot.platforms.slack.forms import again, modal
from bot.platforms.slack.page import at_a_glance
from bot.ports import Desk
from tests.platforms.slack.limits import check, check_view
from tests.platforms.slack.on_duty import at_work, wrapped
from tests.platforms.slack.test_hostile import NASTY, texts
from tests.slack.choices import state
from tests.wire import RecordingPlatform

HERE = Channel(platform="slack", id="C1")
ADA = Author(platform="slack", id="U1", name="<!channel> @here")

controls = st.sampled_from(
    ["follow", "unfollow", "remind me", "remind us", "remind us at 01:30 to", "remind us in 5m",
     "remind us 30m before", "forget", "listen", "listen on", "following", "reminders", "help"]
)  # fmt: skip
# Nothing listens there, and no name is looked up.
addresses = st.builds(
    lambda path, name: f"<http://127.0.0.1:1/{path}|{name}>",
    texts | st.sampled_from(NASTY),
    texts | st.sampled_from(NASTY),
)
bare = texts.map("http://127.0.0.1:1/{}".format)
# What Slack hands on is UTF-8, and knows no half characters.
wishes = st.builds(
    lambda words, what, only: f"{words} {what}{only}",
    controls,
    texts | st.sampled_from(NASTY) | addresses | st.just(wrapped("http://127.0.0.1:1/live")),
    st.just("") | st.builds(" only {}".format, texts | st.sampled_from(NASTY)),
).map(lambda wish: wish.encode(errors="ignore").decode())


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Desk]]:
    """A desk at 00:30 of the night, and the loop it works in, for hypothesis has none.

    No blog can be read: whatever is asked for, nothing leaves this machine.
    """
    folder = tmp_path_factory.mktemp("hostile")
    with asyncio.Runner() as loop:
        work = at_work(RecordingPlatform("slack"), folder, allow=())
        duty = loop.run(work.__aenter__())
        yield loop, duty.rooms.desk
        loop.run(work.__aexit__(None, None, None))


def asked(text: str) -> Ask:
    return Ask(text=text, author=ADA, channel=HERE)


@given(wishes)
def test_any_wish_is_answered_in_a_message_that_slack_takes(desk, wish):
    loop, at = desk
    reply = loop.run(at.answer(asked(wish)))
    check(answer(reply, postable=True, question=wish), {"C1"})
    check_view(at_a_glance(loop.run(at.home(asked("")))).view(), "home", {"C1"})


@given(wishes)
def test_nothing_overheard_is_answered_in_what_slack_would_not_take(desk, wish):
    loop, at = desk
    loop.run(at.answer(asked("listen on")))
    reply = loop.run(at.overhear(asked(wish)))
    # What changes something is never done for who did not ask for it.
    assert reply is None or reply.command not in {"follow", "unfollow", "remind", "listen"}
    if reply is not None:
        check(answer(reply), {"C1"})


@given(st.sampled_from(["follow", "remind"]), st.data())
def test_any_form_that_is_filled_in_comes_back_sound(desk, name, data):
    loop, at = desk
    form = loop.run(at.form(name, asked("")))
    assert isinstance(form, Form)
    values = {
        field.name: (
            data.draw(texts | addresses | bare, field.name).encode(errors="ignore").decode(),
        )
        for field in form.fields
    }
    view = modal(form, channel="C1")
    check_view(view, "modal", {"C1"})
    submitted = {**view, "state": state(view["blocks"], {})}
    try:
        reply = loop.run(at.submit(name, asked(""), values))
    except FormError as error:
        check_view(again(submitted, error.faults, None), "modal", {"C1"})
    else:
        assert isinstance(reply, Reply)
        check(answer(reply), {"C1"})
