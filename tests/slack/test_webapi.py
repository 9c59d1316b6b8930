"""The stand-in's Web API, asked by Slack's own client."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from yarl import URL

from tests.slack.server import StandInSlack

KEY = {"event_type": "teller_delivery", "event_payload": {"key": "entry:1:1"}}


async def refusal(call) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return caught.value.response.get("error", str(caught.value.response.status_code))


async def test_who_am_i(slack, client):
    answer = await client.auth_test()
    assert (answer["user_id"], answer["bot_id"]) == (slack.bot_user, slack.bot_id)
    assert "chat:write" in answer.headers["X-OAuth-Scopes"]


async def test_posted_edited_and_taken_away(slack, client):
    blocks = [{"type": "divider"}]
    posted = await client.chat_postMessage(
        channel="#count-night", text="Polls closed", blocks=blocks
    )
    assert posted["channel"] == "C1"
    await client.chat_update(channel="C1", ts=posted["ts"], text="Polls have closed")
    message = slack.channel("C1").message(posted["ts"])
    assert message["text"] == "Polls have closed"
    assert "edited" in message
    assert "blocks" not in message
    await client.chat_delete(channel="C1", ts=posted["ts"])
    assert slack.channel("C1").messages == []


async def test_timestamps_increase_even_if_the_clock_stands():
    async with StandInSlack(clock=lambda: 1697760000.0) as slack:
        client = AsyncWebClient(slack.bot_token, base_url=slack.api_url)
        first = await client.chat_postMessage(channel="C1", text="one")
        second = await client.chat_postMessage(channel="C1", text="two")
        assert (first["ts"], second["ts"]) == ("1697760000.000000", "1697760000.000100")


async def test_metadata_comes_back_only_when_asked_for(slack, client):
    posted = await client.chat_postMessage(channel="C1", text="Declared", metadata=KEY)
    await client.chat_update(channel="C1", ts=posted["ts"], text="Declared, corrected")
    plain = await client.conversations_history(channel="C1")
    assert plain["messages"][0]["metadata"] == {"event_type": "teller_delivery"}
    full = await client.conversations_history(channel="C1", include_all_metadata=True)
    assert full["messages"][0]["metadata"] == KEY
    odd = client.chat_postMessage(channel="C1", text="?", metadata={"event_type": "x"})
    assert await refusal(odd) == "invalid_metadata_schema"


async def test_history_in_pages_and_between_two_moments(slack, client):
    stamps = [
        (await client.chat_postMessage(channel="C1", text=str(number)))["ts"] for number in range(5)
    ]
    found = []
    async for page in await client.conversations_history(channel="C1", limit=2):
        found += [message["text"] for message in page["messages"]]
        if len(found) == 2:
            await client.chat_postMessage(channel="C1", text="meanwhile")
    assert found == ["4", "3", "2", "1", "0"]

    async def between(**window):
        answer = await client.conversations_history(
            channel="C1", oldest=stamps[1], latest=stamps[3], **window
        )
        return [message["text"] for message in answer["messages"]]

    assert await between() == ["2"]
    assert await between(inclusive=True) == ["3", "2", "1"]
    astray = client.conversations_history(channel="C1", cursor="nowhere")
    assert await refusal(astray) == "invalid_cursor"


async def test_replies_stand_in_their_thread_and_not_in_history(slack, client):
    head = (await client.chat_postMessage(channel="C1", text="Tamworth"))["ts"]
    reply = await client.chat_postMessage(channel="C1", text="Recount", thread_ts=head)
    await client.chat_postMessage(channel="C1", text="Again", thread_ts=reply["ts"])
    history = await client.conversations_history(channel="C1")
    assert [m["text"] for m in history["messages"]] == ["Tamworth"]
    assert history["messages"][0]["reply_count"] == 2
    thread = await client.conversations_replies(channel="C1", ts=head)
    assert [m["text"] for m in thread["messages"]] == ["Tamworth", "Recount", "Again"]


async def test_channels_people_and_groups(slack, client):
    slack.add_channel("C2", "elsewhere", with_bot=False)
    slack.add_channel("G1", "desk", kind="group", with_bot=False)
    slack.usergroups["S1"] = ["U1", "U2"]
    assert (await client.conversations_info(channel="C2"))["channel"]["is_member"] is False
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [each["id"] for each in listed["channels"]] == ["C1", "C2"]
    own = await client.users_conversations()
    assert [each["id"] for each in own["channels"]] == ["C1"]
    await client.conversations_join(channel="C2")
    assert slack.bot_user in (await client.conversations_members(channel="C2"))["members"]
    assert (await client.conversations_open(users="U1"))["channel"]["id"] == "DU1"
    assert (await client.users_info(user="U1"))["user"]["real_name"] == "Ada"
    assert (await client.usergroups_users_list(usergroup="S1"))["users"] == ["U1", "U2"]
    assert (await client.team_info())["team"]["id"] == slack.team
    assert (await client.bots_info(bot=slack.bot_id))["bot"]["user_id"] == slack.bot_user
    assert await refusal(client.conversations_info(channel="G1")) == "channel_not_found"


async def test_messages_for_one_reader_and_to_one_person(slack, client):
    await client.chat_postEphemeral(channel="C1", user="U1", text="Only you")
    assert slack.channel("C1").ephemerals[0]["for"] == "U1"
    assert slack.channel("C1").messages == []
    await client.chat_postMessage(channel="U2", text="Hello")
    assert slack.direct("U2").texts == ["Hello"]


async def test_a_file_is_uploaded_and_shared(slack, client):
    answer = await client.files_upload_v2(
        channel="C1",
        filename="swing.png",
        content=b"\x89PNG",
        initial_comment="Swing",
        alt_txt="A chart",
    )
    message = slack.channel("C1").messages[0]
    assert message["text"] == "Swing"
    assert message["files"][0]["mimetype"] == "image/png"
    assert slack.files[answer["file"]["id"]]["content"] == b"\x89PNG"
    shares = (await client.files_info(file=answer["file"]["id"]))["file"]["shares"]
    assert shares["public"]["C1"][0]["ts"] == message["ts"]


async def test_a_message_shows_a_file_only_once_it_was_uploaded_whole(slack, client):
    begun = await client.files_getUploadURLExternal(filename="swing.png", length=4)
    whole = await client.files_upload_v2(filename="swing.png", content=b"\x89PNG")

    def showing(file: str) -> dict:
        return {"type": "image", "slack_file": {"id": file}, "alt_text": "Swing"}

    for file in (begun["file_id"], "F999"):
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C1", text="Swing", blocks=[showing(file)])
        assert caught.value.response["error"] == "invalid_blocks"
        assert caught.value.response["errors"] == [
            "invalid slack file [json-pointer:/blocks/0/slack_file]"
        ]
    shown = [showing(whole["file"]["id"])]
    posted = await client.chat_postMessage(channel="C1", text="Swing", blocks=shown)
    await client.chat_update(channel="C1", ts=posted["ts"], text="Swing", blocks=shown)
    (message,) = slack.channel("C1").messages
    assert "files" not in message


# The client still builds its Basic header in a way that aiohttp is about to give up.
@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_code_becomes_a_token_once(slack, client):
    code = slack.oauth_code("xoxb-other")
    asked = {"client_id": slack.client_id, "client_secret": slack.client_secret, "code": code}
    answer = await AsyncWebClient(base_url=slack.api_url).oauth_v2_access(**asked)
    assert answer["access_token"] == "xoxb-other"
    again = AsyncWebClient(base_url=slack.api_url).oauth_v2_access(**asked)
    assert await refusal(again) == "invalid_code"


async def test_tokens_and_scopes(slack, client_with):
    post = {"channel": "C1", "text": "?"}
    assert await refusal(client_with("xoxb-stranger").chat_postMessage(**post)) == "invalid_auth"
    wrong = client_with(slack.app_token).chat_postMessage(**post)
    assert await refusal(wrong) == "not_allowed_token_type"
    assert await refusal(client_with("").chat_postMessage(**post)) == "not_authed"
    slack.grant("xoxb-small", scopes=["chat:write"])
    with pytest.raises(SlackApiError) as caught:
        await client_with("xoxb-small").conversations_history(channel="C1")
    response = caught.value.response
    assert (response["needed"], response["provided"]) == ("channels:history", "chat:write")
    slack.revoked.add("xoxb-small")
    assert await refusal(client_with("xoxb-small").auth_test()) == "token_revoked"


async def test_what_cannot_be_posted_or_changed(slack, client, client_with):
    slack.grant("xoxb-small", scopes=["chat:write"])
    slack.add_channel("C2", "elsewhere", with_bot=False)
    slack.add_channel("C3", "by-elections-2021").archived = True
    said = await slack.user_says("C1", "U1", "mine")
    ts = (await client.chat_postMessage(channel="C1", text="ours"))["ts"]
    post, change = client.chat_postMessage, client.chat_update
    outside = client_with("xoxb-small").chat_postMessage(channel="C2", text="?")
    assert await refusal(outside) == "not_in_channel"
    assert await refusal(post(channel="C9", text="?")) == "channel_not_found"
    assert await refusal(post(channel="C3", text="?")) == "is_archived"
    assert await refusal(post(channel="C1", text="x" * 40_001)) == "msg_too_long"
    assert await refusal(change(channel="C1", ts=ts, text="x" * 4_001)) == "msg_too_long"
    assert await refusal(change(channel="C1", ts="1.000000", text="?")) == "message_not_found"
    assert await refusal(change(channel="C1", ts=said.ts, text="?")) == "cant_update_message"
    many = [{"fallback": "x", "text": "x"}] * 101
    assert await refusal(post(channel="C1", attachments=many)) == "too_many_attachments"
    assert await refusal(client.api_call("chat.postMessage", json={"channel": "C1"})) == "no_text"
    slack.edit_window = -1.0
    assert await refusal(change(channel="C1", ts=ts, text="late")) == "edit_window_closed"
    await client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    again = client.reactions_add(channel="C1", timestamp=ts, name="eyes")
    assert await refusal(again) == "already_reacted"


async def test_blocks_are_refused_with_the_place_of_the_fault(client):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="long", blocks=blocks)
    assert caught.value.response["error"] == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_form_does_as_well_as_json(slack):
    form = {"token": slack.bot_token, "channel": "C1", "blocks": '[{"type": "divider"}]'}
    async with aiohttp.ClientSession() as session:
        answer = await session.post(f"{slack.api_url}chat.postMessage", data=form)
        assert (await answer.json())["ok"] is True


@pytest.mark.parametrize("status", [500, 503])
async def test_a_server_error_is_a_page_without_json(slack, client, status):
    slack.fail("chat.postMessage", status=status)
    assert await refusal(client.chat_postMessage(channel="C1", text="?")) == str(status)
    await client.chat_postMessage(channel="C1", text="better")
    assert slack.channel("C1").texts == ["better"]


async def test_rate_limits_on_command_and_one_a_second(slack, client):
    slack.fail("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C1", text="?")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    slack.seconds_a_message = 1.0
    await client.chat_postMessage(channel="C1", text="one")
    assert await refusal(client.chat_postMessage(channel="C1", text="two")) == "ratelimited"
    await client.chat_postMessage(channel="U1", text="elsewhere")


@pytest.mark.parametrize(("cut", "stored"), [("before", []), ("after", ["lost?"])])
async def test_a_cut_connection(slack, client, cut, stored):
    slack.fail("chat.postMessage", cut=cut)
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.chat_postMessage(channel="C1", text="lost?")
    assert slack.channel("C1").texts == stored


async def test_a_fault_may_wait_for_its_call(slack, client):
    slack.fail("chat.postMessage", error="fatal_error", when=lambda a: a["text"] == "this")
    await client.chat_postMessage(channel="C1", text="that")
    assert await refusal(client.chat_postMessage(channel="C1", text="this")) == "fatal_error"


async def test_back_after_a_restart_on_the_same_port(slack, client):
    await client.chat_postMessage(channel="C1", text="before")
    await slack.restart()
    await client.chat_postMessage(channel="C1", text="after")
    assert slack.channel("C1").texts == ["before", "after"]


async def test_another_workspace_of_the_same_slack_has_its_own_channels(slack, client, client_with):
    other = slack.neighbour("T0OTHER")
    await client.chat_postMessage(channel="C1", text="here")
    await client_with(other.bot_token).chat_postMessage(channel="C1", text="there")
    assert (slack.channel("C1").texts, other.channel("C1").texts) == (["here"], ["there"])
    assert (await client_with(other.bot_token).auth_test())["team_id"] == "T0OTHER"
    await other.uninstall()
    assert await refusal(client_with(other.bot_token).auth_test()) == "token_revoked"
    assert (await client.auth_test())["team_id"] == slack.team


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
async def test_a_browser_is_sent_back_with_a_code_for_the_same_address(slack):
    other, back = slack.neighbour("T0OTHER"), "https://teller.example/back"
    asked = {"client_id": slack.client_id, "scope": "chat:write", "redirect_uri": back}
    page = f"{slack.url}/oauth/v2/authorize"
    async with aiohttp.ClientSession() as session:
        query = {**asked, "state": "s", "team": other.team}
        answer = await session.get(page, params=query, allow_redirects=False)
    sent = URL(answer.headers["Location"])
    assert (str(sent.with_query(None)), sent.query["state"]) == (back, "s")
    access = AsyncWebClient(base_url=slack.api_url).oauth_v2_access
    given = {"client_id": slack.client_id, "client_secret": slack.client_secret}
    given["code"] = sent.query["code"]
    assert await refusal(access(**given, redirect_uri="https://else")) == "bad_redirect_uri"
    granted = await access(**given, redirect_uri=back)
    assert (granted["team"]["id"], granted["scope"]) == (other.team, "chat:write")
