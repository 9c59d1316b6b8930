"""What Slack says where it does not do as it is asked, and what becomes of it."""

from aiohttp import ClientResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import DeliveryError, Fault

# What is wrong with the blocks, and would not be with the same words as plain text.
INVALID_BLOCKS = frozenset(
    {
        *("invalid_blocks", "invalid_blocks_format", "invalid_attachments"),
        *("msg_blocks_too_long", "block_mismatch"),
    }
)
# What cannot be changed any more, and so is said anew.
OUT_OF_REACH = frozenset({"edit_window_closed", "cant_update_message"})
# What takes a person, or an hour of Slack's, is asked about so rarely, in seconds.
RARELY = 300.0

_MESSAGE = INVALID_BLOCKS | {
    *("msg_too_long", "no_text", "too_many_attachments", "attachment_payload_limit_exceeded"),
    *("too_many_contact_cards", "cannot_reply_to_message", "markdown_text_conflict"),
    *("invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large"),
    *("slack_connect_file_link_sharing_blocked", "slack_connect_canvas_sharing_blocked"),
    *("slack_connect_lists_sharing_blocked", "slack_connect_clip_sharing_blocked"),
    *("slack_connect_blocked_file_type", "blocked_file_type"),
}
_LIMIT = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
# Some of it may have been done all the same.
_BROKEN = frozenset({"fatal_error", "internal_error", "service_unavailable", "update_failed"})
# Over by themselves; what they take differs.
_FOR_A_WHILE = {
    "request_timeout": None,
    "streaming_state_conflict": None,
    "external_channel_migrating": 60.0,
    "org_login_required": RARELY,
    "team_added_to_org": RARELY,
}
_ANEW = "install the app again, and copy the bot token from “OAuth & Permissions”"
_TOKEN = {
    "invalid_auth": "it does not know the bot token; copy it again from “OAuth & Permissions”",
    "not_authed": "the bot token is empty; copy it from “OAuth & Permissions”",
    "token_revoked": f"the bot token was revoked; {_ANEW}",
    "token_expired": f"the bot token has expired; {_ANEW}",
    "account_inactive": f"the app was removed from the workspace; {_ANEW}",
    "not_allowed_token_type": "that is no bot token; take the one that begins with xoxb-",
    "team_access_not_granted": f"the token is not for this workspace; {_ANEW}",
    "two_factor_setup_required": "the workspace asks for two-factor authentication; set it up",
    "accesslimited": "it takes nothing from this network; let its address in, in Slack's settings",
    "enterprise_is_restricted": "the organisation bars the app; ask its administrators",
    "deprecated_endpoint": "it no longer has what Teller calls; install a newer Teller",
    "method_deprecated": "it no longer has what Teller calls; install a newer Teller",
}
_WRITING = "chat:write"
MAY_NOT_PIN = frozenset({"permission_denied", "no_permission", "restricted_action", "not_pinnable"})
# The reference tells of both, https://docs.slack.dev/reference/methods/pins.remove
NOT_PINNED = frozenset({"no_pin", "not_pinned"})
_MAY_NOT = "a setting keeps Teller from posting in the channel; let apps post there"
_INVITE = "invite Teller there with “/invite @Teller”"
_OFF = "or take it off the night file"
_CHANNEL = {
    "channel_not_found": f"the channel is gone, its id is wrong, or it is private: {_INVITE}, "
    "correct its id, " + _OFF,
    "not_in_channel": f"Teller is not in the channel; {_INVITE}",
    "is_archived": f"the channel is archived; unarchive it, {_OFF}",
    "is_inactive": f"the channel is archived or frozen; unarchive it, {_OFF}",
    "restricted_action": _MAY_NOT,
    "restricted_action_read_only_channel": _MAY_NOT,
    "restricted_action_thread_only_channel": "the channel takes replies in threads only; let apps "
    "post there",
    "restricted_action_non_threadable_channel": _MAY_NOT,
    "posting_to_general_channel_denied": _MAY_NOT,
    "no_permission": f"Teller may not write there; {_INVITE}",
    "access_denied": f"Teller may not write there; {_INVITE}",
    "ekm_access_denied": "administrators have suspended posting; ask them",
    "team_not_found": f"the channel's workspace is gone; correct the channel's id, {_OFF}",
    "channel_type_not_supported": f"nothing can be posted to what has this id; correct it, {_OFF}",
    "messages_tab_disabled": "the app's Messages tab is off; switch it on under “App Home”",
    "cannot_dm_bot": "that person is a bot, which takes no direct messages",
    "user_not_found": "there is no such person",
    "user_disabled": "that person's account is closed",
    "user_not_visible": "Teller may not see that person",
}
_UNHEARD_OF = "look at the channel and at Teller's place in it, and let its lane go on after that"


def failure(error: SlackApiError, *, one_of_many: bool = False) -> DeliveryError:
    """What the courier is to know: whose fault, how long to wait, whether it stands nowhere.

    `one_of_many` says that other workspaces have tokens of their own, which are still good.
    """
    why = reason(error)
    said = f"Slack answered “{why}”"
    seconds = wait(error)
    if why in _LIMIT or _status(error) == 429:
        return DeliveryError(f"{said}: it asks to wait.", wait=seconds, refused=True)
    # What is no word of Slack's comes from something on the way to it.
    if not _is_word(error) or _status(error) >= 500 or why in _BROKEN:
        return DeliveryError(f"{said}: it could not do it this time.", wait=seconds)
    if why in _FOR_A_WHILE:
        return DeliveryError(
            f"{said}: that passes.", wait=seconds or _FOR_A_WHILE[why], refused=True
        )
    if why == "message_not_found":
        return DeliveryError(
            f"{said}: somebody took the message away.", refused=True, fault=Fault.TAKEN_AWAY
        )
    if why in _MESSAGE:
        return DeliveryError(
            f"{said}: it takes this message in no form.", refused=True, fault=Fault.MESSAGE
        )
    advice = _TOKEN.get(why)
    if why == "missing_scope":
        needed = str(error.response.get("needed") or _WRITING)
        # What is needed only to look, or in one sort of channel, keeps no other waiting.
        one_of_many = one_of_many or _WRITING not in needed.split(",")
        advice = (
            f"the app lacks the scope {needed}; add it under “OAuth & Permissions › Bot Token "
            "Scopes” and install the app again"
        )
    if advice is not None:
        # Each workspace has a token of its own, and so it is its channels that wait for a person.
        if one_of_many:
            return DeliveryError(f"{said}: {advice}.", refused=True, fault=Fault.CHANNEL)
        return DeliveryError(f"{said}: {advice}.", wait=RARELY, refused=True, fault=Fault.PLATFORM)
    advice = _CHANNEL.get(why, _UNHEARD_OF)
    return DeliveryError(f"{said}: {advice}.", refused=True, fault=Fault.CHANNEL)


def reason(error: SlackApiError) -> str:
    """Slack's own word for it, or the HTTP status where it gave none."""
    response = error.response
    # A body that is no JSON at all comes as the HTTP response itself.
    if not isinstance(response, AsyncSlackResponse):
        return "no JSON"
    return str(response.get("error") or f"HTTP status {response.status_code}")


def is_final(error: SlackApiError) -> bool:
    """Whether it was Slack's considered answer, not a moment's trouble."""
    response = error.response
    return isinstance(response, AsyncSlackResponse) and response.status_code == 200


def wait(error: SlackApiError) -> float | None:
    """How many seconds Slack asks to be left alone, at least one; None where it does not."""
    seconds = error.response.headers.get("Retry-After")
    return max(float(seconds), 1.0) if seconds and seconds.isdecimal() else None


def _is_word(error: SlackApiError) -> bool:
    response = error.response
    return isinstance(response, AsyncSlackResponse) and bool(response.get("error"))


def _status(error: SlackApiError) -> int:
    response = error.response
    if isinstance(response, ClientResponse):
        return response.status
    return response.status_code if isinstance(response, AsyncSlackResponse) else 0
