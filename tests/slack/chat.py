"""chat.*: messages posted, changed and taken away by the bot, within Slack's limits."""

import copy
import uuid
from typing import TYPE_CHECKING, Any

from tests.slack.blocks import file_faults, message_faults, metadata_error, too_long
from tests.slack.webapi import Call, SlackError, method, need_scopes, refused
from tests.slack.workspace import Channel, Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack


def content(slack: "StandInSlack", call: Call, *, longest: int) -> Json:
    """Text, blocks, attachments and metadata of a message, or the error that refuses them."""
    given: Json = {}
    text = call.get("text")
    markdown = call.get("markdown_text")
    if markdown is not None:
        if text is not None or call.get("blocks") is not None:
            raise SlackError("markdown_text_conflict")
        # “chat.postMessage”: markdown_text at most 12,000 characters.
        if len(markdown) > 12_000:
            raise SlackError("msg_too_long")
        text = markdown
    if text is not None:
        if len(text) > longest:
            raise SlackError("msg_too_long")
        given["text"] = text
    blocks = call.structure("blocks", "invalid_blocks_format")
    if blocks is not None:
        given["blocks"] = _blocks(slack, blocks)
    attachments = call.structure("attachments", "invalid_attachments")
    if attachments is not None:
        given["attachments"] = _attachments(slack, attachments)
    metadata = call.structure("metadata", "invalid_metadata_format")
    if metadata is not None:
        # “chat.update”: an empty object takes the metadata away.
        error = metadata_error(metadata) if metadata != {} else None
        if error:
            raise SlackError(error)
        given["metadata"] = metadata
    return copy.deepcopy(given)


def _blocks(slack: "StandInSlack", blocks: Any) -> list[Json]:
    if not isinstance(blocks, list) or not all(isinstance(each, dict) for each in blocks):
        raise SlackError("invalid_blocks_format")
    if faults := message_faults(blocks) or file_faults(blocks, slack.uploaded):
        raise refused("invalid_blocks", faults)
    if too_long(blocks):
        raise SlackError("msg_blocks_too_long")
    return [{"block_id": uuid.uuid4().hex[:5], **block} for block in blocks]


def _attachments(slack: "StandInSlack", attachments: Any) -> list[Json]:
    if not isinstance(attachments, list) or not all(isinstance(a, dict) for a in attachments):
        raise SlackError("invalid_attachments")
    # “chat.postMessage”: at most 100 attachments.
    if len(attachments) > 100:
        raise SlackError("too_many_attachments")
    for index, attachment in enumerate(attachments):
        where = f"/attachments/{index}/blocks"
        blocks = attachment.get("blocks", [])
        faults = message_faults(blocks, where) or file_faults(blocks, slack.uploaded, where)
        if faults:
            raise refused("invalid_attachments", faults)
    return attachments


def _needs_something(given: Json) -> None:
    if not any(given.get(name) for name in ("text", "blocks", "attachments")):
        raise SlackError("no_text")


def target(slack: "StandInSlack", call: Call, *, by_user: bool = False) -> Channel:
    """The channel that is meant: its id, its #name, or the person at the other end."""
    wanted = call.need("channel")
    if by_user and wanted in slack.users:
        return slack.direct(wanted)
    for channel in slack.channels.values():
        if wanted == channel.id or (by_user and wanted.removeprefix("#") == channel.name):
            # What is private does not exist for those who are not in it.
            if channel.kind != "channel" and slack.bot_user not in channel.members:
                break
            return channel
    raise SlackError("channel_not_found")


def authored(slack: "StandInSlack", given: Json) -> Json:
    """A message with the bot as its author."""
    return {
        "text": "",
        **given,
        "user": slack.bot_user,
        "bot_id": slack.bot_id,
        "app_id": slack.app_id,
        "team": slack.team,
    }


@method("chat.postMessage", "chat:write")
def post_message(slack: "StandInSlack", call: Call) -> Json:
    channel = target(slack, call, by_user=True)
    if channel.archived:
        raise SlackError("is_archived")
    if slack.bot_user not in channel.members and "chat:write.public" not in call.scopes:
        raise SlackError("not_in_channel")
    if any(call.get(name) for name in ("username", "icon_emoji", "icon_url")):
        need_scopes(call, "chat:write.customize")
    # “chat.postMessage”: text at most 40,000 characters. Slack cuts it there or refuses it;
    # either way something is lost, so here it is always refused.
    given = content(slack, call, longest=40_000)
    _needs_something(given)
    given |= {
        name: call.flag(name)
        for name in ("unfurl_links", "unfurl_media", "mrkdwn")
        if call.get(name) is not None
    }
    if not given.get("metadata"):
        given.pop("metadata", None)
    if thread := call.get("thread_ts"):
        head = channel.message(str(thread))
        if head is None:
            raise SlackError("thread_not_found")
        # A reply to a reply goes to the thread it stands in.
        given["thread_ts"] = head.get("thread_ts", head["ts"])
        if call.flag("reply_broadcast"):
            given["subtype"] = "thread_broadcast"
    slack.pace(channel)
    message = slack.store(channel, authored(slack, given))
    slack.announce(channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(slack: "StandInSlack", call: Call) -> Json:
    channel = target(slack, call)
    user = call.need("user")
    if channel.archived:
        raise SlackError("is_archived")
    if slack.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    given = content(slack, call, longest=40_000)
    _needs_something(given)
    ephemeral = {**authored(slack, given), "ts": slack.ts(), "for": user}
    if thread := call.get("thread_ts"):
        ephemeral["thread_ts"] = thread
    channel.ephemerals.append(ephemeral)
    return {"message_ts": ephemeral["ts"]}


@method("pins.add", "pins:write")
def pin(slack: "StandInSlack", call: Call) -> Json:
    message = target(slack, call).message(call.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("pinned_to"):
        raise SlackError("already_pinned")
    message["pinned_to"] = [call.need("channel")]
    return {}


@method("pins.remove", "pins:write")
def unpin(slack: "StandInSlack", call: Call) -> Json:
    message = target(slack, call).message(call.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    if message.pop("pinned_to", None) is None:
        raise SlackError("no_pin")
    return {}


@method("chat.update", "chat:write")
def update(slack: "StandInSlack", call: Call) -> Json:
    channel = target(slack, call)
    message = channel.message(call.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != slack.bot_id:
        raise SlackError("cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    if slack.clock() - float(message["ts"]) > slack.edit_window:
        raise SlackError("edit_window_closed")
    # “chat.update”: text at most 4,000 characters, a tenth of what may be posted.
    given = content(slack, call, longest=4_000)
    if not given.keys() & {"text", "blocks", "attachments", "metadata"}:
        raise SlackError("no_text")
    before = copy.deepcopy(message)
    if given.get("text") is not None and "blocks" not in given:
        # “chat.update”: text without blocks takes the blocks away.
        message.pop("blocks", None)
    message |= given
    if message.get("metadata") == {}:
        del message["metadata"]
    message["edited"] = {"user": slack.bot_user, "ts": slack.ts()}
    slack.announce(channel, message, before=before)
    return {
        "channel": channel.id,
        "ts": message["ts"],
        "text": message["text"],
        "message": message,
    }


@method("chat.delete", "chat:write")
def delete(slack: "StandInSlack", call: Call) -> Json:
    channel = target(slack, call)
    message = channel.message(call.need("ts"))
    if message is None:
        raise SlackError("message_not_found")
    if message.get("bot_id") != slack.bot_id:
        raise SlackError("cant_delete_message")
    slack.remove(channel, message)
    return {"channel": channel.id, "ts": message["ts"]}


@method("reactions.add", "reactions:write")
def add_reaction(slack: "StandInSlack", call: Call) -> Json:
    message = target(slack, call).message(call.need("timestamp"))
    if message is None:
        raise SlackError("message_not_found")
    name = call.need("name")
    if not name.replace("_", "").replace("-", "").replace("+", "").isalnum():
        raise SlackError("invalid_name")
    reactions = message.setdefault("reactions", [])
    if any(r["name"] == name and slack.bot_user in r["users"] for r in reactions):
        raise SlackError("already_reacted")
    reactions.append({"name": name, "users": [slack.bot_user], "count": 1})
    return {}
