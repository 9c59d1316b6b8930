"""The app manifest: what to paste into “Create an app › From a manifest”.

Format: https://docs.slack.dev/reference/app-manifest.
"""

from typing import Any

from bot.platforms.slack.conversation import COMMAND

INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

# Each with what it is for; nothing wider.
SCOPES = {
    "app_mentions:read": "hear a mention",
    "chat:write": "post entries, reminders and answers",
    "commands": f"offer {COMMAND}",
    "files:write": "show a declaration or an answer as a picture",
    "im:history": "hear direct messages",
    "channels:history": "look whether a message was already posted, catch up on missed mentions, "
    "and listen where that is switched on",
    "groups:history": "the same in private channels",
    "channels:read": "see the channels that it is in",
    "groups:read": "see the private channels that it is in",
    "im:read": "see its direct messages",
    "im:write": "remind somebody in a direct message",
}
# What it goes on without; the manifest asks for it all the same.
OPTIONAL = {
    "usergroups:read": "see who is in a user group that DESK, OPERATORS or “allow” names",
    "users:read": "say by name who recorded a figure",
    "pins:write": "pin a board where somebody says “board pin”",
}

EVENTS = ("app_home_opened", "app_mention", "message.channels", "message.groups", "message.im")
SHORTCUTS = (
    {
        "name": "Follow a live blog",
        "type": "global",
        "callback_id": "form:follow",
        "description": "Bring a live blog's entries to a channel",
    },
    {
        "name": "Set a reminder",
        "type": "global",
        "callback_id": "form:remind",
        "description": "At a time, or before a declaration",
    },
)


def manifest(public_url: str | None = None, *, install_url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP mode at a public https address.

    With `install_url`, the public https address that workspaces install from, for several of them.
    """
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(SCOPES | OPTIONAL)}}
    if install_url is not None:
        events["bot_events"] += ["app_uninstalled", "tokens_revoked"]
        oauth = {"redirect_urls": [install_url.rstrip("/") + REDIRECT_PATH], **oauth}
    interactivity: dict[str, Any] = {"is_enabled": True}
    command = {
        "command": COMMAND,
        "description": "Ask about the count: turnout, result, when …",
        "usage_hint": "turnout Tamworth",
        # So that whom somebody names arrives by id: “/teller allow @ann desk”.
        "should_escape": True,
    }
    if public_url is not None:
        address = public_url.rstrip("/") + "/slack/events"
        events["request_url"] = interactivity["request_url"] = command["url"] = address
    return {
        "display_information": {
            "name": "Teller",
            "description": "Count nights: reminders, live-blog relay, answers with their source.",
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Teller", "always_online": True},
            "slash_commands": [command],
            "shortcuts": list(SHORTCUTS),
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }
