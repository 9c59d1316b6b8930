"""Questions from Slack and their answers: mentions, direct messages, the slash command, buttons."""

import re
from collections import OrderedDict
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.chat.ask import Ask, Author, Channel
from bot.chat.reply import Reply
from bot.platforms.slack.blocks import answer as shown_answer
from bot.ports import Answer

log = structlog.get_logger()

COMMAND = "/teller"
REMEMBERED = 10_000
HISTORY = 50
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^>]*)?>")
_CHOICE = re.compile(r"choice:\d+")


class Conversation:
    """Everything people say to Teller in one workspace, each of it answered once."""

    def __init__(self, *, client: AsyncWebClient, answer: Answer) -> None:
        self._client = client
        self._answer = answer
        self._answered: OrderedDict[tuple[str, str], None] = OrderedDict()

    def listen(self, app: AsyncApp) -> None:
        """Register with bolt, which acknowledges events at once by itself."""
        app.event("app_mention")(self._on_event)
        app.event("message")(self._on_event)
        app.command(COMMAND)(self._on_command)
        app.action(_CHOICE)(self._on_choice)
        app.action("post")(self._on_post)

    async def catch_up(self, since: float) -> None:
        """Answer what was asked while the connection was deaf; `since` is Unix time.

        Slack sends no event again that nobody was there to take, but its history has it.
        """
        me = (await self._client.auth_test())["user_id"]
        places = await self._client.users_conversations(
            types="public_channel,private_channel,im", exclude_archived=True, limit=200
        )
        for place in places["channels"]:
            history = await self._client.conversations_history(
                channel=place["id"], oldest=f"{since:.6f}", limit=HISTORY
            )
            direct = bool(place.get("is_im"))
            for said in reversed(history["messages"]):
                if direct or f"<@{me}>" in said.get("text", ""):
                    kind = "im" if direct else "channel"
                    await self._on_message({**said, "channel": place["id"]}, kind)

    async def _on_event(self, event: dict[str, Any]) -> None:
        direct = event.get("channel_type") == "im"
        if direct or event["type"] == "app_mention":
            await self._on_message(event, "im" if direct else "channel")

    async def _on_message(self, event: dict[str, Any], kind: str) -> None:
        """Answer in the thread where it was asked; what went wrong only to who asked."""
        if event.get("bot_id") or event.get("subtype") or not event.get("user"):
            return
        # Slack sends an event again that it takes for lost, a mention comes as two events, and
        # history has it a third time: the channel and the time of a message name it for good.
        if not self._is_new(event["channel"], event["ts"]):
            return
        reply = await self._answer(_ask(event["text"], event["user"], event["channel"]))
        shown = shown_answer(reply).payload()
        thread = event.get("thread_ts")
        if kind == "im":
            await self._client.chat_postMessage(
                channel=event["channel"], thread_ts=thread, **_quietly(shown)
            )
        elif reply.error:
            await self._client.chat_postEphemeral(
                channel=event["channel"], user=event["user"], thread_ts=thread, **shown
            )
        else:
            await self._client.chat_postMessage(
                channel=event["channel"], thread_ts=thread or event["ts"], **_quietly(shown)
            )

    async def _on_command(
        self, ack: AsyncAck, command: dict[str, Any], respond: AsyncRespond
    ) -> None:
        """Answer so that only the asker sees it, with a button that shows it to the channel."""
        await ack()
        text = command.get("text", "")
        reply = await self._answer(_ask(text, command["user_id"], command["channel_id"]))
        await respond(response_type="ephemeral", **_postable(reply, text))

    async def _on_choice(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Answer the question behind a button. It stands in the button, so old buttons work."""
        await ack()
        text = body["actions"][0]["value"]
        reply = await self._answer(_ask(text, body["user"]["id"], body["channel"]["id"]))
        if body["container"].get("is_ephemeral"):
            await respond(
                response_type="ephemeral", replace_original=True, **_postable(reply, text)
            )
            return
        container = body["container"]
        await self._client.chat_postMessage(
            channel=body["channel"]["id"],
            thread_ts=container.get("thread_ts") or container["message_ts"],
            **_quietly(shown_answer(reply).payload()),
        )

    async def _on_post(self, ack: AsyncAck, body: dict[str, Any], respond: AsyncRespond) -> None:
        """Show an answer to the channel, as it is by now."""
        await ack()
        text = body["actions"][0]["value"]
        reply = await self._answer(_ask(text, body["user"]["id"], body["channel"]["id"]))
        await respond(
            response_type="in_channel",
            replace_original=False,
            **shown_answer(reply).payload(),
        )

    def _is_new(self, channel: str, ts: str) -> bool:
        if (channel, ts) in self._answered:
            return False
        self._answered[channel, ts] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)
        return True


def _ask(text: str, user: str, channel: str) -> Ask:
    return Ask(
        text=_MENTION.sub(" ", text).strip(),
        author=Author(platform="slack", id=user, name=user),
        channel=Channel(platform="slack", id=channel),
    )


def _postable(reply: Reply, text: str) -> dict[str, Any]:
    return shown_answer(reply, postable=not reply.error, question=text).payload()


def _quietly(shown: dict[str, Any]) -> dict[str, Any]:
    return {**shown, "unfurl_links": False, "unfurl_media": False}
