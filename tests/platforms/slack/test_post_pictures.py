"""Posts that show their pictures in Slack: uploaded once, and never in the news's way."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.chat.ask import Channel
from bot.chat.post import DeliveryKey
from bot.courier import drain
from bot.errors import DeliveryError, Fault
from bot.platforms.slack.opening import open_client
from bot.platforms.slack.picture import Uploads
from bot.platforms.slack.platform import SlackPlatform
from bot.platforms.slack.workspaces import OneWorkspace, Workspace
from tests.courier.queueing import courier, lane_of, serve, tell_post
from tests.platforms.charts import CORRECTED, DECLARED, PICTURED, PNG, SHARES, drawn
from tests.platforms.slack.connected import over_socket, words
from tests.slack.workspace import SCOPES
from tests.waiting import until

HERE, THERE = (Channel(platform="slack", id=id) for id in ("C1", "C2"))
KEY = DeliveryKey(subject="declaration:tamworth", version=1)
SECOND = replace(KEY, version=2)
TICKET, POST = "files.getUploadURLExternal", "chat.postMessage"


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Nobody waits until Slack is done with a file."""
    monkeypatch.setattr("bot.platforms.slack.platform.READY_SECONDS", 0.01)


def asked(slack, method: str) -> int:
    return len([call for call in slack.calls if call.method == method])


def standing(slack, channel: str = "C1") -> dict[str, Any]:
    """The one message that stands in a channel."""
    (message,) = slack.channel(channel).messages
    return message


def shown(slack, message: dict[str, Any]) -> list[tuple[bytes, str]]:
    """The pictures that a message shows, each with its words."""
    images = [block for block in message["blocks"] if block["type"] == "image"]
    return [(slack.files[i["slack_file"]["id"]]["content"], i["alt_text"]) for i in images]


def labels(message: dict[str, Any]) -> list[str]:
    """What can be pressed under a message."""
    blocks = [*message["blocks"], *(b for a in message["attachments"] for b in a["blocks"])]
    rows = [block["elements"] for block in blocks if block["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row]


async def test_a_declaration_shows_its_picture_below_its_heading(slack, platform):
    ref = await platform.send(HERE, PICTURED, KEY)

    message = standing(slack)
    assert [block["type"] for block in message["blocks"]] == ["header", "image"]
    assert shown(slack, message) == [(PNG, SHARES.alt)]
    assert labels(message) == ["What it did before"]
    # The file is in no channel but by the message that shows it.
    (file,) = slack.files.values()
    assert file["shares"] == {"public": {}, "private": {}}
    assert file["alt_txt"] == SHARES.alt
    assert "files" not in message
    assert await platform.find(HERE, KEY) == ref


async def test_a_picture_is_uploaded_once_for_all_channels_of_a_workspace(slack, platform):
    channels = [f"C{number}" for number in range(1, 21)]
    for id in channels[1:]:
        slack.add_channel(id, f"lane-{id.lower()}")
    places = [Channel(platform="slack", id=id) for id in channels]

    await asyncio.gather(*(platform.send(place, PICTURED, KEY) for place in places))

    assert asked(slack, TICKET) == 1
    assert all(shown(slack, standing(slack, id)) == [(PNG, SHARES.alt)] for id in channels)


async def test_each_workspace_has_a_file_of_its_own(slack, client):
    other = slack.neighbour("T0OTHER")
    assert PICTURED.picture is not None
    async with open_client(other.bot_token, slack.api_url) as second:
        uploads = Uploads()
        teams = [Workspace(client=client, id="T0TELLER"), Workspace(client=second, id="T0OTHER")]
        files = [await uploads.of(team, PICTURED.picture) for team in (*teams, *teams)]
    assert files[:2] == files[2:]
    assert (slack.uploaded, other.uploaded) == ({files[0]}, {files[1]})


async def test_a_correction_has_its_own_picture_and_a_withdrawal_none(slack, platform):
    ref = await platform.send(HERE, PICTURED, KEY)

    await platform.edit(ref, replace(CORRECTED, edited=DECLARED.at), SECOND)
    assert shown(slack, standing(slack)) == [(PNG + b", corrected", "Corrected")]
    assert await platform.find(HERE, SECOND) == ref

    withdrawn = replace(DECLARED, withdrawn="its source took it back", chart=None)
    await platform.edit(ref, withdrawn, replace(KEY, version=3))
    assert shown(slack, standing(slack)) == []
    assert "its source took it back" in words(standing(slack))


@pytest.mark.parametrize("error", ["invalid_blocks", "invalid_attachments"])
async def test_a_file_that_slack_is_not_done_with_is_shown_a_moment_later(slack, platform, error):
    slack.fail(POST, error=error)
    await platform.send(HERE, PICTURED, KEY)
    assert shown(slack, standing(slack)) == [(PNG, SHARES.alt)]
    assert (asked(slack, TICKET), asked(slack, POST)) == (1, 2)


@pytest.mark.parametrize(("error", "times"), [("invalid_blocks", 2), ("file_not_found", 1)])
async def test_where_slack_does_not_show_it_the_declaration_comes_without(
    slack, platform, error, times
):
    slack.fail(POST, error=error, times=times)
    await platform.send(HERE, PICTURED, KEY)
    assert shown(slack, standing(slack)) == []
    assert labels(standing(slack)) == ["Picture", "What it did before"]
    assert asked(slack, POST) == times + 1


async def test_a_channel_that_takes_nothing_says_so_with_a_picture_too(slack, platform):
    slack.channel("C1").archived = True
    with pytest.raises(DeliveryError) as caught:
        await platform.send(HERE, PICTURED, KEY)
    assert caught.value.fault is Fault.CHANNEL


@pytest.mark.parametrize(
    ("method", "fault"),
    [
        (TICKET, {"error": "missing_scope"}),
        (TICKET, {"error": "file_uploads_disabled"}),
        (TICKET, {"status": 500}),
        (TICKET, {"retry_after": 30}),
        (TICKET, {"cut": "before"}),
        ("upload", {"status": 500}),
        ("upload", {"cut": "after"}),
        ("files.completeUploadExternal", {"error": "internal_error"}),
        ("files.completeUploadExternal", {"cut": "after"}),
    ],
)
async def test_a_picture_that_is_not_taken_holds_no_channel_up(slack, platform, method, fault):
    slack.add_channel("C2", "pictures")
    slack.fail(method, **fault)
    for place in (HERE, THERE):
        await platform.send(place, PICTURED, KEY)
        assert shown(slack, standing(slack, place.id)) == []
        assert labels(standing(slack, place.id)) == ["Picture", "What it did before"]
    # Nor is it tried anew for each of them; the next picture is.
    assert asked(slack, TICKET) == 1
    await platform.edit((await platform.find(HERE, KEY)), CORRECTED, SECOND)
    assert len(shown(slack, standing(slack))) == 1


async def test_an_app_without_the_scope_for_files_posts_without_pictures(slack, platform):
    slack.grant(slack.bot_token, scopes=SCOPES - {"files:write"})
    await platform.send(HERE, PICTURED, KEY)
    assert shown(slack, standing(slack)) == []
    assert labels(standing(slack)) == ["Picture", "What it did before"]


async def test_an_upload_that_hangs_is_not_waited_for(slack, platform, monkeypatch):
    monkeypatch.setattr("bot.platforms.slack.picture.UPLOAD_SECONDS", 0.05)
    held = asyncio.Event()
    slack.fail("upload", hold=held)
    await platform.send(HERE, PICTURED, KEY)
    assert shown(slack, standing(slack)) == []
    held.set()
    # It has arrived by the time that the next version goes out.
    await slack.until(lambda: slack.uploaded)
    await platform.edit((await platform.find(HERE, KEY)), PICTURED, SECOND)
    assert shown(slack, standing(slack)) == [(PNG, SHARES.alt)]
    assert asked(slack, TICKET) == 1


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_teller_that_dies_between_upload_and_post_posts_once(slack, client, store, cut):
    async def another_teller() -> None:
        platform = SlackPlatform(workspaces=OneWorkspace(client), connection=over_socket(slack))
        await store.lanes.revive(HERE)
        await drain(await lane_of(store, HERE), courier(store.outbox, platform, draw=drawn))

    await serve(store, HERE)
    await tell_post(store, "declaration:tamworth", DECLARED)
    held = asyncio.Event()
    slack.fail(POST, cut=cut, hold=held)
    dying = asyncio.create_task(another_teller())
    await until(lambda: asked(slack, POST))
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    held.set()

    await another_teller()

    assert len(shown(slack, standing(slack))) == 1
    assert await store.outbox.waiting() == []
