"""The app manifest: what to paste into “Create an app › From a manifest”.

Format: https://docs.slack.dev/reference/app-manifest.
"""

from typing import Any

from bot.platforms.slack.conversation import COMMAND

# Each with what it is for; nothing wider.
SCOPES = {
    "app_mentions:read": "hear a mention",
    "chat:write": "post entries, reminders and answers",
    "commands": f"offer {COMMAND}",
    "im:history": "hear direct messages",
    "channels:history": "look whether a message was already posted; catch up on missed mentions",
    "groups:history": "the same in private channels",
    "channels:read": "see the channels that it is in",
    "groups:read": "see the private channels that it is in",
    "im:read": "see its direct messages",
}


def manifest(public_url: str | None = None) -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP mode at a public https address."""
    events: dict[str, Any] = {"bot_events": ["app_mention", "message.im"]}
    interactivity: dict[str, Any] = {"is_enabled": True}
    command = {
        "command": COMMAND,
        "description": "Ask about the count: turnout, result, when …",
        "usage_hint": "turnout Tamworth",
        "should_escape": False,
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
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Teller", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": public_url is None,
            "token_rotation_enabled": False,
        },
    }
