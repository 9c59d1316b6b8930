"""conversations.* and who may read them, and the people in the workspace."""

from operator import itemgetter
from typing import TYPE_CHECKING

from tests.slack.chat import target
from tests.slack.webapi import Call, SlackError, method, need_scopes, page
from tests.slack.workspace import Channel, Json

if TYPE_CHECKING:
    from tests.slack.server import StandInSlack

_FAMILIES = {"channel": "channels", "group": "groups", "im": "im"}
_TYPES = {"public_channel": "channel", "private_channel": "group", "im": "im", "mpim": "mpim"}


def _readable(slack: "StandInSlack", call: Call, right: str) -> Channel:
    """The channel, if the token has the scope that its sort of channel asks for."""
    channel = target(slack, call)
    need_scopes(call, f"{_FAMILIES[channel.kind]}:{right}")
    return channel


def _shown(call: Call, message: Json) -> Json:
    """A message as history gives it: of the metadata only the type, unless all was asked for."""
    metadata = message.get("metadata")
    if metadata is None or call.flag("include_all_metadata"):
        return message
    return {**message, "metadata": {"event_type": metadata["event_type"]}}


def _in_window(call: Call, message: Json) -> bool:
    """“conversations.history”: oldest and latest themselves count only with `inclusive`."""
    ts, oldest, latest = (
        float(message["ts"]),
        float(call.get("oldest") or 0),
        float(call.get("latest") or "inf"),
    )
    return oldest < ts < latest or (call.flag("inclusive") and ts in (oldest, latest))


def _answer(call: Call, messages: list[Json], *, default: int) -> Json:
    # “conversations.history”: limit at most 999.
    shown, cursor = page(call, messages, default=default, key=itemgetter("ts"), most=999)
    return {
        "messages": [_shown(call, message) for message in shown],
        "has_more": bool(cursor),
        **({"response_metadata": {"next_cursor": cursor}} if cursor else {}),
    }


@method("conversations.history")
def history(slack: "StandInSlack", call: Call) -> Json:
    """Newest first, without the replies in threads."""
    channel = _readable(slack, call, "history")
    if slack.bot_user not in channel.members:
        raise SlackError("not_in_channel")
    top = [
        message
        for message in reversed(channel.messages)
        if message.get("thread_ts", message["ts"]) == message["ts"]
        or message.get("subtype") == "thread_broadcast"
    ]
    return _answer(call, [m for m in top if _in_window(call, m)], default=100)


@method("conversations.replies")
def replies(slack: "StandInSlack", call: Call) -> Json:
    """The head of a thread, then its replies, oldest first."""
    channel = _readable(slack, call, "history")
    head = channel.message(call.need("ts"))
    if head is None:
        raise SlackError("thread_not_found")
    below = [m for m in channel.replies(head["ts"]) if _in_window(call, m)]
    return _answer(call, [head, *below], default=999)


@method("conversations.info")
def info(slack: "StandInSlack", call: Call) -> Json:
    return {"channel": _readable(slack, call, "read").as_slack(slack.bot_user)}


def _listed(slack: "StandInSlack", call: Call, *, member: str | None) -> Json:
    wanted = [_TYPES.get(kind) for kind in str(call.get("types") or "public_channel").split(",")]
    if None in wanted:
        raise SlackError("invalid_types")
    need_scopes(call, *(f"{_FAMILIES.get(kind or '', kind)}:read" for kind in wanted))
    found = [
        channel.as_slack(slack.bot_user)
        for channel in slack.channels.values()
        if channel.kind in wanted
        and not (channel.archived and call.flag("exclude_archived"))
        and (channel.kind == "channel" or slack.bot_user in channel.members)
        and (member is None or member in channel.members)
    ]
    shown, cursor = page(call, found, default=100, key=itemgetter("id"))
    return {"channels": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.list")
def list_all(slack: "StandInSlack", call: Call) -> Json:
    return _listed(slack, call, member=None)


@method("users.conversations")
def list_own(slack: "StandInSlack", call: Call) -> Json:
    return _listed(slack, call, member=call.get("user") or slack.bot_user)


@method("conversations.members")
def members(slack: "StandInSlack", call: Call) -> Json:
    channel = _readable(slack, call, "read")
    shown, cursor = page(call, sorted(channel.members), default=100, key=str)
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


@method("conversations.open", "im:write")
def open_direct(slack: "StandInSlack", call: Call) -> Json:
    if call.get("channel"):
        return {"channel": {"id": target(slack, call).id}, "no_op": True, "already_open": True}
    users = call.need("users").split(",")
    if not all(user in slack.users for user in users):
        raise SlackError("user_not_found")
    if len(users) > 1:
        # Messages to several people at once are not part of the stand-in.
        raise SlackError("invalid_user_combination")
    return {"channel": {"id": slack.direct(users[0]).id}}


@method("conversations.join", "channels:join")
def join(slack: "StandInSlack", call: Call) -> Json:
    channel = target(slack, call)
    if channel.archived:
        raise SlackError("is_archived")
    if channel.kind != "channel":
        raise SlackError("method_not_supported_for_channel_type")
    channel.members.add(slack.bot_user)
    return {"channel": channel.as_slack(slack.bot_user)}


@method("users.info", "users:read")
def user(slack: "StandInSlack", call: Call) -> Json:
    if (found := slack.users.get(call.need("user"))) is None:
        raise SlackError("user_not_found")
    return {"user": found}


@method("usergroups.users.list", "usergroups:read")
def usergroup(slack: "StandInSlack", call: Call) -> Json:
    if (found := slack.usergroups.get(call.need("usergroup"))) is None:
        raise SlackError("no_such_subteam")
    return {"users": found}
