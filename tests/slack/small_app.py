"""A small bot on slack-bolt, with which the stand-in is tried."""

import asyncio

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.slack.server import StandInSlack

SECRET = "signing-secret"
MORE = {
    "type": "actions",
    "elements": [
        {
            "type": "button",
            "action_id": "more",
            "value": "Tamworth",
            "text": {"type": "plain_text", "text": "More"},
        }
    ],
}
FORM = {
    "type": "modal",
    "callback_id": "estimate",
    "title": {"type": "plain_text", "text": "Estimate"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "when",
            "label": {"type": "plain_text", "text": "Declaration at"},
            "element": {"type": "plain_text_input", "action_id": "clock"},
        },
    ],
}


def an_app(slack: StandInSlack, log: list[str], **options: bool) -> AsyncApp:
    """A small bot: answers a mention, a command, a button, a form, a shortcut and its Home."""
    client = AsyncWebClient(slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    app = AsyncApp(client=client, signing_secret=SECRET, **options)

    @app.event("app_mention")
    async def mentioned(event, say):
        log.append(event["text"])
        if "patience" in event["text"]:
            await asyncio.sleep(0.5)
        await say(text="Turnout", blocks=[MORE], thread_ts=event["ts"])

    @app.event("message")
    async def message(event, say):
        log.append(event["text"])
        if event["channel_type"] == "im":
            await say("In private")

    @app.command("/teller")
    async def command(ack, command, respond):
        await ack(f"Looking up {command['text']}")
        await respond("35.9 per cent", response_type="in_channel")

    @app.action("more")
    async def pressed(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)

    @app.view("estimate")
    async def submitted(ack, view):
        value = view["state"]["values"]["when"]["clock"]["value"]
        if value == "never":
            await ack(response_action="errors", errors={"when": "When?"})
        else:
            log.append(value)
            await ack()

    @app.shortcut("check")
    async def shortcut(ack, shortcut):
        log.append(shortcut["message"]["text"])
        await ack()

    @app.event("app_home_opened")
    async def home(event, client):
        view = {"type": "home", "blocks": [{"type": "divider"}]}
        await client.views_publish(user_id=event["user"], view=view)

    return app
