"""The real forms and the real page of one's own, filled in and redrawn, in both modes."""

import json

import pytest

from bot.platforms.slack.home import Home
from bot.platforms.slack.opening import open_client
from tests.nights.blog import live_blog
from tests.platforms.slack.connected import buttons, replies_to, words
from tests.platforms.slack.on_duty import at_work, on_duty, posted, refused
from tests.platforms.slack.test_following_from_chat import headings
from tests.platforms.slack.windows import at_home, calls, field, open_windows, said
from tests.rooms import at
from tests.slack.choices import elements
from tests.slack.server import StandInSlack
from tests.waiting import until
from tests.wire import RecordingPlatform


@pytest.fixture
async def blog():
    async with live_blog(at("00:30")) as opened:
        yield opened


@pytest.fixture
async def duty(slack, client, tmp_path, mode):
    async with on_duty(slack, client, tmp_path, mode) as opened:
        yield opened


async def from_a_button(slack, form: str) -> dict:
    said = await slack.mention("following" if form == "follow" else "reminders")
    (reply,) = await replies_to(slack, said.ts)
    (action,) = buttons(reply).values()
    assert (await slack.press(action, ts=reply["ts"])).ok
    return await in_front(slack)


async def from_the_shortcut(slack, form: str) -> dict:
    assert (await slack.global_shortcut(f"form:{form}")).ok
    return await in_front(slack)


async def from_home(slack, form: str) -> dict:
    page = await at_home(slack)
    assert (await slack.press(f"form:{form}", view=page)).ok
    return await in_front(slack)


async def in_front(slack) -> dict:
    await slack.until(lambda: slack.modal("U1"))
    return slack.modal("U1")


ways = pytest.mark.parametrize("way", [from_a_button, from_the_shortcut, from_home])


@ways
async def test_the_follow_form_is_filled_in_and_the_blog_comes(slack, duty, blog, way):
    view = await way(slack, "follow")
    assert view["title"]["text"] == "Follow a live blog"
    tamworth = seat(view, "Tamworth")
    typed = {"field:address": blog.url, "field:only": [tamworth], "channel": "C1"}

    ack = await slack.submit(typed)

    assert ack.ok
    assert slack.modal("U1") is None
    channel = slack.channel("C1")
    await slack.until(lambda: any("now follows" in text for text in channel.texts))
    (told,) = [m for m in channel.messages if "now follows" in m["text"]]
    assert "only of Tamworth" in words(told)
    assert "Set by ada" in words(told)
    await slack.until(lambda: len(posted(slack)) == 3)
    assert all("Bedfordshire" not in each or "welcome" in each for each in headings(slack))
    assert refused(slack) == []


@ways
async def test_the_remind_form_is_filled_in_and_the_reminder_comes(slack, duty, way):
    await way(slack, "remind")
    typed = {"field:words": "file the early story", "field:time": "01:30", "channel": "C1"}

    assert (await slack.submit(typed)).ok

    channel = slack.channel("C1")
    await slack.until(lambda: any("I remind this channel" in text for text in channel.texts))
    await duty.move_to("01:30")
    (reminder,) = posted(slack)
    assert "file the early story" in words(reminder)
    assert refused(slack) == []


async def test_a_reminder_for_one_alone_ahead_of_a_declaration(slack, duty):
    view = await from_the_shortcut(slack, "remind")
    ahead = next(
        option["value"]
        for option in field(view, "field:before")["options"]
        if "Tamworth: declaration" in option["text"]["text"]
    )
    typed = {"field:before": ahead, "field:span": "10 minutes", "field:whom": "me"}
    assert (await slack.submit({**typed, "channel": "C1"})).ok
    await slack.until(lambda: slack.channel("C1").messages)

    await duty.move_to("03:30")

    (reminder,) = posted(slack, slack.direct("U1").id)
    assert "Tamworth" in words(reminder)
    assert posted(slack) == []


async def test_what_is_wrong_stands_at_its_field(slack, duty, blog):
    await from_the_shortcut(slack, "follow")
    blog.status = 404
    for address, why in (("news.example", "https://"), (blog.url, "404")):
        ack = await slack.submit({"field:address": address, "channel": "C1"})
        assert why in ack.payload["errors"]["field:address"]
    slack.close("U1")

    await from_the_shortcut(slack, "remind")
    for typed, name in (
        ({}, "field:time"),
        ({"field:time": "half past nothing"}, "field:time"),
        ({"field:time": "00:10"}, "field:time"),
    ):
        ack = await slack.submit({**typed, "channel": "C1"})
        assert ack.payload["errors"][name], typed
    assert slack.channel("C1").messages == []


async def test_a_slow_blog_is_looked_at_while_the_window_waits(tmp_path, mode, blog):
    # As patient as Slack itself, for Teller asks for patience just before that ends.
    async with (
        StandInSlack(ack_within=3.0) as slack,
        open_client(slack.bot_token, slack.api_url) as client,
        on_duty(slack, client, tmp_path, mode) as duty,
    ):
        for status in (404, 200):
            view = await from_the_shortcut(slack, "follow")
            blog.answers.clear()
            ack = await slack.submit({"field:address": blog.url, "channel": "C1"})
            assert ack.ok
            assert "Looking" in said(slack.views[view["id"]])
            assert slack.channel("C1").messages == []

            blog.status = status
            blog.answers.set()

            result = "404" if status == 404 else "now follows"
            await slack.until(lambda: result in said(slack.views[view["id"]]))  # noqa: B023
            if status == 404:
                back = field(slack.views[view["id"]], "field:address")
                assert back["initial_value"] == blog.url
            slack.close("U1")
        assert any("now follows" in text for text in slack.channel("C1").texts)
        await slack.until(lambda: len(posted(slack)) == 3)
        assert refused(slack) == []
        await duty.rooms.dispatcher.settle(10)


def seat(view: dict, name: str) -> str:
    """The value that stands for a seat in the form."""
    options = field(view, "field:only")["options"]
    return next(each["value"] for each in options if each["text"]["text"] == name)


# ── The page ─────────────────────────────────────────────────────────────────────────────────


async def test_the_page_shows_the_night_the_channels_and_the_sources(slack, duty, blog):
    said_ = await slack.mention(f"follow <{blog.url}> only Tamworth")
    await replies_to(slack, said_.ts)
    await slack.until(lambda: len(posted(slack)) == 3)

    page = await at_home(slack)

    shown = json.dumps(page["blocks"], ensure_ascii=False)
    assert "Tamworth" in shown
    assert "around 03:00" in shown
    assert "only of Tamworth" in shown
    assert '"channel_id": "C1"' in shown
    assert "count night live: 6 entries, the last at 00:27; read less than a minute" in shown
    labels = [e["text"]["text"] for _, e in elements(page["blocks"]) if e["type"] == "button"]
    assert {"Follow a live blog …", "Set a reminder …"} <= set(labels)
    assert refused(slack) == []


class Drawing(RecordingPlatform):
    """Draws the pages anew where Teller's own platform would."""

    home: Home | None = None

    def changed(self) -> None:
        if self.home is not None:
            self.home.changed()


async def test_the_page_follows_the_night_at_most_once_in_ten_seconds(
    slack, client, tmp_path, mode, blog
):
    drawing = Drawing("slack")
    async with (
        at_work(drawing, tmp_path) as duty,
        open_windows(slack, client, duty.rooms.desk, mode) as windows,
    ):
        drawing.home = windows.home
        follow = {"field:address": blog.url, "channel": "C1"}
        await from_the_shortcut(slack, "follow")
        assert (await slack.submit(follow)).ok
        assert '"Count under way' not in json.dumps((await at_home(slack))["blocks"])
        before = slack.home("U1")
        assert await duty.rooms.dispatcher.settle(10)

        await duty.look(blog, "00:45")
        await windows.clock.resting_until(10.0)
        await duty.look(blog, "03:20")
        assert slack.home("U1") is before
        assert len(calls(slack, "views.publish")) == 1

        windows.clock.move(10.0)
        await until(lambda: len(calls(slack, "views.publish")) == 2)
        assert "declared" in json.dumps(slack.home("U1")["blocks"])

        # Nothing new is known of the night: the page that stands is the page to be drawn.
        asked = duty.rooms.desk.answered
        windows.home.changed()
        await windows.clock.resting_until(20.0)
        windows.clock.move(10.0)
        await until(lambda: duty.rooms.desk.answered > asked + 1)
        await at_home(slack, "U2")
        assert [call.get("user_id") for call in calls(slack, "views.publish")] == ["U1", "U1", "U2"]
        assert refused(slack) == []
